//! What to ask next: questions in the words of the caller's own events, each understood and tried
//! before it is offered, so that every one of them has an answer. Must never offer what was asked.

use std::sync::Arc;

use futures::future::join_all;
use jiff::tz::TimeZone;

use super::{
    Evidence, Filters, Intent, Interpretation,
    gather::{Findings, event_filter},
    interpret::{Catalogue, Question, interpret},
    place::Place,
    write::phrases,
};
use crate::event_store::{CountRequest, EventFilter, EventStore, Vocabulary};

/// The most that are offered.
pub(crate) const OFFERED_MAX: usize = 4;
/// The most that are tried; a few more than are offered, since some will find nothing.
const TRIED_MAX: usize = 6;

/// What was asked before, in this turn and earlier.
pub(crate) struct Asked<'a> {
    /// This question.
    pub now: &'a str,
    /// Earlier ones.
    pub before: Vec<&'a str>,
}

/// Questions that have an answer, most useful first. A store that fails here costs only them.
pub(crate) async fn suggest(
    store: &dyn EventStore,
    place: &Place<'_>,
    catalogue: &Catalogue,
    interpretation: &Interpretation,
    findings: &Findings,
    asked: &Asked<'_>,
) -> Vec<String> {
    let mut candidates: Vec<String> = Vec::new();
    for candidate in candidates_of(interpretation, findings, place) {
        let is_asked = std::iter::once(&asked.now).chain(&asked.before).any(|q| is_same(q, &candidate));
        if !is_asked && !candidates.iter().any(|known| is_same(known, &candidate)) {
            candidates.push(candidate);
        }
        if candidates.len() == TRIED_MAX {
            break;
        }
    }
    // As many at once as are still wanted: mostly all of the first have an answer, and what is not
    // offered need not be counted.
    let mut offered = Vec::with_capacity(OFFERED_MAX);
    let mut rest = candidates.into_iter();
    loop {
        let next: Vec<String> = rest.by_ref().take(OFFERED_MAX - offered.len()).collect();
        if next.is_empty() {
            return offered;
        }
        let tried = next.iter().map(|candidate| {
            has_answer(store, place, catalogue, (interpretation, &findings.evidence), candidate)
        });
        let answers = join_all(tried).await;
        let found = next.into_iter().zip(answers).filter(|(_, has_answer)| *has_answer);
        offered.extend(found.map(|(candidate, _)| candidate));
    }
}

/// Whether a question is understood without loss and finds something where it would be asked: as the
/// next turn, which takes over what it does not name.
async fn has_answer(
    store: &dyn EventStore,
    place: &Place<'_>,
    catalogue: &Catalogue,
    (previous, evidence): (&Interpretation, &[Evidence]),
    candidate: &str,
) -> bool {
    let question = Question {
        text: candidate,
        filters: &Filters::default(),
        now: place.now,
        timezone: place.timezone,
        previous: Some(previous),
        evidence,
        catalogue,
    };
    let Ok(understood) = interpret(&question) else { return false };
    if !understood.unresolved.is_empty() {
        return false;
    }
    let filter = event_filter(&understood);
    if understood.words.is_none()
        && let Some(is_known) = known_without_counting(&filter, place.vocabulary)
    {
        return is_known;
    }
    let request =
        CountRequest { filter, words: understood.words, group_by: Vec::new(), timezone: TimeZone::UTC };
    matches!(store.count(place.scope, &request).await, Ok(count) if count.totals.events > 0)
}

/// Whether a filter finds something, where the vocabulary of the scope tells: it holds exactly the
/// cameras, labels and types of the events that can be seen. A question without a period would
/// otherwise be counted over all of them. None when only a count can tell.
fn known_without_counting(filter: &EventFilter, vocabulary: &Vocabulary) -> Option<bool> {
    let EventFilter { cameras, labels, sub_labels, event_types, zones, periods, min_confidence } = filter;
    if !(sub_labels.is_empty() && zones.is_empty() && periods.is_empty() && min_confidence.is_none()) {
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

/// Questions worth trying, most useful first.
fn candidates_of(interpretation: &Interpretation, findings: &Findings, place: &Place<'_>) -> Vec<String> {
    let when = when(interpretation);
    let label = label(interpretation, findings);
    let things = label.as_deref().map_or_else(|| "events".to_owned(), phrases::plural);
    let camera = findings.by_camera.first().map(|(id, _)| place.camera_name(id).to_owned());
    let shown = findings.evidence.first().map(|e| place.camera_name(&e.camera_id).to_owned());
    let mut ideas = Vec::with_capacity(10);
    if let Some(camera) = camera.as_ref().or(shown.as_ref()) {
        if interpretation.cameras.len() != 1 {
            ideas.push(format!("Show me {things} at {camera}{when}"));
        }
        if interpretation.intent != Intent::Timeline {
            ideas.push(format!("What happened at {camera}{when}?"));
        }
        if interpretation.intent != Intent::Last {
            ideas.push(format!("When was the last {} at {camera}?", label_or(label.as_deref(), "event")));
        }
    }
    if findings.by_camera.len() > 1 && interpretation.intent != Intent::Busiest {
        ideas.push(format!("Which camera had the most {things}{when}?"));
    }
    if interpretation.intent != Intent::Count {
        ideas.push(format!("How many {things}{when}?"));
    }
    if let [period] = interpretation.periods.as_slice()
        && interpretation.intent != Intent::Compare
        && matches!(period.text.to_lowercase().as_str(), "today" | "so far today")
    {
        ideas.push(format!("Compare {things} today with yesterday"));
    }
    let other = place.vocabulary.labels.iter().find(|other| label.as_deref() != Some(&***other));
    if let Some(other) = other {
        ideas.push(format!("Show me {}{when}", phrases::plural(other)));
    }
    if findings.totals.events == 0 {
        ideas.push(format!("When was the last {}?", label_or(label.as_deref(), "event")));
        ideas.push(format!("How many {things} in the last 7 days?"));
        for camera in place.vocabulary.cameras.iter().take(2) {
            let name = place.camera_name(&camera.camera_id);
            ideas.push(format!("What was the last event at {name}?"));
        }
    }
    ideas
}

fn label_or(label: Option<&str>, other: &str) -> String {
    label.map_or_else(|| other.to_owned(), phrases::opened)
}

/// " last night": the caller's words for the only period; empty when there are none or several.
fn when(interpretation: &Interpretation) -> String {
    match interpretation.periods.as_slice() {
        [only] if !only.text.is_empty() => format!(" {}", phrases::when(&only.text)),
        _ => String::new(),
    }
}

/// The label that the question is about, else that of the best evidence.
fn label(interpretation: &Interpretation, findings: &Findings) -> Option<String> {
    let shown = || findings.evidence.iter().find_map(|event| event.label.clone());
    interpretation.labels.first().cloned().or_else(shown)
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
