//! The limits in force and their figures on responses: `X-RateLimit-*` for older clients, `RateLimit`
//! and `RateLimit-Policy` as the draft of the IETF has them.
//!
//! Must never invent a figure: what is not known of a decision is not told.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use eps_domain::rate_limit::{RateDecision, RatePolicy};

use crate::{error::Problem, settings::ApiSettings};

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const MODE: HeaderName = HeaderName::from_static("x-ratelimit-mode");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// A limit with its headers written once.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) rate: RatePolicy,
    limit: HeaderValue,
    policy: HeaderValue,
}

impl Written {
    fn new(rate: RatePolicy) -> Self {
        let window = (60 * u64::from(rate.burst)).div_ceil(u64::from(rate.per_minute.max(1)));
        let policy = format!(r#""burst";q={};w={window}, "minute";q={};w=60"#, rate.burst, rate.per_minute);
        let policy = HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static(""));
        Self { rate, limit: rate.per_minute.into(), policy }
    }
}

/// The limits in force.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) caller: Written,
    pub(crate) caller_share: Written,
    pub(crate) address: Written,
}

impl Policies {
    pub(crate) fn new(settings: &ApiSettings) -> Self {
        Self {
            caller: Written::new(settings.caller_rate),
            caller_share: Written::new(settings.local_share()),
            address: Written::new(settings.address_rate),
        }
    }
}

/// A decision and the limit that it was made by.
pub(crate) struct Verdict<'a> {
    pub(crate) decision: RateDecision,
    pub(crate) by: &'a Written,
}

impl Verdict<'_> {
    /// 429 when the decision was no.
    pub(crate) fn refusal(&self) -> Option<Problem> {
        let decision = &self.decision;
        if decision.is_allowed {
            return None;
        }
        let mut violated = Vec::with_capacity(2);
        for (name, quota) in [("burst", &decision.burst), ("minute", &decision.minute)] {
            if quota.remaining == 0 {
                violated.push(name);
            }
        }
        Some(Problem::rate_limited(decision.retry_after, violated))
    }

    /// Writes the figures on a response.
    pub(crate) fn write(&self, headers: &mut HeaderMap, now_second: i64) {
        let RateDecision { burst, minute, full_after, is_local, .. } = &self.decision;
        let full_after = full_after.as_secs() + u64::from(full_after.subsec_nanos() > 0);
        let seconds = |wait: Duration| wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        let left = format!(
            r#""burst";r={};t={}, "minute";r={};t={}"#,
            burst.remaining,
            seconds(burst.more_after),
            minute.remaining,
            seconds(minute.more_after)
        );
        headers.insert(LIMIT, self.by.limit.clone());
        headers.insert(REMAINING, burst.remaining.min(minute.remaining).into());
        headers.insert(RESET, now_second.saturating_add_unsigned(full_after).into());
        headers.insert(RATE_LIMIT_POLICY, self.by.policy.clone());
        if let Ok(left) = HeaderValue::from_str(&left) {
            headers.insert(RATE_LIMIT, left);
        }
        if *is_local {
            headers.insert(MODE, HeaderValue::from_static("local"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_both_conditions() {
        let written = Written::new(RatePolicy { per_minute: 100, burst: 20 });
        assert_eq!(written.policy, r#""burst";q=20;w=12, "minute";q=100;w=60"#);
    }
}
