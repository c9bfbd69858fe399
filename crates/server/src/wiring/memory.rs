//! What several copies of the service share when they have Redis: conversations, idempotency records,
//! limits, spent tokens.

use std::sync::Arc;

use eps_adapters::{
    guard::{GuardedConversationStore, GuardedIdempotencyStore},
    observe::{
        ObservedConversationStore, ObservedIdempotencyStore, ObservedRateLimiter, ObservedTokenLedger,
    },
    redis::{RedisConversationStore, RedisIdempotencyStore, RedisLink, RedisRateLimiter, RedisTokenLedger},
};
use eps_domain::{
    conversation::ConversationStore, idempotency::IdempotencyStore, rate_limit::RateLimiter,
    token_ledger::TokenLedger,
};

use crate::{config::Config, failure::Failure};

/// What is shared, over one link.
pub(super) struct Shared {
    pub(super) conversations: Arc<dyn ConversationStore>,
    pub(super) idempotency: Arc<dyn IdempotencyStore>,
    pub(super) limiter: Arc<dyn RateLimiter>,
    pub(super) token_ledger: Arc<dyn TokenLedger>,
}

/// Redis, when it is set. It need not be there yet.
///
/// # Errors
/// An address that cannot be used, as a matter of settings.
pub(super) fn redis(config: &Config) -> Result<Option<Shared>, Failure> {
    let Some(address) = &config.storage.redis else { return Ok(None) };
    let link = RedisLink::open(address)
        .map_err(|error| Failure::new(Failure::CONFIG, format!("REDIS_URL: {error}")))?;
    let conversations = RedisConversationStore::new(Arc::clone(&link));
    let idempotency = RedisIdempotencyStore::new(Arc::clone(&link));
    Ok(Some(Shared {
        conversations: Arc::new(ObservedConversationStore::new(Arc::new(GuardedConversationStore::new(
            "conversations",
            Arc::new(conversations),
        )))),
        idempotency: Arc::new(ObservedIdempotencyStore::new(Arc::new(GuardedIdempotencyStore::new(
            "idempotency",
            Arc::new(idempotency),
        )))),
        token_ledger: Arc::new(ObservedTokenLedger::new(Arc::new(RedisTokenLedger::new(Arc::clone(&link))))),
        limiter: Arc::new(ObservedRateLimiter::new(Arc::new(RedisRateLimiter::new(link)))),
    }))
}
