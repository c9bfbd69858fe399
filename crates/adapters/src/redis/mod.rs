//! Conversations, idempotency records and limits in Redis (6.2 or later, Valkey as well), shared by all
//! copies of the service: one server, a group watched by Sentinels, or a Cluster.
//!
//! What must happen together is one script over keys of one hash tag. The layout of the keys is
//! written down in `docs/adr/0007-redis-keys.md`.

mod address;
mod conversations;
mod due;
mod failure;
mod idempotency;
mod keys;
mod limits;
mod link;
mod policy;
mod script;
mod skew;
mod token_ledger;

use std::time::Duration;

pub use address::{RedisAddress, RedisTls};
pub use conversations::RedisConversationStore;
pub use idempotency::RedisIdempotencyStore;
pub use limits::RedisRateLimiter;
pub use link::RedisLink;
pub use token_ledger::RedisTokenLedger;

/// A server that does not take a connection and our credentials in this time is down.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);
/// Finding the master first asks Sentinels, some of which may be gone. Nobody waits for it.
const SENTINEL_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that one operation waits for Redis, connecting and sending again included. An outage is
/// to be told within 300 ms, of which the limiter, which is asked first, may take 50.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(200);
