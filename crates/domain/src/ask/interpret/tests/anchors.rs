//! "After the last fight", "five minutes before the delivery": times that are counted from an event.

use super::sites::{ask, ask_behind, assert_readings, catalogue, shown};
use crate::{Event, ask::Evidence};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("what happened after the last delivery?", "timeline which from=after the last delivery{after 30m last show type=delivery}"),
    ("five minutes before the delivery at gate 1, who was at dock 2?", "find who cam=dock-2 label=person from=five minutes before the delivery at gate 1{before 5m find show cam=gate-1 type=delivery}"),
    ("who was there right after the delivery?", "find who label=person from=right after the delivery{after 10m there find show type=delivery}"),
    ("vehicles within 5 minutes of the first delivery yesterday", "find show label=vehicle from=within 5 minutes of the first delivery yesterday{before after 5m first show type=delivery @yesterday}"),
    ("how many people came in the hour before the glass was broken on Monday", "count how_many label=person from=in the hour before the glass was broken on Monday{before 60m find show words=glass broken @Monday}"),
    ("how many people since the last delivery", "count how_many label=person from=since the last delivery{after now last show type=delivery}"),
    ("yesterday, what happened half an hour after the red truck arrived", "timeline which from=half an hour after the red truck arrived{after 30m find show label=vehicle type=vehicle_arrives words=red truck @yesterday}"),
    ("who came the night before the theft", "find who label=person from=the night before the theft ?the night before the theft[]"),
    ("how long after the delivery did the van leave", "how_long show from=after the delivery did the van leave ?after the delivery did the van leave[]"),
    ("who came today after the delivery yesterday", "find who label=person from=after the delivery yesterday ?after the delivery yesterday[]"),
    // A time, a reference, a bound: counted from no event.
    ("people before 5 pm yesterday", "find show label=person @before 5 pm yesterday"),
    ("what happened after midnight", "timeline which @after midnight"),
    ("people after the weekend", "find show label=person @after the weekend"),
    ("people since the beginning of the week", "find show label=person @since the beginning of the week"),
    ("vehicles after the 5th of May", "find show label=vehicle @after the 5th of May"),
    ("people before the start of the month", "find show label=person @before the start of the month"),
    ("people since I left at 8", "find show label=person @since I left at 8"),
    ("people while I was asleep", "find show label=person ?while I was asleep[]"),
    ("people while I was asleep last night", "find show label=person @last night"),
    ("people the other night", "find show label=person ?the other night[]"),
    ("people this week without the weekend", "find show label=person @this week"),
    ("vehicles on the late shift on Monday (14-22)", "find show label=vehicle @Monday (14-22)"),
    ("who came the day before yesterday", "find who label=person @the day before yesterday"),
];

#[test]
fn times_are_counted_from_events() {
    assert_readings(READINGS);
}

#[test]
fn a_length_behind_one_event_is_counted_from_it() {
    let catalogue = catalogue("warehouse");
    let event: Event = serde_json::from_value(serde_json::json!({
        "event_id": "evt-1", "timestamp": "2026-05-12T14:01:00Z", "camera_id": "gate-1",
        "event_type": "vehicle_departs", "label": "vehicle",
    }))
    .unwrap();
    let evidence = [Evidence::of(&event, 1, 1.0, Vec::new())];
    let previous = ask(&catalogue, "when did the last vehicle leave yesterday");
    for (text, expected) in [
        (
            "what happened 10 minutes before",
            "timeline which from=10 minutes before @in the 10 minutes before 14:01 on Tue 12 May",
        ),
        (
            "who was there 5 minutes after that?",
            "find who cam=gate-1 label=person from=5 minutes after that @in the 5 minutes after 14:01 on Tue 12 May",
        ),
        (
            "what happened within half an hour of it",
            "timeline which from=within half an hour of it @within 30 minutes of 14:01 on Tue 12 May",
        ),
        // A day and a week are of the calendar, not of the event.
        ("and the week before", "last when label=vehicle type=vehicle_departs @the week before"),
        ("the day before?", "last when label=vehicle type=vehicle_departs @the day before"),
        (
            "Compare vehicles yesterday with the day before",
            "compare show label=vehicle @yesterday|the day before",
        ),
        ("and an hour later?", "find show from=an hour later @in the hour after 14:01 on Tue 12 May"),
    ] {
        assert_eq!(shown(&ask_behind(&catalogue, text, &previous, &evidence)), expected, "{text}");
    }
}
