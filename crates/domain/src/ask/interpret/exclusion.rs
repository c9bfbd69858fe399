//! "except camera 2", "not the lobby", "other than the gate": whether a mention is meant to be left out.

use std::ops::Range;

use super::{
    nouns::noun,
    stop_words::{is_camera_word, is_determiner, is_place_preposition, is_question_word},
    tokens::{Role, Tokens},
};

/// How far before a mention the word that leaves it out may stand.
const REACH: usize = 6;

/// With more words than this, a "no" at the beginning asks, and leaves nothing out.
const FRAGMENT_WORDS_MAX: usize = 4;

/// Words that leave out what stands behind them, whatever stands before them.
const LEAVING_OUT: [&str; 21] = [
    "except",
    "excepted",
    "excluding",
    "exclude",
    "excepting",
    "ignoring",
    "ignore",
    "disregarding",
    "discounting",
    "minus",
    "omit",
    "omitting",
    "without",
    "besides",
    "not",
    "neither",
    "non",
    "isnt",
    "arent",
    "wasnt",
    "werent",
];

/// Whether a word leaves out what stands behind it.
pub(super) fn is_leaving_word(word: &str) -> bool {
    LEAVING_OUT.contains(&word)
}

/// Whether the word at `at` only leaves out a place or a thing that stands behind it and was understood. A
/// van "without markings" is content.
pub(super) fn leaves_out(tokens: &Tokens<'_>, at: usize) -> bool {
    let has_companion =
        tokens.has_at(at, "exception of") || tokens.has_at(at, "save for") || is_leaving_out(tokens, at);
    let is_told =
        matches!(tokens.lower(at), "skip" | "remove" | "drop" | "hide") && is_imperative(tokens, at);
    if !has_companion && !is_told && !sets_apart(tokens, at) && !LEAVING_OUT.contains(&tokens.lower(at)) {
        return false;
    }
    let mut next = at + 1 + usize::from(has_companion);
    while is_determiner(tokens.lower(next)) || is_camera_word(tokens.lower(next)) {
        next += 1;
    }
    tokens.row.get(next).is_some_and(|token| matches!(token.role, Role::Place | Role::Subject))
}

/// "everything but", "all cameras but".
pub(super) fn is_universal(tokens: &Tokens<'_>, at: usize) -> bool {
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

/// "trucks excluded", "trucks don't count": how many words behind a thing leave it out.
pub(super) fn left_out_behind(tokens: &Tokens<'_>, end: usize) -> usize {
    if tokens.row.get(end).is_none_or(|next| next.follows_break) {
        return 0;
    }
    match (tokens.lower(end), tokens.lower(end + 1)) {
        ("excluded" | "excepted" | "aside" | "omitted", _) => 1,
        ("dont" | "not" | "arent" | "doesnt" | "isnt", "count" | "counted" | "included" | "matter") => 2,
        _ => 0,
    }
}

/// Whether what starts at `at` is left out; `left_out` says which words before it belong to a mention
/// that is left out, because "except camera 2 and the gate" leaves out both.
pub(super) fn is_left_out(tokens: &Tokens<'_>, at: usize, left_out: &[usize]) -> bool {
    reaches(tokens, at, left_out, |word| matches!(word, "counting" | "including" | "include" | "count"))
}

/// The same of a thing, which can be left out with what is done with it: "not driving a truck".
pub(super) fn is_thing_left_out(tokens: &Tokens<'_>, at: usize, left_out: &[usize]) -> bool {
    reaches(tokens, at, left_out, is_having) || is_unwanted(tokens, at)
}

/// "No people, no vehicles: what else was there?"
fn asks_later(tokens: &Tokens<'_>) -> bool {
    let asks =
        |word: &str| is_question_word(word) || matches!(word, "anything" | "any" | "else" | "did" | "was");
    tokens.row.iter().skip(1).any(|token| token.follows_break && asks(&token.lower))
}

/// "I don't want to see guards", "do not include vans".
fn is_unwanted(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_wanting = |word: &str| {
        matches!(word, "want" | "need" | "see" | "show" | "list" | "include" | "count" | "to" | "me" | "care")
    };
    let passes = |at: &usize| is_wanting(tokens.lower(*at)) || is_determiner(tokens.lower(*at));
    let from = at.saturating_sub(REACH);
    let verb = (from..at).rev().take_while(passes).last();
    verb.is_some_and(|verb| {
        (verb..at).any(|at| is_wanting(tokens.lower(at))) && matches!(tokens.before(verb), "dont" | "not")
    })
}

/// The same of a deed: "but didn't sit down", "who never left".
pub(super) fn is_deed_left_out(tokens: &Tokens<'_>, at: usize, left_out: &[usize]) -> bool {
    let is_adverb = |word: &str| matches!(word, "yet" | "ever" | "even" | "actually" | "really" | "also");
    let before = (0..at).rev().find(|before| !is_adverb(tokens.lower(*before)));
    before.is_some_and(|before| {
        let is_near = at - before <= 2 && !tokens.row[at].follows_break;
        is_near && denies_a_deed(tokens.lower(before)) && !is_question(tokens, before)
    }) || reaches(tokens, at, left_out, |_| false)
}

/// Auxiliaries that deny what is done behind them, and "never".
pub(super) fn denies_a_deed(word: &str) -> bool {
    matches!(
        word,
        "didnt" | "dont" | "doesnt" | "hasnt" | "havent" | "hadnt" | "wont" | "cannot" | "cant" | "never"
    )
}

/// "Isn't there", "why didn't": asked, not denied.
pub(super) fn is_question(tokens: &Tokens<'_>, at: usize) -> bool {
    at == 0 || tokens.row[at].follows_break && tokens.lower(at).ends_with("nt") || tokens.before(at) == "why"
}

/// Where a list of exceptions goes on behind its first item: "other than Anna, Mark and Leo". Whatever its items are
/// read as, all are left out. Read once the times are known.
pub(super) fn lists(tokens: &Tokens<'_>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in 0..tokens.row.len() {
        if found.last().is_some_and(|list| list.end > at) {
            continue;
        }
        if let Some(start) = exception_at(tokens, at)
            && let Some(list) = list_from(tokens, start)
        {
            found.push(list);
        }
    }
    found
}

/// Where what is left out begins, if a word at `at` leaves out a list as a whole.
fn exception_at(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    if tokens.row[at].role != Role::Free {
        return None;
    }
    let next = tokens.lower(at + 1);
    match tokens.lower(at) {
        "except" | "excepting" | "excluding" | "exclude" | "ignoring" | "omitting" | "minus" | "besides"
        | "neither" | "disregarding" | "discounting" => Some(at + 1),
        "other" if next == "than" => Some(at + 2),
        "apart" | "aside" if next == "from" => Some(at + 2),
        "exception" if next == "of" => Some(at + 2),
        "but" if is_universal(tokens, at) || next == "not" => Some(at + 1 + usize::from(next == "not")),
        _ if is_leaving_out(tokens, at) => Some(at + 2),
        _ if sets_apart(tokens, at) => Some(at + 1),
        _ => None,
    }
}

/// The items from the second on. A comma goes on only to an "and" or "or" that ends the list.
fn list_from(tokens: &Tokens<'_>, start: usize) -> Option<Range<usize>> {
    const ITEM_WORDS_MAX: usize = 4;
    let mut second = None;
    let (mut end, mut item) = (start, 0);
    let mut at = start;
    while let Some(token) = tokens.row.get(at) {
        let is_comma = at > start && token.follows_break;
        if is_comma && !tokens.follows_comma(at) {
            break;
        }
        let is_joint = matches!(token.lower.as_str(), "and" | "or" | "nor");
        if is_comma || is_joint {
            end = if is_joint { at } else { end };
            item = 0;
        }
        let ends = token.role == Role::Time
            || is_question_word(&token.lower)
            || matches!(
                token.lower.as_str(),
                "how"
                    | "show"
                    | "list"
                    | "did"
                    | "was"
                    | "were"
                    | "is"
                    | "are"
                    | "there"
                    | "that"
                    | "but"
                    | "came"
            )
            // "Neither men nor women, just kids".
            || is_comma && matches!(token.lower.as_str(), "just" | "only");
        if ends || item > ITEM_WORDS_MAX {
            break;
        }
        let is_place = is_place_preposition(&token.lower) && token.lower != "of";
        if is_place && item > 0 {
            break;
        }
        if is_joint || is_comma {
            second = second.or(Some(at));
        }
        if !is_joint && !is_determiner(&token.lower) && !is_place {
            item += 1;
        }
        at += 1;
    }
    // What stands behind the last "and" belongs to the list, up to where it was read.
    let second = second.filter(|second| end >= *second && at > end + 1)?;
    matches!(tokens.lower(end), "and" | "or" | "nor").then_some(second..at)
}

fn reaches(tokens: &Tokens<'_>, at: usize, left_out: &[usize], steps_over: impl Fn(&str) -> bool) -> bool {
    if tokens.is_excepted(at) {
        return true;
    }
    let mut joined = false;
    let start = at;
    let mut at = at;
    for _ in 0..REACH {
        let follows_break = tokens.row.get(at).is_some_and(|token| token.follows_break);
        let Some(before) = at.checked_sub(1) else { return false };
        if left_out.contains(&before) {
            return joined
                || (follows_break && is_one_list(tokens, before, start))
                || (before + 1 == start && goes_on_to_a_joint(tokens, start));
        }
        let word = tokens.lower(before);
        if follows_break {
            return false;
        }
        match word {
            "isnt" | "arent" | "wasnt" | "werent" if is_question(tokens, before) => return false,
            _ if LEAVING_OUT.contains(&word) => return true,
            _ if sets_apart(tokens, before) => return true,
            "for" if before > 0 && sets_apart(tokens, before - 1) => return true,
            // "Neither patrols nor deliveries", whatever the patrols were read as.
            "nor" => return true,
            "but" if is_universal(tokens, before) => {
                return true;
            }
            "than" => return matches!(tokens.before(before), "other" | "rather"),
            "of" if tokens.before(before) == "exception" => return true,
            "from" if tokens.before(before) == "apart" || tokens.before(before) == "aside" => return true,
            "out" if before > 0 && is_leaving_out(tokens, before - 1) => return true,
            "skip" | "remove" | "drop" | "hide" if is_imperative(tokens, before) => return true,
            // "No people in the office on Sunday?" asks whether there were none.
            "no" if before == 0
                && tokens.row.len() > FRAGMENT_WORDS_MAX
                && tokens.text.trim_end().ends_with('?')
                && !asks_later(tokens) =>
            {
                return false;
            }
            "no" => {
                return !matches!(
                    tokens.before(before),
                    "there"
                        | "is"
                        | "are"
                        | "was"
                        | "were"
                        | "had"
                        | "have"
                        | "has"
                        | "saw"
                        | "see"
                        | "why"
                        | "sent"
                        | "got"
                );
            }
            "and" | "or" => joined = true,
            _ if is_determiner(word) || is_place_preposition(word) || is_camera_word(word) => {}
            "number" => {}
            _ if steps_over(word) => {}
            _ => return false,
        }
        at = before;
    }
    false
}

/// "Not Tom Anna or Mia", "except Tom Anna and Mia": a list without commas goes on to its "or".
fn goes_on_to_a_joint(tokens: &Tokens<'_>, start: usize) -> bool {
    const ITEMS_MAX: usize = 6;
    let is_joint = |at: usize| matches!(tokens.lower(at), "and" | "or" | "nor");
    let is_item = |at: &usize| {
        let token = &tokens.row[*at];
        !token.follows_break
            && (*at == start || matches!(token.role, Role::Free | Role::Subject | Role::Place))
            && !is_place_preposition(&token.lower)
            && !is_determiner(&token.lower)
            && !is_question_word(&token.lower)
            && !is_joint(*at)
    };
    let end = (start..tokens.row.len().min(start + ITEMS_MAX)).find(|at| !is_item(at));
    end.is_some_and(|end| end > start && is_joint(end) && !tokens.row[end].follows_break)
}

/// Whether what stands behind a comma goes on with what is left out before it: "except the dock, the gate"
/// does, the people of "everywhere but the office: people" and "not at the office, people" do not.
fn is_one_list(tokens: &Tokens<'_>, last: usize, next: usize) -> bool {
    let (Some(out), Some(new)) = (tokens.row.get(last), tokens.row.get(next)) else { return false };
    let between = &tokens.text[out.span.end..new.span.start];
    between.contains(',') && (out.role != Role::Place || noun(&new.singular).is_none())
}

/// "Not wearing", "without counting", "not with": what is left out is had, done or counted.
pub(super) fn is_having(word: &str) -> bool {
    matches!(
        word,
        "with"
            | "belong"
            | "belonging"
            | "having"
            | "counting"
            | "including"
            | "include"
            | "count"
            | "showing"
    ) || matches!(word, "wearing" | "carrying" | "holding" | "driving" | "riding" | "pushing" | "using")
        || matches!(word, "bringing" | "pulling" | "dragging" | "wear" | "carry" | "hold" | "drive" | "ride")
}

/// "All vehicles less the vans", "bar the cats", "save for vans": nothing is compared, entered or kept.
pub(super) fn sets_apart(tokens: &Tokens<'_>, at: usize) -> bool {
    at > 0
        && !tokens.row[at].follows_break
        && match tokens.lower(at) {
            "less" => is_determiner(tokens.lower(at + 1)),
            "bar" => is_determiner(tokens.lower(at + 1)) && !is_determiner(tokens.before(at)),
            "save" => tokens.lower(at + 1) == "for",
            _ => false,
        }
}

/// "Leave out the guards".
pub(super) fn is_leaving_out(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.lower(at), "leave" | "leaving" | "filter" | "filtering") && tokens.lower(at + 1) == "out"
}

/// "Skip the guards", "and remove the vans": the whole sentence says what to leave out.
fn is_imperative(tokens: &Tokens<'_>, at: usize) -> bool {
    at == 0
        || tokens.row[at].follows_break
        || (at <= 2 && matches!(tokens.before(at), "please" | "now" | "and" | "but" | "then"))
}
