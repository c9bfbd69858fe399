//! The event store over Weaviate keeps the promises of its port, over a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use eps_adapters::{
    embedded::VectorSpace,
    weaviate::{WeaviateEventStore, WeaviateOptions},
};
use eps_testkit::{
    contract::event_store::{DIMENSIONS, VISIT_GAP_SECONDS},
    servers::weaviate::{API_KEY, WeaviateServer},
};

/// Settings for a collection of its own.
fn options(server: &WeaviateServer) -> WeaviateOptions {
    static COLLECTIONS: AtomicUsize = AtomicUsize::new(0);
    WeaviateOptions {
        api_key: Some(API_KEY.into()),
        collection: format!("Suite{}", COLLECTIONS.fetch_add(1, Ordering::Relaxed)),
        visit_gap: Duration::from_secs(VISIT_GAP_SECONDS),
        vectors: Some(VectorSpace { model: "suite".into(), dimensions: DIMENSIONS }),
        ..WeaviateOptions::new(server.url())
    }
}

fn fresh() -> Option<(WeaviateEventStore, Arc<WeaviateServer>)> {
    let server = WeaviateServer::shared()?;
    Some((WeaviateEventStore::new(options(&server)).unwrap(), server))
}

mod contract {
    eps_testkit::event_store_contract!(optional super::fresh);
}
