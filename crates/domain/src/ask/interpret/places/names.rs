//! Looks names of places up: the longest that stands at a word, exact first, then with a slip.

use super::super::{
    catalogue::Catalogue,
    name_keys::Meanings,
    nearness::is_slip_of,
    nouns::noun,
    stop_words::{is_camera_word, is_determiner, is_footage, is_place_preposition, is_stop_word},
    tokens::{Role, Tokens},
};
use crate::coloured::colour;

/// How long a name is at this word, and what it means.
pub(super) fn exact<'c>(
    tokens: &Tokens<'_>,
    catalogue: &'c Catalogue,
    at: usize,
) -> Option<(usize, &'c Meanings)> {
    if !catalogue.begins_name(&tokens.row[at].singular) {
        return None;
    }
    let longest = catalogue.name_words_max().min(tokens.row.len() - at);
    (1..=longest).rev().find_map(|words| {
        let range = at..at + words;
        if !tokens.is_free(range.clone()) || !tokens.is_one_phrase(range.clone()) {
            return None;
        }
        catalogue.meanings(&tokens.key(range)).map(|meanings| (words, meanings))
    })
}

/// As [`exact`], for a name of at least so many words with a slip or two; nothing when two names are
/// equally near.
pub(super) fn with_slip<'c>(
    tokens: &Tokens<'_>,
    catalogue: &'c Catalogue,
    at: usize,
    words_min: usize,
) -> Option<(usize, &'c Meanings)> {
    if tokens.row[at].role != Role::Free || is_stop_word(tokens.lower(at)) {
        return None;
    }
    let longest = catalogue.name_words_max().min(tokens.row.len() - at);
    (words_min..=longest).rev().find_map(|words| {
        let range = at..at + words;
        if !tokens.is_free(range.clone())
            || !tokens.is_one_phrase(range.clone())
            || is_stop_word(tokens.lower(range.end - 1))
            || (words == 1
                && (is_word_of_its_own(&tokens.row[at].singular)
                    || catalogue.label(&tokens.row[at].singular).is_some()
                    || !has_cue(tokens, at, 1)))
        {
            return None;
        }
        slip(catalogue, &tokens.key(range)).map(|meanings| (words, meanings))
    })
}

/// "In black trousers" is no misspelt back yard.
fn is_word_of_its_own(word: &str) -> bool {
    noun(word).is_some() || colour(word).is_some()
}

/// What a misspelt name means, when only one name is near.
pub(super) fn slip<'c>(catalogue: &'c Catalogue, written: &str) -> Option<&'c Meanings> {
    let mut near: Option<&str> = None;
    let all = catalogue.camera_keys().chain(catalogue.site_keys()).chain(catalogue.zone_keys());
    for (key, _) in all {
        if near != Some(key) && is_slip_of(written, key) {
            if near.is_some() {
                return None;
            }
            near = Some(key);
        }
    }
    catalogue.meanings(near?)
}

/// Whether the words around say that this is a place: "at the …", "the … camera".
pub(super) fn has_cue(tokens: &Tokens<'_>, at: usize, words: usize) -> bool {
    let after = tokens.lower(at + words);
    if is_footage(after) && !tokens.row[at + words].follows_break {
        return true;
    }
    if tokens.is_excepted(at) && is_determiner(tokens.before(at)) {
        return true;
    }
    let mut before = at;
    let is_article = |word: &str| is_determiner(word) || matches!(word, "either" | "both" | "neither");
    while before > 0 && !tokens.row[before].follows_break && is_article(tokens.before(before)) {
        before -= 1;
    }
    if before > 0 && tokens.row[before].follows_break {
        return false;
    }
    let word = tokens.before(before);
    is_place_preposition(word) || is_footage(word) || matches!(word, "about" | "except" | "excluding" | "not")
}

/// "In ER", "lobby vs er": whether a name of two letters stands as one, though it could be a small word.
pub(super) fn is_short_name(tokens: &Tokens<'_>, at: usize) -> bool {
    let token = &tokens.row[at];
    if token.lower.chars().count() != 2 || token.is_number() || token.quote.is_some() {
        return false;
    }
    let is_written_large = |text: &str| !text.contains(char::is_lowercase);
    let next = tokens.row.get(at + 1);
    // "At, er, 5 pm".
    let is_hesitation =
        is_hesitation(&token.lower) && !next.is_some_and(|next| next.is_number() || next.follows_break);
    let is_listed = at >= 2
        && tokens.row[at - 2].role == Role::Place
        && matches!(tokens.before(at), "and" | "or" | "vs" | "versus" | "than");
    is_written_large(&tokens.text[token.span.clone()]) && !is_written_large(tokens.text)
        || (is_hesitation || !is_stop_word(&token.lower)) && (is_listed || has_cue(tokens, at, 1))
}

/// What a speaker says while thinking.
pub(super) fn is_hesitation(word: &str) -> bool {
    matches!(word, "er" | "um" | "uh" | "erm" | "uhm" | "umm")
}

/// Whether a word beside it says "camera".
pub(super) fn is_beside_camera_word(tokens: &Tokens<'_>, at: usize, words: usize) -> bool {
    is_camera_word(tokens.lower(at + words)) || is_camera_word(tokens.before(at))
}

/// Whether a name of one word is also an everyday word, so that it needs a cue to be a name.
pub(super) fn is_everyday(word: &str) -> bool {
    noun(word).is_some()
        || is_stop_word(word)
        || (word.len() > 5 && word.ends_with("ing"))
        || matches!(
            word,
            "back"
                | "building"
                | "drive"
                | "entry"
                | "exit"
                | "front"
                | "left"
                | "open"
                | "outdoor"
                | "indoor"
                | "park"
                | "parking"
                | "right"
                | "stop"
                | "text"
                | "load"
                | "loading"
                | "turn"
                | "delivery"
                | "safe"
                | "clear"
                | "free"
                | "busy"
                | "quiet"
        )
}
