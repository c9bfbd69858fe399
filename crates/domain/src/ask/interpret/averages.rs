//! "On average per day", "how many a day", "the daily average": reads that the mean over stretches of time or
//! over cameras is wanted, or the mean length of stays.

use std::ops::Range;

use super::{
    intents::opening,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Grouping, Intent};

/// A mean that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mean {
    /// "A day", "an hour".
    Per(Grouping),
    /// Whatever groups the words name, else what suits the period.
    OfGroups,
}

/// Whether a mean is wanted, and per what, where "a day" says so. Takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>, intent: Option<Intent>) -> Option<Mean> {
    if !matches!(intent, None | Some(Intent::Count)) {
        // Sides of unlike length are told per hour: the word is none to search for.
        for at in 0..tokens.row.len() {
            let is_word = matches!(tokens.lower(at), "average" | "avg") && tokens.is_free(at..at + 1);
            if is_word && intent == Some(Intent::Compare) {
                tokens.take(at..at + 1, Role::Intent);
            }
        }
        return None;
    }
    let at = (0..tokens.row.len()).find(|at| {
        let is_mean = match tokens.lower(*at) {
            "average" | "averages" | "avg" | "averaged" => true,
            "typically" | "usually" | "normally" => {
                intent == Some(Intent::Count) || matches!(tokens.lower(opening(tokens)), "do" | "does")
            }
            // "What do you mean?" asks for none.
            "mean" => matches!(tokens.before(*at), "the" | "" | "hourly" | "daily" | "weekly"),
            _ => false,
        };
        is_mean
            && matches!(tokens.row[*at].role, Role::Free | Role::Intent)
            && tokens.row[*at].quote.is_none()
    });
    let each = each(tokens, at.is_some());
    let is_of_count = intent == Some(Intent::Count);
    if at.is_none() && !(is_of_count && each.is_some()) {
        return None;
    }
    if let Some(at) = at {
        tokens.take(at..at + 1, Role::Intent);
        if tokens.lower(at + 1) == "number" {
            tokens.take(at + 1..at + 2, Role::Intent);
        }
    }
    Some(each.map_or(Mean::OfGroups, |(grouping, words)| {
        tokens.take(words, Role::Intent);
        Mean::Per(grouping)
    }))
}

/// "The average stay", "how long does a truck usually wait": the mean of lengths. "On average on Mondays and on
/// Fridays": the mean of the days of each side.
pub(super) fn is_of_lengths_or_sides(tokens: &Tokens<'_>, intent: Option<Intent>) -> bool {
    let is_mean = |word: &str| {
        matches!(word, "average" | "avg" | "mean" | "typical" | "typically" | "usually" | "normally")
    };
    let mut words = tokens.row.iter().filter(|token| token.role == Role::Intent && token.quote.is_none());
    matches!(intent, Some(Intent::HowLong | Intent::Compare)) && words.any(|token| is_mean(&token.lower))
}

/// "a day", "an hour"; with a word for a mean also "for the day". "An hour ago" is a time.
fn each(tokens: &Tokens<'_>, is_mean: bool) -> Option<(Grouping, Range<usize>)> {
    (1..tokens.row.len()).find_map(|at| {
        let grouping = match tokens.lower(at) {
            "hour" => Grouping::Hour,
            "day" => Grouping::Day,
            "week" => Grouping::Week,
            "month" => Grouping::Month,
            "workday" | "weekday" => Grouping::Weekday,
            _ => return None,
        };
        if grouping == Grouping::Day
            && matches!(tokens.before(at), "working" | "business" | "week")
            && is_mean
            && at >= 2
            && matches!(tokens.lower(at - 2), "a" | "per" | "each" | "every")
        {
            return Some((Grouping::Weekday, at - 1..at + 1));
        }
        let is_each = matches!(tokens.before(at), "a" | "an") && (is_mean || at > 2);
        // "for an hour", "within an hour" are lengths, "half an hour" and "an hour ago" times.
        let is_length = at >= 2
            && matches!(
                tokens.lower(at - 2),
                "for"
                    | "within"
                    | "in"
                    | "half"
                    | "than"
                    | "least"
                    | "over"
                    | "about"
                    | "after"
                    | "before"
                    | "once"
            );
        let is_free = matches!(tokens.row[at].role, Role::Free | Role::Intent);
        let is_behind =
            matches!(tokens.lower(at + 1), "ago" | "later" | "earlier" | "before" | "after" | "and");
        (is_each && !is_length && is_free && !is_behind).then_some((grouping, at..at + 1))
    })
}
