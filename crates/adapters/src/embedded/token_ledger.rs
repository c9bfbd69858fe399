//! Tokens of the language model, counted in this process. A restart begins anew.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use eps_domain::{
    Result,
    token_ledger::{LatestDays, TokenLedger},
};
use jiff::civil::Date;

/// The two latest days that anything was spent on.
#[derive(Debug, Default)]
pub struct InProcessTokenLedger {
    days: Mutex<LatestDays>,
}

#[async_trait]
impl TokenLedger for InProcessTokenLedger {
    async fn spend(&self, tenant: &str, day: Date, tokens: u64) -> Result<u64> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(spent) = days.of(tenant, day) else { return Ok(tokens) };
        *spent = spent.saturating_add(tokens);
        Ok(*spent)
    }
}
