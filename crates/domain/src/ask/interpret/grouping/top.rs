//! How many are wanted: "top 3", "the last five". Must never take a number that counts something else.

use super::{
    super::{
        numbers::number_word,
        tokens::{Role, Tokens},
    },
    things::{is_superlative, thing},
};
use crate::ask::interpretation::QuestionForm;

/// More than anybody reads; a larger number counts something else.
const TOP_MAX: usize = 1_000;
/// How many are wanted: a number beside a word of order or rank, or before "examples".
pub(super) fn top(tokens: &mut Tokens<'_>, form: Option<QuestionForm>) -> Option<usize> {
    // "The second busiest" is the last of the two busiest.
    for (word, count) in [("second", 2), ("third", 3), ("next", 2)] {
        if let Some(at) = tokens.find(word)
            && matches!(tokens.lower(at + 1), "busiest" | "quietest" | "slowest" | "calmest")
        {
            return Some(count);
        }
    }
    take_length(tokens);
    let at = (0..tokens.row.len()).find(|at| {
        let token = &tokens.row[*at];
        if !matches!(token.role, Role::Free | Role::Intent) || token.quote.is_some() || token.is_joined {
            return false;
        }
        if count_at(tokens, *at).is_none() {
            return false;
        }
        let after = tokens.lower(at + 1);
        let is_ordered = matches!(
            tokens.before(*at),
            "top" | "first" | "last" | "latest" | "newest" | "earliest" | "past" | "previous"
        ) || matches!(
            tokens.before(*at),
            "busiest" | "quietest" | "slowest" | "calmest" | "recent" | "final" | "opening"
        );
        if matches!(tokens.before(*at), "than" | "over" | "under" | "above" | "below" | "least" | "exactly") {
            return false;
        }
        let is_ranked =
            (is_superlative(after) && after != "active") || matches!(after, "last" | "first" | "recent");
        let is_which = matches!(tokens.before(*at), "which" | "what")
            && tokens.row.get(at + 1).is_some()
            && thing(tokens, at + 1).is_some();
        let is_shown = form.is_none_or(|form| form == QuestionForm::Show)
            && matches!(
                tokens.row.get(at + 1).map_or("", |token| token.singular.as_str()),
                "example"
                    | "clip"
                    | "event"
                    | "result"
                    | "image"
                    | "picture"
                    | "snapshot"
                    | "video"
                    | "sighting"
            );
        is_ordered || is_ranked || is_which || is_shown
    })?;
    let wanted = count_at(tokens, at)?;
    tokens.take(at..at + 1, Role::Intent);
    if tokens.row.get(at + 1).is_some_and(|next| next.singular == "example") {
        tokens.take(at + 1..at + 2, Role::Intent);
    }
    if tokens.before(at) == "top" {
        tokens.take(at - 1..at, Role::Intent);
    }
    Some(wanted)
}

/// "The busiest 15 minutes" asks for no fifteen of anything: counts go by the hour, and the answer says so.
fn take_length(tokens: &mut Tokens<'_>) {
    let is_minutes = |at: usize| {
        tokens.row.get(at).is_some_and(|token| matches!(token.singular.as_str(), "minute" | "min" | "second"))
    };
    let at = (1..tokens.row.len()).find(|at| {
        is_superlative(tokens.before(*at)) && count_at(tokens, *at).is_some() && is_minutes(at + 1)
    });
    if let Some(at) = at {
        tokens.take(at..at + 2, Role::Intent);
    }
}

fn count_at(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let token = tokens.row.get(at)?;
    // "The first one" is no number.
    let count = number_word(&token.lower).filter(|count| *count > 1).or_else(|| token.lower.parse().ok())?;
    (1..=TOP_MAX).contains(&count).then_some(count)
}
