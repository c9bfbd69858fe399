//! What holds for every question: nothing out of scope is told, nothing panics, nothing is random.

use std::sync::Arc;

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::{Catalogue, DateOrder, Question, interpret};
use super::sites::{ask, ask_with, catalogue, scope_of, shown, warehouse_directory, warehouse_vocabulary};
use crate::{
    Scope,
    ask::{Filters, Interpretation},
    event_store::Vocabulary,
};

/// Everything that the interpretation says beyond the caller's own words.
fn told(it: &Interpretation) -> Vec<String> {
    let offers = it.unresolved.iter().flat_map(|missing| missing.did_you_mean.iter());
    [&it.cameras, &it.sites, &it.labels, &it.sub_labels, &it.event_types, &it.zones]
        .into_iter()
        .flatten()
        .chain(offers)
        .cloned()
        .collect()
}

/// The warehouse as someone sees it who may see the docks only; the store leaves out the rest.
fn docks_only() -> Catalogue {
    let whole = warehouse_vocabulary();
    let vocabulary = Vocabulary {
        // A store that forgot to leave out a camera must not undo the scope.
        cameras: whole.cameras,
        labels: vec![Arc::from("person")],
        event_types: vec![Arc::from("person_enters")],
        zones: vec![Arc::from("ramp")],
        sub_labels: Vec::new(),
    };
    Catalogue::new(&warehouse_directory(), &vocabulary, &scope_of(&["dock-*"]))
}

const QUESTIONS: &[&str] = &[
    "who was at the main gate",
    "camera gate-1",
    "camera 'main gat'",
    "camera gate-9",
    "at the loby camera",
    "the reception camera",
    "on camera 1",
    "camera lobby-1",
    "the yard site",
    "at the 'yard' site",
    "all cameras except dock-1",
    "the outdoor cameras",
    "everything but the gate",
    "not the lobby",
    "people in the turnstile zone",
    "zone barier",
    "vehicles at the gate",
    "any animals",
    "everything except people",
    "find MAR 2020",
    "was Jane Miller there",
    "tailgating",
    "who climbed the fence",
    "which cameras do you have",
    "gate 7",
    "carpark",
];

#[test]
fn what_is_out_of_scope_is_never_told() {
    let catalogue = docks_only();
    let allowed = ["dock-1", "dock-2", "dock", "person", "person_enters", "ramp", "door"];
    for text in QUESTIONS {
        let it = ask(&catalogue, text);
        for word in told(&it) {
            assert!(allowed.contains(&word.as_str()), "{text}: tells `{word}` in {}", shown(&it));
        }
    }
}

#[test]
fn what_was_seen_before_is_not_taken_over_out_of_scope() {
    let before = ask(&catalogue("warehouse"), "how many vehicles arrived at the gate in the barrier zone");
    assert_eq!(before.cameras, ["gate-1", "gate-2"]);
    let catalogue = docks_only();
    let it = ask_with(&catalogue, "and how many of them?", Some(&before), &Filters::default()).unwrap();
    assert!(told(&it).is_empty(), "{}", shown(&it));
    assert!(it.matches_nothing);
}

#[test]
fn another_tenants_directory_is_not_read() {
    let catalogue = Catalogue::new(&warehouse_directory(), &Vocabulary::default(), &Scope::tenant("acme"));
    for text in QUESTIONS {
        let it = ask(&catalogue, text);
        assert!(it.cameras.is_empty() && it.sites.is_empty() && it.zones.is_empty(), "{}", shown(&it));
        assert!(it.unresolved.iter().all(|missing| missing.did_you_mean.is_empty()), "{}", shown(&it));
    }
}

#[test]
fn a_field_tells_no_difference_between_hidden_and_absent() {
    let catalogue = docks_only();
    let read = |camera: &str| {
        let filters = Filters { cameras: vec![camera.to_owned()], ..Filters::default() };
        let mut it = ask_with(&catalogue, "people", None, &filters).unwrap();
        assert_eq!(it.cameras, [camera], "the caller's own word, which the scope of the store leaves out");
        it.cameras.clear();
        it
    };
    assert_eq!(read("gate-1"), read("gate-77"));
    let sites = |site: &str| {
        let filters = Filters { sites: vec![site.to_owned()], ..Filters::default() };
        ask_with(&catalogue, "people", None, &filters).unwrap()
    };
    assert_eq!(sites("yard"), sites("atlantis"));
    assert!(sites("yard").matches_nothing);
}

/// Words of every kind, thrown together.
fn jumble() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "camera",
        "cameras",
        "5",
        "99",
        "gate-1",
        "'dok'",
        "except",
        "not",
        "the",
        "and",
        "people",
        "who",
        "left",
        "turned",
        "dock",
        "zone",
        "site",
        "\"red",
        "van\"",
        "80%",
        "0.7",
        "above",
        "what",
        "about",
        "start",
        "over",
        "MAR",
        "2020",
        ",",
        "?",
        "how",
        "many",
        "last",
        "most",
        "than",
        "more",
        "é",
        "数",
        "\u{2019}s",
        "door",
        "K999",
        "to",
        "outdoor",
        "all",
        "there",
        "they",
        "compare",
        "was",
        "1-4",
        ".5",
        "%",
        "high",
        "confidence",
    ]);
    prop::collection::vec(word, 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_panics_and_the_reading_is_always_the_same(text in prop_oneof![jumble(), ".{0,120}"], before in jumble()) {
        let one = catalogue("warehouse");
        let other = catalogue("warehouse");
        let previous = ask(&one, &before);
        let filters = Filters::default();
        let a = ask_with(&one, &text, Some(&previous), &filters).unwrap();
        let b = ask_with(&other, &text, Some(&previous), &filters).unwrap();
        prop_assert_eq!(&a, &b);
        prop_assert!(a.intent == crate::ask::Intent::Compare || (a.cameras.is_sorted() && a.labels.is_sorted()));
        prop_assert!(a.event_types.is_sorted());
        // A name that is said in parts ("gate 1 and 7", "cameras 1 to 7") is put together from the words of the text.
        let numbers: Vec<u32> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        let is_between = |word: &str| {
            let number = word.parse::<u32>();
            number.is_ok_and(|n| numbers.iter().any(|said| *said < n) && numbers.iter().any(|said| *said > n))
        };
        let is_word = |word: &str| text.contains(word) || is_between(word);
        let is_said = |name: &str| name.trim_start_matches("camera ").split([' ', '-']).all(is_word);
        prop_assert!(a.unresolved.iter().all(|missing| is_said(&missing.text) && missing.did_you_mean.len() <= 3));
    }

    #[test]
    fn nothing_out_of_scope_is_told_whatever_is_asked(text in jumble(), before in jumble()) {
        let allowed = ["dock-1", "dock-2", "dock", "person", "person_enters", "ramp", "door"];
        let catalogue = docks_only();
        let previous = ask(&super::sites::catalogue("warehouse"), &before);
        let zone = TimeZone::UTC;
        let it = interpret(&Question {
            text: &text,
            filters: &Filters::default(),
            now: super::sites::now(),
            timezone: &zone,
            previous: Some(&previous),
before_previous: None,
            evidence: &[],
            date_order: DateOrder::default(),
            catalogue: &catalogue,
        }).unwrap();
        for word in told(&it) {
            prop_assert!(allowed.contains(&word.as_str()), "tells {}", word);
        }
    }
}
