//! Names of places that share a part.

use super::sites::{ask, assert_readings, catalogue, shown};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("people in the north and south yard", "find show cam=yard-1,yard-2 label=person"),
    ("north vs south yard", "compare show cam=yard-1,yard-2"),
    ("compare south and north yard yesterday", "compare show cam=yard-2,yard-1 @yesterday"),
    ("compare the people in the north yard and the south one", "compare show cam=yard-1,yard-2 label=person"),
    ("was there more traffic in the north or the south yard", "compare whether cam=yard-1,yard-2"),
    ("people in the north yard or south", "find show cam=yard-1,yard-2 label=person"),
    ("people at the main and exit gate", "find show cam=gate-1,gate-2 label=person"),
    ("the main or the exit gate", "find show cam=gate-1,gate-2"),
    ("north yard or south yard", "find show cam=yard-1,yard-2"),
    ("people at dock door 1 or 2", "find show cam=dock-1,dock-2 label=person"),
    ("dock doors 1 and 2", "find show cam=dock-1,dock-2"),
    ("how many people at dock 1 and 2 yesterday", "count how_many cam=dock-1,dock-2 label=person @yesterday"),
    ("gates 1, 2 and 7", "find show cam=gate-1,gate-2 ?gates 7[gate-1,gate-2]"),
    ("gate 7 or 1", "find show cam=gate-1 ?gate 7[gate-1,gate-2]"),
    ("dock 1/2", "find show cam=dock-1,dock-2"),
    ("compare gate 1 with 2", "compare show cam=gate-1,gate-2"),
    ("compare gate 1 vs 2", "compare show cam=gate-1,gate-2"),
    ("people except in the north and south yard", "find show cam=carpark-1,dock-1,dock-2,fence-1,gate-1,gate-2,hall-1,hall-2,lobby-1,office-1 label=person"),
    ("the north and west yard", "find show cam=yard-1 ?west yard[yard-1,yard-2,fence-1]"),
    ("the north and south cameras", "find show cam=yard-1,yard-2"),
    ("the west and north yard", "find show cam=yard-1 ?west yard[yard-1,yard-2,fence-1]"),
    ("aisle a and b", "find show zone=aisle-a,aisle-b"),
    ("cameras 7, 8 & 9", "find show ?cameras 7[] ?camera 8[] ?camera 9[]"),
    // A camera beside a zone is two places; a zone at a camera is one.
    ("people in the lobby or at the ramp", "find show cam=lobby-1 label=person zone=ramp any-place"),
    ("how many people at the ramp and in the lobby yesterday", "count how_many cam=lobby-1 label=person zone=ramp any-place @yesterday"),
    ("anyone in the ramp zone, the lobby or the north yard", "find whether cam=lobby-1,yard-1 label=person zone=ramp any-place"),
    ("compare people in the lobby with the ramp", "compare show cam=lobby-1 label=person zone=ramp any-place"),
    ("more people in the lobby than at the ramp yesterday", "compare show cam=lobby-1 label=person zone=ramp any-place @yesterday"),
    ("people at the ramp of dock 1", "find show cam=dock-1 label=person zone=ramp"),
    ("people in the ramp zone at dock 1 or 2", "find show cam=dock-1,dock-2 label=person zone=ramp"),
    ("people on dock 1, ramp zone", "find show cam=dock-1 label=person zone=ramp"),
    ("people in the lobby but not at the ramp", "find show cam=lobby-1 label=person without=*:ramp"),
    // What counts, or stands by itself, is no part of a name.
    ("dock 1 and 2 people", "find show cam=dock-1 label=person"),
    ("gate and dock 2", "find show site=gate cam=dock-2,gate-1,gate-2"),
    ("people at the lobby and north yard", "find show cam=lobby-1,yard-1 label=person"),
    ("dock 1 at 2pm", "find show cam=dock-1 @2pm"),
];

#[test]
fn what_names_share_is_said_once() {
    assert_readings(READINGS);
}

/// However it is joined, it is what the whole names mean.
#[test]
fn a_shared_part_means_what_it_means_said_twice() {
    let catalogue = catalogue("warehouse");
    for (first, second, head) in
        [("north", "south", "yard"), ("south", "north", "yard"), ("exit", "main", "gate")]
    {
        for joint in [" and ", " or ", " vs ", " versus ", ", ", " & ", "/", " and the "] {
            for before in ["people at the ", "compare the ", "how many vehicles at the "] {
                let once = ask(&catalogue, &format!("{before}{first}{joint}{second} {head} yesterday"));
                let twice =
                    ask(&catalogue, &format!("{before}{first} {head}{joint}{second} {head} yesterday"));
                assert_eq!(shown(&once), shown(&twice), "{before}{first}{joint}{second} {head}");
            }
        }
    }
}
