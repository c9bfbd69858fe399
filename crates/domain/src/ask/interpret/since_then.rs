//! "More trucks than yesterday?", "is it busier than last Wednesday?", "fewer compared to last week": the one time that is named stands behind "than",
//! and what is held against it is today, or the week, month or year that runs.

use jiff::{Timestamp, ToSpan, civil::Time, tz::TimeZone};

use super::{
    Question, times,
    tokens::{Role, Tokens},
};
use crate::{
    Period,
    ask::interpretation::{Claim, Intent, Interpretation},
};

/// Sets the time that runs before the one that is named, where only that one is.
pub(super) fn settle(it: &mut Interpretation, question: &Question<'_>, tokens: &Tokens<'_>) {
    let [named] = it.periods.as_slice() else { return };
    let is_asked = it.intent == Intent::Compare
        && matches!(it.claim, Claim::Plain | Claim::Trend)
        && named.end < question.now;
    if !is_asked || !is_behind_than(tokens) {
        return;
    }
    let running = match whole(named, question.timezone) {
        Some(words) => times::named(question, words),
        None => same_hours(named, question).into_iter().collect(),
    };
    if let [running] = running.as_slice()
        && running.start > named.start
    {
        it.periods.insert(0, running.clone());
        // Both sides are named: nothing else is held against them.
        it.claim = Claim::Plain;
    }
}

/// Whether all words of time stand behind "than", with no more between than a preposition.
fn is_behind_than(tokens: &Tokens<'_>) -> bool {
    let Some(first) = tokens.row.iter().position(|token| token.role == Role::Time) else { return false };
    let before =
        (0..first).rev().find(|at| !matches!(tokens.lower(*at), "on" | "in" | "at" | "the" | "during"));
    // "Are thefts going down compared to last month?"
    before.is_some_and(|at| match tokens.lower(at) {
        "than" => true,
        "to" | "with" => tokens.before(at) == "compared",
        _ => false,
    })
}

/// The running one of what a period is a whole one of.
fn whole(period: &Period, zone: &TimeZone) -> Option<&'static str> {
    let (start, end) = (zone.to_datetime(period.start), zone.to_datetime(period.end));
    if start.time() != Time::midnight() || end.time() != Time::midnight() {
        return None;
    }
    let (start, end) = (start.date(), end.date());
    let is_after = |span: jiff::Span| start.checked_add(span).is_ok_and(|after| after == end);
    if is_after(1.day()) {
        return Some("today");
    }
    if is_after(7.days()) {
        return Some("this week");
    }
    if start.day() == 1 && is_after(1.month()) {
        return Some("this month");
    }
    (start.day_of_year() == 1 && is_after(1.year())).then_some("this year")
}

/// The same hours of today, as far as they have gone.
fn same_hours(period: &Period, question: &Question<'_>) -> Option<Period> {
    let zone = question.timezone;
    let (start, end) = (zone.to_datetime(period.start), zone.to_datetime(period.end));
    let today = zone.to_datetime(question.now).date();
    let days = start.date().until(today).ok()?.get_days();
    let moved = |time: jiff::civil::DateTime| -> Option<Timestamp> {
        Some(time.checked_add(days.days()).ok()?.to_zoned(zone.clone()).ok()?.timestamp())
    };
    let (start, end) = (moved(start)?, moved(end)?.min(question.now));
    let is_part = period.end.duration_since(period.start).as_hours() < 24;
    (is_part && start < end).then(|| Period::new(start, end))
}
