//! Stand-ins until the adapters land; never shipped.
use async_trait::async_trait;
use eps_domain::{clip::*, event_store::*, *};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
pub(super) struct Pending;
#[async_trait]
impl EventStore for Pending {
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "pending"))
    }
    async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "pending"))
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "pending"))
    }
    async fn count(&self, _: &Scope, _: &CountRequest) -> Result<Count> {
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "pending"))
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        Ok(Arc::default())
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        Ok(Vec::new())
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        Ok(())
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        Ok(EventStoreHealth { writable: true, ..Default::default() })
    }
}
#[async_trait]
impl ClipSource for Pending {
    async fn status(&self, events: &[Event], _: Duration, _: Timestamp) -> Result<Vec<ClipStatus>> {
        Ok(events.iter().map(|_| ClipStatus { clip: ClipState::Unavailable, has_thumbnail: false }).collect())
    }
    async fn open(&self, _: &Event, _: MediaKind) -> Result<Option<MediaFile>> {
        Ok(None)
    }
}
