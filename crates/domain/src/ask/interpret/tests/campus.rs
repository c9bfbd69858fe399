//! Questions about a campus whose events have many types and whose cameras have numbers, and without
//! any catalogue.

use super::sites::{ask, catalogue, shown};

/// A question and its reading on one line.
#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("how many people entered the school", "count how_many site=school cam=K201,K202,K240 label=person type=person_enters_scene_through_structure"),
    ("who opened the trunk", "find who label=person type=person_opens_trunk"),
    ("how many vehicles turned left", "count how_many label=vehicle type=vehicle_turns_left"),
    ("how many people talked on the phone", "count how_many label=person type=person_talks_on_phone"),
    ("who was carrying something heavy", "find who label=person type=person_carries_heavy_object"),
    ("how many people sat down", "count how_many label=person type=person_sits_down"),
    ("how many times was a car door opened", "count how_many type=person_opens_vehicle_door"),
    ("how many people got into a vehicle at the bus station", "count how_many site=bus cam=K331,K340 label=person type=person_enters_vehicle"),
    ("how many people got out of a car", "count how_many label=person type=person_exits_vehicle"),
    ("did anyone ride a bike", "find whether label=person type=person_rides_bicycle"),
    ("how many people were picked up by vehicles", "count how_many label=vehicle type=vehicle_picks_up_person"),
    ("how many people were picked up", "count how_many type=vehicle_picks_up_person"),
    ("did a vehicle make a u-turn", "find whether label=vehicle type=vehicle_makes_u_turn"),
    ("how many u-turns were there", "count how_many type=vehicle_makes_u_turn"),
    ("made a left turn", "find show type=vehicle_turns_left"),
    ("who left the hospital", "find who site=hospital cam=K301 label=person type=person_exits_scene_through_structure"),
    ("how many people left", "count how_many label=person type=person_exits_scene_through_structure"),
    ("how many people left the school by car", "count how_many site=school cam=K201,K202,K240 label=person type=person_exits_vehicle"),
    ("how many buses stopped", "count how_many label=vehicle type=vehicle_stops words=buses"),
    ("how many vehicles stopped at the bus station", "count how_many site=bus cam=K331,K340 label=vehicle type=vehicle_stops"),
    ("camera 340", "find show cam=K340"),
    ("camera K201", "find show cam=K201"),
    ("camera k-201", "find show cam=K201"),
    ("K999", "find show ?K999[]"),
    ("camera K999", "find show ?K999[]"),
    ("cameras at the school", "find show site=school cam=K201,K202,K240"),
    ("did somebody steal something", "find whether label=person type=person_steals_object"),
    ("how many people bought something", "count how_many label=person type=person_purchases"),
    ("who was texting", "find who label=person type=person_texts_on_phone"),
    ("did two people hug", "find whether label=person type=person_embraces_person"),
    ("how many people talked", "count how_many label=person type=person_talks_on_phone,person_talks_to_person"),
    ("how many people talked to each other", "count how_many label=person type=person_talks_to_person"),
    ("who read a newspaper", "find who label=person type=person_reads_document"),
    ("how many people picked something up", "count how_many label=person type=person_picks_up_object"),
    ("how many people put something down", "count how_many label=person type=person_puts_down_object"),
    ("which vehicles reversed", "find which label=vehicle type=vehicle_reverses"),
    ("vehicles that parked at the school", "find show site=school cam=K201,K202,K240 label=vehicle type=vehicle_stops"),
    ("who opened the door", "find who label=person type=person_opens_facility_door"),
    ("who opened a car door", "find who label=person type=person_opens_vehicle_door"),
    ("how many people stood up at the hospital", "count how_many site=hospital cam=K301 label=person type=person_stands_up"),
    ("compare the school and the hospital", "compare show site=school,hospital cam=K201,K202,K240,K301"),
    ("who used a laptop", "find who label=person type=person_interacts_with_laptop"),
    ("what happened at the admin building", "timeline which site=admin cam=K326"),
    ("how many vehicles dropped somebody off", "count how_many label=vehicle type=vehicle_drops_off_person"),
    ("did anyone load a truck", "find whether label=person type=person_loads_vehicle words=truck"),
    ("unloading of vehicles at the school", "find show site=school cam=K201,K202,K240 type=person_unloads_vehicle"),
    ("who came out of the school", "find who site=school cam=K201,K202,K240 label=person type=person_exits_scene_through_structure"),
    ("who walked into the school", "find who site=school cam=K201,K202,K240 label=person type=person_enters_scene_through_structure"),
    ("how many people were in the school", "count how_many site=school cam=K201,K202,K240 label=person"),
    ("who was on the left side", "find who label=person words=left side"),
    ("people who entered or exited the school", "find show site=school cam=K201,K202,K240 label=person type=person_enters_scene_through_structure,person_exits_scene_through_structure"),
    ("everyone at the hospital except on K301", "find show site=hospital label=person nothing"),
];

#[rustfmt::skip]
const WITHOUT_CATALOGUE: &[(&str, &str)] = &[
    ("how many people", "count how_many label=person"),
    ("trucks at the dock", "find show label=vehicle words=trucks dock"),
    ("who entered", "find who words=entered"),
    ("which packages were left", "find which label=package words=left"),
];

fn check(catalogue_name: &str, readings: &[(&str, &str)]) {
    let catalogue = catalogue(catalogue_name);
    for (text, expected) in readings {
        assert_eq!(shown(&ask(&catalogue, text)), *expected, "{text}");
    }
}

#[test]
fn deeds_are_read_as_event_types() {
    check("campus", READINGS);
}

#[test]
fn without_a_catalogue_things_have_their_usual_names() {
    check("none", WITHOUT_CATALOGUE);
}
