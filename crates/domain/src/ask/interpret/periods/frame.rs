//! Where words are placed: now, the zone, and the period of the previous turn, with the arithmetic
//! between local dates and instants. The only file that meets daylight saving time.

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::{
    calendar::{Calendar, DaySpan, plus_days},
    expression::{Amount, Unit},
};
use crate::{Period, business_hours::BusinessHours};

const DAY: i64 = 86_400;
/// A night in progress is "last night" until this hour.
const NIGHT_ENDS: i8 = 6;
/// A period that crosses midnight and is no longer than this belongs to the day on which it starts.
const NIGHT_SECONDS_MAX: f64 = 14.0 * 3600.0;
/// A day with a change of the clock has 25 hours, in places 24 and a half.
const LONG_DAY_SECONDS: f64 = 25.0 * 3600.0;

/// What a period starts from and ends at, in instants; `point` must have begun for "the latest".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) point: Timestamp,
}

impl Interval {
    pub(super) fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start, end: end.max(start), point: start }
    }
}

/// Now, here.
pub(super) struct Frame<'a> {
    pub(super) now: Timestamp,
    pub(super) zone: &'a TimeZone,
    pub(super) local: DateTime,
    pub(super) calendar: Calendar,
    pub(super) anchor: Option<&'a Period>,
    /// The hours of business of the places that are spoken of; else the usual ones.
    pub(super) hours: Option<&'a BusinessHours>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(now: Timestamp, zone: &'a TimeZone, anchor: Option<&'a Period>) -> Self {
        let local = zone.to_datetime(now);
        let today = local.date();
        let yesterday = plus_days(today, -1);
        let is_night = local.hour() < NIGHT_ENDS;
        let calendar = Calendar {
            today,
            last_night: yesterday,
            tonight: if is_night { yesterday } else { today },
            anchor: anchor.map(|period| anchor_days(period, zone)),
        };
        Self { now, zone, local, calendar, anchor, hours: None }
    }

    /// The same with hours of business.
    pub(super) fn open(self, hours: Option<&'a BusinessHours>) -> Self {
        Self { hours, ..self }
    }

    /// The instant so many seconds of the wall clock behind the midnight at which a date starts. What the
    /// clock skips begins after the gap; what it shows twice begins with the first and, as an `is_end`,
    /// ends with the second.
    pub(super) fn instant(&self, date: Date, seconds: i64, is_end: bool) -> Option<Timestamp> {
        let day = plus_days(date, seconds.div_euclid(DAY));
        let time = seconds.rem_euclid(DAY);
        let civil = day.at((time / 3600) as i8, (time / 60 % 60) as i8, (time % 60) as i8, 0);
        let ambiguous = self.zone.to_ambiguous_timestamp(civil);
        if is_end { ambiguous.later().ok() } else { ambiguous.compatible().ok() }
    }

    pub(super) fn midnight(&self, date: Date) -> Option<Timestamp> {
        self.instant(date, 0, false)
    }

    pub(super) fn whole(&self, span: DaySpan) -> Option<Interval> {
        Some(Interval::new(self.midnight(span.from)?, self.midnight(span.to)?))
    }

    /// So much before (or, negative, after) an instant: hours on the clock of physics, days and months on
    /// the calendar at the same time of day.
    pub(super) fn before(&self, instant: Timestamp, amount: Amount) -> Option<Timestamp> {
        // Far more than any archive holds, and within what the calendar can subtract.
        let count = amount.count.clamp(-1_000_000, 1_000_000);
        let span = match amount.unit {
            Unit::Second => return instant.checked_sub(count.seconds()).ok(),
            Unit::Minute => return instant.checked_sub((count * 60).seconds()).ok(),
            Unit::Hour => return instant.checked_sub((count * 3600).seconds()).ok(),
            Unit::Day => count.days(),
            Unit::Week => count.checked_mul(7)?.days(),
            Unit::Month => count.clamp(-200_000, 200_000).months(),
            Unit::Quarter => count.clamp(-60_000, 60_000).checked_mul(3)?.months(),
            Unit::Year => count.clamp(-19_000, 19_000).years(),
        };
        instant.to_zoned(self.zone.clone()).checked_sub(span).ok().map(|zoned| zoned.timestamp())
    }

    /// Whether the previous turn was about no more than a day, and then which; with whether it was a
    /// night.
    pub(super) fn anchor_day(&self) -> Option<(Date, bool)> {
        let period = self.anchor.filter(|period| period.seconds() <= LONG_DAY_SECONDS)?;
        let (from, to) = anchor_days(period, self.zone);
        let is_night = is_night(period, self.zone);
        (from == to).then_some((from, is_night))
    }

    /// A period moved by a unit of the calendar, at the same time of day.
    pub(super) fn moved(&self, period: &Period, days: i64) -> Option<Interval> {
        let amount = Amount { unit: Unit::Day, count: -days };
        Some(Interval::new(self.before(period.start, amount)?, self.before(period.end, amount)?))
    }

    /// The days from one date to another.
    pub(super) fn days_between(from: Date, to: Date) -> i64 {
        from.until(to).map_or(0, |span| i64::from(span.get_days()))
    }
}

/// The first and the last local day of a period; a night belongs to the day on which it starts.
fn anchor_days(period: &Period, zone: &TimeZone) -> (Date, Date) {
    let from = zone.to_datetime(period.start).date();
    let last =
        zone.to_datetime(period.end).checked_sub(1.nanosecond()).map_or(from, DateTime::date).max(from);
    if is_night(period, zone) {
        return (from, from);
    }
    (from, last)
}

fn is_night(period: &Period, zone: &TimeZone) -> bool {
    let (start, end) = (zone.to_datetime(period.start), zone.to_datetime(period.end));
    let crosses = start.date() < end.date() && end.time() != jiff::civil::Time::midnight();
    crosses && start.hour() >= 17 && period.seconds() <= NIGHT_SECONDS_MAX
}
