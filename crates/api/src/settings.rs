//! The figures of the HTTP surface, each with its default and its reason.
//!
//! Nothing here is read from the environment: the server fills it in.

use std::time::Duration;

use axum::http::HeaderValue;
use eps_domain::rate_limit::RatePolicy;
use ipnet::IpNet;

/// Figures of the HTTP surface that an operator can set.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Requests of one caller. The contract's 100 a minute, 20 at once.
    pub caller_rate: RatePolicy,
    /// Requests of one address without a valid token: links that browsers open by the page, and
    /// tokens that are refused.
    pub address_rate: RatePolicy,
    /// How many processes share the quota of a caller; while the shared limiter is out of order each
    /// grants this share of it.
    pub replicas_hint: u32,
    /// How long the shared limiter may take to decide before the local one does.
    pub limiter_deadline: Duration,
    /// Proxies whose `X-Forwarded-For` is believed; empty believes none.
    pub trusted_proxies: Vec<IpNet>,
    /// Exact origins that browsers may call from; empty allows none.
    pub cors_origins: Vec<HeaderValue>,
    /// The largest body of a request, in bytes.
    pub body_bytes_max: usize,
    /// The largest body of an ingest, in bytes.
    pub ingest_bytes_max: usize,
    /// How long a client may take to send a body.
    pub body_read_deadline: Duration,
    /// The longest request target, in bytes; longer ones are 414.
    pub uri_bytes_max: usize,
    /// How long a request may take until the client gets 504.
    pub request_deadline: Duration,
    /// How long a stream may take.
    pub stream_deadline: Duration,
    /// A comment is sent this often, so that proxies keep a quiet stream open.
    pub stream_ping: Duration,
    /// How long a finished stream can be resumed.
    pub stream_resume: Duration,
    /// The most bytes that all streams together keep for resumption.
    pub stream_replay_bytes_max: u64,
    /// How long streams may go on once the service is asked to stop.
    pub stream_shutdown_grace: Duration,
    /// Questions answered at the same time; more wait [`Self::ask_queue`] and are then refused.
    pub asks_max: usize,
    /// See [`Self::asks_max`].
    pub ask_queue: Duration,
    /// Whether `/openapi.json` is served.
    pub serves_openapi: bool,
    /// Whether `/docs` is served; needs `/openapi.json`.
    pub serves_docs: bool,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            caller_rate: RatePolicy { per_minute: 100, burst: 20 },
            address_rate: RatePolicy { per_minute: 600, burst: 200 },
            replicas_hint: 3,
            limiter_deadline: Duration::from_millis(50),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
            body_bytes_max: 64 * 1024,
            ingest_bytes_max: 8 * 1024 * 1024,
            body_read_deadline: Duration::from_secs(15),
            uri_bytes_max: 8 * 1024,
            request_deadline: Duration::from_secs(30),
            stream_deadline: Duration::from_mins(2),
            stream_ping: Duration::from_secs(15),
            stream_resume: Duration::from_mins(5),
            stream_replay_bytes_max: 64 * 1024 * 1024,
            stream_shutdown_grace: Duration::from_secs(10),
            asks_max: 256,
            ask_queue: Duration::from_millis(100),
            serves_openapi: true,
            serves_docs: true,
        }
    }
}

impl ApiSettings {
    /// What one process grants a caller while the shared limiter is out of order: its share, and
    /// never nothing.
    pub fn local_share(&self) -> RatePolicy {
        let share = |whole: u32| (whole / self.replicas_hint.max(1)).max(1);
        RatePolicy { per_minute: share(self.caller_rate.per_minute), burst: share(self.caller_rate.burst) }
    }
}
