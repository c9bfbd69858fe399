//! Whether a question leans on the one before it, by its words. A whole new question does not.

use super::{
    says::Says,
    stop_words::{is_question_word, is_stop_word},
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, Interpretation, QuestionForm};

/// The longest fragment that is read as a follow-up ("and on camera 3 in the morning?").
const FRAGMENT_WORDS_MAX: usize = 7;

/// Whether the question leans on the one before it.
pub(super) fn is_follow_up(tokens: &Tokens<'_>, says: Says, intent: Option<Intent>) -> bool {
    if tokens.row.is_empty() || matches!(intent, Some(Intent::SmallTalk | Intent::Help | Intent::ListCameras))
    {
        return false;
    }
    if intent == Some(Intent::Basis) {
        return true;
    }
    if says.relative_period || opens_as_follow_up(tokens) {
        return true;
    }
    let is_whole = (says.subject() || says.words) && says.periods;
    (!is_whole && points_back(tokens, says))
        || is_bare_question(tokens, says, intent)
        || is_bare_command(tokens)
        || is_fragment(tokens, says)
}

/// "which one had more?", "which dock was busier?": the two sides of the comparison before it are meant, or
/// of the two questions before it.
pub(super) fn asks_which_side(tokens: &Tokens<'_>, it: &Interpretation) -> bool {
    let compares = tokens.row.iter().any(|token| {
        matches!(token.lower.as_str(), "more" | "fewer" | "less" | "busier" | "quieter" | "most" | "fewest")
    });
    let is_new = !it.periods.is_empty() || !it.labels.is_empty() || !it.event_types.is_empty();
    compares && !is_new && it.form == QuestionForm::Which && tokens.row.len() <= FRAGMENT_WORDS_MAX
}

/// Whether the words fit two questions as well as a comparison: "which camera had the most of them?" asks for
/// a ranking within the last one.
pub(super) fn asks_of_two(tokens: &Tokens<'_>) -> bool {
    let is_superlative = tokens.row.iter().any(|token| matches!(token.lower.as_str(), "most" | "fewest"));
    !is_superlative || tokens.find("the two").is_some()
}

/// "start over", "new question": what went before no longer counts. Takes these words.
pub(super) fn read_fresh_start(tokens: &mut Tokens<'_>) -> bool {
    let phrases = [
        "start over",
        "start again",
        "new question",
        "new topic",
        "different question",
        "another question",
        "forget that",
        "forget it",
    ];
    let Some(at) = phrases.iter().find_map(|phrase| tokens.find(phrase)) else { return false };
    if tokens.is_free(at..at + 2) {
        tokens.take(at..at + 2, Role::Intent);
    }
    true
}

/// Where the opener of a follow-up ends: "what about …", "no, I meant …".
pub(super) fn opener(tokens: &Tokens<'_>) -> usize {
    let mut end = 0;
    loop {
        let phrase = [
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
            "excluding",
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
            "thank you",
            "great",
            "cool",
            "nice",
        ]
        .iter()
        .find(|phrase| tokens.has_at(end, phrase));
        match phrase {
            Some(phrase) if tokens.row[end].role != Role::Time => end += phrase.split(' ').count(),
            _ => return end,
        }
    }
}

fn opens_as_follow_up(tokens: &Tokens<'_>) -> bool {
    let end = opener(tokens);
    let is_mere_nod = (0..end).all(|at| {
        matches!(
            tokens.lower(at),
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
        )
    }) && tokens.row.len() > end + FRAGMENT_WORDS_MAX;
    end > 0 && !is_mere_nod
}

/// "they", "those", "there", "around then".
fn points_back(tokens: &Tokens<'_>, says: Says) -> bool {
    if tokens.find("instead").is_some()
        || tokens.find("the same").is_some()
        || tokens.find("what else").is_some()
    {
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
            matches!(tokens.before(at), "around" | "since" | "by" | "until" | "before" | "after" | "back")
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

/// "how many?", "when?", "where exactly?": a question about what the last one found.
fn is_bare_question(tokens: &Tokens<'_>, says: Says, intent: Option<Intent>) -> bool {
    let asks = tokens.row.iter().any(|token| is_question_word(&token.lower));
    let is_about_something =
        says.periods || says.places || says.zones || says.sub_labels || says.event_types || says.words;
    let is_fitting = matches!(
        intent,
        None | Some(
            Intent::Count
                | Intent::First
                | Intent::Last
                | Intent::Busiest
                | Intent::HowLong
                | Intent::Related
        )
    );
    let is_short = tokens.row.len() <= if says.labels { 4 } else { FRAGMENT_WORDS_MAX };
    asks && is_short && is_fitting && !is_about_something
}

/// "show me", "list them please", "per day?", "anyone else?": what the last question found.
fn is_bare_command(tokens: &Tokens<'_>) -> bool {
    let words = tokens.row.len();
    if words <= 3 && matches!(tokens.lower(0), "per" | "by" | "each") {
        return true;
    }
    if words == 2 && tokens.lower(1) == "else" {
        return true;
    }
    let is_idle = |word: &str| matches!(word, "me" | "us" | "please" | "now" | "the" | "a" | "any" | "its");
    let is_of_pictures = |word: &str| {
        matches!(
            word,
            "clip"
                | "clips"
                | "video"
                | "videos"
                | "footage"
                | "recording"
                | "recordings"
                | "picture"
                | "pictures"
                | "snapshot"
                | "snapshots"
                | "still"
                | "stills"
        )
    };
    matches!(tokens.lower(0), "show" | "list" | "display" | "play")
        && (1..tokens.row.len()).all(|at| is_idle(tokens.lower(at)) || is_of_pictures(tokens.lower(at)))
}

/// "camera 3?", "yesterday", "vehicles?": one thing named and nothing done.
fn is_fragment(tokens: &Tokens<'_>, says: Says) -> bool {
    let kinds = [says.periods, says.places || says.zones, says.subject(), says.min_confidence];
    let one_kind = kinds.iter().filter(|said| **said).count() == 1;
    one_kind
        && !says.words
        && !says.intent
        && (!says.form || (says.labels && tokens.lower(0) == "any" && tokens.row.len() <= 3))
        && !says.event_types
        && tokens.row.len() <= FRAGMENT_WORDS_MAX
        && tokens.row.iter().all(|token| token.role != Role::Free || is_stop_word(&token.lower))
}
