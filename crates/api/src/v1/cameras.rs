//! The cameras that the caller may see.

use std::sync::Arc;

use axum::{Json, extract::State};
use eps_domain::events::CameraView;
use serde::Serialize;

use crate::{
    app::App,
    error::{ProblemBody, Result},
    extract::{Authorized, EventsRead, Params},
};

/// Cameras.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CameraList {
    /// Those that the caller may see.
    cameras: Vec<CameraView>,
}

/// The cameras that the caller may see.
#[utoipa::path(get, path = "/api/v1/cameras", tag = "events", security(("bearer" = ["events:read"])),
    responses(
        (status = 200, body = CameraList),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    params: Params,
) -> Result<Json<CameraList>> {
    params.only(&[])?;
    Ok(Json(CameraList { cameras: app.events.cameras(&caller).await? }))
}
