//! What comes back: "every night", "each Monday", "on weekdays", "at weekends", "the last three
//! nights". Only which days; the part or time of the day and the days they lie in are read beside it.

use super::{
    cursor::Cursor,
    expression::{Every, Expression, Part, PartOfDay, Slice, weekday_bit},
    vocabulary,
};

type Read = (Expression, usize);

/// Words that ask for a mean.
const MEANS: [&str; 6] = ["average", "averages", "averaged", "avg", "typically", "usually"];

fn every(every: Every, part: Option<Part>) -> Expression {
    Expression {
        every: Some(every),
        part: part.map(|part| PartOfDay { part, slice: Slice::Whole }),
        ..Expression::default()
    }
}

impl Cursor<'_> {
    /// A repetition at a position.
    pub(super) fn repetition(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["on", "at", "over", "during"]);
        let start = self.skip_word(start, &["the"]);
        self.other_days(start)
            .or_else(|| self.latest_few(start))
            .or_else(|| self.each(start))
            .or_else(|| self.plural_days(start))
            .or_else(|| self.any_for_mean(start))
    }

    /// "Saturdays … than other days", "the rest of the week": the days that are not named beside it.
    fn other_days(&self, at: usize) -> Option<Read> {
        let names_days = |before: usize| {
            self.is_word(before, &["weekends"])
                || vocabulary::weekday(self.word(before)).is_some_and(|(_, many)| many)
        };
        let end = if self.are_words(at, &["rest", "of", "the", "week"]) {
            at + 4
        } else {
            let other = self.skip_word(at, &["all", "any", "the"]);
            let is_it = self.word(other) == "other" && self.is_word(other + 1, &["day", "days"]);
            let end = if is_it { other + 2 } else { return None };
            if self.are_words(end, &["of", "the", "week"]) { end + 3 } else { end }
        };
        let is_beside = (at.saturating_sub(24)..at).any(names_days);
        is_beside.then(|| (every(Every::on(Every::REST), None), end))
    }

    /// "On average … on a Monday", "usually at a weekend": a mean is over all of them.
    fn any_for_mean(&self, at: usize) -> Option<Read> {
        let is_any = self.is_word(at, &["a", "an"]);
        let is_mean = || is_any && (0..self.tokens.len()).any(|at| self.is_word(at, &MEANS));
        // "A typical Monday"; in "an average Monday" the word before asks for a mean and is left to others.
        let typical = self.skip_word(at + 1, &["typical", "normal", "usual", "regular", "ordinary"]);
        let before = at.wrapping_sub(1);
        let is_average =
            self.word(before) == "average" && self.is_word(before.wrapping_sub(1), &["a", "an", "the"]);
        let at = match (is_average, is_any && typical > at + 1) {
            (true, _) => before,
            (_, true) => typical - 1,
            _ if is_mean() => at,
            _ => return None,
        };
        if let Some(end) = self.working_day(at + 1) {
            return Some((every(Every::on(Every::WORKDAYS), None), end));
        }
        if self.word(at + 1) == "weekend" {
            return Some((every(Every::weekend(), None), at + 2));
        }
        let (weekday, is_plural) = vocabulary::weekday(self.word(at + 1))?;
        if is_plural || vocabulary::is_doubtful_weekday(self.word(at + 1)) {
            return None;
        }
        let (mut weekdays, mut end) = (weekday_bit(weekday), at + 2);
        // "A Monday or a Friday".
        while self.is_word(end, &["and", "or"])
            && let Some((next, false)) = vocabulary::weekday(self.word(self.skip_word(end + 1, &["a", "an"])))
        {
            weekdays |= weekday_bit(next);
            end = self.skip_word(end + 1, &["a", "an"]) + 1;
        }
        Some((every(Every::on(weekdays), None), end))
    }

    /// "every night", "each weekday morning", "every Monday and Thursday", "nightly".
    fn each(&self, at: usize) -> Option<Read> {
        if self.word(at) == "nightly" {
            return Some((every(Every::on(Every::DAILY), Some(Part::Night)), at + 1));
        }
        // "Any day but Monday", "all except Sunday": of all days, some are taken away.
        if self.is_word(at, &["any", "all"]) {
            let end = self.skip_word(self.skip_word(at + 1, &["the", "other"]), &["day", "days"]);
            if self.takes_day_away(end) {
                return Some((every(Every::on(Every::DAILY), None), end));
            }
        }
        if !self.is_word(at, &["every", "each", "all", "most"]) {
            return None;
        }
        let next = self.skip_word(at + 1, &["single", "the", "of"]);
        let is_every = self.is_word(at, &["every", "each"]);
        let (slice, part_at) = self.slice(next);
        if let Some((part, is_plural)) =
            vocabulary::part(self.word(part_at)).filter(|(_, plural)| is_every || *plural)
        {
            let mut found = every(Every::on(Every::DAILY), None);
            found.part = Some(PartOfDay { part, slice });
            let _ = is_plural;
            return Some((found, part_at + 1));
        }
        if is_every && self.word(next) == "day" {
            return Some((every(Every::on(Every::DAILY), None), next + 1));
        }
        if let Some(end) = self.working_day(next) {
            return Some((every(Every::on(Every::WORKDAYS), None), end));
        }
        if self.is_word(next, &["weekend", "weekends"]) {
            return Some((every(Every::weekend(), None), next + 1));
        }
        let (weekday, is_plural) = vocabulary::weekday(self.word(next))?;
        if !is_every && !is_plural {
            return None;
        }
        let (weekdays, end) = self.more_weekdays(weekday_bit(weekday), next + 1, false);
        Some((every(Every::on(weekdays), None), end))
    }

    fn working_day(&self, at: usize) -> Option<usize> {
        match self.word(at) {
            "weekday" | "weekdays" | "workday" | "workdays" => Some(at + 1),
            "business" | "working" | "work" | "week" if self.is_word(at + 1, &["day", "days"]) => {
                Some(at + 2)
            }
            _ => None,
        }
    }

    /// "weekdays", "weekday mornings", "Mondays", "Monday mornings", "weekends", "weekend nights".
    fn plural_days(&self, at: usize) -> Option<Read> {
        let is_followed_by_parts =
            |next: usize| vocabulary::part(self.word(next)).is_some_and(|(_, plural)| plural);
        if let Some(end) = self.working_day(at) {
            let is_plural = self.word(end - 1).ends_with('s');
            return (is_plural || is_followed_by_parts(end) || self.is_beside_weekend(at))
                .then(|| (every(Every::on(Every::WORKDAYS), None), end));
        }
        if self.word(at) == "weekends" {
            return Some((every(Every::weekend(), None), at + 1));
        }
        if self.word(at) == "weekend" && is_followed_by_parts(at + 1) {
            return Some((every(Every::on(Every::WEEKENDS), None), at + 1));
        }
        let (weekday, is_plural) = vocabulary::weekday(self.word(at))?;
        if is_plural {
            let (weekdays, end) = self.more_weekdays(weekday_bit(weekday), at + 1, true);
            return Some((every(Every::on(weekdays), None), end));
        }
        // "Monday mornings" are many, "Monday and Friday nights" are two: that is for the joining.
        let is_listed = self.is_word(at.wrapping_sub(1), &["and", "or"])
            && at >= 2
            && vocabulary::weekday(self.word(at - 2)).is_some();
        (is_followed_by_parts(at + 1) && !is_listed)
            .then(|| (every(Every::on(weekday_bit(weekday)), None), at + 1))
    }

    /// "Weekday vs weekend": one side of a comparison is all of them.
    fn is_beside_weekend(&self, at: usize) -> bool {
        let joins =
            |at: usize| self.is_word(at, &["and", "or", "vs", "versus", "with", "to", "than", "against"]);
        let is_weekend = |at: usize| self.is_word(at, &["weekend", "weekends"]);
        let is_ahead = joins(at + 1) && (is_weekend(at + 2) || is_weekend(at + 3));
        let is_behind = (1..=3).any(|back| at.checked_sub(back).is_some_and(is_weekend))
            && (1..=2).any(|back| at.checked_sub(back).is_some_and(joins));
        is_ahead || is_behind
    }

    /// "… and Thursday", at most the rest of the week.
    fn more_weekdays(&self, mut weekdays: u8, mut at: usize, is_plural: bool) -> (u8, usize) {
        for _ in 0..6 {
            let comma = if self.is_mark(at, &[',']) { at + 1 } else { at };
            let next = self.skip_word(comma, &["and", "or"]);
            match vocabulary::weekday(self.word(next)) {
                Some((weekday, plural)) if next > at && plural == is_plural => {
                    weekdays |= weekday_bit(weekday);
                    at = next + 1;
                }
                _ => break,
            }
        }
        (weekdays, at)
    }

    /// "the last three nights", "the past two weekends", "the last 4 Mondays".
    fn latest_few(&self, at: usize) -> Option<Read> {
        if !self.is_word(at, &["last", "past", "previous"]) {
            return None;
        }
        let (count, next) = self.count(at + 1)?;
        let limited = |mut found: Expression| {
            if let Some(every) = found.every.as_mut() {
                every.count = Some(i64::from(count));
            }
            found
        };
        if let Some((part, _)) = vocabulary::part(self.word(next)) {
            return Some((limited(every(Every::on(Every::DAILY), Some(part))), next + 1));
        }
        if self.is_word(next, &["weekend", "weekends"]) {
            return Some((limited(every(Every::weekend(), None)), next + 1));
        }
        if let Some(end) = self.working_day(next) {
            return Some((limited(every(Every::on(Every::WORKDAYS), None)), end));
        }
        let (weekday, _) = vocabulary::weekday(self.word(next))?;
        let is_ago = self.is_word(next + 1, &["ago", "back"]);
        (!is_ago).then(|| (limited(every(Every::on(weekday_bit(weekday)), None)), next + 1))
    }
}
