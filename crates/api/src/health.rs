//! Probes: whether the process lives, has started, and can serve.
//!
//! A probe never asks a dependency: it reads what the server reported last, so that a storm of probes
//! costs nothing.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::{app::App, readiness::Health};

/// What a simple probe says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ProbeReply {
    /// `ok` or `starting`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// What the readiness probe says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ReadyReply {
    /// `ready`, `not_ready` or `draining`.
    #[schema(example = "ready")]
    status: &'static str,
    /// Each dependency.
    checks: BTreeMap<&'static str, Health>,
}

const OK: Json<ProbeReply> = Json(ProbeReply { status: "ok" });

/// The process answers; for older probes.
#[utoipa::path(get, path = "/health", tag = "operation", responses((status = 200, body = ProbeReply)))]
pub(crate) async fn health() -> Json<ProbeReply> {
    OK
}

/// The process answers.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, body = ProbeReply)))]
pub(crate) async fn livez() -> Json<ProbeReply> {
    OK
}

/// The same as `/livez`.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = ProbeReply)))]
pub(crate) async fn healthz() -> Json<ProbeReply> {
    OK
}

/// Every required dependency has been reached once.
#[utoipa::path(get, path = "/startupz", tag = "operation", responses(
    (status = 200, body = ProbeReply),
    (status = 503, description = "Still starting", body = ProbeReply),
))]
pub(crate) async fn startupz(State(app): State<Arc<App>>) -> Response {
    if app.readiness.has_started() {
        return OK.into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(ProbeReply { status: "starting" })).into_response()
}

/// Requests can be served now.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses(
    (status = 200, body = ReadyReply),
    (status = 503, description = "A required dependency is out of order, or the service is stopping",
     body = ReadyReply),
))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Response {
    let (status, word) = if app.shutdown.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else if app.readiness.is_ready(Instant::now()) {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not_ready")
    };
    (status, Json(ReadyReply { status: word, checks: app.readiness.snapshot() })).into_response()
}
