//! Local hours and days of many instants: the offsets of a time zone over a stretch of time, looked up
//! once, so that no row costs more than an addition and a division.
//!
//! A local hour is the part of an hour on the wall clock that has one offset: an hour that a change of
//! the clocks repeats is two hours, one that it cuts begins or ends at the change.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// 1970-01-01 was a Thursday; days are counted from Monday.
const FIRST_WEEKDAY: i64 = 3;

/// A stretch of time with one offset.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// First instant, microseconds.
    start: i64,
    /// First instant after it.
    end: i64,
    offset: i64,
    /// Number of the local hour of the first instant, counted from the local 1970-01-01 00:00.
    first_hour: i64,
    /// How many local hours come before this segment.
    hours_before: i64,
}

/// The offsets of a time zone between two instants.
#[derive(Debug)]
pub(crate) struct LocalTime {
    segments: Vec<Segment>,
    hours: i64,
    first_day: i64,
    last_day: i64,
}

/// What local time is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Local hours, numbered from 0.
    Hour,
    /// Local days, numbered from 0.
    Day,
    /// 0 = Monday 00:00 to 01:00 … 167 = Sunday 23:00 to 24:00.
    HourOfWeek,
}

/// Numbers instants. Remembers the hour or day of the last one: rows are nearly in the order of time, so
/// that most cost two comparisons.
#[derive(Debug, Clone)]
pub(crate) struct Numbers<'a> {
    local: &'a LocalTime,
    unit: Unit,
    segment: usize,
    /// The instants that have `number`.
    span: (i64, i64),
    number: u32,
}

impl<'a> Numbers<'a> {
    pub(crate) fn new(local: &'a LocalTime, unit: Unit) -> Self {
        Self { local, unit, segment: 0, span: (0, 0), number: 0 }
    }

    /// Which hour or day an instant lies in.
    pub(crate) fn of(&mut self, time: i64) -> u32 {
        if time < self.span.0 || self.span.1 <= time {
            self.move_to(time);
        }
        self.number
    }

    fn move_to(&mut self, time: i64) {
        let segments = &self.local.segments;
        let within = |segment: &Segment| segment.start <= time && time < segment.end;
        if !within(&segments[self.segment]) {
            let last = segments.len() - 1;
            self.segment = segments.partition_point(|segment| segment.end <= time).min(last);
        }
        let segment = &segments[self.segment];
        let length = if self.unit == Unit::Day { DAY } else { HOUR };
        let count = (time + segment.offset).div_euclid(length);
        let start = count * length - segment.offset;
        self.span = (start.max(segment.start), (start + length).min(segment.end));
        self.number = match self.unit {
            Unit::Hour => count - segment.first_hour + segment.hours_before,
            Unit::Day => count - self.local.first_day,
            Unit::HourOfWeek => (count + FIRST_WEEKDAY * 24).rem_euclid(7 * 24),
        } as u32;
    }
}

impl LocalTime {
    /// For instants from `first` to `last`, both included, in microseconds.
    pub(crate) fn new(timezone: &TimeZone, first: i64, last: i64) -> Self {
        let mut local = Self { segments: Vec::new(), hours: 0, first_day: i64::MAX, last_day: i64::MIN };
        let begin = instant(first);
        let mut start = first;
        let mut offset = offset_us(timezone, begin);
        for change in timezone.following(begin) {
            let at = change.timestamp().as_microsecond();
            if at > last {
                break;
            }
            let next = i64::from(change.offset().seconds()) * 1_000_000;
            // Some changes are of the name alone.
            if next != offset {
                local.push(start, at, offset);
                (start, offset) = (at, next);
            }
        }
        local.push(start, last.saturating_add(1), offset);
        local
    }

    fn push(&mut self, start: i64, end: i64, offset: i64) {
        let first_hour = (start + offset).div_euclid(HOUR);
        let last_hour = (end - 1 + offset).div_euclid(HOUR);
        self.segments.push(Segment { start, end, offset, first_hour, hours_before: self.hours });
        self.hours += last_hour - first_hour + 1;
        self.first_day = self.first_day.min((start + offset).div_euclid(DAY));
        self.last_day = self.last_day.max((end - 1 + offset).div_euclid(DAY));
    }

    /// How many local hours there are.
    pub(crate) fn hours(&self) -> u64 {
        self.hours as u64
    }

    /// The first instant of a local hour. That of the very first hour may lie before the first instant
    /// asked for.
    pub(crate) fn hour_start(&self, hour: u32, timezone: &TimeZone) -> Timestamp {
        let index = self.segments.partition_point(|segment| segment.hours_before <= i64::from(hour)) - 1;
        let segment = &self.segments[index];
        let number = i64::from(hour) - segment.hours_before + segment.first_hour;
        let start = number * HOUR - segment.offset;
        if start >= segment.start {
            return instant(start);
        }
        if index > 0 {
            return instant(segment.start);
        }
        // The stretch begins within this hour; the clocks may have changed within it too.
        let earlier = timezone.preceding(instant(segment.start.saturating_add(1)));
        let mut within =
            earlier.map(|change| change.timestamp().as_microsecond()).take_while(|at| *at > start);
        let cut = within.find(|at| offset_us(timezone, instant(at - 1)) != segment.offset);
        instant(cut.unwrap_or(start))
    }

    /// How many local days there are.
    pub(crate) fn days(&self) -> u64 {
        (self.last_day - self.first_day + 1) as u64
    }

    /// The date of a local day.
    pub(crate) fn date(&self, day: u32) -> Date {
        let microseconds = (self.first_day + i64::from(day)).saturating_mul(DAY);
        TimeZone::UTC.to_datetime(instant(microseconds)).date()
    }
}

fn instant(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(if microseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn offset_us(timezone: &TimeZone, instant: Timestamp) -> i64 {
    i64::from(timezone.to_offset(instant).seconds()) * 1_000_000
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 6] = [
        "UTC",
        "Europe/Berlin",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Monrovia",
        "America/St_Johns",
    ];

    proptest! {
        #[test]
        fn it_agrees_with_the_calendar(
            zone in proptest::sample::select(&ZONES[..]),
            mut times in proptest::collection::vec(-2_000_000_000_000_000_i64..4_000_000_000_000_000, 1..20),
        ) {
            let timezone = TimeZone::get(zone).unwrap();
            let probes = times.clone();
            // The changes of the clocks, and their neighbours, are where errors hide.
            for change in timezone.following(instant(probes[0])).take(4) {
                let at = change.timestamp().as_microsecond();
                times.extend([at - HOUR, at - 1, at, at + 1, at + HOUR / 2, at + HOUR]);
            }
            let (first, last) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
            let local = LocalTime::new(&timezone, first, last);
            let mut hours = Numbers::new(&local, Unit::Hour);
            let mut days = Numbers::new(&local, Unit::Day);
            let mut hours_of_week = Numbers::new(&local, Unit::HourOfWeek);
            for time in times {
                let zoned = instant(time).to_zoned(timezone.clone());
                let day = days.of(time);
                prop_assert_eq!(local.date(day), zoned.date());
                prop_assert!(u64::from(day) < local.days());
                let weekday = zoned.weekday().to_monday_zero_offset() as u32;
                prop_assert_eq!(hours_of_week.of(time), weekday * 24 + zoned.hour() as u32);
                let hour = hours.of(time);
                prop_assert!(u64::from(hour) < local.hours());
                let start = local.hour_start(hour, &timezone);
                let begin = start.to_zoned(timezone.clone());
                prop_assert!(start.as_microsecond() <= time && time - start.as_microsecond() < HOUR);
                prop_assert_eq!((begin.date(), begin.hour(), begin.offset()), (zoned.date(), zoned.hour(), zoned.offset()));
                let before = (start - jiff::SignedDuration::from_micros(1)).to_zoned(timezone.clone());
                prop_assert!((before.date(), before.hour(), before.offset()) != (zoned.date(), zoned.hour(), zoned.offset()));
            }
        }
    }
}
