//! "Has that happened before?", "when was it last seen?" behind a question that found nothing: asked of more time than
//! the question before it was.

use jiff::Timestamp;

use super::{
    Question,
    says::Says,
    tokens::{Role, Tokens},
};
use crate::{
    Period,
    ask::interpretation::{Intent, Interpretation},
};

/// Sets what such a question is asked of; says whether it is no longer the time of the question before.
pub(super) fn read(
    it: &mut Interpretation,
    previous: &Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    says: Says,
) -> bool {
    if says.periods || !it.periods.is_empty() {
        return false;
    }
    if asks_of_before(tokens) {
        let Some(end) = previous.periods.iter().map(|period| period.start).min() else { return false };
        it.periods = vec![Period::new(Timestamp::UNIX_EPOCH.min(end), end).named("before that".to_owned())];
        return true;
    }
    // "No dogs today." – "When was the last one?"
    let shows_what_it_finds =
        matches!(previous.intent, Intent::Find | Intent::Count | Intent::First | Intent::Last);
    let found_nothing = shows_what_it_finds && question.evidence.is_empty() && previous.unresolved.is_empty();
    let asks_for_last = it.intent == Intent::Last && !says.subject() && !says.where_to() && !says.words;
    found_nothing && asks_for_last && asks_when_last(tokens) && !previous.periods.is_empty()
}

/// "And only weekends?" behind a question of this month: those of it.
pub(super) fn keep_within(
    it: &mut Interpretation,
    previous: &Interpretation,
    tokens: &Tokens<'_>,
    says: Says,
) {
    let is_narrower = tokens.row.iter().any(|token| matches!(token.lower.as_str(), "only" | "just"));
    let [around] = previous.periods.as_slice() else { return };
    let is_recurring = it.periods.len() > 1 && it.periods.iter().all(|p| p.text == it.periods[0].text);
    if !is_narrower
        || !says.periods
        || !is_recurring
        || around.end.duration_since(around.start).as_hours() < 48
    {
        return;
    }
    let within = |period: &Period| {
        let (start, end) = (period.start.max(around.start), period.end.min(around.end));
        (start < end).then(|| Period { start, end, text: period.text.clone() })
    };
    let kept: Vec<Period> = it.periods.iter().filter_map(within).collect();
    if !kept.is_empty() {
        it.periods = kept;
    }
}

/// "Has that happened before?", "had he been here before?": "before" ends a question in the perfect.
fn asks_of_before(tokens: &Tokens<'_>) -> bool {
    let Some(last) = tokens.row.len().checked_sub(1) else { return false };
    let has = |words: &[&str]| tokens.row.iter().any(|token| words.contains(&token.lower.as_str()));
    tokens.lower(last) == "before"
        && tokens.row[last].role != Role::Time
        && (has(&["has", "have", "had", "hasnt", "havent", "ever"])
            || has(&["did"]) && has(&["happen", "occur"]))
}

/// "Was anyone else there?" behind a single event: others than that one.
pub(super) fn asks_for_others(tokens: &Tokens<'_>, question: &Question<'_>) -> bool {
    let is_of_one = question.previous.is_some_and(|previous| !previous.refers_to.is_empty());
    let others = ["anyone else", "anybody else", "someone else", "somebody else", "others"];
    is_of_one && others.iter().any(|phrase| tokens.find(phrase).is_some())
}

/// "Right after", "shortly before": how near, which no event mentions.
pub(super) fn take_nearness(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_near =
            matches!(tokens.lower(at), "right" | "straight" | "directly" | "shortly" | "immediately");
        let leads = matches!(tokens.lower(at + 1), "after" | "before" | "afterwards");
        if is_near && leads && tokens.is_free(at..at + 1) {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}

/// "When was the last time?", "when was it last seen?".
fn asks_when_last(tokens: &Tokens<'_>) -> bool {
    tokens.find("when").is_some() || tokens.find("last time").is_some()
}
