//! "How long did it stay?", "the average time at the ramp": asks how long visits lasted.

use super::{
    phrases::{LASTING, first_of},
    taking::take,
};
use crate::ask::{
    interpret::tokens::{Role, Tokens},
    interpretation::Intent,
};

/// "how long", "how much time", "the duration of". "How long ago" and "how long since" ask for a moment.
pub(super) fn how_long(tokens: &mut Tokens<'_>) -> Option<Intent> {
    let (at, words) = first_of(tokens, LASTING).or_else(|| mean_time(tokens))?;
    let is_moment = tokens.has_at(at, "how long ago")
        || tokens.has_at(at, "how long since")
        || (tokens.has_at(at, "how long")
            && tokens.find("since").is_some_and(|since| {
                let between = tokens.row.get(at..since).unwrap_or_default();
                between.iter().any(|token| matches!(token.lower.as_str(), "been" | "it"))
                    && tokens.row[since].role != Role::Time
            }));
    if is_moment {
        let last = take(tokens, at, words + 1, Intent::Last);
        if let Some(since) = tokens.find("since") {
            tokens.take(since..since + 1, Role::Intent);
        }
        return Some(last);
    }
    Some(take(tokens, at, words, Intent::HowLong))
}

/// "The average time at the ramp", "the mean time trucks spend there"; not the time of or between something.
fn mean_time(tokens: &Tokens<'_>) -> Option<(usize, usize)> {
    let is_mean = |word: &str| matches!(word, "average" | "avg" | "mean" | "median" | "typical");
    let spends =
        |at: usize| (at..tokens.row.len()).any(|at| matches!(tokens.lower(at), "spend" | "spent" | "spends"));
    let is_there = |at: usize| matches!(tokens.lower(at), "at" | "in" | "on" | "inside");
    (1..tokens.row.len())
        .find(|at| {
            tokens.lower(*at) == "time"
                && is_mean(tokens.before(*at))
                && tokens.row[*at].role == Role::Free
                && (is_there(at + 1) || spends(at + 1))
        })
        .map(|at| (at - 1, 2))
}
