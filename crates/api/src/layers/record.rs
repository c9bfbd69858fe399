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
use metrics::{counter, gauge, histogram};
use tracing::{Instrument, field};

use crate::{app::App, context::RequestContext, error::Problem};

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
    let context = RequestContext::new(offered, request.uri().path(), &*app.clock);
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
