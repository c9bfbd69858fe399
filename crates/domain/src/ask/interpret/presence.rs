//! "Did anyone enter the storeroom?", "when did Maria arrive?": where no event says the deed itself, whoever was seen
//! there is meant. Marks the words for it, so that the events decide. Must never mark what is more than being there:
//! who broke in, knocked or stole.

use super::{
    stop_words::{is_determiner, is_stop_word},
    tokens::{Role, Tokens},
};

/// As far behind a verb may its companion stand: "drop anything off".
const REACH: usize = 4;

/// Marks the words that say no more than that somebody or something came, was there or left.
pub(super) fn mark(tokens: &mut Tokens<'_>, names_someone: bool) {
    let brings = tokens.row.iter().any(|token| matches!(token.singular.as_str(), "package" | "parcel"));
    for at in 0..tokens.row.len() {
        let is_free = tokens.is_free(at..at + 1) && tokens.row[at].quote.is_none();
        if is_free && is_of_a_plate(tokens, at) {
            tokens.row[at].is_perhaps = true;
            continue;
        }
        if !is_open(tokens, at) {
            continue;
        }
        let companion = companion(tokens, at);
        let is_presence = companion.is_some()
            || match tokens.row[at].stem.as_str() {
                "enter" | "arriv" | "visit" | "approach" | "return" | "attend" | "reach" => true,
                "leav" | "exit" | "depart" => leads_nowhere_else(tokens, at),
                // "Who worked there on Sunday?"
                "work" => names_someone || tokens.lower(at) == "worked",
                "deliver" => names_someone || brings,
                "drop" => (names_someone || brings) && is_followed_by(tokens, at, "off"),
                _ => is_home_from(tokens, at),
            };
        if is_presence {
            tokens.row[at].is_perhaps = true;
            if let Some(companion) = companion {
                tokens.row[companion].is_perhaps = true;
            }
        }
    }
}

/// "The plate starting with B-LK", "number plate LG-XP 774": events have the plate itself, seldom the word.
fn is_of_a_plate(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_word = |at: usize| {
        matches!(
            tokens.lower(at),
            "plate" | "plates" | "registration" | "reg" | "kennzeichen" | "numberplate"
        )
    };
    let is_said = is_word(at)
        || matches!(tokens.lower(at), "number" | "licence" | "license") && is_word(at + 1)
        || matches!(
            tokens.lower(at),
            "starting" | "beginning" | "ending" | "starts" | "begins" | "ends" | "containing" | "contains"
        ) && (0..tokens.row.len()).any(is_word);
    let is_large = |text: &str| text.len() > 1 && !text.contains(char::is_lowercase);
    let is_code = |at: usize| {
        let token = &tokens.row[at];
        let text = &tokens.text[token.span.clone()];
        token.role == Role::Free
            && (token.is_number()
                || is_large(text) && !is_large(tokens.text)
                || text.contains(|c: char| c.is_ascii_digit()))
    };
    is_said && (at.saturating_sub(REACH)..tokens.row.len().min(at + 2 + REACH)).any(is_code)
}

fn is_open(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.is_free(at..at + 1) && tokens.row[at].quote.is_none() && !is_determiner(tokens.before(at))
}

/// "Walk into", "stop by", "hang around": where the word stands that makes a verb mean being there.
fn companion(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    const WAYS: [&str; 16] = [
        "in", "into", "inside", "by", "past", "through", "around", "up", "over", "out", "away", "off",
        "along", "across", "onto", "towards",
    ];
    let companions: &[&str] = match tokens.row[at].stem.as_str() {
        "walk" | "driv" | "step" | "stroll" | "wander" | "rid" | "head" | "cycl" => &WAYS,
        "run" | "sneak" | "slip" | "creep" | "crept" | "rush" => {
            &["in", "into", "inside", "by", "past", "through"]
        }
        "stop" | "drop" | "swing" | "pop" => &["by", "in", "over"],
        "hang" => &["around", "about", "out"],
        "pull" => &["in", "into", "up", "over", "out"],
        _ => return None,
    };
    let next = at + 1..tokens.row.len().min(at + 3);
    next.into_iter()
        .find(|next| !tokens.row[*next].follows_break && companions.contains(&tokens.lower(*next)))
}

fn is_followed_by(tokens: &Tokens<'_>, at: usize, word: &str) -> bool {
    (at + 1..tokens.row.len().min(at + 1 + REACH)).any(|next| tokens.lower(next) == word)
}

/// "Left the house", "left yesterday"; "left the gate open" says more of the gate.
fn leads_nowhere_else(tokens: &Tokens<'_>, at: usize) -> bool {
    let next = (at + 1..tokens.row.len()).find(|next| !is_determiner(tokens.lower(*next)));
    next.is_none_or(|next| {
        let token = &tokens.row[next];
        token.follows_break
            || matches!(token.role, Role::Time | Role::Place | Role::Intent)
            || is_stop_word(&token.lower)
    })
}

/// "Come home from school": where they were before is on no camera.
fn is_home_from(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_from = at >= 2
        && tokens.before(at) == "from"
        && matches!(tokens.lower(at - 2), "home" | "back" | "here" | "in");
    is_from
        || matches!(tokens.lower(at), "home" | "back")
            && matches!(tokens.row[at.saturating_sub(1)].stem.as_str(), "com" | "get" | "go" | "be")
}
