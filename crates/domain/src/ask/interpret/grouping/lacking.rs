//! "Days without deliveries", "no delivery days", "how many hours was the camera out": groups are asked for that hold
//! nothing. Read before anything is left out: what they lack is what is counted.

use super::{
    super::{
        stop_words::is_determiner,
        tokens::{Role, Tokens},
    },
    things::{Group, thing},
};
use crate::ask::interpretation::{Grouping, Threshold};

/// Words before the groups that ask for them.
const ASKING: [&str; 12] =
    ["which", "what", "many", "list", "me", "any", "the", "all", "were", "are", "of", "on"];
/// How far behind the groups their lack may stand.
const REACH: usize = 8;
/// How a camera or a place is that sends nothing.
const OUT: [&str; 8] = ["out", "down", "offline", "dead", "dark", "silent", "empty", "quiet"];

/// Finds them, and takes the words of the lack.
pub(in super::super) fn read(tokens: &mut Tokens<'_>) {
    let found = (0..tokens.row.len()).find_map(|at| Some((at, lack_at(tokens, at)?)));
    let Some((at, lack)) = found else { return };
    match tokens.lower(lack) {
        "without" => tokens.respell(lack, "with"),
        "no" => tokens.respell(lack, "any"),
        "not" | "never" => tokens.respell(lack, "really"),
        "nobody" => tokens.respell(lack, "anybody"),
        "nothing" => tokens.respell(lack, "anything"),
        _ => {}
    }
    if !tokens.lower(lack).starts_with("any") {
        tokens.take(lack..lack + 1, Role::Intent);
    }
    tokens.lacking = Some(at);
}

/// The word of the lack, where groups at a place have one.
fn lack_at(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let is_free =
        |at: usize| tokens.row.get(at).is_some_and(|token| token.role == Role::Free && token.quote.is_none());
    if !is_free(at) || !is_group(tokens, at) {
        return None;
    }
    let before = tokens.before(at);
    let is_plural = tokens.row[at].lower != tokens.row[at].singular;
    // "Two days without food" is a length.
    let is_asked = at == 0 || ASKING.contains(&before) || is_determiner(before);
    if tokens.lower(at + 1) == "without" && is_plural && is_asked && is_free(at + 1) {
        return Some(at + 1);
    }
    if tokens.lower(at + 1) == "with"
        && tokens.lower(at + 2) == "no"
        && is_plural
        && is_asked
        && is_free(at + 2)
    {
        return (!matches!(tokens.lower(at + 3), "more" | "fewer" | "less")).then_some(at + 2);
    }
    // "No delivery days".
    if at == 2 && tokens.lower(0) == "no" && is_plural && !tokens.row[1].follows_break && is_free(0) {
        return Some(0);
    }
    // "How many hours was the camera out?"
    let is_many = at >= 2 && tokens.has_at(at - 2, "how many");
    let is_be = matches!(tokens.lower(at + 1), "was" | "were" | "is" | "are");
    let last = tokens.row.iter().rposition(|token| token.role != Role::Time)?;
    if is_many && is_be && is_free(last) && OUT.contains(&tokens.lower(last)) {
        return Some(last);
    }
    // "How many days were there no deliveries?", "how many hours had nobody in the lobby?"
    let denies = |at: &usize| match tokens.lower(*at) {
        "no" => is_seeing(tokens.before(*at)) && !matches!(tokens.lower(at + 1), "more" | "fewer" | "less"),
        "nobody" | "nothing" => is_seeing(tokens.before(*at)),
        "not" | "never" => true,
        _ => false,
    };
    let end = tokens.row.len().min(at + 1 + REACH);
    let is_of_cameras =
        matches!(tokens.lower(last), "working" | "online" | "recording" | "active" | "running");
    if is_many && !is_of_cameras { (at + 1..end).filter(|at| is_free(*at)).find(denies) } else { None }
}

fn is_seeing(word: &str) -> bool {
    matches!(
        word,
        "there"
            | "had"
            | "has"
            | "have"
            | "saw"
            | "see"
            | "sent"
            | "recorded"
            | "got"
            | "was"
            | "were"
            | "with"
            | "did"
    )
}

fn is_group(tokens: &Tokens<'_>, at: usize) -> bool {
    let Some(Group::Named(by)) = thing(tokens, at) else { return false };
    matches!(
        by,
        Grouping::Hour | Grouping::Day | Grouping::Week | Grouping::Month | Grouping::Camera | Grouping::Site
    )
}

/// That a group holds nothing.
pub(super) fn nothing() -> Threshold {
    Threshold { text: "no".to_owned(), at_least: None, at_most: Some(0), of_visits: false }
}
