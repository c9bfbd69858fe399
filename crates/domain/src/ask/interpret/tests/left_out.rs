//! What is left out, by labels where they tell it apart and by words where they do not.

use super::sites::{ask, assert_conversation, assert_readings, catalogue, shown};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("cars but not trucks", "find show label=vehicle without=vehicle:trucks"),
    ("how many vehicles except trucks yesterday", "count how_many label=vehicle without=vehicle:trucks @yesterday"),
    ("people and dogs but not cats", "find show label=animal,person without=animal:cats"),
    ("any vehicle other than a car", "find whether label=vehicle without=vehicle:car"),
    ("vehicles except trucks and vans at the gate", "find show site=gate cam=gate-1,gate-2 label=vehicle without=vehicle:trucks or vans"),
    ("vehicles, excluding trucks, vans or buses", "find show label=vehicle without=vehicle:trucks or vans or buses"),
    ("vehicles that are not trucks", "find show label=vehicle without=vehicle:trucks"),
    ("any vehicle but a truck", "find whether label=vehicle without=vehicle:truck"),
    ("vehicles with the exception of lorries", "find show label=vehicle without=vehicle:lorries"),
    ("vehicles (trucks excluded)", "find show label=vehicle without=vehicle:trucks"),
    ("vehicles except red trucks", "find show label=vehicle without=vehicle:red trucks"),
    ("vehicles bar the trucks", "find show label=vehicle without=vehicle:trucks"),
    ("vehicles save for trucks", "find show label=vehicle without=vehicle:trucks"),
    ("vehicles disregarding trucks", "find show label=vehicle without=vehicle:trucks"),
    ("people doing anything but sorting returned goods", "find show label=person without=*:sorting returned goods"),
    ("no people, no vehicles: what was seen yesterday?", "find show without=person,vehicle: @yesterday"),
    ("people at any place other than the lobby", "find show cam=carpark-1,dock-1,dock-2,fence-1,gate-1,gate-2,hall-1,hall-2,office-1,yard-1,yard-2 label=person"),
    ("people not carrying anything", "find show label=person without=*:carrying~"),
    ("vehicles less the trucks", "find show label=vehicle without=vehicle:trucks"),
    ("vehicles yesterday, trucks don't count", "find show label=vehicle without=vehicle:trucks @yesterday"),
    ("vehicles, vans not included", "find show label=vehicle without=vehicle:vans"),
    ("vehicles except scooters", "find show label=vehicle without=*:scooters"),
    ("everything but trucks", "find show without=vehicle:trucks"),
    ("everything except cars", "find show without=vehicle:"),
    ("people but not trucks", "find show label=person"),
    ("red vans but not trucks", "find show label=vehicle without=vehicle:trucks words=red vans"),
    ("people but not Jane Miller", "find show label=person without=*:Jane Miller"),
    ("people walking but not running", "find show label=person without=*:running words=walking"),
    ("people and vehicles, no forklifts", "find show label=person,vehicle"),
    ("a van without markings", "find show label=vehicle without=*:markings~ words=van"),
    ("which camera saw the most vehicles other than trucks yesterday", "busiest which label=vehicle by=camera without=vehicle:trucks @yesterday"),
];

#[test]
fn what_is_left_out_is_left_out() {
    assert_readings(READINGS);
}

#[test]
fn what_is_left_out_goes_with_the_subject_to_the_next_question() {
    assert_conversation(&[
        (
            "how many vehicles but not trucks were at the gate yesterday",
            "count how_many site=gate cam=gate-1,gate-2 label=vehicle without=vehicle:trucks @yesterday",
        ),
        (
            "and on Monday?",
            "count how_many site=gate cam=gate-1,gate-2 label=vehicle without=vehicle:trucks @Monday",
        ),
        (
            "but not vans",
            "count how_many site=gate cam=gate-1,gate-2 label=vehicle without=vehicle:trucks|vehicle:vans @Monday",
        ),
        ("and people?", "count how_many site=gate cam=gate-1,gate-2 label=person @Monday"),
    ]);
}

#[test]
fn more_than_can_be_counted_without_is_reported() {
    let out: Vec<String> = ('a'..='j').map(|c| format!("except {c}{c}{c} {c}zz")).collect();
    let it = ask(&catalogue("warehouse"), &format!("vehicles {}", out.join(", ")));
    assert_eq!(it.without.len() + it.unresolved.len(), 10, "{}", shown(&it));
}
