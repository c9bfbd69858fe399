//! An expression → periods in time. Past-biased: of several readings the latest that has begun; what
//! is still running ends now. Bounded: nothing gives more than `PERIODS_MAX` periods.

use jiff::{Timestamp, civil::Date};

use super::{
    calendar::{DaySpan, plus_days},
    expression::{Amount, Bound, Days, Expression, Part, PartOfDay, Slice, TimeOfDay},
    frame::{Frame, Interval},
    time_of_day::{placed, window},
};

/// A year of nights with some to spare; more are a question about statistics, not a list of periods.
pub(super) const PERIODS_MAX: usize = 400;
/// How many older readings are tried until one has begun; a week may have one day of business.
const READINGS_MAX: i64 = 8;

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
        let intervals = if let Some(beside) = self.beside_running(expression) {
            vec![beside]
        } else if let Some(shift) = expression.shift {
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
        if part.is_some_and(Part::is_of_hours) {
            let (from, last) = self.calendar.anchor?;
            let days = Days::Between(Box::new(Days::Known(from)), Box::new(Days::Known(last)));
            let found = self.repeated(&Expression { days: Some(days), ..expression.clone() })?;
            return (!found.is_empty()).then_some((found, true));
        }
        let Some((date, is_night)) = self.anchor_day() else {
            return self.follow_up_of_days(expression);
        };
        let is_after_night = matches!(part, Some(Part::Morning | Part::Dawn | Part::SmallHours));
        // "And after midnight?" asked of an evening is of the night behind it.
        let is_behind = matches!(expression.time, Some(TimeOfDay::After(clock)) if clock.is_midnight())
            && self.anchor.is_some_and(|anchor| self.zone.to_datetime(anchor.start).hour() >= 12);
        let is_next = (is_night && is_after_night) || (is_behind && !is_night && part.is_none());
        let date = if is_next { plus_days(date, 1) } else { date };
        let night = PartOfDay { part: Part::Night, slice: Slice::Whole };
        let part = expression.part.or(is_night.then_some(night));
        let is_today = date == self.calendar.today && part.is_none();
        let time = expression.time.map(|time| if is_today { self.begun_today(time) } else { time });
        let interval = self.on_date(date, part, time)?;
        self.has_begun(&interval).then(|| (vec![interval], true))
    }

    /// A part of the day, or hours, after a turn about several days are those of each.
    fn follow_up_of_days(&self, expression: &Expression) -> Option<(Vec<Interval>, bool)> {
        let is_stretch = expression.part.is_some() || !matches!(expression.time, Some(TimeOfDay::Point(_)));
        let (from, last) = self.calendar.anchor.filter(|_| is_stretch)?;
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
    pub(super) fn on_date(
        &self,
        date: Date,
        part: Option<PartOfDay>,
        time: Option<TimeOfDay>,
    ) -> Option<Interval> {
        let time = match time {
            Some(time) => Some(self.by_hours_of(date, time)?),
            None => None,
        };
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
    pub(super) fn latest(
        &self,
        days: Option<&Days>,
        place: impl Fn(DaySpan) -> Option<Interval>,
    ) -> Option<Interval> {
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
    pub(super) fn has_begun(&self, interval: &Interval) -> bool {
        interval.point <= self.now && interval.start < self.now
    }

    pub(super) fn single(&self, expression: &Expression) -> Option<Interval> {
        let days = expression.days.as_ref();
        if let Some(Days::Rolling(amount)) = days {
            let start = self.before(self.now, *amount)?;
            return match expression.bound {
                None | Some(Bound::Since | Bound::After) => Some(Interval::new(start, self.now)),
                Some(Bound::Before | Bound::Until) => Some(Interval::new(Timestamp::UNIX_EPOCH, start)),
            };
        }
        let is_plain = expression.part.is_none() && expression.time.is_none();
        let time = self.begun(expression);
        let place = |span: DaySpan| {
            // "After closing" without a day is of the last one that had business.
            if days.is_none() && self.is_closed_for(span.from, time) {
                return None;
            }
            if is_plain { self.whole(span) } else { self.on_date(span.from, expression.part, time) }
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

    /// Of a time whose half of the day is open, the half that has begun where the other has not: "at 6 today"
    /// and "before 6", asked at noon, are of the morning.
    fn begun(&self, expression: &Expression) -> Option<TimeOfDay> {
        let time = expression.time?;
        let is_today = match expression.days {
            Some(Days::Offset(0)) => true,
            None => matches!(time, TimeOfDay::Before(_)),
            _ => false,
        };
        if !is_today || expression.part.is_some() {
            return Some(time);
        }
        Some(self.begun_today(time))
    }

    fn begun_today(&self, time: TimeOfDay) -> TimeOfDay {
        let is_over = |time: TimeOfDay| {
            let window = window(None, Some(time));
            let told = if matches!(time, TimeOfDay::Before(_)) { window.end } else { window.point };
            self.instant(self.calendar.today, told, false).is_some_and(|instant| instant <= self.now)
        };
        match time.before_noon() {
            Some(early) if !is_over(time) && is_over(early) => early,
            _ => time,
        }
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
                        None if k < 0 => {}
                        Some(_) | None => break,
                    }
                }
                match found {
                    Some(to) => to,
                    None => return self.range_from_end(first, days, second),
                }
            }
        };
        Some(Interval::new(from.point, to))
    }

    /// "From Friday noon to Sunday evening last week": the end names the week of both, so that the start is the
    /// latest before it.
    fn range_from_end(&self, first: &Expression, days: &Days, second: &Expression) -> Option<Interval> {
        let to = self.edge(self.calendar.candidate(days, 0)?, second)?.end;
        let earlier =
            (0..READINGS_MAX).filter_map(|k| self.edge(self.reading(first.days.as_ref(), k)?, first));
        let from = earlier.map(|edge| edge.point).find(|point| *point < to)?;
        Some(Interval::new(from, to))
    }

    /// Where an end of a range starts (its `point`) and ends: a clock time is exact here.
    fn edge(&self, span: DaySpan, expression: &Expression) -> Option<Interval> {
        let part = expression.part.map(|part| part.part);
        let time = expression.time.and_then(|time| self.by_hours_of(span.from, time));
        if let Some(TimeOfDay::Point(clock)) = time {
            let seconds = placed(clock, part);
            let start = self.instant(span.from, seconds, false)?;
            return Some(Interval { start, end: self.instant(span.from, seconds, true)?, point: start });
        }
        if expression.part.is_some() || expression.time.is_some() {
            return self.on_date(span.from, expression.part, expression.time);
        }
        self.whole(span)
    }
}
