//! Looking at tokens by position, and the small things that every piece of the grammar needs: words,
//! marks, free numbers, amounts of units. Looks a bounded number of tokens ahead, always.

use std::cell::Cell;

use jiff::{civil::Date, tz::TimeZone};

use super::{
    DateOrder,
    expression::{Amount, Unit},
    tokens::{Iso, Kind, Token},
    vocabulary,
};

/// The tokens of a text, and what decides how ambiguous ones are read.
pub(super) struct Cursor<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) order: DateOrder,
    pub(super) zone: &'a TimeZone,
    pub(super) today: Date,
    /// The present year; years far from it are not years.
    pub(super) year: i16,
    /// Whether "the day before" has something to start from: the previous turn, or an earlier mention.
    pub(super) has_anchor: Cell<bool>,
    /// How many tokens were looked at: the law of linear time counts it.
    pub(super) looks: Cell<usize>,
}

impl Cursor<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.looks.set(self.looks.get() + 1);
        self.tokens.get(at)
    }

    /// The word at a position; empty for anything else.
    pub(super) fn word(&self, at: usize) -> &str {
        match self.token(at) {
            Some(token) if token.kind == Kind::Word => &token.word,
            _ => "",
        }
    }

    /// The word before a position.
    pub(super) fn word_before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.word(before))
    }

    pub(super) fn is_word(&self, at: usize, words: &[&str]) -> bool {
        // Most of what is asked here is no: the first letter says so without a look at the rest.
        let word = self.word(at);
        let Some(first) = word.as_bytes().first() else { return false };
        words.iter().any(|known| known.as_bytes().first() == Some(first) && *known == word)
    }

    /// Whether these words stand here, one after the other.
    pub(super) fn are_words(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(index, word)| self.word(at + index) == *word)
    }

    pub(super) fn is_mark(&self, at: usize, marks: &[char]) -> bool {
        matches!(self.token(at), Some(Token { kind: Kind::Mark(mark), .. }) if marks.contains(mark))
    }

    pub(super) fn is_dash(&self, at: usize) -> bool {
        self.is_mark(at, &['-', '–', '—', '‑', '−', '~'])
    }

    pub(super) fn is_glued(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.is_glued)
    }

    pub(super) fn is_ordinal(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.is_ordinal)
    }

    pub(super) fn is_capital(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.is_capital)
    }

    pub(super) fn iso(&self, at: usize) -> Option<Iso> {
        match self.token(at)?.kind {
            Kind::Iso(iso) => Some(iso),
            _ => None,
        }
    }

    /// Whether a sentence or clause ends here.
    pub(super) fn is_end(&self, at: usize) -> bool {
        match self.token(at) {
            None => true,
            Some(token) => {
                matches!(token.kind, Kind::Mark(mark) if matches!(mark, '?' | '.' | ',' | '!' | ';' | ':' | ')'))
            }
        }
    }

    /// Digits at a position, whatever they mean, with how many there are.
    pub(super) fn digits(&self, at: usize) -> Option<(u32, usize)> {
        match self.token(at)? {
            Token { kind: Kind::Number(Some(value)), word, is_ordinal: false, .. } => {
                Some((*value, word.len()))
            }
            _ => None,
        }
    }

    /// Whether a number here is the name of a thing ("camera 5", "dock-1", "#3", "10.0.0.1").
    pub(super) fn is_name(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return false };
        if self.is_mark(before, &['#', '_', '$', '€', '£']) {
            return true;
        }
        if self.is_dash(before) && self.is_glued(before) && self.is_glued(at) {
            let word = self.word_before(before);
            return !word.is_empty()
                && vocabulary::month(word).is_none()
                && vocabulary::weekday(word).is_none()
                && vocabulary::number_word(word).is_none()
                && word.strip_prefix('h').is_none_or(|rest| rest.parse::<u8>().is_err())
                && !matches!(word, "am" | "pm" | "a" | "p" | "h" | "noon" | "midnight" | "mid");
        }
        let word = self.word(before);
        // "How many events 12 days ago": many things have no number for a name.
        let is_amount =
            (word.ends_with('s') && vocabulary::unit(self.word(at + 1)).is_some()) || self.is_ago(at);
        (vocabulary::names_a_thing(word) && !is_amount && !(self.is_glued(at) && word.is_empty()))
            || (self.is_glued(at) && !word.is_empty() && vocabulary::month(word).is_none())
    }

    /// Whether the number here says how long ago: "at the dock two days ago" is of no second dock.
    fn is_ago(&self, at: usize) -> bool {
        // "Two and a half hours ago" has the most words between.
        (at + 1..=at + 5).take_while(|next| !self.is_end(*next)).any(|next| {
            let word = self.word(next);
            let is_unit = vocabulary::unit(word).is_some()
                || vocabulary::part(word).is_some()
                || vocabulary::weekday(word).is_some()
                || (self.is_glued(next) && vocabulary::unit_letter(word).is_some())
                || matches!(word, "weekend" | "weekends");
            is_unit && self.is_word(next + 1, &["ago", "back"])
        })
    }

    /// Whether the text is in key words, without a sentence: "dock forklift mon".
    pub(super) fn is_terse(&self) -> bool {
        const SAID: [&str; 12] =
            ["the", "a", "an", "of", "this", "that", "these", "those", "my", "our", "me", "can"];
        self.tokens.len() <= 8
            && (0..self.tokens.len())
                .all(|at| !vocabulary::is_function_word(self.word(at)) && !self.is_word(at, &SAID))
    }

    /// A number in digits that names no thing.
    pub(super) fn free_digits(&self, at: usize) -> Option<(u32, usize)> {
        self.digits(at).filter(|_| !self.is_name(at))
    }

    /// A number in digits or words, with the position behind it.
    pub(super) fn number(&self, at: usize) -> Option<(u32, usize)> {
        if let Some((value, _)) = self.free_digits(at) {
            return Some((value, at + 1));
        }
        let value = vocabulary::number_word(self.word(at))?;
        if self.is_name(at) || (vocabulary::names_a_thing(self.word_before(at)) && !self.is_ago(at)) {
            return None;
        }
        if value >= 20 && value % 10 == 0 {
            let next = if self.is_dash(at + 1) { at + 2 } else { at + 1 };
            if let Some(ones) = vocabulary::number_word(self.word(next)).filter(|ones| (1..10).contains(ones))
            {
                return Some((value + ones, next + 1));
            }
        }
        Some((value, at + 1))
    }

    /// An ordinal in digits ("18th") or words ("eighteenth", "twenty-first").
    pub(super) fn ordinal(&self, at: usize) -> Option<(u32, usize)> {
        if let Some(Token { kind: Kind::Number(Some(value)), is_ordinal: true, .. }) = self.token(at) {
            return Some((*value, at + 1));
        }
        if let Some(value) = vocabulary::ordinal_word(self.word(at)) {
            return Some((value, at + 1));
        }
        let tens = vocabulary::number_word(self.word(at)).filter(|tens| matches!(tens, 20 | 30))?;
        let next = if self.is_dash(at + 1) { at + 2 } else { at + 1 };
        let ones = vocabulary::ordinal_word(self.word(next)).filter(|ones| *ones < 10)?;
        Some((tens + ones, next + 1))
    }

    /// "the", "a" and the like are no part of a meaning.
    pub(super) fn skip_word(&self, at: usize, words: &[&str]) -> usize {
        if self.is_word(at, words) { at + 1 } else { at }
    }

    pub(super) fn skip_dash(&self, at: usize) -> usize {
        if self.is_dash(at) { at + 1 } else { at }
    }

    /// "3 hours", "an hour", "half an hour", "2.5 hours", "a couple of days", "24h", "90-minute".
    pub(super) fn amount(&self, at: usize) -> Option<(Amount, usize)> {
        if let Some(found) = self.amount_of_parts(at) {
            return Some(found);
        }
        let (count, next) = self.count(at)?;
        let count = i64::from(count);
        if self.is_word(next, &["fortnight", "fortnights"]) {
            return Some((Amount { unit: Unit::Week, count: 2 * count }, next + 1));
        }
        // "1h30".
        if self.is_glued(next)
            && let Some(minutes) = self.word(next).strip_prefix('h').filter(|rest| rest.len() == 2)
            && let Ok(minutes) = minutes.parse::<i64>()
            && (0..60).contains(&minutes)
        {
            return Some((Amount { unit: Unit::Minute, count: count * 60 + minutes }, next + 1));
        }
        // "2.5 hours", "2 and a half hours", "an hour and a half".
        if self.is_mark(next, &['.', ','])
            && self.is_glued(next)
            && self.is_glued(next + 1)
            && let Some((tenths, 1)) = self.digits(next + 1)
        {
            let (unit, end) = self.unit_at(next + 2)?;
            return fraction(unit, count * 10 + i64::from(tenths), 10).map(|amount| (amount, end));
        }
        if self.is_word(next, &["and"])
            && self.is_word(next + 1, &["a", "an"])
            && self.word(next + 2) == "half"
        {
            let (unit, end) = self.unit_at(next + 3)?;
            return fraction(unit, count * 2 + 1, 2).map(|amount| (amount, end));
        }
        let next = self.skip_word(next, &["more", "whole", "full"]);
        let (unit, end) = self.unit_at(next)?;
        if self.are_words(end, &["and", "a", "half"]) {
            return fraction(unit, count * 2 + 1, 2).map(|amount| (amount, end + 3));
        }
        Some((Amount { unit, count }, end))
    }

    /// "3", "a", "a couple of", "a few", "several".
    pub(super) fn count(&self, at: usize) -> Option<(u32, usize)> {
        if let Some(found) = self.number(at) {
            return Some(found);
        }
        let is_article = self.is_word(at, &["a", "an"]);
        let bare = if is_article { at + 1 } else { at };
        match self.word(bare) {
            "couple" | "pair" => Some((2, self.skip_word(bare + 1, &["of"]))),
            "few" => Some((3, bare + 1)),
            "several" => Some((5, bare + 1)),
            _ if is_article => Some((1, bare)),
            _ => None,
        }
    }

    fn amount_of_parts(&self, at: usize) -> Option<(Amount, usize)> {
        let after_article = self.skip_word(at, &["a"]);
        let (numerator, denominator, next) = match self.word(after_article) {
            "half" => (1, 2, after_article + 1),
            "quarter" => (1, 4, after_article + 1),
            "fortnight" => return Some((Amount { unit: Unit::Week, count: 2 }, after_article + 1)),
            _ if self.word(at) == "three" && self.word(self.skip_dash(at + 1)) == "quarters" => {
                (3, 4, self.skip_dash(at + 1) + 1)
            }
            _ => {
                let (numerator, _) = self.free_digits(at).filter(|_| self.is_mark(at + 1, &['/']))?;
                let (denominator, _) = self.digits(at + 2).filter(|(value, _)| matches!(value, 2 | 4))?;
                (i64::from(numerator), i64::from(denominator), at + 3)
            }
        };
        let next = self.skip_word(next, &["of"]);
        let next = self.skip_word(next, &["a", "an", "the"]);
        let (unit, end) = self.unit_at(next)?;
        fraction(unit, numerator, denominator).map(|amount| (amount, end))
    }

    /// A unit, a hyphen before it allowed; one letter only when it is glued to its number.
    pub(super) fn unit_at(&self, at: usize) -> Option<(Unit, usize)> {
        let at = if self.is_dash(at) && self.is_glued(at) { at + 1 } else { at };
        if let Some(unit) = vocabulary::unit(self.word(at)) {
            return Some((unit, at + 1));
        }
        vocabulary::unit_letter(self.word(at)).filter(|_| self.is_glued(at)).map(|unit| (unit, at + 1))
    }
}

/// A fraction of a unit in the units below it.
fn fraction(unit: Unit, numerator: i64, denominator: i64) -> Option<Amount> {
    let (smaller, size) = match unit {
        Unit::Minute => (Unit::Second, 60),
        Unit::Hour => (Unit::Minute, 60),
        Unit::Day => (Unit::Hour, 24),
        Unit::Week => (Unit::Hour, 168),
        Unit::Year => (Unit::Month, 12),
        Unit::Second | Unit::Month | Unit::Quarter => return None,
    };
    Some(Amount { unit: smaller, count: numerator * size / denominator })
}
