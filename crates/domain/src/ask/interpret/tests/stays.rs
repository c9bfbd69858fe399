//! How long visits must have lasted.

use super::sites::{assert_conversation, assert_readings};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("who stayed longer than 10 minutes at the loading dock yesterday", "how_long who site=dock cam=dock-1,dock-2 label=person stay=601.. @yesterday"),
    ("vehicles parked over an hour", "how_long show label=vehicle stay=3601.."),
    ("people who stayed less than 5 minutes in the lobby", "how_long show cam=lobby-1 label=person stay=..299"),
    ("people who waited at least half an hour at the main gate", "how_long show cam=gate-1 label=person stay=1800.."),
];

#[test]
fn bounds_of_stays_are_read() {
    assert_readings(READINGS);
}

#[test]
fn a_bound_of_stays_goes_on_with_the_next_question() {
    assert_conversation(&[
        (
            "who stayed longer than 10 minutes at the gate yesterday",
            "how_long who site=gate cam=gate-1,gate-2 label=person stay=601.. @yesterday",
        ),
        ("and on Monday?", "how_long who site=gate cam=gate-1,gate-2 label=person stay=601.. @Monday"),
    ]);
}
