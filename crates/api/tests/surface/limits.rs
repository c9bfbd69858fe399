//! The limits: per caller and per address, with true figures, and never open.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{body::Body, extract::ConnectInfo, http::Method};
use eps_domain::{
    Error, Permission, Result,
    rate_limit::{RateDecision, RateLimiter, RatePolicy},
};
use jiff::Timestamp;

use crate::site::{Reply, Site, request, token, token_of};

const PATH: &str = "/api/v1/conversations";

#[tokio::test]
async fn twenty_at_once_then_429_with_a_wait_that_is_true() {
    let site = Site::new();
    let token = token(&[Permission::Ask]);
    for left in (0..20).rev() {
        let reply = site.get(PATH, &token).await;
        assert_ne!(reply.status, 429);
        assert_eq!(reply.header("x-ratelimit-limit"), "100");
        assert_eq!(reply.header("x-ratelimit-remaining"), left.to_string());
        assert_eq!(reply.header("ratelimit-policy"), r#""burst";q=20;w=12, "minute";q=100;w=60"#);
        assert!(reply.header("ratelimit").starts_with(&format!(r#""burst";r={left};t="#)), "{reply:?}");
        let reset: i64 = reply.header("x-ratelimit-reset").parse().unwrap();
        assert!(reset > site.app.clock.now().as_second());
    }
    let refused = site.get(PATH, &token).await;
    let problem = refused.problem();
    assert_eq!((refused.status.as_u16(), &problem["code"]), (429, &"RATE_LIMITED".into()));
    assert_eq!(problem["retryable"], true);
    assert_eq!(problem["violated_policies"], serde_json::json!(["burst"]));
    assert_eq!(problem["type"], "https://iana.org/assignments/http-problem-types#quota-exceeded");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert_eq!(problem["retry_after"], wait);
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    assert_ne!(site.get(PATH, &token_of("bob", &[Permission::Ask])).await.status, 429);
    site.clock.advance(Duration::from_secs(wait));
    assert_ne!(site.get(PATH, &token).await.status, 429);
}

fn from(address: &str, token: &str) -> axum::http::Request<Body> {
    let mut request = request(Method::GET, PATH, Some(token), Body::empty());
    let peer: SocketAddr = format!("{address}:4711").parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// How many refused tokens an address has at once.
const GUESSES: usize = 200;

#[tokio::test]
async fn guessing_tokens_soon_ends_for_that_address_and_slows_no_caller_who_shares_it() {
    let site = Site::new();
    for _ in 0..GUESSES {
        assert_eq!(site.send(from("203.0.113.7", "guess")).await.status, 401);
    }
    assert_eq!(site.send(from("203.0.113.7", "guess")).await.status, 429);
    assert_eq!(site.send(from("203.0.113.8", "guess")).await.status, 401);
    let good = token(&[Permission::Ask]);
    assert_ne!(site.send(from("203.0.113.7", &good)).await.status, 429);
}

#[tokio::test]
async fn a_spoofed_forwarded_address_does_not_help() {
    let site = Site::new();
    let mut last = None;
    for n in 0..=GUESSES {
        let mut request = from("203.0.113.7", "guess");
        let spoof = format!("198.51.100.{n}");
        request.headers_mut().insert("x-forwarded-for", spoof.parse().unwrap());
        last = Some(site.send(request).await.status);
    }
    assert_eq!(last.unwrap(), 429);
}

/// A shared limiter that is out of order.
struct Broken {
    hangs: bool,
}

#[async_trait]
impl RateLimiter for Broken {
    async fn check(&self, _: &str, _: RatePolicy, _: Timestamp) -> Result<RateDecision> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        Err(Error::unavailable("LIMITER_UNAVAILABLE", "connection refused"))
    }
}

#[tokio::test]
async fn without_the_shared_limiter_each_process_grants_its_share() {
    for hangs in [false, true] {
        let site = Site::with(|setup| {
            setup.limiter = Some(Arc::new(Broken { hangs }));
            setup.settings.limiter_deadline = Duration::from_millis(1);
        });
        let token = token(&[Permission::Ask]);
        let mut granted: Vec<Reply> = Vec::new();
        let refused = loop {
            let reply = site.get(PATH, &token).await;
            if reply.status == 429 {
                break reply;
            }
            granted.push(reply);
            assert!(granted.len() <= 20, "it is open");
        };
        assert_eq!(granted.len(), 6, "a third of 20");
        assert_eq!(granted[0].header("x-ratelimit-mode"), "local");
        assert_eq!(granted[0].header("x-degraded"), "rate_limit");
        assert_eq!(granted[0].header("x-ratelimit-limit"), "33");
        assert_eq!(refused.header("x-ratelimit-mode"), "local");
    }
}
