//! What is asked of the list that an answer showed, and of nothing else: "more", "show me 20", "and the one before?"

use super::tokens::{Role, Token, Tokens};
use crate::ask::interpretation::{Intent, Interpretation};

/// How many more are shown where the words do not say.
const MORE: usize = 5;
/// More than a list shows at once.
const LIST_MAX: usize = 50;
/// Words by which a list goes on.
const GOING_ON: [&str; 6] = ["more", "rest", "others", "continue", "next", "further"];

/// Whether a question is about the list that was shown and nothing else: "more", "show me 10 of them", "the rest".
pub(super) fn is_of_list(tokens: &Tokens<'_>) -> bool {
    const IDLE: [&str; 28] = [
        "show", "me", "us", "see", "give", "list", "please", "of", "them", "those", "these", "the", "can",
        "you", "could", "i", "any", "some", "ok", "okay", "and", "yes", "events", "results", "ones", "clips",
        "examples", "all",
    ];
    let words = || tokens.row.iter().map(|token| token.lower.as_str());
    let is_number = |token: &Token| token.is_number() && token.role == Role::Free;
    let asks = words().any(|word| GOING_ON.contains(&word))
        || ["show all", "list all", "all of them"].iter().any(|phrase| tokens.find(phrase).is_some())
        || (tokens.row.len() > 1
            && tokens.row.iter().any(is_number)
            && words().any(|word| matches!(word, "show" | "give" | "list" | "see")));
    let is_idle = |token: &Token| {
        let word = token.lower.as_str();
        GOING_ON.contains(&word) || IDLE.contains(&word) || is_number(token)
    };
    asks && tokens.row.iter().all(is_idle)
}

/// How many events a question about the list that was shown wants: so many more, or so many; "and the one
/// before?" one more.
pub(super) fn length(tokens: &Tokens<'_>, previous: &Interpretation, shown: usize) -> Option<usize> {
    let is_of_order = matches!(previous.intent, Intent::First | Intent::Last);
    let next = ["one before", "previous one", "next one", "one after", "one before that", "previous"];
    if is_of_order && tokens.row.len() <= 5 && next.iter().any(|phrase| tokens.find(phrase).is_some()) {
        return Some(previous.top.unwrap_or(1) + 1);
    }
    if !is_of_list(tokens) {
        return None;
    }
    let number = tokens.row.iter().find_map(|token| token.lower.parse::<usize>().ok());
    let goes_on = tokens.row.iter().any(|token| GOING_ON.contains(&token.lower.as_str()));
    Some(match number {
        Some(number) if !goes_on => number,
        number => shown.saturating_add(number.unwrap_or(MORE)),
    })
    .map(|length| length.min(LIST_MAX))
}
