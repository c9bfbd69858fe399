//! Wordings that operators, caretakers and people whose first language is another use, all asked on Wednesday
//! 2026-05-13 at 09:00 in Berlin.

use jiff::tz::TimeZone;

use super::{expected, local, told};
use crate::ask::interpret::periods::PeriodContext;

#[test]
fn bounds_that_are_denied_lengths_and_ends_of_days_are_read() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    let wrong: Vec<_> = [
        ("not later than 9am on Monday", "2026-05-11T00:00/2026-05-11T09:00"),
        ("no later than 8 this morning", "2026-05-13T06:00/2026-05-13T08:00"),
        ("not before 6pm yesterday", "2026-05-12T18:00/2026-05-13T09:00"),
        ("btw 17:00 and 18:30 on tue", "2026-05-12T17:00/2026-05-12T18:30"),
        ("past 24h", "2026-05-12T09:00/2026-05-13T09:00"),
        ("the past 1h30", "2026-05-13T07:30/2026-05-13T09:00"),
        ("in the last hour and a half", "2026-05-13T07:30/2026-05-13T09:00"),
        ("all day yesterday", "2026-05-12T00:00/2026-05-13T00:00"),
        ("the whole of last week", "2026-05-04T00:00/2026-05-11T00:00"),
        ("all week", "2026-05-11T00:00/2026-05-13T09:00"),
        ("daytime yesterday", "2026-05-12T06:00/2026-05-12T20:00"),
        ("in broad daylight on Tuesday", "2026-05-12T06:00/2026-05-12T20:00"),
        ("the last three days of March", "2026-03-29T00:00/2026-04-01T00:00"),
        ("the first two weeks of April", "2026-04-01T00:00/2026-04-15T00:00"),
        ("first half of March", "2026-03-01T00:00/2026-03-16T00:00"),
        ("the second half of last month", "2026-04-16T00:00/2026-05-01T00:00"),
        ("second half of last week", "2026-05-07T00:00/2026-05-11T00:00"),
        ("the night from Monday to Tuesday", "2026-05-11T20:00/2026-05-12T06:00"),
        ("since we closed", "2026-05-12T18:00/2026-05-13T09:00"),
        ("since opening today", "2026-05-13T08:00/2026-05-13T09:00"),
        ("from 8 to 12 uhr yesterday", "2026-05-12T08:00/2026-05-12T12:00"),
        ("events 7 Apr '26", "2026-04-07T00:00/2026-04-08T00:00"),
        ("a week ago yesterday", "2026-05-05T00:00/2026-05-06T00:00"),
        ("by day last week", "2026-05-04T00:00/2026-05-11T00:00"),
    ]
    .into_iter()
    .map(|(text, periods)| (text, told(text, &context), expected(periods, &zone)))
    .filter(|(_, found, expected)| found != expected)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
