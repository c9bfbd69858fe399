//! Whether a sentence says anything of the events that it cites: enough of its words must be theirs. A
//! citation behind words that no event holds would lend them a proof that they do not have.

use super::{
    forms::{is_same, stem},
    record::Known,
    scan::{Kind, Token},
};

/// One word in so many must be a word of the cited events.
const SHARE: usize = 2;
/// Words in a language whose words the events do not share: fewer than this are no sentence.
const FOREIGN_WORDS_MIN: usize = 3;

/// Words that tell nothing of an event.
const EMPTY: [&str; 73] = [
    "about",
    "after",
    "again",
    "also",
    "and",
    "another",
    "answer",
    "any",
    "are",
    "around",
    "because",
    "been",
    "before",
    "being",
    "between",
    "both",
    "camera",
    "cameras",
    "can",
    "could",
    "description",
    "detected",
    "did",
    "does",
    "during",
    "event",
    "events",
    "evidence",
    "footage",
    "for",
    "from",
    "had",
    "has",
    "have",
    "her",
    "here",
    "him",
    "his",
    "into",
    "its",
    "later",
    "near",
    "occurred",
    "off",
    "one",
    "other",
    "out",
    "over",
    "question",
    "reason",
    "recorded",
    "seen",
    "she",
    "show",
    "shown",
    "shows",
    "some",
    "someone",
    "somebody",
    "sure",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "they",
    "this",
    "was",
    "were",
    "which",
    "who",
    "with",
];

/// Whether enough of the words are those of the cited events. `names_more` tells that a camera, a time or a
/// day of theirs is named beside.
pub(super) fn has_substance(tokens: &[Token], cited: &[&Known], names_more: bool, is_english: bool) -> bool {
    let words: Vec<&str> =
        tokens.iter().filter(|t| t.kind == Kind::Word).map(|token| token.lower.as_str()).collect();
    if !is_english {
        // Scripts without spaces write a sentence as one word.
        return names_more || words.len() >= FOREIGN_WORDS_MIN || words.iter().any(|word| !word.is_ascii());
    }
    let telling: Vec<&str> =
        words.into_iter().filter(|word| word.chars().count() > 2 && !is_empty(word)).collect();
    if telling.is_empty() {
        return names_more;
    }
    let known = words_of(cited);
    let is_known = |word: &&&str| is_of(word, &known);
    telling.iter().filter(is_known).count() * SHARE >= telling.len()
}

/// Whether a word tells nothing of an event.
pub(super) fn is_empty(word: &str) -> bool {
    EMPTY.contains(&word)
}

/// Whether a word, in one form or another, is among these.
pub(super) fn is_of(word: &str, known: &[&str]) -> bool {
    known.iter().any(|other| is_same(word, other) || stem(word) == stem(other))
}

/// All words that describe the events.
pub(super) fn words_of<'a>(cited: &[&'a Known]) -> Vec<&'a str> {
    cited.iter().flat_map(|event| event.words.split(|c: char| !c.is_alphanumeric())).collect()
}
