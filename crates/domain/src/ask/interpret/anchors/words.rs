//! Cuts the words that a time is counted from out of a question: "five minutes before the last fight". Words only.

use std::ops::Range;

use jiff::SignedDuration;

use super::super::{
    Question,
    numbers::number_word,
    periods::{self, PeriodContext},
    references::Side,
    stop_words::{is_determiner, is_question_word, is_stop_word},
    tokens::Tokens,
};
use crate::ask::{answer::Evidence, interpretation::Intent};

/// How much time is meant where none is said.
const DEFAULT: SignedDuration = SignedDuration::from_mins(30);
/// How much is meant by "right after".
const NEAR: SignedDuration = SignedDuration::from_mins(10);
/// The longest time that is counted from an event.
const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Longer questions count from nothing: reading one takes reading its times once more.
const QUESTION_BYTES_MAX: usize = 600;

/// A question without the words that it counts from.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Read {
    /// The question without them.
    pub(super) rest: String,
    /// What they say: "after the last fight".
    pub(super) text: String,
    /// The words for the event; empty for that of the answer before.
    pub(super) event: String,
    pub(super) side: Side,
    pub(super) length: Length,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Of(SignedDuration),
    /// "Since the last delivery".
    UntilNow,
    /// "The night before the break-in", "before or after the fall": not counted here.
    Unknown,
}

/// Cuts a question; `None` where it counts from no event.
pub(in super::super) fn read(question: &Question<'_>) -> Option<Read> {
    let text = question.text;
    if text.len() > QUESTION_BYTES_MAX {
        return None;
    }
    let lower = text.to_lowercase();
    let hints =
        ["before", "after", "prior to", "since", "within", "minutes", "earlier", "later", "following"];
    if !hints.iter().any(|hint| lower.contains(hint)) {
        return None;
    }
    let tokens = Tokens::of(text);
    // "How many days since the last fire?" asks when that was.
    if ["days", "weeks", "months", "hours"].iter().any(|unit| {
        tokens
            .find(unit)
            .is_some_and(|at| tokens.has_at(at + 1, "since the last") || tokens.has_at(at + 1, "since last"))
    }) {
        return None;
    }
    let mentions = periods::read(text, &PeriodContext::new(question.now, question.timezone));
    let is_time = |at: usize| mentions.iter().any(|mention| mention.touches(&tokens.row[at].span));
    (0..tokens.row.len()).find_map(|at| cut(&tokens, at, question, &is_time))
}

/// The words from what is counted to the event, where they begin at a word like "before".
fn cut(
    tokens: &Tokens<'_>,
    at: usize,
    question: &Question<'_>,
    is_time: &dyn Fn(usize) -> bool,
) -> Option<Read> {
    if tokens.row[at].quote.is_some() {
        return None;
    }
    let (mut side, opens) = match tokens.lower(at) {
        "before" => (Side::Before, at + 1),
        "prior" if tokens.lower(at + 1) == "to" => (Side::Before, at + 2),
        "after" => (Side::After, at + 1),
        // "How long has it been since" asks for a moment.
        "since" if tokens.find("how long").is_none() => (Side::After, at + 1),
        "following" if measured(tokens, at).is_some() => (Side::After, at + 1),
        "earlier" if at + 1 == tokens.row.len() => (Side::Before, at + 1),
        "later" if at + 1 == tokens.row.len() => (Side::After, at + 1),
        "of" if is_within(tokens, at) => (Side::Around, at + 1),
        _ => return None,
    };
    let (mut first, mut length) = match measured(tokens, at) {
        Some((first, length)) => (first, length),
        None if tokens.lower(at) == "since" => (at, Length::UntilNow),
        None => (at, Length::Of(DEFAULT)),
    };
    // "How long after the fight" asks for a length.
    if first > 0 && tokens.before(first) == "long" {
        length = Length::Unknown;
    }
    // "Before and after the fight" is around it; which of the two it was, is another question.
    if at > 1
        && matches!(tokens.before(at), "and" | "or")
        && matches!(tokens.lower(at - 2), "before" | "after")
    {
        if tokens.before(at) == "or" {
            length = Length::Unknown;
        }
        (first, side) = (at - 2, Side::Around);
    }
    let asks_before = (0..first).any(|at| is_question_word(tokens.lower(at)) || is_asking(tokens.lower(at)));
    let end = (opens..tokens.row.len())
        .find(|at| {
            tokens.row[*at].follows_break && *at > opens
                || !asks_before && *at > opens + 1 && is_question_word(tokens.lower(*at))
        })
        .unwrap_or(tokens.row.len());
    let clause = opens..end;
    let is_of_last = is_pointing(tokens, &clause);
    if is_of_last {
        // Without a length it is read as every other word that points back.
        let is_lost = question.previous.is_some_and(|previous| previous.periods.is_empty());
        let is_measured = measured(tokens, at).is_some_and(|(first, _)| first + 1 < at);
        // "And the week before", "yesterday with the day before": a day or a week that time itself tells.
        if is_measured && length == Length::Unknown && (is_time(at) || is_of_last_time(question, tokens, at))
        {
            return None;
        }
        match single_event(question) {
            Some(_) if is_measured => {}
            None if is_measured && is_lost && question.evidence.is_empty() => length = Length::Unknown,
            _ => return None,
        }
    } else if !is_event(tokens, &clause, is_time) {
        return None;
    }
    let begins = tokens.row[first].span.start;
    let ends = tokens.row[end - 1].span.end;
    let behind = question.text[ends..].trim_start_matches([',', ' ']);
    let rest = format!("{} {behind}", question.text[..begins].trim_end_matches([',', ' ']));
    Some(Read {
        rest: rest.trim().to_owned(),
        text: question.text[begins..ends].to_owned(),
        event: if is_of_last { String::new() } else { tokens.slice(clause).to_owned() },
        side,
        length,
    })
}

/// Whether a word is part of a time that starts from that of the last question.
fn is_of_last_time(question: &Question<'_>, tokens: &Tokens<'_>, at: usize) -> bool {
    let Some(last) = question.previous.and_then(|previous| previous.periods.first()) else { return false };
    let context = PeriodContext::new(question.now, question.timezone).after(Some(last));
    periods::read(question.text, &context).iter().any(|mention| mention.touches(&tokens.row[at].span))
}

/// "Five minutes", "in the hour", "half an hour", "right" before a word like "before": where that begins.
fn measured(tokens: &Tokens<'_>, at: usize) -> Option<(usize, Length)> {
    let mut last = at.checked_sub(1)?;
    while last > 0
        && matches!(tokens.lower(last), "just" | "right" | "shortly" | "immediately" | "directly" | "soon")
    {
        last -= 1;
    }
    let is_near = last + 1 < at;
    let Some((unit, is_known)) = unit(&tokens.row[last].singular) else {
        return is_near.then_some((last + 1, Length::Of(NEAR)));
    };
    let amount = last.checked_sub(1)?;
    let (mut first, count) = match tokens.lower(amount) {
        "an" | "a" if amount > 0 && tokens.before(amount) == "half" => (amount - 1, Some(0.5)),
        "half" => (amount, Some(0.5)),
        "a" | "an" | "the" | "one" => (amount, Some(1.0)),
        "few" | "couple" | "some" | "several" => (amount, None),
        "of" if tokens.before(amount) == "couple" => (amount - 1, None),
        word => match word.parse::<u32>().ok().map(|n| n as usize).or_else(|| number_word(word)) {
            Some(n) => (amount, Some(n as f64)),
            None => return is_near.then_some((last + 1, Length::Of(NEAR))),
        },
    };
    // "The minutes before": some of them.
    let is_some = tokens.lower(amount) == "the" && tokens.row[last].lower.ends_with('s');
    let length = match count {
        _ if !is_known => Length::Unknown,
        Some(count) if !is_some => {
            let seconds = SignedDuration::from_secs_f64(count * unit.as_secs_f64());
            if seconds > LONGEST || seconds.is_zero() { Length::Unknown } else { Length::Of(seconds) }
        }
        _ => Length::Of(DEFAULT),
    };
    let is_more = first > 1 && tokens.before(first) == "than" && tokens.lower(first - 2) == "more";
    let length = if is_more { Length::Unknown } else { length };
    while first > 0
        && matches!(
            tokens.before(first),
            "in" | "within"
                | "the"
                | "during"
                | "for"
                | "about"
                | "around"
                | "exactly"
                | "than"
                | "less"
                | "more"
                | "up"
                | "to"
                | "at"
                | "most"
                | "a"
                | "last"
                | "first"
        )
    {
        first -= 1;
    }
    Some((first, length))
}

/// What a unit means; nights, weeks and months before an event are no stretch of so many seconds.
fn unit(word: &str) -> Option<(SignedDuration, bool)> {
    Some(match word {
        "second" | "sec" => (SignedDuration::from_secs(1), true),
        "minute" | "min" => (SignedDuration::from_mins(1), true),
        "hour" | "hr" => (SignedDuration::from_hours(1), true),
        "day" | "night" | "evening" | "morning" | "afternoon" | "week" | "weekend" | "month" => {
            (SignedDuration::ZERO, false)
        }
        _ => return None,
    })
}

/// "Within 5 minutes of".
fn is_within(tokens: &Tokens<'_>, at: usize) -> bool {
    measured(tokens, at).is_some_and(|(first, _)| {
        (first..at).any(|at| tokens.lower(at) == "within") && tokens.lower(at + 1) != "each"
    })
}

fn is_asking(word: &str) -> bool {
    matches!(
        word,
        "show"
            | "list"
            | "find"
            | "was"
            | "were"
            | "did"
            | "is"
            | "are"
            | "anyone"
            | "anybody"
            | "anything"
            | "any"
            | "count"
            | "give"
            | "tell"
            | "people"
            | "events"
            | "everything"
            | "vehicles"
            | "cars"
    )
}

/// Nothing, "that", "it": the event of the answer before.
fn is_pointing(tokens: &Tokens<'_>, clause: &Range<usize>) -> bool {
    let mut words =
        clause.clone().map(|at| tokens.lower(at)).filter(|word| !matches!(*word, "please" | "then"));
    matches!(
        (words.next(), words.next(), words.next()),
        (None, ..)
            | (Some("that" | "it" | "this"), None, _)
            | (Some("that" | "this" | "the"), Some("one" | "event" | "incident" | "happened"), None)
    )
}

/// Whether the words tell of an event and not of a time, and of one that the last answer did not show by number.
fn is_event(tokens: &Tokens<'_>, clause: &Range<usize>, is_time: &dyn Fn(usize) -> bool) -> bool {
    let content: Vec<usize> = clause
        .clone()
        .filter(|at| {
            let token = &tokens.row[*at];
            !is_time(*at) && !is_stop_word(&token.lower) && !token.is_number()
        })
        .collect();
    let Some(first) = clause.clone().next() else { return false };
    let only_orders = content.iter().all(|at| {
        matches!(
            tokens.lower(*at),
            "last"
                | "first"
                | "second"
                | "third"
                | "fourth"
                | "fifth"
                | "one"
                | "next"
                | "other"
                | "latest"
                | "previous"
                | "event"
                | "clip"
                | "time"
                | "moment"
                | "day"
                | "week"
                | "hour"
                | "shift"
                | "closing"
                | "opening"
                | "hours"
                | "work"
                | "dark"
                | "lunch"
                | "sunrise"
                | "sunset"
                | "dawn"
                | "dusk"
        )
    });
    let is_shown = matches!(tokens.lower(first), "that" | "this" | "these" | "those");
    let happens = clause.clone().any(|at| {
        matches!(
            tokens.lower(at),
            "was"
                | "were"
                | "is"
                | "had"
                | "got"
                | "went"
                | "came"
                | "left"
                | "arrived"
                | "entered"
                | "fell"
                | "broke"
                | "opened"
                | "closed"
                | "started"
                | "happened"
                | "appeared"
                | "stopped"
                | "ended"
        )
    });
    !content.is_empty() && !only_orders && !is_shown && (is_determiner(tokens.lower(first)) || happens)
}

/// The one event that the last answer was about.
pub(super) fn single_event<'a>(question: &Question<'a>) -> Option<&'a Evidence> {
    let previous = question.previous?;
    let counted_from = previous.counted_from.as_ref().and_then(|from| from.event.as_ref());
    if let Some(event) = counted_from {
        return question.evidence.iter().find(|shown| shown.event_id == event.event_id);
    }
    let is_of_one = matches!(previous.intent, Intent::First | Intent::Last) && previous.top.is_none()
        || previous.refers_to.len() == 1;
    question.evidence.first().filter(|_| is_of_one || question.evidence.len() == 1)
}
