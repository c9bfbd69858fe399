//! A hospital whose types are each of one kind of vehicle, and a home whose detector hears: who does what to whom.

use super::{
    super::Catalogue,
    sites::terms,
    station::{assert_readings, catalogue},
};
use crate::event_store::Vocabulary;

fn hospital() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("er-1", "Ambulance entrance", &["drop-off"]),
        ("er-2", "Waiting room", &[]),
        ("lobby-1", "Lobby", &[]),
        ("corr-e", "East corridor", &[]),
        ("corr-w", "West corridor", &[]),
        ("p-1", "Garage Level 1", &[]),
        ("p-2", "Garage Level 2", &[]),
    ];
    let sites: &[(&str, &str, &[&str])] = &[
        ("emergency", "ER", &["er-1", "er-2"]),
        ("main", "Main building", &["lobby-1", "corr-e", "corr-w"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["person", "car", "ambulance", "truck"]),
        event_types: terms(&[
            "ambulance_arrives",
            "ambulance_departs",
            "car_enters",
            "car_exits",
            "car_parked",
            "delivery",
            "loitering",
            "person_detected",
            "person_fell",
            "stretcher_unloaded",
            "truck_departs",
        ]),
        sub_labels: terms(&["Alan Chen", "Maria Lopez", "FedEx", "KPM 9974"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, sites, &vocabulary)
}

fn house() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] =
        &[("front", "Front door", &["porch"]), ("yard", "Back yard", &[]), ("store", "Storeroom", &[])];
    let vocabulary = Vocabulary {
        labels: terms(&["person", "car", "dog", "cat", "package", "bark", "scream", "crying", "speech"]),
        event_types: terms(&["person_detected", "car_detected", "bark_detected", "crying_detected"]),
        sub_labels: terms(&["Anna", "Tom", "Mia", "Rex", "ups", "usps", "amazon", "KFG 1436"]),
        zones: terms(&["porch"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, &[], &vocabulary)
}

#[rustfmt::skip]
const HOSPITAL: &[(&str, &str)] = &[
    // A type is of its own vehicle, of the thing in its name, and of whoever bears a name.
    ("how many ambulances came in yesterday", "count how_many label=ambulance type=ambulance_arrives @yesterday"),
    ("how many cars came in yesterday", "count how_many label=car type=car_enters @yesterday"),
    ("how many vehicles left", "count how_many label=ambulance,car,truck type=ambulance_departs,car_exits,truck_departs"),
    ("when did the last truck leave", "last when label=truck type=truck_departs"),
    ("how many trucks arrived", "count how_many label=truck words=arrived"),
    ("was the truck unloaded", "find whether label=truck words=unloaded"),
    ("were the boxes unloaded", "find whether words=boxes unloaded"),
    ("was a stretcher unloaded", "find whether type=stretcher_unloaded"),
    ("any truck parked for more than half an hour", "how_long whether label=truck stay=1801.."),
    ("when did FedEx arrive", "find when name=FedEx type=ambulance_arrives,car_enters"),
    ("when did KPM 9974 leave", "find when name=KPM 9974 type=ambulance_departs,car_exits,truck_departs"),
    ("any falls yesterday", "find whether type=person_fell @yesterday"),
    ("is there an exit sign", "find whether words=exit sign"),
    // Two letters are a name where they stand as one.
    ("people in er yesterday", "find show site=emergency cam=er-1,er-2 label=person @yesterday"),
    ("people at er yesterday", "find show site=emergency cam=er-1,er-2 label=person @yesterday"),
    ("ER people yesterday", "find show site=emergency cam=er-1,er-2 label=person @yesterday"),
    ("lobby vs er people", "compare show site=emergency cam=lobby-1,er-1,er-2 label=person"),
    ("er how many people were in the lobby", "count how_many cam=lobby-1 label=person"),
    ("people in the lobby at er 5 pm", "find show cam=lobby-1 label=person @er 5 pm"),
    ("people in both corridors", "find show cam=corr-e,corr-w label=person"),
    ("people in either garage level", "find show cam=p-1,p-2 label=person"),
    // Lengths of visits, whatever the verb, and no other times.
    ("anyone loitering longer than 10 minutes", "how_long whether type=loitering stay=601.."),
    ("deliveries that took more than half an hour", "how_long show type=delivery stay=1801.."),
    ("people in the lobby for over 5 minutes", "how_long show cam=lobby-1 label=person stay=301.."),
    ("people in the lobby in the last 10 minutes", "find show cam=lobby-1 label=person @the last 10 minutes"),
    // Names.
    ("was Dr Chen in the lobby", "find whether cam=lobby-1 name=Alan Chen"),
    ("people except Dr Chen", "find show label=person without=*:Alan Chen"),
    ("who was recognized yesterday", "find who label=person by=sub_label @yesterday"),
    ("was Maria Lopez recognized yesterday", "find whether name=Maria Lopez @yesterday"),
    ("license plates seen yesterday", "find show label=ambulance,car,truck by=sub_label @yesterday"),
    ("which license plate came most often", "busiest which label=ambulance,car,truck by=sub_label"),
    ("which person was seen most", "busiest which label=person by=sub_label"),
    ("which camera saw the most people", "busiest which label=person by=camera"),
    ("how many different plates yesterday", "count how_many label=ambulance,car,truck by=sub_label 1.. @yesterday"),
    ("how many different cars yesterday", "count how_many label=car ?different cars[] @yesterday"),
    // Grades.
    ("high or critical events yesterday", "find show severity=critical,high @yesterday"),
    ("high severity alerts", "find show severity=high"),
    ("how many alerts yesterday", "count how_many severity=alert @yesterday"),
    ("alerts and detections yesterday", "find show severity=alert,detection @yesterday"),
    ("important events", "find show words=important"),
];

#[rustfmt::skip]
const HOUSE: &[(&str, &str)] = &[
    // Who makes a sound is no other thing to ask for.
    ("did anyone scream yesterday", "find whether label=scream @yesterday"),
    ("how often did the dog bark", "count how_many label=bark"),
    ("was a dog barking", "find whether label=bark"),
    ("did the baby cry", "find whether label=crying"),
    ("did any cat or dog bark", "find whether label=bark words=cat"),
    ("was anyone shouting or screaming", "find whether label=scream"),
    ("dogs and barking", "find show label=bark,dog"),
    ("were there more barks than cats", "compare whether label=bark,cat"),
    // Nor is what something is done to.
    ("did someone take my package", "find whether label=person words=take package"),
    ("did anyone feed the dog", "find whether label=person words=feed dog"),
    ("did the dog chase a cat", "find whether label=dog words=chase cat"),
    ("was anyone near the car", "find whether label=person words=car"),
    ("did the dog bite anyone", "find whether label=dog words=bite"),
    ("has anyone seen the cat", "find whether label=cat"),
    ("someone's car", "find whether label=car"),
    ("did Anna feed Rex", "find whether name=Anna words=feed Rex"),
    ("did Anna or Tom come", "find whether name=Anna,Tom"),
    ("did ups deliver a package", "find whether name=ups words=deliver package"),
    ("the car with plate KFG 1436", "find show label=car name=KFG 1436"),
    ("people or cats yesterday", "find show label=cat,person @yesterday"),
    ("people, dogs and cars", "find show label=car,dog,person"),
    // Where the asker was is on no camera.
    ("anyone at the front door while I was at work yesterday", "find whether cam=front label=person @yesterday"),
    ("while we were in the back yard, did anyone come to the front door", "find whether cam=front label=person ?while we were in the back yard[]"),
    // Left out.
    ("people on the porch but not Tom Anna or Mia", "find show label=person zone=porch without=*:Tom or Anna or Mia"),
    ("cars that are not amazon ups or usps", "find show label=car without=*:amazon or ups or usps"),
    ("strangers at the front door", "find show cam=front label=person without=*:(named)"),
    ("people we don't know", "find show label=person without=*:(named)"),
    ("people not recognized yesterday", "find show label=person without=*:(named) @yesterday"),
    ("cars not counting ours", "find show label=car ?ours[]"),
    ("all cars except our car", "find show label=car ?our car[]"),
    // Called by a name.
    ("alexa who was at the front door", "find who cam=front label=person"),
    ("ok google was anyone in the storeroom", "find whether cam=store label=person"),
    ("yo did anyone come or what", "find whether label=person"),
];

#[test]
fn a_hospital_is_understood() {
    assert_readings(&hospital(), HOSPITAL);
}

#[test]
fn a_house_that_hears_is_understood() {
    assert_readings(&house(), HOUSE);
}
