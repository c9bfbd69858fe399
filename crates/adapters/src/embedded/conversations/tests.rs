//! What the contract cannot see: the file itself, a full disk, damage, and locks that end.

use std::{fs, path::Path, sync::Arc, time::Duration};

use eps_domain::{
    ErrorKind, Owner, Result,
    conversation::{ConversationStore, Retention},
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, StoredResponse},
};
use eps_testkit::contract::conversation_store::turn;
use jiff::Timestamp;

use super::{DataDir, EmbeddedConversationStore};
use crate::turn_locks::TurnLocks;

const RETENTION: Retention = Retention {
    conversation: Duration::from_hours(168),
    message: Duration::from_hours(720),
    messages_max: 50,
};

fn open(folder: &Path) -> Result<EmbeddedConversationStore> {
    EmbeddedConversationStore::open(&DataDir::open(folder)?)
}

fn alice() -> Owner {
    Owner { tenant: "acme".into(), subject: "alice".into() }
}

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

async fn fill(store: &EmbeddedConversationStore, conversations: usize) {
    for n in 0..conversations {
        let turn = turn("t", "the SECRET-MARKER question", now());
        store.append_turn(&alice(), &format!("c{n}"), turn, true, RETENTION).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    fill(&store, 3).await;
    // A copy of the folder while the store is open is what a killed process leaves behind.
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let reopened = open(copy.path()).unwrap();
    let (heads, _) = reopened.list(&alice(), 10, None, now()).await.unwrap();
    assert_eq!(heads.len(), 3);
}

#[tokio::test]
async fn a_restart_frees_the_keys_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let key =
        IdempotencyKey { owner: alice(), route: "POST /x".into(), key: "k".into(), fingerprint: [1; 32] };
    for _ in 0..2 {
        let store = open(folder.path()).unwrap().idempotency();
        let state = store.begin(&key, Duration::from_secs(40), now()).await.unwrap();
        assert_eq!(state, IdempotencyState::Begun);
    }
}

#[tokio::test]
async fn deleted_text_has_left_the_files_when_the_deletion_returns() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    fill(&store, 1).await;
    let responses = store.idempotency();
    let key =
        IdempotencyKey { owner: alice(), route: "POST /x".into(), key: "k".into(), fingerprint: [1; 32] };
    responses.begin(&key, Duration::from_secs(40), now()).await.unwrap();
    let response = StoredResponse {
        status: 200,
        content_type: "application/json".into(),
        body: br#"{"response":"SECRET-MARKER"}"#.to_vec(),
    };
    responses.complete(&key, response, Some("c0"), now()).await.unwrap();
    // Somebody has read, and their connection stays open.
    assert!(store.latest(&alice(), "c0", 10, now()).await.unwrap().is_some());
    assert!(any_file_holds(folder.path(), b"SECRET-MARKER"));
    assert!(store.delete(&alice(), "c0").await.unwrap());
    assert!(!any_file_holds(folder.path(), b"SECRET-MARKER"));
}

#[tokio::test]
async fn what_is_past_its_time_has_left_the_files_after_the_sweep_and_the_log_is_empty_after_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    fill(&store, 1).await;
    assert_eq!(store.sweep(RETENTION, now() + RETENTION.conversation).await.unwrap(), 1);
    assert!(!any_file_holds(folder.path(), b"SECRET-MARKER"));
    fill(&store, 1).await;
    assert!(store.latest(&alice(), "c0", 10, now()).await.unwrap().is_some());
    drop(store);
    let log = folder.path().join("conversations.db-wal");
    assert!(fs::metadata(log).map_or(0, |file| file.len()) == 0);
}

#[tokio::test]
async fn responses_of_the_first_version_go_with_their_conversation_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    fill(&store, 1).await;
    drop(store);
    let path = folder.path().join("conversations.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(
        r#"DROP INDEX idempotency_by_conversation;
           ALTER TABLE idempotency DROP COLUMN conversation_id;
           PRAGMA user_version = 1;
           INSERT INTO idempotency VALUES
               ('acme', 'alice', 'POST /x', 'asked', x'01', 9e15, 200, 'json', CAST('{"conversation_id":"c0"}' AS BLOB)),
               ('acme', 'alice', 'POST /x', 'counted', x'01', 9e15, 200, 'json', CAST('{"totals":1}' AS BLOB)),
               ('acme', 'alice', 'POST /x', 'odd', x'01', 9e15, 200, 'json', x'ff');"#,
    )
    .unwrap();
    drop(old);
    let store = open(folder.path()).unwrap();
    assert!(store.delete(&alice(), "c0").await.unwrap());
    drop(store);
    let file = rusqlite::Connection::open(&path).unwrap();
    let left: Vec<String> = file
        .prepare("SELECT key FROM idempotency ORDER BY key")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(std::result::Result::unwrap)
        .collect();
    assert_eq!(left, ["counted", "odd"]);
}

fn any_file_holds(folder: &Path, marker: &[u8]) -> bool {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .any(|bytes| bytes.windows(marker.len()).any(|window| window == marker))
}

#[tokio::test]
async fn a_full_disk_refuses_writes_keeps_reads_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path()).unwrap());
    fill(&store, 20).await;
    let limit = |pages: i64| {
        let pragma = move |db: &rusqlite::Connection| {
            db.pragma_update(None, "max_page_count", pages)
                .map_err(|e| crate::embedded::sqlite::translate(e, super::UNAVAILABLE))
        };
        store.database.writer.run(pragma)
    };
    // SQLite itself says "disk full" when the file may not grow, and ends the whole transaction.
    limit(1).await.unwrap();
    let attempts = (0..200).map(|n| {
        let store = Arc::clone(&store);
        async move {
            let id = format!("full{n}");
            let turn = turn("t", &"long ".repeat(1_000), now());
            (store.append_turn(&alice(), &id, turn, true, RETENTION).await, id)
        }
    });
    let outcomes = futures::future::join_all(attempts).await;
    let mut refused = 0;
    for (outcome, id) in outcomes {
        let there = store.latest(&alice(), &id, 10, now()).await.unwrap().is_some();
        assert_eq!(there, outcome.is_ok(), "{id}");
        if let Err(error) = outcome {
            assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "STORAGE_FULL"));
            refused += 1;
        }
    }
    assert!(refused > 0);
    assert_eq!(store.list(&alice(), 200, None, now()).await.unwrap().0.len() % 200, 20 + (200 - refused));
    limit(1_000_000).await.unwrap();
    let again = store.append_turn(&alice(), "again", turn("t", "?", now()), true, RETENTION).await;
    assert!(again.is_ok());
}

#[tokio::test]
async fn damage_is_named_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conversations.db");
    drop(open(folder.path()).unwrap());
    fs::write(&path, b"this is no database, it only lies where one should be".repeat(100)).unwrap();
    let error = open(folder.path()).unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Internal, "DATA_DAMAGED"));

    fs::remove_file(&path).unwrap();
    let store = open(folder.path()).unwrap();
    fill(&store, 200).await;
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    for page in bytes.chunks_mut(4_096).skip(1) {
        page[..64].fill(0xA5);
    }
    fs::write(&path, bytes).unwrap();
    let error = match open(folder.path()) {
        Err(error) => error,
        Ok(store) => store.latest(&alice(), "c7", 10, now()).await.unwrap_err(),
    };
    assert_eq!((error.kind, error.code), (ErrorKind::Internal, "DATA_DAMAGED"));
}

#[tokio::test]
async fn a_lock_lives_only_while_someone_holds_or_awaits_it() {
    let locks = Arc::new(TurnLocks::default());
    let first = locks.acquire("c", Duration::from_secs(5)).await.unwrap();
    // One waits too long, one is cancelled while it waits; neither leaves anything behind.
    assert!(locks.acquire("c", Duration::from_millis(5)).await.is_err());
    {
        let waiting = locks.acquire("c", Duration::from_secs(5));
        tokio::pin!(waiting);
        assert!(futures::poll!(waiting.as_mut()).is_pending());
    }
    assert_eq!(locks.count(), 1);
    let others: Vec<_> = (0..50).map(|n| format!("c{n}")).collect();
    let held =
        futures::future::join_all(others.iter().map(|id| locks.acquire(id, Duration::from_secs(5)))).await;
    assert_eq!(locks.count(), 51);
    drop((held, first));
    assert_eq!(locks.count(), 0);
}
