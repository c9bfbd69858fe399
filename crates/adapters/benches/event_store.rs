//! How fast the embedded event store takes events in and answers, over synthetic events of 50 cameras
//! and 90 days. `EVENTS=1000000 cargo bench --bench event_store` for another size than 100,000.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark fails by panicking and prints its figures"
)]

use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};

use divan::{Bencher, black_box, counter::ItemsCount};
use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace};
use eps_domain::{
    CameraScope, Event, EventDraft, Period, Scope,
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, Order, SearchRequest},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// How often each question is asked.
const ROUNDS: usize = 100;
const DIMENSIONS: usize = 384;
const TENANT: &str = "bench";
const DAYS: u64 = 90;
const NOUNS: [&str; 24] = [
    "box", "ladder", "parcel", "bicycle", "truck", "fence", "gate", "umbrella", "helmet", "dog", "van",
    "pallet", "forklift", "backpack", "scooter", "trolley", "crate", "rope", "torch", "bag", "barrel",
    "hose", "bench", "sign",
];
const VERBS: [&str; 8] =
    ["carries", "drops", "leaves", "pushes", "opens", "climbs over", "walks past", "looks at"];

/// The same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn vector(&mut self, centre: u64) -> Vec<f32> {
        let mut own = Random(centre.wrapping_mul(0x9e37_79b9) + 1);
        let unit = |random: &mut Random| random.below(2_001) as f32 / 1_000.0 - 1.0;
        (0..DIMENSIONS).map(|_| unit(&mut own) + 0.8 * unit(self)).collect()
    }
}

fn start() -> Timestamp {
    "2026-03-01T00:00:00Z".parse().unwrap()
}

fn event(random: &mut Random, number: u64, of: u64) -> Event {
    let pick = |random: &mut Random, from: &[&str]| from[random.below(from.len() as u64) as usize].to_owned();
    let label = if random.below(3) == 0 { "car" } else { "person" };
    let at = start() + SignedDuration::from_micros((number * DAYS * 86_400_000_000 / of) as i64);
    let draft = json!({
        "event_id": format!("evt-{number}"),
        "timestamp": at.to_string(),
        "end_time": (at + SignedDuration::from_secs(random.below(40) as i64)).to_string(),
        "camera_id": format!("cam-{:02}", random.below(50)),
        "event_type": format!("{label}_detected"),
        "label": label,
        "confidence": random.below(100) as f64 / 100.0,
        "zones": [format!("zone-{}", random.below(8))],
        "description": format!("A {label} {} the {} and the {} near the {}", pick(random, &VERBS),
            pick(random, &NOUNS), pick(random, &NOUNS), pick(random, &NOUNS)),
    });
    let draft: EventDraft = serde_json::from_value(draft).unwrap();
    draft.validate(|_| TimeZone::UTC).unwrap()
}

fn options() -> EventStoreOptions {
    let vectors = Some(VectorSpace { model: "bench".into(), dimensions: DIMENSIONS });
    EventStoreOptions { vectors, ..EventStoreOptions::default() }
}

struct Site {
    runtime: Runtime,
    store: EmbeddedEventStore,
    _folder: TempDir,
}

/// The filled store, made once; says how long it took and how long it takes to start.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let events: u64 = std::env::var("EVENTS").map_or(100_000, |count| count.parse().unwrap());
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let open = || EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), options()).unwrap();
        let timed = |what: &str, work: &mut dyn FnMut()| {
            let begin = Instant::now();
            work();
            println!("{what}: {:.3} s", begin.elapsed().as_secs_f64());
        };
        let mut random = Random(1);
        let store = open();
        timed(&format!("{events} events stored, 1,000 a call"), &mut || {
            for first in (0..events).step_by(1_000) {
                let batch = (first..(first + 1_000).min(events)).map(|n| event(&mut random, n, events));
                runtime.block_on(store.upsert(TENANT, batch.collect())).unwrap();
            }
        });
        timed("all of them given vectors", &mut || {
            loop {
                let waiting = runtime.block_on(store.unembedded(5_000)).unwrap();
                if waiting.is_empty() {
                    return;
                }
                let centres = 1_000;
                let vector = |key: &eps_domain::event_store::EmbeddingKey, random: &mut Random| {
                    random.vector(key.row.wrapping_mul(7_919) % centres)
                };
                let vectors = waiting.iter().map(|one| (one.key, vector(&one.key, &mut random))).collect();
                runtime.block_on(store.store_vectors(vectors)).unwrap();
            }
        });
        timed("closed", &mut || store.close());
        drop(store);
        timed("started from the snapshot", &mut || drop(open()));
        std::fs::remove_file(folder.path().join("columns.snapshot")).unwrap();
        timed("started without a snapshot", &mut || drop(open()));
        std::fs::remove_dir_all(folder.path().join("text")).unwrap();
        timed("started without a text index", &mut || drop(open()));
        let store = open();
        if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
            status
                .lines()
                .filter(|line| line.starts_with("VmRSS") || line.starts_with("RssAnon"))
                .for_each(|line| println!("{line}"));
        }
        Site { runtime, store, _folder: folder }
    })
}

fn everything() -> EventFilter {
    EventFilter::default()
}

/// One label, a fifth of the cameras, half of the time: a fifteenth of all.
fn narrow() -> EventFilter {
    let half = Period::new(start(), start() + SignedDuration::from_hours(12 * DAYS as i64));
    EventFilter {
        labels: vec!["car".into()],
        cameras: Some((0..10).map(|n| format!("cam-{n:02}")).collect()),
        periods: vec![half],
        ..EventFilter::default()
    }
}

fn last_hour() -> EventFilter {
    let end = start() + SignedDuration::from_hours(24 * DAYS as i64);
    EventFilter {
        periods: vec![Period::new(end - SignedDuration::from_hours(1), end)],
        ..EventFilter::default()
    }
}

/// What is asked: a count when it says by what to group, else a search for the first 20.
struct Asked {
    name: &'static str,
    filter: EventFilter,
    words: Option<&'static str>,
    by_meaning: bool,
    group_by: Option<&'static [GroupBy]>,
    cameras: CameraScope,
}

const WORDS: &str = "a person drops the ladder near the gate";

fn count(name: &'static str, filter: EventFilter, group_by: &'static [GroupBy]) -> Asked {
    let group_by = Some(group_by);
    Asked { name, filter, words: None, by_meaning: false, group_by, cameras: CameraScope::All }
}

fn search(name: &'static str, filter: EventFilter, words: Option<&'static str>, by_meaning: bool) -> Asked {
    Asked { name, filter, words, by_meaning, group_by: None, cameras: CameraScope::All }
}

fn questions() -> Vec<Asked> {
    let ten_cameras = CameraScope::matching(&["cam-0?"]).unwrap();
    vec![
        count("count everything", everything(), &[]),
        count("count everything by camera", everything(), &[GroupBy::Camera]),
        count("count everything by zone", everything(), &[GroupBy::Zone]),
        count("count everything by hour", everything(), &[GroupBy::Hour]),
        count("count everything by day and label", everything(), &[GroupBy::Day, GroupBy::Label]),
        count(
            "count everything by camera and hour of the week",
            everything(),
            &[GroupBy::Camera, GroupBy::HourOfWeek],
        ),
        count("count, narrow filter", narrow(), &[]),
        count("count, the last hour", last_hour(), &[]),
        Asked { words: Some("person ladder"), ..count("count, two words", everything(), &[]) },
        search("the newest", everything(), None, false),
        search("search by words", everything(), Some(WORDS), false),
        search("search by words, narrow filter", narrow(), Some(WORDS), false),
        search("search by vector", everything(), None, true),
        search("search by vector, narrow filter", narrow(), None, true),
        search("search by both", everything(), Some(WORDS), true),
        search("search by both, narrow filter", narrow(), Some(WORDS), true),
        search("search by both, the last hour", last_hour(), Some(WORDS), true),
        Asked {
            cameras: ten_cameras,
            ..search("search by both, a scope of ten cameras", everything(), Some(WORDS), true)
        },
    ]
}

/// Asks once; how long it took, and the CPU time of all threads.
fn ask(site: &Site, asked: &Asked) -> (f64, f64) {
    let scope = Scope { tenant: TENANT.into(), cameras: asked.cameras.clone() };
    let (filter, words) = (asked.filter.clone(), asked.words.map(str::to_owned));
    let vector = asked.by_meaning.then(|| Random(9).vector(17).into());
    let (begin, cpu) = (Instant::now(), cpu_ms());
    if let Some(group_by) = asked.group_by {
        let timezone = TimeZone::get("Europe/Berlin").unwrap();
        let request = CountRequest { filter, words, group_by: group_by.to_vec(), timezone };
        black_box(site.runtime.block_on(site.store.count(&scope, &request)).unwrap());
    } else {
        let ranks = words.is_some() || vector.is_some();
        let order = if ranks { Order::Relevance } else { Order::NewestFirst };
        let request = SearchRequest { filter, words, vector, order, limit: 20, cursor: None };
        black_box(site.runtime.block_on(site.store.search(&scope, &request)).unwrap());
    }
    (begin.elapsed().as_secs_f64() * 1_000.0, cpu_ms() - cpu)
}

/// CPU time of this process so far, in milliseconds.
fn cpu_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1_000.0 + time.tv_nsec as f64 / 1e6
}

/// Every question in turn, again and again, so that each meets the same machine.
fn table() {
    let (site, questions) = (site(), questions());
    let mut runs: Vec<Vec<(f64, f64)>> = vec![Vec::new(); questions.len()];
    for round in 0..=ROUNDS {
        for (asked, runs) in questions.iter().zip(&mut runs) {
            let run = ask(site, asked);
            // The first finds the caches cold.
            if round > 0 {
                runs.push(run);
            }
        }
    }
    println!("\n{:<50}{:>10}{:>12}{:>10}{:>10}", "ms", "CPU min", "CPU median", "p50", "p99");
    for (asked, runs) in questions.iter().zip(runs) {
        let sorted = |of: fn(&(f64, f64)) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let (took, cpu) = (sorted(|run| run.0), sorted(|run| run.1));
        println!(
            "{:<50}{:>10.2}{:>12.2}{:>10.2}{:>10.2}",
            asked.name,
            cpu[0],
            cpu[ROUNDS / 2],
            took[ROUNDS / 2],
            took[ROUNDS * 99 / 100]
        );
    }
    println!();
}

/// Into a store of its own, by words only, every call durable.
#[divan::bench(args = [1, 100, 1_000], sample_count = 20, sample_size = 1)]
fn ingest(bencher: Bencher<'_, '_>, batch: u64) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default())
            .unwrap();
    let (mut random, mut number) = (Random(5), 0);
    bencher
        .counter(ItemsCount::new(batch))
        .with_inputs(|| {
            number += batch;
            (number - batch..number).map(|n| event(&mut random, n, 1_000_000)).collect::<Vec<_>>()
        })
        .bench_local_values(|events| runtime.block_on(store.upsert(TENANT, events)).unwrap());
}

/// Sixty-four callers at once, one event a call: they share transactions.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn ingest_of_64_callers(bencher: Bencher<'_, '_>) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default())
            .unwrap(),
    );
    let (mut random, mut number) = (Random(5), 0);
    bencher
        .counter(ItemsCount::new(64_u64))
        .with_inputs(|| {
            number += 64;
            (number - 64..number).map(|n| event(&mut random, n, 1_000_000)).collect::<Vec<_>>()
        })
        .bench_local_values(|events| {
            runtime.block_on(async {
                let mut callers = tokio::task::JoinSet::new();
                for event in events {
                    let store = Arc::clone(&store);
                    callers.spawn(async move { store.upsert(TENANT, vec![event]).await });
                }
                callers.join_all().await.into_iter().for_each(|stored| drop(stored.unwrap()));
            });
        });
}

fn main() {
    table();
    divan::main();
}
