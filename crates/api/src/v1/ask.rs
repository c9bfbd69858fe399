//! Questions: the whole answer as JSON, or as a stream while it is made.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use eps_domain::{
    Caller,
    ask::{Answer, AskRequest, Filters, UserContext},
};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    app::App,
    context::RequestContext,
    degraded::mark_degraded,
    error::{Problem, ProblemBody, Result},
    extract::{Ask, Authorized, IdempotentBody},
    idempotency::{Claim, Reply, Turn, finish, replay},
    sse::{self, EventId},
};

const ROUTE: &str = "/api/v1/conversation";

/// A question.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskBody {
    /// In any language.
    #[schema(min_length = 1, max_length = 2000, example = "Who was at the loading dock last night?")]
    query: String,
    /// The conversation to go on with; a new one when absent.
    #[serde(default)]
    conversation_id: Option<String>,
    /// How much evidence to show; 5 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// Fields that narrow the question.
    #[serde(default)]
    filters: Option<Filters>,
    /// About the user: data, never instructions.
    #[serde(default)]
    user_context: Option<UserContext>,
    /// The insight that the question is about.
    #[serde(default)]
    insight_id: Option<String>,
    /// Whether to answer as a stream; the same as `Accept: text/event-stream`.
    #[serde(default)]
    stream: Option<bool>,
}

impl From<AskBody> for AskRequest {
    fn from(body: AskBody) -> Self {
        Self {
            query: body.query,
            conversation_id: body.conversation_id,
            limit: body.limit,
            filters: body.filters.unwrap_or_default(),
            user_context: body.user_context.unwrap_or_default(),
            insight_id: body.insight_id,
        }
    }
}

/// Asks a question.
#[utoipa::path(post, path = "/api/v1/conversation", tag = "ask", security(("bearer" = ["ask"])),
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The first result is replayed for 24 h; 422 for another body or a token that sees other cameras"),
        ("Last-Event-ID" = Option<String>, Header, description = "Resumes a stream within 5 minutes, with a token that sees the same cameras, at the copy of the service that made it. Where it is not known, a question with an `Idempotency-Key` is answered as without this header: with the replay of its end, if it has one; else 404"),
    ),
    request_body = AskBody,
    responses(
        (status = 200, description = "The whole answer, or a stream that ends with it", content(
            (Answer = "application/json"),
            (String = "text/event-stream"),
        )),
        (status = "default", description = "Any error", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn ask(
    State(app): State<Arc<App>>,
    caller: Authorized<Ask>,
    Extension(context): Extension<Arc<RequestContext>>,
    input: Input,
) -> Result<Response> {
    let question = match input {
        Input::Question(question) => question,
        Input::Resume { seen, question } => match (sse::resume(&app, &caller, seen).await?, question) {
            (Some(response), _) => return Ok(response),
            (None, Some(question)) => question,
            (None, None) => {
                let detail = "there is no such stream to resume";
                return Err(Problem::new(StatusCode::NOT_FOUND, "STREAM_NOT_FOUND", detail));
            }
        },
    };
    let Question { wants_stream, mut request } = question;
    let claim = match Claim::take(&app, &caller, ROUTE, &mut request, app.settings.stream_deadline).await? {
        Turn::Replay(json) if wants_stream => return Ok(sse::replay(&json)),
        Turn::Replay(json) => return Ok(replay(json)),
        Turn::Do(claim) => claim,
    };
    let (claim, place) = place(&app, claim).await?;
    if wants_stream {
        return sse::begin(&app, caller.share(), context, request.value.into(), claim, place).await;
    }
    let work = whole(app.clone(), caller.share(), request.value.into(), place);
    finish(&app, claim, work).await.map(IntoResponse::into_response)
}

/// What arrived: a question, or the wish to go on with a stream.
pub(crate) enum Input {
    /// The last event that the client has seen, and the question with its key where both were sent again:
    /// a stream is kept by the copy of the service that made it, its end by all of them.
    Resume { seen: EventId, question: Option<Question> },
    /// A question.
    Question(Question),
}

pub(crate) struct Question {
    /// By `Accept` or by the body.
    wants_stream: bool,
    request: Box<IdempotentBody<AskBody>>,
}

impl Question {
    async fn read(request: Request, app: &Arc<App>) -> Result<Self> {
        let accepts_stream = sse::is_wanted(request.headers());
        let request = IdempotentBody::<AskBody>::from_request(request, app).await?;
        let wants_stream = accepts_stream || request.value.stream == Some(true);
        Ok(Self { wants_stream, request: Box::new(request) })
    }
}

impl FromRequest<Arc<App>> for Input {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        if let Some(seen) = request.headers().get("last-event-id") {
            let seen = seen.to_str().ok().and_then(EventId::parse).ok_or_else(|| {
                let detail = "`Last-Event-ID` is none of ours";
                Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_LAST_EVENT_ID", detail)
            })?;
            // Without a key the same question would be asked a second time. What is wrong with it is no matter
            // where the stream is here.
            let is_keyed = request.headers().contains_key("idempotency-key");
            let question = if is_keyed { Question::read(request, app).await.ok() } else { None };
            return Ok(Self::Resume { seen, question });
        }
        Question::read(request, app).await.map(Self::Question)
    }
}

/// The whole answer; it is made and stored also when its client has left.
async fn whole(
    app: Arc<App>,
    caller: Arc<Caller>,
    request: AskRequest,
    place: OwnedSemaphorePermit,
) -> Result<Reply> {
    let _place = place;
    let answer: Answer = app.asker.ask(&caller, request, None).await?;
    let mut reply = Reply::of(&answer)?;
    mark_degraded(&mut reply.headers, &answer.degraded);
    reply.conversation_id = answer.conversation_id;
    Ok(reply)
}

/// A place among the questions in the making; without one, the key of the request is given back.
async fn place(app: &App, claim: Claim) -> Result<(Claim, OwnedSemaphorePermit)> {
    let place = app.asks.clone().acquire_owned();
    if let Ok(Ok(place)) = tokio::time::timeout(app.settings.ask_queue, place).await {
        return Ok((claim, place));
    }
    claim.settle(None).await;
    metrics::counter!("eps_requests_shed_total").increment(1);
    let detail = "too many questions are being answered";
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "OVERLOADED", detail))
}
