//! The API document: OpenAPI 3.1, generated from the handlers and the shapes they take and give, and
//! the pages that show it.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use utoipa::{
    OpenApi as _, ToSchema,
    openapi::{
        OpenApi,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{app::App, error::ProblemBody, settings::ApiSettings};

/// Where the document is.
const DOCUMENT_PATH: &str = "/openapi.json";
/// The name of the security scheme.
pub(crate) const BEARER: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Enhanced Prompt Service",
        description = "Questions about camera events in one's own words, answered with exact numbers and \
                       the events behind them. Every error is `application/problem+json`; every response \
                       carries `X-Correlation-ID`; limits are told in `RateLimit` and `X-RateLimit-*`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "ask", description = "Questions and conversations"),
        (name = "events", description = "Events: in, out, counted, related"),
        (name = "insights", description = "Warnings before anyone asks"),
        (name = "clips", description = "Pictures of events"),
        (name = "operation", description = "Probes"),
    ),
    components(schemas(ProblemBody<'static>, EventRecord, MediaRecord)),
)]
struct Frame;

/// The document without its routes.
pub(crate) fn frame() -> OpenApi {
    let mut document = Frame::openapi();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("Claims `sub`, `exp`, `tenant`, `scopes[]`, `cameras[]`."))
        .build();
    let components = document.components.get_or_insert_with(Default::default);
    components.security_schemes.insert(BEARER.into(), SecurityScheme::Http(bearer).into());
    document
}

/// Adds the document and its page to the routes, as the settings say.
pub(crate) fn serve(
    router: Router<Arc<App>>,
    document: &OpenApi,
    settings: &ApiSettings,
) -> Router<Arc<App>> {
    if !settings.serves_openapi {
        return router;
    }
    // Written once: it never changes while the service runs.
    let json = Bytes::from(serde_json::to_vec(document).unwrap_or_default());
    let router = router.route(DOCUMENT_PATH, get(move || std::future::ready(as_json(json.clone()))));
    if !settings.serves_docs {
        return router;
    }
    let page = SwaggerUi::new("/docs").config(Config::from(DOCUMENT_PATH).use_base_layout());
    router.merge(page)
}

fn as_json(json: Bytes) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response()
}

/// An event as it is documented; it mirrors `eps_domain::Event` field by field.
#[derive(ToSchema)]
#[schema(as = Event, title = "Event")]
#[expect(dead_code, reason = "describes a shape; the domain's type is what is written")]
pub(crate) struct EventRecord {
    /// Unique within the tenant, at most 128 bytes.
    #[schema(example = "evt_1")]
    event_id: String,
    /// When it began. Without an offset it is read in the camera's time zone.
    #[schema(example = "2026-05-13T09:00:00Z")]
    timestamp: Timestamp,
    /// When it ended.
    end_time: Option<Timestamp>,
    /// The camera that saw it.
    #[schema(example = "dock-1")]
    camera_id: String,
    /// What kind of thing happened, in the words of the source.
    #[schema(example = "person_detected")]
    event_type: String,
    /// What was seen.
    #[schema(example = "person")]
    label: Option<String>,
    /// Which one: a name, a number plate.
    sub_label: Option<String>,
    /// How sure the detector was.
    #[schema(minimum = 0.0, maximum = 1.0)]
    confidence: Option<f32>,
    /// What happened, in words; taken as `details` as well.
    description: Option<String>,
    /// The zones of the picture that it touched.
    #[schema(required = false)]
    zones: Vec<String>,
    /// How grave the source thought it.
    severity: Option<String>,
    /// Anything else that the source said.
    #[schema(required = false, value_type = Object)]
    attributes: Map<String, Value>,
    /// Where the source keeps its pictures.
    media: Option<MediaRecord>,
    /// The group that the source put it in.
    visit_id: Option<String>,
    /// Who sent it.
    source: Option<String>,
}

/// Where the pictures of an event are.
#[derive(ToSchema)]
#[schema(as = Media)]
#[expect(dead_code, reason = "describes a shape; the domain's type is what is written")]
pub(crate) struct MediaRecord {
    /// The clip.
    clip_url: Option<String>,
    /// A still.
    thumbnail_url: Option<String>,
}
