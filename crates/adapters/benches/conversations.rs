//! Durable turns: writers that each wait for their turn to be on the disk before the next, and reads of
//! the latest messages. `cargo bench -p eps-adapters --bench conversations`; items a second are turns.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use divan::{Bencher, counter::ItemsCount};
use eps_adapters::embedded::{DataDir, EmbeddedConversationStore};
use eps_domain::{
    Owner,
    conversation::{ConversationStore, Retention},
};
use eps_testkit::contract::conversation_store::turn;
use jiff::Timestamp;
use tokio::{runtime::Runtime, task::JoinSet};

const RETENTION: Retention = Retention {
    conversation: Duration::from_hours(7 * 24),
    message: Duration::from_hours(720),
    messages_max: 50,
};
/// Turns that each writer stores in one round.
const TURNS: usize = 100;
/// No turn is stored twice, for that would cost nothing.
static NEXT_TURN: AtomicU64 = AtomicU64::new(0);

fn main() {
    divan::main();
}

fn owner(writer: usize) -> Owner {
    Owner { tenant: "acme".into(), subject: format!("caller-{writer}").into() }
}

fn open() -> (tempfile::TempDir, Runtime, Arc<EmbeddedConversationStore>) {
    // Beside the build, not in /tmp, which may be no disk at all.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = EmbeddedConversationStore::open(&DataDir::open(folder.path()).unwrap()).unwrap();
    (folder, Runtime::new().unwrap(), Arc::new(store))
}

async fn round(store: &Arc<EmbeddedConversationStore>, writers: usize, turns: usize) {
    let mut tasks = JoinSet::new();
    for writer in 0..writers {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let (owner, at) = (owner(writer), Timestamp::UNIX_EPOCH);
            for n in 0..turns {
                // A conversation of its own for every ten turns.
                let id = format!("{writer}-{}", n / 10);
                let turn = turn(&NEXT_TURN.fetch_add(1, Relaxed).to_string(), "who was there?", at);
                store.append_turn(&owner, &id, turn, true, RETENTION).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[divan::bench(args = [1, 8, 64, 256], sample_count = 5, sample_size = 1)]
fn durable_turns(bencher: Bencher<'_, '_>, writers: usize) {
    let (_folder, runtime, store) = open();
    let turns = if writers == 1 { TURNS } else { TURNS * 2 };
    bencher
        .counter(ItemsCount::new(writers * turns))
        .bench(|| runtime.block_on(round(&store, writers, turns)));
}

#[divan::bench(args = [6, 50], sample_count = 500, sample_size = 1)]
fn latest_messages(bencher: Bencher<'_, '_>, messages: usize) {
    let (_folder, runtime, store) = open();
    let (owner, at) = (owner(0), Timestamp::UNIX_EPOCH);
    runtime.block_on(async {
        for n in 0..25 {
            let turn = turn(&n.to_string(), "who was there?", at);
            store.append_turn(&owner, "read", turn, true, RETENTION).await.unwrap();
        }
    });
    bencher.bench(|| runtime.block_on(store.latest(&owner, "read", messages, at)).unwrap().unwrap());
}
