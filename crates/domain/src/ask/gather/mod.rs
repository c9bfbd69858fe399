//! Interpretation → findings: exact totals, evidence, series, groups, comparison, incidents, paths,
//! durations, coverage. Every figure of an answer is computed here or in the store; nothing after this
//! folder counts. Every call to the store carries the scope of the caller.

pub(crate) mod anchor;
pub(crate) mod averages;
pub(crate) mod compare;
pub(crate) mod coverage;
pub(crate) mod doubts;
mod filter;
mod findings;
pub(crate) mod hits;
mod incidents;
pub(crate) mod path;
pub(crate) mod quiet;
pub(crate) mod ranking;
pub(crate) mod series;
pub(crate) mod shares;
mod sides;
mod sources;
pub(crate) mod stays;
#[cfg(test)]
mod tests;
pub(crate) mod timeline;
mod usual;
mod visits;
pub(crate) mod without;

use std::sync::Arc;

use futures::future::{OptionFuture, try_join3, try_join5};

use self::{compare::CountedSides, hits::Selected, path::Direction};
pub(crate) use self::{
    coverage::Coverage,
    filter::event_filter,
    findings::Findings,
    series::{Step, Stretch},
    sources::Sources,
    without::Without,
};
use super::{Degraded, Intent, Interpretation, place::Place};
use crate::{
    ErrorKind, Event, Result,
    event_store::{
        Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Hit, Order, SEARCH_LIMIT_MAX,
        SearchPage, SearchRequest, Totals,
    },
};

/// Hits that are looked at for each one shown, so that the best of what was left out is known.
const LOOK_AHEAD: usize = 1;

/// What is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Sought<'a> {
    /// What was meant.
    pub interpretation: &'a Interpretation,
    /// The words, for what only they say: which way a path goes.
    pub question: &'a str,
    /// How much evidence is shown.
    pub limit: usize,
    /// Detections below it are marked as weak.
    pub confidence_threshold: f32,
}

/// Asks the store for all that an answer needs; what does not depend on each other runs at once. The evidence has
/// no pictures yet: its events are returned beside it.
///
/// # Errors
/// What the event store says; a missing embedder only degrades.
pub(crate) async fn gather(
    sources: &Sources<'_>,
    place: &Place<'_>,
    sought: &Sought<'_>,
) -> Result<(Findings, Vec<Event>)> {
    let interpretation = sought.interpretation;
    // What is left out is left out of all that is found, but for whether a camera sent anything at all.
    let (all, without) = (sources.store, Without::of(sources.store, interpretation));
    let sources = &Sources { store: &without, ..*sources };
    let filter = event_filter(interpretation);
    let searched = coverage::searched(interpretation, place);
    let is_compared = interpretation.intent == Intent::Compare;
    let sides = if is_compared { compare::sides(interpretation, &filter, place) } else { Vec::new() };
    let grouping = interpretation.group_by.filter(|_| is_grouped(interpretation));
    let is_average =
        interpretation.is_average && !matches!(interpretation.intent, Intent::HowLong | Intent::Compare);
    let grouping = grouping.map(|by| if is_average { averages::counted_by(by) } else { by });
    let asked_step =
        interpretation.group_by.and_then(Step::of).filter(|step| step.fits(&interpretation.periods));
    let compare_step = asked_step.filter(|_| is_compared);
    let fitting = || compare_step.or_else(|| Step::fitting(&interpretation.periods));
    let step = wants_series(interpretation).then(fitting).flatten();
    let words = interpretation.words.as_deref();
    let by = |group_by: GroupBy| CountRequest {
        filter: filter.clone(),
        words: interpretation.words.clone(),
        group_by: vec![group_by],
        timezone: place.timezone.clone(),
    };
    let wants_labels = interpretation.intent == Intent::Timeline && interpretation.labels.len() != 1;
    let waits = waits_for_totals(sought);
    let total_request = by(GroupBy::Camera);
    // Cameras and sites are ranked by what is counted anyway.
    let stored = grouping.map(ranking::stored);
    let (total, series, ranked, labels, (side_totals, found, whole)) = try_join5(
        sources.store.count(place.scope, &total_request),
        count_optionally(sources.store, place, step.map(|step| by(step.group_by()))),
        count_groups(sources.store, place, stored.filter(|by| *by != GroupBy::Camera).map(by)),
        count_optionally(sources.store, place, wants_labels.then(|| by(GroupBy::Label))),
        try_join3(
            compare::count((sources.store, all), place, &sides, words, &searched, compare_step),
            async {
                let first = (!waits).then(|| search(sources, place, filter.clone(), sought));
                OptionFuture::from(first).await.transpose()
            },
            shares::whole(all, place, interpretation),
        ),
    )
    .await?;
    let mut findings = Findings { totals: total.totals, step, ..Findings::default() };
    let ranked = if stored == Some(GroupBy::Camera) { Some(total.clone()) } else { ranked };
    findings.by_camera = by_text(total);
    findings.by_label = labels.map(by_text).unwrap_or_default();
    if let (Some(step), Some(count)) = (step, series) {
        findings.series = series::lay_out(&count, &interpretation.periods, step, place.timezone);
    }
    findings.ranking =
        grouping.zip(ranked).map(|(by, count)| ranking::ranking(by, count, interpretation, &searched, place));
    if is_average {
        let ranking = findings.ranking.as_ref();
        findings.average = ranking.and_then(|r| averages::average(r, interpretation, &searched, place));
    }
    findings.share = whole.map(|whole| shares::Share { part: findings.totals, whole });
    compare_sides(&mut findings, &sides, &side_totals, place);
    let found = match found {
        Some(found) => found,
        None => look(sources, place, filter, sought, &mut findings).await?,
    };
    let events = settle(&mut findings, found, sources, sought, place).await?;
    let silence = wants_coverage(interpretation, findings.totals)
        .then(|| coverage::look(all, place, interpretation, searched, &findings.by_camera));
    findings.coverage = OptionFuture::from(silence).await.transpose()?;
    findings.unworded = doubts::unworded(sources.store, place, interpretation, findings.totals).await?;
    Ok((findings, events))
}

/// Hits before it is settled which of them are evidence.
struct Found {
    hits: Vec<Hit>,
    lacks_vectors: bool,
    /// Among which events they were searched; none when they were chosen one by one, so that nothing is
    /// left to drop.
    searched: Option<EventFilter>,
}

/// What can be searched for only when the totals are known.
async fn look(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    sought: &Sought<'_>,
    findings: &mut Findings,
) -> Result<Found> {
    let (interpretation, totals) = (sought.interpretation, findings.totals);
    let words = interpretation.words.as_deref();
    let chosen = |hits: Vec<Hit>| Found { hits, lacks_vectors: false, searched: None };
    if let Some(direction) = direction(sought)
        && let Some(anchor) = anchor(sources, place, &filter, sought).await?
    {
        let (events, path) = path::trace(sources, place, anchor, direction, sought.limit).await?;
        findings.path = Some(path);
        let hit = |event| Hit { event, score: 1.0, lexical: None, semantic: None };
        return Ok(chosen(events.into_iter().map(hit).collect()));
    }
    match interpretation.intent {
        Intent::Timeline if totals.events > 0 => {
            let looked = timeline::look(sources, place, &filter, words, totals, sought.limit).await?;
            findings.incidents = Some(looked.incidents);
            Ok(chosen(looked.hits))
        }
        Intent::HowLong if totals.events > 0 => {
            let events = timeline::fetch(sources, place, filter, words, totals).await?;
            let bound = interpretation.stay.as_ref();
            let order = if interpretation.is_least {
                stays::Order::ShortestFirst
            } else {
                stays::Order::LongestFirst
            };
            let (hits, stays) =
                stays::measure(&events, sources.visit_gap, totals, sought.limit, bound, order);
            findings.stays = Some(stays);
            Ok(chosen(hits))
        }
        Intent::Quiet => {
            let (hits, quiet) = quiet::look(sources, place, &filter, interpretation, sought.limit).await?;
            findings.quiet = Some(quiet);
            Ok(chosen(hits))
        }
        Intent::Busiest => {
            let filter = ranking::narrowed(filter, findings.ranking.as_ref(), place);
            search(sources, place, filter, sought).await
        }
        _ => search(sources, place, filter, sought).await,
    }
}

/// Whether the search depends on what is counted.
fn waits_for_totals(sought: &Sought<'_>) -> bool {
    matches!(
        sought.interpretation.intent,
        Intent::Busiest | Intent::Timeline | Intent::HowLong | Intent::Quiet
    ) || direction(sought).is_some()
}

fn direction(sought: &Sought<'_>) -> Option<Direction> {
    let is_related = sought.interpretation.intent == Intent::Related;
    is_related.then(|| path::direction(sought.question)).flatten()
}

/// The sighting that a path starts from: the event that the question refers to, else the best match.
async fn anchor(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: &EventFilter,
    sought: &Sought<'_>,
) -> Result<Option<Event>> {
    let interpretation = sought.interpretation;
    if let Some(referred) = interpretation.refers_to.first() {
        let known = sources.store.get(place.scope, std::slice::from_ref(&referred.event_id)).await?;
        return Ok(known.into_iter().next());
    }
    let is_named = interpretation.words.is_some() || !interpretation.sub_labels.is_empty();
    if !is_named {
        return Ok(None);
    }
    let request = SearchRequest {
        filter: filter.clone(),
        words: interpretation.words.clone(),
        vector: None,
        order: Order::Relevance,
        limit: 1,
        cursor: None,
    };
    let page = sources.store.search(place.scope, &request).await?;
    Ok(page.hits.into_iter().next().map(|hit| hit.event))
}

async fn search(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    sought: &Sought<'_>,
) -> Result<Found> {
    let page_size = (sought.limit + skipped(sought.interpretation) + LOOK_AHEAD).min(SEARCH_LIMIT_MAX);
    let (store, embedder) = (sources.store, sources.embedder);
    let searched = Some(filter.clone());
    let (interpretation, order) = (sought.interpretation, hits::order(sought.interpretation));
    let found = hits::search(store, embedder, place, filter, interpretation, order, page_size, None).await?;
    let SearchPage { hits, .. } = found.page;
    Ok(Found { hits, lacks_vectors: found.lacks_vectors, searched })
}

/// How many come before the one that is wanted: one before "the second delivery".
fn skipped(interpretation: &Interpretation) -> usize {
    let is_in_order = matches!(interpretation.intent, Intent::First | Intent::Last);
    interpretation.nth.filter(|_| is_in_order).map_or(0, |nth| nth.saturating_sub(1))
}

/// Makes the hits that are evidence the evidence; returns their events.
async fn settle(
    findings: &mut Findings,
    found: Found,
    sources: &Sources<'_>,
    sought: &Sought<'_>,
    place: &Place<'_>,
) -> Result<Vec<Event>> {
    let interpretation = sought.interpretation;
    let skipped = skipped(interpretation);
    let limit = sought.limit + skipped;
    if found.lacks_vectors {
        findings.degrade(Degraded::VectorSearch);
    }
    let mut selected = match found.searched {
        None => Selected::exact(found.hits, limit),
        Some(filter) => {
            let totals = findings.totals;
            hits::select(sources.store, place, filter, interpretation, limit, found.hits, totals).await?
        }
    };
    selected.hits.drain(..skipped.min(selected.hits.len()));
    findings.is_similar_only = selected.is_similar_only;
    findings.quality = selected.quality;
    findings.evidence = hits::evidence(&selected.hits, interpretation, place, sought.confidence_threshold, 1);
    Ok(selected.hits.into_iter().map(|hit| hit.event).collect())
}

fn compare_sides(
    findings: &mut Findings,
    sides: &[compare::Side],
    counted: &CountedSides,
    place: &Place<'_>,
) {
    findings.comparison = compare::comparison(sides, counted, place);
    findings.sides_left_out = (sides.len() - counted.sides.len()) as u64;
}

/// A ranking answers "which", "where" and "busiest"; what is first, last or compared is told otherwise.
fn is_grouped(interpretation: &Interpretation) -> bool {
    !matches!(
        interpretation.intent,
        Intent::First
            | Intent::Last
            | Intent::Unusual
            | Intent::Related
            | Intent::Compare
            | Intent::HowLong
            | Intent::Quiet
    )
}

/// Beside a zero always; beside figures where a silence out of the ordinary would put them in doubt.
fn wants_coverage(interpretation: &Interpretation, totals: Totals) -> bool {
    totals.events == 0
        || (!interpretation.periods.is_empty()
            && matches!(
                interpretation.intent,
                Intent::Find | Intent::Count | Intent::Busiest | Intent::Timeline | Intent::Last
            ))
}

async fn count_optionally(
    store: &dyn EventStore,
    place: &Place<'_>,
    request: Option<CountRequest>,
) -> Result<Option<Count>> {
    match request {
        Some(request) => store.count(place.scope, &request).await.map(Some),
        None => Ok(None),
    }
}

/// Counts what is ranked; nothing where there are more groups than a store counts: of plates, there can be.
async fn count_groups(
    store: &dyn EventStore,
    place: &Place<'_>,
    request: Option<CountRequest>,
) -> Result<Option<Count>> {
    match count_optionally(store, place, request).await {
        Err(error) if error.kind == ErrorKind::InvalidInput => Ok(None),
        counted => counted,
    }
}

/// Counts, comparisons, timelines and "when was it busiest" are told over time.
fn wants_series(interpretation: &Interpretation) -> bool {
    matches!(
        interpretation.intent,
        Intent::Count | Intent::Compare | Intent::Timeline | Intent::Busiest | Intent::Unusual
    )
}

/// Groups by camera or label, the largest first.
fn by_text(count: Count) -> Vec<(Arc<str>, Totals)> {
    let mut groups: Vec<(Arc<str>, Totals)> = count
        .groups
        .into_iter()
        .filter_map(|group| match group.key.into_iter().next() {
            Some(GroupValue::Text(id)) => Some((id, group.totals)),
            _ => None,
        })
        .collect();
    groups.sort_by(|a, b| b.1.events.cmp(&a.1.events).then_with(|| a.0.cmp(&b.0)));
    groups
}
