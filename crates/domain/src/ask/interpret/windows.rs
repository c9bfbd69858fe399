//! "People between 8 and 10 yesterday", "and the day before?": another day is named, and the time of day stays.

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};

use super::{
    Question,
    periods::{self, PeriodContext},
    tokens::Tokens,
};
use crate::{Period, ask::interpretation::Interpretation};

/// A stretch of the clock within one day; without an end it lasts until midnight.
struct Window {
    date: Date,
    start: Time,
    end: Option<Time>,
}

/// Whole days of a follow-up are looked at in the window of the turn before. The day of the window itself and
/// one that is asked for as a whole are not narrowed.
pub(super) fn keep(
    it: &mut Interpretation,
    previous: &Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
) {
    let [before] = previous.periods.as_slice() else { return };
    let zone = question.timezone;
    let Some(window) = window(before, question) else { return };
    let dates: Vec<Date> =
        it.periods.iter().filter_map(|period| whole_day(period, question.now, zone)).collect();
    let is_of_days = dates.len() == it.periods.len() && !dates.contains(&window.date);
    if !is_of_days || asks_for_whole_days(tokens) {
        return;
    }
    for (period, date) in it.periods.iter_mut().zip(dates) {
        if let Some((start, end)) = window.on(date, zone) {
            *period = Period { start, end, text: format!("{} {}", period.text, window.told()) };
        }
    }
}

impl Window {
    fn on(&self, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let instant =
            |date: Date, time: Time| Some(date.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp());
        let end = match self.end {
            Some(end) => instant(date, end)?,
            None => instant(date.tomorrow().ok()?, Time::midnight())?,
        };
        Some((instant(date, self.start)?, end)).filter(|(start, end)| start < end)
    }

    fn told(&self) -> String {
        let clock = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        match self.end {
            None => format!("after {}", clock(self.start)),
            Some(end) if self.start == Time::midnight() => format!("before {}", clock(end)),
            Some(end) => format!("between {} and {}", clock(self.start), clock(end)),
        }
    }
}

/// The window that a period is, where it is a part of one day.
fn window(period: &Period, question: &Question<'_>) -> Option<Window> {
    let zone = question.timezone;
    let (start, end) = (zone.to_datetime(period.start), zone.to_datetime(period.end));
    let date = start.date();
    let midnight = date.tomorrow().ok()?;
    let ends_with_day = end.date() == midnight && end.time() == Time::midnight();
    let is_within = period.start < period.end && (end.date() == date || ends_with_day);
    let is_whole = start.time() == Time::midnight() && ends_with_day;
    if !is_within || is_whole {
        return None;
    }
    // "Today", "this morning" and "after 8 today" ended when they were asked for; of another day they do not.
    let last = midnight.to_zoned(zone.clone()).ok()?.timestamp() - jiff::SignedDuration::from_secs(1);
    let context = PeriodContext { date_order: question.date_order, ..PeriodContext::new(last, zone) };
    let again = periods::read(&period.text, &context);
    let again: Vec<&Period> = again.iter().flat_map(|mention| &mention.periods).collect();
    // "In the last two hours" is no time of the day: read later, it begins later.
    let is_of_clock = again.iter().any(|again| zone.to_datetime(again.start).time() == start.time());
    if !again.is_empty() && !is_of_clock {
        return None;
    }
    let full = again.iter().find(|again| again.start == period.start && again.end > period.end);
    let is_open = full.is_some_and(|full| full.end >= last);
    if is_open && start.time() == Time::midnight() {
        return None;
    }
    let end = full.map_or(end, |full| zone.to_datetime(full.end));
    let end = (!ends_with_day && !is_open).then(|| end.time());
    Some(Window { date, start: start.time(), end })
}

/// The day that a period is, as far as it has gone.
fn whole_day(period: &Period, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let (start, end) = (zone.to_datetime(period.start), zone.to_datetime(period.end));
    let starts = start.time() == Time::midnight();
    let ends = end.time() == Time::midnight() && start.date().tomorrow().ok()? == end.date();
    let is_running = period.end == now && start.date() == end.date();
    (starts && (ends || is_running)).then(|| start.date())
}

/// "The whole of Tuesday", "Tuesday, all day", "at any time on Tuesday".
fn asks_for_whole_days(tokens: &Tokens<'_>) -> bool {
    ["whole", "entire", "full", "all day", "all of", "any time", "anytime", "overall"]
        .iter()
        .any(|phrase| tokens.find(phrase).is_some())
}
