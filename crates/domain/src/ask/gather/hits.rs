//! Which events stand behind an answer, and why each of them does. Must never let an event pass as
//! evidence that neither holds the words nor means nearly the same.

use std::sync::Arc;

use crate::{
    Result,
    ask::{Evidence, Intent, Interpretation, check::plain, place::Place, write::phrases},
    embedder::Embedder,
    event_store::{EventFilter, EventStore, Hit, Order, SearchPage, SearchRequest, Totals},
    held::Held,
};

/// From this cosine on, an event that lacks the words counts as similar. Sentences about the same kind
/// of scene lie above it with the sentence models in use, unrelated ones below 0.3.
pub(crate) const SIMILAR_COSINE_MIN: f32 = 0.45;
/// From this share of the best lexical score on, a hit by some of the words is worth showing.
const LEXICAL_MIN: f32 = 0.5;

/// How well the evidence matches, for the confidence of the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MatchQuality {
    /// How far the evidence stands above what was left out, 0 to 1; 1 where nothing was ranked.
    pub margin: f64,
    /// Share of the evidence that matched by words and by meaning; 1 where nothing was ranked.
    pub agreement: f64,
}

impl MatchQuality {
    /// Nothing was ranked: a filter either holds or not.
    pub(crate) const EXACT: Self = Self { margin: 1.0, agreement: 1.0 };
}

/// A page of hits and whether vectors were missing.
pub(crate) struct Hits {
    /// As the store found them.
    pub page: SearchPage,
    /// Words were searched without their meaning.
    pub lacks_vectors: bool,
}

/// The order in which an intent wants its events.
pub(crate) fn order(interpretation: &Interpretation) -> Order {
    match interpretation.intent {
        Intent::First | Intent::Timeline | Intent::Related => Order::OldestFirst,
        Intent::Last => Order::NewestFirst,
        _ if interpretation.words.is_some() => Order::Relevance,
        _ => Order::NewestFirst,
    }
}

/// Searches by filter, words and meaning.
pub(crate) async fn search(
    store: &dyn EventStore,
    embedder: Option<&dyn Embedder>,
    place: &Place<'_>,
    filter: EventFilter,
    interpretation: &Interpretation,
    order: Order,
    limit: usize,
    cursor: Option<String>,
) -> Result<Hits> {
    let words = interpretation.words.clone();
    let (vector, lacks_vectors) = match &words {
        Some(words) if order.is_ranked() => {
            let vector = embed(embedder, words).await;
            let lacks_vectors = vector.is_none();
            (vector, lacks_vectors)
        }
        _ => (None, false),
    };
    let request = SearchRequest { filter, words, vector, order, limit, cursor };
    let page = store.search(place.scope, &request).await?;
    Ok(Hits { page, lacks_vectors })
}

/// The meaning of the words; none when the embedder is absent or out of order.
async fn embed(embedder: Option<&dyn Embedder>, words: &str) -> Option<Arc<[f32]>> {
    match embedder?.embed(&[words.to_owned()]).await {
        Ok(vectors) => vectors.into_iter().next(),
        Err(error) => {
            tracing::warn!(code = error.code, "words are searched without their meaning");
            None
        }
    }
}

/// Whether a hit of a search for programs is one: it holds some of the words, or means nearly the same.
pub(crate) fn is_worth_showing(hit: &Hit) -> bool {
    hit.lexical.is_some() || hit.semantic.is_none_or(|cosine| cosine >= SIMILAR_COSINE_MIN)
}

/// What is left of the hits as evidence.
pub(crate) struct Selected {
    /// In their order.
    pub hits: Vec<Hit>,
    /// No event holds the words; these are only alike.
    pub is_similar_only: bool,
    /// How well they match.
    pub quality: MatchQuality,
}

impl Selected {
    /// Hits of which nothing was ranked.
    pub(crate) fn exact(mut hits: Vec<Hit>, limit: usize) -> Self {
        hits.truncate(limit);
        Self { hits, is_similar_only: false, quality: MatchQuality::EXACT }
    }
}

/// Keeps the hits that are evidence, at most `limit`. Where events hold all the words, they alone are: what
/// is shown is what was counted. Where none does, what is alike is kept and said to be no more than that.
pub(crate) async fn select(
    store: &dyn EventStore,
    place: &Place<'_>,
    filter: EventFilter,
    interpretation: &Interpretation,
    limit: usize,
    hits: Vec<Hit>,
    totals: Totals,
) -> Result<Selected> {
    let Some(words) = interpretation.words.as_deref().filter(|_| order(interpretation) == Order::Relevance)
    else {
        return Ok(Selected::exact(hits, limit));
    };
    let selected = select_ranked(hits, words, totals.events > 0, limit);
    let wanted = limit.min(usize::try_from(totals.events).unwrap_or(usize::MAX));
    if selected.hits.len() >= wanted {
        return Ok(selected);
    }
    // The store folds words otherwise than we do, or what is alike stood before them: it knows which it counted.
    let words = Some(words.to_owned());
    let request =
        SearchRequest { filter, words, vector: None, order: Order::NewestFirst, limit, cursor: None };
    Ok(Selected::exact(store.search(place.scope, &request).await?.hits, limit))
}

fn select_ranked(hits: Vec<Hit>, words: &str, has_exact: bool, limit: usize) -> Selected {
    let has_vectors = hits.iter().any(|hit| hit.semantic.is_some());
    let found = hits.len();
    let is_alike = |hit: &Hit| hit.semantic.is_some_and(|cosine| cosine >= SIMILAR_COSINE_MIN);
    let is_evidence = |hit: &Hit| {
        let by_words = hit.lexical.is_some_and(|score| score >= LEXICAL_MIN);
        if has_exact { holds_all(hit, words) } else { is_alike(hit) || (by_words && !has_vectors) }
    };
    let (mut kept, dropped): (Vec<Hit>, Vec<Hit>) = hits.into_iter().partition(is_evidence);
    let worst_kept = kept.iter().map(|hit| hit.score).fold(1.0_f32, f32::min);
    let best_dropped = dropped.iter().map(|hit| hit.score).fold(0.0_f32, f32::max);
    let both = kept.iter().filter(|hit| hit.lexical.is_some() && is_alike(hit));
    let agreement = if kept.is_empty() { 0.0 } else { both.count() as f64 / kept.len() as f64 };
    let margin = if found == 0 { 0.0 } else { f64::from((worst_kept - best_dropped).clamp(0.0, 1.0)) };
    let is_similar_only = !has_exact && !kept.is_empty();
    kept.truncate(limit);
    Selected { hits: kept, is_similar_only, quality: MatchQuality { margin, agreement } }
}

/// Whether an event holds every word of the question, by stems; the store has the last word in counts.
fn holds_all(hit: &Hit, words: &str) -> bool {
    Held::of(&hit.event.searched_text().to_lowercase()).satisfies(words)
}

/// Shows hits as evidence, numbered from `first`.
pub(crate) fn evidence(
    hits: &[Hit],
    interpretation: &Interpretation,
    place: &Place<'_>,
    confidence_threshold: f32,
    first: u32,
) -> Vec<Evidence> {
    let common = common_reasons(interpretation, place);
    let words = interpretation.words.as_deref();
    (first..)
        .zip(hits)
        .map(|(reference, hit)| {
            let why = reasons(hit, words, &common, interpretation, place);
            let mut shown = Evidence::of(&hit.event, reference, hit.score, why);
            shown.is_weak = hit.event.confidence.is_some_and(|sure| sure < confidence_threshold);
            shown.description = shown.description.map(|text| plain(&text));
            shown
        })
        .collect()
}

/// Reasons that hold for every event of an answer.
fn common_reasons(interpretation: &Interpretation, place: &Place<'_>) -> Vec<String> {
    let mut common = Vec::new();
    match interpretation.periods.as_slice() {
        [] => {}
        [only] => common.push(format!("began {}", phrases::period(only, place))),
        several => common.push(format!("began within one of {} periods", several.len())),
    }
    common.extend(interpretation.without.iter().map(|out| match out.zones.as_slice() {
        [] if out.words.is_empty() => format!("not labelled {}", phrases::list(&out.labels, "or")),
        [] => format!("does not mention “{}”", out.words),
        zones => format!("not in {}", phrases::list(zones, "or")),
    }));
    if !interpretation.severities.is_empty() {
        common.push(format!("severity {}", phrases::list(&interpretation.severities, "or")));
    }
    if let Some(least) = interpretation.min_confidence {
        common.push(format!("confidence of at least {}", phrases::percent(f64::from(least))));
    }
    if let Some(below) = interpretation.max_confidence {
        common.push(format!("confidence below {}", phrases::percent(f64::from(below))));
    }
    common
}

fn reasons(
    hit: &Hit,
    words: Option<&str>,
    common: &[String],
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> Vec<String> {
    let event = &hit.event;
    let mut why = Vec::with_capacity(4);
    let is_named = interpretation.cameras.contains(&event.camera_id);
    if !interpretation.cameras.is_empty() && (is_named || !interpretation.any_place) {
        why.push(format!("camera {}", place.camera_name(&event.camera_id)));
    }
    if let Some(label) =
        event.label.as_deref().filter(|label| interpretation.labels.iter().any(|l| l == label))
    {
        why.push(format!("label {}", phrases::opened(label)));
    }
    if interpretation.event_types.contains(&event.event_type) {
        why.push(format!("type {}", phrases::opened(&event.event_type)));
    }
    if let Some(name) =
        event.sub_label.as_deref().filter(|n| interpretation.sub_labels.iter().any(|s| s == n))
    {
        why.push(format!("name {name}"));
    }
    if let Some(zone) = event.zones.iter().find(|zone| interpretation.zones.contains(zone)) {
        why.push(format!("zone {}", phrases::opened(zone)));
    }
    if let Some(words) = words {
        if holds_all(hit, words) {
            why.push(format!("mentions “{words}”"));
        } else if hit.lexical.is_some() {
            why.push(format!("mentions some of “{words}”"));
        }
        if let Some(cosine) = hit.semantic.filter(|cosine| *cosine >= SIMILAR_COSINE_MIN) {
            why.push(format!("similar in meaning to “{words}” (cosine {cosine:.2})"));
        }
    }
    why.extend_from_slice(common);
    if why.is_empty() {
        why.push("among the events in your scope".to_owned());
    }
    why.into_iter().map(|reason| plain(&reason)).collect()
}
