//! The words by which people go on with what was just said: how a follow-up opens, what points back, what
//! asks for more of the same, and what is asked of a thing rather than searched for.

use super::{
    Question,
    labels::LabelMention,
    nouns::noun,
    says::Says,
    stop_words::{is_question_word, is_stop_word},
    tokens::{Role, Token, Tokens},
};
use crate::ask::interpretation::Intent;

/// How a follow-up opens.
const OPENERS: [&str; 40] = [
    "what about",
    "how about",
    "i meant",
    "i mean",
    "only show",
    "just show",
    "and",
    "only",
    "just",
    "also",
    "but",
    "no",
    "nope",
    "not",
    "or",
    "plus",
    "then",
    "except",
    "exclude",
    "ignore",
    "skip",
    "leave out",
    "excluding",
    "besides",
    "apart from",
    "other than",
    "without",
    "same",
    "instead",
    "ok",
    "okay",
    "now",
    "sorry",
    "the same",
    "compared",
    "compare with",
    "compare to",
    "versus",
    "vs",
    "thanks",
];
/// What a speaker says to take something back or to win time; never what is looked for.
const FILLERS: [&str; 20] = [
    "wait",
    "hold on",
    "hang on",
    "actually",
    "oops",
    "correction",
    "scratch that",
    "make that",
    "make it",
    "i said",
    "i mean",
    "i meant",
    "rather",
    "hmm",
    "hm",
    "well",
    "thank you",
    "great",
    "cool",
    "nice",
];

/// What is asked of a thing rather than looked for.
const PROPERTIES: [&str; 9] =
    ["plate", "colour", "color", "name", "registration", "licence", "license", "make", "model"];

/// Where the opener of a follow-up ends: "what about …", "no, I meant …".
pub(super) fn opener(tokens: &Tokens<'_>) -> usize {
    let mut end = 0;
    loop {
        let phrase = OPENERS.iter().chain(&FILLERS).find(|phrase| tokens.has_at(end, phrase));
        match phrase {
            Some(phrase) if tokens.row[end].role != Role::Time => end += phrase.split(' ').count(),
            _ => return end,
        }
    }
}

/// Whether a word of an opener only nods, so that a long question behind it is a new one.
pub(super) fn is_nod(word: &str) -> bool {
    matches!(
        word,
        "ok" | "okay"
            | "now"
            | "sorry"
            | "no"
            | "nope"
            | "thanks"
            | "thank"
            | "you"
            | "great"
            | "cool"
            | "nice"
            | "well"
            | "hm"
            | "hmm"
    )
}

/// Takes what says nothing of what is looked for: "no wait, …", and what is asked of a thing: "its plate?",
/// "what colour was it?".
pub(super) fn read(tokens: &mut Tokens<'_>) {
    let mut at = 0;
    while at < tokens.row.len() {
        let filler = FILLERS.iter().find(|phrase| tokens.has_at(at, phrase));
        let words = match filler {
            // "Wait times at the gate" are looked for.
            Some(phrase) if !matches!(tokens.lower(at + 1), "time" | "times") => {
                let words = phrase.split(' ').count();
                tokens.take(at..at + words, Role::Intent);
                words
            }
            _ if OPENERS.iter().any(|phrase| *phrase == tokens.lower(at)) => 1,
            _ => break,
        };
        at += words;
    }
    if let Some(asked) = asked_of_a_thing(tokens) {
        tokens.take(asked, Role::Intent);
    }
    // "Plates?", "and the colours?": what everything of before has, and nothing is found by.
    let is_property = |token: &Token| PROPERTIES.contains(&token.singular.as_str());
    if tokens.row.iter().all(|token| is_property(token) || is_stop_word(&token.lower)) {
        for at in 0..tokens.row.len() {
            if is_property(&tokens.row[at]) {
                tokens.take(at..at + 1, Role::Intent);
            }
        }
    }
}

/// "its plate?", "what colour was it?", "which way did they go?": the word that is asked for.
fn asked_of_a_thing(tokens: &Tokens<'_>) -> Option<std::ops::Range<usize>> {
    let words = tokens.row.len();
    let is_asked = |at: usize| {
        let token = &tokens.row[at];
        let is_thing = noun(&token.singular).is_some_and(|noun| noun.class != "license_plate");
        tokens.is_free(at..at + 1) && token.quote.is_none() && !is_thing && !token.is_number()
    };
    if let Some(at) = (0..words).find(|at| matches!(tokens.lower(*at), "its" | "their" | "his" | "her"))
        && words <= at + 3
        && words <= 6
        && (at + 1..words).all(is_asked)
    {
        return Some(at + 1..words);
    }
    let is_verb =
        |word: &str| matches!(word, "was" | "were" | "is" | "are" | "did" | "does" | "do" | "had" | "has");
    let is_pronoun = |word: &str| matches!(word, "it" | "they" | "he" | "she" | "that" | "those" | "these");
    (0..words.saturating_sub(3)).find_map(|at| {
        let asks = matches!(tokens.lower(at), "what" | "which" | "whose");
        let is_of_it = is_verb(tokens.lower(at + 2)) && is_pronoun(tokens.lower(at + 3));
        (asks && is_of_it && is_asked(at + 1)).then_some(at + 1..at + 2)
    })
}

/// "they", "those", "there", "around then".
pub(super) fn points_back(tokens: &Tokens<'_>, says: Says) -> bool {
    if ["instead", "the same", "what else"].iter().any(|phrase| tokens.find(phrase).is_some()) {
        return true;
    }
    let is_last = |at: usize| at + 1 >= tokens.row.len() || tokens.row[at + 1].follows_break;
    (0..tokens.row.len()).filter(|at| tokens.row[*at].role != Role::Time).any(|at| match tokens.lower(at) {
        "they" | "them" | "he" | "she" | "him" => true,
        "it" | "their" | "his" | "her" | "its" | "one" | "ones" => !says.subject(),
        // "How many of those were guards?": whatever else is said, it is said of them.
        "those" | "these" => tokens.before(at) == "of" || !says.labels || is_last(at),
        "that" | "this" => {
            is_last(at)
                || matches!(
                    tokens.before(at),
                    "about"
                        | "was"
                        | "is"
                        | "did"
                        | "like"
                        | "before"
                        | "after"
                        | "compare"
                        | "break"
                        | "split"
                        | "group"
                )
        }
        "then" => {
            at > 0 && is_last(at)
                || matches!(
                    tokens.before(at),
                    "around" | "since" | "by" | "until" | "before" | "after" | "back"
                )
        }
        "there" => !says.places && !is_existential(tokens, at),
        _ => false,
    })
}

/// "were there any", "there was a": no place is meant.
fn is_existential(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_be =
        |word: &str| matches!(word, "is" | "was" | "were" | "are" | "been" | "be" | "wasnt" | "werent");
    if is_be(tokens.lower(at + 1)) {
        return true;
    }
    let asks_who = at >= 2
        && matches!(tokens.lower(at - 2), "who" | "what" | "which" | "anyone" | "someone" | "anybody");
    is_be(tokens.before(at)) && !asks_who
}

/// Notes what a question says of its subject without naming it, and how it stands to what was found before.
pub(super) fn note(says: &mut Says, tokens: &Tokens<'_>, labels: &[LabelMention]) {
    says.who = labels.iter().any(|mention| mention.is_weak);
    says.someone = labels.iter().any(|m| m.is_weak && !matches!(tokens.lower(m.at), "who" | "whom"));
    says.everybody =
        labels.iter().any(|m| m.is_weak && matches!(tokens.lower(m.at), "everybody" | "everyone"));
    says.thing = labels.iter().any(|mention| !mention.is_weak && !mention.is_left_out);
    says.everything = says_everything(tokens, *says);
    // "Which camera?" alone asks of what was found, wherever that was.
    says.which_place = tokens.row.len() > 3 && asks_which_place(tokens);
    says.narrows = narrows(tokens);
    says.at_all = tokens.find("at all").is_some();
}

/// "how many events", "anything at the gate": whatever it was. "These events" are those of before.
fn says_everything(tokens: &Tokens<'_>, says: Says) -> bool {
    // "How many events was that?"
    let is_pronoun = |word: &str| matches!(word, "that" | "this" | "it" | "they" | "them");
    if tokens.row.iter().any(|token| is_pronoun(&token.lower) && token.role != Role::Time) {
        return false;
    }
    (0..tokens.row.len()).any(|at| {
        let is_meant = match tokens.lower(at) {
            "events" | "event" | "everything" | "activity" | "alerts" | "detections" | "incidents" => true,
            // "Carrying anything?" is asked of those of before.
            "anything" => {
                !says.words
                    && tokens.lower(at + 1) != "else"
                    && (at == opener(tokens) || matches!(tokens.before(at), "there" | "see" | "did"))
            }
            _ => return false,
        };
        // "The last event": of those before, unless it is that of another place.
        let is_back = |word: &str| {
            matches!(word, "these" | "those" | "its" | "their" | "more" | "other")
                || (word == "the" && !says.where_to())
        };
        // "Which camera had the most events yesterday?" is of all of them, as it has a time of its own.
        let is_ranked = matches!(tokens.before(at), "most" | "fewest" | "least");
        if is_ranked && says.periods && !says.relative_period {
            return is_meant;
        }
        is_meant
            && !is_back(tokens.before(at))
            && !at.checked_sub(2).is_some_and(|before| is_back(tokens.lower(before)))
    })
}

/// "only the blue ones", "how many of these were …", "were they …": within what was found, so that nothing of it
/// is dropped.
fn narrows(tokens: &Tokens<'_>) -> bool {
    let is_of_found = |at: usize| match tokens.lower(at) {
        "they" | "them" | "he" | "she" | "him" | "it" => true,
        "these" | "those" | "which" => tokens.before(at) == "of",
        _ => false,
    };
    (0..opener(tokens)).any(|at| matches!(tokens.lower(at), "only" | "just"))
        || (0..tokens.row.len()).any(is_of_found)
}

/// Whether a question holds nothing but words that point at something: "that one", "and them?", "more".
pub(super) fn only_points(tokens: &Tokens<'_>) -> bool {
    let is_pointer = |word: &str| {
        matches!(
            word,
            "that"
                | "this"
                | "those"
                | "these"
                | "it"
                | "they"
                | "them"
                | "he"
                | "she"
                | "him"
                | "her"
                | "both"
                | "more"
                | "same"
                | "its"
                | "their"
                | "his"
                | "previous"
                | "rest"
        )
    };
    let is_idle = |word: &str| is_stop_word(word) || matches!(word, "compare" | "difference" | "together");
    (tokens.row.iter().any(|token| is_pointer(&token.lower)) || tokens.find("the two").is_some())
        && tokens.row.iter().all(|token| {
            matches!(token.role, Role::Free | Role::Intent)
                && token.quote.is_none()
                && (is_pointer(&token.lower) || is_idle(&token.lower))
        })
}

/// "which camera", "what site": the answer is a place, so that the one place of before is none to look in.
fn asks_which_place(tokens: &Tokens<'_>) -> bool {
    (0..tokens.row.len()).any(|at| {
        is_question_word(tokens.lower(at))
            && (at + 1..tokens.row.len().min(at + 3)).any(|at| {
                matches!(
                    tokens.row[at].singular.as_str(),
                    "camera" | "cam" | "site" | "place" | "location" | "building"
                )
            })
    })
}

/// Whether a word stands alone: neither described by the words before it ("in red", "with a bag") nor of a
/// thing, so that nobody can tell whether it is looked for.
pub(super) fn is_bare_word(tokens: &Tokens<'_>) -> bool {
    let start = opener(tokens);
    let is_alone = |at: usize| {
        let token = &tokens.row[at];
        token.lower == "the"
            || (token.role == Role::Free && !is_stop_word(&token.lower) && noun(&token.singular).is_none())
    };
    tokens.row.len() <= start + 2 && (start..tokens.row.len()).all(is_alone)
}

/// "then", "that hour", "the hour after": the time that an answer named.
pub(super) fn points_at_time(tokens: &Tokens<'_>, unit: &str) -> bool {
    let words = tokens.row.len();
    (0..words).any(|at| match tokens.lower(at) {
        "then" => at > 0 && at + 1 >= words,
        "that" => tokens.lower(at + 1) == unit || tokens.has_at(at + 1, "time"),
        word if word == unit => {
            matches!(tokens.lower(at + 1), "before" | "after" | "later" | "earlier" | "afterwards")
                || matches!(tokens.before(at), "next" | "previous" | "following" | "preceding")
        }
        _ => false,
    })
}

/// "there", "that camera": the place that an answer named.
pub(super) fn points_at_place(tokens: &Tokens<'_>) -> bool {
    (0..tokens.row.len()).any(|at| match tokens.lower(at) {
        "there" => !is_existential(tokens, at),
        "that" => matches!(tokens.lower(at + 1), "camera" | "place" | "cam"),
        _ => false,
    })
}

/// "and then?", "what did he do next?", "what happened after that?": what followed, and of whom.
pub(super) fn asks_what_followed(tokens: &Tokens<'_>, question: &Question<'_>) -> bool {
    let idle = [
        "and", "so", "what", "who", "did", "do", "does", "he", "she", "it", "they", "happened", "happens",
        "happen", "came", "come", "was", "were", "went", "the", "there", "to", "them", "him", "her", "go",
        "done", "up", "right", "straight", "directly", "man", "woman", "person", "people", "vehicle", "car",
        "van", "truck",
    ];
    let Some(last) = tokens.row.len().checked_sub(1) else { return false };
    let followed = matches!(tokens.lower(last), "next" | "then" | "afterwards" | "after");
    let is_time_of_then = tokens.lower(last) == "then"
        && matches!(tokens.before(last), "around" | "back" | "by" | "since" | "until" | "before");
    // Behind a count of an hour, what happened then happened in it.
    let is_of_one = question.previous.is_some_and(|previous| {
        matches!(previous.intent, Intent::First | Intent::Last | Intent::Related)
            || !previous.refers_to.is_empty()
    }) || question.evidence.len() == 1;
    let is_time_of_then = is_time_of_then
        || (tokens.lower(last) == "then" && last > 1 && tokens.find("what").is_some() && !is_of_one);
    let is_opened =
        tokens.row.len() == 2 && matches!(tokens.lower(0), "then" | "next") && tokens.lower(1) == "what";
    (followed && last > 0 && !is_time_of_then && (0..last).all(|at| idle.contains(&tokens.lower(at))))
        || is_opened
}

/// "what did he do next?": the deeds of one, not what else there was.
pub(super) fn follows_someone(tokens: &Tokens<'_>) -> bool {
    ["do next", "do then", "do afterwards", "do after that"]
        .iter()
        .any(|phrase| tokens.find(phrase).is_some())
}
