//! Everything in one process and one folder: no server to install.

mod conversations;
mod data_dir;
mod events;
mod rate_limiter;
mod sqlite;
mod token_ledger;
mod writer;

pub use conversations::{EmbeddedConversationStore, EmbeddedIdempotencyStore};
pub use data_dir::DataDir;
pub use events::{EmbeddedEventStore, EventStoreOptions};
pub use rate_limiter::InProcessRateLimiter;
pub use token_ledger::InProcessTokenLedger;

pub use crate::event_search::VectorSpace;
