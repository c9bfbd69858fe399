//! One morning and its record, over which sentences are tried: three people at the dock, two cars and a person in the
//! yard, a courier and a car at the gate; one event the day before.

use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;

use crate::{
    CameraDirectory, Period, Scope,
    ask::{
        Evidence, Interpretation,
        check::{Checker, Record, Scene},
        gather::{Findings, Step, Stretch},
        place::Place,
    },
    event_store::{CameraActivity, Totals, Vocabulary},
};

pub(super) struct Site {
    directory: CameraDirectory,
    vocabulary: Vocabulary,
    scope: Scope,
    timezone: TimeZone,
}

/// What happened: time on 13 May, camera, label, description.
type Seen = (&'static str, &'static str, &'static str, &'static str);
const MORNING: [Seen; 8] = [
    ("07:10", "dock-1", "person", "A man in a red jacket waits at the ramp"),
    ("07:40", "dock-1", "person", "A woman with a yellow helmet opens the door"),
    ("08:05", "dock-1", "person", "Two men carry a box through the door"),
    ("09:10", "yard-2", "car", "A blue van parks"),
    ("09:45", "yard-2", "car", "A white car leaves"),
    ("10:02", "gate-3", "person", "A courier in a green vest rings at the gate"),
    ("10:30", "gate-3", "car", "A black sedan leaves"),
    ("11:15", "yard-2", "person", "A person in dark clothes walks along the fence"),
];

impl Site {
    pub(super) fn new() -> Self {
        let cameras = json!({
            "timezone": "UTC",
            "sites": {"warehouse": {"name": "Warehouse", "cameras": ["dock-1", "yard-2"]}},
            "cameras": {
                "dock-1": {"name": "Loading dock", "aliases": ["dock"]},
                "yard-2": {"name": "Yard"},
                "gate-3": {"name": "Main gate"},
                "attic": {"name": "Attic"},
            },
        });
        let camera = |id: &str| CameraActivity {
            camera_id: id.into(),
            first_event: at("07:10"),
            last_event: at("11:15"),
            events: 3,
        };
        let arcs = |names: &[&str]| names.iter().map(|name| Arc::from(*name)).collect();
        Self {
            directory: CameraDirectory::from_file(serde_json::from_value(cameras).unwrap(), TimeZone::UTC)
                .unwrap(),
            vocabulary: Vocabulary {
                cameras: ["dock-1", "gate-3", "yard-2"].map(camera).to_vec(),
                labels: arcs(&["car", "person"]),
                event_types: arcs(&["alarm", "delivery", "person_detected"]),
                zones: arcs(&["door", "ramp"]),
                ..Vocabulary::default()
            },
            scope: Scope::tenant("default"),
            timezone: TimeZone::UTC,
        }
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place {
            scope: &self.scope,
            directory: &self.directory,
            vocabulary: &self.vocabulary,
            now: "2026-05-13T12:00:00Z".parse().unwrap(),
            timezone: &self.timezone,
        }
    }
}

pub(super) fn at(clock: &str) -> Timestamp {
    format!("2026-05-13T{clock}:00Z").parse().unwrap()
}

pub(super) fn totals(events: u64) -> Totals {
    Totals { events, visits: events }
}

/// Which of the events a question is about.
pub(super) struct Asked<'a> {
    pub(super) question: &'a str,
    pub(super) cameras: &'a [&'a str],
    pub(super) labels: &'a [&'a str],
}

pub(super) fn asked(Asked { cameras, labels, .. }: &Asked<'_>) -> Interpretation {
    let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Interpretation {
        cameras: own(cameras),
        labels: own(labels),
        periods: vec![Period::new(at("06:00"), at("12:00")).named("this morning")],
        ..Interpretation::default()
    }
}

fn findings(asked: &Asked<'_>) -> Findings {
    let is_asked = |(_, camera, label, _): &&Seen| {
        (asked.cameras.is_empty() || asked.cameras.contains(camera))
            && (asked.labels.is_empty() || asked.labels.contains(label))
    };
    let found: Vec<_> = MORNING.iter().filter(is_asked).collect();
    let count = |is: &dyn Fn(&Seen) -> bool| found.iter().filter(|event| is(event)).count() as u64;
    let mut by_camera: Vec<(Arc<str>, Totals)> = ["dock-1", "yard-2", "gate-3"]
        .into_iter()
        .map(|id| (Arc::from(id), totals(count(&|event| event.1 == id))))
        .collect();
    by_camera.retain(|(_, totals)| totals.events > 0);
    let evidence = found.iter().rev().take(5).zip(1..).map(|(event, reference)| Evidence {
        reference,
        event_id: format!("evt_{}", event.0),
        timestamp: at(event.0),
        end_time: None,
        camera_id: event.1.to_owned(),
        event_type: "person_detected".to_owned(),
        label: Some(event.2.to_owned()),
        sub_label: None,
        confidence: Some(0.93),
        is_weak: false,
        description: Some(event.3.to_owned()),
        zones: Vec::new(),
        score: 1.0,
        why: Vec::new(),
        clip: None,
        thumbnail_url: None,
    });
    let hour = |hour: u32| Stretch {
        start: at(&format!("{hour:02}:00")),
        end: at(&format!("{:02}:00", hour + 1)),
        totals: totals(count(&|event| event.0.starts_with(&format!("{hour:02}")))),
    };
    Findings {
        totals: totals(found.len() as u64),
        by_camera,
        evidence: evidence.collect(),
        series: (6..12).map(hour).collect(),
        step: Some(Step::Hour),
        ..Findings::default()
    }
}

pub(super) fn record(
    site: &Site,
    asking: &Asked<'_>,
    change: impl FnOnce(&mut Findings, &mut Interpretation),
) -> Record {
    let (mut findings, mut meant) = (findings(asking), asked(asking));
    change(&mut findings, &mut meant);
    let place = site.place();
    Record::new(&[asking.question], &meant, &findings, Arc::new(Scene::new(&place)), &place)
}

/// What is left of a text, and why the rest went.
pub(super) fn left(record: &Record, text: &str) -> (String, Vec<String>) {
    let mut checker = Checker::new(Arc::new(record.clone()), String::new());
    checker.push(text);
    let told = checker.finish();
    (told.text.trim().to_owned(), told.warnings)
}

pub(super) fn assert_kept(record: &Record, texts: &[&str]) {
    let lost: Vec<_> =
        texts.iter().map(|text| (*text, left(record, text))).filter(|(text, l)| l.0 != *text).collect();
    assert!(lost.is_empty(), "{lost:#?}");
}

pub(super) fn assert_gone(record: &Record, texts: &[&str]) {
    let kept: Vec<_> = texts.iter().filter(|text| left(record, text).0 == **text).collect();
    assert!(kept.is_empty(), "{kept:#?}");
}

pub(super) const PEOPLE: Asked<'_> = Asked {
    question: "How many people were at the loading dock this morning?",
    cameras: &["dock-1"],
    labels: &["person"],
};
pub(super) const ALL: Asked<'_> =
    Asked { question: "How many events were there this morning?", cameras: &[], labels: &[] };
