//! "Not wearing a helmet", "except scooters", "not by Oakmoor Freight", "with no bag": words that are left
//! out though they name no place, label, type or time. Must never turn what is left out into what is wanted.

use super::{
    exclusion::{denies_a_deed, is_having, is_leaving_out, is_question, is_universal, sets_apart},
    stop_words::{is_determiner, is_stop_word},
    tokens::{Role, Tokens, join},
    words,
};

/// What is left out, and how far it was read.
pub(super) struct Denied {
    /// Of each the words that an event must hold all of to be left out.
    pub(super) groups: Vec<String>,
    /// Whether an event may say so itself: a van "without markings".
    pub(super) is_lack: bool,
}

/// What makes words be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// "Except": a list may follow, with commas.
    Exception,
    /// "Not", "didn't", "with no".
    Denial,
    /// "Without".
    Lack,
    /// "Non-": the next word alone.
    Prefix,
}

/// Reads every word that is left out and takes it.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Vec<Denied> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.row.len() {
        let Some((cue, start)) = cue(tokens, at) else {
            at += 1;
            continue;
        };
        let (groups, end) = groups(tokens, start, cue);
        at = end.max(at + 1);
        let told =
            groups.iter().map(|group| join(group.iter().map(|at| words::shown(tokens, &tokens.row[*at]))));
        let told: Vec<String> = told.collect();
        for at in groups.into_iter().flatten() {
            tokens.take(at..at + 1, Role::Subject);
        }
        if !told.is_empty() {
            if cue == Cue::Lack {
                tokens.take(start - 1..start, Role::Subject);
            }
            found.push(Denied { groups: told, is_lack: cue == Cue::Lack || is_had(tokens, start) });
        }
    }
    found
}

/// "Not wearing a helmet", "had no helmet": what is denied is had, and an event may say so itself.
fn is_had(tokens: &Tokens<'_>, start: usize) -> bool {
    is_having(tokens.lower(start)) || tokens.before(start) == "no"
}

/// What the words at `at` do to those behind them, and where these begin.
fn cue(tokens: &Tokens<'_>, at: usize) -> Option<(Cue, usize)> {
    let next = tokens.lower(at + 1);
    let cue = |cue: Cue, words: usize| Some((cue, at + words));
    match tokens.lower(at) {
        "except" | "excepting" | "excluding" | "exclude" | "ignoring" | "omitting" | "omit" | "minus"
        | "besides" | "disregarding" | "discounting" => cue(Cue::Exception, 1),
        "but" if next == "not" => cue(Cue::Exception, 2),
        "but" if is_universal(tokens, at) => cue(Cue::Exception, 1),
        "save" if sets_apart(tokens, at) => cue(Cue::Exception, 2),
        _ if sets_apart(tokens, at) => cue(Cue::Exception, 1),
        "other" | "rather" if next == "than" => cue(Cue::Exception, 2),
        "exception" if next == "of" => cue(Cue::Exception, 2),
        "apart" | "aside" if next == "from" => cue(Cue::Exception, 2),
        _ if is_leaving_out(tokens, at) => cue(Cue::Exception, 2),
        "without" => cue(Cue::Lack, 1),
        "non" => cue(Cue::Prefix, 1),
        "neither" => cue(Cue::Denial, 1),
        "no" if at > 0
            && (matches!(
                tokens.before(at),
                "with"
                    | "wearing"
                    | "carrying"
                    | "having"
                    | "but"
                    | "bearing"
                    | "had"
                    | "has"
                    | "have"
                    | "wore"
            ) || tokens.row[at].follows_break) =>
        {
            cue(Cue::Denial, 1)
        }
        // "No helmet": who has none. "No, on Monday" takes something back.
        "no" if at == 0
            && tokens.row.get(1).is_some_and(|next| {
                next.role == Role::Free && !next.follows_break && words::is_content(tokens, 1, next)
            }) =>
        {
            cue(Cue::Denial, 1)
        }
        "not" | "isnt" | "arent" | "wasnt" | "werent" if denies(tokens, at) => cue(Cue::Denial, 1),
        word if denies_a_deed(word) && denies(tokens, at) => cue(Cue::Denial, 1),
        _ => None,
    }
}

/// Whether "not" or its like denies what stands behind it: not in "why not", "not sure", "don't know".
fn denies(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_phrase = matches!(
        tokens.lower(at + 1),
        "only" | "just" | "even" | "sure" | "yet" | "necessarily" | "all" | "much" | "many" | "more" | "less"
    ) || matches!(
        tokens.lower(at + 1),
        "know" | "understand" | "remember" | "think" | "care" | "mind" | "believe" | "find" | "get" | "fewer"
    );
    let is_told_off = matches!(tokens.before(at), "or" | "if" | "why" | "whether" | "im");
    !is_phrase && !is_told_off && (tokens.lower(at) == "not" || !is_question(tokens, at))
}

/// The words that are left out, in groups, and where they end.
fn groups(tokens: &Tokens<'_>, start: usize, cue: Cue) -> (Vec<Vec<usize>>, usize) {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut own: Vec<usize> = Vec::new();
    let mut at = start;
    // "Not carrying anything": that is what is said of those who carry something.
    if tokens.is_free(start..start + 1)
        && is_having(tokens.lower(start))
        && tokens.lower(start).ends_with("ing")
        && matches!(tokens.lower(start + 1), "anything" | "something" | "any")
        && tokens.row.get(start + 2).is_none_or(|next| next.role != Role::Free || is_stop_word(&next.lower))
    {
        return (vec![vec![start]], start + 2);
    }
    while let Some(token) = tokens.row.get(at) {
        if at > start && token.follows_break {
            let is_list = cue == Cue::Exception || (cue == Cue::Denial && ends_in_or(tokens, at));
            let is_listed = is_list && tokens.follows_comma(at) && !own.is_empty();
            if !is_listed {
                break;
            }
            groups.push(std::mem::take(&mut own));
        }
        let word = token.lower.as_str();
        if at > start && matches!(word, "without" | "except" | "excluding" | "but") {
            break;
        }
        let is_described = token.role == Role::Subject
            && matches!(tokens.lower(at + 1), "in" | "with" | "wearing" | "carrying" | "who" | "that");
        if own.is_empty() && (token.role == Role::Free && is_having(word) || is_described) {
            at += 1;
            continue;
        }
        if token.role == Role::Free && !token.is_kept && words::is_content(tokens, at, token) {
            own.push(at);
            if cue == Cue::Prefix {
                at += 1;
                break;
            }
        } else if matches!(word, "and" | "or" | "nor") && !own.is_empty() && goes_on(tokens, at, word) {
            groups.push(std::mem::take(&mut own));
        } else if token.role != Role::Free
            || cue == Cue::Prefix
            || word == "but"
            || !(own.is_empty() && is_stop_word(word) || is_determiner(word) || word == "of")
        {
            break;
        }
        at += 1;
    }
    if !own.is_empty() {
        groups.push(own);
    }
    (groups, at)
}

/// "Not white, black or silver": the comma leads to an "or".
fn ends_in_or(tokens: &Tokens<'_>, at: usize) -> bool {
    const ITEMS_MAX: usize = 8;
    let is_item = |at: &usize| {
        let token = &tokens.row[*at];
        token.role == Role::Free && (!is_stop_word(&token.lower) || is_determiner(&token.lower))
    };
    let end = (at..tokens.row.len().min(at + ITEMS_MAX)).find(|at| !is_item(at));
    end.is_some_and(|end| matches!(tokens.lower(end), "or" | "nor" | "and"))
}

/// Whether the list goes on: "not white or red" does, "not in a helmet and carrying a box" does not.
fn goes_on(tokens: &Tokens<'_>, at: usize, joint: &str) -> bool {
    const BETWEEN_MAX: usize = 3;
    let is_another = |word: &str| joint == "and" && (is_having(word) || word.ends_with("ing"));
    let content =
        (at + 1..tokens.row.len().min(at + 2 + BETWEEN_MAX)).find(|next| !is_stop_word(tokens.lower(*next)));
    content.is_some_and(|next| {
        let token = &tokens.row[next];
        token.lower != "without"
            && token.role == Role::Free
            && words::is_content(tokens, next, token)
            && (at + 1..=next).all(|at| !is_another(tokens.lower(at)) && !tokens.row[at].follows_break)
    })
}
