//! "Is Anna home?", "is the gate open?", "are the kids inside?": asks how things are now. No event tells that; when it
//! was last seen is the answer, and never a "yes" of all recordings.

use super::{
    intents::opening,
    stop_words::is_determiner,
    tokens::{Role, Tokens},
};

/// Where somebody is, said without the name of a place; nothing is found by it.
const WHERE: [&str; 18] = [
    "here",
    "home",
    "inside",
    "in",
    "out",
    "outside",
    "indoors",
    "outdoors",
    "around",
    "present",
    "away",
    "back",
    "still",
    "yet",
    "already",
    "currently",
    "somewhere",
    "anywhere",
];
/// What is asked of recordings, of the service or of a number, and not of how things are.
const OTHERS: [&str; 17] = [
    "it",
    "that",
    "this",
    "those",
    "these",
    "you",
    "they",
    "camera",
    "cameras",
    "footage",
    "recordings",
    "video",
    "videos",
    "clips",
    "events",
    "more",
    "fewer",
];

/// Whether a question without a time asks how things are now. Takes the words that say where without naming a place.
pub(super) fn read(tokens: &mut Tokens<'_>) -> bool {
    let start = opening(tokens);
    if !matches!(tokens.lower(start), "is" | "are" | "isnt" | "arent") {
        return false;
    }
    let mut subject = start + 1;
    let is_existential = tokens.lower(subject) == "there";
    if is_existential {
        subject += 1;
    }
    while is_determiner(tokens.lower(subject)) && tokens.lower(subject) != "any" {
        subject += 1;
    }
    let word = tokens.lower(subject);
    let is_someone = matches!(word, "anyone" | "anybody" | "someone" | "somebody");
    let asks_of_all = tokens.row.iter().any(|token| {
        matches!(
            token.lower.as_str(),
            "ever" | "usually" | "normally" | "always" | "often" | "per" | "than" | "or"
        )
    });
    if word.is_empty() || OTHERS.contains(&word) || asks_of_all || is_existential && !is_someone {
        return false;
    }
    for at in subject + 1..tokens.row.len() {
        if tokens.is_free(at..at + 1) && WHERE.contains(&tokens.lower(at)) && tokens.row[at].quote.is_none() {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
    true
}
