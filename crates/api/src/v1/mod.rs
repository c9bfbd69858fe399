//! Handlers of `/api/v1`, one file a resource: extractors → one service call → reply.

pub(crate) mod ask;
pub(crate) mod cameras;
pub(crate) mod clips;
pub(crate) mod conversations;
pub(crate) mod events;
pub(crate) mod insights;
pub(crate) mod search;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use eps_domain::ask::Degraded;

const X_DEGRADED: HeaderName = HeaderName::from_static("x-degraded");

/// The word of a degraded part in headers and metrics.
pub(crate) const fn degraded_word(part: Degraded) -> &'static str {
    match part {
        Degraded::Llm => "llm",
        Degraded::VectorSearch => "vector_search",
        Degraded::Clips => "clips",
        Degraded::Memory => "memory",
        Degraded::RateLimit => "rate_limit",
    }
}

/// Tells of degraded parts in the header and in the metric.
pub(crate) fn mark_degraded(headers: &mut HeaderMap, parts: &[Degraded]) {
    for part in parts {
        let word = degraded_word(*part);
        metrics::counter!("eps_degraded_responses_total", "component" => word).increment(1);
        headers.append(X_DEGRADED, HeaderValue::from_static(word));
    }
}
