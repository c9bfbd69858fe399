//! The HTTP surface over a site.

use std::sync::Arc;

use eps_adapters::embedded::InProcessRateLimiter;
use eps_api::{ApiSettings, App, AppParts, Readiness};
use eps_domain::{
    access::TokenVerifier,
    rate_limit::{RateLimiter, RatePolicy},
    trace::SpanRecorder,
};
use http::HeaderValue;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Site;
use crate::{config::Config, failure::Failure};

/// Callers and addresses whose requests are counted at the same time; the longest unused makes room.
const SUBJECTS_MAX: usize = 100_000;

/// The surface of a site. `stop` makes it not ready; `tasks` owns work that outlives its client.
///
/// # Errors
/// A file of sources that is wrong.
pub fn surface(
    config: &Config,
    site: &Site,
    tokens: Arc<dyn TokenVerifier>,
    spans: Option<Arc<dyn SpanRecorder>>,
    readiness: Arc<Readiness>,
    stop: CancellationToken,
    tasks: TaskTracker,
) -> Result<Arc<App>, Failure> {
    let local_limiter: Arc<dyn RateLimiter> = Arc::new(InProcessRateLimiter::new(SUBJECTS_MAX));
    let limiter = site.limiter.clone().unwrap_or_else(|| Arc::clone(&local_limiter));
    let parts = AppParts {
        asker: Arc::clone(&site.asker),
        conversations: Arc::clone(&site.conversations),
        events: Arc::clone(&site.events),
        sources: super::sources(config)?,
        related: Arc::clone(&site.related),
        searcher: Arc::clone(&site.searcher),
        insights: Arc::clone(&site.insights),
        clips: Arc::clone(&site.clips),
        tokens,
        spans,
        local_limiter,
        limiter,
        idempotency: Arc::clone(&site.idempotency),
        clock: Arc::clone(&site.clocks.wall),
        readiness,
        shutdown: stop,
        tasks,
    };
    Ok(App::new(parts, api_settings(config)))
}

fn api_settings(config: &Config) -> ApiSettings {
    let cors_origins = &config.security.cors_origins;
    ApiSettings {
        caller_rate: RatePolicy {
            per_minute: config.rate_limiting.per_minute,
            burst: config.rate_limiting.burst,
        },
        trusted_proxies: config.security.trusted_proxies.clone(),
        // Checked when they were read: an origin is a header value.
        cors_origins: cors_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect(),
        asks_max: config.service.asks_max,
        replicas_hint: config.rate_limiting.replicas,
        serves_openapi: config.service.enable_docs,
        serves_docs: config.service.enable_docs,
        ..ApiSettings::default()
    }
}
