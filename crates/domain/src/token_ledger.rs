//! How many tokens of the language model each tenant has used up, day by day.

use async_trait::async_trait;
use jiff::civil::Date;

use crate::Result;

/// Counts tokens by tenant and day. Days are those of UTC, as with the providers; a day is kept until the next
/// one is over.
///
/// Errors: `Unavailable` with code `STORE_UNAVAILABLE`.
#[async_trait]
pub trait TokenLedger: Send + Sync {
    /// Adds what a call cost and gives what the tenant has used up on that day by then; zero only asks.
    async fn spend(&self, tenant: &str, day: Date, tokens: u64) -> Result<u64>;
}
