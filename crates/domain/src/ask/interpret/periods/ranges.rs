//! Two ends: "between A and B", "from A to B", "A – B". What the ends share (a day, a meridiem, a month) is left
//! to `combine` and to the placing of clock times.

use super::{
    clock::Sureness,
    combine::{bounded, merged, ranged},
    cursor::Cursor,
    expression::{Amount, Bound, Days, Expression, Shift, Slice, TimeOfDay, Unit, Which},
    vocabulary,
};

type Read = (Expression, usize);

/// How far before a range a word is looked for that makes a comparison of it.
const LOOK_BACK: usize = 24;

impl Cursor<'_> {
    /// One end of a range: days, a part, a clock time, each at most once. With `is_hinted`, a bare number
    /// is an hour.
    pub(super) fn end_of_range(&self, at: usize, is_hinted: bool) -> Option<Read> {
        if self.is_word(at, &["now"])
            || self.are_words(at, &["right", "now"])
            || self.are_words(at, &["the", "present"])
        {
            let end = if self.is_word(at, &["now"]) { at + 1 } else { at + 2 };
            return Some((Expression::of_shift(Shift::Now), end));
        }
        let empty = Expression::default();
        let (mut expression, mut next) =
            self.bare_hour(at, is_hinted).or_else(|| self.simple_end(at, &empty))?;
        for _ in 0..3 {
            let mut start = if self.is_mark(next, &[',']) { next + 1 } else { next };
            let direct = self
                .simple_end(start, &expression)
                .and_then(|(piece, end)| Some((merged(&expression, piece)?, end)));
            let found = direct.or_else(|| {
                while start < next + 3 && self.is_word(start, &["on", "in", "at", "of", "during"]) {
                    start += 1;
                }
                if start == next {
                    return None;
                }
                let (piece, end) =
                    self.bare_hour(start, false).or_else(|| self.simple_end(start, &expression))?;
                Some((merged(&expression, piece)?, end))
            });
            let Some((joined, end)) = found else { break };
            (expression, next) = (joined, end);
        }
        Some((expression, next))
    }

    /// A piece of an end of a range: a range within a range is none.
    pub(super) fn simple_end(&self, at: usize, so_far: &Expression) -> Option<Read> {
        let is_expected = so_far.days.is_some() || so_far.time.is_some();
        self.iso_date(at)
            .or_else(|| self.shift_from_now(at))
            .or_else(|| self.shift_from_anchor(at))
            .or_else(|| self.part_with_day(at))
            .or_else(|| self.days(at).map(|(days, end)| (Expression::of_days(days), end)))
            .or_else(|| self.bare_part(at, is_expected))
            .or_else(|| self.clock_piece(at))
            .or_else(|| self.part_as_bound(at))
    }

    /// "before lunch", "after sunset", "from morning to evening".
    pub(super) fn part_as_bound(&self, at: usize) -> Option<Read> {
        let (part, is_plural) = vocabulary::part(self.word(at))?;
        let is_bound = !is_plural && self.can_follow_hour(at + 1);
        is_bound.then(|| (Expression { part: Some(Self::whole(part)), ..Expression::default() }, at + 1))
    }

    /// A bare number as an hour, in an end of a range.
    pub(super) fn bare_hour(&self, at: usize, is_hinted: bool) -> Option<Read> {
        let (clock, sureness, end) = self.clock(at)?;
        // A year, a date or a weekday is not to be mistaken for an hour.
        let is_h = self.is_word(end - 1, &["h"]);
        if sureness != Sureness::Sure
            && !is_h
            && (self.ordinal(at).is_some() || self.date(at).is_some() || self.amount(at).is_some())
        {
            return None;
        }
        let is_joined = is_hinted && (self.connector(end, true).is_some());
        let is_hour = sureness == Sureness::Sure || is_joined || self.can_follow_hour(end);
        is_hour.then(|| (Expression { time: Some(TimeOfDay::Point(clock)), ..Expression::default() }, end))
    }

    /// "to", "until", "-" between two ends; "and" only behind "between".
    pub(super) fn connector(&self, at: usize, is_between: bool) -> Option<usize> {
        if self.is_dash(at) {
            return Some(at + 1);
        }
        match self.word(at) {
            "to" | "until" | "till" | "til" | "through" | "into" => Some(at + 1),
            "up" if self.is_word(at + 1, &["to", "until", "till"]) => Some(at + 2),
            "and" if is_between => Some(self.skip_word(at + 1, &["before", "until"])),
            "but" if self.is_word(at + 1, &["before"]) => Some(at + 2),
            "ending" if self.is_word(at + 1, &["at"]) => Some(at + 2),
            _ => None,
        }
    }

    /// "between A and B", "from A to B", "from A for 30 minutes", "from A on".
    pub(super) fn range(&self, at: usize) -> Option<Read> {
        let at = if self.is_word(at, &["in", "anywhere", "anytime", "sometime", "any"])
            && self.is_word(at + 1, &["between"])
        {
            at + 1
        } else {
            at
        };
        let is_short = self.word(at) == "b" && self.is_mark(at + 1, &['/']) && self.word(at + 2) == "w";
        let (word, at) = if is_short { ("between", at + 2) } else { (self.word(at), at) };
        if !matches!(word, "from" | "between" | "starting" | "betwixt") {
            return None;
        }
        let mut start = self.skip_word(at + 1, &["from", "at", "about", "around"]);
        if self.is_word(start, &["about", "around"]) {
            start += 1;
        }
        if let Some(found) = self.range_of_agos(start) {
            return Some(found);
        }
        if let Some((days, end)) = self.date_range(start) {
            return Some((days, end));
        }
        let (first, next) = self.end_of_range(start, true)?;
        if let Some(second_at) = self.connector(next, word == "between") {
            let second_at = self.skip_word(second_at, &["about", "around"]);
            let second =
                self.day_behind_date(&first, second_at).or_else(|| self.end_of_range(second_at, false));
            if let Some((second, end)) = second
                && let Some(found) = ranged(first.clone(), second)
            {
                return Some((found, end));
            }
        }
        if word == "between" {
            return None;
        }
        if self.word(next) == "for"
            && let Some((amount, end)) = self.amount(next + 1)
        {
            return Some((Expression { lasting: Some(amount), ..first }, end));
        }
        let is_onwards = self.is_word(next, &["on", "onward", "onwards", "forward", "forwards"])
            && (self.word(next) != "on" || self.is_end(next + 1));
        if is_onwards {
            return Some((bounded(Bound::Since, first), next + 1));
        }
        // "cars from Monday" are Monday's; "from 2pm" is the start of something.
        let is_bare = self.clock(start).is_some_and(|(_, sureness, _)| sureness != Sureness::Sure);
        let is_start = first.point().is_some() && !(is_bare && self.connector(next, true).is_some());
        is_start.then(|| (bounded(Bound::After, first), next))
    }

    /// "10 to 20 minutes ago", "between 2 and 3 days ago".
    pub(super) fn range_of_agos(&self, at: usize) -> Option<Read> {
        let (count, next) = self.number(at)?;
        let second_at = self.connector(next, true)?;
        let (amount, end) = self.amount(second_at)?;
        if self.word(end) != "ago" {
            return None;
        }
        let ago = |count: i64| {
            if amount.unit.is_of_clock() {
                Expression::of_shift(Shift::Ago(Amount { unit: amount.unit, count }, false))
            } else if amount.unit == Unit::Day {
                Expression::of_days(Days::Offset(-count))
            } else {
                Expression::of_days(Days::Unit { unit: amount.unit, offset: -count, slice: Slice::Whole })
            }
        };
        let (near, far) = (i64::from(count).min(amount.count), i64::from(count).max(amount.count));
        Some((ranged(ago(far), ago(near))?, end + 1))
    }

    /// "… to B" behind what was read so far.
    pub(super) fn range_to(&self, first: &Expression, at: usize) -> Option<Read> {
        let is_simple = first.bound.is_none()
            && first.range.is_none()
            && first.every.is_none()
            && first.lasting.is_none();
        let second_at = self.connector(at, false).or_else(|| self.is_mark(at, &['/']).then_some(at + 1))?;
        if !is_simple || (first.time.is_some() && first.point().is_none()) {
            return None;
        }
        if let Some((second, end)) = self.day_behind_date(first, second_at) {
            return Some((ranged(first.clone(), second)?, end));
        }
        let is_hours = first.point().is_some();
        let (second, end) = if is_hours {
            self.end_of_range(second_at, false)?
        } else {
            // "Monday - 5 people" is no range.
            self.end_of_range(second_at, false).filter(|(second, _)| {
                second.days.is_some()
                    || second.shift.is_some()
                    || (first.part.is_some() && second.part.is_some())
            })?
        };
        // "Compare Friday to the Friday before", "compare today to yesterday" names two days.
        let is_beside = self.is_word(second_at, &["the"]) && self.is_word(end, &["before", "after", "prior"]);
        let is_compared = goes_back(first.days.as_ref(), second.days.as_ref())
            && (at.saturating_sub(LOOK_BACK)..at).any(|before| self.is_comparing(before));
        if second.is_only_days() && (is_beside || is_compared) {
            return None;
        }
        // "Monday to Friday at 3pm" is each day: an end on the clock needs a start on the clock.
        let is_days = first.part.is_none() && first.time.is_none() && first.days.is_some();
        if is_days && let (Some(last), Some(time), None) = (&second.days, second.time, second.part) {
            let days = Expression::of_days(last.clone());
            let mut each = ranged(first.clone(), days)?;
            each.time = Some(time);
            let last_clock = self.connector(end, false).and_then(|at| self.clock(at));
            if let (TimeOfDay::Point(from), Some((to, _, end))) = (time, last_clock) {
                each.time = Some(TimeOfDay::Between(from, to));
                return Some((each, end));
            }
            return Some((each, end));
        }
        Some((ranged(first.clone(), second)?, end))
    }

    /// "July 13 to 15": a bare day behind a date is in its month.
    pub(super) fn day_behind_date(&self, first: &Expression, at: usize) -> Option<Read> {
        let Some(Days::Date { year, month: Some(month), .. }) = first.days else { return None };
        if first.time.is_some() {
            return None;
        }
        let start = self.skip_word(at, &["the"]);
        let (day, end) = self.ordinal(start).or_else(|| {
            self.digits(start).filter(|(_, digits)| *digits <= 2).map(|(day, _)| (day, start + 1))
        })?;
        let is_other = self.is_mark(end, &[':', '/'])
            || self.meridiem(end).is_some()
            || self.is_word(end, &["of", "oclock", "h"])
            || vocabulary::month(self.word(end)).is_some()
            // "04.05. to 08.05." ends with a date of its own.
            || self.is_mark(end, &['.']) && self.is_glued(end) && self.is_glued(end + 1) && self.digits(end + 1).is_some();
        let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
        if is_other {
            return None;
        }
        // "April 30 through the 2nd" ends in May.
        let is_next = matches!(first.days, Some(Days::Date { day: from, .. }) if day < from);
        let (month, year) = match (is_next, month) {
            (true, 12) => (1, year.map(|year| year + 1)),
            (true, _) => (month + 1, year),
            (false, _) => (month, year),
        };
        let mut days = Days::Date { year, month: Some(month), day, weekday: None };
        let mut end = end;
        let year_at = if self.is_mark(end, &[',']) { end + 1 } else { end };
        if let (None, Some((value @ 1970..=2199, 4))) = (year, self.digits(year_at)) {
            days = Days::Date { year: Some(value as i16), month: Some(month), day, weekday: None };
            end = year_at + 1;
        }
        Some((Expression::of_days(days), end))
    }

    /// "13 to 15 July", "the 23rd - 26th of October": a bare day before a date is in its month.
    pub(super) fn date_range(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let (day, next) = self.ordinal(start).or_else(|| {
            self.free_digits(start).filter(|(_, digits)| *digits <= 2).map(|(day, _)| (day, start + 1))
        })?;
        let second_at = self.connector(next, true)?;
        let is_listed = self.word(next) == "and" && !self.is_word(at.wrapping_sub(1), &["between", "w"]);
        let (last, end) = self.date(second_at)?;
        let Days::Date { year, month: Some(month), .. } = last else { return None };
        let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
        let is_month_last = vocabulary::month(self.word(self.skip_word(second_at, &["the"]))).is_none();
        if !is_month_last || is_listed || self.is_mark(second_at + 1, &['/', '.']) {
            return None;
        }
        let first = Days::Date { year, month: Some(month), day, weekday: None };
        Some((Expression::of_days(Days::Between(Box::new(first), Box::new(last))), end))
    }

    /// "0600-1400": four digits on both sides, and no years.
    fn is_range_of_digits(&self, first: usize, second: usize) -> bool {
        let is_clock = |at: usize| {
            self.digits(at)
                .is_some_and(|(value, digits)| digits == 4 && value / 100 <= 24 && value % 100 < 60)
        };
        let is_year = |at: usize| self.digits(at).is_some_and(|(value, _)| self.is_year(value));
        is_clock(first) && is_clock(second) && !(is_year(first) && is_year(second))
    }

    /// Whether a day is named anywhere by a word of its own.
    fn has_day_word(&self) -> bool {
        (0..self.tokens.len()).any(|at| {
            self.is_word(at, &["yesterday", "today"]) || vocabulary::weekday(self.word(at)).is_some()
        })
    }

    /// "3-4pm", "9 to 5" behind a day.
    pub(super) fn clock_range(&self, at: usize, has_day: bool) -> Option<Read> {
        let (first, sureness, next) = self.clock(at)?;
        if sureness == Sureness::Sure {
            return None;
        }
        let second_at = self.connector(next, false)?;
        let (second, second_sureness, end) = self.clock(second_at)?;
        let is_asked = self.is_range_of_digits(at, second_at)
            || has_day
            || self.is_word(at.wrapping_sub(1), &["at"])
            || first.is_about;
        let is_part = self.is_word(end, &["in"]) && self.bare_part(end, false).is_some();
        // "9 to 5 yesterday": the day behind it asks for hours.
        let day_at = self.skip_word(end, &["on"]);
        let is_asked = is_asked || self.days(day_at).is_some() || self.part_with_day(day_at).is_some();
        let is_time = match second_sureness {
            Sureness::Sure => true,
            Sureness::Digits if self.is_range_of_digits(at, second_at) => true,
            _ if self.is_terse() && self.is_dash(next) && self.has_day_word() => true,
            _ => (is_asked || is_part) && self.can_follow_hour(end),
        };
        is_time.then(|| {
            (Expression { time: Some(TimeOfDay::Between(first, second)), ..Expression::default() }, end)
        })
    }
}

/// Whether the second days are before the first, so that no range leads from these to those: "today to yesterday".
fn goes_back(first: Option<&Days>, second: Option<&Days>) -> bool {
    match (first, second) {
        (Some(Days::Offset(from)), Some(Days::Offset(to))) => to < from,
        (Some(Days::Unit { unit, offset: from, .. }), Some(Days::Unit { unit: other, offset: to, .. })) => {
            unit == other && to < from
        }
        // "Monday to Friday" is each day of it; "Friday to Thursday" are two.
        (Some(Days::Weekday(from, Which::Latest)), Some(Days::Weekday(to, Which::Latest))) => {
            to.to_monday_zero_offset() < from.to_monday_zero_offset()
        }
        (Some(Days::Month { year, month: from, .. }), Some(Days::Month { year: other, month: to, .. })) => {
            (other, to) < (year, from)
        }
        (Some(Days::Offset(_)), Some(Days::Weekday(..) | Days::Weekend(_)))
        | (_, Some(Days::Weekday(_, Which::Back(_)) | Days::Weekend(Which::Back(_)))) => true,
        _ => false,
    }
}
