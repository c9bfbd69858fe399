//! How many tokens of the language model a tenant may use up in a day. What a call cost is what the provider
//! says; where it does not say, the most that it can have been, so that no budget is overrun unseen.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{Timestamp, tz::TimeZone};

use crate::token_ledger::{LatestDays, TokenLedger};

/// A budget of tokens for each tenant and day.
pub(super) struct ModelBudget {
    /// None: as much as is asked for.
    tokens_per_day: Option<u64>,
    ledger: Arc<dyn TokenLedger>,
    /// What was last known of a day, and what was used up since the ledger could not be asked.
    known: Mutex<LatestDays>,
}

impl ModelBudget {
    pub(super) fn new(tokens_per_day: Option<u64>, ledger: Arc<dyn TokenLedger>) -> Self {
        Self { tokens_per_day, ledger, known: Mutex::default() }
    }

    /// Whether there is anything left. A call that begins may end beyond it: the answer is not cut short.
    /// While the ledger is out of order, what this process knows decides.
    pub(super) async fn is_left(&self, tenant: &str, now: Timestamp) -> bool {
        let Some(most) = self.tokens_per_day else { return true };
        self.count(tenant, 0, now).await < most
    }

    /// Notes what a call cost.
    pub(super) async fn spend(&self, tenant: &str, tokens: u64, now: Timestamp) {
        if self.tokens_per_day.is_some() && tokens > 0 {
            self.count(tenant, tokens, now).await;
        }
    }

    async fn count(&self, tenant: &str, tokens: u64, now: Timestamp) -> u64 {
        let day = TimeZone::UTC.to_datetime(now).date();
        let told = self.ledger.spend(tenant, day, tokens).await;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(spent) = known.of(tenant, day) else { return told.unwrap_or(tokens) };
        *spent = match told {
            Ok(told) => told.max(*spent),
            Err(error) => {
                tracing::warn!(%error, "the ledger of tokens is out of order");
                spent.saturating_add(tokens)
            }
        };
        *spent
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use async_trait::async_trait;
    use jiff::{ToSpan as _, civil::Date};

    use super::*;
    use crate::{Error, Result};

    /// A ledger of one tenant and day that others write into as well.
    #[derive(Default)]
    struct Shared {
        spent: AtomicU64,
        is_down: AtomicBool,
    }

    #[async_trait]
    impl TokenLedger for Shared {
        async fn spend(&self, _: &str, _: Date, tokens: u64) -> Result<u64> {
            if self.is_down.load(Ordering::SeqCst) {
                return Err(Error::unavailable("STORE_UNAVAILABLE", "down"));
            }
            Ok(self.spent.fetch_add(tokens, Ordering::SeqCst) + tokens)
        }
    }

    #[tokio::test]
    async fn what_is_known_decides_while_the_ledger_is_down() {
        let now: Timestamp = "2026-05-13T12:00:00Z".parse().unwrap();
        let ledger = Arc::new(Shared::default());
        let budget = ModelBudget::new(Some(1_000), Arc::clone(&ledger) as Arc<dyn TokenLedger>);
        ledger.spent.store(900, Ordering::SeqCst);
        assert!(budget.is_left("a", now).await);
        ledger.is_down.store(true, Ordering::SeqCst);
        budget.spend("a", 99, now).await;
        assert!(budget.is_left("a", now).await);
        budget.spend("a", 1, now).await;
        assert!(!budget.is_left("a", now).await);
        let day_before = now - 24.hours();
        budget.spend("a", 1, day_before).await;
        assert!(!budget.is_left("a", now).await, "a call that began yesterday does not wipe today");
        ledger.is_down.store(false, Ordering::SeqCst);
        assert!(!budget.is_left("a", now).await, "what was spent meanwhile is not forgotten");
        assert!(ModelBudget::new(None, ledger).is_left("a", now).await);
    }
}
