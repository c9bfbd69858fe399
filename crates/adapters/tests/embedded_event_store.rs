//! The embedded event store keeps the promises of its port, and keeps them after it was closed, killed
//! or damaged.
#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::unused_async,
    reason = "a test fails by panicking and need not be fast"
)]

use std::{fs, path::Path, time::Duration};

use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace};
use eps_domain::{
    CameraScope, ErrorKind, Event, EventDraft, Result, Scope,
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, Order, SearchRequest},
};
use eps_testkit::contract::event_store::{DIMENSIONS, VISIT_GAP_SECONDS};
use jiff::tz::TimeZone;
use serde_json::json;
use tempfile::TempDir;

fn options() -> EventStoreOptions {
    EventStoreOptions {
        visit_gap: Duration::from_secs(VISIT_GAP_SECONDS),
        vectors: Some(VectorSpace { model: "suite".into(), dimensions: DIMENSIONS }),
    }
}

fn open(folder: &Path) -> Result<EmbeddedEventStore> {
    EmbeddedEventStore::open(&DataDir::open(folder)?, options())
}

async fn fresh() -> (EmbeddedEventStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (open(folder.path()).unwrap(), folder)
}

eps_testkit::event_store_contract!(fresh);

const EVENTS: u64 = 900;

/// Events that differ in all that a store derives from them.
fn site() -> Vec<Event> {
    let words = ["fence", "ladder", "parcel", "bicycle", "truck", "gate", "red", "man"];
    let event = |n: u64| {
        let pick = |of: u64, step: u64| (n * step / 7 + n) % of;
        let event_type = ["person_detected", "vehicle_parked"][pick(2, 17) as usize];
        let label = ["person", "car", ""][pick(3, 29) as usize];
        let zone = ["ramp", "door"][pick(2, 3) as usize];
        let draft = json!({
            "event_id": format!("e{n}"),
            "timestamp": format!("2026-05-{:02}T{:02}:{:02}:00Z", 1 + pick(28, 11), pick(24, 5), pick(60, 13)),
            "camera_id": format!("cam-{}", pick(5, 3)),
            "event_type": event_type,
            "label": label,
            "sub_label": n.is_multiple_of(50).then(|| format!("plate {n}")),
            "confidence": pick(100, 7) as f64 / 100.0,
            "zones": [zone],
            "visit_id": n.is_multiple_of(9).then(|| format!("r{}", n / 27)),
            "description": format!("{} {} number{n}", words[pick(8, 19) as usize], words[pick(8, 23) as usize]),
        });
        let draft: EventDraft = serde_json::from_value(draft).unwrap();
        draft.validate(|_| TimeZone::UTC).unwrap()
    };
    (0..EVENTS).map(event).collect()
}

async fn fill(store: &EmbeddedEventStore) {
    let events = site();
    for chunk in events.chunks(37) {
        store.upsert("acme", chunk.to_vec()).await.unwrap();
    }
    store.upsert("other", events[..100].to_vec()).await.unwrap();
    // Some are told of again, later and elsewhere.
    let moved = events.into_iter().step_by(41).map(|event| Event { camera_id: "cam-9".into(), ..event });
    store.upsert("acme", moved.collect()).await.unwrap();
}

async fn embed(store: &EmbeddedEventStore) {
    let waiting = store.unembedded(10_000).await.unwrap().into_iter();
    let vector = |text: &str| {
        let mut vector: Vec<f32> = vec![0.1; DIMENSIONS];
        text.bytes().enumerate().for_each(|(n, byte)| vector[n % DIMENSIONS] += f32::from(byte % 16) - 7.0);
        vector
    };
    store.store_vectors(waiting.map(|one| (one.key, vector(&one.text))).collect()).await.unwrap();
}

/// What can be asked, in one string.
async fn answers(store: &EmbeddedEventStore) -> String {
    use GroupBy::{Camera, Day, EventType, HourOfWeek, Label, Zone};
    let narrow = Scope { tenant: "acme".into(), cameras: CameraScope::matching(&["cam-[12]"]).unwrap() };
    let mut answers = String::new();
    for scope in [Scope::tenant("acme"), Scope::tenant("other"), narrow] {
        for group_by in [vec![Camera, Label], vec![EventType, Zone], vec![Day], vec![HourOfWeek], vec![]] {
            let timezone = TimeZone::get("Europe/Berlin").unwrap();
            let filter = EventFilter { min_confidence: Some(0.2), ..EventFilter::default() };
            let request = CountRequest { filter, words: Some("red".into()), group_by, timezone };
            answers += &format!("{:?}\n", store.count(&scope, &request).await.unwrap());
            let request = CountRequest { words: None, ..request };
            answers += &format!("{:?}\n", store.count(&scope, &request).await.unwrap());
        }
        for order in [Order::OldestFirst, Order::NewestFirst, Order::Relevance] {
            for words in [None, Some("red ladder"), Some("number17")] {
                for vector in [None, Some([0.5; DIMENSIONS].as_slice().into())] {
                    let request = SearchRequest {
                        filter: EventFilter::default(),
                        words: words.map(str::to_owned),
                        vector,
                        order,
                        limit: 50,
                        cursor: None,
                    };
                    let page = store.search(&scope, &request).await.unwrap();
                    let mut hits: Vec<_> = page.hits.iter().map(|hit| hit.event.event_id.as_str()).collect();
                    if order == Order::Relevance && words.is_some() {
                        // Replaced texts count in word frequencies until the index is merged, so
                        // that neighbours of nearly the same score may change places.
                        hits.truncate(1);
                    }
                    answers += &format!("{order:?} {words:?} {hits:?}\n");
                }
            }
        }
        answers += &format!("{:?}\n", store.vocabulary(&scope).await.unwrap());
    }
    answers + &format!("{:?}", store.health().await.unwrap())
}

#[tokio::test]
async fn a_closed_store_answers_as_before_when_it_is_opened_again() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    embed(&store).await;
    let before = answers(&store).await;
    assert!(before.contains("unembedded: 0"));
    store.close();
    assert_eq!(answers(&store).await, before, "reads go on after closing");
    let error = store.upsert("acme", site()).await.unwrap_err();
    assert_eq!(error.code, "SEARCH_UNAVAILABLE");
    drop(store);
    assert_eq!(answers(&open(folder.path()).unwrap()).await, before);
}

#[tokio::test]
async fn a_killed_store_answers_as_before_when_it_is_opened_again() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    embed(&store).await;
    let before = answers(&store).await;
    // Dropped without being closed, it leaves its files as they are.
    drop(store);
    let store = open(folder.path()).unwrap();
    assert_eq!(answers(&store).await, before);
    store.close();
    drop(store);
    // What was written after the snapshot and the last commit of the index is caught up with.
    let store = open(folder.path()).unwrap();
    let late = Event { event_id: "late".into(), description: Some("red late".into()), ..site().remove(0) };
    store.upsert("acme", vec![late]).await.unwrap();
    embed(&store).await;
    let before = answers(&store).await;
    drop(store);
    assert_eq!(answers(&open(folder.path()).unwrap()).await, before);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn spoil_all(folder: &Path) {
    for file in files(folder) {
        spoil(&file);
    }
}

fn spoil(path: &Path) {
    let mut content = fs::read(path).unwrap();
    let middle = content.len() / 2;
    content.truncate(content.len() - content.len() / 8);
    if let Some(byte) = content.get_mut(middle) {
        *byte ^= 0x55;
    }
    fs::write(path, content).unwrap();
}

#[tokio::test]
async fn whatever_is_derived_can_be_deleted_or_damaged() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    embed(&store).await;
    let before = answers(&store).await;
    store.close();
    drop(store);
    let derived = ["columns.snapshot", "text", "vectors"].map(|name| folder.path().join(name));
    for path in &derived {
        let harms: [fn(&Path); 2] = [
            |path| {
                if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
            },
            |path| if path.is_dir() { spoil_all(path) } else { spoil(path) },
        ];
        for harm in harms {
            harm(path);
            let store = open(folder.path()).unwrap();
            if path.ends_with("vectors") {
                // Damage shows at the latest when a vector is compared; then it is asked for again.
                answers(&store).await;
                embed(&store).await;
            }
            assert_eq!(answers(&store).await, before, "{}", path.display());
            store.close();
        }
    }
}

#[tokio::test]
async fn each_damaged_file_of_the_text_index_alone_is_noticed() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    let before = answers(&store).await;
    store.close();
    drop(store);
    for file in files(&folder.path().join("text")) {
        if file.extension().is_some_and(|extension| extension != "lock") && file.exists() {
            spoil(&file);
            let store = open(folder.path()).unwrap();
            assert_eq!(answers(&store).await, before, "{}", file.display());
            store.close();
        }
    }
}

#[tokio::test]
async fn vectors_of_another_model_are_made_again() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    embed(&store).await;
    drop(store);
    let space = VectorSpace { model: "another".into(), dimensions: DIMENSIONS };
    let other = EventStoreOptions { vectors: Some(space), ..options() };
    let store = EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), other).unwrap();
    let health = store.health().await.unwrap();
    assert_eq!(health.unembedded, health.events);
}

#[tokio::test]
async fn another_gap_makes_other_visits_of_the_same_events() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    store.close();
    drop(store);
    let whole = EventStoreOptions { visit_gap: Duration::MAX, ..options() };
    let store = EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), whole).unwrap();
    let filter = EventFilter { event_types: vec!["person_detected".into()], ..EventFilter::default() };
    let request = CountRequest { filter, words: None, group_by: vec![], timezone: TimeZone::UTC };
    let other = store.count(&Scope::tenant("other"), &request).await.unwrap();
    drop(store);
    let store = open(folder.path()).unwrap();
    let usual = store.count(&Scope::tenant("other"), &request).await.unwrap();
    assert!(other.totals.events == usual.totals.events && other.totals.visits < usual.totals.visits);
}

#[tokio::test]
async fn a_damaged_database_is_refused_at_start() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    store.close();
    drop(store);
    let path = folder.path().join("events.db");
    let sound = fs::read(&path).unwrap();
    let mut headless = sound.clone();
    headless[..16].fill(b'?');
    for damaged in [&sound[..sound.len() / 2], &headless, b"short", b""] {
        fs::write(&path, damaged).unwrap();
        let error = open(folder.path()).err().expect("refused");
        assert_eq!((error.kind, error.code), (ErrorKind::Internal, "DATA_DAMAGED"));
    }
    fs::remove_file(&path).unwrap();
    let error = open(folder.path()).err().expect("refused");
    assert!(error.code == "DATA_DAMAGED" && error.message.contains("begin with no events"), "{error}");
    fs::write(&path, sound).unwrap();
    open(folder.path()).unwrap();
}

#[tokio::test]
async fn a_damaged_event_is_never_answered_with() {
    let (store, folder) = fresh().await;
    fill(&store).await;
    store.close();
    drop(store);
    let path = folder.path().join("events.db");
    let mut content = fs::read(&path).unwrap();
    let text = b"number17\"";
    let found: Vec<usize> =
        (0..content.len() - text.len()).filter(|at| content[*at..].starts_with(text)).collect();
    assert!(!found.is_empty());
    for at in found {
        content[at] = b'N';
    }
    fs::write(&path, content).unwrap();
    let store = open(folder.path()).unwrap();
    let error = store.get(&Scope::tenant("acme"), &["e17".to_owned()]).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Internal, "DATA_DAMAGED"));
    // Sent again, it is whole again.
    store.upsert("acme", vec![site().remove(17)]).await.unwrap();
    assert_eq!(store.get(&Scope::tenant("acme"), &["e17".to_owned()]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    let (store, folder) = fresh().await;
    store.close();
    drop(store);
    let path = folder.path().join("events.db");
    let mut content = fs::read(&path).unwrap();
    // `user_version` of the file's header, big endian.
    content[60..64].copy_from_slice(&99_u32.to_be_bytes());
    fs::write(&path, content).unwrap();
    assert_eq!(open(folder.path()).err().expect("refused").code, "DATA_TOO_NEW");
}
