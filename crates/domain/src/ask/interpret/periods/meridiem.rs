//! Which half of the day a clock time is of: "am", "p.m.", "in the afternoon".

use super::{
    cursor::Cursor,
    expression::{Clock, Part},
    vocabulary,
};

const HOUR: i64 = 3600;

impl Clock {
    /// The same in the half of the day that is said.
    pub(super) fn with_meridiem(mut self, is_after_noon: bool) -> Self {
        if self.seconds < 13 * HOUR {
            self.seconds = if is_after_noon { self.after_noon() } else { self.before_noon() };
        }
        self.is_open = false;
        self.is_24h = false;
        self
    }
}

impl Cursor<'_> {
    /// "am", "pm", "a.m.", "p m", "in the AM", and a lone "a" or "p" glued to the number.
    pub(super) fn meridiem(&self, at: usize) -> Option<(bool, usize)> {
        let next = if self.are_words(at, &["in", "the"]) && self.is_word(at + 2, &["am", "pm"]) {
            at + 2
        } else {
            at
        };
        match self.word(next) {
            "am" => Some((false, next + 1)),
            "pm" => Some((true, next + 1)),
            letter @ ("a" | "p") if self.word(next + 1) == "m" && !self.is_glued(next + 1) => {
                Some((letter == "p", next + 2))
            }
            letter @ ("a" | "p") if self.is_glued(next) => {
                let is_dotted = self.is_mark(next + 1, &['.']) && self.is_glued(next + 1);
                Some((letter == "p", next + 1 + usize::from(is_dotted)))
            }
            _ => None,
        }
    }

    /// "8 in the morning", "3 in the afternoon": the part of the day says no more than "am" and "pm" do. Of
    /// the night, which has hours of both, it says more.
    pub(super) fn half_of_day(&self, found: Clock, at: usize) -> Option<(Clock, usize)> {
        let (part, is_plural) =
            vocabulary::part(self.word(at + 2)).filter(|_| self.are_words(at, &["in", "the"]))?;
        let is_after_noon = match part {
            Part::Morning => false,
            Part::Afternoon | Part::Evening => true,
            _ => return None,
        };
        let is_half = found.is_open && !is_plural && !vocabulary::is_qualified_by_part(self.word(at + 3));
        is_half.then(|| (found.with_meridiem(is_after_noon), at + 3))
    }
}
