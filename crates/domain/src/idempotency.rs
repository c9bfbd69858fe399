//! The same request sent twice is done once: records of `Idempotency-Key`.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Result, access::Owner};

/// How long a result is replayed.
pub const REPLAY_FOR: Duration = Duration::from_hours(24);

/// Names one request of one caller.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey {
    /// Whose.
    pub owner: Owner,
    /// Method and route template.
    pub route: String,
    /// What the client sent, 1 to 255 visible ASCII characters.
    pub key: String,
    /// SHA-256 of the body.
    pub fingerprint: [u8; 32],
}

/// A response kept for replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyState {
    /// It is ours now: do the work, then complete or abandon.
    Begun,
    /// It was done: replay this.
    Done(StoredResponse),
    /// Another request with this key is being worked on.
    InFlight,
    /// The key was used with another body.
    Mismatch,
}

/// Where the records are kept.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Takes the key for at most `lease`, or says what is known of it.
    async fn begin(&self, key: &IdempotencyKey, lease: Duration, now: Timestamp) -> Result<IdempotencyState>;

    /// Keeps the response for [`REPLAY_FOR`]. One that speaks of a conversation goes with it, and is not
    /// kept when the conversation was deleted in the meantime.
    async fn complete(
        &self,
        key: &IdempotencyKey,
        response: StoredResponse,
        conversation_id: Option<&str>,
        now: Timestamp,
    ) -> Result<()>;

    /// Gives the key back, so that a retry can succeed.
    async fn abandon(&self, key: &IdempotencyKey) -> Result<()>;

    /// Removes records past their time.
    async fn sweep(&self, now: Timestamp) -> Result<u64>;
}
