//! Reads what is not about events: greetings, help, the list of cameras, the weather.

use super::{
    super::{
        stop_words::{is_determiner, is_footage, is_question_word, is_stop_word},
        tokens::{Role, Token, Tokens},
    },
    phrases::{
        ASKING_SUMS, BASIS, COURTESIES, GREETINGS, HELP, LISTING, NODS, OFF_TOPIC, OPERATIONS, first_of,
    },
};
use crate::ask::interpretation::Intent;

/// What else the question holds, as far as it decides what is wanted.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one question, read by name")]
pub(in super::super) struct Holds {
    /// Labels, names or types.
    pub(in super::super) a_subject: bool,
    /// Cameras, sites or zones, found or not.
    pub(in super::super) a_place: bool,
    pub(in super::super) a_period: bool,
    /// Names of which there are two or more, so that they can be compared.
    pub(in super::super) two_of_a_kind: bool,
    /// Whether something was asked before.
    pub(in super::super) goes_on: bool,
}

/// The longest greeting, in words.
const GREETING_WORDS_MAX: usize = 6;

/// Reads an aside from a question that begins at `start`, and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>, holds: Holds, start: usize) -> Option<Intent> {
    let words = tokens.row.len();
    // What was recorded is not changed by asking.
    if matches!(tokens.lower(start), "delete" | "erase" | "wipe" | "purge") {
        tokens.take(0..words, Role::Intent);
        return Some(Intent::Help);
    }
    // Nothing is done here: what is asked for would only be looked for in what was recorded.
    if orders(tokens, start, holds) {
        tokens.take(0..words, Role::Intent);
        return Some(Intent::Help);
    }
    if is_whole(tokens, BASIS) {
        tokens.take(0..words, Role::Intent);
        return Some(Intent::Basis);
    }
    let asks_of_found = holds.goes_on && asks_which_alone(tokens);
    if !holds.a_subject && !holds.a_period && !asks_of_found && lists_cameras(tokens) {
        for token in tokens.row.iter_mut().filter(|token| token.role == Role::Free) {
            token.role = Role::Intent;
        }
        return Some(Intent::ListCameras);
    }
    if holds.a_subject || holds.a_place {
        return None;
    }
    let is_help = first_of(tokens, HELP).is_some() || (tokens.lower(start) == "help" && words <= start + 2);
    let is_wordless = words == 0 && !tokens.text.trim().is_empty();
    let is_off_topic = first_of(tokens, OFF_TOPIC).is_some() || is_sum(tokens, holds);
    let intent = if is_help && !holds.a_period {
        Intent::Help
    } else if is_greeting(tokens, holds) || is_off_topic || is_wordless {
        Intent::SmallTalk
    } else {
        return None;
    };
    tokens.take(0..words, Role::Intent);
    Some(intent)
}

/// "Unlock the roller door", "call security", "order me a pizza", "turn on the light".
fn orders(tokens: &Tokens<'_>, start: usize, holds: Holds) -> bool {
    let is_asked =
        matches!(tokens.lower(start), "can" | "could" | "would" | "will") && tokens.lower(start + 1) == "you";
    let start = if is_asked { start + 2 + usize::from(tokens.lower(start + 2) == "please") } else { start };
    // "Open the video", "open the gate events".
    let is_of_recordings = |token: &Token| {
        is_footage(&token.lower) || matches!(token.singular.as_str(), "event" | "detection" | "result")
    };
    if tokens.row.iter().any(is_of_recordings)
        || tokens.row.get(start).is_none_or(|token| token.quote.is_some())
    {
        return false;
    }
    let next = tokens.row.get(start + 1);
    let is_told = next.is_some_and(|next| {
        !next.follows_break
            && (is_determiner(&next.lower) || matches!(next.lower.as_str(), "me" | "us" | "all"))
    });
    let is_switch = |at: usize| matches!(tokens.lower(at), "on" | "off");
    match tokens.lower(start) {
        "unlock" | "disarm" | "reboot" | "restart" | "unmute" | "mute" => next.is_some(),
        "order" | "book" | "buy" | "remind" | "notify" | "email" | "text" | "dial" => is_told,
        "lock" | "arm" | "open" | "close" | "shut" | "ring" => is_told && !holds.a_period,
        "call" | "phone" | "alert" => {
            is_told
                || next.is_some_and(|next| {
                    matches!(
                        next.lower.as_str(),
                        "security" | "police" | "911" | "112" | "999" | "ambulance" | "somebody" | "someone"
                    )
                })
        }
        "turn" | "switch" => is_switch(start + 1) || (start + 2..tokens.row.len()).any(is_switch),
        _ => false,
    }
}

/// Whether the question is one of these and nothing else, but for a "but" in front or a "please" behind.
fn is_whole(tokens: &Tokens<'_>, phrases: &[&str]) -> bool {
    let mut words: Vec<&str> = tokens.row.iter().map(|token| token.lower.as_str()).collect();
    while matches!(words.first(), Some(&("but" | "and" | "hm" | "hmm" | "ok" | "okay" | "so"))) {
        words.remove(0);
    }
    while matches!(words.last(), Some(&("please" | "then" | "though"))) {
        words.pop();
    }
    phrases.iter().any(|phrase| phrase.split(' ').eq(words.iter().copied()))
}

/// "hello", "thanks a lot", "good morning": a period in any other is a question about it.
fn is_greeting(tokens: &Tokens<'_>, holds: Holds) -> bool {
    // "Ok thanks": a nod, or several.
    let nods = |word: &str| NODS.contains(&word) || GREETINGS.contains(&word);
    let is_nod = !tokens.row.is_empty()
        && tokens.row.iter().all(|token| nods(&token.lower) && token.role != Role::Time);
    let greets = (!holds.a_period || tokens.lower(0) == "good")
        && tokens.row.len() <= GREETING_WORDS_MAX
        && GREETINGS.contains(&tokens.lower(0))
        && tokens.row.iter().skip(1).all(|token| {
            let is_question = is_question_word(&token.lower) && token.lower != "how";
            let is_courtesy = is_stop_word(&token.lower) || COURTESIES.contains(&token.lower.as_str());
            !is_question && (is_courtesy || token.role == Role::Time)
        });
    is_nod || greets
}

/// "what is 17 times 23?", "2 + 2": numbers, what is done to them, and nothing else.
fn is_sum(tokens: &Tokens<'_>, holds: Holds) -> bool {
    let words = || tokens.row.iter().map(|token| token.lower.as_str());
    let has_operation = words().any(|word| OPERATIONS.contains(&word))
        || tokens.text.contains(['+', '*', '×', '÷', '=', '^', '/'])
        || tokens.text.contains(" - ");
    let is_of_sums = |word: &str| {
        word.bytes().all(|b| b.is_ascii_digit()) || OPERATIONS.contains(&word) || ASKING_SUMS.contains(&word)
    };
    let numbers = tokens.row.iter().filter(|token| token.is_number()).count();
    !holds.a_period && numbers > 1 && has_operation && words().all(is_of_sums)
}

/// "which camera?", "on which cameras?", "which camera was that?": of what was found before.
fn asks_which_alone(tokens: &Tokens<'_>) -> bool {
    let is_idle = |word: &str| {
        matches!(
            word,
            "and"
                | "on"
                | "at"
                | "by"
                | "from"
                | "was"
                | "is"
                | "were"
                | "it"
                | "that"
                | "this"
                | "those"
                | "please"
        )
    };
    let is_asked = |word: &str| {
        matches!(word, "which" | "what" | "camera" | "cameras" | "cam" | "cams" | "site" | "sites")
    };
    tokens.row.len() > 1
        && tokens.row.iter().all(|token| is_idle(&token.lower) || is_asked(&token.lower))
        && tokens.row.iter().any(|token| matches!(token.lower.as_str(), "which" | "what"))
}

/// "which cameras are there", "list the outdoor cameras".
fn lists_cameras(tokens: &Tokens<'_>) -> bool {
    let Some(at) =
        (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "cameras" | "cams" | "camera" | "sites"))
    else {
        return false;
    };
    let mut before = at;
    while before > 0
        && (is_determiner(tokens.before(before))
            || tokens.row[before - 1].role == Role::Place
            || matches!(
                tokens.before(before),
                "of" | "available" | "me" | "outdoor" | "indoor" | "security" | "other"
            ))
    {
        before -= 1;
    }
    let asks = matches!(tokens.before(before), "which" | "what" | "list" | "name" | "many")
        || tokens.has_at(before.saturating_sub(2), "where are");
    let last = tokens.lower(tokens.row.len() - 1);
    let asks_for_state = matches!(tokens.before(before), "is" | "are" | "there")
        && matches!(
            last,
            "online"
                | "offline"
                | "working"
                | "down"
                | "silent"
                | "active"
                | "running"
                | "recording"
                | "broken"
                | "up"
        );
    let asks_for_list = tokens.row.len() == 1 || tokens.find("camera list").is_some();
    // "Status of all cameras", "what is the camera status?"
    let asks_for_status = tokens.find("status").is_some()
        && (0..at)
            .all(|at| is_stop_word(tokens.lower(at)) || matches!(tokens.lower(at), "status" | "current"));
    let asks = asks || asks_for_state || asks_for_list || asks_for_status;
    let shows_all = matches!(tokens.before(before), "show" | "display")
        && (before..at).any(|at| matches!(tokens.lower(at), "all" | "available" | "my" | "our"));
    let is_idle = (at + 1..tokens.row.len())
        .all(|at| tokens.row[at].role == Role::Place || LISTING.contains(&tokens.lower(at)));
    let has =
        tokens.has_at(0, "do you have") || tokens.has_at(0, "do we have") || tokens.has_at(0, "are there");
    is_idle && (asks || shows_all || (has && tokens.lower(at) == "cameras"))
}
