//! A home with a shop and a railway station: names of people, plates, deeds that are things, zones with everyday names.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    super::Catalogue,
    sites::{ask, shown, terms},
};
use crate::{
    CameraDirectory, Scope,
    camera::{Camera, CamerasFile, Site},
    event_store::Vocabulary,
};

pub(super) fn catalogue(
    cameras: &[(&str, &str, &[&str])],
    sites: &[(&str, &str, &[&str])],
    vocabulary: &Vocabulary,
) -> Catalogue {
    let camera = |(id, name, zones): &(&str, &str, &[&str])| {
        let zones = zones.iter().map(|zone| (*zone).to_owned()).collect();
        ((*id).to_owned(), Camera { name: Some((*name).to_owned()), zones, ..Camera::default() })
    };
    let site = |(id, name, cameras): &(&str, &str, &[&str])| {
        let cameras = cameras.iter().map(|id| (*id).to_owned()).collect();
        ((*id).to_owned(), Site { name: Some((*name).to_owned()), aliases: Vec::new(), cameras })
    };
    let file = CamerasFile {
        cameras: cameras.iter().map(camera).collect(),
        sites: sites.iter().map(site).collect::<BTreeMap<_, _>>(),
        ..CamerasFile::default()
    };
    let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
    Catalogue::new(&directory, vocabulary, &Scope::tenant("default"))
}

fn home() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("cam_porch", "Front porch", &["porch", "steps"]),
        ("cam_back", "Back yard", &["patio", "pool", "back_gate"]),
        ("shop_entrance", "Shop entrance", &["entrance"]),
        ("shop_aisle", "Shop floor", &["aisle_1", "freezer"]),
        ("shop_stock", "Stock room", &["stock_room", "safe"]),
        ("shop_lot", "Parking lot", &["parking", "loading_bay"]),
    ];
    let sites: &[(&str, &str, &[&str])] = &[
        ("home", "Home", &["cam_porch", "cam_back"]),
        ("shop", "Corner shop", &["shop_entrance", "shop_aisle", "shop_stock", "shop_lot"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["person", "car", "dog", "cat", "package", "bicycle"]),
        event_types: terms(&["person_detected", "car_detected", "cat_detected", "package_detected"]),
        sub_labels: terms(&[
            "Anna", "Mark", "Leo", "Grandma", "KLM 4482", "7ABC123", "ups", "amazon", "fedex",
        ]),
        zones: terms(&[
            "porch",
            "pool",
            "entrance",
            "parking",
            "stock_room",
            "safe",
            "back_gate",
            "loading_bay",
        ]),
        ..Vocabulary::default()
    };
    catalogue(cameras, sites, &vocabulary)
}

fn station() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("CAM_01-North", "Platform 1", &["yellow_line"]),
        ("CAM_03-North", "Ticket hall", &["barriers"]),
        ("LIL.HALL", "Lille hall", &["kiosk"]),
        ("xcam#7", "Bike racks", &["racks"]),
    ];
    let sites: &[(&str, &str, &[&str])] = &[
        ("northgate", "Northgate station", &["CAM_01-North", "CAM_03-North", "xcam#7"]),
        ("lille", "Lille station", &["LIL.HALL"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["person", "train", "vehicle", "bag"]),
        event_types: terms(&[
            "bike_theft",
            "crowding",
            "door_forced",
            "fall",
            "fare_evasion",
            "fight",
            "graffiti",
            "loitering",
            "person_passing",
            "platform_intrusion",
            "smoking",
            "staff_present",
            "train_arrival",
            "train_departure",
            "unattended_bag",
            "vehicle_passing",
            "wheelchair_assist",
        ]),
        sub_labels: terms(&["AB-123-CD", "LK19 XPO"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, sites, &vocabulary)
}

pub(super) fn assert_readings(catalogue: &Catalogue, readings: &[(&str, &str)]) {
    let wrong: Vec<_> = readings
        .iter()
        .map(|(text, expected)| (*text, shown(&ask(catalogue, text)), *expected))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[rustfmt::skip]
const HOME: &[(&str, &str)] = &[
    ("who was at home yesterday other than Anna, Mark and Leo?", "find who site=home cam=cam_back,cam_porch label=person without=*:Anna or Mark or Leo @yesterday"),
    ("cars last week excluding ups, amazon and fedex", "find show label=car without=*:ups or amazon or fedex @last week"),
    ("people in the shop except at the entrance, the parking and the stock room", "find show site=shop cam=shop_aisle,shop_entrance,shop_lot label=person without=*:entrance,parking"),
    ("cars that are not white, black or silver", "find show label=car without=*:white or black or silver"),
    ("people in black trousers last week", "find show label=person words=black trousers @last week"),
    ("Leo or cats last week", "find show words=Leo or cats @last week"),
    ("is everything safe at the shop", "last whether claim=now site=shop cam=shop_aisle,shop_entrance,shop_lot,shop_stock words=safe"),
    ("people in the lot on Saturday", "find show cam=shop_lot label=person @Saturday"),
    ("dogs at the back last week", "find show cam=cam_back label=dog @last week"),
    ("people on the porch without Anna, Leo, Mark", "find show cam=cam_porch label=person without=*:Anna or Leo or Mark"),
    ("people walking a dog yesterday", "find show label=person words=walking dog @yesterday"),
    ("kid on a yellow bike", "find show label=person words=kid or child or boy or girl yellow bike"),
    ("cars that left the parking lot", "find show cam=shop_lot label=car words=leave"),
    ("hw many pakages on the porch", "count how_many cam=cam_porch label=package"),
    ("uncertain detections below 60 percent yesterday", "find show below=0.6 @yesterday"),
    ("officer here, need footage of the shop entrance", "find show cam=shop_entrance"),
    ("please mark the important events of yesterday", "find show words=mark important @yesterday"),
    ("was Mark here yesterday", "find whether name=Mark @yesterday"),
    ("any pick ups yesterday", "find whether words=pick ups @yesterday"),
    ("did ups come yesterday", "find whether name=ups @yesterday"),
    ("people out back on Saturday", "find show cam=cam_back label=person @Saturday"),
    ("KLM 4482 or bicycles", "find show words=(KLM 4482) or bicycles"),
    ("uh how many like people came um into the shop", "count how_many site=shop cam=shop_aisle,shop_entrance,shop_lot,shop_stock label=person"),
];

#[rustfmt::skip]
const STATION: &[(&str, &str)] = &[
    ("fights or loitering last week", "find show type=fight,loitering @last week"),
    ("loitering, smoking and graffiti last week", "find show type=graffiti,loitering,smoking @last week"),
    ("door forced or unattended bag last week", "find show type=door_forced,unattended_bag @last week"),
    ("door forced and fights", "find show type=door_forced,fight"),
    ("loitering but no fights last week", "find show type=loitering @last week"),
    ("all events yesterday except person passing and train arrival", "find show type=bike_theft,crowding,door_forced,fall,fare_evasion,fight,graffiti,loitering,platform_intrusion,smoking,staff_present,train_departure,unattended_bag,vehicle_passing,wheelchair_assist @yesterday"),
    ("fights with more than 2 people", "find show type=fight ?more than 2 people[]"),
    ("crowding with more than 100 people last week", "find show type=crowding ?more than 100 people[] @last week"),
    ("people crossing the yellow line", "find show label=person zone=yellow_line words=crossing"),
    ("red backpack left under a seat", "find show words=red backpack left seat"),
    ("how many events on xcam#7 yesterday", "count how_many cam=xcam#7 @yesterday"),
    ("people at both stations", "find show site=lille,northgate cam=CAM_01-North,CAM_03-North,LIL.HALL,xcam#7 label=person"),
    ("which station had more fights", "find which type=fight by=site"),
    ("all incidents last week but no fare evasion and no loitering", "find show type=bike_theft,crowding,door_forced,fall,fight,graffiti,person_passing,platform_intrusion,smoking,staff_present,train_arrival,train_departure,unattended_bag,vehicle_passing,wheelchair_assist @last week"),
    ("no loitering and no smoking last week: anything else?", "related show type=bike_theft,crowding,door_forced,fall,fare_evasion,fight,graffiti,person_passing,platform_intrusion,staff_present,train_arrival,train_departure,unattended_bag,vehicle_passing,wheelchair_assist @last week"),
    ("Dear colleague, how many unattended bags were there yesterday? Many thanks in advance, Claire", "count how_many type=unattended_bag @yesterday"),
    ("event_type door_forced yesterday", "find show type=door_forced @yesterday"),
    ("bags left behind yesterday", "find show type=unattended_bag @yesterday"),
    ("events yesterday that are not trains and not people", "find show without=person,train: @yesterday"),
    ("trains or vehicles yesterday", "find show label=train,vehicle @yesterday"),
];

#[test]
fn a_home_and_a_shop_are_understood() {
    assert_readings(&home(), HOME);
}

#[test]
fn a_station_is_understood() {
    assert_readings(&station(), STATION);
}
