//! What a response gets before it leaves: the body of its problem and the headers that every response
//! carries; and what becomes of handlers that panic or take too long.

use std::{any::Any, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{app::App, context::RequestContext, error::Problem};

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
/// Replies are data: nothing in them may run, load or be framed.
const CSP: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// The page of the API document needs its own scripts, styles (also inline ones) and pictures.
const CSP_DOCS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const NO_PERMISSIONS: HeaderValue = HeaderValue::from_static("camera=(), geolocation=(), microphone=()");

/// Gives problems their body and every response its headers.
pub(super) async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let context = request.extensions().get::<Arc<RequestContext>>().cloned();
    let is_docs = request.uri().path().starts_with("/docs");
    let uri = request.uri();
    let uri_bytes = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    let mut response = if uri_bytes > app.settings.uri_bytes_max {
        Problem::new(StatusCode::URI_TOO_LONG, "URI_TOO_LONG", "the request target is too long")
            .into_response()
    } else {
        next.run(request).await
    };
    if response.status().is_client_error() || response.status().is_server_error() {
        explain(&app, &mut response, context.as_deref());
    }
    set_headers(response.headers_mut(), if is_docs { CSP_DOCS } else { CSP });
    if app.shutdown.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Every error is a problem, also those that the router makes. Probes speak for themselves.
fn explain(app: &App, response: &mut Response, context: Option<&RequestContext>) {
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t == "application/json") => {
            return;
        }
        None => {
            let problem = Problem::of_status(response.status());
            response.extensions_mut().insert(problem.clone());
            problem
        }
    };
    if let Some(context) = context {
        problem.render(response, context, app.clock.now());
    }
}

fn set_headers(headers: &mut HeaderMap, csp: HeaderValue) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    headers.insert(header::REFERRER_POLICY, NO_REFERRER);
    headers.insert(PERMISSIONS_POLICY, NO_PERMISSIONS);
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
}

/// 504 for a request that outlives its deadline. A stream has its head by then and its own deadline.
pub(super) async fn deadline(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if let Ok(response) = tokio::time::timeout(app.settings.request_deadline, next.run(request)).await {
        return response;
    }
    let detail = "the request took too long";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", detail).into_response()
}

/// 500 for a handler that panicked; the process lives on.
#[expect(clippy::needless_pass_by_value, reason = "the signature that the layer asks for")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    metrics::counter!("eps_panics_total").increment(1);
    let message = panic.downcast_ref::<&str>().copied();
    let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(message = message.unwrap_or("unknown"), "a handler panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "an internal error occurred")
        .into_response()
}
