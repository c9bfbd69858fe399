//! What every request goes through, outermost first: correlation, record (log and metrics), headers
//! and problems, CORS, panics, deadline.
//!
//! Must never log or label what a user said, a token, a signature or an id.

mod finish;
mod record;

use std::sync::Arc;

use axum::{Router, http::Method, middleware::from_fn_with_state};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
};

use crate::{app::App, settings::ApiSettings};

pub(crate) use record::InFlight;

/// How long a browser may keep the answer to a preflight.
const PREFLIGHT_AGE: std::time::Duration = std::time::Duration::from_mins(10);

/// Wraps every route and the answers for routes that do not exist.
pub(crate) fn stack(router: Router<Arc<App>>, app: &Arc<App>) -> Router<Arc<App>> {
    let router = router
        .layer(from_fn_with_state(app.clone(), finish::deadline))
        .layer(CatchPanicLayer::custom(finish::panicked));
    let router = match cors(&app.settings) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router
        .layer(from_fn_with_state(app.clone(), finish::finish))
        .layer(from_fn_with_state(app.clone(), record::record))
}

fn cors(settings: &ApiSettings) -> Option<CorsLayer> {
    use axum::http::{HeaderName, header};
    if settings.cors_origins.is_empty() {
        return None;
    }
    let name = HeaderName::from_static;
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(settings.cors_origins.iter().cloned()))
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::DELETE, Method::OPTIONS])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::RANGE,
            name("idempotency-key"),
            name("last-event-id"),
            name("x-correlation-id"),
            name("traceparent"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            header::CONTENT_RANGE,
            header::ACCEPT_RANGES,
            header::ETAG,
            name("x-correlation-id"),
            name("x-degraded"),
            name("idempotency-replayed"),
            name("ratelimit"),
            name("ratelimit-policy"),
            name("x-ratelimit-limit"),
            name("x-ratelimit-remaining"),
            name("x-ratelimit-reset"),
        ])
        .max_age(PREFLIGHT_AGE);
    Some(cors)
}
