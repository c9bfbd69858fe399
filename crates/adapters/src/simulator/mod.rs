//! Sample data made by us: one coherent warehouse with twelve cameras, two weeks of life and a few
//! planted incidents, so that a newcomer has something true to ask about.
//!
//! The same seed, first day and last instant give the same events. The service does not know that this
//! exists: events go in through the same door as anyone's.

mod day;
mod drawing;
mod incidents;
mod phrases;
mod site;
mod sketch;

use eps_domain::EventDraft;
use jiff::{Timestamp, ToSpan, civil::Date};

pub use drawing::{ClipDrawing, draw_clips};
pub use incidents::{INCIDENTS, Incident};
pub use site::cameras_file;
pub use sketch::Simulation;

/// Days before the last one; with today they make two weeks and a bit.
pub const DAYS: i32 = 14;

impl Simulation {
    /// The day before which nothing was recorded.
    pub fn first_day(&self) -> Date {
        self.anchor.saturating_sub(DAYS.days())
    }

    /// Everything that was recorded on one local day and is over by `now`, in the order of time. Days
    /// do not depend on each other, so that a later start only adds.
    pub fn day(&self, date: Date, now: Timestamp) -> Vec<EventDraft> {
        let mut events = day::ordinary(self, date);
        incidents::plant(self, date, &mut events);
        events.sort_by(|a, b| (a.at, a.camera).cmp(&(b.at, b.camera)));
        // Numbered before the future is cut off, so that an event keeps its id in every later start.
        let numbered = events.into_iter().enumerate();
        numbered
            .filter(|(_, event)| event.ends() <= now)
            .map(|(index, event)| event.into_draft(date, index))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::tz::TimeZone;

    use super::*;

    fn simulation() -> Simulation {
        Simulation {
            seed: 7,
            anchor: jiff::civil::date(2026, 5, 13),
            timezone: TimeZone::get("Europe/Berlin").unwrap(),
        }
    }

    fn everything(simulation: &Simulation, now: Timestamp) -> Vec<EventDraft> {
        simulation
            .first_day()
            .series(1.day())
            .take(DAYS as usize + 1)
            .flat_map(|date| simulation.day(date, now))
            .collect()
    }

    #[test]
    fn two_weeks_hold_twenty_thousand_valid_events_on_every_camera_and_repeat() {
        let simulation = simulation();
        let now: Timestamp = "2026-05-13T10:00:00+02:00".parse().unwrap();

        let events = everything(&simulation, now);

        assert!(events.len() >= 20_000, "{}", events.len());
        assert_eq!(events, everything(&simulation, now));
        let ids: BTreeSet<_> = events.iter().map(|e| e.event_id.clone()).collect();
        assert_eq!(ids.len(), events.len());
        let cameras: BTreeSet<_> = events.iter().filter_map(|e| e.camera_id.clone()).collect();
        assert_eq!(cameras.len(), cameras_file("UTC").cameras.len());
        let sentences: BTreeSet<_> = events.iter().map(|e| e.description.clone()).collect();
        assert!(sentences.len() > 3_000, "{} different descriptions", sentences.len());
        for event in events {
            let checked = event.validate(|_| TimeZone::UTC).unwrap();
            assert!(checked.end() <= now);
        }
    }

    #[test]
    fn every_written_incident_is_there() {
        let simulation = simulation();
        let events = everything(&simulation, "2026-05-13T23:00:00+02:00".parse().unwrap());
        for incident in INCIDENTS {
            let found = events
                .iter()
                .filter(|e| e.event_id.as_deref().is_some_and(|id| id.starts_with(incident.id_prefix)))
                .count();
            assert_eq!(found, incident.events, "{}", incident.name);
        }
    }

    #[test]
    fn a_later_start_only_adds() {
        let simulation = simulation();
        let until = |now: &str| simulation.day(simulation.anchor, now.parse().unwrap());
        let (early, late) = (until("2026-05-13T10:00:00+02:00"), until("2026-05-14T10:00:00+02:00"));
        assert!(!early.is_empty() && early.len() < late.len());
        // The same events under the same ids, word for word.
        assert!(early.iter().all(|event| late.contains(event)));
    }
}
