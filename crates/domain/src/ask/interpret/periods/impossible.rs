//! Dates and clock times that do not exist: "31 February", "30.02.2026", "at 25:00". They are reported and
//! never guessed; what is only a number stays one.

use std::ops::Range;

use super::{
    cursor::Cursor,
    dates::{century, date},
    tokens::Kind,
    vocabulary,
};

/// Larger numbers beside a month are no slip of a day.
const DAY_MAX: u32 = 39;
/// Every month has this day.
const DAY_SAFE: u32 = 28;

impl Cursor<'_> {
    /// What stands at a position that is written as a time and is none: the position behind it.
    pub(super) fn impossible(&self, at: usize) -> Option<usize> {
        self.impossible_day(at)
            .or_else(|| self.impossible_date_in_numbers(at))
            .or_else(|| self.impossible_clock(at))
    }

    /// "31 February", "February 30th", "29 Feb 2026".
    fn impossible_day(&self, at: usize) -> Option<usize> {
        let in_digits =
            |at: usize| self.free_digits(at).filter(|(_, digits)| *digits == 2).map(|(day, _)| (day, at + 1));
        let day_at = |at: usize| {
            self.ordinal(at)
                .or_else(|| in_digits(at))
                .filter(|(day, _)| (DAY_SAFE + 1..=DAY_MAX).contains(day))
        };
        let (day, month, end) = if let Some((day, next)) = day_at(at) {
            let month_at = self.skip_word(next, &["of"]);
            (day, vocabulary::month(self.word(month_at))?, month_at + 1)
        } else {
            let month = vocabulary::month(self.word(at))?;
            let (day, next) = day_at(self.skip_word(at + 1, &["the"]))?;
            let is_date = self.is_ordinal(next - 1)
                || self.is_end(next)
                || vocabulary::is_function_word(self.word(next))
                || self.year_behind(next).is_some();
            if !is_date || self.is_mark(next, &[':']) {
                return None;
            }
            (day, month, next)
        };
        let (year, end) = self.year_behind(end).map_or((None, end), |(year, end)| (Some(year), end));
        date(year, month, day).is_none().then_some(end)
    }

    fn year_behind(&self, at: usize) -> Option<(i16, usize)> {
        let next = if self.is_mark(at, &[',']) { at + 1 } else { at };
        let (value, 4) = self.digits(next)? else { return None };
        self.is_year(value).then_some((value as i16, next + 1))
    }

    /// "31/02/2026", "30.02.", "2026-02-31".
    fn impossible_date_in_numbers(&self, at: usize) -> Option<usize> {
        let mark = ['/', '.', '-'].into_iter().find(|mark| self.is_mark(at + 1, &[*mark]))?;
        let is_joined = |at: usize| self.is_mark(at, &[mark]) && self.is_glued(at) && self.is_glued(at + 1);
        let is_run_on = at > 0 && self.is_glued(at);
        if is_run_on || !is_joined(at + 1) || !is_joined(at + 3) || is_joined(at + 5) || self.is_name(at) {
            return None;
        }
        let (a, b, c) = (self.digits(at)?, self.digits(at + 2)?, self.digits(at + 4)?);
        let is_year = |(value, digits): (u32, usize)| digits == 4 && self.is_year(value);
        let (year, first, second) = match (a, b, c) {
            (year, (month, 1..=2), (day, 1..=2)) if is_year(year) => (year.0 as i16, month, day),
            ((first, 1..=2), (second, 1..=2), year) if is_year(year) => (year.0 as i16, first, second),
            ((first, 2), (second, 2), (year, 2)) if mark != '-' => (century(year), first, second),
            _ => return None,
        };
        let is_day = |month: u32, day: u32| {
            i8::try_from(month).is_ok_and(|month| date(Some(year), month, day).is_some())
        };
        let is_slip = first <= DAY_MAX && second <= DAY_MAX;
        (is_slip && !is_day(first, second) && !is_day(second, first)).then_some(at + 5)
    }

    /// "at 25:00", "14:75".
    fn impossible_clock(&self, at: usize) -> Option<usize> {
        let is_colon = self.is_mark(at + 1, &[':']) && self.is_glued(at + 1) && self.is_glued(at + 2);
        let ((hour, 1..=2), (minute, 2)) = (self.digits(at)?, self.digits(at + 2)?) else { return None };
        let is_asked = matches!(
            self.word_before(at),
            "at" | "since" | "until" | "till" | "before" | "after" | "from" | "between" | "around" | "by"
        );
        let is_part = self.is_mark(at + 3, &[':', '/']) || (at > 0 && self.is_glued(at));
        (is_colon && is_asked && !is_part && (hour > 24 || minute > 59)).then_some(at + 3)
    }

    /// The bytes of every time in the text that does not exist.
    pub(super) fn impossible_times(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let is_number = matches!(self.tokens[at].kind, Kind::Number(_));
            let starts =
                is_number || vocabulary::month(self.word(at)).is_some() || self.ordinal(at).is_some();
            match starts.then(|| self.impossible(at)).flatten() {
                Some(end) if end > at && end <= self.tokens.len() => {
                    found.push(self.tokens[at].start..self.tokens[end - 1].end);
                    at = end;
                }
                _ => at += 1,
            }
        }
        found
    }
}
