//! The two event stores side by side: how fast events go in, and how long the questions take of which turns
//! are made. `EVENTS=100000 cargo run --release -p eps-adapters --example event-stores`; needs Weaviate
//! (`scripts/setup services`). Prints one table; judges nothing.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "its result is the table")]

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use eps_adapters::{
    embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace},
    weaviate::{WeaviateEventStore, WeaviateOptions},
};
use eps_domain::{
    CameraScope, Event, EventDraft, Period, Scope,
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, Order, SearchRequest},
};
use eps_testkit::servers::weaviate::{API_KEY, WeaviateServer};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

const BATCH: usize = 1_000;
const CAMERAS: usize = 40;
const DIMENSIONS: usize = 384;
/// Events that get a vector.
const EMBEDDED: usize = 2_000;
/// How often each question is asked; the median is shown.
const RUNS: usize = 15;
const START: &str = "2026-03-01T00:00:00Z";

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn event(number: usize, random: &mut fastrand::Rng) -> Event {
    let words = ["red", "car", "fence", "ladder", "man", "walks", "truck", "door", "box", "night", "dog"];
    let mut pick = || words[random.usize(..words.len())];
    let description = format!("{} {} {} {}", pick(), pick(), pick(), pick());
    let event_type = ["person_detected", "vehicle_parked"][number % 2];
    let label = ["person", "vehicle"][number % 2];
    let zone = ["ramp", "door", "yard"][random.usize(..3)];
    let draft = json!({
        "event_id": format!("e{number}"),
        "timestamp": (start() + SignedDuration::from_secs(30 * number as i64)).to_string(),
        "camera_id": format!("cam-{}", random.usize(..CAMERAS)),
        "event_type": event_type,
        "label": label,
        "confidence": random.f64(),
        "description": description,
        "zones": [zone],
    });
    serde_json::from_value::<EventDraft>(draft).unwrap().validate(|_| TimeZone::UTC).unwrap()
}

fn unit(random: &mut fastrand::Rng) -> Vec<f32> {
    let vector: Vec<f32> = (0..DIMENSIONS).map(|_| random.f32() - 0.5).collect();
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    vector.iter().map(|value| value / length).collect()
}

async fn median<T>(mut ask: impl AsyncFnMut() -> T) -> Duration {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let begun = Instant::now();
        ask().await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times[RUNS / 2]
}

fn counting(filter: EventFilter, words: Option<&str>, group_by: &[GroupBy]) -> CountRequest {
    let timezone = TimeZone::get("Europe/Berlin").unwrap();
    CountRequest { filter, words: words.map(str::to_owned), group_by: group_by.to_vec(), timezone }
}

async fn rate(what: usize, work: impl Future<Output = ()>) -> f64 {
    let begun = Instant::now();
    work.await;
    what as f64 / begun.elapsed().as_secs_f64()
}

async fn figures(store: &dyn EventStore, events: &[Event]) -> Vec<(&'static str, String)> {
    let whole = Scope::tenant("acme");
    let narrow = Scope { tenant: "acme".into(), cameras: CameraScope::matching(&["cam-1*"]).unwrap() };
    let mut random = fastrand::Rng::with_seed(9);
    let stored = rate(events.len(), async {
        for batch in events.chunks(BATCH) {
            store.upsert("acme", batch.to_vec()).await.unwrap();
        }
    });
    let mut table = vec![("events a second, 1,000 a call", format!("{:.0}", stored.await))];
    let waiting = store.unembedded(EMBEDDED).await.unwrap();
    let vectors: Vec<_> = waiting.iter().map(|one| (one.key, unit(&mut random))).collect();
    let stored = rate(vectors.len(), async { store.store_vectors(vectors).await.unwrap() }).await;
    table.push(("vectors a second", format!("{stored:.0}")));
    let mut show = |name, time: Duration| table.push((name, format!("{:.1} ms", time.as_secs_f64() * 1e3)));
    let day = start() + SignedDuration::from_hours(48);
    let day = Period::new(day, day + SignedDuration::from_hours(24));
    let of_day = EventFilter { periods: vec![day.clone()], ..EventFilter::default() };
    let people = EventFilter { labels: vec!["person".into()], ..EventFilter::default() };
    for (name, scope, request) in [
        ("count of all", &whole, counting(EventFilter::default(), None, &[])),
        ("count of half of all", &whole, counting(people, None, &[])),
        ("count of a day by camera", &whole, counting(of_day.clone(), None, &[GroupBy::Camera])),
        ("count of a day by hour", &whole, counting(of_day.clone(), None, &[GroupBy::Hour])),
        ("count of all by camera", &whole, counting(EventFilter::default(), None, &[GroupBy::Camera])),
        (
            "count of all by label and day",
            &whole,
            counting(EventFilter::default(), None, &[GroupBy::Label, GroupBy::Day]),
        ),
        ("count by words", &whole, counting(EventFilter::default(), Some("red ladder"), &[])),
        ("count of a day, some cameras", &narrow, counting(of_day.clone(), None, &[])),
    ] {
        show(name, median(async || store.count(scope, &request).await.unwrap()).await);
    }
    let search = |words: Option<&str>, filter: EventFilter, order: Order| SearchRequest {
        filter,
        words: words.map(str::to_owned),
        vector: None,
        order,
        limit: 5,
        cursor: None,
    };
    let all = EventFilter::default;
    let near = SearchRequest {
        vector: Some(Arc::from(unit(&mut random))),
        ..search(Some("red ladder"), all(), Order::Relevance)
    };
    for (name, scope, request) in [
        ("latest five", &whole, search(None, all(), Order::NewestFirst)),
        ("latest five of a day", &whole, search(None, of_day, Order::NewestFirst)),
        ("best five by words", &whole, search(Some("red ladder"), all(), Order::Relevance)),
        ("best five by words, some cameras", &narrow, search(Some("red ladder"), all(), Order::Relevance)),
        ("best five by words and meaning", &whole, near),
    ] {
        show(name, median(async || store.search(scope, &request).await.unwrap()).await);
    }
    show("vocabulary, nothing new", median(async || store.vocabulary(&whole).await.unwrap()).await);
    let mut next = events.len();
    let one = median(async || {
        next += 1;
        store.upsert("acme", vec![event(next, &mut fastrand::Rng::with_seed(next as u64))]).await.unwrap();
    });
    show("one event stored", one.await);
    let fresh = median(async || {
        next += 1;
        store.upsert("acme", vec![event(next, &mut fastrand::Rng::with_seed(next as u64))]).await.unwrap();
        store.vocabulary(&whole).await.unwrap()
    });
    show("one event stored, then the vocabulary", fresh.await);
    table
}

#[tokio::main]
async fn main() {
    let count = std::env::var("EVENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut random = fastrand::Rng::with_seed(7);
    let events: Vec<Event> = (0..count).map(|number| event(number, &mut random)).collect();
    let vectors = Some(VectorSpace { model: "figures".into(), dimensions: DIMENSIONS });
    let folder = tempfile::tempdir().unwrap();
    let options = EventStoreOptions { vectors: vectors.clone(), ..EventStoreOptions::default() };
    let embedded = EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), options).unwrap();
    let here = figures(&embedded, &events).await;
    let Some(server) = WeaviateServer::start() else { return };
    let options =
        WeaviateOptions { api_key: Some(API_KEY.into()), vectors, ..WeaviateOptions::new(server.url()) };
    let there = figures(&WeaviateEventStore::new(options).unwrap(), &events).await;
    println!("| {count} events, {CAMERAS} cameras | embedded | Weaviate |\n| --- | --- | --- |");
    for ((name, here), (_, there)) in here.into_iter().zip(there) {
        println!("| {name} | {here} | {there} |");
    }
}
