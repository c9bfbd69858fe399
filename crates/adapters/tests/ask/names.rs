//! Who, and which plate, came most often: names are ranked one by one, and what is known of none is told.

use eps_domain::ask::Answer;
use eps_testkit::builders::{a_caller, an_event};
use jiff::{SignedDuration, Timestamp};

use super::world::{World, ask};

/// What the extractive writer answers about these events, an hour apart: label and name, mostly none.
async fn answer(events: &[(&str, &str)], question: &str) -> Answer {
    let start: Timestamp = "2026-05-12T06:00:00Z".parse().unwrap();
    let event = |(n, (label, name)): (i64, &(&str, &str))| {
        let event = an_event().id(format!("e{n}")).label(*label);
        let event = event.at_instant(start + SignedDuration::from_hours(n));
        if name.is_empty() { event.build() } else { event.name(*name).build() }
    };
    let world = World::with((0..).zip(events).map(event).collect()).await;
    world.asker(None).ask(&a_caller().build(), ask(question), None).await.unwrap()
}

const DAY: [(&str, &str); 9] = [
    ("person", "Ada"),
    ("vehicle", "B-XY 12"),
    ("person", "Bo"),
    ("person", "Ada"),
    ("person", ""),
    ("vehicle", "M-AR 2020"),
    ("vehicle", "b-xy 13"),
    ("vehicle", "b-xy 13"),
    ("person", ""),
];

#[tokio::test]
async fn names_are_ranked_and_the_nameless_are_told() {
    let who = answer(&DAY, "Who was seen most often yesterday?").await;
    assert!(who.response.contains("Ada came most often: 2 events (2 visits). Bo came next with 1 event."));
    assert!(who.response.contains("A name or a plate is known for 3 of the 5 events."), "{}", who.response);
    assert!(who.evidence.iter().all(|event| event.sub_label.as_deref() == Some("Ada")), "{:?}", who.evidence);
    assert_eq!((who.totals.events, who.evidence.len()), (5, 2));

    // People have no plates.
    let plate = answer(&DAY, "Which plate came most often yesterday?").await;
    assert!(plate.response.contains("b-xy 13 came most often: 2 events (2 visits)."), "{}", plate.response);
    assert_eq!(
        (plate.interpretation.labels.as_slice(), plate.totals.events),
        (&["vehicle".to_owned()][..], 4)
    );

    let vehicles = answer(&DAY, "Which plates were seen more than once yesterday?").await;
    assert!(vehicles.response.contains("b-xy 13"), "{}", vehicles.response);
    assert!(!vehicles.response.contains("M-AR 2020 ("), "{}", vehicles.response);
}

#[tokio::test]
async fn where_nobody_has_a_name_that_is_said() {
    let who = answer(&[("person", ""), ("person", "")], "Who was seen most often yesterday?").await;
    assert!(who.response.contains("None of these events carries a name or a plate."), "{}", who.response);
    assert_eq!(who.totals.events, 2);
}
