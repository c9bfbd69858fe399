//! The part against the whole: "what share of the visits were vehicles?". Both are counted by the store; the
//! percentages are computed here.

use super::{filter::event_filter, without::Without};
use crate::{
    Result,
    ask::{self, Interpretation, place::Place},
    event_store::{CountRequest, EventStore, Totals},
};

/// A part, the whole that it is of, and what lies between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// What was asked for.
    pub part: Totals,
    /// What it is of.
    pub whole: Totals,
}

impl Share {
    /// Of the events, in percent, to one place; `None` of nothing.
    pub(crate) fn percent_of_events(&self) -> Option<f64> {
        percent(self.part.events, self.whole.events)
    }

    /// Of the visits.
    pub(crate) fn percent_of_visits(&self) -> Option<f64> {
        percent(self.part.visits, self.whole.visits)
    }

    /// As a reply shows it.
    pub(crate) fn shown(&self) -> ask::Share {
        ask::Share {
            part_events: self.part.events,
            part_visits: self.part.visits,
            whole_events: self.whole.events,
            whole_visits: self.whole.visits,
            percent_of_events: self.percent_of_events(),
            percent_of_visits: self.percent_of_visits(),
        }
    }
}

/// One place behind the point: what is told is told from the same figure.
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 * 1_000.0 / whole as f64).round() / 10.0)
}

/// Counts the whole of a share; `None` where none is asked for.
///
/// # Errors
/// What the store says.
pub(super) async fn whole(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &Interpretation,
) -> Result<Option<Totals>> {
    let Some(whole) = interpretation.share_of.as_deref() else { return Ok(None) };
    let request = CountRequest {
        filter: event_filter(whole),
        words: whole.words.clone(),
        group_by: Vec::new(),
        timezone: place.timezone.clone(),
    };
    let store = Without::of(store, whole);
    Ok(Some(store.count(place.scope, &request).await?.totals))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_part_of_a_whole_is_between_0_and_100_percent_and_the_rest_makes_it_whole(
            whole in 1..1_000_000_u64, share in 0.0..=1.0_f64,
        ) {
            let part = (whole as f64 * share) as u64;
            let (some, rest) = (percent(part, whole).unwrap(), percent(whole - part, whole).unwrap());
            prop_assert!((0.0..=100.0).contains(&some));
            prop_assert!((some + rest - 100.0).abs() < 0.11);
            prop_assert_eq!(percent(whole, whole), Some(100.0));
            prop_assert_eq!(percent(part, 0), None);
        }
    }
}
