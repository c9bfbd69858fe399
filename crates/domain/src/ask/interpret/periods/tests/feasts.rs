//! Feast days and seasons: asked on Wednesday 2026-05-13 at 09:00 in Berlin, and around the turn of a year.

use jiff::tz::TimeZone;

use super::{expected, local, told};
use crate::ask::interpret::periods::PeriodContext;

#[test]
fn feasts_and_seasons_are_the_latest_that_have_begun() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let wrong: Vec<_> = [
        ("2026-05-13T09:00", "on Easter Sunday", "2026-04-05T00:00/2026-04-06T00:00"),
        ("2026-05-13T09:00", "anyone in on Good Friday?", "2026-04-03T00:00/2026-04-04T00:00"),
        ("2026-05-13T09:00", "vehicles on easter monday", "2026-04-06T00:00/2026-04-07T00:00"),
        ("2026-05-13T09:00", "over the Easter weekend", "2026-04-03T00:00/2026-04-07T00:00"),
        ("2026-05-13T09:00", "who was here over Easter?", "2026-04-03T00:00/2026-04-07T00:00"),
        ("2026-05-13T09:00", "Easter", "2026-04-05T00:00/2026-04-06T00:00"),
        ("2026-05-13T09:00", "on Easter Sunday 2024", "2024-03-31T00:00/2024-04-01T00:00"),
        ("2026-05-13T09:00", "since Easter", "2026-04-05T00:00/2026-05-13T09:00"),
        ("2026-05-13T09:00", "last easter", "2026-04-05T00:00/2026-04-06T00:00"),
        ("2026-05-13T09:00", "on Whit Monday", "2025-06-09T00:00/2025-06-10T00:00"),
        ("2026-05-13T09:00", "on Black Friday", "2025-11-28T00:00/2025-11-29T00:00"),
        ("2026-05-13T09:00", "at Halloween", "2025-10-31T00:00/2025-11-01T00:00"),
        ("2026-05-13T09:00", "on New Year's Eve", "2025-12-31T00:00/2026-01-01T00:00"),
        ("2026-05-13T09:00", "New Year's Eve after 10pm", "2025-12-31T22:00/2026-01-01T00:00"),
        ("2026-05-13T09:00", "between Christmas and New Year", "2025-12-25T00:00/2026-01-02T00:00"),
        ("2026-05-13T09:00", "from Christmas Eve to Boxing Day", "2025-12-24T00:00/2025-12-27T00:00"),
        ("2026-05-13T09:00", "on christmas morning", "2025-12-25T06:00/2025-12-25T12:00"),
        ("2026-05-13T09:00", "over the Christmas holidays", "2025-12-24T00:00/2026-01-02T00:00"),
        ("2026-05-13T09:00", "on Valentine's day", "2026-02-14T00:00/2026-02-15T00:00"),
        ("2026-05-13T09:00", "last winter", "2025-12-01T00:00/2026-03-01T00:00"),
        ("2026-05-13T09:00", "in winter", "2025-12-01T00:00/2026-03-01T00:00"),
        ("2026-05-13T09:00", "this spring", "2026-03-01T00:00/2026-05-13T09:00"),
        ("2026-05-13T09:00", "last spring", "2025-03-01T00:00/2025-06-01T00:00"),
        ("2026-05-13T09:00", "in the summer of 2025", "2025-06-01T00:00/2025-09-01T00:00"),
        ("2026-05-13T09:00", "last fall", "2025-09-01T00:00/2025-12-01T00:00"),
        ("2026-05-13T09:00", "autumn 2025", "2025-09-01T00:00/2025-12-01T00:00"),
        ("2026-05-13T09:00", "winter 2024/25", "2024-12-01T00:00/2025-03-01T00:00"),
        ("2026-05-13T09:00", "since the start of spring", "2026-03-01T00:00/2026-05-13T09:00"),
        ("2026-05-13T09:00", "early summer", "2025-06-01T00:00/2025-07-01T00:00"),
        ("2026-01-15T09:00", "this winter", "2025-12-01T00:00/2026-01-15T09:00"),
        ("2026-01-15T09:00", "last winter", "2024-12-01T00:00/2025-03-01T00:00"),
        ("2025-12-25T18:00", "at Christmas", "2025-12-25T00:00/2025-12-25T18:00"),
        ("2025-12-20T18:00", "last Christmas", "2024-12-25T00:00/2024-12-26T00:00"),
        ("2026-06-03T09:00", "on Memorial Day weekend", "2026-05-23T00:00/2026-05-26T00:00"),
        ("2026-05-23T09:00", "Memorial Day weekend", "2026-05-23T00:00/2026-05-23T09:00"),
        ("2026-05-13T09:00", "on Labor Day", "2025-09-01T00:00/2025-09-02T00:00"),
        ("2026-05-13T09:00", "over Thanksgiving weekend", "2025-11-27T00:00/2025-12-01T00:00"),
        ("2026-05-13T09:00", "over the 4th of July weekend", "2025-07-04T00:00/2025-07-07T00:00"),
        ("2026-05-13T09:00", "the Easter bank holiday weekend", "2026-04-03T00:00/2026-04-07T00:00"),
        ("2026-05-13T09:00", "a man in winter clothes", ""),
        ("2026-05-13T09:00", "did anybody fall?", ""),
        ("2026-05-13T09:00", "the last fall", ""),
        ("2026-05-13T09:00", "a christmas tree in the lobby", ""),
        ("2026-05-13T09:00", "happy new year!", ""),
        ("2026-05-13T09:00", "spring water pallets", ""),
        ("2026-05-13T09:00", "the summer intern", ""),
    ]
    .into_iter()
    .map(|(now, text, periods)| {
        let context = PeriodContext::new(local(now, &zone), &zone);
        (text, told(text, &context), expected(periods, &zone))
    })
    .filter(|(_, found, expected)| found != expected)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
