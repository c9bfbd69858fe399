//! "Trucks that did not go over the weighbridge", "people who never entered the office": where something did not go is
//! left out. Must never leave out a place where something else was not done: "did not stop at the gate".

use std::ops::Range;

use super::super::{
    exclusion::{denies_a_deed, is_question},
    stop_words::{is_determiner, is_place_preposition},
    tokens::Tokens,
};

/// The words before a place that say that something was not there, from the denial to the verb.
pub(super) fn way_denied(tokens: &Tokens<'_>, place: usize) -> Option<Range<usize>> {
    let mut start = place;
    while start > 0 && !tokens.row[start].follows_break && steps_over(tokens.before(start)) {
        start -= 1;
    }
    let verb = start.checked_sub(1).filter(|_| !tokens.row[start].follows_break)?;
    if leaves_aside(tokens, verb) {
        return Some(verb..start);
    }
    if !goes_to(tokens, verb) || tokens.row[verb].follows_break {
        return None;
    }
    let is_adverb = |word: &str| matches!(word, "yet" | "ever" | "even" | "actually" | "also" | "been");
    let denial = (0..verb).rev().find(|at| !is_adverb(tokens.lower(*at)))?;
    let is_not = tokens.lower(denial) == "not"
        && matches!(tokens.before(denial), "did" | "do" | "does" | "has" | "have" | "had");
    let denies = is_not || denies_a_deed(tokens.lower(denial)) && !is_question(tokens, denial);
    // "Did not any truck go …" asks.
    let from = denial - usize::from(is_not);
    (denies && from > 0).then_some(from..start)
}

fn steps_over(word: &str) -> bool {
    is_determiner(word) || is_place_preposition(word)
}

/// Verbs that only say that something went to a place or was there.
fn goes_to(tokens: &Tokens<'_>, at: usize) -> bool {
    let token = &tokens.row[at];
    token.quote.is_none()
        && (matches!(
            token.stem.as_str(),
            "go" | "com"
                | "use"
                | "visit"
                | "enter"
                | "reach"
                | "cross"
                | "pass"
                | "driv"
                | "walk"
                | "park"
                | "get"
        ) || matches!(
            token.lower.as_str(),
            "went" | "gone" | "came" | "been" | "got" | "drove" | "driven"
        ))
}

/// "Trucks that skipped the weighbridge".
fn leaves_aside(tokens: &Tokens<'_>, at: usize) -> bool {
    at > 0
        && matches!(
            tokens.lower(at),
            "skipped" | "avoided" | "bypassed" | "skipping" | "avoiding" | "bypassing"
        )
}
