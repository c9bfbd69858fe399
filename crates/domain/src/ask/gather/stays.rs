//! How long visits lasted: from the first sighting of each to its last. A single sighting without an end
//! has no length, and is said to have none. Bounded like timelines: the latest events are looked at.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::visits::visits;
use crate::{
    Event,
    ask::{self, StayBound},
    event_store::{Hit, Totals},
    local_rfc3339,
};

/// Events of one visit that are shown: the first and the last sighting.
const EVENTS_SHOWN_MAX: usize = 2;
/// Visits with their length that a reply carries.
const STAYS_MAX: usize = 50;

/// One visit and its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stay {
    /// The first sighting.
    pub start: Timestamp,
    /// The last one.
    pub end: Timestamp,
    /// The camera.
    pub camera_id: String,
    /// Its events.
    pub events: u64,
    /// Whether it has a length: several sightings, or one with an end.
    pub is_measured: bool,
    /// Its evidence.
    pub references: Vec<u32>,
}

impl Stay {
    /// How long it lasted.
    pub(crate) fn length(&self) -> SignedDuration {
        self.end.duration_since(self.start)
    }
}

/// Which visits come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// "The longest stay", and wherever none is asked for.
    LongestFirst,
    /// "The shortest stay".
    ShortestFirst,
}

/// Lengths of visits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stays {
    /// Visits with a length.
    pub measured: u64,
    /// Visits without one.
    pub unmeasured: u64,
    /// Of the measured ones together.
    pub total: SignedDuration,
    /// Of the longest.
    pub longest: SignedDuration,
    /// Of the shortest.
    pub shortest: SignedDuration,
    /// Of the middle one.
    pub median: SignedDuration,
    /// Whether every event of the question was looked at.
    pub is_whole: bool,
    /// How many events were looked at.
    pub events: u64,
    /// In the order asked for, at most [`STAYS_MAX`]; those without a length after them, the latest first.
    pub items: Vec<Stay>,
    /// How many of the measured ones are within the bound of the question, where it has one; they alone are
    /// the items then.
    pub within: Option<u64>,
    /// From the first sighting of all to the last, where there are several visits.
    pub span: Option<(Timestamp, Timestamp)>,
}

impl Stays {
    /// As a reply shows them: in the order of time.
    pub(crate) fn shown(&self, timezone: &TimeZone) -> ask::Durations {
        let mut items: Vec<&Stay> = self.items.iter().collect();
        items.sort_by_key(|stay| stay.start);
        let stay = |stay: &Stay| ask::Stay {
            start: local_rfc3339(stay.start, timezone),
            end: local_rfc3339(stay.end, timezone),
            seconds: stay.is_measured.then(|| stay.length().as_secs()),
            camera_id: stay.camera_id.clone(),
            events: stay.events,
            refs: stay.references.clone(),
        };
        ask::Durations {
            measured: self.measured,
            unmeasured: self.unmeasured,
            total_seconds: self.total.as_secs(),
            longest_seconds: self.longest.as_secs(),
            median_seconds: self.median.as_secs(),
            is_whole: self.is_whole,
            stays: items.into_iter().map(stay).collect(),
        }
    }
}

/// Measures the visits that events form; `events` must be in the order of time. The hits are the
/// evidence, in the order of their references.
pub(crate) fn measure(
    events: &[Event],
    gap: Duration,
    totals: Totals,
    limit: usize,
    bound: Option<&StayBound>,
    order: Order,
) -> (Vec<Hit>, Stays) {
    let visits = visits(events, gap);
    let mut found: Vec<(Stay, Vec<usize>)> = visits
        .iter()
        .filter_map(|visit| {
            let first = events.get(*visit.events.first()?)?;
            let stay = Stay {
                start: visit.start,
                end: visit.end,
                camera_id: first.camera_id.clone(),
                events: visit.events.len() as u64,
                is_measured: visit.end > visit.start,
                references: Vec::new(),
            };
            let ends = visit.events.iter().copied();
            let mut shown: Vec<usize> = ends.clone().take(1).collect();
            shown.extend(ends.last().filter(|last| !shown.contains(last)));
            shown.truncate(EVENTS_SHOWN_MAX);
            Some((stay, shown))
        })
        .collect();
    let mut lengths: Vec<SignedDuration> =
        found.iter().filter(|(stay, _)| stay.is_measured).map(|(stay, _)| stay.length()).collect();
    lengths.sort_unstable();
    let span = (found.len() > 1).then(|| {
        let start = found.iter().map(|(stay, _)| stay.start).min();
        start.zip(found.iter().map(|(stay, _)| stay.end).max())
    });
    let within = bound.map(|bound| {
        found.retain(|(stay, _)| stay.is_measured && bound.holds(stay.length()));
        found.len() as u64
    });
    found.sort_by(|(a, _), (b, _)| {
        let by_length = match order {
            Order::LongestFirst => b.length().cmp(&a.length()),
            Order::ShortestFirst => {
                b.is_measured.cmp(&a.is_measured).then_with(|| a.length().cmp(&b.length()))
            }
        };
        by_length.then_with(|| b.start.cmp(&a.start))
    });
    found.truncate(STAYS_MAX);
    let mut hits: Vec<Hit> = Vec::new();
    for (stay, shown) in &mut found {
        for event in shown.iter().filter_map(|index| events.get(*index)) {
            if hits.len() == limit {
                break;
            }
            hits.push(Hit { event: event.clone(), score: 1.0, lexical: None, semantic: None });
            stay.references.push(hits.len() as u32);
        }
    }
    let measured = lengths.len() as u64;
    let stays = Stays {
        measured,
        unmeasured: visits.len() as u64 - measured,
        total: lengths.iter().fold(SignedDuration::ZERO, |sum, length| sum.saturating_add(*length)),
        longest: lengths.last().copied().unwrap_or_default(),
        shortest: lengths.first().copied().unwrap_or_default(),
        median: median(&lengths),
        is_whole: events.len() as u64 == totals.events,
        events: events.len() as u64,
        items: found.into_iter().map(|(stay, _)| stay).collect(),
        within,
        span: span.flatten(),
    };
    (hits, stays)
}

/// The middle of sorted lengths; the mean of the two in the middle.
fn median(sorted: &[SignedDuration]) -> SignedDuration {
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    if !sorted.len().is_multiple_of(2) {
        return upper;
    }
    let lower = (sorted.len() / 2).checked_sub(1).and_then(|at| sorted.get(at)).copied().unwrap_or_default();
    lower.saturating_add(upper) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_run_from_the_first_sighting_to_the_last_and_points_have_none() {
        let event = |second: i64, length: Option<i64>, camera: &str| -> Event {
            let start: Timestamp = "2026-05-13T09:00:00Z".parse().unwrap();
            let start = start + SignedDuration::from_secs(second);
            let end = length.map_or(String::new(), |seconds| {
                format!(r#","end_time":"{}""#, start + SignedDuration::from_secs(seconds))
            });
            let json = format!(
                r#"{{"event_id":"{camera}{second}","timestamp":"{start}","camera_id":"{camera}","event_type":"t"{end}}}"#
            );
            serde_json::from_str(&json).unwrap()
        };
        // 10 s; 40 s over two sightings; a point; 100 s.
        let events = [
            event(0, Some(10), "a"),
            event(300, None, "b"),
            event(340, None, "b"),
            event(600, None, "c"),
            event(900, Some(100), "a"),
        ];
        let totals = Totals { events: 5, visits: 4 };
        let (hits, stays) = measure(&events, Duration::from_mins(1), totals, 3, None, Order::LongestFirst);
        let seconds = SignedDuration::from_secs;
        assert_eq!((stays.measured, stays.unmeasured, stays.is_whole), (3, 1, true));
        assert_eq!((stays.total, stays.longest, stays.median), (seconds(150), seconds(100), seconds(40)));
        let shown: Vec<_> = stays.items.iter().map(|s| (s.length(), s.references.clone())).collect();
        let expected =
            [(seconds(100), vec![1]), (seconds(40), vec![2, 3]), (seconds(10), vec![]), (seconds(0), vec![])];
        assert_eq!(shown, expected);
        assert_eq!(hits.len(), 3);
        let (_, stays) = measure(&events, Duration::from_mins(1), totals, 1, None, Order::ShortestFirst);
        let lengths: Vec<_> = stays.items.iter().map(Stay::length).collect();
        assert_eq!(lengths, [seconds(10), seconds(40), seconds(100), seconds(0)]);
        assert_eq!((stays.shortest, stays.items[0].references.len()), (seconds(10), 1));
        let (_, none) = measure(&[], Duration::from_mins(1), Totals::default(), 3, None, Order::LongestFirst);
        assert_eq!((none.median, none.span), (SignedDuration::ZERO, None));
    }
}
