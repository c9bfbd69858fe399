//! Where events are kept when they are shared by several copies of the service.

use std::sync::Arc;

use eps_adapters::{
    embedded::VectorSpace,
    guard::GuardedEventStore,
    weaviate::{WeaviateEventStore, WeaviateOptions},
};
use eps_domain::{ErrorKind, event_store::EventStore};

use crate::{config::Config, failure::Failure};

/// Weaviate, when it is set. It need not be there yet: until it is, requests that need events are refused,
/// and nothing has to be started again when it comes.
///
/// # Errors
/// Collections of other settings (78) or of a newer program (74).
pub(super) async fn weaviate(
    config: &Config,
    vectors: Option<VectorSpace>,
) -> Result<Option<Arc<dyn EventStore>>, Failure> {
    let Some(settings) = config.storage.weaviate.clone() else { return Ok(None) };
    let store = WeaviateEventStore::new(WeaviateOptions {
        api_key: settings.api_key,
        collection: settings.collection,
        replication_factor: settings.replication_factor,
        consistency: settings.consistency,
        read_timeout: settings.timeout,
        visit_gap: config.search.visit_gap,
        vectors,
        ..WeaviateOptions::new(settings.url)
    })?;
    match store.prepare().await {
        Ok(()) => tracing::info!("events are kept in Weaviate"),
        Err(error) if error.code == "SETTINGS_CONFLICT" => {
            return Err(Failure::new(Failure::CONFIG, error.message));
        }
        Err(error) if error.kind == ErrorKind::Conflict => return Err(error.into()),
        Err(error) => tracing::error!(
            error = &error as &dyn std::error::Error,
            "events cannot be read or written until Weaviate answers; it is asked again with every request"
        ),
    }
    Ok(Some(Arc::new(GuardedEventStore::new("events", Arc::new(store)))))
}
