//! Stretches of whole days: weeks, months and their parts, the nth of something within others, the next one
//! before or after them. Arithmetic on dates; no words, no clock, no zone.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::expression::{Near, Nth, Slice, Unit};

/// Whole days: the first inside and the first outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DaySpan {
    pub(super) from: Date,
    pub(super) to: Date,
}

impl DaySpan {
    pub(super) fn day(date: Date) -> Self {
        Self { from: date, to: plus_days(date, 1) }
    }

    pub(super) fn is_one_day(self) -> bool {
        plus_days(self.from, 1) >= self.to
    }
}

/// A date moved by days; stays where the calendar ends.
pub(super) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(days.clamp(-4_000_000, 4_000_000).days())
}

/// A date moved by months.
pub(super) fn plus_months(date: Date, months: i64) -> Date {
    date.saturating_add(months.clamp(-200_000, 200_000).months())
}

/// The Monday of a day's week.
pub(super) fn week_start(date: Date) -> Date {
    plus_days(date, -i64::from(date.weekday().to_monday_zero_offset()))
}

/// A year from its first day.
pub(super) fn year_span(year: i16) -> Option<DaySpan> {
    let from = Date::new(year, 1, 1).ok()?;
    Some(DaySpan { from, to: plus_months(from, 12) })
}

/// The unit that holds a date, moved by so many.
pub(super) fn unit_span(date: Date, unit: Unit, offset: i64) -> DaySpan {
    let months = |from: Date, size: i64| {
        let from = plus_months(from, offset.saturating_mul(size));
        DaySpan { from, to: plus_months(from, size) }
    };
    let first = date.first_of_month();
    match unit {
        Unit::Week => {
            let from = plus_days(week_start(date), offset.saturating_mul(7));
            DaySpan { from, to: plus_days(from, 7) }
        }
        Unit::Month => months(first, 1),
        Unit::Quarter => months(plus_months(first, -i64::from((first.month() - 1) % 3)), 3),
        Unit::Year => months(date.first_of_year(), 12),
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => DaySpan::day(plus_days(date, offset)),
    }
}

/// Early, mid or late in a unit: ten days of a month, three of a week, months of a year.
pub(super) fn thirds(span: DaySpan, slice: Slice, unit: Unit) -> DaySpan {
    let DaySpan { from, to } = span;
    let (early, late) = match unit {
        Unit::Week => (plus_days(from, 3), plus_days(to, -3)),
        Unit::Month => (plus_days(from, 10), plus_days(from, 20)),
        Unit::Quarter => (plus_months(from, 1), plus_months(from, 2)),
        Unit::Year => (plus_months(from, 3), plus_months(from, 8)),
        Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => return span,
    };
    match slice {
        Slice::Whole => span,
        Slice::Early => DaySpan { from, to: early },
        Slice::Mid if unit == Unit::Week => DaySpan { from: plus_days(from, 2), to: plus_days(from, 4) },
        Slice::Mid => DaySpan { from: early, to: late },
        Slice::Late => DaySpan { from: late, to },
    }
}

/// The nth of something within other days.
pub(super) fn nth_of(nth: i64, what: Nth, within: DaySpan) -> Option<DaySpan> {
    let DaySpan { from, to } = within;
    let span = match what {
        Nth::Day if nth > 0 => DaySpan::day(plus_days(from, nth - 1)),
        Nth::Day => DaySpan::day(plus_days(to, nth)),
        // Weeks of a month are counted in sevens from its first or its last day.
        Nth::Week if nth > 0 => {
            DaySpan { from: plus_days(from, 7 * (nth - 1)), to: plus_days(from, 7 * nth) }
        }
        Nth::Week => DaySpan { from: plus_days(to, 7 * nth), to: plus_days(to, 7 * (nth + 1)) },
        Nth::Weekday(_) | Nth::Weekend => {
            let weekday = if let Nth::Weekday(weekday) = what { weekday } else { Weekday::Saturday };
            let start = if nth > 0 {
                let first = plus_days(from, i64::from(weekday.since(from.weekday())));
                plus_days(first, 7 * (nth - 1))
            } else {
                let end = plus_days(to, -1);
                let last = plus_days(end, -i64::from(end.weekday().since(weekday)));
                plus_days(last, 7 * (nth + 1))
            };
            DaySpan { from: start, to: plus_days(start, if what == Nth::Weekend { 2 } else { 1 }) }
        }
    };
    let is_within = span.from >= from && span.from < to;
    is_within.then_some(DaySpan { from: span.from, to: span.to.min(plus_days(to, 1)) })
}

/// The nth of something before other days (negative) or after them: "the Friday before", "two days after".
pub(super) fn near(what: Near, count: i64, of: DaySpan) -> DaySpan {
    let last = plus_days(of.to, -1);
    let edge = if count < 0 { of.from } else { last };
    let further = |weeks: i64| 7 * if count < 0 { weeks + 1 } else { weeks - 1 };
    let next = |weekday: Weekday| {
        let start = if count < 0 {
            let before = plus_days(of.from, -1);
            plus_days(before, -i64::from(before.weekday().since(weekday)))
        } else {
            plus_days(of.to, i64::from(weekday.since(of.to.weekday())))
        };
        plus_days(start, further(count))
    };
    match what {
        Near::Day => DaySpan::day(plus_days(edge, count)),
        Near::Weekday(weekday) => DaySpan::day(next(weekday)),
        Near::Weekend => {
            // Within a weekend, the one before is another.
            let is_sunday = count < 0 && edge.weekday() == Weekday::Sunday;
            let saturday = plus_days(next(Weekday::Saturday), if is_sunday { -7 } else { 0 });
            DaySpan { from: saturday, to: plus_days(saturday, 2) }
        }
        Near::Unit(unit) => unit_span(edge, unit, count),
    }
}
