//! The sample site: a warehouse with gate, yard, dock, hall, office and car park.

use std::collections::BTreeMap;

use eps_domain::camera::{Camera, CamerasFile, Site};
use jiff::SignedDuration;

struct Place {
    id: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    site: &'static str,
    zones: &'static [&'static str],
    is_outdoor: bool,
    neighbours: &'static [(&'static str, i64)],
}

const PLACES: &[Place] = &[
    Place {
        id: "gate-1",
        name: "Main gate",
        aliases: &["gate entrance"],
        site: "gate",
        zones: &["barrier", "lane"],
        is_outdoor: true,
        neighbours: &[("yard-1", 25), ("carpark-1", 30)],
    },
    Place {
        id: "gate-2",
        name: "Exit gate",
        aliases: &["gate exit"],
        site: "gate",
        zones: &["barrier", "lane"],
        is_outdoor: true,
        neighbours: &[("yard-2", 25), ("carpark-1", 35)],
    },
    Place {
        id: "yard-1",
        name: "North yard",
        aliases: &[],
        site: "yard",
        zones: &["turning-area", "trailer-park"],
        is_outdoor: true,
        neighbours: &[("gate-1", 25), ("dock-1", 40), ("yard-2", 45)],
    },
    Place {
        id: "yard-2",
        name: "South yard",
        aliases: &[],
        site: "yard",
        zones: &["turning-area", "container-stack"],
        is_outdoor: true,
        neighbours: &[("gate-2", 25), ("dock-2", 40), ("fence-1", 60)],
    },
    Place {
        id: "fence-1",
        name: "East fence",
        aliases: &["perimeter"],
        site: "yard",
        zones: &["fence-line"],
        is_outdoor: true,
        neighbours: &[("yard-2", 60), ("yard-1", 75)],
    },
    Place {
        id: "dock-1",
        name: "Dock door 1",
        aliases: &[],
        site: "dock",
        zones: &["ramp", "door"],
        is_outdoor: false,
        neighbours: &[("yard-1", 40), ("hall-1", 20), ("dock-2", 25)],
    },
    Place {
        id: "dock-2",
        name: "Dock door 2",
        aliases: &[],
        site: "dock",
        zones: &["ramp", "door"],
        is_outdoor: false,
        neighbours: &[("yard-2", 40), ("hall-2", 20), ("dock-1", 25)],
    },
    Place {
        id: "hall-1",
        name: "Storage hall",
        aliases: &["storage"],
        site: "hall",
        zones: &["aisle-a", "aisle-b", "high-value-cage"],
        is_outdoor: false,
        neighbours: &[("dock-1", 20), ("hall-2", 30)],
    },
    Place {
        id: "hall-2",
        name: "Packing area",
        aliases: &["packing"],
        site: "hall",
        zones: &["belt", "packing-tables"],
        is_outdoor: false,
        neighbours: &[("dock-2", 20), ("hall-1", 30), ("office-1", 40)],
    },
    Place {
        id: "lobby-1",
        name: "Lobby",
        aliases: &["reception", "front desk"],
        site: "office",
        zones: &["entrance", "turnstile", "waiting-area"],
        is_outdoor: false,
        neighbours: &[("carpark-1", 30), ("office-1", 20)],
    },
    Place {
        id: "office-1",
        name: "Office corridor",
        aliases: &["corridor"],
        site: "office",
        zones: &["server-room-door", "kitchen"],
        is_outdoor: false,
        neighbours: &[("lobby-1", 20), ("hall-2", 40)],
    },
    Place {
        id: "carpark-1",
        name: "Car park",
        aliases: &["parking lot", "car parking"],
        site: "car-park",
        zones: &["staff-bays", "visitor-bays"],
        is_outdoor: true,
        neighbours: &[("gate-1", 30), ("gate-2", 35), ("lobby-1", 30)],
    },
];

const SITES: &[(&str, &str, &[&str])] = &[
    ("gate", "Gate", &["gates"]),
    ("yard", "Yard", &[]),
    ("dock", "Loading dock", &["dock", "docks", "loading bay"]),
    ("hall", "Warehouse hall", &["hall"]),
    ("office", "Office", &["offices"]),
    ("car-park", "Car park", &["parking"]),
];

/// `cameras.yaml` of the sample site, with its cameras in an IANA time zone.
pub fn cameras_file(timezone: &str) -> CamerasFile {
    let cameras = PLACES
        .iter()
        .map(|place| {
            let camera = Camera {
                name: Some(place.name.to_owned()),
                aliases: owned(place.aliases),
                zones: owned(place.zones),
                outdoor: Some(place.is_outdoor),
                neighbours: place
                    .neighbours
                    .iter()
                    .map(|(id, seconds)| ((*id).to_owned(), SignedDuration::from_secs(*seconds)))
                    .collect(),
                business_hours: (place.site == "office").then(|| "Mon-Fri 08:00-18:00".to_owned()),
                ..Camera::default()
            };
            (place.id.to_owned(), camera)
        })
        .collect();
    let sites: BTreeMap<String, Site> = SITES
        .iter()
        .map(|(id, name, aliases)| {
            let cameras = PLACES.iter().filter(|p| p.site == *id).map(|p| p.id.to_owned()).collect();
            let site = Site { name: Some((*name).to_owned()), aliases: owned(aliases), cameras };
            ((*id).to_owned(), site)
        })
        .collect();
    CamerasFile { timezone: Some(timezone.to_owned()), tenant: None, sites, cameras }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
