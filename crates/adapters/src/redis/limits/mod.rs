//! Counts requests in Redis, for all copies of the service together, by the clock of Redis: copies
//! whose clocks differ still agree.

use std::sync::Arc;

use ::redis::{FromRedisValue, ParsingError, Value};
use async_trait::async_trait;
use eps_domain::{
    Result,
    rate_limit::{RateDecision, RateLimiter, RatePolicy},
};
use jiff::Timestamp;

use super::{
    keys::digest,
    link::{RedisLink, Resend},
    script::Script,
};
use crate::rate_figures::{Counted, STEP_BACK_IGNORED, WINDOW};

/// Whose clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Time {
    OfRedis,
    OfCallers,
}

/// A limiter that copies of the service share.
pub struct RedisRateLimiter {
    link: Arc<RedisLink>,
    count: Script,
    time: Time,
}

impl std::fmt::Debug for RedisRateLimiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisRateLimiter").field("time", &self.time).finish_non_exhaustive()
    }
}

impl RedisRateLimiter {
    /// Goes by the clock of Redis, whatever callers say.
    pub fn new(link: Arc<RedisLink>) -> Self {
        Self { link, count: Script::new(include_str!("count.lua")), time: Time::OfRedis }
    }

    /// Goes by the time that callers pass; for tests and replays, which move it.
    pub fn by_time_of_callers(link: Arc<RedisLink>) -> Self {
        Self { time: Time::OfCallers, ..Self::new(link) }
    }
}

/// What the script gives.
struct Counts(Counted);

impl FromRedisValue for Counts {
    fn from_redis_value(value: Value) -> std::result::Result<Self, ParsingError> {
        let (allowed, backlog, admitted, oldest, newest, excess): (u8, i64, usize, String, String, String) =
            FromRedisValue::from_redis_value(value)?;
        let age = |text: String| text.parse().ok();
        Ok(Self(Counted {
            is_allowed: allowed == 1,
            backlog,
            admitted,
            oldest_age: age(oldest),
            newest_age: age(newest),
            last_excess_age: age(excess),
        }))
    }
}

#[async_trait]
impl RateLimiter for RedisRateLimiter {
    async fn check(&self, subject: &str, policy: RatePolicy, now: Timestamp) -> Result<RateDecision> {
        let subject = digest(&[subject.as_bytes()]);
        let keys = ["bucket", "minute"].map(|part| format!("eps:rate:{{{subject}}}:{part}"));
        let now = match self.time {
            Time::OfRedis => String::new(),
            Time::OfCallers => now.as_microsecond().to_string(),
        };
        let call = self.count.over(&keys);
        let call = call.arg(policy.per_minute).arg(policy.burst).arg(WINDOW).arg(STEP_BACK_IGNORED).arg(now);
        let Counts(counted) = self.link.call(&call, Resend::Never).await?;
        Ok(counted.decision(policy))
    }
}
