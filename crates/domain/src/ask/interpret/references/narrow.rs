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
        it.periods = events.iter().filter_map(|event| around(event, side, timezone)).collect();
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

fn sorted(values: impl Iterator<Item = String>) -> Vec<String> {
    let mut values: Vec<String> = values.collect();
    values.sort();
    values.dedup();
    values
}

/// The time around an event: what began within ten minutes of it, or on the one side of it.
fn around(event: &Evidence, side: Side, timezone: &TimeZone) -> Option<Period> {
    let minutes = SignedDuration::from_mins(AROUND_MINUTES);
    let ends = event.end_time.unwrap_or(event.timestamp).max(event.timestamp);
    let moment = moment(event.timestamp, timezone);
    let (start, end, text) = match side {
        Side::Around => (
            event.timestamp.checked_sub(minutes).ok()?,
            ends.checked_add(minutes).ok()?,
            format!("within {AROUND_MINUTES} minutes of {moment}"),
        ),
        Side::Before => (
            event.timestamp.checked_sub(minutes).ok()?,
            event.timestamp,
            format!("in the {AROUND_MINUTES} minutes before {moment}"),
        ),
        Side::After => (
            event.timestamp.checked_add(ITSELF).ok()?,
            ends.checked_add(minutes).ok()?,
            format!("in the {AROUND_MINUTES} minutes after {moment}"),
        ),
    };
    Some(Period::new(start, end).named(text))
}

fn itself(event: &Evidence, timezone: &TimeZone) -> Option<Period> {
    let end = event.timestamp.checked_add(ITSELF).ok()?;
    Some(Period::new(event.timestamp, end).named(format!("at {}", moment(event.timestamp, timezone))))
}

/// "14:03 on Tue 12 May".
fn moment(instant: Timestamp, timezone: &TimeZone) -> String {
    instant.to_zoned(timezone.clone()).strftime("%H:%M on %a %-d %b").to_string()
}
