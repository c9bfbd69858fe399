//! Narrows a question to the events that it refers to, or to the time around them.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    super::{says::Says, tokens::Tokens},
    words::{References, Side},
};
use crate::{
    Period,
    ask::{
        answer::Evidence,
        interpretation::{Intent, Interpretation, QuestionForm, Referred},
    },
};

/// How far around an event to look for others.
const AROUND_MINUTES: i64 = 10;
/// An event by itself: nothing else begins within so little time but by chance.
const ITSELF: SignedDuration = SignedDuration::from_millis(1);
/// What a follow-up means that refers to nothing by itself: "when was that?" after one event, "where did
/// it go?" and "what else happened?" after any.
pub(in super::super) fn is_implied(
    tokens: &Tokens<'_>,
    it: &Interpretation,
    previous: &Interpretation,
    says: Says,
) -> bool {
    if it.intent == Intent::Related {
        return !says.periods || says.relative_period;
    }
    let is_of_one = matches!(previous.intent, Intent::First | Intent::Last) && previous.top.is_none();
    let is_last = |at: usize| at + 1 >= tokens.row.len() || tokens.row[at + 1].follows_break;
    is_of_one
        && !says.periods
        && !says.places
        && !says.subject()
        && (0..tokens.row.len()).any(|at| match tokens.lower(at) {
            "it" | "he" | "she" | "him" | "its" | "his" | "her" => true,
            "that" | "this" => is_last(at),
            _ => false,
        })
}

/// Narrows a question to the events that it refers to, or, where it asks for others, to the time around
/// them. What the question says itself stays.
pub(in super::super) fn narrow(
    it: &mut Interpretation,
    references: &References,
    evidence: &[Evidence],
    says: Says,
    timezone: &TimeZone,
) {
    let events: Vec<&Evidence> = references.events.iter().filter_map(|at| evidence.get(*at)).collect();
    if events.is_empty() {
        return;
    }
    it.refers_to = events
        .iter()
        .map(|event| Referred {
            reference: event.reference,
            event_id: event.event_id.clone(),
            camera_id: event.camera_id.clone(),
            timestamp: event.timestamp,
        })
        .collect();
    it.carried_over.push("refers_to".to_owned());
    let mut asks_for_others = it.intent == Intent::Related;
    if !asks_for_others
        && references.side != Side::Around
        && matches!(it.intent, Intent::Find | Intent::Timeline)
    {
        it.intent = Intent::Related;
        asks_for_others = true;
    }
    if asks_for_others {
        let is_where = it.form == QuestionForm::Where;
        let side = if is_where && references.side == Side::Around { Side::After } else { references.side };
        it.periods = events.iter().filter_map(|event| around(lasting(event), side, timezone)).collect();
        if is_where && !says.subject() {
            it.labels = sorted(events.iter().filter_map(|event| event.label.clone()));
        }
        return;
    }
    it.periods = events.iter().filter_map(|event| itself(event, timezone)).collect();
    if !says.places {
        it.cameras = sorted(events.iter().map(|event| event.camera_id.clone()));
        it.matches_nothing = false;
    }
    if !says.subject() {
        it.labels = sorted(events.iter().filter_map(|event| event.label.clone()));
        it.event_types = sorted(events.iter().map(|event| event.event_type.clone()));
        if events.iter().any(|event| event.label.is_none()) {
            it.labels.clear();
        }
    }
}

/// "And after?" behind "what happened before that?": the other side of the same events. Says whether it was that.
pub(in super::super) fn turn(
    it: &mut Interpretation,
    references: &References,
    previous: &Interpretation,
    timezone: &TimeZone,
) -> bool {
    let goes_on = it.intent == Intent::Related && previous.intent == Intent::Related;
    if !goes_on || previous.refers_to.is_empty() || references.side == Side::Around || !it.periods.is_empty()
    {
        return false;
    }
    let beside = |event: &Referred| around((event.timestamp, event.timestamp), references.side, timezone);
    it.periods = previous.refers_to.iter().filter_map(beside).collect();
    (it.form, it.refers_to) = (previous.form, previous.refers_to.clone());
    it.carried_over.push("refers_to".to_owned());
    true
}

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    values.sort();
    values.dedup();
    values
}

/// From when to when an event was seen.
fn lasting(event: &Evidence) -> (Timestamp, Timestamp) {
    (event.timestamp, event.end_time.unwrap_or(event.timestamp).max(event.timestamp))
}

/// The time around an event: what began within ten minutes of it, or on the one side of it.
fn around(event: (Timestamp, Timestamp), side: Side, timezone: &TimeZone) -> Option<Period> {
    let sides = (side != Side::After, side != Side::Before);
    within(event, sides, SignedDuration::from_mins(AROUND_MINUTES), timezone)
}

/// The time before an event, after it or both; without a length, all until now.
pub(in super::super) fn beside(
    event: &Evidence,
    sides: (bool, bool),
    length: Option<SignedDuration>,
    timezone: &TimeZone,
    now: Timestamp,
) -> Option<Period> {
    let Some(length) = length else {
        let moment = moment(event.timestamp, timezone);
        let start = event.timestamp.checked_add(ITSELF).ok()?;
        return Some(Period::new(start, now.max(start)).named(format!("since {moment}")));
    };
    within(lasting(event), sides, length, timezone)
}

/// So long before what began and ended then, after it or both.
fn within(
    (began, ended): (Timestamp, Timestamp),
    (is_before, is_after): (bool, bool),
    length: SignedDuration,
    timezone: &TimeZone,
) -> Option<Period> {
    let moment = moment(began, timezone);
    let (before, after) = (began.checked_sub(length).ok()?, ended.checked_add(length).ok()?);
    let told = told(length);
    let before_or_after = told.strip_prefix("1 ").unwrap_or(&told);
    let (start, end, text) = match (is_before, is_after) {
        (true, true) => (before, after, format!("within {told} of {moment}")),
        (true, false) => (before, began, format!("in the {before_or_after} before {moment}")),
        _ => (began.checked_add(ITSELF).ok()?, after, format!("in the {before_or_after} after {moment}")),
    };
    Some(Period::new(start, end).named(text))
}

/// "10 minutes", "1 hour", "90 seconds".
fn told(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let (count, unit) = match seconds {
        s if s % 3_600 == 0 => (s / 3_600, "hour"),
        s if s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn itself(event: &Evidence, timezone: &TimeZone) -> Option<Period> {
    let end = event.timestamp.checked_add(ITSELF).ok()?;
    Some(Period::new(event.timestamp, end).named(format!("at {}", moment(event.timestamp, timezone))))
}

/// "14:03 on Tue 12 May".
fn moment(instant: Timestamp, timezone: &TimeZone) -> String {
    instant.to_zoned(timezone.clone()).strftime("%H:%M on %a %-d %b").to_string()
}
