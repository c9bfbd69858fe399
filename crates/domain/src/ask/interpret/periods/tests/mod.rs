//! Periods in words against tables of questions.

mod duckling;
mod feasts;
mod laws;
mod neighbours;
mod questions;
mod time_zones;
mod timeless;
mod wordings;

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use super::*;

/// The folder of evaluation data, when it is there.
pub(super) fn data(name: &str) -> Option<String> {
    let folder = std::env::var_os("EPS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("time").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: no {}", path.display());
    }
    text
}

#[derive(Deserialize)]
struct SurveillanceRow {
    text: String,
    now: String,
    timezone: String,
    periods: Vec<(String, String)>,
}

#[test]
fn questions_of_operators_are_understood_by_the_conventions() {
    let Some(text) = data("surveillance.jsonl") else { return };
    let (mut right, mut total) = (0, 0);
    for line in text.lines() {
        let row: SurveillanceRow = serde_json::from_str(line).unwrap();
        let zone = TimeZone::get(&row.timezone).unwrap();
        let context = PeriodContext::new(row.now.parse().unwrap(), &zone);
        let found: Vec<_> =
            read(&row.text, &context).into_iter().flat_map(|mention| mention.periods).collect();
        let expected: Vec<(Timestamp, Timestamp)> =
            row.periods.iter().map(|(start, end)| (start.parse().unwrap(), end.parse().unwrap())).collect();
        let is_right = found.iter().map(|period| (period.start, period.end)).eq(expected.iter().copied());
        total += 1;
        right += usize::from(is_right);
        if !is_right {
            println!("{}: {found:?}, not {expected:?}", row.text);
            assert!(!row.periods.is_empty(), "{} names no time", row.text);
        }
    }
    println!("{right} of {total}");
    assert!(right * 39 >= 37 * total);
}

/// The instant that a local time without an offset names; of two, the first.
fn local(text: &str, zone: &TimeZone) -> Timestamp {
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    civil.to_zoned(zone.clone()).unwrap().timestamp()
}

fn told(text: &str, context: &PeriodContext<'_>) -> Vec<(Timestamp, Timestamp)> {
    let periods = read(text, context).into_iter().flat_map(|mention| mention.periods);
    periods.map(|period| (period.start, period.end)).collect()
}

/// "start/end start/end" in local time, or with offsets where the table has them.
fn expected(text: &str, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
    let instant = |text: &str| text.parse().unwrap_or_else(|_| local(text, zone));
    text.split_whitespace()
        .map(|pair| pair.split_once('/').unwrap())
        .map(|(start, end)| (instant(start), instant(end)))
        .collect()
}

/// Every text names the periods beside it.
fn assert_told(context: &PeriodContext<'_>, rows: &[(&str, &str)]) {
    let wrong: Vec<_> = rows
        .iter()
        .map(|(text, periods)| (text, told(text, context), expected(periods, context.timezone)))
        .filter(|(_, found, expected)| found != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_table_of_questions_gives_the_periods_of_the_conventions() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    assert_told(&context, questions::TIMED);
    assert!(questions::TIMED.len() >= 150);
}

#[test]
fn questions_that_name_no_time_have_no_period() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    let wrong: Vec<_> = timeless::TIMELESS
        .iter()
        .filter(|text| !read(text, &context).is_empty())
        .map(|text| (text, read(text, &context)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn days_have_23_or_25_hours_where_the_clock_changes() {
    for (zone, now, text, periods) in [
        ("America/New_York", "2026-03-09T09:00", "yesterday", "2026-03-08T00:00-05/2026-03-09T00:00-04"),
        ("America/New_York", "2026-11-02T09:00", "yesterday", "2026-11-01T00:00-04/2026-11-02T00:00-05"),
        // 02:30 did not exist: what the clock skips begins behind the gap.
        ("America/New_York", "2026-03-08T09:00", "since 2:30 am", "2026-03-08T03:30-04/2026-03-08T09:00-04"),
        // 01:00–02:00 came twice: both are inside.
        (
            "America/New_York",
            "2026-11-01T09:00",
            "between 1 and 1:30 am",
            "2026-11-01T01:00-04/2026-11-01T01:30-05",
        ),
        ("America/New_York", "2026-11-01T09:00", "last night", "2026-10-31T20:00-04/2026-11-01T06:00-05"),
        ("America/New_York", "2026-11-01T09:00", "last 24 hours", "2026-10-31T10:00-04/2026-11-01T09:00-05"),
        ("America/New_York", "2026-11-01T09:00", "the last day", "2026-10-31T09:00-04/2026-11-01T09:00-05"),
        // Half an hour of daylight saving.
        (
            "Australia/Lord_Howe",
            "2026-10-05T09:00",
            "yesterday",
            "2026-10-04T00:00+10:30/2026-10-05T00:00+11",
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-06T09:00",
            "yesterday",
            "2026-04-05T00:00+11/2026-04-06T00:00+10:30",
        ),
        ("Asia/Kolkata", "2026-11-22T00:10", "last night", "2026-11-21T20:00+05:30/2026-11-22T00:10+05:30"),
        (
            "Asia/Kolkata",
            "2026-11-22T09:00",
            "2026-11-21T14:00Z",
            "2026-11-21T19:25+05:30/2026-11-21T19:35+05:30",
        ),
        ("Europe/London", "2026-10-26T08:00", "on Sunday", "2026-10-25T00:00+01/2026-10-26T00:00+00"),
        ("Europe/London", "2026-03-30T08:00", "last weekend", "2026-03-28T00:00+00/2026-03-30T00:00+01"),
        ("Pacific/Auckland", "2026-04-06T08:00", "Saturday night", "2026-04-04T20:00+13/2026-04-05T06:00+12"),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let context = PeriodContext::new(local(now, &zone), &zone);
        assert_eq!(told(text, &context), expected(periods, &zone), "{text} at {now}");
    }
}

#[test]
fn a_follow_up_starts_from_the_period_of_the_previous_turn() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let yesterday = "2026-05-12T00:00/2026-05-13T00:00";
    let afternoon = "2026-05-12T14:00/2026-05-12T16:00";
    let night = "2026-05-12T20:00/2026-05-13T06:00";
    let week = "2026-05-04T00:00/2026-05-11T00:00";
    for (anchor, text, periods) in [
        (yesterday, "the day before", "2026-05-11T00:00/2026-05-12T00:00"),
        (yesterday, "and the next day?", "2026-05-13T00:00/2026-05-13T09:00"),
        (yesterday, "that night", night),
        (yesterday, "and the night?", night),
        (yesterday, "what about in the afternoon", "2026-05-12T12:00/2026-05-12T18:00"),
        (yesterday, "at 3pm", "2026-05-12T14:45/2026-05-12T15:15"),
        (yesterday, "the week before", week),
        (afternoon, "an hour later", "2026-05-12T15:00/2026-05-12T17:00"),
        (afternoon, "30 minutes earlier", "2026-05-12T13:30/2026-05-12T15:30"),
        (afternoon, "same time the day before", "2026-05-11T14:00/2026-05-11T16:00"),
        (afternoon, "the same time last week", "2026-05-05T14:00/2026-05-05T16:00"),
        (afternoon, "after that", "2026-05-12T16:00/2026-05-13T00:00"),
        (night, "the next morning", "2026-05-13T06:00/2026-05-13T09:00"),
        (night, "the night before", "2026-05-11T20:00/2026-05-12T06:00"),
        (night, "and after 10pm?", "2026-05-12T22:00/2026-05-13T06:00"),
        (
            "2026-05-04T00:00/2026-05-06T00:00",
            "and after 8 pm?",
            "2026-05-04T20:00/2026-05-05T00:00 2026-05-05T20:00/2026-05-06T00:00",
        ),
        (week, "the week before", "2026-04-27T00:00/2026-05-04T00:00"),
        ("2026-04-30T00:00/2026-05-01T00:00", "and a week later?", "2026-05-07T00:00/2026-05-08T00:00"),
        (week, "a week later", "2026-05-11T00:00/2026-05-13T09:00"),
    ] {
        let anchor = expected(anchor, &zone)[0];
        let anchor = Period::new(anchor.0, anchor.1);
        let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone).after(Some(&anchor));
        assert_eq!(told(text, &context), expected(periods, &zone), "{text} after {anchor:?}");
        assert!(read(text, &context).iter().all(|mention| mention.is_relative_to_anchor), "{text}");
    }
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    for text in ["the day before", "an hour later", "that night", "the next day"] {
        assert_eq!(told(text, &context), [], "{text} has nothing to start from");
    }
}

#[test]
fn days_come_first_where_the_setting_says_so() {
    let zone = TimeZone::UTC;
    let mut context = PeriodContext::new("2026-05-13T09:00:00Z".parse().unwrap(), &zone);
    assert_eq!(told("on 5/4", &context), expected("2026-05-04T00:00/2026-05-05T00:00", &zone));
    context.date_order = DateOrder::DayFirst;
    assert_eq!(told("on 5/4", &context), expected("2026-04-05T00:00/2026-04-06T00:00", &zone));
    assert_eq!(told("on 4/30", &context), expected("2026-04-30T00:00/2026-05-01T00:00", &zone));
}

#[test]
fn a_period_carries_the_words_that_named_it() {
    let zone = TimeZone::UTC;
    let context = PeriodContext::new("2026-05-13T09:00:00Z".parse().unwrap(), &zone);
    let text = "¿Überfall? cars on Tuesday evening – or “last night”";
    let words: Vec<_> =
        read(text, &context).into_iter().map(|mention| mention.periods[0].text.clone()).collect();
    assert_eq!(words, ["Tuesday evening", "last night"]);
}
