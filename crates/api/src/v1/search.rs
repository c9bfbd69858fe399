//! Search and count for programs.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use eps_domain::search::{CountQuery, CountReply, SearchQuery, SearchReply};

use crate::{
    app::App,
    degraded::mark_degraded,
    error::{ProblemBody, Result},
    extract::{Authorized, EventsRead, IdempotentBody},
    idempotency::{Reply, once},
};

/// One page of events that match words and fields, with exact totals.
#[utoipa::path(post, path = "/api/v1/search", tag = "events", security(("bearer" = ["events:read"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The first result is replayed for 24 h; 422 for another body or a token that sees other cameras")),
    request_body = SearchQuery,
    responses(
        (status = 200, body = SearchReply),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    request: IdempotentBody<SearchQuery>,
) -> Result<Response> {
    let (searcher, who) = (app.searcher.clone(), caller.share());
    once(&app, &caller, "/api/v1/search", request, |query| async move {
        let found = searcher.search(&who, query).await?;
        let mut reply = Reply::of(&found)?;
        mark_degraded(&mut reply.headers, &found.degraded);
        Ok(reply)
    })
    .await
}

/// Counts exactly, in groups when asked.
#[utoipa::path(post, path = "/api/v1/events/count", tag = "events", security(("bearer" = ["events:read"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The first result is replayed for 24 h; 422 for another body or a token that sees other cameras")),
    request_body = CountQuery,
    responses(
        (status = 200, body = CountReply),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn count(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    request: IdempotentBody<CountQuery>,
) -> Result<Response> {
    let (searcher, who) = (app.searcher.clone(), caller.share());
    once(&app, &caller, "/api/v1/events/count", request, |query| async move {
        Reply::of(&searcher.count(&who, query).await?)
    })
    .await
}
