//! Expressions that name several periods: a repetition, or a time of the day on several days. Bounded by
//! the days they are looked for in; nothing to come is listed while something has been.

use jiff::civil::Date;

use super::{
    calendar::{DaySpan, plus_days},
    expression::{Days, Every, Expression, Part, TimeOfDay},
    found::Found,
    frame::{Frame, Interval},
    resolve::PERIODS_MAX,
    time_of_day::window,
};

/// How far back "every night" looks when nothing says so: the last seven days.
const DAILY_DAYS: i64 = 7;
/// The same for "on Mondays", "on weekdays" and "at weekends": four weeks, so that they can be compared.
const WEEKLY_DAYS: i64 = 28;

/// "Saturdays compared to every day": what comes back is looked for in the same window, which is the one that is
/// named or else the longest of those that are usual.
pub(super) fn level(found: &mut [Found]) {
    let named =
        found.iter().filter_map(|found| found.expression.every).fold(0, |all, every| all | every.weekdays);
    for every in found.iter_mut().filter_map(|found| found.expression.every.as_mut()) {
        if every.weekdays == Every::REST {
            every.weekdays = Every::DAILY & !named;
        }
    }
    let is_open = |of: &Expression| {
        let is_of_hours = of.part.is_some_and(|part| part.part.is_of_hours());
        let is_repeated = of.every.map_or(is_of_hours, |every| every.count.is_none());
        is_repeated && of.days.is_none() && of.bound.is_none()
    };
    let is_weekly = |of: &Expression| of.every.is_some_and(Every::is_weekly);
    let mut named =
        found.iter().map(|found| &found.expression).filter(|of| of.every.is_some()).filter_map(|of| {
            of.days.clone().filter(|days| days.is_long() || matches!(days, Days::Rolling(_)))
        });
    if let Some(window) = named.next()
        && named.all(|other| other == window)
    {
        for found in found.iter_mut().filter(|found| is_open(&found.expression)) {
            found.expression.days = Some(window.clone());
        }
        return;
    }
    let open = || found.iter().map(|found| &found.expression).filter(|of| is_open(of));
    if open().count() < 2 || !open().any(is_weekly) {
        return;
    }
    for expression in found.iter_mut().map(|found| &mut found.expression).filter(|of| is_open(of)) {
        expression.every.get_or_insert(Every::on(Every::DAILY)).is_leveled = true;
    }
}

/// How far ahead a repetition is looked for that has not come back yet.
const AHEAD_DAYS: i64 = 366;

impl Frame<'_> {
    /// Whether it names several periods: a repetition, or a time of the day on several days.
    pub(super) fn is_repeated(&self, expression: &Expression) -> bool {
        if expression.every.is_some() {
            return true;
        }
        let is_of_day = expression.part.is_some() || expression.time.is_some();
        let is_of_hours = expression.part.is_some_and(|part| part.part.is_of_hours());
        let is_one_day = match &expression.days {
            None => true,
            Some(Days::Rolling(_)) => false,
            Some(days) => self.calendar.candidate(days, 0).is_none_or(DaySpan::is_one_day),
        };
        is_of_hours || (is_of_day && !is_one_day)
    }

    /// The days in which a repetition is looked for, and the instants that bound it.
    pub(super) fn scope(&self, expression: &Expression, every: Every) -> Option<(DaySpan, Interval)> {
        let Some(days) = &expression.days else {
            let is_weekly = every.is_weekly() || every.is_leveled;
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

    pub(super) fn repeated(&self, expression: &Expression) -> Option<Vec<Interval>> {
        let every = expression.every.unwrap_or(Every::on(Every::DAILY));
        let (span, bounds) = self.scope(expression, every)?;
        let is_rolling = matches!(expression.days, Some(Days::Rolling(_)));
        let is_business = expression.part.map(|part| part.part);
        let mut found: Vec<Interval> = Vec::new();
        let DaySpan { from: mut date, to: end } = self.worth_looking_at(span, every);
        // "The Fridays of this month" on its third may all be to come: the first of them is told.
        let ahead = plus_days(end, AHEAD_DAYS).min(span.to);
        while date < end || (found.is_empty() && date < ahead) {
            if every.is_on(date) {
                match is_business {
                    Some(Part::BusinessHours | Part::OutsideBusinessHours) => {
                        let is_outside = is_business == Some(Part::OutsideBusinessHours);
                        let is_explicit = span.is_one_day();
                        self.business(date, is_outside, is_explicit, expression.time, &mut found)?;
                    }
                    Some(Part::OutsideHours) => self.outside(date, expression.time, &mut found)?,
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

    /// The days of a span that can be told: the newest that have begun, or where all lie ahead the last.
    fn worth_looking_at(&self, span: DaySpan, every: Every) -> DaySpan {
        let tomorrow = plus_days(self.calendar.today, 1);
        let to = if span.from < tomorrow { span.to.min(plus_days(tomorrow, 1)) } else { span.to };
        let mut from = to;
        let mut wanted = 0;
        // Today's and tomorrow's may not have begun.
        while from > span.from && wanted < PERIODS_MAX + 2 {
            from = plus_days(from, -1);
            wanted += usize::from(every.is_on(from));
        }
        DaySpan { from, to }
    }

    /// What is left of a date without the hours that `time` names; neighbours are joined.
    fn outside(&self, date: Date, time: Option<TimeOfDay>, found: &mut Vec<Interval>) -> Option<()> {
        let hours = window(None, time);
        let day = 24 * 3600;
        let stretches = if hours.end > day {
            [(hours.end - day, hours.start), (day, day)]
        } else {
            [(0, hours.start), (hours.end, day)]
        };
        for (from, to) in stretches.into_iter().filter(|(from, to)| from < to) {
            let next = Interval::new(self.instant(date, from, false)?, self.instant(date, to, true)?);
            match found.last_mut() {
                Some(last) if last.end == next.start => last.end = next.end,
                _ => found.push(next),
            }
        }
        Some(())
    }
}
