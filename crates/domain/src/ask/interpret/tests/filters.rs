//! Fields of the request, alone and together with words.

use super::sites::{ask_with, catalogue, now, shown};
use crate::ask::Filters;

fn list(entries: &[&str]) -> Vec<String> {
    entries.iter().map(|entry| (*entry).to_owned()).collect()
}

#[test]
fn fields_and_words_are_combined_by_intersection() {
    let catalogue = catalogue("warehouse");
    for (text, filters, expected) in [
        (
            "",
            Filters { cameras: list(&["yard-1", "dock-1"]), ..Filters::default() },
            "find show cam=dock-1,yard-1",
        ),
        (
            "people at the dock",
            Filters { cameras: list(&["dock-1", "yard-1"]), ..Filters::default() },
            "find show site=dock cam=dock-1 label=person",
        ),
        (
            "people at the dock",
            Filters { cameras: list(&["yard-1"]), ..Filters::default() },
            "find show site=dock label=person nothing",
        ),
        (
            "people",
            Filters { sites: list(&["yard"]), ..Filters::default() },
            "find show site=yard cam=fence-1,yard-1,yard-2 label=person",
        ),
        (
            "people",
            Filters { sites: list(&["elsewhere"]), ..Filters::default() },
            "find show label=person nothing",
        ),
        (
            "people",
            Filters { cameras: list(&["elsewhere"]), ..Filters::default() },
            "find show cam=elsewhere label=person",
        ),
        ("people", Filters { labels: list(&["vehicle"]), ..Filters::default() }, "find show nothing"),
        (
            "people or vehicles",
            Filters { labels: list(&["vehicle"]), ..Filters::default() },
            "find show label=vehicle",
        ),
        (
            "people",
            Filters { min_confidence: Some(0.5), ..Filters::default() },
            "find show label=person sure=0.5",
        ),
        (
            "people above 80%",
            Filters { min_confidence: Some(0.5), zones: list(&["ramp"]), ..Filters::default() },
            "find show label=person zone=ramp sure=0.8",
        ),
    ] {
        let it = ask_with(&catalogue, text, None, &filters).unwrap();
        assert_eq!(shown(&it), expected, "{text} {filters:?}");
    }
}

#[test]
fn from_and_to_are_local_unless_they_say_otherwise() {
    let filters = Filters {
        from: Some("2026-05-12T06:00:00".to_owned()),
        to: Some("2026-05-12T10:00:00+02:00".to_owned()),
        ..Filters::default()
    };
    let it = ask_with(&catalogue("warehouse"), "people", None, &filters).unwrap();
    let [period] = it.periods.as_slice() else { panic!("{:?}", it.periods) };
    assert_eq!(period.start.to_string(), "2026-05-12T06:00:00Z");
    assert_eq!(period.end.to_string(), "2026-05-12T08:00:00Z");
    assert_eq!(period.text, "");
}

#[test]
fn one_end_alone_reaches_to_now_or_from_the_beginning() {
    let catalogue = catalogue("warehouse");
    let only = |from: Option<&str>, to: Option<&str>| {
        let filters =
            Filters { from: from.map(str::to_owned), to: to.map(str::to_owned), ..Filters::default() };
        ask_with(&catalogue, "", None, &filters).unwrap().periods.remove(0)
    };
    let since = only(Some("2026-05-13T08:00:00Z"), None);
    assert_eq!((since.start.to_string().as_str(), since.end), ("2026-05-13T08:00:00Z", now()));
    let until = only(None, Some("2026-05-13T08:00:00"));
    assert_eq!(until.end.to_string(), "2026-05-13T08:00:00Z");
    assert_eq!(until.start, jiff::Timestamp::UNIX_EPOCH);
    let future = only(Some("2027-01-01T00:00:00Z"), None);
    assert_eq!(future.start, future.end);
}

#[test]
fn a_malformed_field_is_named() {
    let catalogue = catalogue("warehouse");
    for (filters, field) in [
        (Filters { from: Some("yesterday".into()), ..Filters::default() }, "filters.from"),
        (Filters { to: Some("2026-13-01T00:00:00Z".into()), ..Filters::default() }, "filters.to"),
        (
            Filters {
                from: Some("2026-05-13T08:00:00Z".into()),
                to: Some("2026-05-13T08:00:00Z".into()),
                ..Filters::default()
            },
            "filters.to",
        ),
        (Filters { min_confidence: Some(1.5), ..Filters::default() }, "filters.min_confidence"),
        (Filters { min_confidence: Some(f32::NAN), ..Filters::default() }, "filters.min_confidence"),
        (Filters { cameras: vec!["a".to_owned(); 201], ..Filters::default() }, "filters.cameras"),
        (Filters { labels: vec!["a".repeat(129)], ..Filters::default() }, "filters.labels"),
        (Filters { zones: vec!["a\u{0}".to_owned()], ..Filters::default() }, "filters.zones"),
        (Filters { sites: vec![String::new()], ..Filters::default() }, "filters.sites"),
        (Filters { event_types: vec!["\u{202E}x".to_owned()], ..Filters::default() }, "filters.event_types"),
    ] {
        let error = ask_with(&catalogue, "people", None, &filters).unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field), "{filters:?}");
    }
}

#[test]
fn a_field_wins_over_what_would_be_taken_over() {
    let catalogue = catalogue("warehouse");
    let none = Filters::default();
    let first = ask_with(&catalogue, "how many people were at the gate", None, &none).unwrap();
    let filters = Filters { cameras: list(&["yard-1"]), ..Filters::default() };
    let next = ask_with(&catalogue, "and vehicles?", Some(&first), &filters).unwrap();
    assert_eq!(shown(&next), "count how_many cam=yard-1 label=vehicle");
    assert_eq!(next.carried_over, ["intent", "form"]);
}
