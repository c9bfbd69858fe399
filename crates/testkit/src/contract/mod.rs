//! The behaviour that every adapter of a port must show: one file a port, run over each adapter.

pub mod chat_model;
pub mod clip_source;
pub mod conversation_store;
pub mod embedder;
pub mod event_feed;
pub mod event_store;
pub mod idempotency_store;
pub mod rate_limiter;
pub mod token_ledger;
