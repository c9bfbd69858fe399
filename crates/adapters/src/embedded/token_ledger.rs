//! Tokens of the language model, counted in this process. A restart begins anew.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use eps_domain::{Result, token_ledger::TokenLedger};
use jiff::civil::Date;

/// The two latest days that anything was spent on.
#[derive(Debug, Default)]
pub struct InProcessTokenLedger {
    days: Mutex<Vec<(Date, HashMap<String, u64>)>>,
}

/// Today, and yesterday for calls that began before midnight.
const DAYS_MAX: usize = 2;

#[async_trait]
impl TokenLedger for InProcessTokenLedger {
    async fn spend(&self, tenant: &str, day: Date, tokens: u64) -> Result<u64> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if !days.iter().any(|(known, _)| *known == day) {
            days.push((day, HashMap::new()));
            days.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
            days.truncate(DAYS_MAX);
        }
        let Some((_, spent)) = days.iter_mut().find(|(known, _)| *known == day) else { return Ok(tokens) };
        let spent = spent.entry(tenant.to_owned()).or_default();
        *spent = spent.saturating_add(tokens);
        Ok(*spent)
    }
}
