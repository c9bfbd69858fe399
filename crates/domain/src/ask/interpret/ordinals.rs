//! "The second delivery", "the third person who came in", "the last but one": one in the order of time. What was shown
//! is counted by the references, and what is ranked by the rankings.

use super::{
    nouns::noun,
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::Intent;

/// More than anybody counts up to.
const NTH_MAX: usize = 100;
/// How many words can describe what is counted: "the second large white van".
const DESCRIBING_MAX: usize = 3;

/// Which one is wanted, from which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ordinal {
    /// [`Intent::First`] or [`Intent::Last`].
    pub(super) from: Intent,
    /// 2 is the second.
    pub(super) nth: usize,
}

/// Reads it and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Option<Ordinal> {
    let (at, words, ordinal) = (0..tokens.row.len()).find_map(|at| ordinal_at(tokens, at))?;
    tokens.take(at..at + words, Role::Intent);
    Some(ordinal)
}

fn ordinal_at(tokens: &Tokens<'_>, at: usize) -> Option<(usize, usize, Ordinal)> {
    let from_end = |nth| Ordinal { from: Intent::Last, nth };
    let (words, ordinal) = if tokens.has_at(at, "last but one") {
        (3, from_end(2))
    } else {
        let (nth, written) = ordinal(tokens, at)?;
        let behind = at + written;
        match (tokens.lower(behind), tokens.lower(behind + 1)) {
            ("last" | "latest", _) => (written + 1, from_end(nth)),
            ("to", "last") | ("most", "recent") => (written + 2, from_end(nth)),
            _ => (written, Ordinal { from: Intent::First, nth }),
        }
    };
    let is_free = tokens.is_free(at..at + words) && tokens.row[at].quote.is_none();
    // "On the second floor", "every second day" count nothing.
    let is_the =
        matches!(tokens.before(at), "the" | "" | "this" | "show" | "a") || tokens.row[at].follows_break;
    (is_free && is_the && counts_a_thing(tokens, at + words)).then_some((at, words, ordinal))
}

/// Whether what follows, behind what describes it, was read as what is seen: a label, a name, a type of event.
fn counts_a_thing(tokens: &Tokens<'_>, start: usize) -> bool {
    let is_seen = |at: usize| {
        let token = &tokens.row[at];
        matches!(token.role, Role::Free | Role::Subject)
            && (token.role == Role::Subject
                || noun(&token.singular).is_some()
                || matches!(token.singular.as_str(), "event" | "visit" | "sighting" | "time"))
    };
    let describes = |at: usize| tokens.row[at].role == Role::Free && !is_stop_word(tokens.lower(at));
    let end = tokens.row.len().min(start + DESCRIBING_MAX + 1);
    (start..end).find(|at| is_seen(*at) || !describes(*at)).is_some_and(is_seen)
}

/// The number of an ordinal from the second on, in words or figures, and its words: "second", "11th".
fn ordinal(tokens: &Tokens<'_>, at: usize) -> Option<(usize, usize)> {
    const WORDS: [&str; 9] =
        ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    if let Some(nth) = WORDS.iter().position(|known| *known == tokens.lower(at)) {
        return Some((nth + 2, 1));
    }
    let is_ordinal = tokens.row.get(at + 1).is_some_and(|next| next.is_joined)
        && matches!(tokens.lower(at + 1), "st" | "nd" | "rd" | "th");
    let nth = tokens.lower(at).parse().ok().filter(|_| is_ordinal)?;
    (2..=NTH_MAX).contains(&nth).then_some((nth, 2))
}
