//! Days in words: "yesterday", "last Tuesday", "3 days ago", "this week", "the weekend", "the first
//! Monday of March", and how two mentions of days make one ("Tuesday last week", "Friday, June 12").

use jiff::civil::Weekday;

use super::{
    cursor::Cursor,
    expression::{Amount, Days, Nth, Slice, Unit, Which},
    vocabulary,
};

type Read = (Days, usize);

impl Cursor<'_> {
    /// Days at a position, in any form.
    pub(super) fn days(&self, at: usize) -> Option<Read> {
        self.nth_of(at)
            .or_else(|| self.day_word(at))
            .or_else(|| self.ago(at))
            .or_else(|| self.rolling(at))
            .or_else(|| self.weekday_or_weekend(at))
            .or_else(|| self.unit_relative_to_now(at, Unit::Day))
            .or_else(|| self.sliced(at))
            .or_else(|| self.week_of(at))
            .or_else(|| self.relative_month(at))
            .or_else(|| self.date(at))
    }

    fn day_word(&self, at: usize) -> Option<Read> {
        let offset = |days: i64, next: usize| Some((Days::Offset(days), next));
        let this = |unit: Unit, end: usize| Some((Days::Unit { unit, offset: 0, slice: Slice::Whole }, end));
        match self.word(at) {
            "ytd" => return this(Unit::Year, at + 1),
            "mtd" => return this(Unit::Month, at + 1),
            "week" | "month" | "quarter" | "year" if self.are_words(at + 1, &["to", "date"]) => {
                return this(vocabulary::unit(self.word(at))?, at + 3);
            }
            _ => {}
        }
        let after_the = self.skip_word(at, &["the"]);
        if self.are_words(after_the, &["day", "before", "yesterday"]) {
            return offset(-2, after_the + 3);
        }
        if self.are_words(after_the, &["day", "after", "tomorrow"]) {
            return offset(2, after_the + 3);
        }
        if self.is_word(at, &["earlier", "later", "so", "all"]) && self.is_word(at + 1, &["today"]) {
            return offset(0, at + 2);
        }
        match self.word(at) {
            "today" | "todays" => {
                let next = if self.are_words(at + 1, &["so", "far"]) { at + 3 } else { at + 1 };
                offset(0, next)
            }
            "yesterday" | "yesterdays" => offset(-1, at + 1),
            "tomorrow" | "tomorrows" => offset(1, at + 1),
            "so" if self.are_words(at, &["so", "far", "today"]) => offset(0, at + 3),
            _ => None,
        }
    }

    /// "3 days ago", "a week ago", "two Thursdays ago", "3 weeks back".
    fn ago(&self, at: usize) -> Option<Read> {
        let (count, next) = self.count(at)?;
        let count = i64::from(count);
        if let Some((weekday, _)) = vocabulary::weekday(self.word(next)) {
            return match self.word(next + 1) {
                "ago" | "back" => Some((Days::Weekday(weekday, Which::Back(count)), next + 2)),
                _ if self.are_words(next + 1, &["from", "now"]) => {
                    Some((Days::Weekday(weekday, Which::Ahead(count)), next + 3))
                }
                _ => None,
            };
        }
        if self.is_word(next, &["weekend", "weekends"]) && self.is_word(next + 1, &["ago", "back"]) {
            return Some((Days::Weekend(Which::Back(count)), next + 2));
        }
        let (amount, end) = self.amount(at)?;
        let end = self.skip_word(end, &["right"]);
        if amount.unit.is_of_clock() {
            return None;
        }
        let is_ago = self.is_word(end, &["ago", "back", "hence"]);
        let is_ahead = self.are_words(end, &["from", "now"]) || self.are_words(end, &["from", "today"]);
        if !is_ago && !is_ahead {
            return None;
        }
        let sign = if is_ahead || self.word(end) == "hence" { 1 } else { -1 };
        let offset = amount.count * sign;
        let days = match amount.unit {
            Unit::Day => Days::Offset(offset),
            // Who means the week says "last week".
            Unit::Week if amount.count == 1 => Days::Offset(7 * sign),
            unit => Days::Unit { unit, offset, slice: Slice::Whole },
        };
        // "a week ago today", "three weeks ago on Tuesday" are left to the joining of days.
        Some((days, end + if is_ahead { 2 } else { 1 }))
    }

    /// "the last 3 days", "past week", "the last month", "this past week": until now.
    fn rolling(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the", "this", "these", "our"]);
        let has_article = start > at;
        let word = self.word(start);
        if !matches!(word, "last" | "past" | "previous" | "preceding" | "trailing" | "latest" | "recent") {
            return None;
        }
        let next = self.skip_word(start + 1, &["full", "whole"]);
        if let Some((amount, end)) = self.amount(next) {
            let is_half_past =
                matches!(self.word(next), "half" | "quarter") && word == "past" && amount.count <= 0;
            let end = self.skip_period(end);
            return (!is_half_past).then_some((Days::Rolling(amount), end));
        }
        if word == "recent" {
            return None;
        }
        let (unit, end) = self.unit_at(next)?;
        let is_rolling = match unit {
            Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => true,
            _ => word == "past" || (has_article && matches!(word, "last" | "trailing")),
        };
        if !is_rolling || (unit == Unit::Second && !self.is_end(end)) {
            return None;
        }
        // "the last day of the job" is not a period.
        let is_of = self.is_word(end, &["of"])
            || (unit == Unit::Minute && !self.is_end(end) && !vocabulary::is_function_word(self.word(end)));
        (!is_of).then_some((Days::Rolling(Amount { unit, count: 1 }), end))
    }

    /// "24-hour period".
    fn skip_period(&self, at: usize) -> usize {
        self.skip_word(at, &["period", "window", "span"])
    }

    /// "Monday", "last Tuesday", "this Friday", "the weekend", "last weekend".
    fn weekday_or_weekend(&self, at: usize) -> Option<Read> {
        let mut next = self.skip_word(at, &["the"]);
        let mut which = Which::Latest;
        let mut is_named = true;
        match self.word(next) {
            "this" | "current" => {
                next = self.skip_word(next + 1, &["past", "last"]);
                if self.is_word(next - 1, &["past", "last"]) {
                    which = Which::Back(1);
                }
            }
            "last" | "past" | "previous" => {
                which = Which::Back(1);
                next += 1;
            }
            "next" | "coming" | "upcoming" => {
                which = Which::InWeek(1);
                next += 1;
            }
            _ => is_named = false,
        }
        if let Some(end) = self.weekend_at(next) {
            if which == Which::Latest && is_named {
                which = Which::Latest;
            }
            let end = if self.are_words(end, &["before", "last"]) {
                which = Which::Back(2);
                end + 2
            } else {
                end
            };
            return Some((Days::Weekend(which), end));
        }
        let (weekday, is_plural) = vocabulary::weekday(self.word(next))?;
        if is_plural && !self.is_possessive_plural(next) {
            return None;
        }
        if !is_named && !self.is_plain_weekday(next) {
            return None;
        }
        let end = self.skip_weekday_dot(next);
        if self.are_words(end, &["before", "last"]) {
            return Some((Days::Weekday(weekday, Which::Back(2)), end + 2));
        }
        if self.are_words(end, &["after", "next"]) {
            return Some((Days::Weekday(weekday, Which::Ahead(2)), end + 2));
        }
        Some((Days::Weekday(weekday, which), end))
    }

    /// "Mondays" is every Monday, except where the apostrophe was forgotten before a noun.
    fn is_possessive_plural(&self, _at: usize) -> bool {
        false
    }

    pub(super) fn weekend_at(&self, at: usize) -> Option<usize> {
        match self.word(at) {
            "weekend" => Some(at + 1),
            "week" if self.word(self.skip_dash(at + 1)) == "end" => Some(self.skip_dash(at + 1) + 1),
            _ => None,
        }
    }

    /// "Mon. 3pm": the dot belongs to the short form unless it ends the sentence.
    fn skip_weekday_dot(&self, at: usize) -> usize {
        let is_short = self.word(at).len() <= 5;
        let is_dot = is_short && self.is_mark(at + 1, &['.']) && self.tokens.get(at + 2).is_some();
        if is_dot { at + 2 } else { at + 1 }
    }

    /// Whether a short form such as "sat" or "sun" is meant as a day here.
    fn is_plain_weekday(&self, at: usize) -> bool {
        let word = self.word(at);
        if !vocabulary::is_doubtful_weekday(word) {
            return true;
        }
        if self.tokens.len() <= 2 && self.is_end(at + 1) {
            return true;
        }
        let before = self.word_before(at);
        let is_introduced = matches!(
            before,
            "on" | "since" | "until" | "till" | "before" | "after" | "from" | "every" | "each" | "between"
        ) && !self
            .is_word(at + 1, &["down", "glare", "shine", "screen", "lounger", "light"]);
        let next = self.skip_weekday_dot(at);
        let next = if self.is_mark(next, &[',']) { next + 1 } else { next };
        let is_followed = matches!(self.word(next), "morning" | "afternoon" | "evening" | "night" | "noon")
            || (self.is_dash(next) && vocabulary::weekday(self.word(next + 1)).is_some())
            || (vocabulary::month(self.word(next)).is_some() && self.digits(next + 1).is_some())
            || self.clock(next).is_some_and(|(_, sureness, _)| sureness == super::clock::Sureness::Sure);
        let is_listed = (matches!(before, "and" | "or" | "to" | "vs" | "through")
            || self.is_dash(at.wrapping_sub(1)))
            && at >= 2
            && vocabulary::weekday(self.word(at - 2)).is_some();
        let is_capital = self.is_capital(at) && at > 0 && self.is_end(at + 1);
        is_introduced || is_followed || is_listed || is_capital
    }

    /// "this week", "last month", "previous quarter", "next year", "the week before last". With
    /// `Unit::Month` only months are taken.
    pub(super) fn unit_relative_to_now(&self, at: usize, only: Unit) -> Option<Read> {
        let start = self.skip_word(at, &["the", "all", "earlier", "later"]);
        let start = self.skip_word(start, &["of"]);
        let start = self.skip_word(start, &["the"]);
        let build = |unit: Unit, offset: i64, end: usize| {
            let is_wanted = unit > Unit::Day && (only == Unit::Day || unit == only);
            is_wanted.then_some((Days::Unit { unit, offset, slice: Slice::Whole }, end))
        };
        let direct = vocabulary::unit(self.word(start));
        if let Some(unit) = direct {
            if self.are_words(start + 1, &["before", "last"]) {
                return build(unit, -2, start + 3);
            }
            // "so far this week" is handled by its words; "the month" alone needs "of" or "during".
            let is_asked =
                self.is_word(at.wrapping_sub(1), &["of", "during", "in", "throughout"]) && start > at;
            return if is_asked && only != Unit::Day { build(unit, 0, start + 1) } else { None };
        }
        let offset = match self.word(start) {
            "this" | "current" => 0,
            "last" | "previous" | "past" | "prior" => -1,
            "next" | "coming" | "upcoming" | "following" => 1,
            _ => return None,
        };
        if self.word(start) == "following" && self.has_anchor.get() {
            return None;
        }
        let unit_at = self.skip_word(start + 1, &["calendar", "business", "working"]);
        if self.weekend_at(unit_at).is_some() {
            return None;
        }
        let unit = vocabulary::unit(self.word(unit_at))?;
        if unit == Unit::Day
            && offset == -1
            && only == Unit::Day
            && self.word(start) == "previous"
            && !self.has_anchor.get()
        {
            return Some((Days::Offset(-1), unit_at + 1));
        }
        if unit == Unit::Hour && offset == 0 && only == Unit::Day {
            return None;
        }
        build(unit, offset, unit_at + 1)
    }

    /// "early March", "the end of last month", "the beginning of the year", "mid-June".
    fn sliced(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let (slice, of) = match self.word(start) {
            "beginning" | "start" => (Slice::Early, true),
            "end" => (Slice::Late, true),
            "middle" => (Slice::Mid, true),
            "early" => (Slice::Early, false),
            "mid" => (Slice::Mid, false),
            "late" => (Slice::Late, false),
            _ => return None,
        };
        let mut next = start + 1;
        if of {
            if !self.is_word(next, &["of"]) {
                return None;
            }
            next += 1;
        } else {
            next = self.skip_dash(next);
            next = self.skip_word(next, &["in"]);
        }
        let found = self
            .unit_relative_to_now(next, Unit::Day)
            .or_else(|| self.the_unit(next).filter(|_| of))
            .or_else(|| self.relative_month(next))
            .or_else(|| self.date(next))?;
        with_slice(found.0, slice).map(|days| (days, found.1))
    }

    /// "the week", "the month", "year" behind "the end of".
    fn the_unit(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let unit = vocabulary::unit(self.word(start)).filter(|unit| *unit > Unit::Day)?;
        Some((Days::Unit { unit, offset: 0, slice: Slice::Whole }, start + 1))
    }

    /// "the week of May 4", "week commencing 4 May".
    fn week_of(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        if self.word(start) != "week"
            || !self.is_word(start + 1, &["of", "commencing", "starting", "beginning", "from"])
        {
            return None;
        }
        let next = self.skip_word(start + 2, &["on"]);
        if let Some((expression, end)) = self.iso_date(next) {
            return Some((Days::WeekOf(Box::new(expression.days?)), end));
        }
        let (day, end) = self.date(next).or_else(|| self.weekday_or_weekend(next))?;
        let is_day = matches!(day, Days::Date { .. } | Days::Weekday(..));
        is_day.then(|| (Days::WeekOf(Box::new(day)), end))
    }

    /// "last March", "next May", "last Christmas", "this April".
    fn relative_month(&self, at: usize) -> Option<Read> {
        let which = match self.word(at) {
            "last" | "previous" => Which::Back(1),
            "next" => Which::Ahead(1),
            "this" => Which::InWeek(0),
            _ => return None,
        };
        let (days, end) = self.date(at + 1)?;
        match days {
            Days::Month { year: None, month, slice, .. } => {
                Some((Days::Month { year: None, month, which, slice }, end))
            }
            date @ Days::Date { year: None, month: Some(_), .. } if which == Which::Back(1) => {
                Some((date, end))
            }
            Days::Quarter { year: None, .. } if which == Which::Back(1) => Some((days, end)),
            _ => None,
        }
    }

    /// "the first Monday of March", "the last day of last month", "the first week of 2025".
    fn nth_of(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let (nth, next) = match self.ordinal(start) {
            Some((nth, next)) if self.word(next) == "last" => (-i64::from(nth), next + 1),
            Some((nth, next)) => (i64::from(nth), next),
            None if self.word(start) == "last" => (-1, start + 1),
            None => return None,
        };
        let (what, next) = if let Some((weekday, false)) = vocabulary::weekday(self.word(next)) {
            (Nth::Weekday(weekday), next + 1)
        } else if let Some(end) = self.weekend_at(next) {
            (Nth::Weekend, end)
        } else {
            match self.word(next) {
                "day" => (Nth::Day, next + 1),
                "week" => (Nth::Week, next + 1),
                _ => return None,
            }
        };
        if !self.is_word(next, &["of", "in"]) {
            return None;
        }
        let within = next + 1;
        let (days, end) = self
            .unit_relative_to_now(within, Unit::Month)
            .or_else(|| self.unit_relative_to_now(within, Unit::Year))
            .or_else(|| {
                self.unit_relative_to_now(within, Unit::Week)
                    .filter(|_| !matches!(what, Nth::Week | Nth::Weekend))
            })
            .or_else(|| self.the_unit(within))
            .or_else(|| self.date(within))?;
        let is_long =
            matches!(days, Days::Month { .. } | Days::Unit { .. } | Days::Year { .. } | Days::Quarter { .. });
        is_long.then(|| (Days::NthOf(nth, what, Box::new(days)), end))
    }
}

fn with_slice(days: Days, wanted: Slice) -> Option<Days> {
    Some(match days {
        Days::Month { year, month, which, .. } => Days::Month { year, month, which, slice: wanted },
        Days::Unit { unit, offset, .. } => Days::Unit { unit, offset, slice: wanted },
        Days::Year { year, .. } => Days::Year { year, slice: wanted },
        _ => return None,
    })
}

/// Two mentions of days that stand together and are one: "Friday, June 12", "Tuesday last week",
/// "March last year". Absent when they are two.
pub(super) fn joined(first: &Days, second: &Days) -> Option<Days> {
    joined_in_order(first, second).or_else(|| joined_in_order(second, first))
}

fn joined_in_order(first: &Days, second: &Days) -> Option<Days> {
    match (first, second) {
        (Days::Weekday(weekday, Which::Latest), Days::Date { year, month, day, weekday: None }) => {
            Some(Days::Date { year: *year, month: *month, day: *day, weekday: Some(*weekday) })
        }
        (Days::Weekday(_, Which::Latest), Days::Known(date)) => Some(Days::Known(*date)),
        (
            Days::Weekday(weekday, Which::Latest),
            Days::Unit { unit: Unit::Week, offset, slice: Slice::Whole },
        ) => Some(Days::Weekday(*weekday, Which::InWeek(*offset))),
        (Days::Weekday(weekday, Which::Latest), Days::AnchorUnit(Unit::Week, offset)) => {
            let within = Days::AnchorUnit(Unit::Week, *offset);
            Some(Days::NthOf(1, Nth::Weekday(*weekday), Box::new(within)))
        }
        (Days::Weekend(Which::Latest), within @ Days::Unit { unit: Unit::Week, .. }) => {
            Some(Days::NthOf(1, Nth::Weekend, Box::new(within.clone())))
        }
        (Days::Weekday(weekday, Which::Latest), Days::WeekOf(_)) => {
            Some(Days::NthOf(1, Nth::Weekday(*weekday), Box::new(second.clone())))
        }
        (
            Days::Month { year: None, month, slice, .. },
            Days::Unit { unit: Unit::Year, offset, slice: Slice::Whole },
        ) => Some(Days::Month { year: None, month: *month, which: Which::InWeek(*offset), slice: *slice }),
        (Days::Date { year: None, month: None, day, .. }, Days::Unit { unit: Unit::Month, .. }) => {
            Some(Days::NthOf(i64::from(*day), Nth::Day, Box::new(second.clone())))
        }
        (
            Days::Date { year: None, month: Some(month), day, .. },
            Days::Unit { unit: Unit::Year, offset, .. },
        ) => {
            let within =
                Days::Month { year: None, month: *month, which: Which::InWeek(*offset), slice: Slice::Whole };
            Some(Days::NthOf(i64::from(*day), Nth::Day, Box::new(within)))
        }
        // "a week ago today", "two weeks ago yesterday".
        (Days::Unit { unit: Unit::Week, offset, slice: Slice::Whole }, Days::Offset(days)) => {
            Some(Days::Offset(offset * 7 + days))
        }
        (
            Days::Unit { unit: Unit::Week, offset, slice: Slice::Whole },
            Days::Weekday(weekday, Which::Back(1)),
        ) => Some(Days::Weekday(*weekday, Which::InWeek(*offset))),
        _ => None,
    }
}

/// The bit of a weekday in a set; bit 0 is Monday.
pub(super) fn weekday_bit(weekday: Weekday) -> u8 {
    1 << weekday.to_monday_zero_offset()
}
