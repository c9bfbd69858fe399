//! What is left of a question when everything with a meaning of its own is taken out of it.

use super::{
    exclusion,
    labels::is_listed,
    stop_words::is_stop_word,
    tokens::{Role, Token, Tokens},
};

/// The words to search descriptions for, in the order of the question; `None` when nothing is left.
pub(super) fn left_over(tokens: &Tokens<'_>) -> Option<String> {
    let mut words = String::new();
    let mut last: Option<usize> = None;
    for (at, token) in tokens.row.iter().enumerate() {
        if !is_content(tokens, at, token) {
            continue;
        }
        let is_run_on = token.is_joined && last.is_some_and(|last| last + 1 == at);
        if is_run_on {
            let from = tokens.row[at - 1].span.end;
            words.push_str(&tokens.text[from..token.span.end]);
        } else {
            if !words.is_empty() {
                let is_alternative = last.is_some_and(|last| {
                    tokens.row[last].is_kept && token.is_kept && is_listed(tokens, last, at)
                });
                words.push_str(if is_alternative { " or " } else { " " });
            }
            words.push_str(shown(tokens, token));
        }
        last = Some(at);
    }
    (!words.is_empty()).then_some(words)
}

/// The word as it was written, without a possessive ending.
fn shown<'a>(tokens: &Tokens<'a>, token: &Token) -> &'a str {
    let written = &tokens.text[token.span.clone()];
    written.strip_suffix("'s").or_else(|| written.strip_suffix("\u{2019}s")).unwrap_or(written)
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
    if introduces_name(tokens, at) || exclusion::leaves_out(tokens, at) {
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
