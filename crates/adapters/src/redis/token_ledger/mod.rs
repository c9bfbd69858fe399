//! Tokens of the language model, counted for all copies of the service together.

use std::sync::Arc;

use async_trait::async_trait;
use eps_domain::{Result, token_ledger::TokenLedger};
use jiff::civil::Date;

use super::{
    keys::digest,
    link::{RedisLink, Resend},
    script::Script,
};

/// How long a day is kept: the day itself, and the next for calls that began before midnight, with copies whose
/// clocks differ.
const KEPT_S: u64 = 49 * 60 * 60;
/// A counter of Redis ends at 2^63; nothing of interest lies beyond.
const TOKENS_MAX: u64 = 1 << 52;

/// A ledger that copies of the service share.
pub struct RedisTokenLedger {
    link: Arc<RedisLink>,
    spend: Script,
}

impl std::fmt::Debug for RedisTokenLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisTokenLedger").finish_non_exhaustive()
    }
}

impl RedisTokenLedger {
    /// Over the connection that everything shares.
    pub fn new(link: Arc<RedisLink>) -> Self {
        Self { link, spend: Script::new(include_str!("spend.lua")) }
    }
}

#[async_trait]
impl TokenLedger for RedisTokenLedger {
    async fn spend(&self, tenant: &str, day: Date, tokens: u64) -> Result<u64> {
        let key = format!("eps:tokens:{{{}}}:{day}", digest(&[tenant.as_bytes()]));
        let keys = [key];
        let call = self.spend.over(&keys).arg(tokens.min(TOKENS_MAX)).arg(KEPT_S).arg(TOKENS_MAX);
        self.link.call(&call, Resend::Never).await
    }
}
