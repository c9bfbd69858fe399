//! Places whose names are words of time.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::sites::{ask, shown};
use crate::{
    CameraDirectory, Scope,
    ask::interpret::Catalogue,
    camera::{Camera, CamerasFile},
    event_store::Vocabulary,
};

fn shop() -> Catalogue {
    let camera = |name: &str, zones: &[&str]| Camera {
        name: Some(name.to_owned()),
        zones: zones.iter().map(|zone| (*zone).to_owned()).collect(),
        ..Camera::default()
    };
    let cameras = [
        ("a", camera("Till", &["till", "queue"])),
        ("b", camera("Noon Street", &[])),
        ("c", camera("May Hall", &[])),
        ("d", camera("Sunday Market", &[])),
        ("e", camera("March Gate", &[])),
        ("f", camera("Second Floor", &[])),
        ("g", camera("Shop floor", &[])),
        ("h", camera("Night Door", &[])),
        ("i", camera("April", &[])),
        ("j", camera("Till 1", &[])),
        ("k", camera("Till 2", &[])),
    ];
    let cameras = cameras.into_iter().map(|(id, camera)| (id.to_owned(), camera)).collect();
    let file = CamerasFile { cameras, ..CamerasFile::default() };
    let vocabulary = Vocabulary { labels: vec![Arc::from("person")], ..Vocabulary::default() };
    let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
    Catalogue::new(&directory, &vocabulary, &Scope::tenant("default"))
}

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("how many people were at the till last week", "count how_many cam=a label=person @last week"),
    ("people near the till on saturday", "find show cam=a label=person @saturday"),
    ("Is there anyone at the till right now?", "find whether cam=a label=person @right now"),
    ("compare the till on Saturday and on Friday", "compare show cam=a @Saturday|Friday"),
    ("What happened at Till yesterday?", "timeline which cam=a @yesterday"),
    ("How many people Till yesterday?", "count how_many cam=a label=person @yesterday"),
    ("Till yesterday", "find show cam=a @yesterday"),
    ("When was the last person at Till?", "last when cam=a label=person"),
    ("people at the shop floor and till yesterday", "find show cam=a,g label=person @yesterday"),
    ("compare till and shop floor", "compare show cam=a,g"),
    ("the till camera since Monday", "find show cam=a @since Monday"),
    ("people in the till zone last night", "find show label=person zone=till @last night"),
    ("people at the till till 5 pm yesterday", "find show cam=a label=person @till 5 pm yesterday"),
    ("people till 5 pm yesterday", "find show label=person @till 5 pm yesterday"),
    ("Till 5 pm yesterday, how many people were there?", "count how_many label=person @Till 5 pm yesterday"),
    ("people on the shop floor from 9 till noon yesterday", "find show cam=g label=person @from 9 till noon yesterday"),
    ("show all people till yesterday", "find show label=person @till yesterday"),
    ("people in May Hall yesterday", "find show cam=c label=person @yesterday"),
    ("people in May", "find show label=person @May"),
    ("who was at Noon Street at noon yesterday", "find who cam=b label=person @noon yesterday"),
    ("noon street yesterday", "find show cam=b @yesterday"),
    ("people at the Sunday Market on Sunday", "find show cam=d label=person @Sunday"),
    ("people on Sunday", "find show label=person @Sunday"),
    ("March Gate last week", "find show cam=e @last week"),
    ("people on the second floor in the last hour", "find show cam=f label=person @the last hour"),
    ("was the night door open last night", "find whether cam=h words=open @last night"),
    ("compare till 1 and till 2 last week", "compare show cam=j,k @last week"),
    ("people at till 2 till 2 pm yesterday", "find show cam=k label=person @till 2 pm yesterday"),
    ("people till 2 pm yesterday", "find show label=person @till 2 pm yesterday"),
    ("people at April last week", "find show cam=i label=person @last week"),
    ("people in April", "find show label=person @April"),
    ("people near April since Monday", "find show cam=i label=person @since Monday"),
];

#[test]
fn a_name_that_could_be_a_time_is_a_place_where_it_is_used_like_one() {
    let catalogue = shop();
    let wrong: Vec<_> = READINGS
        .iter()
        .map(|(text, expected)| (*text, shown(&ask(&catalogue, text)), *expected))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
