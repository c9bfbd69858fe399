//! Days that others name, two bounds, the last hours of a day, and days that would be compared with themselves:
//! asked on Sunday 2026-11-29 at 12:30 in New York, three days after Thanksgiving.

use jiff::tz::TimeZone;

use super::{assert_told, expected, local, told};
use crate::{Period, ask::interpret::periods::PeriodContext};

const NOW: &str = "2026-11-29T12:30";

fn assert_all(rows: &[(&str, &str)]) {
    let zone = TimeZone::get("America/New_York").unwrap();
    assert_told(&PeriodContext::new(local(NOW, &zone), &zone), rows);
}

#[test]
fn days_beside_others_keep_their_length() {
    assert_all(&[
        ("people on the day before thanksgiving", "2026-11-25T00:00/2026-11-26T00:00"),
        ("two days before thanksgiving", "2026-11-24T00:00/2026-11-25T00:00"),
        ("the two days before thanksgiving", "2026-11-24T00:00/2026-11-26T00:00"),
        ("a week before thanksgiving", "2026-11-19T00:00/2026-11-20T00:00"),
        ("the week before thanksgiving", "2026-11-16T00:00/2026-11-23T00:00"),
        ("the weekend before thanksgiving", "2026-11-21T00:00/2026-11-23T00:00"),
        ("the friday before black friday", "2026-11-20T00:00/2026-11-21T00:00"),
        ("on wednesday before thanksgiving", "2026-11-25T00:00/2026-11-26T00:00"),
        (
            "the last two fridays before black friday",
            "2026-11-13T00:00/2026-11-14T00:00 2026-11-20T00:00/2026-11-21T00:00",
        ),
        ("the day after thanksgiving", "2026-11-27T00:00/2026-11-28T00:00"),
        ("in the days before thanksgiving", "2026-11-23T00:00/2026-11-26T00:00"),
        ("the friday after thanksgiving", "2026-11-27T00:00/2026-11-28T00:00"),
        ("the first monday after halloween", "2026-11-02T00:00/2026-11-03T00:00"),
        ("the night before thanksgiving", "2026-11-25T20:00/2026-11-26T06:00"),
        ("two nights before thanksgiving", "2026-11-24T20:00/2026-11-25T06:00"),
        ("the day before thanksgiving after 5pm", "2026-11-25T17:00/2026-11-26T00:00"),
        ("since the day before thanksgiving", "2026-11-25T00:00/2026-11-29T12:30"),
        ("the week before the 20th", "2026-11-09T00:00/2026-11-16T00:00"),
        ("the week of thanksgiving", "2026-11-23T00:00/2026-11-29T12:30"),
        ("thanksgiving week deliveries", "2026-11-23T00:00/2026-11-29T12:30"),
        ("people at the dock thanksgiving morning", "2026-11-26T06:00/2026-11-26T12:00"),
        // What has begun of the feast to come is nearer than all of the last.
        ("the month before christmas", "2026-11-01T00:00/2026-11-29T12:30"),
        // A bound of its own, and days that were named by others before.
        ("before thanksgiving", "1970-01-01T00:00Z/2026-11-26T00:00"),
        ("the busiest day after thanksgiving", "2026-11-27T00:00/2026-11-29T12:30"),
        ("the day before yesterday", "2026-11-27T00:00/2026-11-28T00:00"),
        ("the week before last", "2026-11-09T00:00/2026-11-16T00:00"),
        ("christmas lunch menus", ""),
    ]);
    let zone = TimeZone::get("America/New_York").unwrap();
    let context = PeriodContext::new(local("2026-11-25T09:00", &zone), &zone);
    assert_told(&context, &[("the day before thanksgiving", "2026-11-25T00:00/2026-11-25T09:00")]);
}

#[test]
fn a_day_is_compared_with_another() {
    assert_all(&[
        (
            "compare black friday with the friday before",
            "2026-11-27T00:00/2026-11-28T00:00 2026-11-20T00:00/2026-11-21T00:00",
        ),
        (
            "compare black friday with the previous friday",
            "2026-11-27T00:00/2026-11-28T00:00 2026-11-20T00:00/2026-11-21T00:00",
        ),
        (
            "compare friday to the friday before for deliveries",
            "2026-11-27T00:00/2026-11-28T00:00 2026-11-20T00:00/2026-11-21T00:00",
        ),
        (
            "yesterday vs saturday a week ago",
            "2026-11-28T00:00/2026-11-29T00:00 2026-11-21T00:00/2026-11-22T00:00",
        ),
        (
            "compare friday to the previous friday",
            "2026-11-27T00:00/2026-11-28T00:00 2026-11-20T00:00/2026-11-21T00:00",
        ),
        ("compare today to yesterday", "2026-11-29T00:00/2026-11-29T12:30 2026-11-28T00:00/2026-11-29T00:00"),
        (
            "compare this month to last month",
            "2026-11-01T00:00/2026-11-29T12:30 2026-10-01T00:00/2026-11-01T00:00",
        ),
        ("compare friday to thursday", "2026-11-27T00:00/2026-11-28T00:00 2026-11-26T00:00/2026-11-27T00:00"),
        ("compare june to may", "2026-06-01T00:00/2026-07-01T00:00 2026-05-01T00:00/2026-06-01T00:00"),
        ("from friday to thursday", "2026-11-27T00:00/2026-11-29T12:30"),
        ("compare monday to wednesday", "2026-11-23T00:00/2026-11-26T00:00"),
        ("yesterday vs last saturday", "2026-11-28T00:00/2026-11-29T00:00 2026-11-21T00:00/2026-11-22T00:00"),
        ("today vs sunday", "2026-11-29T00:00/2026-11-29T12:30 2026-11-22T00:00/2026-11-23T00:00"),
        (
            "compare thanksgiving with last thursday",
            "2026-11-26T00:00/2026-11-27T00:00 2026-11-19T00:00/2026-11-20T00:00",
        ),
        ("yesterday vs last friday", "2026-11-28T00:00/2026-11-29T00:00 2026-11-27T00:00/2026-11-28T00:00"),
        (
            "past 7 days vs the week before that",
            "2026-11-22T12:30/2026-11-29T12:30 2026-11-15T12:30/2026-11-22T12:30",
        ),
        (
            "last 24 hours vs the day before",
            "2026-11-28T12:30/2026-11-29T12:30 2026-11-27T12:30/2026-11-28T12:30",
        ),
        (
            "this week vs the week before",
            "2026-11-23T00:00/2026-11-29T12:30 2026-11-16T00:00/2026-11-23T00:00",
        ),
    ]);
    let zone = TimeZone::get("America/New_York").unwrap();
    let (friday, saturday) = ("2026-11-27T00:00/2026-11-28T00:00", "2026-11-28T00:00/2026-11-29T00:00");
    let week = "2026-11-22T12:30/2026-11-29T12:30";
    for (anchor, text, periods) in [
        (friday, "and the friday before", "2026-11-20T00:00/2026-11-21T00:00"),
        (saturday, "the monday before that", "2026-11-23T00:00/2026-11-24T00:00"),
        (saturday, "and the weekend before", "2026-11-21T00:00/2026-11-23T00:00"),
        (saturday, "compare with last saturday", "2026-11-21T00:00/2026-11-22T00:00"),
        (friday, "compared to last friday", "2026-11-20T00:00/2026-11-21T00:00"),
        (friday, "how many cars last friday", friday),
        (week, "and the week before?", "2026-11-15T12:30/2026-11-22T12:30"),
        ("2026-11-28T18:00/2026-11-28T22:00", "and after midnight?", "2026-11-29T00:00/2026-11-29T06:00"),
    ] {
        let anchor = expected(anchor, &zone)[0];
        let anchor = Period::new(anchor.0, anchor.1);
        let context = PeriodContext::new(local(NOW, &zone), &zone).after(Some(&anchor));
        assert_eq!(told(text, &context), expected(periods, &zone), "{text} after {anchor:?}");
    }
}

#[test]
fn two_bounds_are_one_stretch_where_something_lies_between() {
    assert_all(&[
        ("yesterday after 3pm and before 5pm", "2026-11-28T15:00/2026-11-28T17:00"),
        ("yesterday after 3 pm but before 5", "2026-11-28T15:00/2026-11-28T17:00"),
        ("after 10pm and before 6am on friday", "2026-11-27T22:00/2026-11-28T06:00"),
        ("after monday and before thursday", "2026-11-24T00:00/2026-11-26T00:00"),
        ("not before 3pm and not after 5pm yesterday", "2026-11-28T15:00/2026-11-28T17:00"),
        ("since thanksgiving but before saturday", "2026-11-26T00:00/2026-11-28T00:00"),
        (
            "before 8 and after 20:00 yesterday",
            "2026-11-28T00:00/2026-11-28T08:00 2026-11-28T20:00/2026-11-29T00:00",
        ),
        (
            "between 7 and 9 am and 4 and 6 pm yesterday",
            "2026-11-28T07:00/2026-11-28T09:00 2026-11-28T16:00/2026-11-28T18:00",
        ),
    ]);
}

#[test]
fn hours_are_those_that_people_are_awake_or_that_the_part_names() {
    assert_all(&[
        ("between 6 and 9 yesterday", "2026-11-28T06:00/2026-11-28T09:00"),
        ("friday 6-8", "2026-11-27T18:00/2026-11-27T20:00"),
        ("from 12 to 6 last night", "2026-11-29T00:00/2026-11-29T06:00"),
        ("people 11 to 3 last night", "2026-11-28T23:00/2026-11-29T03:00"),
        ("after midnight", "2026-11-29T00:00/2026-11-29T06:00"),
        ("after midnight on saturday", "2026-11-28T00:00/2026-11-28T06:00"),
        ("after 00:00 on saturday", "2026-11-28T00:00/2026-11-29T00:00"),
        ("in the last 3 hours of yesterday", "2026-11-28T21:00/2026-11-29T00:00"),
        ("last hour of friday night", "2026-11-28T05:00/2026-11-28T06:00"),
        ("first three hours of black friday", "2026-11-27T00:00/2026-11-27T03:00"),
        ("the last hours of friday", "2026-11-27T21:00/2026-11-28T00:00"),
        ("opening hours of friday", "2026-11-27T08:00/2026-11-27T18:00"),
        ("last hour before closing on friday", "2026-11-27T17:00/2026-11-27T18:00"),
        ("an hour before closing on friday", "2026-11-27T16:45/2026-11-27T17:15"),
        ("in the last 3 hours", "2026-11-29T09:30/2026-11-29T12:30"),
        ("since I left at 8", "2026-11-29T08:00/2026-11-29T12:30"),
        ("since i went to bed at eleven", "2026-11-28T23:00/2026-11-29T12:30"),
        ("after I called about the van at 5", "2026-11-28T17:00/2026-11-29T00:00"),
        ("since I was at the gate at 8", "2026-11-29T08:00/2026-11-29T12:30"),
        ("since we locked up at 9", "2026-11-28T21:00/2026-11-29T12:30"),
        ("morning people in the lobby yesterday", "2026-11-28T06:00/2026-11-28T12:00"),
        ("any evening dress yesterday", "2026-11-28T00:00/2026-11-29T00:00"),
        ("morning folks, any cars yesterday", "2026-11-28T00:00/2026-11-29T00:00"),
    ]);
}

#[test]
fn days_of_a_weekend_or_a_week_that_stands_apart_are_its_own() {
    assert_all(&[
        ("saturday last weekend", "2026-11-21T00:00/2026-11-22T00:00"),
        (
            "saturday and sunday last weekend",
            "2026-11-21T00:00/2026-11-22T00:00 2026-11-22T00:00/2026-11-23T00:00",
        ),
        ("from friday noon to sunday evening last weekend", "2026-11-20T12:00/2026-11-22T22:00"),
        ("between friday noon and sunday evening last week", "2026-11-20T12:00/2026-11-22T22:00"),
        ("mon-wed deliveries last week", "2026-11-16T00:00/2026-11-19T00:00"),
        ("saturday the twenty first", "2026-11-21T00:00/2026-11-22T00:00"),
        ("on saturday the first to come in", "2026-11-28T00:00/2026-11-29T00:00"),
        (
            "on the twenty second and twenty third of november",
            "2026-11-22T00:00/2026-11-23T00:00 2026-11-23T00:00/2026-11-24T00:00",
        ),
    ]);
}
