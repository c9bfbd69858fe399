//! Questions worth trying after an answer, most useful first: deeper into it, further on, beside it,
//! against it. In the words of the caller's own events and of the question. Tries nothing; every one of
//! them stands by itself, so that it means the same outside of the conversation.

use jiff::SignedDuration;

use crate::ask::{
    Intent, Interpretation,
    gather::Findings,
    place::Place,
    write::{phrases, prepositions},
};

/// What is asked when the period leaves nothing to ask.
const WIDER: &str = "in the last 7 days";
/// A shorter visit is a passing.
const WORTH_MEASURING: SignedDuration = SignedDuration::from_secs(60);
/// Cameras that are offered when nothing was found or asked.
const CAMERAS_OFFERED_MAX: usize = 2;
/// Periods with the one before them, in the words that are understood.
const BEFORE: [(&str, &str, &str); 6] = [
    ("today", "today", "yesterday"),
    ("so far today", "today", "yesterday"),
    ("this week", "this week", "last week"),
    ("last week", "last week", "the week before"),
    ("this month", "this month", "last month"),
    ("yesterday", "yesterday", "the day before"),
];

/// All candidates.
pub(super) fn candidates(
    interpretation: &Interpretation,
    findings: &Findings,
    place: &Place<'_>,
) -> Vec<String> {
    let words = Words::of(interpretation, findings, place);
    let mut ideas = Vec::with_capacity(16);
    if findings.totals.events > 0 {
        deeper(&mut ideas, interpretation, findings, &words);
        against(&mut ideas, interpretation, findings, &words);
        beside(&mut ideas, interpretation, &words, place);
    }
    offered_names(&mut ideas, interpretation, &words);
    wider(&mut ideas, findings, &words, place);
    ideas
}

/// The parts that questions are put together from.
struct Words {
    /// " last night", or nothing.
    when: String,
    /// "person".
    label: Option<String>,
    /// "people", "events".
    things: String,
    /// "person", "event".
    thing: String,
    /// The camera that most came from, or that the first evidence shows.
    camera: Option<String>,
    /// Whether the question was about one camera only.
    is_one_camera: bool,
    /// " at Lobby" when it was.
    at: String,
}

impl Words {
    fn of(it: &Interpretation, findings: &Findings, place: &Place<'_>) -> Self {
        let shown = || findings.evidence.iter().find_map(|event| event.label.clone());
        let label = it.labels.first().cloned().or_else(shown);
        let told = |id: &str| place.camera_name(id).to_owned();
        let most = findings.by_camera.first().map(|(id, _)| told(id));
        let first = findings.evidence.first().map(|event| told(&event.camera_id));
        let at = match it.cameras.as_slice() {
            [only] if !it.any_place => format!(" at {}", told(only)),
            _ => String::new(),
        };
        Self {
            when: when(it),
            things: label.as_deref().map_or_else(|| "events".to_owned(), phrases::plural),
            thing: label.as_deref().map_or_else(|| "event".to_owned(), phrases::opened),
            label,
            // What is shown first is looked at first; of figures, where most came from.
            camera: if it.intent == Intent::Count { most.or(first) } else { first.or(most) },
            is_one_camera: it.cameras.len() == 1 && !it.any_place,
            at,
        }
    }
}

/// Into the answer: the place where it happened, what happened there, how long it took.
fn deeper(ideas: &mut Vec<String>, it: &Interpretation, findings: &Findings, words: &Words) {
    let Words { when, things, thing, .. } = words;
    let Some(camera) = &words.camera else { return };
    if !words.is_one_camera && it.intent != Intent::Find {
        ideas.push(format!("Show me {things} at {camera}{when}"));
    }
    if it.intent != Intent::Timeline || !words.is_one_camera {
        ideas.push(format!("What happened at {camera}{when}?"));
    }
    let stays = findings.evidence.iter().any(|event| {
        event.end_time.is_some_and(|end| end.duration_since(event.timestamp) >= WORTH_MEASURING)
    });
    if stays && words.label.is_some() && it.intent == Intent::Find {
        ideas.push(format!("How long did {things} stay at {camera}{when}?"));
    }
    if it.intent != Intent::Last {
        ideas.push(format!("When was the last {thing} at {camera}?"));
    }
    if !words.is_one_camera && it.intent == Intent::Find {
        ideas.push(format!("Show me {things} at {camera}{when}"));
    }
}

/// Against it: the period before, the other cameras, the hours.
fn against(ideas: &mut Vec<String>, it: &Interpretation, findings: &Findings, words: &Words) {
    let Words { when, things, at, .. } = words;
    if it.intent != Intent::Compare
        && let [period] = it.periods.as_slice()
        && let Some((_, this, before)) =
            BEFORE.iter().find(|(text, _, _)| *text == period.text.to_lowercase())
    {
        ideas.insert(ideas.len().min(2), format!("Compare {things}{at} {this} with {before}"));
    }
    if findings.by_camera.len() > 1 && it.intent != Intent::Busiest {
        ideas.push(format!("Which camera had the most {things}{when}?"));
    }
    if it.intent != Intent::Count {
        ideas.push(format!("How many {things}{at}{when}?"));
    }
    if it.intent != Intent::Busiest && findings.totals.events > 1 {
        ideas.push(format!("When was it busiest{at}{when}?"));
    }
}

/// Beside it: what else there was.
fn beside(ideas: &mut Vec<String>, it: &Interpretation, words: &Words, place: &Place<'_>) {
    let is_other = |other: &&std::sync::Arc<str>| {
        words.label.as_deref() != Some(&***other) && !it.labels.iter().any(|label| **label == ***other)
    };
    for other in place.vocabulary.labels.iter().filter(is_other).take(2) {
        ideas.push(format!("Show me {}{}{}", phrases::plural(other), words.at, words.when));
    }
}

/// The question again with a name that looks like the unknown one.
fn offered_names(ideas: &mut Vec<String>, it: &Interpretation, words: &Words) {
    for name in it.unresolved.iter().flat_map(|unknown| unknown.did_you_mean.iter().take(2)) {
        ideas.push(format!("Show me {} at {}{}", words.things, name, words.when));
    }
}

/// Further: all of the last days, the latest, other cameras.
fn wider(ideas: &mut Vec<String>, findings: &Findings, words: &Words, place: &Place<'_>) {
    let Words { things, thing, .. } = words;
    if findings.totals.events == 0 {
        if !words.when.is_empty() {
            ideas.push(format!("What happened{}?", words.when));
        }
        ideas.push(format!("When was the last {thing}?"));
        ideas.push(format!("How many {things} {WIDER}?"));
    }
    let mut busiest: Vec<_> = place.vocabulary.cameras.iter().collect();
    busiest.sort_by_key(|camera| std::cmp::Reverse(camera.events));
    for camera in busiest.into_iter().take(CAMERAS_OFFERED_MAX) {
        let name = place.camera_name(&camera.camera_id);
        ideas.push(format!("What was the last event at {name}?"));
    }
    ideas.push(format!("How many events {WIDER}?"));
    ideas.push("Which camera had the most events?".to_owned());
    ideas.push("Which cameras are there?".to_owned());
    ideas.push("What was the first event?".to_owned());
}

/// " last night": the caller's words for the only period; empty when there are none or several.
fn when(interpretation: &Interpretation) -> String {
    match interpretation.periods.as_slice() {
        [only] if !only.text.is_empty() => format!(" {}", prepositions::when(&only.text)),
        _ => String::new(),
    }
}
