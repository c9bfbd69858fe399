//! Events: in, one out, and what is related to one.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    response::Response,
};
use eps_domain::{
    Event,
    events::IngestReport,
    related::{RELATED_LIMIT_MAX, RelatedEvent, Relationship},
};
use serde::Serialize;

use crate::{
    app::App,
    error::{Problem, ProblemBody, Result},
    extract::{Authorized, EventsRead, EventsWrite, Id, Params, batch},
    idempotency::{Reply, once},
    openapi::EventRecord,
};

/// How many related events come when the request does not say.
const RELATED_LIMIT_DEFAULT: usize = 10;

/// Takes in events: one object, an array, or NDJSON. An event with a known id replaces it; one bad
/// event never loses the others. With `source`, the body has the shape of a sender that the operator
/// described, and its mapping makes the events.
#[utoipa::path(post, path = "/api/v1/events", tag = "events", security(("bearer" = ["events:write"])),
    params(("source" = Option<String>, Query, description = "A sender described in SOURCES_FILE"),
        ("Idempotency-Key" = Option<String>, Header, description = "The first result is replayed for 24 h; 422 for another body or a token that sees other cameras")),
    request_body(
        content(
            (EventRecord = "application/json", example = json!({"event_id": "evt_1",
                "timestamp": "2026-05-13T09:00:00Z", "camera_id": "dock-1", "event_type": "person_detected",
                "label": "person", "confidence": 0.91, "description": "A person waits at the ramp"})),
            (String = "application/x-ndjson"),
        ),
        description = "One event, an array of events, or one event a line; at most 10,000 and 8 MiB",
    ),
    responses(
        (status = 200, body = IngestReport),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn ingest(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsWrite>,
    params: Params,
    request: Request,
) -> Result<Response> {
    let params = params.only(&["source"])?;
    let batch = batch::read(&app, params.text("source"), request).await?;
    let (events, who) = (app.events.clone(), caller.share());
    once(&app, &caller, "/api/v1/events", batch, |items| async move {
        Reply::of(&events.ingest(&who, items).await?)
    })
    .await
}

/// One event. Of the links that came with it, those remain whose hosts the operator allows.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "events", security(("bearer" = ["events:read"])),
    params(("id" = String, Path, description = "The event")),
    responses(
        (status = 200, body = EventRecord),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    Id(id): Id,
) -> Result<Json<Event>> {
    Ok(Json(app.clips.without_foreign_links(app.events.get(&caller, &id).await?)))
}

/// What belongs to an event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RelatedReply {
    /// The event that was asked about.
    event_id: String,
    /// Strongest first.
    related: Vec<RelatedEvent>,
}

/// What else belongs to an event: close in time, close in space, alike in meaning.
#[utoipa::path(get, path = "/api/v1/events/{id}/related", tag = "events", security(("bearer" = ["events:read"])),
    params(
        ("id" = String, Path, description = "The event"),
        ("types" = Option<String>, Query, description = "Any of `temporal,spatial,semantic`; all when absent"),
        ("limit" = Option<u32>, Query, description = "1 to 50, 10 when absent", minimum = 1, maximum = 50),
    ),
    responses(
        (status = 200, body = RelatedReply),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn related(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    Id(id): Id,
    params: Params,
) -> Result<Json<RelatedReply>> {
    let params = params.only(&["types", "limit"])?;
    let limit = params.number("limit")?.unwrap_or(RELATED_LIMIT_DEFAULT);
    if !(1..=RELATED_LIMIT_MAX).contains(&limit) {
        return Err(Problem::invalid("limit", format!("`limit` must be 1 to {RELATED_LIMIT_MAX}")));
    }
    let kinds = params.text("types").map(relationships).transpose()?.unwrap_or_default();
    let related = app.related.of(&caller, &id, &kinds, limit).await?;
    let given_out =
        |found: RelatedEvent| RelatedEvent { event: app.clips.without_foreign_links(found.event), ..found };
    let related = related.into_iter().map(given_out).collect();
    Ok(Json(RelatedReply { event_id: id, related }))
}

fn relationships(words: &str) -> Result<Vec<Relationship>> {
    let mut kinds = Vec::with_capacity(3);
    for word in words.split(',') {
        let kind = match word.trim() {
            "temporal" => Relationship::Temporal,
            "spatial" => Relationship::Spatial,
            "semantic" => Relationship::Semantic,
            _ => return Err(Problem::invalid("types", "`types` must be temporal, spatial or semantic")),
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    Ok(kinds)
}
