//! "What happened after the last fight?", "who was there five minutes before the bicycle was stolen?", "within 10
//! minutes of the alarm": a time that is counted from an event. Cuts the words that name the event out of the question;
//! which event they mean is settled where the events are. Must never answer such a question for another time.

mod words;

use jiff::{Timestamp, tz::TimeZone};

pub(super) use self::words::read;
use self::words::{Length, Read, single_event};
use super::{
    Question,
    references::{Side, beside},
    tokens::Tokens,
};
use crate::{
    Period, Result,
    ask::{
        answer::Evidence,
        interpretation::{Beside, CountedFrom, Intent, Interpretation, NameKind, Referred, Unresolved},
    },
};

/// Understands the rest of the question, and the words for the event by themselves. `None` where these name no event
/// after all.
///
/// # Errors
/// What `understand` says.
pub(super) fn interpret(
    question: &Question<'_>,
    read: &Read,
    understand: impl Fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Option<Interpretation>> {
    let known = if read.event.is_empty() { single_event(question) } else { None };
    let mut it = if known.is_some() {
        understand(&Question { text: &read.rest, previous: None, evidence: &[], ..*question })?
    } else {
        understand(&Question { text: &read.rest, evidence: &[], ..*question })?
    };
    let mut event = Interpretation::default();
    if known.is_none() {
        event = understand(&Question { text: &read.event, previous: None, evidence: &[], ..*question })?;
        if !names_one(&event) {
            return Ok(None);
        }
        // What else is said of when and where is said of the event as well.
        if event.periods.is_empty() {
            event.periods.clone_from(&it.periods);
        }
        let is_carried = |field: &str| it.carried_over.iter().any(|carried| carried == field);
        if event.cameras.is_empty() && event.zones.is_empty() && is_carried("cameras") {
            (event.cameras, event.sites) = (it.cameras.clone(), it.sites.clone());
        }
    }
    // "Today, after the delivery of yesterday": two times, of which only one could hold.
    let is_of_two_times = known.is_none() && !it.periods.is_empty() && it.periods != event.periods;
    let is_bounded = question.filters.from.is_some() || question.filters.to.is_some();
    let within = it.periods.first().filter(|_| is_bounded).cloned();
    it.periods.clear();
    it.carried_over.retain(|field| field != "periods" && field != "intent");
    if matches!(it.intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras) {
        it.intent = Intent::Timeline;
    }
    it.counted_from = Some(CountedFrom { text: read.text.clone(), event: None });
    let length = match read.length {
        _ if is_of_two_times => return Ok(Some(refused(it))),
        Length::Unknown => return Ok(Some(refused(it))),
        Length::UntilNow => None,
        Length::Of(length) => Some(length),
    };
    let how = Beside {
        is_first: event.intent == Intent::First,
        nth: event.nth.unwrap_or(1),
        is_before: read.side != Side::After,
        is_after: read.side != Side::Before,
        length,
        is_there: says_there(&read.rest),
        within,
    };
    if let Some(known) = known {
        put_beside(&mut it, &how, known, question.timezone, question.now);
        it.carried_over.push("counted_from".to_owned());
    } else {
        it.sought = Some(Box::new((event, how)));
    }
    Ok(Some(it))
}

/// The event cannot be found, or the time not be counted from it.
pub(crate) fn refuse(it: &mut Interpretation) {
    let text = it.counted_from.as_ref().map(|from| from.text.clone()).unwrap_or_default();
    it.unresolved.push(Unresolved::new(NameKind::Anchor, text));
}

fn refused(mut it: Interpretation) -> Interpretation {
    refuse(&mut it);
    it
}

/// Whether words name an event. That a place opens or closes is a time of its day.
fn names_one(event: &Interpretation) -> bool {
    let is_of_hours = |word: &str| {
        ["open", "clos", "start", "begin", "end"].iter().any(|stem| word.to_lowercase().starts_with(stem))
    };
    let is_told = event.words.as_deref().is_some_and(|words| !words.split(' ').all(is_of_hours));
    !event.labels.is_empty()
        || !event.sub_labels.is_empty()
        || !event.event_types.is_empty()
        || !event.severities.is_empty()
        || is_told
}

/// "Who was there": where the event was, and not "was there anyone".
fn says_there(rest: &str) -> bool {
    let tokens = Tokens::of(rest);
    let Some(at) = tokens.find("there") else { return false };
    let is_be = |word: &str| matches!(word, "was" | "were" | "is" | "are");
    let asks_who =
        at >= 2 && matches!(tokens.lower(at - 2), "who" | "what" | "anyone" | "anybody" | "someone");
    at > 0 && (!is_be(tokens.before(at)) || asks_who) && !is_be(tokens.lower(at + 1))
}

/// Puts a question into the time before or after an event.
pub(crate) fn put_beside(
    it: &mut Interpretation,
    how: &Beside,
    event: &Evidence,
    timezone: &TimeZone,
    now: Timestamp,
) {
    let period = beside(event, (how.is_before, how.is_after), how.length, timezone, now);
    let clip = |period: Period| match &how.within {
        Some(bounds) => {
            let start = period.start.clamp(bounds.start, bounds.end);
            Period { start, end: period.end.clamp(start, bounds.end), text: period.text }
        }
        None => period,
    };
    it.periods = period.into_iter().map(clip).collect();
    if how.is_there && it.cameras.is_empty() && it.sites.is_empty() {
        it.cameras = vec![event.camera_id.clone()];
    }
    if let Some(from) = &mut it.counted_from {
        from.event = Some(Referred {
            reference: event.reference,
            event_id: event.event_id.clone(),
            camera_id: event.camera_id.clone(),
            timestamp: event.timestamp,
        });
    }
}
