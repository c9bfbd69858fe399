//! "except camera 2", "not the lobby", "other than the gate": whether a mention is meant to be left out.

use super::{
    stop_words::{is_camera_word, is_determiner, is_place_preposition},
    tokens::{Role, Tokens},
};

/// How far before a mention the word that leaves it out may stand.
const REACH: usize = 6;

/// Words that leave out what stands behind them, whatever stands before them.
const LEAVING_OUT: [&str; 15] = [
    "except",
    "excluding",
    "exclude",
    "excepting",
    "ignoring",
    "ignore",
    "minus",
    "without",
    "besides",
    "not",
    "non",
    "isnt",
    "arent",
    "wasnt",
    "werent",
];

/// Whether the word at `at` only leaves out a place or a thing that stands behind it and was understood. A
/// van "without markings" is content.
pub(super) fn leaves_out(tokens: &Tokens<'_>, at: usize) -> bool {
    if !LEAVING_OUT.contains(&tokens.lower(at)) {
        return false;
    }
    let mut next = at + 1;
    while is_determiner(tokens.lower(next)) || is_camera_word(tokens.lower(next)) {
        next += 1;
    }
    tokens.row.get(next).is_some_and(|token| matches!(token.role, Role::Place | Role::Subject))
}

/// "everything but", "all cameras but".
fn is_universal(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_all = |word: &str| {
        matches!(
            word,
            "everything"
                | "everyone"
                | "everybody"
                | "everywhere"
                | "all"
                | "anything"
                | "anyone"
                | "anywhere"
        )
    };
    let before = tokens.before(at);
    is_all(before)
        || (is_camera_word(before) || matches!(before, "sites" | "places"))
            && at >= 2
            && matches!(tokens.lower(at - 2), "all" | "every" | "any" | "the")
}

/// Whether what starts at `at` is left out; `left_out` says which words before it belong to a mention
/// that is left out, because "except camera 2 and the gate" leaves out both.
pub(super) fn is_left_out(tokens: &Tokens<'_>, at: usize, left_out: &[usize]) -> bool {
    let mut joined = false;
    let mut at = at;
    for _ in 0..REACH {
        let follows_break = tokens.row.get(at).is_some_and(|token| token.follows_break);
        let Some(before) = at.checked_sub(1) else { return false };
        if left_out.contains(&before) {
            return joined || follows_break;
        }
        let word = tokens.lower(before);
        if follows_break {
            return false;
        }
        match word {
            _ if LEAVING_OUT.contains(&word) => return true,
            "but" if is_universal(tokens, before) => {
                return true;
            }
            "than" => return matches!(tokens.before(before), "other" | "rather"),
            "from" if tokens.before(before) == "apart" || tokens.before(before) == "aside" => return true,
            "no" => {
                return !matches!(
                    tokens.before(before),
                    "there" | "is" | "are" | "was" | "were" | "had" | "have" | "saw" | "see" | "why"
                );
            }
            "and" | "or" | "nor" => joined = true,
            _ if is_determiner(word) || is_place_preposition(word) || is_camera_word(word) => {}
            "number" => {}
            _ => return false,
        }
        at = before;
    }
    false
}
