//! Events in Weaviate, over REST and GraphQL: filters, exact counts, ranking by words and by meaning, a
//! tenant of the collection for every tenant of a token. What the collection looks like, and where this
//! store differs from the embedded one, is in `docs/adr/0008`.
//!
//! Scope is a part of every query. An answer with errors beside its data is an error, never "no events".

mod client;
mod count;
mod directory;
mod failure;
mod filter;
mod graphql;
mod migration;
mod objects;
mod options;
mod ranking;
mod rows;
mod schema;
mod search;
mod store;
mod transfer;
mod upsert;
mod vectors;
mod visits;
mod vocabulary;

use std::sync::Arc;

use async_trait::async_trait;
use eps_domain::{
    Event, Result, Scope,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
};

pub use self::options::{Consistency, WeaviateOptions};
use self::store::Store;

/// The event store of several machines.
pub struct WeaviateEventStore {
    store: Store,
}

impl WeaviateEventStore {
    /// A store over a server, which need not answer yet: nothing is sent before the first call.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(options: WeaviateOptions) -> Result<Self> {
        Store::new(options).map(|store| Self { store })
    }

    /// Makes or migrates the collections. Every call does so until it has succeeded once; a start asks
    /// for it to say at once what is wrong.
    ///
    /// # Errors
    /// `Conflict` when the collections are of a newer program or of other settings; what the port says.
    pub async fn prepare(&self) -> Result<()> {
        self.store.prepare().await
    }
}

#[async_trait]
impl EventStore for WeaviateEventStore {
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        self.store.ready().await?;
        self.store.upsert(tenant, events).await
    }

    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        self.store.ready().await?;
        self.store.get(scope, event_ids).await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        self.store.ready().await?;
        self.store.search(scope, request).await
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        self.store.ready().await?;
        self.store.count(scope, request).await
    }

    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        self.store.ready().await?;
        self.store.exists(scope, filter, words).await
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        self.store.ready().await?;
        self.store.vocabulary(scope).await
    }

    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        self.store.ready().await?;
        self.store.unembedded(limit).await
    }

    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        self.store.ready().await?;
        self.store.store_vectors(vectors).await
    }

    async fn health(&self) -> Result<EventStoreHealth> {
        self.store.ready().await?;
        self.store.health().await
    }
}
