//! Events that were fetched → visits, by the rule by which the store counts them. Pure. The exact number
//! of visits is the store's; what is made here says which events form one.

use std::{collections::HashMap, time::Duration};

use jiff::{SignedDuration, Timestamp};

use crate::Event;

/// One visit among the events that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    /// When its first event began.
    pub start: Timestamp,
    /// When the last of its events was over.
    pub end: Timestamp,
    /// Its events by index, in the order of time.
    pub events: Vec<usize>,
}

/// The visits that events form, by start: a run with the same camera and label whose gaps are at most
/// `gap`, or a group that the source gave. `events` must be in the order of time.
pub(crate) fn visits(events: &[Event], gap: Duration) -> Vec<Visit> {
    let gap = SignedDuration::try_from(gap).unwrap_or(SignedDuration::MAX);
    let mut visits: Vec<Visit> = Vec::new();
    let mut open: HashMap<(&str, Option<&str>, Option<&str>), usize> = HashMap::new();
    for (index, event) in events.iter().enumerate() {
        let run = (event.camera_id.as_str(), event.label.as_deref(), event.visit_id.as_deref());
        let known = open.get(&run).and_then(|at| visits.get_mut(*at));
        let goes_on = known
            .filter(|visit| event.visit_id.is_some() || event.timestamp.duration_since(visit.end) <= gap);
        if let Some(visit) = goes_on {
            visit.end = visit.end.max(event.end());
            visit.events.push(index);
        } else {
            open.insert(run, visits.len());
            visits.push(Visit { start: event.timestamp, end: event.end(), events: vec![index] });
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_a_run_of_one_camera_and_label_or_a_group_of_the_source() {
        let event = |second: i64, camera: &str, label: &str, visit: Option<&str>| -> Event {
            let start: Timestamp = "2026-05-13T09:00:00Z".parse().unwrap();
            let start = start + SignedDuration::from_secs(second);
            let visit = visit.map_or(String::new(), |v| format!(r#","visit_id":"{v}""#));
            serde_json::from_str(&format!(
                r#"{{"event_id":"{second}","timestamp":"{start}","camera_id":"{camera}","event_type":"t",
                    "label":"{label}"{visit}}}"#
            ))
            .unwrap()
        };
        let events = [
            event(0, "a", "person", None),
            event(30, "a", "car", None),
            event(50, "b", "person", None),
            event(60, "a", "person", None),
            event(121, "a", "person", None),
            event(200, "a", "person", Some("v")),
            event(900, "a", "person", Some("v")),
        ];
        let found: Vec<Vec<usize>> =
            visits(&events, Duration::from_mins(1)).into_iter().map(|visit| visit.events).collect();
        assert_eq!(found, [vec![0, 3], vec![1], vec![2], vec![4], vec![5, 6]]);
    }
}
