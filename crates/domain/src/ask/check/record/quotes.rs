//! Numbers as a text of the record says them, with the words around them: "gate 7" lends a seven to
//! "gate 7" and not to "7 people".

use crate::ask::check::{
    forms::is_same,
    scan::{self, Number},
};

/// A number in its surroundings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quote {
    readings: Vec<String>,
    before: String,
    noun: String,
}

/// The numbers of a text.
pub(crate) fn quotes(text: &str) -> Vec<Quote> {
    let spans: Vec<_> = scan::times(text).into_iter().map(|time| time.span).collect();
    let numbers = scan::numbers(&scan::tokens(text, &spans), &[]);
    numbers
        .into_iter()
        .map(|n| Quote {
            readings: n.readings,
            before: n.before,
            noun: n.nouns.into_iter().next().unwrap_or_default(),
        })
        .collect()
}

impl Quote {
    /// A number with its unit: "11 minutes".
    pub(crate) fn measured(value: u64, unit: &str) -> Self {
        Self { readings: vec![value.to_string()], before: String::new(), noun: unit.to_owned() }
    }

    /// A number behind a word: "confidence 0.93".
    pub(crate) fn stated(number: &str, before: &str) -> Self {
        Self { readings: vec![number.to_owned()], before: before.to_owned(), noun: String::new() }
    }

    /// Whether a sentence states the same number of the same thing. A number that counts nothing by its
    /// words ("5 km" is no count) needs no more than the same value.
    pub(crate) fn says(&self, number: &Number, is_count: bool) -> bool {
        if !self.readings.iter().any(|reading| number.readings.contains(reading)) {
            return false;
        }
        let is_before = !self.before.is_empty() && self.before == number.before;
        let is_same_noun = number.nouns.iter().any(|noun| is_same(noun, &self.noun));
        let is_bare = number.nouns.is_empty() && (self.noun.is_empty() || !is_count);
        !is_count || is_same_noun || is_bare || (is_before && !is_article(&self.before))
    }
}

fn is_article(word: &str) -> bool {
    matches!(word, "the" | "a" | "an" | "of" | "and" | "in" | "on" | "at" | "were" | "was" | "with" | "by")
}
