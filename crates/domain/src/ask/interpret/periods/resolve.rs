//! An expression → periods in time. Past-biased: of several readings the latest that has begun; what
//! is still running ends now. Bounded: nothing gives more than `PERIODS_MAX` periods.

use jiff::{Timestamp, civil::Date};

use super::{
    calendar::{DaySpan, plus_days},
    days::weekday_bit,
    expression::{
        Amount, Bound, Days, Every, Expression, Part, PartOfDay, Precision, Shift, Slice, TimeOfDay, Unit,
    },
    frame::{Frame, Interval},
    time_of_day::{BUSINESS, placed, tolerance, window},
};

/// A year of nights with some to spare; more are a question about statistics, not a list of periods.
pub(super) const PERIODS_MAX: usize = 400;
/// How far back "every night" looks when nothing says so: the last seven days.
const DAILY_DAYS: i64 = 7;
/// The same for "on Mondays" and "at weekends": four weeks.
const WEEKLY_DAYS: i64 = 28;
/// "just now".
const JUST_NOW_SECONDS: i64 = 5 * 60;
/// "recently".
const RECENTLY_SECONDS: i64 = 24 * 3600;
/// How many older readings are tried until one has begun.
const READINGS_MAX: i64 = 3;

/// The periods of a mention, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) intervals: Vec<(Timestamp, Timestamp)>,
    pub(super) is_relative_to_anchor: bool,
}

impl Frame<'_> {
    /// Places an expression in time; absent when it names nothing that can be placed.
    pub(super) fn resolve(&self, expression: &Expression) -> Option<Resolved> {
        let is_relative = expression.is_from_anchor();
        if let Some((intervals, is_relative)) = self.follow_up(expression) {
            return self.finish(intervals, is_relative);
        }
        let intervals = if let Some(shift) = expression.shift {
            vec![self.shifted(shift, expression)?]
        } else if let Some(ends) = &expression.range {
            vec![self.range(&ends.0, &ends.1)?]
        } else if self.is_repeated(expression) {
            self.repeated(expression)?
        } else {
            vec![self.single(expression)?]
        };
        self.finish(intervals, is_relative)
    }

    /// What is still running ends now; what lies wholly ahead stays as it is.
    fn finish(&self, intervals: Vec<Interval>, is_relative_to_anchor: bool) -> Option<Resolved> {
        let cut = |interval: Interval| {
            let is_running = interval.start <= self.now && self.now < interval.end;
            (interval.start, if is_running { self.now } else { interval.end })
        };
        let skip = intervals.len().saturating_sub(PERIODS_MAX);
        let intervals: Vec<_> = intervals.into_iter().skip(skip).map(cut).collect();
        (!intervals.is_empty()).then_some(Resolved { intervals, is_relative_to_anchor })
    }

    /// A part or time of the day without a day stays on the day of the previous turn: "and in the
    /// afternoon?" after "yesterday".
    fn follow_up(&self, expression: &Expression) -> Option<(Vec<Interval>, bool)> {
        if !expression.is_only_of_day() {
            return None;
        }
        let part = expression.part.map(|part| part.part);
        if matches!(part, Some(Part::BusinessHours | Part::OutsideBusinessHours)) {
            return None;
        }
        let Some((date, is_night)) = self.anchor_day() else {
            return self.follow_up_of_days(expression);
        };
        let is_after_night = matches!(part, Some(Part::Morning | Part::Dawn | Part::SmallHours));
        let date = if is_night && is_after_night { plus_days(date, 1) } else { date };
        let night = PartOfDay { part: Part::Night, slice: Slice::Whole };
        let part = expression.part.or(is_night.then_some(night));
        let interval = self.on_date(date, part, expression.time)?;
        self.has_begun(&interval).then(|| (vec![interval], true))
    }

    /// A part of the day after a turn about several days is that part of each.
    fn follow_up_of_days(&self, expression: &Expression) -> Option<(Vec<Interval>, bool)> {
        let (from, last) = self.calendar.anchor.filter(|_| expression.part.is_some())?;
        let anchor = self.anchor?;
        let count = Self::days_between(from, last) + 1;
        if !(2..=31).contains(&count) {
            return None;
        }
        let intervals: Vec<_> = (0..count)
            .filter_map(|day| self.on_date(plus_days(from, day), expression.part, expression.time))
            .filter(|interval| interval.start < anchor.end && interval.start <= self.now)
            .collect();
        (!intervals.is_empty()).then_some((intervals, true))
    }

    /// A part and time of the day on a date.
    fn on_date(&self, date: Date, part: Option<PartOfDay>, time: Option<TimeOfDay>) -> Option<Interval> {
        let window = window(part, time);
        Some(Interval {
            start: self.instant(date, window.start, false)?,
            end: self.instant(date, window.end, true)?,
            point: self.instant(date, window.point, false)?,
        })
    }

    /// The readings of the days, newest first; without days, those of the clock: today, yesterday.
    fn reading(&self, days: Option<&Days>, k: i64) -> Option<DaySpan> {
        match days {
            Some(days) => self.calendar.candidate(days, k),
            None => Some(DaySpan::day(plus_days(self.calendar.today, -k))),
        }
    }

    /// The latest reading for which `place` gives something that has begun; else, for words that can be
    /// read in one way only, that one.
    fn latest(&self, days: Option<&Days>, place: impl Fn(DaySpan) -> Option<Interval>) -> Option<Interval> {
        let mut newest = None;
        for k in 0..READINGS_MAX {
            let Some(span) = self.reading(days, k) else { break };
            let Some(interval) = place(span) else { continue };
            if self.has_begun(&interval) {
                return Some(interval);
            }
            newest = newest.or(Some(interval));
        }
        newest
    }

    /// Whether there is anything of it to see.
    fn has_begun(&self, interval: &Interval) -> bool {
        interval.point <= self.now && interval.start < self.now
    }

    fn single(&self, expression: &Expression) -> Option<Interval> {
        let days = expression.days.as_ref();
        if let Some(Days::Rolling(amount)) = days {
            let start = self.before(self.now, *amount)?;
            return match expression.bound {
                None | Some(Bound::Since) => Some(Interval::new(start, self.now)),
                Some(Bound::After) => Some(Interval::new(start, self.now)),
                Some(Bound::Before | Bound::Until) => Some(Interval::new(Timestamp::UNIX_EPOCH, start)),
            };
        }
        let is_plain = expression.part.is_none() && expression.time.is_none();
        let place = |span: DaySpan| {
            if is_plain {
                self.whole(span)
            } else {
                self.on_date(span.from, expression.part, expression.time)
            }
        };
        let mut found = self.latest(days, place)?;
        if let Some(bound) = expression.bound {
            found = self.bounded(bound, expression, found)?;
        } else if let (None, Some(TimeOfDay::After(_)), None) = (days, expression.time, expression.part) {
            found.end = self.end_of_night(found)?;
        }
        if let Some(amount) = expression.lasting {
            let start = found.point;
            let end = self.before(start, Amount { count: -amount.count, ..amount })?;
            found = Interval::new(start, end);
        }
        Some(found)
    }

    /// "after 10pm" without a day reaches through the night that it starts.
    fn end_of_night(&self, found: Interval) -> Option<Timestamp> {
        let start = self.zone.to_datetime(found.start);
        if start.hour() < 20 {
            return Some(found.end);
        }
        self.instant(start.date(), 30 * 3600, true)
    }

    fn bounded(&self, bound: Bound, expression: &Expression, found: Interval) -> Option<Interval> {
        let has_part = expression.part.is_some() || expression.time.is_some();
        let day = self.zone.to_datetime(found.start).date();
        Some(match bound {
            Bound::Since => {
                if found.point > self.now {
                    return None;
                }
                Interval::new(found.point, self.now)
            }
            Bound::After if has_part => {
                let end = self.midnight(plus_days(day, 1))?;
                let end = if found.end < end { end } else { self.now.max(found.end) };
                Interval::new(found.end, end)
            }
            Bound::After => Interval::new(found.end, self.now.max(found.end)),
            Bound::Before if has_part => Interval::new(self.midnight(day)?, found.start),
            Bound::Before => Interval::new(Timestamp::UNIX_EPOCH, found.start),
            Bound::Until if has_part => Interval::new(self.midnight(day)?, found.end),
            Bound::Until => Interval::new(Timestamp::UNIX_EPOCH, found.end),
        })
    }

    fn shifted(&self, shift: Shift, expression: &Expression) -> Option<Interval> {
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
            Shift::Anchor(amount) => {
                let anchor = self.anchor?;
                let back = Amount { count: -amount.count, ..amount };
                Some(Interval::new(self.before(anchor.start, back)?, self.before(anchor.end, back)?))
            }
            Shift::AfterAnchor => {
                let end = self.anchor?.end;
                let last = self.zone.to_datetime(end).date();
                Some(Interval::new(end, self.midnight(plus_days(last, 1))?))
            }
            Shift::BeforeAnchor => {
                let start = self.anchor?.start;
                Some(Interval::new(self.midnight(self.zone.to_datetime(start).date())?, start))
            }
            Shift::SameTime { is_now } => self.same_time(is_now, expression.days.as_ref()),
        }
    }

    /// The time of day of the previous turn, or of now, on other days.
    fn same_time(&self, is_now: bool, days: Option<&Days>) -> Option<Interval> {
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
                let from = super::calendar::unit_span(base, *unit, 0).from;
                let to = super::calendar::unit_span(base, *unit, *offset).from;
                match unit {
                    Unit::Week => Self::days_between(from, to),
                    // The same day of another month; the last one where that month is shorter.
                    _ => {
                        let moved = self.before(now_point.start, Amount { unit: *unit, count: -offset })?;
                        Self::days_between(base, self.zone.to_datetime(moved).date())
                    }
                }
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

    /// From the start of one expression to the end of another.
    fn range(&self, first: &Expression, second: &Expression) -> Option<Interval> {
        let from = if let Some(shift) = first.shift {
            self.shifted(shift, first)?
        } else {
            let days = first.days.as_ref().or(if second.shift.is_some() {
                None
            } else {
                second.days.as_ref().filter(|_| first.days.is_none())
            });
            self.latest(days, |span| self.edge(span, first))?
        };
        if let Some(shift) = second.shift {
            let to = self.shifted(shift, second)?;
            return Some(Interval::new(from.point, to.point.max(from.point)));
        }
        let to = match &second.days {
            None => {
                let date = self.zone.to_datetime(from.point).date();
                let same_day = self.edge(DaySpan::day(date), second)?.end;
                if same_day > from.point {
                    same_day
                } else {
                    self.edge(DaySpan::day(plus_days(date, 1)), second)?.end
                }
            }
            Some(days) => {
                let mut found = None;
                for k in -1..=12 {
                    match self.calendar.candidate(days, k).and_then(|span| self.edge(span, second)) {
                        Some(edge) if edge.end > from.point => found = Some(edge.end),
                        Some(_) => break,
                        None if k < 0 => {}
                        None => break,
                    }
                }
                found?
            }
        };
        Some(Interval::new(from.point, to))
    }

    /// Where an end of a range starts (its `point`) and ends: a clock time is exact here.
    fn edge(&self, span: DaySpan, expression: &Expression) -> Option<Interval> {
        let part = expression.part.map(|part| part.part);
        if let Some(clock) = expression.point() {
            let seconds = placed(clock, part);
            let start = self.instant(span.from, seconds, false)?;
            return Some(Interval { start, end: self.instant(span.from, seconds, true)?, point: start });
        }
        if expression.part.is_some() || expression.time.is_some() {
            return self.on_date(span.from, expression.part, expression.time);
        }
        self.whole(span)
    }

    /// Whether it names several periods: a repetition, or a time of the day on several days.
    fn is_repeated(&self, expression: &Expression) -> bool {
        if expression.every.is_some() {
            return true;
        }
        let is_of_day = expression.part.is_some() || expression.time.is_some();
        let is_business = expression
            .part
            .is_some_and(|part| matches!(part.part, Part::BusinessHours | Part::OutsideBusinessHours));
        let is_one_day = match &expression.days {
            None => true,
            Some(Days::Rolling(_)) => false,
            Some(days) => self.calendar.candidate(days, 0).is_none_or(|span| span.is_one_day()),
        };
        is_business || (is_of_day && !is_one_day)
    }

    /// The days in which a repetition is looked for, and the instants that bound it.
    fn scope(&self, expression: &Expression, every: Every) -> Option<(DaySpan, Interval)> {
        let Some(days) = &expression.days else {
            let is_weekly = every.weekdays.count_ones() <= 2;
            let back = match every.count {
                Some(count) => count.clamp(1, PERIODS_MAX as i64) * 8 + 7,
                None if is_weekly => WEEKLY_DAYS,
                None => DAILY_DAYS,
            };
            let span = DaySpan {
                from: plus_days(self.calendar.today, 1 - back),
                to: plus_days(self.calendar.today, 1),
            };
            return Some((span, Interval::new(self.midnight(span.from)?, self.now)));
        };
        let only_days = Expression { bound: expression.bound, ..Expression::of_days(days.clone()) };
        let bounds = self.single(&only_days)?;
        let from = self.zone.to_datetime(bounds.start).date();
        let last = bounds.end.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(bounds.end);
        let to = plus_days(self.zone.to_datetime(last).date(), 1);
        let oldest = plus_days(to, -(PERIODS_MAX as i64 * 8));
        Some((DaySpan { from: from.max(oldest), to }, bounds))
    }

    fn repeated(&self, expression: &Expression) -> Option<Vec<Interval>> {
        let every = expression.every.unwrap_or(Every::on(Every::DAILY));
        let (span, bounds) = self.scope(expression, every)?;
        let is_rolling = matches!(expression.days, Some(Days::Rolling(_)));
        let is_business = expression.part.map(|part| part.part);
        let mut found: Vec<Interval> = Vec::new();
        let mut date = span.from;
        while date < span.to {
            let is_wanted = every.weekdays & weekday_bit(date.weekday()) != 0;
            if is_wanted {
                match is_business {
                    Some(Part::BusinessHours | Part::OutsideBusinessHours) => {
                        let is_outside = is_business == Some(Part::OutsideBusinessHours);
                        let is_explicit = span.is_one_day();
                        self.business(date, is_outside, is_explicit, expression.time, &mut found)?;
                    }
                    _ if every.is_weekend && expression.part.is_none() && expression.time.is_none() => {
                        if date.weekday() == jiff::civil::Weekday::Saturday {
                            found.push(self.whole(DaySpan { from: date, to: plus_days(date, 2) })?);
                        }
                    }
                    _ if expression.part.is_none() && expression.time.is_none() => {
                        found.push(self.whole(DaySpan::day(date))?);
                    }
                    _ => found.push(self.on_date(date, expression.part, expression.time)?),
                }
            }
            date = plus_days(date, 1);
        }
        // What has not begun is left out, unless nothing has.
        if found.iter().any(|interval| self.has_begun(interval)) {
            found.retain(|interval| self.has_begun(interval));
        }
        if is_rolling || expression.bound.is_some() {
            found.retain(|interval| interval.end > bounds.start && interval.start < bounds.end);
            for interval in &mut found {
                interval.start = interval.start.max(bounds.start);
                interval.end = interval.end.min(bounds.end);
            }
        }
        if let Some(count) = every.count.and_then(|count| usize::try_from(count).ok()) {
            found.drain(..found.len().saturating_sub(count));
        }
        Some(found)
    }

    /// The hours of business of a date, or those outside; neighbours are joined.
    fn business(
        &self,
        date: Date,
        is_outside: bool,
        is_explicit: bool,
        time: Option<TimeOfDay>,
        found: &mut Vec<Interval>,
    ) -> Option<()> {
        let is_open = weekday_bit(date.weekday()) & Every::WORKDAYS != 0;
        let whole_day = (0, 24 * 3600);
        let hours: &[(i64, i64)] = match (is_outside, is_open) {
            (false, true) => &[BUSINESS],
            (false, false) if is_explicit => &[BUSINESS],
            (false, false) => &[],
            (true, true) => &[(0, BUSINESS.0), (BUSINESS.1, 24 * 3600)],
            (true, false) => &[whole_day],
        };
        let limits = time.map(|time| window(None, Some(time)));
        for (from, to) in hours {
            let from = limits.map_or(*from, |limits| limits.start.max(*from));
            let to = limits.map_or(*to, |limits| limits.end.min(*to));
            if from >= to {
                continue;
            }
            let next = Interval::new(self.instant(date, from, false)?, self.instant(date, to, true)?);
            match found.last_mut() {
                Some(last) if last.end == next.start => last.end = next.end,
                _ => found.push(next),
            }
        }
        Some(())
    }
}

fn precision_of(unit: Unit) -> Precision {
    match unit {
        Unit::Second | Unit::Minute => Precision::Minute,
        _ => Precision::Hour,
    }
}

