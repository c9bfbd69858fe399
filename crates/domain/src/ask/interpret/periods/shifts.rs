//! Periods that are moved: "an hour later", "same time the day before", "3 hours ago", "this time
//! yesterday", "just now". Hours are physical, days are of the calendar.

use jiff::Timestamp;

use super::{
    calendar::plus_days,
    expression::{Amount, Bound, Days, Expression, Precision, Shift, Unit},
    frame::{Frame, Interval},
    time_of_day::tolerance,
};

/// "just now".
const JUST_NOW_SECONDS: i64 = 5 * 60;
/// "recently".
const RECENTLY_SECONDS: i64 = 24 * 3600;

impl Frame<'_> {
    pub(super) fn shifted(&self, shift: Shift, expression: &Expression) -> Option<Interval> {
        let ago = |seconds: i64| self.before(self.now, Amount { unit: Unit::Second, count: seconds });
        let around = |point: Timestamp, precision: Precision, is_about: bool| {
            let reach = jiff::SignedDuration::from_secs(tolerance(precision, is_about));
            let start = point.checked_sub(reach).ok()?;
            Some(Interval { start, end: point.checked_add(reach).ok()?, point })
        };
        match shift {
            Shift::JustNow | Shift::Now => Some(Interval::new(ago(JUST_NOW_SECONDS)?, self.now)),
            Shift::Recently => Some(Interval::new(ago(RECENTLY_SECONDS)?, self.now)),
            Shift::Ago(amount, is_about) => {
                let point = self.before(self.now, amount)?;
                if let Some(bound) = expression.bound {
                    return match bound {
                        Bound::Since | Bound::After => Some(Interval::new(point, self.now)),
                        Bound::Before | Bound::Until => Some(Interval::new(Timestamp::UNIX_EPOCH, point)),
                    };
                }
                around(point, precision_of(amount.unit), is_about)
            }
            Shift::Ahead(amount) => {
                let point = self.before(self.now, Amount { count: -amount.count, ..amount })?;
                around(point, precision_of(amount.unit), false)
            }
            // "A week later" than a week is the next one; than a day it is a day.
            Shift::Anchor(Amount { unit, count }) if unit >= Unit::Week && self.anchor_day().is_none() => {
                self.latest(Some(&Days::AnchorUnit(unit, count)), |span| self.whole(span))
            }
            Shift::Anchor(amount) => {
                let anchor = self.anchor?;
                let back = Amount { count: -amount.count, ..amount };
                Some(Interval::new(self.before(anchor.start, back)?, self.before(anchor.end, back)?))
            }
            // "The last 7 days against the 7 days before".
            Shift::Beside(amount) => {
                let anchor = self.anchor?;
                let edge = if amount.count < 0 { anchor.start } else { anchor.end };
                let other = self.before(edge, Amount { count: -amount.count, ..amount })?;
                Some(Interval::new(edge.min(other), edge.max(other)))
            }
            Shift::AfterAnchor => {
                let end = self.anchor?.end;
                let last = self.zone.to_datetime(end).date();
                Some(Interval::new(end, self.midnight(plus_days(last, 1))?))
            }
            Shift::BeforeAnchor => {
                let start = self.anchor?.start;
                let day = self.zone.to_datetime(start).date();
                let midnight = self.midnight(day)?;
                // Before a whole day is the day before it.
                let from = if midnight < start { midnight } else { self.midnight(plus_days(day, -1))? };
                Some(Interval::new(from, start))
            }
            Shift::SameTime { is_now } => self.same_time(is_now, expression.days.as_ref()),
        }
    }

    /// "The past week and the week before that", "the last 24 hours and the day before": beside a stretch that is as
    /// long as the unit and no unit of the calendar lies one as long, not a week or day that overlaps it.
    pub(super) fn beside_running(&self, expression: &Expression) -> Option<Interval> {
        let days = expression.days.as_ref().filter(|_| expression.is_only_days())?;
        let (unit, count) = match days {
            Days::AnchorDay(count @ (-1 | 1)) => (Unit::Day, *count),
            Days::AnchorUnit(unit, count @ (-1 | 1)) => (*unit, *count),
            _ => return None,
        };
        let anchor = self.anchor?;
        let start = self.zone.to_datetime(anchor.start);
        let hours = anchor.seconds() / 3600.0;
        let is_as_long = match unit {
            Unit::Day => (23.0..=25.0).contains(&hours),
            Unit::Week => (167.0..=169.0).contains(&hours),
            Unit::Month => (28.0 * 24.0 - 1.0..=31.0 * 24.0 + 1.0).contains(&hours),
            Unit::Year => (365.0 * 24.0 - 1.0..=366.0 * 24.0 + 1.0).contains(&hours),
            _ => false,
        };
        if !is_as_long || start.time() == jiff::civil::Time::midnight() {
            return None;
        }
        let length = Self::days_between(start.date(), self.zone.to_datetime(anchor.end).date());
        let edge = if count < 0 { anchor.start } else { anchor.end };
        let other = self.before(edge, Amount { unit: Unit::Day, count: -count * length })?;
        Some(Interval::new(edge.min(other), edge.max(other)))
    }

    /// The time of day of the previous turn, or of now, on other days.
    pub(super) fn same_time(&self, is_now: bool, days: Option<&Days>) -> Option<Interval> {
        let (base, now_point) = match (self.anchor, is_now) {
            (Some(anchor), false) => (self.calendar.anchor?.0, anchor),
            _ => (self.calendar.today, &crate::Period::new(self.now, self.now)),
        };
        let delta = match days {
            None if is_now => {
                return Some(Interval::new(
                    self.shifted(Shift::JustNow, &Expression::default())?.start,
                    self.now,
                ));
            }
            None => 0,
            Some(Days::Unit { unit, offset, .. } | Days::AnchorUnit(unit, offset)) => {
                // The same day of another month; its last one where it is shorter.
                let moved = self.before(now_point.start, Amount { unit: *unit, count: -offset })?;
                Self::days_between(base, self.zone.to_datetime(moved).date())
            }
            Some(Days::Rolling(amount)) => {
                let moved = self.before(now_point.start, *amount)?;
                Self::days_between(base, self.zone.to_datetime(moved).date())
            }
            Some(days) => Self::days_between(
                base,
                self.latest(Some(days), |span| self.whole(span))
                    .map(|found| self.zone.to_datetime(found.start).date())?,
            ),
        };
        let moved = self.moved(now_point, delta)?;
        if !is_now || self.anchor.is_some_and(|_| !is_now) {
            return Some(moved);
        }
        let reach = jiff::SignedDuration::from_secs(tolerance(Precision::Hour, false));
        Some(Interval {
            start: moved.start.checked_sub(reach).ok()?,
            end: moved.start.checked_add(reach).ok()?,
            point: moved.start,
        })
    }
}

pub(super) fn precision_of(unit: Unit) -> Precision {
    match unit {
        Unit::Second | Unit::Minute => Precision::Minute,
        _ => Precision::Hour,
    }
}
