//! How many requests a caller may make: never more than `burst` at once and never more than
//! `per_minute` in any 60 seconds. Two conditions in one decision: GCRA (period 60 s / `per_minute`,
//! depth `burst`) and an exact rolling window.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::Result;

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatePolicy {
    /// In any 60 seconds.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
}

/// What is left of one of the two conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests that could be made now.
    pub remaining: u32,
    /// Until there is more than that.
    pub more_after: Duration,
}

/// Yes or no, with the figures for the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateDecision {
    /// Whether the request may go on. A refused request costs nothing.
    pub is_allowed: bool,
    /// The short condition.
    pub burst: Quota,
    /// The long condition.
    pub minute: Quota,
    /// Until everything is there again.
    pub full_after: Duration,
    /// Until the next request would be allowed; zero when one would be now.
    pub retry_after: Duration,
    /// Whether the decision was made with a local share because the shared limiter is out of order.
    pub is_local: bool,
}

/// Counts requests.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Decides on one request of `subject` and counts it if it is allowed.
    async fn check(&self, subject: &str, policy: RatePolicy, now: Timestamp) -> Result<RateDecision>;
}
