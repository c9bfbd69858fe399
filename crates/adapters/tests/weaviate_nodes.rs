//! Events on three nodes of Weaviate, a copy on each: the same answers whichever node is asked, and what goes on
//! when one of them is gone.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use eps_adapters::weaviate::{Consistency, WeaviateEventStore, WeaviateOptions};
use eps_domain::{
    Event, EventDraft, Result, Scope,
    event_store::{Count, CountRequest, EventFilter, EventStore as _, GroupBy, Order, SearchRequest},
};
use eps_testkit::servers::weaviate::{API_KEY, WeaviateServer};
use jiff::tz::TimeZone;
use serde_json::json;

const NODES: u32 = 3;
/// How long nodes may take to agree after one has gone or come back.
const PATIENCE: Duration = Duration::from_mins(1);

fn store(node: &WeaviateServer, consistency: Consistency) -> WeaviateEventStore {
    let options = WeaviateOptions {
        api_key: Some(API_KEY.into()),
        replication_factor: NODES,
        consistency,
        ..WeaviateOptions::new(node.url())
    };
    WeaviateEventStore::new(options).unwrap()
}

/// Events of five cameras, a minute apart.
fn events(numbers: std::ops::Range<usize>) -> Vec<Event> {
    let event = |n: usize| {
        let draft = json!({
            "event_id": format!("e{n}"),
            "timestamp": format!("2026-05-13T{:02}:{:02}:00Z", 8 + n / 60, n % 60),
            "camera_id": format!("cam-{}", n % 5),
            "event_type": "person_detected",
            "label": "person",
            "description": "a man with a ladder",
        });
        serde_json::from_value::<EventDraft>(draft).unwrap().validate(|_| TimeZone::UTC).unwrap()
    };
    numbers.map(event).collect()
}

async fn count(store: &WeaviateEventStore) -> Result<Count> {
    let (filter, group_by) = (EventFilter::default(), vec![GroupBy::Camera]);
    let request =
        CountRequest { filter, words: Some("ladder".to_owned()), group_by, timezone: TimeZone::UTC };
    store.count(&Scope::tenant("acme"), &request).await
}

async fn newest(store: &WeaviateEventStore) -> Result<Vec<String>> {
    let request = SearchRequest {
        filter: EventFilter::default(),
        words: None,
        vector: None,
        order: Order::NewestFirst,
        limit: 10,
        cursor: None,
    };
    let page = store.search(&Scope::tenant("acme"), &request).await?;
    Ok(page.hits.into_iter().map(|hit| hit.event.event_id).collect())
}

/// Tries until it is so: nodes hear of each other's end and return in their own time.
async fn eventually<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = attempt().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_node_answers_alike_and_one_can_go() {
    let Some(nodes) = tokio::task::block_in_place(|| WeaviateServer::nodes(NODES as usize)) else { return };
    let all: Vec<_> = nodes.iter().map(|node| store(node, Consistency::All)).collect();
    all[0].upsert("acme", events(0..100)).await.unwrap();
    let told = (count(&all[0]).await.unwrap(), newest(&all[0]).await.unwrap());
    assert_eq!((told.0.totals.events, told.0.groups.len(), &*told.1[0]), (100, 5, "e99"));
    for other in &all[1..] {
        assert_eq!((count(other).await.unwrap(), newest(other).await.unwrap()), told);
    }

    // Without a node nothing is written to all of them, which is said, and everything is still read.
    nodes[2].stop();
    let refused = all[0].upsert("acme", events(100..101)).await.unwrap_err();
    assert_eq!(refused.code, "SEARCH_UNAVAILABLE", "{refused:?}");
    let told = eventually("two of three nodes answer", async || count(&all[0]).await.ok()).await;
    assert!((100..=101).contains(&told.totals.events), "{told:?}");

    // A majority takes what all would refuse.
    let most = store(&nodes[0], Consistency::Quorum);
    eventually("a majority writes", async || most.upsert("acme", events(100..120)).await.ok()).await;
    assert_eq!(count(&most).await.unwrap().totals.events, 120);

    // It comes back, and writes reach all again.
    tokio::task::block_in_place(|| nodes[2].resume());
    eventually("all nodes write again", async || all[0].upsert("acme", events(100..140)).await.ok()).await;
    for store in &all {
        assert_eq!(count(store).await.unwrap().totals.events, 140);
    }
}
