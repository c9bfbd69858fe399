//! How much of the turn before a question leans on. What it does not say itself, it takes from there:
//!
//! * everything, where it opens or points back like a follow-up, or is short and no whole question;
//! * else the time alone, so that no answer reaches beyond the one before it unasked;
//! * nothing, where it is whole (its own time and its own subject), asks of all time, or begins anew.

use super::{
    intents,
    pointing::{self, points_back},
    says::Says,
    stop_words::{is_question_word, is_stop_word},
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, Interpretation, QuestionForm};

/// The longest fragment that is read as a follow-up ("and on camera 3 in the morning?").
const FRAGMENT_WORDS_MAX: usize = 7;
/// The longest question that takes over place and subject without a word that says so ("how many of the men
/// at dock door 1 wore a helmet?").
const SHORT_WORDS_MAX: usize = 12;

/// What a question takes over of the turn before, as far as it does not say it itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// Nothing.
    Nothing,
    /// When.
    Time,
    /// When, where, what and how it was asked.
    Everything,
}

/// How much of the turn before a question takes over.
pub(super) fn bond(tokens: &Tokens<'_>, says: Says, it: &Interpretation) -> Bond {
    let is_aside = matches!(it.intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras);
    if tokens.row.is_empty() || is_aside || intents::asks_for_beginnings(tokens) {
        return Bond::Nothing;
    }
    let leans = it.intent == Intent::Basis
        || says.relative_period
        || opens_as_follow_up(tokens)
        || (!(says.subject() && says.periods) && points_back(tokens, says))
        || is_bare_question(tokens, says, it)
        || is_bare_command(tokens)
        || is_fragment(tokens, says)
        || (tokens.row.len() <= SHORT_WORDS_MAX && !names_its_own(says, it));
    if leans {
        Bond::Everything
    } else if says.periods {
        Bond::Nothing
    } else {
        Bond::Time
    }
}

/// Whether a question says of what it is with when or where, so that nothing of the last one is missing but,
/// perhaps, the time.
fn names_its_own(says: Says, it: &Interpretation) -> bool {
    let is_of_all = says.everything || matches!(it.intent, Intent::Timeline | Intent::Unusual);
    // "Which camera was the busiest on Monday?" ranks all of them.
    let ranks_places = it.intent == Intent::Busiest && it.form == QuestionForm::Which && says.places;
    let is_of_something = says.subject() || says.thing || is_of_all || ranks_places;
    let is_of_someone = says.who && says.where_to() && (says.periods || !says.words);
    (is_of_something && (says.periods || says.where_to())) || is_of_someone
}

/// "which one had more?", "which dock was busier?", "compare the two", "the difference?": the two sides of the
/// comparison before it are meant, or of the two questions before it.
pub(super) fn asks_which_side(tokens: &Tokens<'_>, it: &Interpretation) -> bool {
    let has = |words: &[&str]| tokens.row.iter().any(|token| words.contains(&token.lower.as_str()));
    let compares = has(&[
        "more", "fewer", "less", "busier", "quieter", "most", "fewest", "higher", "lower", "bigger",
        "larger", "smaller", "highest", "lowest", "best", "worst",
    ]);
    let sets_against = has(&["compare", "comparison", "difference", "differ"]);
    let is_new = !it.periods.is_empty() || !it.labels.is_empty() || !it.event_types.is_empty();
    let is_of_sides = (compares && it.form == QuestionForm::Which)
        || (sets_against && it.cameras.is_empty() && it.sites.is_empty() && it.zones.is_empty());
    is_of_sides && !is_new && tokens.row.len() <= FRAGMENT_WORDS_MAX
}

/// "Which day was busier?" behind "yesterday and today": the times of one question are its sides.
pub(super) fn asks_of_its_times(tokens: &Tokens<'_>, previous: &Interpretation) -> bool {
    let has = |words: &[&str]| tokens.row.iter().any(|token| words.contains(&token.singular.as_str()));
    let [first, rest @ ..] = previous.periods.as_slice() else { return false };
    let are_named = !rest.is_empty() && rest.iter().all(|period| period.text != first.text);
    are_named
        && matches!(previous.intent, Intent::Count | Intent::Find)
        && has(&["day", "date", "week", "month"])
}

/// Whether the words fit two questions as well as a comparison: "which camera had the most of them?" asks for
/// a ranking within the last one, unless that was of one camera and the one before it of another.
pub(super) fn asks_of_two(tokens: &Tokens<'_>, previous: &Interpretation, sides: &Interpretation) -> bool {
    let has = |words: &[&str]| tokens.row.iter().any(|token| words.contains(&token.singular.as_str()));
    let is_superlative = has(&["most", "fewest", "highest", "lowest"]);
    let ranks_sides = (has(&["day", "date"]) && sides.periods.len() > previous.periods.len())
        || (has(&["camera", "door", "gate", "place"]) && sides.cameras.len() > previous.cameras.len());
    !is_superlative || tokens.find("the two").is_some() || previous.intent == Intent::Compare || ranks_sides
}

/// "both?", "together?", "in total?": the two questions before it as one.
pub(super) fn asks_for_both(tokens: &Tokens<'_>, says: Says) -> bool {
    let joins =
        ["both", "together", "altogether", "combined", "summed up", "in total", "in all", "how many total"];
    let is_short = tokens.row.len() <= 4;
    is_short
        && !says.subject()
        && !says.periods
        && !says.places
        && joins.iter().any(|word| tokens.find(word).is_some())
}

/// The words by which two turns are joined or set against each other are no words to look for, even where
/// there are no two: "together?", "the difference?".
pub(super) fn without_joints(words: &str) -> Option<String> {
    const JOINTS: [&str; 18] = [
        "busier",
        "quieter",
        "best",
        "worst",
        "together",
        "altogether",
        "combined",
        "difference",
        "differ",
        "higher",
        "lower",
        "bigger",
        "larger",
        "smaller",
        "highest",
        "lowest",
        "summed",
        "comparison",
    ];
    let left: Vec<&str> =
        words.split(' ').filter(|word| !JOINTS.contains(&word.to_lowercase().as_str())).collect();
    (!left.is_empty()).then(|| left.join(" "))
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
        "forget everything",
        "clear all filters",
        "clear the filters",
        "clear filters",
        "reset all filters",
        "reset the filters",
        "reset filters",
        "remove all filters",
        "no filters",
    ];
    let found = phrases.iter().find_map(|phrase| Some((tokens.find(phrase)?, phrase.split(' ').count())));
    let Some((at, words)) = found else { return false };
    if tokens.is_free(at..at + words) {
        tokens.take(at..at + words, Role::Intent);
    }
    true
}

/// "Forget the clothes, how many in total?": what was looked for before no longer counts. Takes these words.
pub(super) fn read_dropped(tokens: &mut Tokens<'_>) -> bool {
    const WORDS_MAX: usize = 5;
    let start = ["forget about", "forget", "never mind", "nevermind"]
        .iter()
        .find_map(|phrase| tokens.has_at(0, phrase).then(|| phrase.split(' ').count()));
    let Some(start) = start else { return false };
    let end = (start..tokens.row.len()).find(|at| tokens.row[*at].follows_break).unwrap_or(tokens.row.len());
    let is_all_free = end > start && end - start <= WORDS_MAX && tokens.is_free(0..end);
    if is_all_free {
        tokens.take(0..end, Role::Intent);
    }
    is_all_free
}

fn opens_as_follow_up(tokens: &Tokens<'_>) -> bool {
    let end = pointing::opener(tokens);
    let is_mere_nod =
        (0..end).all(|at| pointing::is_nod(tokens.lower(at))) && tokens.row.len() > end + FRAGMENT_WORDS_MAX;
    end > 0 && !is_mere_nod
}

/// "how many?", "when?", "where exactly?": a question about what the last one found.
fn is_bare_question(tokens: &Tokens<'_>, says: Says, it: &Interpretation) -> bool {
    let asks = tokens.row.iter().any(|token| is_question_word(&token.lower));
    let is_about_something =
        says.periods || says.where_to() || says.sub_labels || says.event_types || says.words;
    let is_fitting = !says.intent
        || matches!(
            it.intent,
            Intent::Count
                | Intent::First
                | Intent::Last
                | Intent::Busiest
                | Intent::HowLong
                | Intent::Related
        );
    let is_short = tokens.row.len() <= if says.labels { 4 } else { FRAGMENT_WORDS_MAX };
    asks && is_short && is_fitting && !is_about_something && !says.everything
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
    let kinds = [says.periods, says.where_to(), says.subject(), says.min_confidence];
    let one_kind = kinds.iter().filter(|said| **said).count() == 1;
    one_kind
        && !says.words
        && !says.intent
        && (!says.form || (says.labels && tokens.lower(0) == "any" && tokens.row.len() <= 3))
        && !says.event_types
        && tokens.row.len() <= FRAGMENT_WORDS_MAX
        && tokens.row.iter().all(|token| token.role != Role::Free || is_stop_word(&token.lower))
}
