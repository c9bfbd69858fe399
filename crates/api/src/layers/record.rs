//! The outermost layer: names the request, opens its span, and records rate, errors and duration by
//! route template.
//!
//! Must never use the path or the query as a label or in a line: they hold ids and signatures.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use tracing::{Instrument, field};

use crate::{App, Problem, context::RequestContext};

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The label of requests that match no route.
const UNMATCHED: &str = "unmatched";
/// What is recorded when the client left before the response was ready.
const CLIENT_LEFT: u16 = 499;

/// Counts one request among those in flight until it is dropped.
pub(crate) struct InFlight(());

impl InFlight {
    pub(crate) fn enter() -> Self {
        gauge!("eps_inflight_requests").increment(1.0);
        Self(())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        gauge!("eps_inflight_requests").decrement(1.0);
    }
}

/// One request as it is recorded; dropped without a status, its client has left.
struct Record {
    method: &'static str,
    route: Option<MatchedPath>,
    start: Instant,
    status: u16,
    code: Option<&'static str>,
    _in_flight: InFlight,
}

impl Drop for Record {
    fn drop(&mut self) {
        let seconds = self.start.elapsed().as_secs_f64();
        let route = self.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str);
        let labels = [
            ("method", self.method.to_owned()),
            ("route", route.to_owned()),
            ("status", self.status.to_string()),
        ];
        counter!("http_requests_total", &labels).increment(1);
        histogram!("http_request_duration_seconds", &labels[..2]).record(seconds);
        if self.status == CLIENT_LEFT {
            counter!("eps_client_disconnects_total").increment(1);
        }
        let milliseconds = seconds * 1_000.0;
        tracing::info!(status = self.status, milliseconds, code = self.code, "request");
    }
}

/// Names, traces and records a request.
pub(super) async fn record(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let offered = headers.get(CORRELATION_ID).or_else(|| headers.get(REQUEST_ID));
    let context = RequestContext::new(offered, request.uri().path(), &*app.parts.clock);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known(request.method());
    let span = tracing::info_span!(
        "request",
        correlation_id = context.correlation_id(),
        trace_id = field::Empty,
        method,
        route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str),
    );
    if let Some(trace_id) = headers.get("traceparent").and_then(trace_id) {
        span.record("trace_id", trace_id);
    }
    let correlation_id = context.correlation_id.clone();
    request.extensions_mut().insert(context);
    async move {
        let in_flight = InFlight::enter();
        let mut record = Record {
            method,
            route,
            start: Instant::now(),
            status: CLIENT_LEFT,
            code: None,
            _in_flight: in_flight,
        };
        let mut response = next.run(request).await;
        record.status = response.status().as_u16();
        record.code = response.extensions().get::<Problem>().map(Problem::code);
        response.headers_mut().insert(CORRELATION_ID, correlation_id.clone());
        response.headers_mut().insert(REQUEST_ID, correlation_id);
        response
    }
    .instrument(span)
    .await
}

/// Methods as labels: whatever else a client invents is one of them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "OTHER",
    }
}

/// The trace id of a W3C `traceparent`, if it is a valid one.
fn trace_id(header: &HeaderValue) -> Option<&str> {
    let mut parts = header.to_str().ok()?.split('-');
    let (version, trace, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_valid = version.len() == 2
        && version != "ff"
        && trace.len() == 32
        && parent.len() == 16
        && is_hex(version)
        && is_hex(trace)
        && is_hex(parent)
        && trace.bytes().any(|b| b != b'0');
    is_valid.then_some(trace)
}

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
    for component in ["llm", "vector_search", "clips", "memory", "rate_limit"] {
        counter!("eps_degraded_responses_total", "component" => component).absolute(0);
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
    for (path, item) in crate::document().paths.paths {
        let methods = [("GET", item.get), ("POST", item.post), ("DELETE", item.delete)];
        for (method, _) in methods.into_iter().filter(|(_, operation)| operation.is_some()) {
            let labels =
                [("method", method.to_owned()), ("route", path.clone()), ("status", "200".to_owned())];
            counter!("http_requests_total", &labels).absolute(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_valid_traceparent_names_a_trace() {
        let id = |text: &'static str| trace_id(&HeaderValue::from_static(text)).map(str::to_owned);
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(id(good).as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        for bad in [
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f-00f067aa0ba902b7-01",
            "what",
        ] {
            assert_eq!(id(bad), None, "{bad}");
        }
    }
}
