//! A chemical plant, asked in the English of people who learnt it as a second language.

use super::{
    super::Catalogue,
    sites::terms,
    station::{assert_readings, catalogue},
};
use crate::event_store::Vocabulary;

fn plant() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("C-101", "Tank farm east", &["red_zone", "dyke"]),
        ("C-102", "Tank farm west", &["red_zone", "dyke"]),
        ("C-103", "Reactor hall", &["no_go_area"]),
        ("C-105", "Construction area", &["excavation", "scaffold"]),
        ("C-106", "Gate 2", &["entry", "exit"]),
        ("C-107", "Gate 3", &["entry", "exit"]),
        ("C-108", "Loading bay", &["ramp"]),
        ("C-109", "Office reception", &["reception"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["car", "excavator", "fire", "forklift", "leak", "person", "smoke", "truck"]),
        event_types: terms(&[
            "door_opened",
            "fire_detected",
            "forklift_detected",
            "leak_suspected",
            "man_down",
            "person_detected",
            "ppe_violation",
            "smoke_detected",
            "vehicle_detected",
            "vehicle_speeding",
            "zone_intrusion",
        ]),
        sub_labels: terms(&["Imran Sheikh", "MH12AB1234", "Ravi Kumar"]),
        zones: terms(&["dyke", "entry", "excavation", "exit", "no_go_area", "ramp", "red_zone", "scaffold"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, &[], &vocabulary)
}

#[rustfmt::skip]
const PLANT: &[(&str, &str)] = &[
    ("yesterday how much people without helmet in tank farm", "count how_many cam=C-101,C-102 label=person without=*:helmet~ @yesterday"),
    ("people near tank farms yesterday", "find show cam=C-101,C-102 label=person @yesterday"),
    ("who was in the tank farm north yesterday", "find who label=person ?tank farm north[C-101,C-102] @yesterday"),
    ("tank farm east vs tank farm west yesterday", "compare show cam=C-101,C-102 @yesterday"),
    ("gate no. 2 trucks yesterday", "find show cam=C-106 label=truck @yesterday"),
    ("gate number 3 yesterday", "find show cam=C-107 @yesterday"),
    ("gate no. 7 trucks", "find show label=truck ?gate no. 7[C-106,C-107]"),
    ("how many zone intrusion day before yesterday", "count how_many type=zone_intrusion @day before yesterday"),
    ("zone wise intrusions last week", "find show type=zone_intrusion @last week"),
    ("ppe violations by zone yesterday", "find show type=ppe_violation by=zone @yesterday"),
    ("anything high or above yesterday", "find whether severity=alarm,alert,critical,emergency,error,extreme,fatal,high,important,major,panic,serious,severe,urgent @yesterday"),
    ("medium or higher in the tank farm yesterday", "find show cam=C-101,C-102 severity=alarm,alert,critical,elevated,emergency,error,extreme,fatal,high,important,major,medium,moderate,panic,serious,severe,urgent,warning @yesterday"),
    ("high and above since Monday", "find show severity=alarm,alert,critical,emergency,error,extreme,fatal,high,important,major,panic,serious,severe,urgent @since Monday"),
    ("more than medium severity yesterday", "find show severity=alarm,alert,critical,emergency,error,extreme,fatal,high,important,major,panic,serious,severe,urgent @yesterday"),
    ("at most low yesterday", "find show severity=detection,info,informational,low,minor,normal,notice @yesterday"),
    ("list all except low severity yesterday", "find show without=*:(low) @yesterday"),
    ("events other than low or medium yesterday", "find show without=*:(low,medium) @yesterday"),
    ("critical or high yesterday", "find show severity=critical,high @yesterday"),
    ("smoke high above the tank farm", "find show cam=C-101,C-102 label=smoke words=high above"),
    ("people carrying low boxes", "find show label=person words=low boxes"),
    ("more trucks than cars yesterday", "compare show label=truck,car @yesterday"),
    ("alarms yesterday", "find show severity=alarm @yesterday"),
    ("serious events this week", "find show severity=serious @this week"),
    ("how many days since the last fire", "last how_many label=fire"),
    ("how many days since last Monday", "count how_many @since last Monday"),
    ("lowest severity events yesterday", "find show severity=detection,info,informational,low,minor,normal,notice @yesterday"),
    ("camera wise count of ppe violation last week", "count show type=ppe_violation by=camera @last week"),
    ("worker wise ppe violations last month", "find show type=ppe_violation by=sub_label @last month"),
    ("total incidents this month severity wise", "count show ?severity[] @this month"),
    ("ppe violations per 100 people last week", "find show label=person type=ppe_violation ?100 people[] @last week"),
    ("top 3 worst zones for ppe violation last month", "busiest show type=ppe_violation by=zone top=3 @last month"),
    ("worst zone this month for intrusion", "busiest show type=zone_intrusion by=zone @this month"),
    ("the worst camera for ppe violation", "busiest show type=ppe_violation by=camera"),
    ("which hour is having maximum ppe violation", "busiest which type=ppe_violation by=hour_of_day"),
    ("which camera has highest violations", "busiest which by=camera words=violations"),
    ("which truck had the highest load", "find which label=truck words=highest load"),
    ("at what time mostly people enter red zone", "busiest when label=person zone=red_zone by=hour_of_day words=enter"),
    ("trend of ppe violation last 4 weeks", "compare show claim=trend type=ppe_violation @last 4 weeks"),
    ("ppe violations are increasing?", "compare show claim=trend type=ppe_violation @the last 7 days"),
    ("are ppe violations going down compared to last month", "compare whether type=ppe_violation @this month|last month"),
    ("was there fire in tank farm east and who was there before it", "find whether cam=C-101 label=fire ?who was there before it[]"),
    ("show me the fire and tell which people was near", "find show label=fire ?tell which people was near[]"),
    ("who entered red zone today and was he wearing helmet", "find who label=person zone=red_zone ?was he wearing helmet[] words=entered @today"),
    ("who fell and did anyone help him", "find who label=person type=man_down ?did anyone help him[]"),
    ("how many came and where did they go", "related how_many"),
    ("when did it first come, and how often", "first how_many"),
    ("ravi kumar has entered in red zone or not today", "find show name=Ravi Kumar zone=red_zone words=entered @today"),
    ("did Ravi Kumar come or not", "find whether name=Ravi Kumar"),
    ("kindly send the count of trucks yesterday", "count show label=truck @yesterday"),
    ("please do the needful, send ppe violation list of yesterday", "find whether type=ppe_violation @yesterday"),
    ("confirm that there was no fire in april", "find show label=fire @april"),
    ("a man sending a parcel", "find show label=person words=man sending parcel"),
    ("man down yesterday", "find show label=person type=man_down @yesterday"),
    ("did a man walk down the stairs", "find whether label=person words=man walk stairs"),
    ("kindly tell me the count of persons without ppe yesterday", "count show label=person type=ppe_violation @yesterday"),
    ("workers not wearing PPE", "find show label=person type=ppe_violation words=workers"),
    ("people without helmet", "find show label=person without=*:helmet~"),
    ("is anybody fall down yesterday", "find whether label=person type=man_down @yesterday"),
    ("who fell in the reactor hall", "find who cam=C-103 label=person type=man_down"),
    ("did a box fall down", "find whether words=box fall"),
    ("total working time of excavator last week", "how_long show label=excavator @last week"),
    ("how long excavator worked yesterday", "how_long show label=excavator @yesterday"),
    ("who came during working time yesterday", "find who label=person @working time yesterday"),
    ("vehicle MH12AB1234 overspeed how many times", "count how_many label=car,truck name=MH12AB1234 type=vehicle_speeding"),
    ("any leakage last month", "find whether label=leak @last month"),
    ("fork lift in loading bay last week", "find show cam=C-108 label=forklift @last week"),
    ("how many ppe violations in B shift yesterday, 14:00 to 22:00", "count how_many type=ppe_violation @yesterday, 14:00 to 22:00"),
    ("on A shift yesterday ppe violations", "find show type=ppe_violation ?A shift[] @yesterday"),
    ("ppe violations this financial year", "find show type=ppe_violation ?this financial year[]"),
    ("since when you are having data", "first when"),
    ("which cameras are not working", "list_cameras which"),
    ("what is the status of all cameras", "list_cameras which"),
    ("prepare the handover report for night shift", "timeline show @night shift"),
];

#[test]
fn a_plant_is_understood() {
    assert_readings(&plant(), PLANT);
}
