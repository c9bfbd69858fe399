//! Figures of a part of what was asked for: an hour, a day, a camera's group, a side of a comparison,
//! what a tool counted. Each knows where, what and when it was counted; a sentence may state it where
//! it names all in which the part differs from the question, and nothing else.

use jiff::civil::Date;

use crate::{
    ask::{Grouping, check::scan::Clock},
    event_store::Totals,
};

/// A stretch of time as sentences may call it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct When {
    /// Its words, in lower case.
    pub names: Vec<String>,
    /// The times at which it begins.
    pub clocks: Vec<Clock>,
    /// The time at which it ends, where that is known.
    pub until: Option<Clock>,
    /// Its days.
    pub days: Vec<Date>,
}

/// Parts of one kind that were counted together: each other's largest and least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Family {
    /// Which count.
    pub number: usize,
    /// What each of them is.
    pub by: Grouping,
}

/// A part with its figures. What is `None` is as the question has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Part {
    /// Where: names in lower case, any of which names it.
    pub place: Option<Vec<String>>,
    /// What: labels, types, names; empty where anything was counted.
    pub what: Option<Vec<String>>,
    /// Words, in lower case, all of which a sentence about it must hold.
    pub told: Vec<String>,
    /// When.
    pub when: Option<When>,
    /// With which parts it can be compared.
    pub family: Option<Family>,
    /// Its figures.
    pub totals: Totals,
}

impl Part {
    /// Everything that it is called, apart from times and days.
    pub(crate) fn names(&self) -> impl Iterator<Item = &String> {
        let when = self.when.iter().flat_map(|when| &when.names);
        self.place.iter().flatten().chain(self.what.iter().flatten()).chain(&self.told).chain(when)
    }
}

/// What the question is about; a sentence that names it speaks of the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Own {
    /// Its places, each with its names in lower case.
    pub places: Vec<Vec<String>>,
    /// Its labels, types and names; each kind is held by every event.
    pub whats: Vec<Vec<Vec<String>>>,
    /// Labels that every event bears, asked for or not.
    pub borne: Vec<String>,
    /// Its time.
    pub when: When,
    /// Ids of its cameras; empty where it is about all.
    pub cameras: Vec<String>,
}

impl Own {
    /// Whether a name is that of the only place asked for.
    pub(crate) fn is_place(&self, name: &str) -> bool {
        matches!(self.places.as_slice(), [only] if only.iter().any(|own| own == name))
    }

    /// Whether all that was counted is this.
    pub(crate) fn is_what(&self, name: &str) -> bool {
        let is = |names: &Vec<String>| names.iter().any(|own| own == name);
        self.whats.iter().any(|kind| matches!(kind.as_slice(), [only] if is(only))) || is(&self.borne)
    }
}

/// Where these words stand in a text as whole words.
pub(crate) fn find_words<'a>(lower: &'a str, words: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let found = (!words.is_empty()).then(|| lower.match_indices(words)).into_iter().flatten();
    found.map(|(at, _)| at).filter(move |at| {
        !is_letter(lower.get(..*at).and_then(|t| t.chars().next_back()))
            && !is_letter(lower.get(at + words.len()..).and_then(|t| t.chars().next()))
    })
}

/// Whether a text holds these words as whole words.
pub(crate) fn has_words(lower: &str, words: &str) -> bool {
    find_words(lower, words).next().is_some()
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
