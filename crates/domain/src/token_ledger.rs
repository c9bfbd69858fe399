//! How many tokens of the language model each tenant has used up, day by day.

use std::{cmp::Reverse, collections::HashMap};

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

/// Today, and yesterday for calls that began before midnight.
const DAYS_MAX: usize = 2;

/// Tokens by tenant, of the two latest days that anything was spent on.
#[derive(Debug, Default)]
pub struct LatestDays(Vec<(Date, HashMap<String, u64>)>);

impl LatestDays {
    /// What a tenant has used up on a day, to be read or raised; `None` for a day that is over.
    pub fn of(&mut self, tenant: &str, day: Date) -> Option<&mut u64> {
        if !self.0.iter().any(|(known, _)| *known == day) {
            self.0.push((day, HashMap::new()));
            self.0.sort_by_key(|(day, _)| Reverse(*day));
            self.0.truncate(DAYS_MAX);
        }
        let (_, spent) = self.0.iter_mut().find(|(known, _)| *known == day)?;
        Some(spent.entry(tenant.to_owned()).or_default())
    }
}
