//! "Is Anna home?", "is the gate open?", "are the kids inside?": asks how things are now. No event tells that; when it
//! was last seen is the answer, and never a "yes" of all recordings.

use super::{
    intents::opening,
    periods::Mention,
    stop_words::{is_determiner, is_footage},
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

/// Nouns for what is recorded and not for what is there.
const RECORDED: [&str; 28] = [
    "event",
    "events",
    "alert",
    "alerts",
    "alarm",
    "alarms",
    "incident",
    "incidents",
    "detection",
    "detections",
    "sighting",
    "sightings",
    "visit",
    "visits",
    "activity",
    "movement",
    "anything",
    "something",
    "everything",
    "nothing",
    "else",
    "sign",
    "signs",
    "record",
    "records",
    "entry",
    "entries",
    "evidence",
];

/// Whether a question without a time asks how things are now. Takes the words that say where without naming a place.
/// Behind another question, "are there any vans?" asks of what that was about, unless it says "still".
pub(super) fn read(tokens: &mut Tokens<'_>, goes_on: bool) -> bool {
    let start = opening(tokens);
    if !matches!(tokens.lower(start), "is" | "are" | "isnt" | "arent") {
        return false;
    }
    let mut subject = start + 1;
    // "Is that a lot?"
    if matches!(tokens.lower(subject), "that" | "this" | "it" | "those" | "these" | "they")
        && (subject + 1 == tokens.row.len() || is_determiner(tokens.lower(subject + 1)))
    {
        return false;
    }
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
    if word.is_empty() || OTHERS.contains(&word) || asks_of_all {
        return false;
    }
    if is_existential && !is_someone && !is_of_things(tokens, subject, goes_on) {
        return false;
    }
    take_where(tokens, subject + 1);
    true
}

/// "Where is Anna now?": the same of where somebody is.
pub(super) fn asks_where_now(tokens: &Tokens<'_>, mentions: &[Mention]) -> bool {
    let start = opening(tokens);
    let asks = matches!((tokens.lower(start), tokens.lower(start + 1)), ("where", "is" | "are"))
        || tokens.lower(start) == "wheres";
    let is_now =
        |text: &str| matches!(text, "now" | "right now" | "currently" | "at the moment" | "just now");
    let [only] = mentions else { return false };
    asks && only.periods.len() == 1 && only.periods.iter().all(|period| is_now(&period.text))
}

/// "How many are still inside?", "how many bikes are home?": the same of a number.
pub(super) fn read_number(tokens: &mut Tokens<'_>) -> bool {
    let Some(start) = tokens.find("how many") else { return false };
    let verb = (start + 2..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "is" | "are"));
    let Some(verb) = verb else { return false };
    let is_where = |at: usize| {
        let word = tokens.lower(at);
        let has_place =
            tokens.row.get(at + 1).is_some_and(|next| !next.follows_break && next.role != Role::Intent);
        word == "still"
            || WHERE.contains(&word) && !matches!(word, "in" | "out" | "around" | "back") && !has_place
    };
    if tokens.find("ever").is_some() || !(verb + 1..tokens.row.len()).any(is_where) {
        return false;
    }
    take_where(tokens, verb + 1);
    true
}

/// "Is there a car in the driveway?": a thing that is somewhere, and no recording of it or deed that was done.
fn is_of_things(tokens: &Tokens<'_>, subject: usize, goes_on: bool) -> bool {
    // A fire alarm is a thing where events have a label for it.
    // "On site" is where the asker is.
    let is_on_site = |at: usize| tokens.lower(at) == "site" && tokens.before(at) == "on";
    let unread =
        (subject..tokens.row.len()).filter(|at| tokens.row[*at].role != Role::Subject && !is_on_site(*at));
    let words = || unread.clone().map(|at| tokens.lower(at));
    let is_told = words().any(|word| {
        matches!(word, "who" | "that" | "which" | "when" | "where" | "of" | "about")
            || is_footage(word)
            || RECORDED.contains(&word)
    });
    let is_said = words().any(|word| matches!(word, "still" | "currently" | "now" | "yet"));
    !is_told && (is_said || !goes_on)
}

fn take_where(tokens: &mut Tokens<'_>, from: usize) {
    for at in from..tokens.row.len() {
        if tokens.is_free(at..at + 1) && WHERE.contains(&tokens.lower(at)) && tokens.row[at].quote.is_none() {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}
