//! Finds the event that the time of a question is counted from, and shows it beside the evidence. Must never take an
//! event that the words do not name.

use super::{Findings, Sources, Without, doubts, filter::event_filter};
use crate::{
    Event, Result,
    ask::{Beside, Evidence, Interpretation, interpret::anchors, place::Place, write::evidence_lines},
    event_store::{EventStore, Order, SEARCH_LIMIT_MAX, SearchRequest},
};

/// Looks for the event and puts the question into the time beside it. What no event is, is told.
///
/// # Errors
/// What the event store says.
pub(crate) async fn settle(store: &dyn EventStore, place: &Place<'_>, it: &mut Interpretation) -> Result<()> {
    let Some(sought) = it.sought.take() else { return Ok(()) };
    let (mut event, how) = *sought;
    doubts::settle(store, place, &mut event).await?;
    // Where the question is asked of a place, an event there is meant before one elsewhere.
    let says_where = !event.cameras.is_empty() || !event.sites.is_empty() || !event.zones.is_empty();
    let mut found = None;
    if !says_where && !it.cameras.is_empty() {
        let there = Interpretation { cameras: it.cameras.clone(), sites: it.sites.clone(), ..event.clone() };
        found = nth(store, place, &there, &how).await?;
    }
    if found.is_none() {
        found = nth(store, place, &event, &how).await?;
    }
    match found {
        Some(found) if event.unresolved.is_empty() => {
            let found = Evidence::of(&found, 0, 1.0, Vec::new());
            anchors::put_beside(it, &how, &found, place.timezone, place.now);
        }
        _ => anchors::refuse(it),
    }
    Ok(())
}

/// The first, the last, the second of what matches.
async fn nth(
    store: &dyn EventStore,
    place: &Place<'_>,
    event: &Interpretation,
    how: &Beside,
) -> Result<Option<Event>> {
    let limit = how.nth.clamp(1, SEARCH_LIMIT_MAX);
    let request = SearchRequest {
        filter: event_filter(event),
        words: event.words.clone(),
        vector: None,
        order: if how.is_first { Order::OldestFirst } else { Order::NewestFirst },
        limit,
        cursor: None,
    };
    let page = Without::of(store, event).search(place.scope, &request).await?;
    Ok(page.hits.into_iter().nth(limit - 1).map(|hit| hit.event))
}

/// Shows the event beside what was found, puts it to the events that are shown, and says which it was.
///
/// # Errors
/// What the event store says.
pub(crate) async fn cite(
    sources: &Sources<'_>,
    place: &Place<'_>,
    it: &mut Interpretation,
    findings: &mut Findings,
    events: &mut Vec<Event>,
) -> Result<Option<String>> {
    let Some(event) = it.counted_from.as_mut().and_then(|from| from.event.as_mut()) else { return Ok(None) };
    let known = findings.evidence.iter().find(|shown| shown.event_id == event.event_id);
    let shown = if let Some(known) = known {
        known.clone()
    } else {
        let found = sources.store.get(place.scope, std::slice::from_ref(&event.event_id)).await?;
        let Some(found) = found.into_iter().next() else { return Ok(None) };
        let reference = findings.evidence.len() as u32 + 1;
        let why = vec!["the time of the question is counted from it".to_owned()];
        let shown = Evidence::of(&found, reference, 1.0, why);
        events.push(found);
        findings.anchor = Some(shown.clone());
        shown
    };
    event.reference = shown.reference;
    Ok(Some(format!("The time is counted from this event: {}.", evidence_lines::line(&shown, place))))
}
