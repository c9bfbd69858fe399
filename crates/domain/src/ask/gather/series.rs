//! Counts over time: stretches of a local hour, day or month that cover the periods of a question
//! without gaps, with their real ends at a change of the clocks. Must never count; it lays out what
//! the store counted.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp, ToSpan, Unit, civil::Date, tz::TimeZone};

use crate::{
    Period,
    ask::{Bucket, Grouping},
    event_store::{Count, GroupBy, GroupValue, Totals},
    local_rfc3339,
};

/// Longer than this is told by days: more than three days of hours is not read any more.
const HOURS_SECONDS_MAX: f64 = 3.0 * 86_400.0;
/// Longer than this is told by months; also the bound of a series by days.
const DAYS_SECONDS_MAX: f64 = 400.0 * 86_400.0;
/// The most stretches of one series.
pub(crate) const STRETCHES_MAX: usize = 1_000;

/// How long one stretch of a series is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A local hour.
    Hour,
    /// A local day.
    Day,
    /// A local month.
    Month,
}

impl Step {
    /// The step that suits these periods; `None` when there would be fewer than two stretches.
    pub(crate) fn fitting(periods: &[Period]) -> Option<Self> {
        let seconds: f64 = periods.iter().map(Period::seconds).sum();
        if seconds <= 3_600.0 {
            None
        } else if seconds <= HOURS_SECONDS_MAX {
            Some(Self::Hour)
        } else if seconds <= DAYS_SECONDS_MAX {
            Some(Self::Day)
        } else {
            Some(Self::Month)
        }
    }

    /// The step that a grouping asks for; `None` for one that is none of time, or of no single stretch.
    pub(crate) fn of(grouping: Grouping) -> Option<Self> {
        match grouping {
            Grouping::Hour => Some(Self::Hour),
            Grouping::Day => Some(Self::Day),
            Grouping::Month => Some(Self::Month),
            _ => None,
        }
    }

    /// Whether periods have no more stretches of it than a series may have.
    pub(crate) fn fits(self, periods: &[Period]) -> bool {
        let seconds: f64 = periods.iter().map(Period::seconds).sum();
        let least = match self {
            Self::Hour => 3_600.0,
            Self::Day => 82_800.0,
            Self::Month => 28.0 * 86_400.0,
        };
        seconds > least && seconds / least < STRETCHES_MAX as f64
    }

    /// What to ask the store for.
    pub(crate) fn group_by(self) -> GroupBy {
        if self == Self::Hour { GroupBy::Hour } else { GroupBy::Day }
    }
}

/// One stretch with what was counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// First instant.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// What was counted.
    pub totals: Totals,
}

impl Stretch {
    /// As a reply shows it.
    pub(crate) fn bucket(&self, timezone: &TimeZone) -> Bucket {
        Bucket {
            start: local_rfc3339(self.start, timezone),
            end: local_rfc3339(self.end, timezone),
            events: self.totals.events,
            visits: self.totals.visits,
        }
    }
}

/// Lays a count by hour or day over the periods, in the order of time; empty stretches included. A stretch that
/// two periods share appears once, whatever stands between them in the question.
pub(crate) fn lay_out(count: &Count, periods: &[Period], step: Step, timezone: &TimeZone) -> Vec<Stretch> {
    let mut counted: HashMap<Timestamp, Totals> = HashMap::with_capacity(count.groups.len());
    for group in &count.groups {
        let first = match group.key.first() {
            Some(GroupValue::Hour(hour)) => Some(*hour),
            Some(GroupValue::Day(day)) => first_instant(stretch_day(*day, step), timezone),
            _ => None,
        };
        if let Some(first) = first {
            let sum = counted.entry(first).or_default();
            sum.events += group.totals.events;
            sum.visits += group.totals.visits;
        }
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut last_key = None;
    let mut in_order: Vec<&Period> = periods.iter().collect();
    in_order.sort_by_key(|period| (period.start, period.end));
    for period in in_order {
        let mut key = floor(period.start, step, timezone);
        while key < period.end && stretches.len() < STRETCHES_MAX {
            let next = following(key, step, timezone);
            let (start, end) = (key.max(period.start), next.min(period.end));
            if last_key >= Some(key) {
                if let Some(last) = stretches.last_mut() {
                    last.end = last.end.max(end);
                }
            } else {
                let totals = counted.get(&key).copied().unwrap_or_default();
                stretches.push(Stretch { start, end, totals });
                last_key = Some(key);
            }
            key = next;
        }
    }
    stretches
}

/// The day that stands for the stretch of a day.
fn stretch_day(day: Date, step: Step) -> Date {
    if step == Step::Month { day.first_of_month() } else { day }
}

fn first_instant(day: Date, timezone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(timezone.clone()).ok()?.timestamp())
}

/// The first instant of the stretch that holds `instant`.
fn floor(instant: Timestamp, step: Step, timezone: &TimeZone) -> Timestamp {
    let local = instant.to_zoned(timezone.clone());
    match step {
        Step::Hour => local.round(jiff::ZonedRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor)),
        Step::Day | Step::Month => stretch_day(local.date(), step).to_zoned(timezone.clone()),
    }
    .map_or(instant, |zoned| zoned.timestamp())
}

/// The first instant after the stretch that begins at `start`; always later than it.
fn following(start: Timestamp, step: Step, timezone: &TimeZone) -> Timestamp {
    let hour_later = start.checked_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
    let span = match step {
        Step::Hour => return hour_later,
        Step::Day => 1.day(),
        Step::Month => 1.month(),
    };
    let day = start.to_zoned(timezone.clone()).date().checked_add(span).ok();
    day.and_then(|day| first_instant(day, timezone)).filter(|next| *next > start).unwrap_or(hour_later)
}

/// The hour that begins at an instant, as a stretch.
pub(crate) fn hour(start: Timestamp) -> Period {
    Period::new(start, following(start, Step::Hour, &TimeZone::UTC))
}

/// The first instant of the local hour that holds an instant.
pub(crate) fn hour_of(instant: Timestamp, timezone: &TimeZone) -> Timestamp {
    floor(instant, Step::Hour, timezone)
}

/// A local day, as a stretch.
pub(crate) fn day(day: Date, timezone: &TimeZone) -> Option<Period> {
    let start = first_instant(day, timezone)?;
    Some(Period::new(start, following(start, Step::Day, timezone)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_store::Group;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn period(start: &str, end: &str) -> Period {
        Period::new(start.parse().unwrap(), end.parse().unwrap())
    }

    #[test]
    fn a_day_of_25_hours_has_25_stretches_with_real_ends() {
        let day = period("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
        let hit: Timestamp = "2026-10-25T01:00:00Z".parse().unwrap();
        let totals = Totals { events: 7, visits: 2 };
        let count = Count { totals, groups: vec![Group { key: vec![GroupValue::Hour(hit)], totals }] };
        let stretches = lay_out(&count, std::slice::from_ref(&day), Step::Hour, &berlin());
        assert_eq!(stretches.len(), 25);
        assert_eq!((stretches[0].start, stretches[24].end), (day.start, day.end));
        assert!(stretches.windows(2).all(|pair| pair[0].end == pair[1].start));
        let full: Vec<_> = stretches.iter().filter(|s| s.totals.events > 0).collect();
        assert_eq!((full.len(), full[0].start, full[0].totals), (1, hit, totals));
    }

    /// What was counted in a month is said of the month, not of the last piece of it that is named.
    #[test]
    fn a_stretch_that_periods_share_appears_once_in_any_order() {
        let yesterday = period("2026-11-27T23:00:00Z", "2026-11-28T23:00:00Z");
        let before = period("2026-09-30T22:00:00Z", "2026-11-25T23:00:00Z");
        let month: Timestamp = "2026-10-31T23:00:00Z".parse().unwrap();
        for periods in [[yesterday.clone(), before.clone()], [before, yesterday]] {
            let stretches = lay_out(&Count::default(), &periods, Step::Month, &berlin());
            let starts: Vec<_> = stretches.iter().map(|stretch| stretch.start).collect();
            assert_eq!(starts, ["2026-09-30T22:00:00Z".parse().unwrap(), month]);
        }
    }

    #[test]
    fn a_running_day_is_cut_at_its_end_and_days_of_23_hours_are_whole() {
        let week = period("2026-03-26T11:00:00Z", "2026-03-30T09:30:00Z");
        let stretches = lay_out(&Count::default(), std::slice::from_ref(&week), Step::Day, &berlin());
        let hours: Vec<f64> =
            stretches.iter().map(|s| Period::new(s.start, s.end).seconds() / 3_600.0).collect();
        assert_eq!(hours, [12.0, 24.0, 24.0, 23.0, 11.5]);
        assert_eq!(Step::fitting(std::slice::from_ref(&week)), Some(Step::Day));
    }
}
