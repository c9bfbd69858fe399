//! Weeks, months, quarters and years by their place: "this week", "the week before last", "the end of
//! last month", "the week of May 4", "the first Monday of March".

use super::{
    cursor::Cursor,
    expression::{Days, Nth, Slice, Unit, Which},
    vocabulary,
};

type Read = (Days, usize);

impl Cursor<'_> {
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
                if unit == Unit::Day && only == Unit::Day {
                    return Some((Days::Offset(-2), start + 3));
                }
                return build(unit, -2, start + 3);
            }
            // "so far this week" is handled by its words; "the month" alone needs "of" or "during".
            let is_asked =
                self.is_word(at.wrapping_sub(1), &["of", "during", "in", "throughout"]) && start > at;
            return if is_asked && only != Unit::Day { build(unit, 0, start + 1) } else { None };
        }
        if let Some(unit_at) = self.last_to_last(start)
            && let Some(unit) = vocabulary::unit(self.word(unit_at))
        {
            return build(unit, -2, unit_at + 1);
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
        let end = unit_at + 1;
        let is_to_date = offset == 0 && self.are_words(end, &["to", "date"]);
        build(unit, offset, if is_to_date { end + 2 } else { end })
    }

    /// "Last to last week" is the one before last week: the position behind these words.
    pub(super) fn last_to_last(&self, at: usize) -> Option<usize> {
        let to = self.skip_dash(at + 1);
        let last = self.skip_dash(to + 1);
        let is_said = self.word(at) == "last" && self.word(to) == "to" && self.word(last) == "last";
        is_said.then_some(last + 1)
    }

    /// "early March", "the end of last month", "the beginning of the year", "mid-June".
    pub(super) fn sliced(&self, at: usize) -> Option<Read> {
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
        with_slice(&found.0, slice).map(|days| (days, found.1))
    }

    /// "the week", "the month", "year" behind "the end of".
    pub(super) fn the_unit(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let unit = vocabulary::unit(self.word(start)).filter(|unit| *unit > Unit::Day)?;
        Some((Days::Unit { unit, offset: 0, slice: Slice::Whole }, start + 1))
    }

    /// "the week of May 4", "week commencing 4 May".
    pub(super) fn week_of(&self, at: usize) -> Option<Read> {
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
        let is_day = matches!(day, Days::Date { .. } | Days::Weekday(..) | Days::Feast { .. });
        is_day.then(|| (Days::WeekOf(Box::new(day)), end))
    }

    /// "last March", "next May", "last Christmas", "this April".
    pub(super) fn relative_month(&self, at: usize) -> Option<Read> {
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
            date @ Days::Date { year: None, month: Some(_), .. } if which != Which::Ahead(1) => {
                Some((date, end))
            }
            feast @ Days::Feast { year: None, .. } if which != Which::Ahead(1) => Some((feast, end)),
            Days::Quarter { year: None, .. } if which == Which::Back(1) => Some((days, end)),
            _ => None,
        }
    }

    /// "The last three days of March", "the first half of last week".
    pub(super) fn end_of_days(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let is_last = match self.word(start) {
            "first" | "opening" => false,
            "last" | "final" | "second" | "latter" => true,
            _ => return None,
        };
        let within = |at: usize| {
            let next = if self.is_word(at, &["of", "in"]) { at + 1 } else { return None };
            self.unit_relative_to_now(next, Unit::Day)
                .or_else(|| self.the_unit(next))
                .or_else(|| self.date(next))
                .or_else(|| self.relative_month(next))
        };
        let is_long = |days: &Days| {
            matches!(
                days,
                Days::Month { .. }
                    | Days::Unit { .. }
                    | Days::Year { .. }
                    | Days::Quarter { .. }
                    | Days::Season { .. }
            )
        };
        if self.word(start + 1) == "half" {
            let (days, end) = within(start + 2).filter(|(days, _)| is_long(days))?;
            return Some((Days::Half(is_last, Box::new(days)), end));
        }
        let (count, next) = self.count(start + 1)?;
        let days = match (self.word(start), vocabulary::unit(self.word(next))?) {
            ("second" | "latter", _) => return None,
            (_, Unit::Day) => i64::from(count),
            (_, Unit::Week) => 7 * i64::from(count),
            _ => return None,
        };
        let (of, end) = within(next + 1).filter(|(days, _)| is_long(days))?;
        Some((Days::Ends(if is_last { -days } else { days }, Box::new(of)), end))
    }

    /// "the first Monday of March", "the last day of last month", "the first week of 2025".
    pub(super) fn nth_of(&self, at: usize) -> Option<Read> {
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
        let is_long = matches!(
            days,
            Days::Month { .. }
                | Days::Unit { .. }
                | Days::Year { .. }
                | Days::Quarter { .. }
                | Days::Season { .. }
        );
        is_long.then(|| (Days::NthOf(nth, what, Box::new(days)), end))
    }
}

fn with_slice(days: &Days, wanted: Slice) -> Option<Days> {
    Some(match *days {
        Days::Month { year, month, which, .. } => Days::Month { year, month, which, slice: wanted },
        Days::Unit { unit, offset, .. } => Days::Unit { unit, offset, slice: wanted },
        Days::Year { year, .. } => Days::Year { year, slice: wanted },
        Days::Season { year, season, which, .. } => Days::Season { year, season, which, slice: wanted },
        _ => return None,
    })
}
