//! "the second one", "[2]", "before that one": events of the previous answer, and nothing else.

use super::sites::{ask, ask_behind, catalogue, shown};
use crate::{Event, ask::Evidence};

/// An event that an answer showed.
fn shown_event(reference: u32, camera: &str, label: &str, minute: u32, text: &str) -> Evidence {
    let event: Event = serde_json::from_value(serde_json::json!({
        "event_id": format!("evt-{reference}"),
        "timestamp": format!("2026-05-12T14:{minute:02}:00Z"),
        "camera_id": camera,
        "event_type": format!("{label}_detected"),
        "label": label,
        "description": text,
    }))
    .unwrap();
    Evidence::of(&event, reference, 1.0, Vec::new())
}

fn answer() -> Vec<Evidence> {
    vec![
        shown_event(1, "gate-1", "vehicle", 1, "A white van stops"),
        shown_event(2, "dock-1", "person", 11, "A courier with a box"),
        shown_event(3, "yard-1", "vehicle", 21, "A red truck"),
        shown_event(4, "yard-2", "vehicle", 31, "A blue van leaves"),
    ]
}

#[rustfmt::skip]
const READINGS: &[(&str, &str, &str)] = &[
    ("what happened yesterday", "show me the second one", "find show cam=dock-1 label=person type=person_detected refs=2 @at 14:11 on Tue 12 May"),
    ("what happened yesterday", "[3]", "find show cam=yard-1 label=vehicle type=vehicle_detected refs=3 @at 14:21 on Tue 12 May"),
    ("what happened yesterday", "show me [1] and [4]", "find show cam=gate-1,yard-2 label=vehicle type=vehicle_detected refs=1,4 @at 14:01 on Tue 12 May|at 14:31 on Tue 12 May"),
    ("what happened yesterday", "play the last one", "find show cam=yard-2 label=vehicle type=vehicle_detected refs=4 @at 14:31 on Tue 12 May"),
    ("what happened yesterday", "when was the third event?", "find when cam=yard-1 label=vehicle type=vehicle_detected refs=3 @at 14:21 on Tue 12 May"),
    ("what happened yesterday", "and the 4th?", "find show cam=yard-2 label=vehicle type=vehicle_detected refs=4 @at 14:31 on Tue 12 May"),
    ("what happened yesterday", "the second van", "find show cam=yard-2 label=vehicle type=vehicle_detected refs=4 @at 14:31 on Tue 12 May"),
    ("what happened yesterday", "how long did the second one stay?", "how_long show cam=dock-1 label=person type=person_detected refs=2 @at 14:11 on Tue 12 May"),
    ("what happened yesterday", "where did the second one go next?", "related where label=person refs=2 @in the 10 minutes after 14:11 on Tue 12 May"),
    ("what happened yesterday", "where did the first van go?", "related where label=vehicle refs=1 @in the 10 minutes after 14:01 on Tue 12 May"),
    ("what happened yesterday", "what happened before that one", "related which refs=1 @in the 10 minutes before 14:01 on Tue 12 May"),
    ("what happened yesterday", "what happened right after [3]?", "related which refs=3 @in the 10 minutes after 14:21 on Tue 12 May"),
    ("what happened yesterday", "what else happened around then?", "related which refs=1 @within 10 minutes of 14:01 on Tue 12 May"),
    ("when did the last vehicle leave yesterday", "when was that?", "find when cam=gate-1 label=vehicle type=vehicle_detected refs=1 @at 14:01 on Tue 12 May"),
    ("when did the last vehicle leave yesterday", "where did it go?", "related where label=vehicle refs=1 @in the 10 minutes after 14:01 on Tue 12 May"),
    // Not shown: said, and nothing guessed.
    ("what happened yesterday", "show me [9]", "find show ?[9][] @yesterday"),
    ("what happened yesterday", "show me the seventh one", "find show ?the seventh one[] @yesterday"),
    // An order of events, a camera, a time: no references.
    ("people at the gate yesterday", "when was the first one?", "first when site=gate cam=gate-1,gate-2 label=person @yesterday"),
    ("what happened yesterday", "camera gate-2", "timeline which cam=gate-2 @yesterday"),
    ("what happened yesterday", "how many people were there last night?", "count how_many label=person @last night"),
    ("what happened yesterday", "how many people with 2 bags at the dock", "count how_many site=dock cam=dock-1,dock-2 label=person words=2 bags @yesterday"),
];

#[test]
fn a_question_can_speak_of_what_the_last_answer_showed() {
    let catalogue = catalogue("warehouse");
    let evidence = answer();
    let wrong: Vec<_> = READINGS
        .iter()
        .map(|(before, text, expected)| {
            let previous = ask(&catalogue, before);
            (*text, shown(&ask_behind(&catalogue, text, &previous, &evidence)), *expected)
        })
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_an_answer_that_may_be_seen_nothing_is_referred_to() {
    let catalogue = catalogue("warehouse");
    let previous = ask(&catalogue, "what happened yesterday");
    for (_, text, _) in READINGS {
        let it = ask_behind(&catalogue, text, &previous, &[]);
        assert_eq!(it.refers_to, [], "{text}");
    }
}
