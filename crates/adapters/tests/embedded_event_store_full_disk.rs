//! Storage that takes no more: writes are refused, reads go on, and it recovers by itself. A limit on
//! the size of files stands for the full disk; it applies to a whole process, hence one of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions};
use eps_domain::{
    ErrorKind, Event, EventDraft, Scope,
    event_store::{CountRequest, EventFilter, EventStore},
};
use jiff::tz::TimeZone;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

const CHILD: &str = "FULL_DISK_CHILD";

fn batch(number: u64) -> Vec<Event> {
    let event = |n: u64| {
        let draft = json!({"event_id": format!("{number}-{n}"), "timestamp": "2026-05-13T12:00:00Z",
            "camera_id": "dock-1", "event_type": "person_detected", "description": "word ".repeat(400)});
        let draft: EventDraft = serde_json::from_value(draft).unwrap();
        draft.validate(|_| TimeZone::UTC).unwrap()
    };
    (0..50).map(event).collect()
}

#[test]
fn a_full_disk_refuses_writes_answers_reads_and_recovers() {
    if std::env::var_os(CHILD).is_none() {
        // The signal that a write past the limit raises is ignored, as a full disk raises none.
        let script = "trap '' XFSZ; ulimit -S -f 4096; exec \"$0\" --nocapture";
        let status = Command::new("sh")
            .args(["-c", script])
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, "1")
            .status()
            .unwrap();
        assert!(status.success());
        return;
    }
    tokio::runtime::Runtime::new().unwrap().block_on(fill_and_recover());
}

async fn fill_and_recover() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default())
            .unwrap();
    let scope = Scope::tenant("acme");
    let everything = CountRequest {
        filter: EventFilter::default(),
        words: None,
        group_by: vec![],
        timezone: TimeZone::UTC,
    };
    let mut stored = 0;
    let error = loop {
        assert!(stored < 100, "two megabytes were never full");
        match store.upsert("acme", batch(stored)).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "STORAGE_FULL"));
    assert!(!store.health().await.unwrap().writable);
    let counted = store.count(&scope, &everything).await.unwrap().totals.events;
    assert_eq!(counted, stored * 50, "what was refused is not counted");
    assert_eq!(store.get(&scope, &["0-0".to_owned()]).await.unwrap().len(), 1);
    let limit = getrlimit(Resource::Fsize);
    setrlimit(Resource::Fsize, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    store.upsert("acme", batch(stored)).await.unwrap();
    assert!(store.health().await.unwrap().writable);
    drop(store);
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default())
            .unwrap();
    let with_words = CountRequest { words: Some("words".into()), ..everything };
    assert_eq!(store.count(&scope, &with_words).await.unwrap().totals.events, (stored + 1) * 50);
}
