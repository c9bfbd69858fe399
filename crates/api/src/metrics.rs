//! The metrics of the surface, described and created at zero, so that alerts on absence work from the
//! first scrape.
//!
//! No label may carry a user, a camera, a conversation or a path.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};

use crate::{degraded, routes::document};

/// Describes every metric of the surface and creates it at zero, so that alerts on absence work from
/// the first scrape. To be called once, after the recorder is installed.
pub fn register_metrics() {
    describe_counter!("http_requests_total", "Requests by route template");
    describe_histogram!("http_request_duration_seconds", Unit::Seconds, "Time to the head of the response");
    describe_gauge!("eps_inflight_requests", "Requests and streams being served");
    describe_counter!("eps_degraded_responses_total", "Responses that lacked a part");
    describe_counter!("eps_ratelimit_decisions_total", "Decisions of the limiter");
    describe_gauge!("eps_ratelimit_fallback_active", "1 while the shared limiter is out of order");
    describe_counter!("eps_auth_failures_total", "Requests without a valid token");
    describe_counter!("eps_idempotency_total", "Requests with an idempotency key");
    describe_counter!("eps_requests_shed_total", "Questions refused because too many were in the making");
    describe_counter!("eps_panics_total", "Handlers that panicked");
    describe_counter!("eps_client_disconnects_total", "Clients that left before their response was ready");
    describe_counter!("eps_streams_total", "Streams by how they ended");
    gauge!("eps_inflight_requests").set(0.0);
    gauge!("eps_ratelimit_fallback_active").set(0.0);
    for name in ["eps_requests_shed_total", "eps_panics_total", "eps_client_disconnects_total"] {
        counter!(name).absolute(0);
    }
    for part in degraded::ALL {
        counter!("eps_degraded_responses_total", "component" => degraded::word(part)).absolute(0);
    }
    for decision in ["allowed", "refused", "address_refused"] {
        for mode in ["shared", "local"] {
            counter!("eps_ratelimit_decisions_total", "decision" => decision, "mode" => mode).absolute(0);
        }
    }
    for reason in ["missing", "invalid"] {
        counter!("eps_auth_failures_total", "reason" => reason).absolute(0);
    }
    for result in ["begun", "replayed", "in_flight", "mismatch"] {
        counter!("eps_idempotency_total", "result" => result).absolute(0);
    }
    for end in ["completed", "error", "abandoned"] {
        counter!("eps_streams_total", "end" => end).absolute(0);
    }
    for (path, item) in document().paths.paths {
        let methods = [("GET", item.get), ("POST", item.post), ("DELETE", item.delete)];
        for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
            let labels =
                [("method", method.to_owned()), ("route", path.clone()), ("status", "200".to_owned())];
            counter!("http_requests_total", &labels).absolute(0);
        }
    }
}
