//! A school, a pool and a tower of flats: doors of one name in several buildings, people known by name, and
//! conversations that turn from one to the other.

use super::{
    super::Catalogue,
    sites::{assert_conversations, terms},
    station::catalogue,
};
use crate::{Event, ask::Evidence, event_store::Vocabulary};

fn school() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("main-front", "Front door", &[]),
        ("main-hall", "Main hallway", &[]),
        ("pool-back", "Back door", &[]),
        ("pool-deck", "Pool deck", &[]),
        ("pool-front", "Front door", &[]),
        ("tower-3", "Third floor", &[]),
        ("tower-7", "Seventh floor", &[]),
        ("tower-back", "Back door", &[]),
        ("tower-front", "Front door", &[]),
    ];
    let sites: &[(&str, &str, &[&str])] = &[
        ("main", "Main building", &["main-front", "main-hall"]),
        ("pool", "Pool house", &["pool-back", "pool-deck", "pool-front"]),
        ("tower", "Tower", &["tower-3", "tower-7", "tower-back", "tower-front"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["alarm", "dog", "door", "package", "person", "vehicle"]),
        event_types: terms(&[
            "door_forced",
            "package_delivered",
            "person_enters",
            "person_exits",
            "vehicle_arrives",
        ]),
        sub_labels: terms(&["Blue Van", "Coach Rivera", "Dana Brooks", "Mark Hill", "Rose Lane"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, sites, &vocabulary)
}

fn one_event() -> Vec<Evidence> {
    let event: Event = serde_json::from_value(serde_json::json!({
        "event_id": "evt-1",
        "timestamp": "2026-05-12T14:10:00Z",
        "camera_id": "pool-deck",
        "event_type": "person_enters",
        "label": "person",
    }))
    .unwrap();
    vec![Evidence::of(&event, 1, 1.0, Vec::new())]
}

const FRONT: &str = "how many people at the front door yesterday";

#[rustfmt::skip]
const PLACES: &[(&[&str], &str)] = &[
    (&[FRONT, "the pool one"], "count how_many site=pool cam=pool-front label=person @yesterday"),
    (&[FRONT, "and the pool?", "and the tower?"], "count how_many site=tower cam=tower-front label=person @yesterday"),
    (&["people at the pool house front door yesterday", "and the tower?"], "find show site=tower cam=tower-front label=person @yesterday"),
    (&[FRONT, "and the whole tower?"], "count how_many site=tower cam=tower-3,tower-7,tower-back,tower-front label=person @yesterday"),
    (&["people at the pool yesterday", "and the tower?"], "find show site=tower cam=tower-3,tower-7,tower-back,tower-front label=person @yesterday"),
    (&["people on the pool deck yesterday", "and the tower?"], "find show site=tower cam=tower-3,tower-7,tower-back,tower-front label=person @yesterday"),
    (&[FRONT, "how many people were in the tower on Monday?"], "count how_many site=tower cam=tower-3,tower-7,tower-back,tower-front label=person @Monday"),
    (&["people on the third floor yesterday", "and the seventh?"], "find show cam=tower-7 label=person @yesterday"),
    (&["people at the pool yesterday", "which building had more?"], "find which label=person by=site @yesterday"),
    (&["people yesterday", "which door?"], "find which label=person by=camera @yesterday"),
    (&["how many people came to the gym yesterday?", "the pool"], "count how_many site=pool cam=pool-back,pool-deck,pool-front label=person @yesterday"),
    (&["people at the north entrance yesterday", "and on Monday?", "main building"], "find show site=main cam=main-front,main-hall label=person @Monday"),
    (&["people at the north entrance yesterday", "and on Monday?"], "find show label=person words=north entrance @Monday"),
    (&["people with a helmet yesterday", "at the pool?"], "find show site=pool cam=pool-back,pool-deck,pool-front label=person words=helmet @yesterday"),
    (&["anyone in red yesterday?", "at the pool?"], "find whether site=pool cam=pool-back,pool-deck,pool-front label=person words=red @yesterday"),
    (&["people at the back door yesterday", "the other door"], "find show cam=pool-front,tower-front label=person @yesterday"),
    (&["people at the pool house back door yesterday", "and the other door?"], "find show cam=pool-front label=person @yesterday"),
    (&["people on the pool deck yesterday", "the other door"], "find show cam=pool-deck label=door @yesterday"),
    (&["how many people were on campus yesterday?"], "count how_many label=person @yesterday"),
    (&["was anyone on our property last night?"], "find whether label=person @last night"),
    (&["people at the pool yesterday", "and on the whole campus?"], "find show label=person @yesterday"),
    (&["people at the property line yesterday"], "find show label=person words=property line @yesterday"),
];

#[test]
fn a_building_is_turned_to_with_the_door_of_before() {
    assert_conversations(&school(), PLACES, &[]);
}

#[rustfmt::skip]
const PEOPLE: &[(&[&str], &str)] = &[
    (&["when did Coach Rivera arrive today?", "and Dana?"], "find when name=Dana Brooks type=person_enters,vehicle_arrives @today"),
    (&["was Coach Rivera here today?", "dana?"], "find whether name=Dana Brooks @today"),
    (&["did anyone see Dana at the pool yesterday?"], "find whether site=pool cam=pool-back,pool-deck,pool-front name=Dana Brooks @yesterday"),
    (&["was the coach here yesterday?"], "find whether label=vehicle words=coach @yesterday"),
    (&["any blue cars yesterday?"], "find whether label=vehicle words=blue @yesterday"),
    (&["mark the ones from yesterday"], "find show words=mark @yesterday"),
    (&["was Dana Smith here yesterday?"], "find whether words=Dana Smith @yesterday"),
    (&["Where is Dana Brooks now?"], "last where claim=now name=Dana Brooks"),
    (&["when did Coach Rivera leave yesterday?", "where is he now?"], "last where claim=now name=Coach Rivera"),
    (&["where is Coach Rivera now?", "and yesterday?"], "last where name=Coach Rivera @yesterday"),
];

#[test]
fn people_are_known_by_their_first_names() {
    assert_conversations(&school(), PEOPLE, &[]);
}

#[rustfmt::skip]
const MORE_TIME: &[(&[&str], &str)] = &[
    (&["was Dana Brooks here today?", "when was the last time?"], "last when name=Dana Brooks"),
    (&["any dogs today?", "when was one last seen?"], "last when label=dog"),
    (&["was the back door forced open last night?", "has that happened before?"], "find whether cam=pool-back,tower-back type=door_forced @before that"),
    (&["was Dana Brooks here today?", "had she been here before?"], "find whether name=Dana Brooks @before that"),
    (&["was Dana Brooks here today?", "and before noon?"], "find whether name=Dana Brooks @before noon"),
    (&["people at the pool last week", "and weekends only?"], "find show site=pool cam=pool-back,pool-deck,pool-front label=person @weekends"),
    (&["people at the pool on Monday", "actually all day"], "find show site=pool cam=pool-back,pool-deck,pool-front label=person @all day"),
    (&["people at the pool on Monday", "how does that compare with usual?"], "compare show claim=usual site=pool cam=pool-back,pool-deck,pool-front label=person @Monday"),
    (&["how many people yesterday and today", "only the tower", "which day was busier?"], "compare which site=tower cam=tower-3,tower-7,tower-back,tower-front label=person @yesterday|today"),
    (&["how many people on Monday", "which was best?"], "find which label=person @Monday"),
    (&["compare people at the pool today with the tower"], "compare show site=pool,tower cam=pool-back,pool-deck,pool-front,tower-3,tower-7,tower-back,tower-front label=person @today"),
];

#[test]
fn what_was_before_is_asked_of_more_time() {
    assert_conversations(&school(), MORE_TIME, &[]);
}

#[rustfmt::skip]
const THINGS: &[(&[&str], &str)] = &[
    (&["package deliveries yesterday", "when did the last one arrive?"], "last when label=package type=package_delivered ?arrive[] @yesterday"),
    (&["cars yesterday", "when did the last one arrive?"], "last when label=vehicle type=vehicle_arrives @yesterday"),
    (&["package deliveries yesterday", "did any cars arrive?"], "find whether label=vehicle type=vehicle_arrives @yesterday"),
    (&["any girls yesterday?", "and boys?", "how many total?"], "count how_many label=person words=girls or boys @yesterday"),
    (&["doors forced yesterday", "why was that?"], "find show type=door_forced ?why[] @yesterday"),
    (&["why was a door forced yesterday?"], "find show type=door_forced ?why[] @yesterday"),
    (&["was a door forced yesterday?"], "find whether type=door_forced @yesterday"),
    (&["how many vehicles arrived yesterday?"], "count how_many label=vehicle type=vehicle_arrives @yesterday"),
    (&["people yesterday", "did any of them wear a cap?"], "find whether label=person words=cap @yesterday"),
    (&["did the alarm ring on Monday?"], "find whether label=alarm @Monday"),
    (&["was the alarm triggered on Monday?"], "find whether label=alarm @Monday"),
    (&["did the girl with the bell ring yesterday?"], "find whether label=person words=girl bell ring @yesterday"),
    (&["people at the pool last night", "which night had more people?"], "find which site=pool cam=pool-back,pool-deck,pool-front label=person ?night[] @last night"),
    (&["any dogs today?", "the third one"], "find whether label=dog ?the third one[] @today"),
    (&["package deliveries yesterday", "which ones never arrived?"], "find which label=package type=package_delivered ?never[] @yesterday"),
    (&["which people never left yesterday?"], "find which label=person type=door_forced,package_delivered,person_enters,vehicle_arrives ?never[] @yesterday"),
    (&["My neighbor wrote: \"I saw a man in a black hoodie at the back door on Monday\". Is that true?"], "find show cam=pool-back,tower-back label=person words=man black hoodie @Monday"),
    (&["anyone with \"a black hoodie\" on Monday?"], "find whether label=person words=a black hoodie @Monday"),
    (&["people at the pool on Monday", "how many girls and how many boys yesterday?"], "compare how_many label=person words=girls or boys @yesterday"),
    (&["people yesterday", "go back to the first question"], "help show"),
    (&["people yesterday", "gracias"], "small_talk show"),
];

#[test]
fn things_stay_what_they_were() {
    assert_conversations(&school(), THINGS, &[]);
}

#[test]
fn others_than_the_one_that_is_shown_are_around_it() {
    let readings: &[(&[&str], &str)] = &[
        (
            &["people at the pool yesterday", "show me that clip", "was anyone else there?"],
            "related which label=person refs=1 @within 10 minutes of 14:10 on Tue 12 May",
        ),
        (
            &["people at the pool yesterday", "show me that clip", "what happened right after?"],
            "related which refs=1 @in the 10 minutes after 14:10 on Tue 12 May",
        ),
        (
            &[
                "people at the pool yesterday",
                "show me that clip",
                "what happened before that?",
                "and after?",
            ],
            "related which refs=1 @in the 10 minutes after 14:10 on Tue 12 May",
        ),
    ];
    assert_conversations(&school(), readings, &one_event());
}
