//! Visits → incidents: visits at the same place, close in time, of the same or of related subjects. Pure.
//! Which incident stands out is computed here as well; must never change a total.
//!
//! ```text
//! weight of an event    = ln(usual events / usual events of its type) + severity of the source
//! weight of an incident = the greatest weight of its events + 0.3 × ln(its events) + 0.3 × (its cameras − 1)
//! ```

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::visits::{Visit, visits};
use crate::{Event, ask::place::Place, related::ties::Rarity};

/// Visits of one camera at most this far apart are one incident.
const SAME_CAMERA_GAP: SignedDuration = SignedDuration::from_secs(120);
/// How many times the usual time on the way may pass between two cameras, beside the time spent there.
const TRAVEL_FACTOR: i32 = 2;
/// Time spent on the way beside the walk itself.
const DWELL: SignedDuration = SignedDuration::from_secs(60);
/// From this likeness on, what two neighbouring cameras saw counts as the same subject.
const SAME_SUBJECT_LIKENESS: f64 = 0.3;
/// No incident is longer: where something always goes on, runs would never end.
const INCIDENT_MAX: SignedDuration = SignedDuration::from_mins(30);
/// Visits of an incident that a later one is compared with, the latest first.
const COMPARED_MAX: usize = 6;
/// Words of the source for what is grave, with what they add to the weight of an event.
const SEVERITIES: [(&str, f64); 6] =
    [("critical", 6.0), ("alarm", 5.0), ("alert", 4.0), ("high", 4.0), ("warning", 2.0), ("medium", 1.0)];

/// Visits that belong together.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// When its first event began.
    pub start: Timestamp,
    /// When the last of its events was over.
    pub end: Timestamp,
    /// Its events by index, in the order of time.
    pub events: Vec<usize>,
    /// How many visits they form.
    pub visits: u64,
    /// The event that says most about it, by index.
    pub head: usize,
    /// How much it stands out; comparable within one answer.
    pub weight: f64,
}

impl Group {
    /// Its cameras, in the order in which they saw it.
    pub(crate) fn cameras(&self, events: &[Event]) -> Vec<String> {
        let mut cameras: Vec<String> = Vec::new();
        for event in self.events.iter().filter_map(|index| events.get(*index)) {
            if !cameras.contains(&event.camera_id) {
                cameras.push(event.camera_id.clone());
            }
        }
        cameras
    }

    /// Its labels, sorted.
    pub(crate) fn labels(&self, events: &[Event]) -> Vec<String> {
        let labels = self.events.iter().filter_map(|index| events.get(*index)?.label.clone());
        labels.collect::<BTreeSet<String>>().into_iter().collect()
    }
}

/// Groups events, which must be in the order of time. `usual` holds how many events of each type there
/// usually are: what is rare stands out.
pub(crate) fn group(
    events: &[Event],
    usual: &HashMap<String, u64>,
    visit_gap: Duration,
    place: &Place<'_>,
) -> Vec<Group> {
    let visits = visits(events, visit_gap);
    let rarity = Rarity::among(events);
    let near = Nearness { events, rarity: &rarity, place };
    let mut found: Vec<Vec<&Visit>> = Vec::new();
    let mut ends: Vec<Timestamp> = Vec::new();
    // The first that may still go on; those before it are over for good.
    let mut first_open = 0;
    for visit in &visits {
        while ends.get(first_open).is_some_and(|end| visit.start.duration_since(*end) > INCIDENT_MAX) {
            first_open += 1;
        }
        let closest = (first_open..found.len())
            .filter_map(|at| Some((near.gap(found.get(at)?, visit)?, at)))
            .min_by_key(|(gap, at)| (*gap, std::cmp::Reverse(*at)));
        if let Some((incident, end)) =
            closest.and_then(|(_, at)| Some((found.get_mut(at)?, ends.get_mut(at)?)))
        {
            incident.push(visit);
            *end = (*end).max(visit.end);
        } else {
            found.push(vec![visit]);
            ends.push(visit.end);
        }
    }
    let weights = Weights::of(usual);
    found.iter().filter_map(|incident| joined(incident, events, &weights)).collect()
}

/// Visits that belong together as one group.
fn joined(incident: &[&Visit], events: &[Event], weights: &Weights<'_>) -> Option<Group> {
    let start = incident.iter().map(|visit| visit.start).min()?;
    let end = incident.iter().map(|visit| visit.end).max()?;
    let mut indices: Vec<usize> = incident.iter().flat_map(|visit| visit.events.iter().copied()).collect();
    indices.sort_unstable();
    let weighted = indices.iter().filter_map(|index| Some((weights.of_event(events.get(*index)?), *index)));
    // The earliest of equals says how it began.
    let (greatest, head) = weighted.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let mut group = Group { start, end, visits: incident.len() as u64, head, weight: 0.0, events: indices };
    let cameras = group.cameras(events).len() as f64;
    group.weight = greatest + 0.3 * (group.events.len() as f64).ln() + 0.3 * (cameras - 1.0);
    Some(group)
}

/// What makes visits one incident.
struct Nearness<'a> {
    events: &'a [Event],
    rarity: &'a Rarity,
    place: &'a Place<'a>,
}

impl Nearness<'_> {
    /// The gap between a visit and the incident that it belongs to; `None` when it does not belong.
    fn gap(&self, incident: &[&Visit], visit: &Visit) -> Option<SignedDuration> {
        let first = incident.first()?;
        if visit.end.duration_since(first.start) > INCIDENT_MAX {
            return None;
        }
        let latest = incident.iter().rev().take(COMPARED_MAX);
        latest.filter_map(|known| self.gap_between(known, visit)).min()
    }

    fn gap_between(&self, known: &Visit, visit: &Visit) -> Option<SignedDuration> {
        let gap = visit.start.duration_since(known.end).max(SignedDuration::ZERO);
        // Who leaves one camera for another was last seen at the end of the visit there.
        let (a, b) = (self.events.get(*known.events.last()?)?, self.events.get(*visit.events.first()?)?);
        if a.camera_id == b.camera_id {
            return (gap <= SAME_CAMERA_GAP && are_related(a, b)).then_some(gap);
        }
        let travel = self.place.travel_time(&a.camera_id, &b.camera_id)?;
        let fits = gap <= travel.saturating_mul(TRAVEL_FACTOR).saturating_add(DWELL);
        (fits && a.label == b.label && self.rarity.likeness(a, b) >= SAME_SUBJECT_LIKENESS).then_some(gap)
    }
}

/// Whether two events can be about one thing: the same label or none, or one speaks of the other's.
fn are_related(a: &Event, b: &Event) -> bool {
    let (Some(here), Some(there)) = (&a.label, &b.label) else { return true };
    let speaks_of = |event: &Event, label: &str| {
        event.event_type.contains(label)
            || event.description.as_ref().is_some_and(|text| text.contains(label))
    };
    here == there || speaks_of(a, there) || speaks_of(b, here)
}

/// How much events stand out.
struct Weights<'a> {
    usual: &'a HashMap<String, u64>,
    all: f64,
}

impl<'a> Weights<'a> {
    fn of(usual: &'a HashMap<String, u64>) -> Self {
        Self { usual, all: usual.values().sum::<u64>() as f64 }
    }

    fn of_event(&self, event: &Event) -> f64 {
        let of_kind = self.usual.get(&event.event_type).copied().unwrap_or(1).max(1) as f64;
        let severity = event.severity.as_deref().map(str::to_lowercase);
        let grave = severity.and_then(|s| SEVERITIES.iter().find(|(word, _)| *word == s).map(|(_, by)| *by));
        (self.all.max(of_kind) / of_kind).ln() + grave.unwrap_or(0.0)
    }
}
