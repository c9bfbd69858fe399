//! Times on another clock than the caller's.

use proptest::{prelude::*, sample::select};

use super::*;

/// Asked on Wednesday 2026-05-13 at 09:00 in Berlin, which is 07:00 in Greenwich; instants with offsets.
#[rustfmt::skip]
const ELSEWHERE: &[(&str, &str)] = &[
    ("at 9am UTC yesterday", "2026-05-12T08:45Z/2026-05-12T09:15Z"),
    ("between 14:00 and 15:00 CET on Monday", "2026-05-11T14:00+01/2026-05-11T15:00+01"),
    ("between 14:00 and 15:00 CEST on Monday", "2026-05-11T14:00+02/2026-05-11T15:00+02"),
    ("10pm EST", "2026-05-12T21:45-05/2026-05-12T22:15-05"),
    ("at 10pm edt", "2026-05-12T21:45-04/2026-05-12T22:15-04"),
    ("at 10pm ET", "2026-05-12T21:45-04/2026-05-12T22:15-04"),
    ("at 10pm eastern time", "2026-05-12T21:45-04/2026-05-12T22:15-04"),
    ("at 10pm Eastern Standard Time", "2026-05-12T21:45-05/2026-05-12T22:15-05"),
    ("noon London time", "2026-05-12T11:30+01/2026-05-12T12:30+01"),
    ("at 9am New York time yesterday", "2026-05-12T08:45-04/2026-05-12T09:15-04"),
    ("at 9am in Mumbai time yesterday", "2026-05-12T08:45+05:30/2026-05-12T09:15+05:30"),
    ("yesterday in UTC", "2026-05-12T00:00Z/2026-05-13T00:00Z"),
    ("yesterday (UTC)", "2026-05-12T00:00Z/2026-05-13T00:00Z"),
    ("yesterday at 3pm (PST)", "2026-05-11T14:45-08/2026-05-11T15:15-08"), // There it is still Tuesday.
    ("at 14:00 UTC+5:30 yesterday", "2026-05-12T13:55+05:30/2026-05-12T14:05+05:30"),
    ("at 14:00 GMT-3 on Monday", "2026-05-11T13:55-03/2026-05-11T14:05-03"),
    ("at 14:00+03:00 on Monday", "2026-05-11T13:55+03/2026-05-11T14:05+03"),
    ("on Monday at 14:00Z", "2026-05-11T13:55Z/2026-05-11T14:05Z"),
    ("2026-05-11 14:00 UTC", "2026-05-11T13:55Z/2026-05-11T14:05Z"),
    ("from 9 to 11am Asia/Tokyo on Monday", "2026-05-11T09:00+09/2026-05-11T11:00+09"),
    ("after 5am UTC today", "2026-05-13T05:00Z/2026-05-13T07:00Z"),
    ("every night this week UTC", "2026-05-11T20:00Z/2026-05-12T06:00Z 2026-05-12T20:00Z/2026-05-13T06:00Z"),
    // One zone holds for all times, several each for their own.
    ("at 9am UTC yesterday and on Monday", "2026-05-12T08:45Z/2026-05-12T09:15Z 2026-05-11T08:45Z/2026-05-11T09:15Z"),
    ("9am UTC yesterday versus 9am JST on Monday", "2026-05-12T08:45Z/2026-05-12T09:15Z 2026-05-11T08:45+09/2026-05-11T09:15+09"),
];

#[test]
fn a_time_is_read_on_the_clock_that_is_named() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    let wrong: Vec<_> = ELSEWHERE
        .iter()
        .filter(|(text, periods)| told(text, &context) != expected(periods, &zone))
        .map(|(text, _)| (text, read(text, &context)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_words_of_a_time_hold_its_zone() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    for (text, words, meant) in [
        ("cars at 9am UTC yesterday", "9am UTC yesterday", Some("UTC")),
        ("cars yesterday at 10pm EST at the gate", "yesterday at 10pm EST", Some("UTC-05:00")),
        ("cars at noon London time?", "noon London time", Some("Europe/London")),
        ("cars at 9am WAST yesterday", "9am WAST yesterday", None),
        ("cars at 9am Atlantis time", "9am Atlantis time", None),
    ] {
        let read = Text::of(text);
        let mentions = read.mentions(&context);
        let named = read.time_zones(&mentions, &context);
        assert_eq!(mentions[0].periods[0].text, words);
        assert_eq!(named.len(), 1, "{text}");
        assert_eq!(named[0].zone.as_deref(), meant, "{text}");
    }
}

#[test]
fn what_only_looks_like_a_zone_is_none() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let context = PeriodContext::new(local("2026-05-13T09:00", &zone), &zone);
    for text in [
        "the last time a truck came yesterday",
        "WHO WAS AT THE EAST GATE AT 9AM EAST",
        "cars at 9am at the west gate",
        "cat at 9am",
        "vehicles on MST road yesterday",
        "at what time yesterday",
    ] {
        let read = Text::of(text);
        assert_eq!(read.time_zones(&read.mentions(&context), &context), [], "{text}");
    }
}

#[test]
fn of_an_abbreviation_the_meaning_of_the_callers_own_zone_comes_first() {
    for (zone, text, offset) in [
        ("Europe/Dublin", "at 9am IST yesterday", "+01"),
        ("Asia/Jerusalem", "at 9am IST yesterday", "+02"),
        ("Asia/Shanghai", "at 9am CST yesterday", "+08"),
        ("Europe/Berlin", "at 9am IST yesterday", "+05:30"),
        ("Europe/Berlin", "at 9am CST yesterday", "-06"),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let context = PeriodContext::new("2026-05-13T09:00Z".parse().unwrap(), &zone);
        let periods = format!("2026-05-12T08:45{offset}/2026-05-12T09:15{offset}");
        let found = told(text, &context);
        assert_eq!(found, expected(&periods, &zone), "{text} in {zone:?}");
    }
}

proptest! {
    /// A time with a zone means what it means to somebody who lives there.
    #[test]
    fn a_named_zone_is_the_zone_of_whoever_lives_there(
        words in select(vec!["yesterday", "at 9am", "last night", "between 2 and 4pm on Monday", "on 6/18 at 22:00", "every night this week"]),
        (named, there) in select(vec![("UTC", "UTC"), ("London time", "Europe/London"), ("Asia/Kolkata", "Asia/Kolkata"), ("PT", "America/Los_Angeles")]),
        here in select(vec!["Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
        hours in 0_i64..8_760,
    ) {
        prop_assume!(named != "PT" || words.ends_with("am") || words.ends_with("00"));
        let (here, there) = (TimeZone::get(here).unwrap(), TimeZone::get(there).unwrap());
        let start: Timestamp = "2026-01-01T00:30:00Z".parse().unwrap();
        let now = start + jiff::SignedDuration::from_hours(hours);
        let (here, there) = (PeriodContext::new(now, &here), PeriodContext::new(now, &there));
        prop_assert_eq!(told(&format!("cars {words} {named}"), &here), told(&format!("cars {words}"), &there));
    }
}
