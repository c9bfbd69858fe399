//! Two places to ask about: a warehouse that every camera of is described, and a campus whose cameras
//! have numbers only.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

use super::super::{Catalogue, DateOrder, Question, interpret};
use crate::{
    CameraDirectory, CameraScope, Scope,
    ask::{Evidence, Filters, Interpretation, LeftOut},
    camera::{Camera, CamerasFile, Site},
    event_store::{CameraActivity, Vocabulary},
};

/// Id, name, aliases, zones, outdoor.
type Place = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], bool);

const WAREHOUSE: &[Place] = &[
    ("gate-1", "Main gate", &["gate entrance"], &["barrier", "lane"], true),
    ("gate-2", "Exit gate", &["gate exit"], &["barrier", "lane"], true),
    ("yard-1", "North yard", &[], &["turning-area"], true),
    ("yard-2", "South yard", &[], &["turning-area", "container-stack"], true),
    ("fence-1", "East fence", &["perimeter"], &["fence-line"], true),
    ("dock-1", "Dock door 1", &[], &["ramp", "door"], false),
    ("dock-2", "Dock door 2", &[], &["ramp", "door"], false),
    ("hall-1", "Storage hall", &["storage"], &["aisle-a", "aisle-b"], false),
    ("hall-2", "Packing area", &["packing"], &["belt"], false),
    ("lobby-1", "Lobby", &["reception", "front desk"], &["entrance", "turnstile"], false),
    ("office-1", "Office corridor", &["corridor"], &["kitchen"], false),
    ("carpark-1", "Car park", &["parking lot"], &["staff-bays"], true),
];

const WAREHOUSE_SITES: &[(&str, &str, &[&str], &[&str])] = &[
    ("gate", "Gate", &["gates"], &["gate-1", "gate-2"]),
    ("yard", "Yard", &[], &["yard-1", "yard-2", "fence-1"]),
    ("dock", "Loading dock", &["dock", "loading bay"], &["dock-1", "dock-2"]),
    ("hall", "Warehouse hall", &["hall"], &["hall-1", "hall-2"]),
    ("office", "Office", &[], &["lobby-1", "office-1"]),
    ("car-park", "Car park", &["parking"], &["carpark-1"]),
];

pub(super) fn warehouse_directory() -> CameraDirectory {
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let cameras = WAREHOUSE.iter().map(|(id, name, aliases, zones, outdoor)| {
        let camera = Camera {
            name: Some((*name).to_owned()),
            aliases: owned(aliases),
            zones: owned(zones),
            outdoor: Some(*outdoor),
            ..Camera::default()
        };
        ((*id).to_owned(), camera)
    });
    let sites = WAREHOUSE_SITES.iter().map(|(id, name, aliases, cameras)| {
        let site = Site { name: Some((*name).to_owned()), aliases: owned(aliases), cameras: owned(cameras) };
        ((*id).to_owned(), site)
    });
    let file = CamerasFile { cameras: cameras.collect(), sites: sites.collect(), ..CamerasFile::default() };
    CameraDirectory::from_file(file, TimeZone::UTC).unwrap()
}

pub(super) fn terms(words: &[&str]) -> Vec<Arc<str>> {
    let mut terms: Vec<Arc<str>> = words.iter().map(|word| Arc::from(*word)).collect();
    terms.sort();
    terms
}

fn active(ids: &[&str]) -> Vec<CameraActivity> {
    let camera = |id: &&str| CameraActivity {
        camera_id: Arc::from(*id),
        events: 1,
        first_event: Timestamp::UNIX_EPOCH,
        last_event: Timestamp::UNIX_EPOCH,
    };
    ids.iter().map(camera).collect()
}

pub(super) fn warehouse_vocabulary() -> Vocabulary {
    Vocabulary {
        cameras: active(&["dock-1", "gate-1"]),
        labels: terms(&["person", "vehicle", "forklift", "bicycle", "animal"]),
        event_types: terms(&[
            "animal_detected",
            "crowd",
            "delivery",
            "door_opened",
            "forklift_moves",
            "loitering",
            "package_left",
            "passer_by",
            "patrol",
            "person_climbs_fence",
            "person_detected",
            "person_enters",
            "person_exits",
            "tailgating",
            "vehicle_arrives",
            "vehicle_departs",
            "vehicle_detected",
            "visitor_arrives",
        ]),
        zones: terms(&["ramp", "door", "barrier"]),
        sub_labels: terms(&["MAR 2020", "B-KL 42", "WX-QQ 4711", "Jane Miller"]),
    }
}

/// A campus: cameras are numbers, sites have names, no zones, many types.
fn campus() -> Catalogue {
    let site = |name: &str, cameras: &[&str]| Site {
        name: Some(name.to_owned()),
        aliases: Vec::new(),
        cameras: cameras.iter().map(|id| (*id).to_owned()).collect(),
    };
    let sites = BTreeMap::from([
        ("school".to_owned(), site("School", &["K201", "K202", "K240"])),
        ("hospital".to_owned(), site("Hospital", &["K301"])),
        ("admin".to_owned(), site("Administration building", &["K326"])),
        ("bus".to_owned(), site("Bus station", &["K331", "K340"])),
    ]);
    let file = CamerasFile { sites, ..CamerasFile::default() };
    let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
    let vocabulary = Vocabulary {
        cameras: active(&["K201", "K202", "K240", "K301", "K326", "K331", "K340"]),
        labels: terms(&["person", "vehicle"]),
        event_types: terms(&[
            "hand_interacts_with_person",
            "person_carries_heavy_object",
            "person_closes_facility_door",
            "person_closes_trunk",
            "person_closes_vehicle_door",
            "person_embraces_person",
            "person_enters_scene_through_structure",
            "person_enters_vehicle",
            "person_exits_scene_through_structure",
            "person_exits_vehicle",
            "person_interacts_with_laptop",
            "person_loads_vehicle",
            "person_opens_facility_door",
            "person_opens_trunk",
            "person_opens_vehicle_door",
            "person_picks_up_object",
            "person_purchases",
            "person_puts_down_object",
            "person_reads_document",
            "person_rides_bicycle",
            "person_sits_down",
            "person_stands_up",
            "person_steals_object",
            "person_talks_on_phone",
            "person_talks_to_person",
            "person_texts_on_phone",
            "person_transfers_object",
            "person_unloads_vehicle",
            "vehicle_drops_off_person",
            "vehicle_makes_u_turn",
            "vehicle_picks_up_person",
            "vehicle_reverses",
            "vehicle_starts",
            "vehicle_stops",
            "vehicle_turns_left",
            "vehicle_turns_right",
        ]),
        ..Vocabulary::default()
    };
    Catalogue::new(&directory, &vocabulary, &Scope::tenant("default"))
}

/// Catalogues by the names that the tables use.
pub(super) fn catalogue(name: &str) -> Catalogue {
    match name {
        "warehouse" => {
            Catalogue::new(&warehouse_directory(), &warehouse_vocabulary(), &Scope::tenant("default"))
        }
        "campus" => campus(),
        _ => Catalogue::default(),
    }
}

/// A scope of some cameras of the default tenant.
pub(super) fn scope_of(patterns: &[&str]) -> Scope {
    Scope { tenant: "default".into(), cameras: CameraScope::matching(patterns).unwrap() }
}

pub(super) fn now() -> Timestamp {
    "2026-05-13T09:00:00Z".parse().unwrap()
}

/// Every question is read as its table says.
pub(super) fn assert_readings(readings: &[(&str, &str)]) {
    let catalogue = catalogue("warehouse");
    let wrong: Vec<_> = readings
        .iter()
        .map(|(text, expected)| (*text, shown(&ask(&catalogue, text)), *expected))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every question is read as its table says, each after the one before it.
pub(super) fn assert_conversation(turns: &[(&str, &str)]) {
    let catalogue = catalogue("warehouse");
    let (timezone, filters) = (TimeZone::UTC, Filters::default());
    let mut turns_before: Vec<Interpretation> = Vec::new();
    for (text, expected) in turns {
        let mut before = turns_before.iter().rev();
        let question = Question {
            text,
            filters: &filters,
            now: now(),
            timezone: &timezone,
            previous: before.next(),
            before_previous: before.next(),
            evidence: &[],
            date_order: DateOrder::default(),
            catalogue: &catalogue,
        };
        let it = interpret(&question).unwrap();
        assert_eq!(shown(&it), *expected, "{text}");
        turns_before.push(it);
    }
}

/// Asks one after the other; the answer to each but the last shows `evidence`.
pub(super) fn ask_all(catalogue: &Catalogue, turns: &[&str], evidence: &[Evidence]) -> Interpretation {
    let (timezone, filters) = (TimeZone::UTC, Filters::default());
    let mut asked: Vec<Interpretation> = Vec::new();
    for text in turns {
        let mut before = asked.iter().rev();
        let (previous, before_previous) = (before.next(), before.next());
        let question = Question {
            text,
            filters: &filters,
            now: now(),
            timezone: &timezone,
            previous,
            before_previous,
            evidence: if previous.is_some() { evidence } else { &[] },
            date_order: DateOrder::default(),
            catalogue,
        };
        asked.push(interpret(&question).unwrap());
    }
    asked.pop().unwrap()
}

/// The last question of every conversation is read as its table says.
pub(super) fn assert_conversations(
    catalogue: &Catalogue,
    readings: &[(&[&str], &str)],
    evidence: &[Evidence],
) {
    let wrong: Vec<_> = readings
        .iter()
        .map(|(turns, expected)| (*turns, shown(&ask_all(catalogue, turns, evidence)), *expected))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

pub(super) fn ask(catalogue: &Catalogue, text: &str) -> Interpretation {
    ask_after(catalogue, text, None)
}

pub(super) fn ask_after(
    catalogue: &Catalogue,
    text: &str,
    previous: Option<&Interpretation>,
) -> Interpretation {
    ask_with(catalogue, text, previous, &Filters::default()).unwrap()
}

/// Asks at another time than the usual one.
pub(super) fn ask_at(
    catalogue: &Catalogue,
    text: &str,
    now: &str,
    previous: Option<&Interpretation>,
) -> Interpretation {
    let (timezone, filters) = (TimeZone::UTC, Filters::default());
    interpret(&Question {
        text,
        filters: &filters,
        now: now.parse().unwrap(),
        timezone: &timezone,
        previous,
        before_previous: None,
        evidence: &[],
        date_order: DateOrder::default(),
        catalogue,
    })
    .unwrap()
}

/// Asks behind an answer that showed these events.
pub(super) fn ask_behind(
    catalogue: &Catalogue,
    text: &str,
    previous: &Interpretation,
    evidence: &[Evidence],
) -> Interpretation {
    let (timezone, filters) = (TimeZone::UTC, Filters::default());
    let previous = Some(previous);
    let question = Question {
        text,
        filters: &filters,
        now: now(),
        timezone: &timezone,
        previous,
        before_previous: None,
        evidence,
        date_order: DateOrder::default(),
        catalogue,
    };
    interpret(&question).unwrap()
}

pub(super) fn ask_with(
    catalogue: &Catalogue,
    text: &str,
    previous: Option<&Interpretation>,
    filters: &Filters,
) -> crate::Result<Interpretation> {
    let timezone = TimeZone::UTC;
    interpret(&Question {
        text,
        filters,
        now: now(),
        timezone: &timezone,
        previous,
        before_previous: None,
        evidence: &[],
        date_order: DateOrder::default(),
        catalogue,
    })
}

/// An interpretation on one line: `count who cam=a,b label=person words=red @last night`.
pub(super) fn shown(it: &Interpretation) -> String {
    let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut line = word(&serde_json::to_value(it.intent).unwrap());
    line.push(' ');
    line.push_str(&word(&serde_json::to_value(it.form).unwrap()));
    if !it.claim.is_plain() {
        write!(line, " claim={}", word(&serde_json::to_value(it.claim).unwrap())).unwrap();
    }
    for (name, values) in [
        ("site", &it.sites),
        ("cam", &it.cameras),
        ("label", &it.labels),
        ("name", &it.sub_labels),
        ("type", &it.event_types),
        ("severity", &it.severities),
        ("zone", &it.zones),
    ] {
        if !values.is_empty() {
            write!(line, " {name}={}", values.join(",")).unwrap();
        }
    }
    if it.any_place {
        line.push_str(" any-place");
    }
    if let Some(least) = it.min_confidence {
        write!(line, " sure={least}").unwrap();
    }
    if let Some(below) = it.max_confidence {
        write!(line, " below={below}").unwrap();
    }
    if let Some(group) = it.group_by {
        write!(line, " by={}", word(&serde_json::to_value(group).unwrap())).unwrap();
    }
    if let Some(threshold) = &it.threshold {
        let bound = |bound: Option<u64>| bound.map_or_else(String::new, |n| n.to_string());
        let of = if threshold.of_visits { "v" } else { "" };
        write!(line, " {}..{}{of}", bound(threshold.at_least), bound(threshold.at_most)).unwrap();
    }
    if let Some(bound) = &it.stay {
        let seconds = |bound: Option<u64>| bound.map_or_else(String::new, |n| n.to_string());
        let (least, most) = (seconds(bound.at_least_seconds), seconds(bound.at_most_seconds));
        write!(line, " stay={least}..{most}").unwrap();
    }
    if it.is_least {
        line.push_str(" least");
    }
    if let Some(top) = it.top {
        write!(line, " top={top}").unwrap();
    }
    if let Some(nth) = it.nth {
        write!(line, " nth={nth}").unwrap();
    }
    if !it.refers_to.is_empty() {
        let refs: Vec<String> = it.refers_to.iter().map(|event| event.reference.to_string()).collect();
        write!(line, " refs={}", refs.join(",")).unwrap();
    }
    if let Some(from) = &it.counted_from {
        write!(line, " from={}", from.text).unwrap();
        if let Some((event, sought)) = it.sought.as_deref() {
            let sides = [(sought.is_before, "before "), (sought.is_after, "after ")];
            let sides: String = sides.iter().filter(|(is_said, _)| *is_said).map(|(_, side)| *side).collect();
            let length = sought.length.map_or("now".to_owned(), |length| format!("{}m", length.as_mins()));
            let there = if sought.is_there { " there" } else { "" };
            write!(line, "{{{sides}{length}{there} {}}}", shown(event)).unwrap();
        }
    }
    if it.matches_nothing {
        line.push_str(" nothing");
    }
    for missing in &it.unresolved {
        write!(line, " ?{}[{}]", missing.text, missing.did_you_mean.join(",")).unwrap();
    }
    if !it.without.is_empty() {
        let of = |labels: &[String]| if labels.is_empty() { "*".to_owned() } else { labels.join(",") };
        let what = |out: &LeftOut| {
            if out.is_named {
                "(named)".to_owned()
            } else if !out.severities.is_empty() {
                format!("({})", out.severities.join(","))
            } else if out.words.is_empty() {
                out.zones.join(",")
            } else {
                out.words.clone()
            }
        };
        let lack = |out: &LeftOut| if out.is_lack { "~" } else { "" };
        let told = |out: &LeftOut| format!("{}:{}{}", of(&out.labels), what(out), lack(out));
        let out: Vec<String> = it.without.iter().map(told).collect();
        write!(line, " without={}", out.join("|")).unwrap();
    }
    if let Some(words) = &it.words {
        write!(line, " words={words}").unwrap();
    }
    if !it.periods.is_empty() {
        let texts: Vec<&str> = it.periods.iter().map(|period| period.text.as_str()).collect();
        write!(line, " @{}", texts.join("|")).unwrap();
    }
    line
}
