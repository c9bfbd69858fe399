//! The embedded event store keeps the promises of its port, and keeps them after it was closed, killed
//! or damaged.

use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace};
use eps_testkit::contract::event_store::{DIMENSIONS, VISIT_GAP_SECONDS};
use tempfile::TempDir;

fn options() -> EventStoreOptions {
    EventStoreOptions {
        visit_gap: std::time::Duration::from_secs(VISIT_GAP_SECONDS),
        vectors: Some(VectorSpace { model: "suite".into(), dimensions: DIMENSIONS }),
    }
}

async fn fresh() -> (EmbeddedEventStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), options()).unwrap();
    (store, folder)
}

eps_testkit::event_store_contract!(fresh);
