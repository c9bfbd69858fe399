//! What is left of a question when everything with a meaning of its own is taken out of it.

use std::ops::Range;

use super::{
    choices, exclusion,
    labels::is_listed,
    nouns::{noun, usual},
    numbers::number_word,
    stop_words::{is_determiner, is_stop_word},
    tokens::{Role, Token, Tokens},
};
use crate::{
    ask::{
        interpretation::{Intent, Interpretation, Perhaps},
        stems::is_inflected,
    },
    coloured::colour,
};

/// The words to search descriptions for, in the order of the question; `None` when nothing is left.
pub(super) fn left_over(tokens: &Tokens<'_>, is_compared: bool) -> Option<String> {
    let content: Vec<usize> =
        (0..tokens.row.len()).filter(|at| is_content(tokens, *at, &tokens.row[*at])).collect();
    let phrases: Vec<Range<usize>> =
        choices::of(tokens, &content, is_compared).into_iter().flatten().collect();
    let mut words = String::new();
    for (index, at) in content.iter().copied().enumerate() {
        let token = &tokens.row[at];
        let last = index.checked_sub(1).map(|before| content[before]);
        let phrase = phrases.iter().find(|phrase| phrase.contains(&index));
        if token.is_joined && last.is_some_and(|last| last + 1 == at) {
            words.push_str(&tokens.text[tokens.row[at - 1].span.end..token.span.start]);
        } else if let Some(last) = last {
            let is_alternative = match phrase {
                Some(phrase) => phrase.start == index && phrases.iter().any(|other| other.end == index),
                None => {
                    (tokens.row[last].is_kept && token.is_kept && is_listed(tokens, last, at))
                        || is_either(tokens, last, at, is_compared)
                }
            };
            // The red of "a red car near the entrance" is not that of the entrance.
            let is_of_another = last + 1 != at && colour(tokens.lower(last)).is_some();
            words.push_str(match (is_alternative, is_of_another) {
                (true, _) => " or ",
                (_, true) => " and ",
                _ => " ",
            });
        }
        let is_bracketed = phrase.is_some_and(|phrase| phrase.len() > 1);
        if is_bracketed && phrase.is_some_and(|phrase| phrase.start == index) {
            words.push('(');
        }
        let usual = usual(&token.singular).filter(|_| token.is_kept);
        match usual {
            // A choice within another has one word.
            Some(usual) if is_bracketed => words.push_str(usual.split(' ').next().unwrap_or(usual)),
            Some(usual) => words.extend([shown(tokens, token), " or ", usual]),
            None => words.push_str(shown(tokens, token)),
        }
        if is_bracketed && phrase.is_some_and(|phrase| phrase.end == index + 1) {
            words.push(')');
        }
    }
    (!words.is_empty()).then_some(words)
}

/// "At the north entrance", "to the gym": whether the words left over are one phrase that is led up to as a place.
pub(super) fn say_where(tokens: &Tokens<'_>) -> bool {
    let content = || (0..tokens.row.len()).filter(|at| is_content(tokens, *at, &tokens.row[*at]));
    let (Some(first), Some(last)) = (content().next(), content().next_back()) else { return false };
    let says_what = |at: usize| {
        let token = &tokens.row[at];
        noun(&token.singular).is_some() || colour(&token.lower).is_some() || token.quote.is_some()
    };
    let leads = first > 1
        && matches!(tokens.before(first), "the" | "our" | "my")
        && matches!(
            tokens.lower(first - 2),
            "at" | "in" | "to" | "near" | "by" | "from" | "inside" | "outside" | "into" | "on"
        );
    leads && content().count() == last + 1 - first && !(first..=last).any(says_what)
}

/// "Blue or red", "a box or two parcels", "red, blue or green": one of them is enough.
fn is_either(tokens: &Tokens<'_>, last: usize, at: usize, is_compared: bool) -> bool {
    let is_filler = |at: usize| {
        let word = tokens.lower(at);
        is_determiner(word) || number_word(word).is_some() || tokens.row[at].is_number()
    };
    let is_joint = |at: usize| {
        tokens.lower(at) == "or"
            || is_compared && (choices::compares(tokens.lower(at)) || tokens.lower(at) == "and")
    };
    let mut between = last + 1..at;
    if between.clone().any(is_joint) {
        return between.all(|at| is_joint(at) || is_filler(at));
    }
    // A comma goes on to the "or" behind it.
    let next = at + 1..tokens.row.len().min(at + 3);
    between.is_empty()
        && tokens.row[at].follows_break
        && tokens.follows_comma(at)
        && (tokens.lower(at + 1) == "or"
            || next.clone().any(|next| tokens.row[next].follows_break) && tokens.lower(at + 2) == "or")
}

/// The word as it was written, without a possessive ending.
pub(super) fn shown<'a>(tokens: &Tokens<'a>, token: &Token) -> &'a str {
    let written = &tokens.text[token.span.clone()];
    // Spelt out: "hi-vis".
    match token.lower.as_str() {
        "high" if written.len() < 4 => return "high",
        "visibility" if written.len() < 5 => return "visibility",
        "leave" if written.eq_ignore_ascii_case("left") => return "leave",
        _ => {}
    }
    written.strip_suffix("'s").or_else(|| written.strip_suffix("\u{2019}s")).unwrap_or(written)
}

/// What the words are without those that an event need not say.
pub(super) fn perhaps(tokens: &mut Tokens<'_>, it: &Interpretation) -> Option<Perhaps> {
    let words = it.words.clone()?;
    let is_perhaps = |tokens: &Tokens<'_>, at: &usize| {
        tokens.row[*at].is_perhaps && is_content(tokens, *at, &tokens.row[*at])
    };
    let marked: Vec<usize> = (0..tokens.row.len()).filter(|at| is_perhaps(tokens, at)).collect();
    if marked.is_empty() {
        return None;
    }
    let said = marked.iter().map(|at| shown(tokens, &tokens.row[*at]).to_owned()).collect();
    for at in marked {
        tokens.row[at].is_kept = false;
        tokens.take(at..at + 1, Role::Intent);
    }
    Some(Perhaps { words, surely: left_over(tokens, it.intent == Intent::Compare), said })
}

/// Whether a word is left to search for.
pub(super) fn is_content(tokens: &Tokens<'_>, at: usize, token: &Token) -> bool {
    if token.is_kept {
        return true;
    }
    if token.role != Role::Free {
        return false;
    }
    if token.quote.is_some() {
        return true;
    }
    if is_remainder(tokens, at) || introduces_name(tokens, at) || is_any_place(tokens, at) {
        return false;
    }
    // "event_type door_forced": the word says what the next one is.
    let says_what = matches!(token.singular.as_str(), "type" | "label" | "kind");
    if says_what && tokens.row.get(at + 1).is_some_and(|next| next.role == Role::Subject) {
        return false;
    }
    if exclusion::leaves_out(tokens, at) || exclusion::sets_apart(tokens, at) {
        return false;
    }
    let counts = token.is_number()
        && tokens.row.get(at + 1).is_some_and(|next| next.role == Role::Subject && !next.is_joined);
    if counts {
        return false;
    }
    if is_name(tokens, at) {
        return true;
    }
    let is_letter = token.lower.chars().count() == 1 && !token.is_number() && token.lower.is_ascii();
    let is_joined = token.is_joined || tokens.row.get(at + 1).is_some_and(|next| next.is_joined);
    if is_said_of_a_place(tokens, at) || is_outward(tokens, at) {
        return true;
    }
    !is_stop_word(&token.lower) && (is_joined || !is_letter)
}

/// "Did Will climb the fence?": a small word that is written like a name where no sentence begins.
fn is_name(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_written_so = |token: &Token| {
        let mut letters = tokens.text[token.span.clone()].chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    };
    let token = &tokens.row[at];
    // In A Title All Words Look Like That.
    let is_title = || tokens.row.iter().all(|other| is_written_so(other) || other.is_number());
    at > 0 && !token.follows_break && is_stop_word(&token.lower) && is_written_so(token) && !is_title()
}

/// "How many are left?": those that remain.
pub(super) fn is_remainder(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.lower(at) == "left" && at + 1 == tokens.row.len() && matches!(tokens.before(at), "are" | "is")
}

/// "At any place other than the hall": wherever it was.
fn is_any_place(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.row[at].singular.as_str(), "place" | "location" | "spot" | "area")
        && matches!(tokens.before(at), "any" | "every" | "all" | "each" | "other" | "which" | "what")
}

/// "The back door": the word tells one door from another; "came back" does not.
fn is_said_of_a_place(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.lower(at) == "back"
        && is_determiner(tokens.before(at))
        && tokens.row.get(at + 1).is_some_and(|next| next.role == Role::Place && !next.follows_break)
}

/// "Badged out": the word belongs to a deed that no type of event names.
fn is_outward(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_deed = |before: usize| {
        let token = &tokens.row[before];
        token.role == Role::Free
            && is_inflected(&token.lower)
            && !is_stop_word(&token.lower)
            && !exclusion::is_leaving_out(tokens, before)
    };
    tokens.lower(at) == "out" && at.checked_sub(1).is_some_and(is_deed)
}

/// "plate B-KL 42", "a man called Smith": the word only says that a name follows.
fn introduces_name(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_introduction = |word: &str| {
        matches!(
            word,
            "plate" | "plates" | "license" | "licence" | "registration" | "number" | "called" | "named"
        )
    };
    let mut at = at;
    while is_introduction(tokens.lower(at)) {
        at += 1;
        if tokens.row.get(at).is_some_and(|token| token.role == Role::Subject) {
            return true;
        }
    }
    false
}
