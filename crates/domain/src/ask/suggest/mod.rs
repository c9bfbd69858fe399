//! What to ask next: questions in the words of the caller's own events, each understood and tried
//! before it is offered, so that every one of them has an answer. Must never offer what was asked.

mod candidates;

use std::sync::Arc;

use futures::future::join_all;
use jiff::Timestamp;

use super::{
    Filters, Intent, Interpretation, check,
    gather::{
        Findings, Sources, event_filter,
        path::{self, Direction},
        without::Without,
    },
    interpret::{Catalogue, DateOrder, Question, interpret},
    place::Place,
};
use crate::event_store::{EventFilter, EventStore, Vocabulary};

/// The most that are offered.
pub(crate) const OFFERED_MAX: usize = 4;
/// The most that are tried; mostly all of the first have an answer.
const TRIED_MAX: usize = 12;
/// A step of a path that is worth asking for.
const NEXT_CAMERA: &str = "Where did they go next?";
/// A path of one step: the sighting and the next one.
const NEXT_CAMERA_LIMIT: usize = 2;

/// What was asked before, in this turn and earlier.
pub(crate) struct Asked<'a> {
    /// How dates in figures are written.
    pub date_order: DateOrder,
    /// This question.
    pub now: &'a str,
    /// Earlier ones.
    pub before: Vec<&'a str>,
}

/// The answer that is followed up.
#[derive(Clone, Copy)]
pub(crate) struct Answered<'a> {
    /// What was meant.
    pub interpretation: &'a Interpretation,
    /// What the turn before it was understood to mean.
    pub before: Option<&'a Interpretation>,
    /// What was found.
    pub findings: &'a Findings,
}

/// Questions that have an answer, most useful first. A store that fails here costs only them.
pub(crate) async fn suggest(
    sources: &Sources<'_>,
    place: &Place<'_>,
    catalogue: &Catalogue,
    answered: Answered<'_>,
    asked: &Asked<'_>,
) -> Vec<String> {
    let is_asked = |text: &str| std::iter::once(&asked.now).chain(&asked.before).any(|q| is_same(q, text));
    let candidates = candidates::candidates(answered.interpretation, answered.findings, place);
    // A name with markup or a link in it must not be shown, and cleaned it would name something else.
    let may_be_shown = |text: &String| check::is_plain(text) && !is_asked(text);
    let candidates = candidates.into_iter().filter(may_be_shown).take(TRIED_MAX);
    let tried = offer(sources.store, place, catalogue, answered, asked.date_order, candidates);
    let next_camera = async { !is_asked(NEXT_CAMERA) && goes_on(sources, place, answered).await };
    let (mut offered, has_next_camera) = futures::future::join(tried, next_camera).await;
    if has_next_camera {
        offered.insert(offered.len().min(1), NEXT_CAMERA.to_owned());
        offered.truncate(OFFERED_MAX);
    }
    offered
}

/// As many at once as are still wanted: mostly all of the first have an answer, and what is not offered
/// need neither be understood nor counted.
async fn offer(
    store: &dyn EventStore,
    place: &Place<'_>,
    catalogue: &Catalogue,
    answered: Answered<'_>,
    date_order: DateOrder,
    mut candidates: impl Iterator<Item = String>,
) -> Vec<String> {
    let mut offered = Vec::with_capacity(OFFERED_MAX);
    let mut meant: Vec<Interpretation> = vec![answered.interpretation.clone()];
    loop {
        let mut next: Vec<(String, Interpretation)> = Vec::new();
        while next.len() < OFFERED_MAX - offered.len() {
            let Some(text) = candidates.next() else { break };
            let Some(meaning) = understand(&text, place, catalogue, answered, date_order) else { continue };
            if !meant.iter().any(|known| means_the_same(known, &meaning)) {
                meant.push(meaning.clone());
                next.push((text, meaning));
            }
        }
        if next.is_empty() {
            return offered;
        }
        let answers = join_all(next.iter().map(|(_, meaning)| finds(store, place, meaning))).await;
        let found = next.into_iter().zip(answers).filter(|(_, has_answer)| *has_answer);
        offered.extend(found.map(|((text, _), _)| text));
    }
}

/// What a question would mean where it would be asked: as the next turn, which takes over what it does
/// not name. `None` when something of it is not understood.
fn understand(
    text: &str,
    place: &Place<'_>,
    catalogue: &Catalogue,
    answered: Answered<'_>,
    date_order: DateOrder,
) -> Option<Interpretation> {
    // Behind "thanks", a question goes on with what was asked before that.
    let it = answered.interpretation;
    let is_aside = matches!(it.intent, Intent::SmallTalk | Intent::Help) && !it.starts_over;
    let previous = answered.before.filter(|_| is_aside).unwrap_or(it);
    let question = Question {
        text,
        filters: &Filters::default(),
        now: place.now,
        timezone: place.timezone,
        previous: Some(previous),
        before_previous: answered.before.filter(|_| !is_aside),
        evidence: &answered.findings.evidence,
        date_order,
        catalogue,
    };
    let meaning = interpret(&question).ok().filter(|meaning| meaning.unresolved.is_empty())?;
    // Against a time before the first recording there is nothing to compare.
    let first = place.first_event(&[]);
    let is_recorded = |start: Timestamp| first.is_some_and(|first| start >= first);
    let is_fair = meaning.intent != Intent::Compare
        || (meaning.periods.len() > 1 && meaning.periods.iter().all(|period| is_recorded(period.start)));
    is_fair.then_some(meaning)
}

/// Whether two questions ask the same of the same events.
fn means_the_same(a: &Interpretation, b: &Interpretation) -> bool {
    a.intent == b.intent
        && a.group_by == b.group_by
        && a.is_least == b.is_least
        && a.words == b.words
        && a.without == b.without
        && a.threshold == b.threshold
        && a.stay == b.stay
        && looks_for_the_same(&event_filter(a), &event_filter(b))
}

/// Whether two filters are the same but for the words that named their periods.
fn looks_for_the_same(a: &EventFilter, b: &EventFilter) -> bool {
    let spans = |filter: &EventFilter| filter.periods.iter().map(|p| (p.start, p.end)).collect::<Vec<_>>();
    let unnamed = |filter: &EventFilter| EventFilter { periods: Vec::new(), ..filter.clone() };
    spans(a) == spans(b) && unnamed(a) == unnamed(b)
}

/// Whether a question finds something.
async fn finds(store: &dyn EventStore, place: &Place<'_>, meaning: &Interpretation) -> bool {
    if meaning.intent == Intent::ListCameras {
        return !place.cameras().is_empty();
    }
    let filter = event_filter(meaning);
    if meaning.words.is_none()
        && meaning.without.is_empty()
        && let Some(is_known) = known_without_counting(&filter, place.vocabulary)
    {
        return is_known;
    }
    let store = Without::of(store, meaning);
    store.exists(place.scope, &filter, meaning.words.as_deref()).await.unwrap_or(false)
}

/// Whether what the first evidence shows can be followed to another camera: one step, without meaning.
async fn goes_on(sources: &Sources<'_>, place: &Place<'_>, answered: Answered<'_>) -> bool {
    let shows_events = matches!(answered.interpretation.intent, Intent::Find | Intent::First | Intent::Last);
    let Some(first) = answered.findings.evidence.first().filter(|_| shows_events) else { return false };
    // Without known ways a step is mostly too weak to be told.
    if !place.has_neighbours(&first.camera_id) {
        return false;
    }
    let Ok(found) = sources.store.get(place.scope, std::slice::from_ref(&first.event_id)).await else {
        return false;
    };
    let Some(anchor) = found.into_iter().next() else { return false };
    let plain = Sources { embedder: None, ..*sources };
    let traced = path::trace(&plain, place, anchor, Direction::Onward, NEXT_CAMERA_LIMIT).await;
    traced.is_ok_and(|(_, path)| !path.hops.is_empty())
}

/// Whether a filter finds something, where the vocabulary of the scope tells: it holds exactly the
/// cameras, labels and types of the events that can be seen. A question without a period would
/// otherwise be counted over all of them. None when only a count can tell.
fn known_without_counting(filter: &EventFilter, vocabulary: &Vocabulary) -> Option<bool> {
    let EventFilter {
        cameras,
        labels,
        sub_labels,
        event_types,
        severities,
        zones,
        any_place: _,
        periods,
        min_confidence,
        max_confidence,
    } = filter;
    let is_by_confidence = min_confidence.is_some() || max_confidence.is_some();
    let is_by_kind = sub_labels.is_empty() && severities.is_empty() && zones.is_empty();
    if !(is_by_kind && periods.is_empty()) || is_by_confidence {
        return None;
    }
    let holds = |names: &[Arc<str>], wanted: &[String]| {
        wanted.iter().any(|name| names.iter().any(|known| **known == **name))
    };
    match (cameras, labels.as_slice(), event_types.as_slice()) {
        (None, [], []) => Some(vocabulary.cameras.iter().any(|camera| camera.events > 0)),
        (Some(ids), [], []) => Some(
            vocabulary
                .cameras
                .iter()
                .any(|camera| camera.events > 0 && ids.iter().any(|id| **id == *camera.camera_id)),
        ),
        (None, labels, []) => Some(holds(&vocabulary.labels, labels)),
        (None, [], types) => Some(holds(&vocabulary.event_types, types)),
        _ => None,
    }
}

/// Whether two questions are the same but for case, spaces and punctuation.
fn is_same(a: &str, b: &str) -> bool {
    fn words(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    words(a).eq(words(b))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::event_store::CameraActivity;

    #[test]
    fn a_filter_is_answered_from_the_vocabulary_only_where_that_is_exact() {
        let instant = Timestamp::UNIX_EPOCH;
        let camera =
            CameraActivity { camera_id: "dock".into(), events: 3, first_event: instant, last_event: instant };
        let vocabulary =
            Vocabulary { cameras: vec![camera], labels: vec!["person".into()], ..Vocabulary::default() };
        let known = |filter: EventFilter| known_without_counting(&filter, &vocabulary);
        let cameras = |id: &str| EventFilter { cameras: Some(vec![id.to_owned()]), ..EventFilter::default() };
        let labels = |label: &str| EventFilter { labels: vec![label.to_owned()], ..EventFilter::default() };
        assert_eq!(known(EventFilter::default()), Some(true));
        assert_eq!((known(cameras("dock")), known(cameras("yard"))), (Some(true), Some(false)));
        assert_eq!((known(labels("person")), known(labels("car"))), (Some(true), Some(false)));
        // The camera and the label may never have come together.
        assert_eq!(known(EventFilter { cameras: Some(vec!["dock".into()]), ..labels("person") }), None);
        assert_eq!(known(EventFilter { min_confidence: Some(0.5), ..cameras("dock") }), None);
        assert_eq!(known_without_counting(&EventFilter::default(), &Vocabulary::default()), Some(false));
    }
}
