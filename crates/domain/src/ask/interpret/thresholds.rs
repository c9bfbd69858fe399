//! "more than 100 events", "at least 3 visits", "fewer than 10 deliveries": a bound on how much is in each
//! group, or in all of it. Must never take a number that is a length of time or a confidence.

use std::ops::Range;

use super::{
    numbers::number_word,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::Threshold;

/// Words before a number, and what they make of it: the least that fits and the most.
type Bound = fn(u64) -> (Option<u64>, Option<u64>);

#[rustfmt::skip]
const BEFORE: &[(&str, Bound)] = &[
    ("no more than", |n| (None, Some(n))),
    ("not more than", |n| (None, Some(n))),
    ("no fewer than", |n| (Some(n), None)),
    ("no less than", |n| (Some(n), None)),
    ("more than", |n| (Some(n.saturating_add(1)), None)),
    ("greater than", |n| (Some(n.saturating_add(1)), None)),
    ("fewer than", |n| (None, Some(n.saturating_sub(1)))),
    ("less than", |n| (None, Some(n.saturating_sub(1)))),
    ("at least", |n| (Some(n), None)),
    ("at most", |n| (None, Some(n))),
    ("up to", |n| (None, Some(n))),
    ("over", |n| (Some(n.saturating_add(1)), None)),
    ("above", |n| (Some(n.saturating_add(1)), None)),
    ("exceeding", |n| (Some(n.saturating_add(1)), None)),
    ("exceeded", |n| (Some(n.saturating_add(1)), None)),
    ("under", |n| (None, Some(n.saturating_sub(1)))),
    ("below", |n| (None, Some(n.saturating_sub(1)))),
    ("exactly", |n| (Some(n), Some(n))),
];

#[rustfmt::skip]
const BEHIND: &[(&str, Bound)] = &[
    ("or more", |n| (Some(n), None)),
    ("or fewer", |n| (None, Some(n))),
    ("or less", |n| (None, Some(n))),
];

/// A bound, and where its words begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) threshold: Threshold,
    pub(super) words: Range<usize>,
}

/// Finds the bound of a question. Its words are taken once it is known to be one of groups.
pub(super) fn find(tokens: &Tokens<'_>) -> Option<Found> {
    (0..tokens.row.len()).find_map(|number| {
        let (value, end) = value(tokens, number)?;
        let (bound, start, end) = bound(tokens, number, end)?;
        if is_length(tokens, end) {
            return None;
        }
        let (at_least, at_most) = bound(value);
        let text = tokens.slice(start..end).to_owned();
        let of_visits = (end..tokens.row.len().min(end + 3)).any(|at| tokens.row[at].singular == "visit");
        Some(Found { threshold: Threshold { text, at_least, at_most, of_visits }, words: start..end })
    })
}

fn bound(tokens: &Tokens<'_>, number: usize, end: usize) -> Option<(Bound, usize, usize)> {
    let behind = BEHIND.iter().find(|(words, _)| tokens.has_at(end, words));
    if let Some((words, bound)) = behind {
        return Some((*bound, number, end + words.split(' ').count()));
    }
    BEFORE.iter().find_map(|(words, bound)| {
        let start = number.checked_sub(words.split(' ').count())?;
        let is_free = tokens.row.get(start..number)?.iter().all(|token| is_free(token.role));
        (is_free && tokens.has_at(start, words)).then_some((*bound, start, end))
    })
}

fn is_free(role: Role) -> bool {
    matches!(role, Role::Free | Role::Intent)
}

/// The number at a word, "1,000" and "a hundred" too, and where it ends.
fn value(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    let token = &tokens.row[at];
    if !is_free(token.role) || token.quote.is_some() || (token.is_joined && at > 0) {
        return None;
    }
    let (count, mut end) = if token.is_number() {
        (token.lower.parse::<u64>().ok()?, at + 1)
    } else if matches!(token.lower.as_str(), "a" | "one") && is_magnitude(tokens.lower(at + 1)) {
        (1, at + 1)
    } else {
        (how_often(&token.lower)?, at + 1)
    };
    let mut value = count;
    // "1,000" is cut at its comma.
    while let Some(next) = tokens.row.get(end).filter(|next| next.span.len() == 3 && next.is_number())
        && tokens.text.get(tokens.row[end - 1].span.end..next.span.start) == Some(",")
    {
        value = value.checked_mul(1_000)?.checked_add(next.lower.parse().ok()?)?;
        end += 1;
    }
    if is_magnitude(tokens.lower(end)) {
        value = value.checked_mul(if tokens.lower(end) == "hundred" { 100 } else { 1_000 })?;
        end += 1;
    }
    Some((value, end))
}

/// "twice", "three".
pub(super) fn how_often(word: &str) -> Option<u64> {
    match word {
        "once" => Some(1),
        "twice" => Some(2),
        _ => number_word(word).map(|number| number as u64),
    }
}

fn is_magnitude(word: &str) -> bool {
    matches!(word, "hundred" | "thousand")
}

/// "more than 10 minutes", "over 80 %", "at least 3 times as long": no number of events.
fn is_length(tokens: &Tokens<'_>, end: usize) -> bool {
    let is_share = tokens
        .row
        .get(end.saturating_sub(1))
        .is_some_and(|last| tokens.text[last.span.end..].trim_start().starts_with('%'));
    is_share
        || matches!(
            tokens.row.get(end).map_or("", |token| token.singular.as_str()),
            "second"
                | "sec"
                | "minute"
                | "min"
                | "hour"
                | "hr"
                | "h"
                | "day"
                | "week"
                | "month"
                | "year"
                | "percent"
                | "oclock"
                | "am"
                | "pm"
        )
}
