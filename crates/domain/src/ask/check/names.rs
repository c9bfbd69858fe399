//! Whether a sentence names someone whom the record does not name. In English a capital makes a name,
//! and so do "called" and letters that English is not written in; every name must be known.

use super::{
    loaded,
    record::{Known, Record, has_words},
    scan::{Day, Kind, Token},
    substance, vocabulary,
};
use std::ops::Range;

/// Short forms in capitals that name nobody.
const SHORT: [&str; 22] = [
    "cctv", "utc", "gmt", "cet", "cest", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "am", "pm",
    "id", "suv", "atv", "hgv", "tv", "pc", "ok",
];
/// Words that sentences begin with, beside those that report.
const OPENERS: [&str; 58] = [
    "he",
    "she",
    "his",
    "her",
    "him",
    "person",
    "people",
    "pedestrian",
    "worker",
    "staff",
    "employee",
    "guard",
    "driver",
    "cyclist",
    "visitor",
    "passenger",
    "customer",
    "courier",
    "officer",
    "colleague",
    "group",
    "couple",
    "pair",
    "vehicle",
    "car",
    "truck",
    "van",
    "lorry",
    "bus",
    "bicycle",
    "bike",
    "motorcycle",
    "scooter",
    "forklift",
    "trailer",
    "dog",
    "cat",
    "bird",
    "animal",
    "package",
    "parcel",
    "box",
    "door",
    "gate",
    "afterwards",
    "shortly",
    "soon",
    "subsequently",
    "simultaneously",
    "eventually",
    "briefly",
    "once",
    "nearby",
    "inside",
    "outside",
    "upon",
    "despite",
    "movement",
];
/// A name follows these.
const TITLES: [&str; 12] =
    ["named", "called", "mr", "mrs", "ms", "dr", "mister", "nicknamed", "alias", "surnamed", "prof", "sgt"];

/// A sentence as far as names matter.
pub(super) struct Written<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub days: &'a [(Range<usize>, Day)],
    pub cited: &'a [&'a Known],
}

/// Whether it names a stranger.
pub(super) fn names_a_stranger(sentence: &Written<'_>, record: &Record) -> bool {
    let shown = |words: &str| {
        let words = words.to_lowercase();
        match sentence.cited {
            [] => record.has_words(&words) || record.events.iter().any(|e| has_words(&e.words, &words)),
            cited => cited.iter().any(|event| has_words(&event.words, &words)),
        }
    };
    let mut is_opening = true;
    let mut before = "";
    for token in sentence.tokens {
        let Some(written) = sentence.text.get(token.span.clone()) else { continue };
        let known = record.scene.people_called(written).iter();
        let named =
            known.filter(|name| sentence.text.get(token.span.start..).is_some_and(|t| t.starts_with(*name)));
        if named.max_by_key(|name| name.len()).is_some_and(|name| !shown(name)) {
            return true;
        }
        let is_first = std::mem::replace(&mut is_opening, token.kind == Kind::Mark && token.lower != ",");
        let last = std::mem::replace(&mut before, token.lower.as_str());
        let is_day = sentence.days.iter().any(|(span, _)| span.contains(&token.span.start));
        if !record.is_english || token.kind != Kind::Word || is_day {
            continue;
        }
        let word = token.lower.trim_end_matches("'s").trim_end_matches("’s");
        let is_called = TITLES.contains(&last) && !vocabulary::is_reporting(word);
        let is_foreign = word.chars().any(|c| c.is_alphabetic() && !is_latin(c));
        if !is_called && !is_foreign && !is_capital(written) {
            continue;
        }
        if shown(word) || record.has_words(word) || (!is_called && SHORT.contains(&word)) {
            continue;
        }
        // Without a citation every word must be one of the record or of a report.
        let is_common = || sentence.cited.is_empty() || is_common(word, sentence.cited);
        if is_called || is_foreign || !is_first || !is_common() {
            return true;
        }
    }
    false
}

/// Whether a word is written like a name: with a capital, and longer than "I" or "A".
fn is_capital(written: &str) -> bool {
    let mut chars = written.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.next().is_some()
}

fn is_latin(c: char) -> bool {
    matches!(c, '\0'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' | '\u{FF21}'..='\u{FF5A}')
}

/// Whether a word at the beginning of a sentence has its capital from there.
fn is_common(word: &str, cited: &[&Known]) -> bool {
    let is_opener = |word: &str| OPENERS.contains(&word) || vocabulary::is_reporting(word);
    is_opener(word)
        || word.strip_suffix('s').is_some_and(is_opener)
        || word.strip_suffix("es").is_some_and(is_opener)
        || crate::ask::check::scan::is_number_word(word)
        || substance::is_empty(word)
        || loaded::is_loaded(word)
        || substance::is_of(word, &substance::words_of(cited))
}
