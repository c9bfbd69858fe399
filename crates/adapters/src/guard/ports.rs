//! The ports, each method handed on and guarded as what it is: a read, a write or a check of health.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Event, Owner, Result, Scope,
    chat_model::{ChatChunk, ChatModel, ChatRequest},
    clip::{ClipSource, ClipStatus, Media, MediaRequest},
    conversation::{Conversation, ConversationHead, ConversationStore, Retention, Turn, TurnLease},
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, StoredResponse},
};
use futures::stream::BoxStream;
use jiff::Timestamp;

use super::{
    GuardedChatModel, GuardedClipSource, GuardedConversationStore, GuardedEventStore, GuardedIdempotencyStore,
};

#[async_trait]
impl EventStore for GuardedEventStore {
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        self.once(|| self.inner.upsert(tenant, events)).await
    }

    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        self.read(|| self.inner.get(scope, event_ids)).await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        self.read(|| self.inner.search(scope, request)).await
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        self.read(|| self.inner.count(scope, request)).await
    }

    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        self.read(|| self.inner.exists(scope, filter, words)).await
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        self.read(|| self.inner.vocabulary(scope)).await
    }

    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        self.once(|| self.inner.unembedded(limit)).await
    }

    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        self.once(|| self.inner.store_vectors(vectors)).await
    }

    async fn health(&self) -> Result<EventStoreHealth> {
        self.health(|| self.inner.health()).await
    }
}

// Reads of conversations are not repeated here: whether a command was done is known only to the adapter, which
// sends again what certainly was not.
#[async_trait]
impl ConversationStore for GuardedConversationStore {
    async fn begin_turn(&self, owner: &Owner, conversation_id: &str, wait: Duration) -> Result<TurnLease> {
        self.once(|| self.inner.begin_turn(owner, conversation_id, wait)).await
    }

    async fn latest(
        &self,
        owner: &Owner,
        conversation_id: &str,
        messages_max: usize,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        self.once(|| self.inner.latest(owner, conversation_id, messages_max, now)).await
    }

    async fn append_turn(
        &self,
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<ConversationHead> {
        self.once(|| self.inner.append_turn(owner, conversation_id, turn, create, retention)).await
    }

    async fn history(
        &self,
        owner: &Owner,
        conversation_id: &str,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        self.once(|| self.inner.history(owner, conversation_id, limit, cursor, now)).await
    }

    async fn list(
        &self,
        owner: &Owner,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)> {
        self.once(|| self.inner.list(owner, limit, cursor, now)).await
    }

    async fn delete(&self, owner: &Owner, conversation_id: &str) -> Result<bool> {
        self.once(|| self.inner.delete(owner, conversation_id)).await
    }

    async fn sweep(&self, retention: Retention, now: Timestamp) -> Result<u64> {
        self.once(|| self.inner.sweep(retention, now)).await
    }

    async fn health(&self) -> Result<()> {
        self.health(|| self.inner.health()).await
    }
}

#[async_trait]
impl IdempotencyStore for GuardedIdempotencyStore {
    async fn begin(&self, key: &IdempotencyKey, lease: Duration, now: Timestamp) -> Result<IdempotencyState> {
        self.once(|| self.inner.begin(key, lease, now)).await
    }

    async fn complete(
        &self,
        key: &IdempotencyKey,
        response: StoredResponse,
        conversation_id: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        self.once(|| self.inner.complete(key, response, conversation_id, now)).await
    }

    async fn abandon(&self, key: &IdempotencyKey) -> Result<()> {
        self.once(|| self.inner.abandon(key)).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.once(|| self.inner.sweep(now)).await
    }
}

#[async_trait]
impl ChatModel for GuardedChatModel {
    fn model(&self) -> &str {
        self.inner.model()
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        self.once(|| self.inner.stream(request)).await
    }
}

// A look-up has one short budget of time, which a second try would only divide.
#[async_trait]
impl ClipSource for GuardedClipSource {
    fn holds(&self, tenant: &str) -> bool {
        self.inner.holds(tenant)
    }

    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        self.once(|| self.inner.status(tenant, events, deadline, now)).await
    }

    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        self.read(|| self.inner.open(tenant, event, request)).await
    }
}
