//! The outermost layer: names the request, opens its span, and records rate, errors and duration by
//! route template.
//!
//! Must never use the path or the query as a label or in a line: they hold ids and signatures.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, Method},
    middleware::Next,
    response::Response,
};
use eps_domain::trace::{self, Trace, names};
use metrics::{counter, gauge, histogram};
use tracing::{Instrument, field};

use crate::{
    app::App,
    context::{RequestContext, new_id},
    error::Problem,
};

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
    trace: Option<Trace>,
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
        if let Some(trace) = &self.trace {
            trace.note(names::HTTP_STATUS, u64::from(self.status));
            if self.status >= 500 {
                trace.note(names::ERROR_TYPE, self.code.unwrap_or("INTERNAL_ERROR"));
            }
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
    let trace = trace_of(headers, &app, method, route.as_ref());
    let span = tracing::info_span!(
        "request",
        correlation_id = context.correlation_id(),
        trace_id = trace.as_ref().map(Trace::id).map(field::display),
        method,
        route = route.as_ref().map_or(UNMATCHED, MatchedPath::as_str),
    );
    let correlation_id = context.correlation_id.clone();
    request.extensions_mut().insert(context);
    let work = async move {
        let in_flight = InFlight::enter();
        let mut record = Record {
            method,
            route,
            start: Instant::now(),
            status: CLIENT_LEFT,
            code: None,
            trace: Trace::current(),
            _in_flight: in_flight,
        };
        let mut response = next.run(request).await;
        record.status = response.status().as_u16();
        record.code = response.extensions().get::<Problem>().map(Problem::code);
        response.headers_mut().insert(CORRELATION_ID, correlation_id.clone());
        response.headers_mut().insert(REQUEST_ID, correlation_id);
        response
    };
    trace::within(trace, work).instrument(span).await
}

/// The trace of the caller, when it names a valid one, else one that begins here. What else callers send
/// along (`tracestate`) is theirs and goes to nobody. Probes are not recorded.
fn trace_of(
    headers: &HeaderMap,
    app: &App,
    method: &'static str,
    route: Option<&MatchedPath>,
) -> Option<Trace> {
    let mut offered = headers.get_all("traceparent").iter();
    let (first, second) = (offered.next(), offered.next());
    let offered = first.filter(|_| second.is_none()).and_then(|offered| offered.to_str().ok());
    let trace = offered.and_then(Trace::parse).or_else(|| Trace::begin(new_id(&*app.clock).as_u128()))?;
    let (Some(recorder), Some(route)) =
        (&app.spans, route.filter(|route| route.as_str().starts_with("/api/")))
    else {
        return Some(trace);
    };
    let trace = trace.recorded_by(recorder, format!("{method} {}", route.as_str()));
    trace.note(names::HTTP_METHOD, method);
    if trace.is_recorded() {
        trace.note(names::HTTP_ROUTE, route.as_str().to_owned());
    }
    Some(trace)
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
