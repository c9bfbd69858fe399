//! What every limiter must do: count each subject on its own, hold both conditions, tell the truth
//! about what is left, and charge nothing for a refusal.
#![expect(clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::time::Duration;

use eps_domain::rate_limit::{RateLimiter, RatePolicy};
use jiff::Timestamp;

const POLICY: RatePolicy = RatePolicy { per_minute: 100, burst: 20 };

/// Runs the whole contract; `limiter` has seen no request yet.
pub async fn run(limiter: &dyn RateLimiter) {
    at_once_only_the_burst_passes(limiter).await;
    in_any_minute_only_the_quota_passes(limiter).await;
    subjects_do_not_share(limiter).await;
    the_figures_are_true(limiter).await;
}

fn start() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

async fn at_once_only_the_burst_passes(limiter: &dyn RateLimiter) {
    let mut allowed = 0;
    for _ in 0..25 {
        let decision = limiter.check("at-once", POLICY, start()).await.unwrap();
        assert_eq!(decision.is_allowed, allowed < 20);
        allowed += u32::from(decision.is_allowed);
    }
    assert_eq!(allowed, 20);
    // The refused ones cost nothing: one period of 600 ms later exactly one more passes.
    let later = start() + Duration::from_millis(600);
    assert!(limiter.check("at-once", POLICY, later).await.unwrap().is_allowed);
    assert!(!limiter.check("at-once", POLICY, later).await.unwrap().is_allowed);
}

async fn in_any_minute_only_the_quota_passes(limiter: &dyn RateLimiter) {
    let mut admitted: Vec<Timestamp> = Vec::new();
    for tick in 0..1_300 {
        let now = start() + Duration::from_millis(tick * 100);
        if limiter.check("hammer", POLICY, now).await.unwrap().is_allowed {
            admitted.push(now);
        }
    }
    for window in admitted.windows(101) {
        assert!(window[100].duration_since(window[0]).as_secs_f64() >= 60.0);
    }
    assert!(admitted.len() >= 195, "only {} in 130 s", admitted.len());
}

async fn subjects_do_not_share(limiter: &dyn RateLimiter) {
    for _ in 0..30 {
        limiter.check("loud", POLICY, start()).await.unwrap();
    }
    assert!(limiter.check("quiet", POLICY, start()).await.unwrap().is_allowed);
}

async fn the_figures_are_true(limiter: &dyn RateLimiter) {
    let now = start();
    let first = limiter.check("figures", POLICY, now).await.unwrap();
    assert_eq!((first.burst.remaining, first.minute.remaining), (19, 99));
    assert_eq!(first.burst.more_after, Duration::from_millis(600));
    assert_eq!(first.minute.more_after, Duration::from_mins(1));
    assert_eq!(first.full_after, Duration::from_mins(1));
    assert_eq!(first.retry_after, Duration::ZERO);
    for left in (0..19).rev() {
        let next = limiter.check("figures", POLICY, now).await.unwrap();
        assert_eq!(next.burst.remaining, left);
    }
    let refused = limiter.check("figures", POLICY, now).await.unwrap();
    assert!(!refused.is_allowed);
    assert_eq!(refused.retry_after, Duration::from_millis(600));
    assert!(limiter.check("figures", POLICY, now + refused.retry_after).await.unwrap().is_allowed);
}
