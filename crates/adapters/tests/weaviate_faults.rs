//! A real Weaviate behind a wire that is cut or that holds answers back: a caller hears of it in time, and
//! never that there were no events.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use eps_adapters::{
    guard::GuardedEventStore,
    weaviate::{WeaviateEventStore, WeaviateOptions},
};
use eps_domain::{
    Error, Event, EventDraft, Result, Scope,
    event_store::{Count, CountRequest, EventFilter, EventStore, GroupBy, Order, SearchRequest, Totals},
};
use eps_testkit::servers::weaviate::{API_KEY, WeaviateServer};
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Bytes of answers that pass on each connection: all, none (they are held back), or so many before a cut.
const ALL: usize = usize::MAX;
const NONE: usize = 0;
/// How long the store waits for a read.
const DEADLINE: Duration = Duration::from_millis(400);

/// A wire to a server.
struct Wire {
    port: u16,
    passing: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

impl Wire {
    async fn to(server: &WeaviateServer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let passing = Arc::new(AtomicUsize::new(ALL));
        let mut task = JoinSet::new();
        task.spawn(accept(listener, server.port(), Arc::clone(&passing)));
        Self { port, passing, _task: task }
    }

    fn let_pass(&self, bytes: usize) {
        self.passing.store(bytes, Ordering::SeqCst);
    }
}

async fn accept(listener: TcpListener, port: u16, passing: Arc<AtomicUsize>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(carry(near, port, Arc::clone(&passing)));
        while connections.try_join_next().is_some() {}
    }
}

async fn carry(near: TcpStream, port: u16, passing: Arc<AtomicUsize>) {
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let there = async move { tokio::io::copy(&mut near_in, &mut far_out).await };
    let back = async move {
        let mut buffer = vec![0; 4_096];
        let mut passed = 0;
        while let Ok(read @ 1..) = far_in.read(&mut buffer).await {
            let allowed = passing.load(Ordering::SeqCst);
            if allowed == NONE {
                std::future::pending::<()>().await;
            }
            let room = allowed.saturating_sub(passed).min(read);
            passed = if allowed == ALL { 0 } else { passed + room };
            if near_out.write_all(&buffer[..room]).await.is_err() || room < read {
                return;
            }
        }
    };
    tokio::select! { _ = there => {} () = back => {} }
}

fn event(id: &str, time: &str) -> Event {
    let draft = json!({"event_id": id, "timestamp": time, "camera_id": "dock-1", "event_type": "person_detected",
        "label": "person", "description": "a man with a ladder"});
    serde_json::from_value::<EventDraft>(draft).unwrap().validate(|_| TimeZone::UTC).unwrap()
}

fn scope() -> Scope {
    Scope::tenant("acme")
}

async fn count(store: &WeaviateEventStore) -> Result<Count> {
    let (filter, group_by) = (EventFilter::default(), vec![GroupBy::Camera, GroupBy::Hour]);
    let request = CountRequest { filter, words: None, group_by, timezone: TimeZone::UTC };
    store.count(&scope(), &request).await
}

async fn find(store: &WeaviateEventStore) -> Result<usize> {
    let words = Some("ladder".to_owned());
    let (filter, order) = (EventFilter::default(), Order::Relevance);
    let request = SearchRequest { filter, words, vector: None, order, limit: 5, cursor: None };
    store.search(&scope(), &request).await.map(|page| page.hits.len())
}

/// Everything that reads, each with whether it said the truth.
async fn reads(store: &WeaviateEventStore) -> Vec<Result<bool>> {
    let two = Totals { events: 2, visits: 2 };
    vec![
        count(store).await.map(|count| count.totals == two && count.groups.len() == 2),
        find(store).await.map(|found| found == 2),
        store.get(&scope(), &["a".to_owned(), "b".to_owned()]).await.map(|events| events.len() == 2),
        store.vocabulary(&scope()).await.map(|words| words.cameras.len() == 1 && words.labels.len() == 1),
        store.health().await.map(|health| health.events == 2),
    ]
}

fn is_told(error: &Error) -> bool {
    error.code == "SEARCH_UNAVAILABLE" && !error.to_string().contains(API_KEY)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wire_that_is_cut_or_slow_is_an_error_in_time_and_never_no_events() {
    let Some(server) = WeaviateServer::start() else { return };
    let wire = Wire::to(&server).await;
    let options = || WeaviateOptions {
        api_key: Some(API_KEY.into()),
        read_timeout: DEADLINE,
        write_timeout: DEADLINE,
        ..WeaviateOptions::new(format!("http://127.0.0.1:{}", wire.port))
    };
    let patient = Duration::from_secs(30);
    let store = WeaviateEventStore::new(WeaviateOptions {
        read_timeout: patient,
        write_timeout: patient,
        ..options()
    });
    let events = vec![event("a", "2026-05-13T12:00:00Z"), event("b", "2026-05-13T14:00:00Z")];
    store.unwrap().upsert("acme", events).await.unwrap();

    // Cut anywhere, in a head or in a body, an answer is the truth or an error.
    for bytes in [1, 60, 150, 200, 260, 400, 700, 1_500] {
        wire.let_pass(bytes);
        let store = WeaviateEventStore::new(options()).unwrap();
        for read in reads(&store).await {
            assert!(read.as_ref().map_or_else(is_told, |is_true| *is_true), "{bytes}: {read:?}");
        }
    }
    // Held back, it is an error when the deadline is over.
    wire.let_pass(ALL);
    let store = WeaviateEventStore::new(options()).unwrap();
    assert!(reads(&store).await.iter().all(|read| matches!(read, Ok(true))));
    wire.let_pass(NONE);
    for question in 0..2 {
        let begun = Instant::now();
        let told = if question == 0 { count(&store).await.map(drop) } else { find(&store).await.map(drop) };
        assert!(is_told(&told.unwrap_err()));
        assert!(begun.elapsed() < 3 * DEADLINE, "{:?}", begun.elapsed());
    }
    // Who has waited that long does not wait again.
    let guarded = GuardedEventStore::new("events", Arc::new(WeaviateEventStore::new(options()).unwrap()));
    let begun = Instant::now();
    let late = guarded.get(&scope(), &["a".to_owned()]).await.unwrap_err();
    assert!(is_told(&late) && begun.elapsed() < 2 * DEADLINE, "{:?}", begun.elapsed());
    let refused = store.upsert("acme", vec![event("c", "2026-05-13T15:00:00Z")]).await.unwrap_err();
    assert!(is_told(&refused));
    // Mended, everything is there, and what was refused can be sent again.
    wire.let_pass(ALL);
    assert!(reads(&store).await.iter().all(|read| matches!(read, Ok(true))));
    store.upsert("acme", vec![event("c", "2026-05-13T15:00:00Z")]).await.unwrap();
    assert_eq!(count(&store).await.unwrap().totals, Totals { events: 3, visits: 3 });
}
