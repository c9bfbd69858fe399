//! "A red jacket or a blue cap", "men with bags and women with dogs": what is left to search for, where more than
//! single words are to choose from. Must not tear apart what describes both: "red or blue jackets".

use std::ops::Range;

use super::{
    exclusion::is_having,
    labels::is_listed,
    nouns::noun,
    numbers::number_word,
    stop_words::is_determiner,
    tokens::{Role, Tokens},
};
use crate::{coloured::colour, words::CLAUSES_MAX};

/// What stands between two runs of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// "Or", and whether an article or a preposition begins the next anew.
    Or { anew: bool },
    /// "And".
    And,
    /// A comma, which goes on to the joint behind it.
    Comma,
    /// "In", "with a": what follows describes the same.
    Describes,
    /// Anything else.
    Ends,
}

/// The phrases of each choice, as ranges of `content`: the words that are left, by where they stand.
pub(super) fn of(tokens: &Tokens<'_>, content: &[usize], is_compared: bool) -> Vec<Vec<Range<usize>>> {
    let runs = runs(tokens, content);
    let joint = |run: &Range<usize>, next: &Range<usize>| {
        joint(tokens, content[run.end - 1], content[next.start], is_compared)
    };
    let joints: Vec<Joint> = runs.windows(2).map(|pair| joint(&pair[0], &pair[1])).collect();
    let is_kept = |run: &Range<usize>| content[run.clone()].iter().any(|at| tokens.row[*at].is_kept);
    let mut choices = Vec::new();
    let mut from = 0;
    while from < joints.len() {
        let to = from
            + joints[from..]
                .iter()
                .take_while(|joint| !matches!(joint, Joint::Describes | Joint::Ends))
                .count();
        let Some(last) = to.checked_sub(1).filter(|last| *last >= from) else {
            from += 1;
            continue;
        };
        let mut phrases: Vec<Range<usize>> = runs[from..=to].to_vec();
        // "A man in a red jacket or a woman with a dog": each is with what describes it.
        let first = described_from(from, &joints, |run| is_kept(&runs[run]));
        let of_class = |run: usize, classes: &[&str]| {
            let mut words = content[runs[run].clone()].iter();
            words.any(|at| noun(&tokens.row[*at].singular).is_some_and(|noun| classes.contains(&noun.class)))
        };
        // "A man with a backpack or a suitcase": what he has is to choose from.
        let is_had = |first: usize| {
            of_class(first, &["person"]) && !of_class(to, &["person", "vehicle", "animal", "bicycle"])
        };
        if let Some(first) = first.filter(|first| is_kept(&runs[to]) && !is_had(*first)) {
            phrases[0] = runs[first].start..runs[from].end;
            let on = joints[to..].iter().take_while(|joint| **joint == Joint::Describes).count();
            let until = runs[to + on].end;
            if let Some(phrase) = phrases.last_mut() {
                phrase.end = until;
            }
        }
        if let (Joint::Or { anew: false }, Some(colours)) = (joints[last], colours(tokens, content, &phrases))
        {
            // Single words need no brackets.
            choices.extend(Some(colours).filter(|colours| colours.iter().any(|colour| colour.len() > 1)));
            from = to + 1;
            continue;
        }
        let is_choice = match joints[last] {
            Joint::Or { anew } => is_of_phrases(tokens, content, &phrases, anew),
            // Nothing is a man and a woman at once.
            Joint::And => phrases.iter().all(is_kept) && phrases.iter().any(|phrase| phrase.len() > 1),
            _ => false,
        };
        let clauses = phrases.iter().try_fold(1_usize, |product, phrase| product.checked_mul(phrase.len()));
        if is_choice && clauses.is_some_and(|clauses| clauses <= CLAUSES_MAX) {
            choices.push(phrases);
        }
        from = to + 1;
    }
    choices
}

/// Words that stand one behind the other.
fn runs(tokens: &Tokens<'_>, content: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, at) in content.iter().enumerate() {
        let goes_on = index > 0
            && content[index - 1] + 1 == *at
            && (!tokens.row[*at].follows_break || tokens.row[*at].is_joined)
            && !is_listed(tokens, content[index - 1], *at);
        match runs.last_mut() {
            Some(run) if goes_on => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

/// What the words between two runs do. What is compared is to choose from, however it is joined.
fn joint(tokens: &Tokens<'_>, last: usize, next: usize, is_compared: bool) -> Joint {
    let between = last + 1..next;
    let is_joint = |at: &usize| {
        matches!(tokens.lower(*at), "or" | "and") || (is_compared && compares(tokens.lower(*at)))
    };
    // "Red cars or white vans", "people in red and people in blue": the labels were read already.
    let is_label = |at: usize| tokens.row[at].role == Role::Subject && !tokens.row[at].is_kept;
    let is_small = |at: usize| {
        let word = tokens.lower(at);
        let is_number = number_word(word).is_some() || tokens.row[at].is_number();
        is_determiner(word) || is_number || describes(word) || matches!(word, "how" | "many" | "either")
    };
    let joined = between.clone().find(is_joint);
    let may_stand = |at: usize| {
        is_joint(&at)
            || is_small(at)
            || is_label(at) && (at == last + 1 || joined.is_some_and(|joint| joint < at))
    };
    if !between.clone().all(may_stand) {
        return Joint::Ends;
    }
    let names_another = between.clone().any(|at| is_label(at) && joined.is_some_and(|joint| joint < at));
    let names_thing = names_another || between.clone().any(is_label);
    let anew = names_thing
        || between.clone().any(|at| is_determiner(tokens.lower(at)) || describes(tokens.lower(at)));
    match joined.map(|at| tokens.lower(at)) {
        Some("and") if !is_compared && !names_another => Joint::And,
        Some(_) => Joint::Or { anew },
        None => {
            let comma = (last + 1..=next).find(|at| tokens.row[*at].follows_break);
            match comma {
                Some(at) if tokens.follows_comma(at) => Joint::Comma,
                None if between.clone().any(|at| describes(tokens.lower(at))) => Joint::Describes,
                _ => Joint::Ends,
            }
        }
    }
}

/// What stands between the sides of a comparison.
pub(super) fn compares(word: &str) -> bool {
    matches!(word, "vs" | "versus" | "against" | "than" | "with" | "to")
}

/// "In", "with", "wearing": what follows is said of what went before.
fn describes(word: &str) -> bool {
    is_having(word) || matches!(word, "in" | "with" | "of" | "on")
}

/// The run that names the thing which the run before a joint describes, if it is another one.
fn described_from(run: usize, joints: &[Joint], is_kept: impl Fn(usize) -> bool) -> Option<usize> {
    let described = joints[..run].iter().rev().take_while(|joint| **joint == Joint::Describes).count();
    (run - described..run).rev().find(|run| is_kept(*run))
}

/// "Dark green or black vans": colours with their shades are to choose from, and what they describe stays with both.
/// Absent where it is not about colours.
fn colours(tokens: &Tokens<'_>, content: &[usize], phrases: &[Range<usize>]) -> Option<Vec<Range<usize>>> {
    let is_colour = |index: &usize| colour(tokens.lower(content[*index])).is_some();
    let (last, before) = phrases.split_last()?;
    let behind = |phrase: &Range<usize>| phrase.clone().rev().take_while(is_colour).count();
    let mut found: Vec<Range<usize>> =
        before.iter().map(|phrase| phrase.end - behind(phrase)..phrase.end).collect();
    found.push(last.start..last.start + last.clone().take_while(is_colour).count());
    (!found.iter().any(Range::is_empty)).then_some(found)
}

/// Whether whole phrases are to choose from, and not the words beside "or": "red or blue jackets", "red jackets or
/// hoodies".
fn is_of_phrases(tokens: &Tokens<'_>, content: &[usize], phrases: &[Range<usize>], anew: bool) -> bool {
    let Some((last, before)) = phrases.split_last() else { return false };
    let is_thing = |phrase: &Range<usize>| {
        let token = &tokens.row[content[phrase.end - 1]];
        anew || token.is_kept
            || token.singular != token.lower
            || (phrase.len() > 1 && colour(&token.lower).is_none())
    };
    // "KLM 4482 or bicycles": a name is one.
    let is_all_kept =
        |phrase: &Range<usize>| content[phrase.clone()].iter().all(|at| tokens.row[*at].is_kept);
    before.iter().all(is_thing)
        && (anew || last.len() > 1 || phrases.iter().all(is_all_kept))
        && phrases.iter().any(|phrase| phrase.len() > 1)
}
