//! The caller's conversations: list, history, deletion.

use std::sync::Arc;

use axum::{Json, extract::State};
use eps_domain::conversations::{ConversationList, HistoryView};
use serde::Serialize;

use crate::{
    app::App,
    error::{ProblemBody, Result},
    extract::{Ask, Authorized, Id, Params},
};

/// The caller's conversations, newest first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "ask", security(("bearer" = ["ask"])),
    params(
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the last page"),
    ),
    responses(
        (status = 200, body = ConversationList),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Authorized<Ask>,
    params: Params,
) -> Result<Json<ConversationList>> {
    let params = params.only(&["limit", "cursor"])?;
    Ok(Json(app.conversations.list(&caller, params.number("limit")?, params.text("cursor")).await?))
}

/// The messages of a conversation, oldest first.
#[utoipa::path(get, path = "/api/v1/conversation/{id}/history", tag = "ask", security(("bearer" = ["ask"])),
    params(
        ("id" = String, Path, description = "The conversation"),
        ("limit" = Option<u32>, Query, description = "1 to 200, 50 when absent", minimum = 1, maximum = 200),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the last page"),
    ),
    responses(
        (status = 200, body = HistoryView),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Authorized<Ask>,
    Id(id): Id,
    params: Params,
) -> Result<Json<HistoryView>> {
    let params = params.only(&["limit", "cursor"])?;
    let limit = params.number("limit")?;
    Ok(Json(app.conversations.history(&caller, &id, limit, params.text("cursor")).await?))
}

/// What is said of a deletion.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Deleted {
    /// For people.
    #[schema(example = "conversation deleted")]
    message: &'static str,
    /// The conversation that is gone.
    conversation_id: String,
}

/// Deletes a conversation with all its messages; what was kept to replay or resume its answers goes with it.
#[utoipa::path(delete, path = "/api/v1/conversation/{id}", tag = "ask", security(("bearer" = ["ask"])),
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 200, body = Deleted),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Authorized<Ask>,
    Id(id): Id,
) -> Result<Json<Deleted>> {
    app.conversations.delete(&caller, &id).await?;
    app.streams.forget(&caller.owner, &id);
    Ok(Json(Deleted { message: "conversation deleted", conversation_id: id }))
}
