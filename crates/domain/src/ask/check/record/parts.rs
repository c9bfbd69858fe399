//! Figures of a part of what was asked for: an hour, a day, a camera's group, a side of a comparison,
//! what a tool counted. A sentence may state them where it names the part.

use jiff::civil::Date;

use crate::{ask::check::scan::Clock, event_store::Totals};

/// A part with its figures.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Part {
    /// What it is called, in lower case; any of them names it.
    pub names: Vec<String>,
    /// Times that name it.
    pub clocks: Vec<Clock>,
    /// Days that name it.
    pub days: Vec<Date>,
    /// Its figures.
    pub totals: Totals,
}

impl Part {
    /// Whether a sentence that names these days and times, in these lower-case words, speaks of it.
    pub(crate) fn is_named(&self, lower: &str, clocks: &[Clock], days: &[Date]) -> bool {
        self.clocks.iter().any(|clock| clocks.contains(clock))
            || (self.clocks.is_empty() && self.days.iter().any(|day| days.contains(day)))
            || self.names.iter().any(|name| has_words(lower, name))
    }
}

/// Whether a text holds these words as whole words.
pub(crate) fn has_words(lower: &str, words: &str) -> bool {
    if words.is_empty() {
        return false;
    }
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    lower.match_indices(words).any(|(at, _)| {
        !is_letter(lower.get(..at).and_then(|t| t.chars().next_back()))
            && !is_letter(lower.get(at + words.len()..).and_then(|t| t.chars().next()))
    })
}

/// Two sides against each other, as sentences may speak of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sides {
    /// What the first is called, in lower case.
    pub a: Vec<String>,
    /// What the second is called.
    pub b: Vec<String>,
    /// Events of the first less those of the second.
    pub difference: i64,
    /// Events of the first for each of the second.
    pub ratio: Option<f64>,
}
