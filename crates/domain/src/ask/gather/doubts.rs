//! What only the events can decide about a question: whether there is something where no event holds the words.

use super::{filter::event_filter, without::Without};
use crate::{
    Result,
    ask::{Interpretation, place::Place},
    event_store::{CountRequest, EventStore, Totals},
};

/// How many there are whatever they say; `None` where the words restrict nothing or leave something.
///
/// # Errors
/// What the event store says.
pub(super) async fn unworded(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &Interpretation,
    totals: Totals,
) -> Result<Option<Totals>> {
    if interpretation.words.is_none() || totals.events > 0 || interpretation.matches_nothing {
        return Ok(None);
    }
    let mut unworded = interpretation.clone();
    unworded.words = None;
    count(store, place, &unworded).await.map(Some)
}

async fn count(store: &dyn EventStore, place: &Place<'_>, it: &Interpretation) -> Result<Totals> {
    let request = CountRequest {
        filter: event_filter(it),
        words: it.words.clone(),
        group_by: Vec::new(),
        timezone: place.timezone.clone(),
    };
    Ok(Without::of(store, it).count(place.scope, &request).await?.totals)
}
