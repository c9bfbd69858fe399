//! "except camera 2", "not the lobby", "other than the gate": whether a mention is meant to be left out.

use super::{
    stop_words::{is_camera_word, is_determiner, is_place_preposition},
    tokens::{Role, Tokens},
};

/// How far before a mention the word that leaves it out may stand.
const REACH: usize = 6;

/// Words that leave out what stands behind them, whatever stands before them.
const LEAVING_OUT: [&str; 17] = [
    "except",
    "excluding",
    "exclude",
    "excepting",
    "ignoring",
    "ignore",
    "minus",
    "omit",
    "omitting",
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
    let is_exception = tokens.has_at(at, "exception of");
    if !is_exception && !LEAVING_OUT.contains(&tokens.lower(at)) {
        return false;
    }
    let mut next = at + 1 + usize::from(is_exception);
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
    let is_all_of = |at: usize| matches!(tokens.lower(at), "all" | "every" | "any");
    is_all(before)
        || (is_camera_word(before) || matches!(before, "sites" | "places"))
            && at >= 2
            && (is_all_of(at - 2) || tokens.lower(at - 2) == "the")
        || at >= 2 && is_all_of(at - 2) && !tokens.row[at].follows_break
}

/// "trucks excluded": whether the word behind a thing leaves it out.
pub(super) fn is_left_out_behind(tokens: &Tokens<'_>, end: usize) -> bool {
    tokens.row.get(end).is_some_and(|next| {
        !next.follows_break && matches!(next.lower.as_str(), "excluded" | "excepted" | "aside" | "omitted")
    })
}

/// Where the words behind an exclusion begin that leaves out even what nobody knows: "except scooters".
/// "Without markings" and "not moving" describe what is wanted.
pub(super) fn behind(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let mut next = match tokens.lower(at) {
        "except" | "excluding" | "exclude" | "excepting" | "ignoring" | "omitting" | "minus" => at + 1,
        "but" if tokens.lower(at + 1) == "not" => at + 2,
        "other" | "rather" if tokens.lower(at + 1) == "than" => at + 2,
        "exception" if tokens.lower(at + 1) == "of" => at + 2,
        "apart" | "aside" if tokens.lower(at + 1) == "from" => at + 2,
        _ => return None,
    };
    while is_determiner(tokens.lower(next)) || matches!(tokens.lower(next), "for" | "any") {
        next += 1;
    }
    Some(next)
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
            "of" if tokens.before(before) == "exception" => return true,
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
