//! Pictures of events: links to them, and the pictures themselves.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    response::Response,
};
use eps_domain::{
    Caller,
    ask::Degraded,
    clip::MediaKind,
    clips::{EventLink, LinkSignature, MediaAccess},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    degraded::mark_degraded,
    error::{Problem, ProblemBody, Result},
    extract::{Authorized, EventsRead, Id, IdempotentBody, Params},
    idempotency::{Reply, once},
    media,
};

/// Which links.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinksBody {
    /// At most 100.
    #[schema(max_items = 100, example = json!(["evt_1"]))]
    event_ids: Vec<String>,
    /// How long the links work; 60 when absent, at most a day.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1440)]
    expiry_minutes: Option<u64>,
}

/// The links, in the order of the ids.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct LinksReply {
    /// One an event.
    links: Vec<EventLink>,
    /// Parts that did not work: with `clips`, `unavailable` may mean that nobody could say.
    degraded: Vec<Degraded>,
}

/// Short-lived links to clips, which need no token.
#[utoipa::path(post, path = "/api/v1/clips/links", tag = "clips", security(("bearer" = ["events:read"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The first result is replayed for 24 h; 422 for another body or a token that sees other cameras")),
    request_body = LinksBody,
    responses(
        (status = 200, body = LinksReply),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn links(
    State(app): State<Arc<App>>,
    caller: Authorized<EventsRead>,
    request: IdempotentBody<LinksBody>,
) -> Result<Response> {
    let (clips, who) = (app.clips.clone(), caller.share());
    once(&app, &caller, "/api/v1/clips/links", request, |body| async move {
        let (links, is_out_of_order) = clips.links(&who, &body.event_ids, body.expiry_minutes).await?;
        let degraded = Vec::from_iter(is_out_of_order.then_some(Degraded::Clips));
        let reply = LinksReply { links, degraded };
        let mut answer = Reply::of(&reply)?;
        mark_degraded(&mut answer.headers, &reply.degraded);
        Ok(answer)
    })
    .await
}

/// What a signed link carries in place of a token.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes parameters; `access` reads them")]
struct SignedLink {
    /// When the link ends, in Unix seconds.
    exp: Option<i64>,
    /// The tenant it was signed for, hidden.
    t: Option<String>,
    /// The signature.
    sig: Option<String>,
}

/// The clip of an event, in ranges of bytes when asked.
#[utoipa::path(get, path = "/api/v1/clips/{event_id}", tag = "clips", security(("bearer" = ["events:read"]), ()),
    params(
        ("event_id" = String, Path, description = "The event"),
        SignedLink,
        ("Range" = Option<String>, Header, description = "One range of bytes"),
    ),
    responses(
        (status = 200, description = "The whole picture", content_type = "video/mp4"),
        (status = 206, description = "A part of it", content_type = "video/mp4"),
        (status = 302, description = "It is elsewhere, under a link that works for a short time"),
        (status = 304, description = "It has not changed"),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn clip(
    State(app): State<Arc<App>>,
    caller: Option<Authorized<EventsRead>>,
    Id(event_id): Id,
    params: Params,
    request: Request,
) -> Result<Response> {
    let access = access(caller.as_deref(), params)?;
    send(&app, access, &event_id, MediaKind::Clip, request.headers()).await
}

/// A still of an event.
#[utoipa::path(get, path = "/api/v1/clips/{event_id}/thumbnail", tag = "clips",
    security(("bearer" = ["events:read"]), ()),
    params(("event_id" = String, Path, description = "The event"), SignedLink),
    responses(
        (status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 302, description = "It is elsewhere, under a link that works for a short time"),
        (status = 304, description = "It has not changed"),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn thumbnail(
    State(app): State<Arc<App>>,
    caller: Option<Authorized<EventsRead>>,
    Id(event_id): Id,
    params: Params,
    request: Request,
) -> Result<Response> {
    let access = access(caller.as_deref(), params)?;
    send(&app, access, &event_id, MediaKind::Thumbnail, request.headers()).await
}

async fn send(
    app: &App,
    access: MediaAccess<'_>,
    event_id: &str,
    kind: MediaKind,
    headers: &HeaderMap,
) -> Result<Response> {
    let wanted = media::wanted(kind, headers);
    let media = app.clips.open(access, event_id, &wanted).await?;
    media::respond(media, &wanted, headers)
}

/// A token counts when there is one; else the signature of the link.
fn access(caller: Option<&Caller>, params: Params) -> Result<MediaAccess<'_>> {
    if let Some(caller) = caller {
        return Ok(MediaAccess::Caller(caller));
    }
    let params = params.only(&["exp", "t", "sig"])?;
    let forged = || {
        let detail = "the signature of the link does not hold";
        Problem::new(axum::http::StatusCode::FORBIDDEN, "CLIP_SIGNATURE_INVALID", detail)
    };
    let text = |name| params.text(name).map(str::to_owned).ok_or_else(forged);
    let exp = text("exp")?.parse().map_err(|_| forged())?;
    Ok(MediaAccess::Link(LinkSignature { exp, t: text("t")?, sig: text("sig")? }))
}
