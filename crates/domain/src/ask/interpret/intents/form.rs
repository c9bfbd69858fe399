//! Reads how a question is put: the form of the sentence that answers it follows from it.

use super::{
    super::{
        stop_words::{is_determiner, is_place_preposition, is_question_word, is_stop_word},
        tokens::{Role, Tokens},
    },
    phrases::OPENINGS,
};
use crate::ask::interpretation::QuestionForm;

/// Where the question itself begins, behind "please" and "can you tell me".
pub(in super::super) fn opening(tokens: &Tokens<'_>) -> usize {
    // "Alexa, was anyone …", "while I was out, did anyone …": read already.
    let is_read = |at: &usize| tokens.row[*at].role == Role::Intent;
    let read = (0..tokens.row.len()).take_while(is_read).count();
    let is_asked = is_question_word(tokens.lower(read)) || is_auxiliary(tokens.lower(read));
    let mut start = if is_asked { read } else { 0 };
    while let Some(phrase) = OPENINGS.iter().find(|phrase| tokens.has_at(start, phrase)) {
        start += phrase.split(' ').count();
    }
    // "at 10:30 was there …": when and where come first, the question after them.
    let is_setting = |at: usize| {
        matches!(tokens.row[at].role, Role::Time | Role::Place)
            || is_place_preposition(tokens.lower(at))
            || is_determiner(tokens.lower(at)) && tokens.lower(at) != "any"
    };
    let behind = (start..tokens.row.len()).find(|at| !is_setting(*at)).unwrap_or(start);
    let asks = is_question_word(tokens.lower(behind)) || is_auxiliary(tokens.lower(behind));
    if asks { behind } else { start }
}

/// Words that open a question that is answered by yes or no.
pub(in super::super) fn is_auxiliary(word: &str) -> bool {
    matches!(
        word,
        "was"
            | "were"
            | "is"
            | "are"
            | "did"
            | "do"
            | "does"
            | "has"
            | "have"
            | "had"
            | "isnt"
            | "didnt"
            | "hasnt"
            | "wasnt"
    )
}

/// How the question is put.
pub(super) fn form(tokens: &Tokens<'_>, start: usize) -> Option<QuestionForm> {
    if ["how many", "how often", "how much", "how frequently"].iter().any(|p| tokens.find(p).is_some())
        || ["count", "number of", "the number of", "total number of", "what is the number"]
            .iter()
            .any(|phrase| tokens.has_at(start, phrase))
    {
        return Some(QuestionForm::HowMany);
    }
    if [
        "at what time",
        "what time",
        "which time",
        "at which time",
        "what day",
        "which day",
        "what hour",
        "which hour",
    ]
    .iter()
    .any(|phrase| tokens.find(phrase).is_some())
    {
        let is_which = tokens.find("which hour").or(tokens.find("which day")).is_some();
        return Some(if is_which { QuestionForm::Which } else { QuestionForm::When });
    }
    let first = tokens.lower(start);
    let asked = match first {
        "when" => QuestionForm::When,
        "where" => QuestionForm::Where,
        "who" | "whom" | "whose" => QuestionForm::Who,
        "which" | "what" | "whats" => QuestionForm::Which,
        "any" | "anyone" | "anybody" | "anything" | "someone" | "if" | "whether" => QuestionForm::Whether,
        word if is_auxiliary(word) => QuestionForm::Whether,
        "show" | "find" | "list" | "give" | "display" | "search" | "get" | "play" | "summarise"
        | "summarize" | "compare" => return embedded(tokens, start).or(Some(QuestionForm::Show)),
        "can" | "could" | "would" | "will" => QuestionForm::Show,
        _ => return embedded(tokens, start),
    };
    Some(asked)
}

/// "on which camera …", "show me when …": a question word that is not the first.
fn embedded(tokens: &Tokens<'_>, start: usize) -> Option<QuestionForm> {
    let at = (start..tokens.row.len()).find(|at| is_question_word(tokens.lower(*at)))?;
    let introduced = at <= start + 2
        && (start..at)
            .all(|before| is_stop_word(tokens.lower(before)) || tokens.row[before].role == Role::Time);
    match tokens.lower(at) {
        "when" if introduced => Some(QuestionForm::When),
        "where" if introduced => Some(QuestionForm::Where),
        "who" | "whom" if introduced && at > 0 => Some(QuestionForm::Who),
        "which" | "what" if introduced => Some(QuestionForm::Which),
        _ => None,
    }
}
