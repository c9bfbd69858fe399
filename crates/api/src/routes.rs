//! THE table of routes. What is not here is not served, and everything here is in the API document.
//!
//! `guarded` routes need a token; `linked` ones take a signed link instead of it; `open` ones are for
//! probes and tools.

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state};
use utoipa::openapi::OpenApi;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::{app::App, health, layers, limits, openapi, v1};

type Routes = UtoipaMethodRouter<Arc<App>>;

/// The table.
fn table(guarded: impl Fn(Routes) -> Routes, linked: impl Fn(Routes) -> Routes) -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::frame())
        .routes(guarded(routes!(v1::ask::ask)))
        .routes(guarded(routes!(v1::conversations::list)))
        .routes(guarded(routes!(v1::conversations::history)))
        .routes(guarded(routes!(v1::conversations::delete)))
        .routes(guarded(routes!(v1::insights::list)))
        .routes(guarded(routes!(v1::search::search)))
        .routes(guarded(routes!(v1::search::count)))
        .routes(guarded(routes!(v1::events::ingest)))
        .routes(guarded(routes!(v1::events::get)))
        .routes(guarded(routes!(v1::events::related)))
        .routes(guarded(routes!(v1::cameras::list)))
        .routes(guarded(routes!(v1::clips::links)))
        .routes(linked(routes!(v1::clips::clip)))
        .routes(linked(routes!(v1::clips::thumbnail)))
        .routes(routes!(health::health))
        .routes(routes!(health::livez))
        .routes(routes!(health::healthz))
        .routes(routes!(health::startupz))
        .routes(routes!(health::readyz))
}

/// The whole API document.
pub fn document() -> OpenApi {
    table(|routes| routes, |routes| routes).into_openapi()
}

/// The whole surface, ready to be served.
pub fn router(app: Arc<App>) -> Router {
    let gate = from_fn_with_state(app.clone(), limits::gate);
    let link_gate = from_fn_with_state(app.clone(), limits::link_gate);
    // The gate stands before the handlers only: a wrong method is 405 for everyone.
    let table = table(
        |routes| routes.map(|methods| methods.route_layer(gate.clone())),
        |routes| routes.map(|methods| methods.route_layer(link_gate.clone())),
    );
    let (router, document) = table.split_for_parts();
    let router = openapi::serve(router, &document, &app.settings);
    layers::stack(router, &app).with_state(app)
}
