//! One provider: its address, its keys, and the attempts that one call may make. A key that must rest
//! gives way to the next at once; other faults are retried twice at most and within a budget, so that a
//! provider in trouble is not buried under retries.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, Instant},
};

use eps_domain::{Error, Result};
use reqwest::{Client, Response, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    failure::{self, Failure, Means},
    keys::{COOL_DOWN_DEFAULT, KeyRing},
};
use crate::http;

/// The most retries of one call, keys that must rest not counted.
const RETRIES_MAX: u32 = 2;
/// Before a retry; doubled for the second.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// Every call earns a fifth of a retry: at worst a provider in trouble sees 1.2 times the calls.
const BUDGET_PER_CALL: i64 = 200;
/// What one retry costs.
const BUDGET_PER_RETRY: i64 = 1_000;
/// What can be saved, and what a quiet service begins with: ten retries.
const BUDGET_MAX: i64 = 10_000;
/// What a provider may say about an error; more is not read.
const ERROR_BYTES_MAX: usize = 64 * 1024;

/// A provider that speaks the protocol.
pub(super) struct Endpoint {
    client: Client,
    pub(super) url: String,
    /// The host in it.
    pub(super) host: String,
    keys: KeyRing,
    budget: AtomicI64,
    /// The code of every error that says it is out of order.
    pub(super) code: &'static str,
}

impl Endpoint {
    /// `base_url` without the path of the call: `https://host/v1`.
    pub(super) fn new(
        base_url: &str,
        path: &str,
        keys: Vec<SecretString>,
        gauge: &'static str,
        code: &'static str,
    ) -> Result<Self> {
        let invalid =
            || Error::invalid("base_url", "the provider's base URL must be http:// or https:// with a host");
        let parsed = reqwest::Url::parse(base_url).map_err(|e| invalid().caused_by(e))?;
        if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() || parsed.query().is_some() {
            return Err(invalid());
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(Error::invalid("base_url", "the provider's base URL must not hold a password"));
        }
        let url = format!("{}/{path}", base_url.trim_end_matches('/'));
        let budget = AtomicI64::new(BUDGET_MAX);
        let host = parsed.host_str().unwrap_or_default().to_owned();
        Ok(Self { client: http::client()?, url, host, keys: KeyRing::new(keys, gauge), budget, code })
    }

    /// Begins a call.
    pub(super) fn attempts(&self) -> Attempts<'_> {
        let earn = |credit: i64| Some((credit + BUDGET_PER_CALL).min(BUDGET_MAX));
        // Never fails: the closure always gives a value.
        let _ = self.budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earn);
        Attempts { endpoint: self, retries: 0, switches: 0, pause: None, last_key: None, last: None }
    }

    /// Sends a body with a key and gives the response if its status is a success.
    pub(super) async fn post(&self, key: usize, body: String) -> Result<Response, Failure> {
        let mut request = self.client.post(&self.url).header(CONTENT_TYPE, "application/json").body(body);
        if let Some(key) = self.keys.key(key) {
            // Marks the header as sensitive, so that nothing prints it.
            request = request.bearer_auth(key.expose_secret());
        }
        let response = http::traced(request).send().await.map_err(|e| failure::of_transport(self.code, e))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = body_up_to(response, ERROR_BYTES_MAX).await.unwrap_or_default();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Err(failure::of_status(self.code, status, &headers, &body))
    }

    fn can_afford_retry(&self) -> bool {
        let spend = |credit: i64| (credit >= BUDGET_PER_RETRY).then(|| credit - BUDGET_PER_RETRY);
        self.budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, spend).is_ok()
    }
}

/// Reads a body; `None` when it breaks off or is longer.
pub(super) async fn body_up_to(mut response: Response, bytes_max: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > bytes_max {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// The attempts of one call: ask for a key, try, and say how it went, until it works or gives up.
pub(super) struct Attempts<'a> {
    endpoint: &'a Endpoint,
    retries: u32,
    /// How often a key gave way to another; each can do so once.
    switches: usize,
    pause: Option<Duration>,
    last_key: Option<usize>,
    last: Option<Error>,
}

impl Attempts<'_> {
    /// The number of the key for the next attempt, after a pause where one is due.
    ///
    /// # Errors
    /// When every key rests: what the last attempt met, with the time until the first is rested.
    pub(super) async fn next_key(&mut self) -> Result<usize> {
        if let Some(pause) = self.pause.take() {
            tokio::time::sleep(pause).await;
        }
        match self.endpoint.keys.pick(self.last_key, Instant::now()) {
            Ok(key) => {
                self.last_key = Some(key);
                Ok(key)
            }
            Err(wait) => {
                let busy =
                    || Error::unavailable(self.endpoint.code, "the provider wants a pause on every key");
                Err(self.last.take().unwrap_or_else(busy).retry_after(wait))
            }
        }
    }

    /// The attempt worked.
    pub(super) fn worked(&self) {
        if let Some(key) = self.last_key {
            self.endpoint.keys.works(key, Instant::now());
        }
    }

    /// The attempt failed; gives the error back when there shall be no other.
    pub(super) fn failed(&mut self, failure: Failure) -> Result<()> {
        let key = self.last_key.unwrap_or_default();
        let Failure { means, error, .. } = failure;
        match means {
            Means::Busy => {
                let wait = error.retry_after.unwrap_or(COOL_DOWN_DEFAULT);
                self.endpoint.keys.cool_down(key, wait, Instant::now());
                self.switch(error)
            }
            Means::Refused => {
                tracing::warn!(key = key + 1, %error, "a key is refused by the provider");
                self.endpoint.keys.refuse(key, Instant::now());
                self.switch(error)
            }
            Means::Elsewhere if self.switches + 1 < self.endpoint.keys.len() => self.switch(error),
            Means::Passing => {
                if self.retries == RETRIES_MAX || !self.endpoint.can_afford_retry() {
                    return Err(error);
                }
                self.pause = Some(RETRY_PAUSE * 2_u32.pow(self.retries));
                self.retries += 1;
                self.last = Some(error);
                Ok(())
            }
            Means::Elsewhere | Means::Final | Means::Rejected | Means::NotTaken(_) => Err(error),
        }
    }

    fn switch(&mut self, error: Error) -> Result<()> {
        self.switches += 1;
        if self.switches > self.endpoint.keys.len() {
            return Err(error);
        }
        self.last = Some(error);
        Ok(())
    }
}
