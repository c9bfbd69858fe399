//! How long a question takes to understand, with fifty cameras and three dozen event types.
//!
//! `cargo bench -p eps-domain --bench names`
#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "a benchmark prints figures")]

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use divan::{Bencher, black_box};
use eps_domain::{
    CameraDirectory, Scope,
    ask::{
        Filters, Interpretation, QUERY_CHARS_MAX,
        interpret::{Catalogue, DateOrder, Question, interpret},
    },
    camera::{Camera, CamerasFile, Site},
    event_store::{CameraActivity, Vocabulary},
};
use jiff::{Timestamp, tz::TimeZone};

fn main() {
    // `cargo test --benches` only wants to see each run once.
    if !std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        tell_percentiles();
    }
    divan::main();
}

/// What a promise about the 99th hundredth needs and medians do not show: questions of every kind, as
/// they are and as long as they may be, each understood many times.
fn tell_percentiles() {
    const ROUNDS: usize = 200;
    let catalogue = Catalogue::new(&directory(), &vocabulary(), &Scope::tenant("default"));
    let longest =
        |text: &str| -> String { text.chars().chain(" ".chars()).cycle().take(QUERY_CHARS_MAX).collect() };
    let long: Vec<String> = QUESTIONS.iter().map(|text| longest(text)).collect();
    for (name, questions) in
        [("short", QUESTIONS.to_vec()), ("2,000 characters", long.iter().map(String::as_str).collect())]
    {
        let mut taken: Vec<Duration> = Vec::with_capacity(ROUNDS * questions.len());
        for _ in 0..ROUNDS {
            for text in &questions {
                let started = Instant::now();
                black_box(ask(&catalogue, black_box(text), None));
                taken.push(started.elapsed());
            }
        }
        taken.sort_unstable();
        let at = |share: usize| taken[(taken.len() * share / 100).min(taken.len() - 1)];
        println!("{name}: p50 {:?}, p99 {:?}, slowest {:?}", at(50), at(99), at(100));
    }
}

const QUESTIONS: &[&str] = &[
    "show camera 5",
    "how many people entered the north building",
    "who opened the trunk near the loading dock",
    "a man with a red jacket carrying a ladder at the main entrance",
    "what happened yesterday between 2 and 4pm, on Monday and Friday nights, and on June 18th at the gate?",
    "were there more vehicles at the gate 12 than at the parkng lot, except camera 7 and camera 9?",
];

fn directory() -> CameraDirectory {
    const PLACES: [&str; 10] = [
        "Loading dock",
        "Main entrance",
        "Parking lot",
        "Gate",
        "Server room",
        "Stairwell",
        "Corridor",
        "Roof",
        "Lobby",
        "Warehouse aisle",
    ];
    let mut cameras = BTreeMap::new();
    let mut sites: BTreeMap<String, Site> = BTreeMap::new();
    for n in 0..50_usize {
        let name = format!("{} {}", PLACES[n % 10], n / 10 + 1);
        let id = format!("cam-{n}");
        let camera = Camera {
            name: Some(name),
            aliases: vec![format!("position {n}")],
            zones: vec!["door".to_owned(), format!("area {n}")],
            outdoor: Some(n % 2 == 0),
            ..Camera::default()
        };
        cameras.insert(id.clone(), camera);
        let site = sites.entry(format!("site-{}", n / 10)).or_default();
        site.name = Some(["North building", "South building", "Yard", "Depot", "Office"][n / 10].to_owned());
        site.cameras.push(id);
    }
    let file = CamerasFile { cameras, sites, ..CamerasFile::default() };
    CameraDirectory::from_file(file, TimeZone::UTC).expect("a valid file")
}

fn vocabulary() -> Vocabulary {
    let deeds =
        ["enters", "exits", "opens", "closes", "loads", "unloads", "stops", "starts", "turns", "carries"];
    let mut types: Vec<Arc<str>> = Vec::new();
    for deed in deeds {
        for object in ["vehicle", "facility_door", "trunk", "heavy_object"] {
            types.push(format!("person_{deed}_{object}").into());
        }
    }
    types.sort();
    let camera = |n: usize| CameraActivity {
        camera_id: format!("cam-{n}").into(),
        events: 1,
        first_event: Timestamp::UNIX_EPOCH,
        last_event: Timestamp::UNIX_EPOCH,
    };
    Vocabulary {
        cameras: (0..50).map(camera).collect(),
        labels: ["animal", "bicycle", "person", "vehicle"].into_iter().map(Arc::from).collect(),
        event_types: types,
        zones: vec![Arc::from("door")],
        sub_labels: (0..1_000).map(|n| format!("AB-CD {n}").into()).collect(),
    }
}

fn ask(catalogue: &Catalogue, text: &str, previous: Option<&Interpretation>) -> Interpretation {
    let timezone = TimeZone::UTC;
    let question = Question {
        text,
        filters: &Filters::default(),
        now: "2026-05-13T09:00:00Z".parse().expect("an instant"),
        timezone: &timezone,
        previous,
        before_previous: None,
        evidence: &[],
        date_order: DateOrder::default(),
        catalogue,
    };
    interpret(&question).expect("no filters to refuse")
}

#[divan::bench(args = QUESTIONS)]
fn question(bencher: Bencher, text: &str) {
    let catalogue = Catalogue::new(&directory(), &vocabulary(), &Scope::tenant("default"));
    bencher.bench_local(|| ask(black_box(&catalogue), black_box(text), None));
}

#[divan::bench]
fn follow_up(bencher: Bencher) {
    let catalogue = Catalogue::new(&directory(), &vocabulary(), &Scope::tenant("default"));
    let previous = ask(&catalogue, QUESTIONS[1], None);
    bencher.bench_local(|| ask(black_box(&catalogue), black_box("and camera 7?"), Some(&previous)));
}

#[divan::bench]
fn build_catalogue(bencher: Bencher) {
    let (directory, vocabulary) = (directory(), vocabulary());
    let scope = Scope::tenant("default");
    bencher.bench_local(|| Catalogue::new(black_box(&directory), black_box(&vocabulary), &scope));
}
