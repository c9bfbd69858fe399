//! Interpretation → findings: exact totals, evidence, series, groups, comparison, coverage. Every
//! figure of an answer is computed here or in the store; nothing after this file counts. Every call to
//! the store carries the scope of the caller.

pub(crate) mod compare;
pub(crate) mod coverage;
mod dimension;
mod filter;
pub(crate) mod hits;
pub(crate) mod series;

use std::sync::Arc;

use futures::future::{OptionFuture, try_join, try_join4};

pub(crate) use self::{
    coverage::Coverage,
    filter::event_filter,
    hits::MatchQuality,
    series::{Step, Stretch},
};
use super::{Comparison, Degraded, Evidence, Intent, Interpretation, ResponseType, place::Place};
use crate::{
    Event, Period, Result,
    clips::{Clips, EXPIRY_DEFAULT},
    embedder::Embedder,
    event_store::{
        Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Order, SEARCH_LIMIT_MAX, Totals,
    },
    insights::Insight,
};

/// Hits that are looked at for each one shown, so that the best of what was left out is known.
const LOOK_AHEAD: usize = 1;

/// What findings are gathered from.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// Events.
    pub store: &'a dyn EventStore,
    /// Meaning.
    pub embedder: Option<&'a dyn Embedder>,
    /// Pictures.
    pub clips: &'a Clips,
}

/// One group of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// The group itself.
    pub value: GroupValue,
    /// What is in it.
    pub totals: Totals,
}

/// Groups that hold events, the largest first, or the smallest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranking {
    /// Whether the smallest is first.
    pub is_least: bool,
    /// By what they are grouped.
    pub by: GroupBy,
    /// Largest first; ties in the order of their keys.
    pub groups: Vec<Ranked>,
}

/// What was found out about a question.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    /// Exact.
    pub totals: Totals,
    /// The same by camera, largest first.
    pub by_camera: Vec<(Arc<str>, Totals)>,
    /// What is shown, with pictures.
    pub evidence: Vec<Evidence>,
    /// No event holds the words; the evidence is only alike.
    pub is_similar_only: bool,
    /// How well the evidence matches.
    pub quality: MatchQuality,
    /// How long a stretch of the series is.
    pub step: Option<Step>,
    /// Counts over time.
    pub series: Vec<Stretch>,
    /// Groups of a "which" or "busiest".
    pub ranking: Option<Ranking>,
    /// Two sides.
    pub comparison: Option<Comparison>,
    /// Looked at when nothing was found.
    pub coverage: Option<Coverage>,
    /// What was out of the ordinary; for [`Intent::Unusual`].
    pub insights: Vec<Insight>,
    /// What insights could not judge.
    pub insight_notes: Vec<String>,
    /// Parts that did not work.
    pub degraded: Vec<Degraded>,
    /// How it ends up being told.
    pub response_type: ResponseType,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            totals: Totals::default(),
            by_camera: Vec::new(),
            evidence: Vec::new(),
            is_similar_only: false,
            quality: MatchQuality::EXACT,
            step: None,
            series: Vec::new(),
            ranking: None,
            comparison: None,
            coverage: None,
            insights: Vec::new(),
            insight_notes: Vec::new(),
            degraded: Vec::new(),
            response_type: ResponseType::Answer,
        }
    }
}

impl Findings {
    /// Notes a part that did not work, once.
    pub(crate) fn degrade(&mut self, part: Degraded) {
        if !self.degraded.contains(&part) {
            self.degraded.push(part);
        }
    }

    /// Ids of every camera whose events, or whose silence, went into the answer; sorted.
    pub(crate) fn cameras_used(&self, interpretation: &Interpretation) -> Vec<String> {
        let mut used: Vec<String> = self.by_camera.iter().map(|(id, _)| id.to_string()).collect();
        used.extend(self.evidence.iter().map(|e| e.camera_id.clone()));
        used.extend(self.insights.iter().flat_map(|insight| insight.cameras.iter().cloned()));
        used.extend(interpretation.cameras.iter().cloned());
        used.extend(interpretation.refers_to.iter().map(|event| event.camera_id.clone()));
        if let Some(coverage) = &self.coverage {
            used.extend(coverage.searched.iter().cloned());
        }
        used.sort_unstable();
        used.dedup();
        used
    }
}

/// Asks the store for all that an answer needs; what does not depend on each other runs at once.
///
/// # Errors
/// What the event store says; a missing embedder or clip keeper only degrades.
pub(crate) async fn gather(
    sources: &Sources<'_>,
    place: &Place<'_>,
    interpretation: &Interpretation,
    limit: usize,
    confidence_threshold: f32,
) -> Result<Findings> {
    let filter = event_filter(interpretation);
    let is_compared = interpretation.intent == Intent::Compare;
    let sides = if is_compared { compare::sides(interpretation, &filter, place) } else { Vec::new() };
    let dimension = interpretation.group_by.map(dimension::stored);
    let step = wants_series(interpretation).then(|| Step::fitting(&interpretation.periods)).flatten();
    let words = interpretation.words.as_deref();
    let by = |group_by: GroupBy| CountRequest {
        filter: filter.clone(),
        words: interpretation.words.clone(),
        group_by: vec![group_by],
        timezone: place.timezone.clone(),
    };
    let is_busiest = interpretation.intent == Intent::Busiest;
    let page_size = (limit + LOOK_AHEAD).min(SEARCH_LIMIT_MAX);
    let search = |filter: EventFilter| {
        hits::search(sources.store, sources.embedder, place, filter, interpretation, page_size, None)
    };
    let counting = count_optionally(sources.store, place, step.map(|step| by(step.group_by())));
    let ranking = count_optionally(sources.store, place, dimension.map(by));
    let total_request = by(GroupBy::Camera);
    let (total, series, ranked, (side_totals, found)) = try_join4(
        sources.store.count(place.scope, &total_request),
        counting,
        ranking,
        try_join(compare::count(sources.store, place, &sides, words), async {
            let first = (!is_busiest).then(|| search(filter.clone()));
            OptionFuture::from(first).await.transpose()
        }),
    )
    .await?;
    let mut findings = Findings { totals: total.totals, step, ..Findings::default() };
    findings.by_camera = by_camera(total);
    if let (Some(step), Some(count)) = (step, series) {
        findings.series = series::lay_out(&count, &interpretation.periods, step, place.timezone);
    }
    findings.ranking =
        dimension.zip(ranked).map(|(by, count)| ranking_of(by, count, interpretation.is_least));
    findings.comparison = compare::comparison(&sides, &side_totals, place.timezone);
    let found = match found {
        Some(found) => found,
        None => search(busiest_filter(filter, findings.ranking.as_ref(), place)).await?,
    };
    if found.lacks_vectors {
        findings.degrade(Degraded::VectorSearch);
    }
    let is_ranked = hits::order(interpretation) == Order::Relevance;
    let selected = hits::select(found.page.hits, words, is_ranked, findings.totals);
    let mut kept = selected.hits;
    kept.truncate(limit);
    findings.is_similar_only = selected.is_similar_only;
    findings.quality = selected.quality;
    findings.evidence = hits::evidence(&kept, interpretation, place, confidence_threshold, 1);
    let events: Vec<Event> = kept.into_iter().map(|hit| hit.event).collect();
    let pictures = add_pictures(sources.clips, place, &mut findings.evidence, &events);
    let silence = async {
        let is_empty = findings.totals.events == 0;
        let looked = is_empty.then(|| coverage::look(sources.store, place, interpretation));
        OptionFuture::from(looked).await.transpose()
    };
    let (is_out_of_order, coverage) = futures::future::join(pictures, silence).await;
    findings.coverage = coverage?;
    if is_out_of_order {
        findings.degrade(Degraded::Clips);
    }
    Ok(findings)
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

/// Counts, comparisons, timelines and "when was it busiest" are told over time.
fn wants_series(interpretation: &Interpretation) -> bool {
    matches!(
        interpretation.intent,
        Intent::Count | Intent::Compare | Intent::Timeline | Intent::Busiest | Intent::Unusual
    )
}

fn by_camera(count: Count) -> Vec<(Arc<str>, Totals)> {
    let mut cameras: Vec<(Arc<str>, Totals)> = count
        .groups
        .into_iter()
        .filter_map(|group| match group.key.into_iter().next() {
            Some(GroupValue::Text(id)) => Some((id, group.totals)),
            _ => None,
        })
        .collect();
    cameras.sort_by(|a, b| b.1.events.cmp(&a.1.events).then_with(|| a.0.cmp(&b.0)));
    cameras
}

fn ranking_of(by: GroupBy, count: Count, is_least: bool) -> Ranking {
    let mut groups: Vec<Ranked> = count
        .groups
        .into_iter()
        .filter_map(|group| Some(Ranked { value: group.key.into_iter().next()?, totals: group.totals }))
        .collect();
    groups.sort_by(|a, b| {
        let by_size = b.totals.events.cmp(&a.totals.events);
        let by_size = if is_least { by_size.reverse() } else { by_size };
        by_size.then_with(|| a.value.cmp(&b.value))
    });
    Ranking { is_least, by, groups }
}

/// Narrows a filter to the largest group, whose events are the evidence of a "busiest".
fn busiest_filter(mut filter: EventFilter, ranking: Option<&Ranking>, place: &Place<'_>) -> EventFilter {
    let Some((by, top)) = ranking.and_then(|r| Some((r.by, r.groups.first()?))) else { return filter };
    let within = |periods: &[Period], wanted: Period| -> Vec<Period> {
        if periods.is_empty() {
            return vec![wanted];
        }
        let cut = periods.iter().filter(|p| p.start < wanted.end && wanted.start < p.end);
        cut.map(|p| Period::new(p.start.max(wanted.start), p.end.min(wanted.end))).collect()
    };
    match (by, &top.value) {
        (GroupBy::Camera, GroupValue::Text(id)) => filter.cameras = Some(vec![id.to_string()]),
        (GroupBy::Label, GroupValue::Text(label)) if !label.is_empty() => {
            filter.labels = vec![label.to_string()];
        }
        (GroupBy::EventType, GroupValue::Text(kind)) => filter.event_types = vec![kind.to_string()],
        (GroupBy::Zone, GroupValue::Text(zone)) => filter.zones = vec![zone.to_string()],
        (_, GroupValue::Hour(start)) => filter.periods = within(&filter.periods, series::hour(*start)),
        (_, GroupValue::Day(day)) => {
            if let Some(day) = series::day(*day, place.timezone) {
                filter.periods = within(&filter.periods, day);
            }
        }
        _ => {}
    }
    filter
}

/// Puts pictures to evidence; whether their keeper was out of order.
pub(crate) async fn add_pictures(
    clips: &Clips,
    place: &Place<'_>,
    evidence: &mut [Evidence],
    events: &[Event],
) -> bool {
    if events.is_empty() {
        return false;
    }
    let (pictures, is_out_of_order) = clips.pictures(place.scope, events, EXPIRY_DEFAULT).await;
    for (shown, pictures) in evidence.iter_mut().zip(pictures) {
        shown.clip = Some(pictures.clip);
        shown.thumbnail_url = pictures.thumbnail_url;
    }
    is_out_of_order
}
