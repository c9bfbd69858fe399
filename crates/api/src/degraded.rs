//! Tells callers and operators that an answer lacks a part: the header `X-Degraded` and the metric.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use eps_domain::ask::Degraded;

const X_DEGRADED: HeaderName = HeaderName::from_static("x-degraded");

/// Every part, for metrics that exist from the start.
pub(crate) const ALL: [Degraded; 5] =
    [Degraded::Llm, Degraded::VectorSearch, Degraded::Clips, Degraded::Memory, Degraded::RateLimit];

/// The word of a part, the same as in a reply's `degraded`.
pub(crate) const fn word(part: Degraded) -> &'static str {
    match part {
        Degraded::Llm => "llm",
        Degraded::VectorSearch => "vector_search",
        Degraded::Clips => "clips",
        Degraded::Memory => "memory",
        Degraded::RateLimit => "rate_limit",
    }
}

/// Counts a response that lacked these parts.
pub(crate) fn count_degraded(parts: &[Degraded]) {
    for part in parts {
        metrics::counter!("eps_degraded_responses_total", "component" => word(*part)).increment(1);
    }
}

/// Counts the parts and names them in the header.
pub(crate) fn mark_degraded(headers: &mut HeaderMap, parts: &[Degraded]) {
    count_degraded(parts);
    for part in parts {
        headers.append(X_DEGRADED, HeaderValue::from_static(word(*part)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_the_words_of_the_reply() {
        for part in ALL {
            assert_eq!(serde_json::to_value(part).unwrap(), word(part));
        }
    }
}
