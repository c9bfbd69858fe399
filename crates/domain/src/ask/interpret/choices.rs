//! "A red jacket or a blue cap", "men with bags and women with dogs": what is left to search for, where more than
//! single words are to choose from. Must not tear apart what describes both: "red or blue jackets".

use std::ops::Range;

use super::{
    exclusion::is_having,
    labels::is_listed,
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
pub(super) fn of(tokens: &Tokens<'_>, content: &[usize]) -> Vec<Vec<Range<usize>>> {
    let runs = runs(tokens, content);
    let joint =
        |run: &Range<usize>, next: &Range<usize>| joint(tokens, content[run.end - 1], content[next.start]);
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
        if let Some(first) = first.filter(|_| is_kept(&runs[to])) {
            phrases[0] = runs[first].start..runs[from].end;
            let on = joints[to..].iter().take_while(|joint| **joint == Joint::Describes).count();
            let until = runs[to + on].end;
            if let Some(phrase) = phrases.last_mut() {
                phrase.end = until;
            }
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

fn joint(tokens: &Tokens<'_>, last: usize, next: usize) -> Joint {
    let mut between = last + 1..next;
    // "Red cars or white vans": the label of the first was read already.
    while between.start < between.end && tokens.row[between.start].role == Role::Subject {
        between.start += 1;
    }
    let is_small = |at: usize| {
        let word = tokens.lower(at);
        let is_number = number_word(word).is_some() || tokens.row[at].is_number();
        is_determiner(word) || is_number || describes(word) || matches!(word, "how" | "many" | "either")
    };
    let is_joint = |at: usize| matches!(tokens.lower(at), "or" | "and");
    if !between.clone().all(|at| is_joint(at) || is_small(at)) {
        return Joint::Ends;
    }
    let anew = between.clone().any(|at| is_determiner(tokens.lower(at)) || describes(tokens.lower(at)));
    if between.clone().any(|at| tokens.lower(at) == "or") {
        return Joint::Or { anew };
    }
    if between.clone().any(|at| tokens.lower(at) == "and") {
        return Joint::And;
    }
    let comma = (last + 1..=next).find(|at| tokens.row[*at].follows_break);
    match comma {
        Some(at) if tokens.text[tokens.row[at - 1].span.end..tokens.row[at].span.start].contains(',') => {
            Joint::Comma
        }
        None if between.clone().any(|at| describes(tokens.lower(at))) => Joint::Describes,
        _ => Joint::Ends,
    }
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
    before.iter().all(is_thing) && (anew || last.len() > 1) && phrases.iter().any(|phrase| phrase.len() > 1)
}
