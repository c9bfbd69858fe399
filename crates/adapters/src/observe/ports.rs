//! The ports, each method handed on and measured under its own name.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Event, Owner, Result, Scope,
    chat_model::{ChatChunk, ChatModel, ChatRequest, Usage},
    clip::{ClipSource, ClipStatus, Media, MediaRequest},
    conversation::{Conversation, ConversationHead, ConversationStore, Retention, Turn, TurnLease},
    embedder::Embedder,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, StoredResponse},
    rate_limit::{RateDecision, RateLimiter, RatePolicy},
    token_ledger::TokenLedger,
    trace,
};
use futures::{StreamExt, stream::BoxStream};
use jiff::{Timestamp, civil::Date};
use metrics::counter;

use super::{
    Call, LLM_TOKENS, ObservedChatModel, ObservedClipSource, ObservedConversationStore, ObservedEmbedder,
    ObservedEventStore, ObservedIdempotencyStore, ObservedRateLimiter, ObservedTokenLedger,
    chat_spans::ChatSpan, measured, observed, outcome_of,
};
use crate::lost_usage::LostCount;

#[async_trait]
impl EventStore for ObservedEventStore {
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        observed("events", "upsert", self.0.upsert(tenant, events)).await
    }

    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        observed("events", "get", self.0.get(scope, event_ids)).await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        observed("events", "search", self.0.search(scope, request)).await
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        observed("events", "count", self.0.count(scope, request)).await
    }

    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        observed("events", "exists", self.0.exists(scope, filter, words)).await
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        observed("events", "vocabulary", self.0.vocabulary(scope)).await
    }

    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        observed("events", "unembedded", self.0.unembedded(limit)).await
    }

    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        observed("events", "store_vectors", self.0.store_vectors(vectors)).await
    }

    async fn health(&self) -> Result<EventStoreHealth> {
        observed("events", "health", self.0.health()).await
    }
}

#[async_trait]
impl ConversationStore for ObservedConversationStore {
    async fn begin_turn(&self, owner: &Owner, conversation_id: &str, wait: Duration) -> Result<TurnLease> {
        observed("conversations", "begin_turn", self.0.begin_turn(owner, conversation_id, wait)).await
    }

    async fn latest(
        &self,
        owner: &Owner,
        conversation_id: &str,
        messages_max: usize,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        let call = self.0.latest(owner, conversation_id, messages_max, now);
        observed("conversations", "latest", call).await
    }

    async fn append_turn(
        &self,
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<ConversationHead> {
        let call = self.0.append_turn(owner, conversation_id, turn, create, retention);
        observed("conversations", "append_turn", call).await
    }

    async fn history(
        &self,
        owner: &Owner,
        conversation_id: &str,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        let call = self.0.history(owner, conversation_id, limit, cursor, now);
        observed("conversations", "history", call).await
    }

    async fn list(
        &self,
        owner: &Owner,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)> {
        observed("conversations", "list", self.0.list(owner, limit, cursor, now)).await
    }

    async fn delete(&self, owner: &Owner, conversation_id: &str) -> Result<bool> {
        observed("conversations", "delete", self.0.delete(owner, conversation_id)).await
    }

    async fn sweep(&self, retention: Retention, now: Timestamp) -> Result<u64> {
        observed("conversations", "sweep", self.0.sweep(retention, now)).await
    }

    async fn health(&self) -> Result<()> {
        observed("conversations", "health", self.0.health()).await
    }
}

#[async_trait]
impl IdempotencyStore for ObservedIdempotencyStore {
    async fn begin(&self, key: &IdempotencyKey, lease: Duration, now: Timestamp) -> Result<IdempotencyState> {
        observed("idempotency", "begin", self.0.begin(key, lease, now)).await
    }

    async fn complete(
        &self,
        key: &IdempotencyKey,
        response: StoredResponse,
        conversation_id: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        observed("idempotency", "complete", self.0.complete(key, response, conversation_id, now)).await
    }

    async fn abandon(&self, key: &IdempotencyKey) -> Result<()> {
        observed("idempotency", "abandon", self.0.abandon(key)).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        observed("idempotency", "sweep", self.0.sweep(now)).await
    }
}

#[async_trait]
impl RateLimiter for ObservedRateLimiter {
    async fn check(&self, subject: &str, policy: RatePolicy, now: Timestamp) -> Result<RateDecision> {
        observed("limits", "check", self.0.check(subject, policy, now)).await
    }
}

#[async_trait]
impl TokenLedger for ObservedTokenLedger {
    async fn spend(&self, tenant: &str, day: Date, tokens: u64) -> Result<u64> {
        observed("tokens", "spend", self.0.spend(tenant, day, tokens)).await
    }
}

#[async_trait]
impl Embedder for ObservedEmbedder {
    fn dimensions(&self) -> usize {
        self.0.dimensions()
    }

    fn model(&self) -> &str {
        self.0.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        observed("embedder", "embed", self.0.embed(texts)).await
    }
}

fn count_tokens(usage: Usage) {
    counter!(LLM_TOKENS, "kind" => "prompt").increment(usage.prompt_tokens);
    counter!(LLM_TOKENS, "kind" => "completion").increment(usage.completion_tokens);
}

#[async_trait]
impl ChatModel for ObservedChatModel {
    fn model(&self) -> &str {
        self.0.model()
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        let mut whole = Call::begin("llm", "stream");
        let span = ChatSpan::begin(self.0.model(), request);
        let call = trace::within(span.trace(), self.0.stream(request));
        let lost = LostCount::begin(request, count_tokens);
        let started = measured("llm", "first_piece", call).await;
        drop(lost);
        if let Err(error) = &started {
            whole.ends(&started);
            span.fails(error);
        }
        Ok(started?
            .inspect(move |piece| match piece {
                Ok(piece) => {
                    span.sees(piece);
                    match piece {
                        ChatChunk::Finished(_) => whole.ends_as("ok"),
                        ChatChunk::Usage(usage) => count_tokens(*usage),
                        _ => {}
                    }
                }
                Err(error) => {
                    whole.ends_as(outcome_of(error));
                    span.fails(error);
                }
            })
            .boxed())
    }
}

#[async_trait]
impl ClipSource for ObservedClipSource {
    fn holds(&self, tenant: &str) -> bool {
        self.0.holds(tenant)
    }

    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        observed("clips", "status", self.0.status(tenant, events, deadline, now)).await
    }

    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        observed("clips", "open", self.0.open(tenant, event, request)).await
    }
}
