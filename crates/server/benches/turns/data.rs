//! A folder with the events of the simulated site, day after day until there are enough; and vectors
//! for them.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use eps_adapters::{
    embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace},
    minilm,
    simulator::{Simulation, cameras_file},
};
use eps_domain::{EventDraft, Permission, event_store::EventStore as _};
use eps_server::{
    config::{Config, Purpose, Sources},
    wiring::{self, Clocks, TokenRequest},
};
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::process::eps;

/// What "now" means in questions; the events end here.
pub(crate) const NOW: &str = "2026-05-13T10:00:00Z";
const ZONE: &str = "Europe/Berlin";
/// Signs the tokens of the benchmark.
pub(crate) const SECRET: &str = "bWq7xT0nZ4vK9rJ2mL6cH1sYfD8pA5gE";
/// Groups of like vectors among the events.
const CENTRES: u64 = 1_000;
/// Vectors stored at once.
const VECTORS: usize = 5_000;

/// A folder to be served.
pub(crate) struct Data {
    folder: TempDir,
    events: usize,
    /// How long it took to take the events in.
    pub(crate) seconds: f64,
}

impl Data {
    /// Nothing but the description of the cameras.
    pub(crate) fn empty() -> Self {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        std::fs::write(folder.path().join("cameras.yaml"), serde_json::to_vec(&cameras_file(ZONE)).unwrap())
            .unwrap();
        Self { folder, events: 0, seconds: 0.0 }
    }

    /// So many events, imported as any operator would.
    pub(crate) fn filled(events: usize) -> Self {
        let mut data = Self::empty();
        let mut lines = Vec::new();
        for draft in drafts(events) {
            serde_json::to_writer(&mut lines, &draft).unwrap();
            lines.push(b'\n');
        }
        let file = data.path().join("events.ndjson");
        std::fs::write(&file, lines).unwrap();
        let begin = Instant::now();
        let import = eps().args(["import", "--json"]).arg(file).envs(data.environment()).output().unwrap();
        data.seconds = begin.elapsed().as_secs_f64();
        let report: Value = serde_json::from_slice(&import.stdout).unwrap();
        assert_eq!(report["accepted"], events, "{report}");
        data.events = events;
        data
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.events as f64 / self.seconds
    }

    /// Gives every event a vector. To embed this many texts takes minutes and is measured elsewhere;
    /// what a search costs depends on the number of vectors, not on their meaning.
    pub(crate) fn give_vectors(&self) {
        let space = VectorSpace { model: minilm::MODEL.to_owned(), dimensions: minilm::DIMENSIONS };
        let options = EventStoreOptions { vectors: Some(space), ..EventStoreOptions::default() };
        let directory = DataDir::open(&self.path().join("data")).unwrap();
        let store = EmbeddedEventStore::open(&directory, options).unwrap();
        Runtime::new().unwrap().block_on(async {
            loop {
                let waiting = store.unembedded(VECTORS).await.unwrap();
                if waiting.is_empty() {
                    return;
                }
                let vectors = waiting.iter().map(|one| (one.key, vector(one.key.row))).collect();
                store.store_vectors(vectors).await.unwrap();
            }
        });
        store.close();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The settings: limits out of the way, ports that the system chooses.
    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let file = |name: &str| self.path().join(name).display().to_string();
        let settings = [
            ("DATA_DIR", file("data")),
            ("CAMERAS_FILE", file("cameras.yaml")),
            ("MODEL_DIR", file("no-model")),
            ("JWT_SECRET_KEY", SECRET.to_owned()),
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", "0".to_owned()),
            ("METRICS_PORT", "0".to_owned()),
            ("DRAIN_SECONDS", "0".to_owned()),
            ("RATE_LIMIT_PER_MINUTE", "100000".to_owned()),
            ("RATE_LIMIT_BURST", "100000".to_owned()),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// A token that allows a caller everything.
    pub(crate) fn token(&self, caller: usize) -> String {
        let request = TokenRequest {
            subject: format!("caller-{caller}"),
            tenant: None,
            permissions: Permission::ALL.to_vec(),
            cameras: None,
            timezone: None,
            lifetime: Duration::from_hours(1),
        };
        wiring::mint(&self.config(), request, &*Clocks::new(None).wall).unwrap()
    }

    fn config(&self) -> Config {
        let environment = self.environment();
        let lookup = |name: &str| environment.get(name).cloned();
        Config::load(&Sources::default(), &lookup, Purpose::Serve).unwrap()
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// The latest events of the simulated site before [`NOW`], oldest first.
fn drafts(count: usize) -> Vec<EventDraft> {
    let timezone = TimeZone::get(ZONE).unwrap();
    let anchor: Date = now().to_zoned(timezone.clone()).date();
    let simulation = Simulation { seed: 7, anchor, timezone };
    let mut days: Vec<Vec<EventDraft>> = Vec::new();
    let mut date = anchor;
    while days.iter().map(Vec::len).sum::<usize>() < count {
        days.push(simulation.day(date, now()));
        date = date.saturating_sub(1.day());
    }
    let mut drafts: Vec<EventDraft> = days.into_iter().rev().flatten().collect();
    drafts.split_off(drafts.len() - count)
}

/// A direction near that of its group.
fn vector(row: u64) -> Vec<f32> {
    let mut own = fast(row + CENTRES);
    let mut centre = fast(row.wrapping_mul(7_919) % CENTRES);
    (0..minilm::DIMENSIONS).map(|_| centre() + 0.8 * own()).collect()
}

/// Numbers between -1 and 1, the same in every run.
fn fast(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f32 / (1_u32 << 30) as f32 - 1.0
    }
}
