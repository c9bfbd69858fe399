//! `Idempotency-Key`: the same POST sent twice is done once, and its first result is replayed.
//!
//! Only results are kept: whoever got an error may try again with the same key. Must never leave a key
//! taken when the work behind it has ended, and never show under narrower rights what was found under
//! wider ones.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use eps_domain::{
    Caller, CameraScope,
    idempotency::{IdempotencyKey, IdempotencyState, StoredResponse},
};
use futures::FutureExt;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    app::App,
    context::of_this_request,
    error::{Problem, Result},
    extract::IdempotentBody,
};

/// Says that a response was made for an earlier request.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Time beyond its deadline that a request may need to give its key back.
const LEASE_MARGIN: Duration = Duration::from_secs(10);
const JSON: &str = "application/json";

/// A reply before it is sent: its JSON, and headers beside it that are not replayed.
pub(crate) struct Reply {
    pub(crate) json: Vec<u8>,
    pub(crate) headers: HeaderMap,
    /// The conversation that it speaks of; it is replayed as long as that is there.
    pub(crate) conversation_id: Option<String>,
}

impl Reply {
    /// 200 with a JSON body.
    pub(crate) fn of<T: Serialize>(value: &T) -> Result<Self> {
        Ok(Self::of_json(json(value)?))
    }

    fn of_json(json: Vec<u8>) -> Self {
        Self { json, headers: HeaderMap::new(), conversation_id: None }
    }
}

/// A reply as JSON.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)
        .map_err(|e| eps_domain::Error::internal("the reply cannot be written").caused_by(e))?)
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.json));
        *response.headers_mut() = self.headers;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        response
    }
}

/// What is to be done about a keyed request.
pub(crate) enum Turn {
    /// Do it, and tell the claim how it went.
    Do(Claim),
    /// It was done: here is the body.
    Replay(Vec<u8>),
}

/// A key that is ours until we settle it.
pub(crate) struct Claim(Option<(Arc<App>, IdempotencyKey)>);

impl Claim {
    /// Takes the key of a request, if it has one.
    ///
    /// # Errors
    /// 409 while another request works under the key, 422 when it was used for another body or by a
    /// token that sees other cameras.
    pub(crate) async fn take<T>(
        app: &Arc<App>,
        caller: &Caller,
        route: &'static str,
        request: &mut IdempotentBody<T>,
        deadline: Duration,
    ) -> Result<Turn> {
        let Some(key) = request.key.take() else { return Ok(Turn::Do(Self(None))) };
        let key = IdempotencyKey {
            owner: caller.owner.clone(),
            route: format!("POST {route}"),
            key,
            fingerprint: under(&caller.scope.cameras, &request.fingerprint),
        };
        let state = app.idempotency.begin(&key, deadline + LEASE_MARGIN, app.clock.now()).await?;
        let (result, turn) = match state {
            IdempotencyState::Begun => ("begun", Ok(Turn::Do(Self(Some((app.clone(), key)))))),
            IdempotencyState::Done(response) => ("replayed", Ok(Turn::Replay(response.body))),
            IdempotencyState::InFlight => {
                let detail = "a request with this key is being worked on";
                ("in_flight", Err(Problem::new(StatusCode::CONFLICT, "IDEMPOTENCY_IN_PROGRESS", detail)))
            }
            IdempotencyState::Mismatch => {
                let detail = "this key was used with another body, or by a token that sees other cameras";
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                ("mismatch", Err(Problem::new(status, "IDEMPOTENCY_KEY_REUSED", detail)))
            }
        };
        metrics::counter!("eps_idempotency_total", "result" => result).increment(1);
        turn
    }

    /// Whether the request had a key.
    pub(crate) fn is_keyed(&self) -> bool {
        self.0.is_some()
    }

    /// Keeps a result for replay, or gives the key back after an error.
    pub(crate) async fn settle(self, result: Option<&Reply>) {
        let Some((app, key)) = self.0 else { return };
        let settled = match result {
            Some(Reply { json, conversation_id, .. }) => {
                let response = StoredResponse { status: 200, content_type: JSON.into(), body: json.clone() };
                let now = app.clock.now();
                app.idempotency.complete(&key, response, conversation_id.as_deref(), now).await
            }
            None => app.idempotency.abandon(&key).await,
        };
        if let Err(error) = settled {
            // The reply stands; the lease ends by itself.
            tracing::warn!(cause = %error, "an idempotency key could not be settled");
        }
    }
}

/// A fingerprint bound to what its caller may see. Tenant and subject name the record, and the permission
/// that a route needs was checked before.
fn under(cameras: &CameraScope, fingerprint: &[u8; 32]) -> [u8; 32] {
    let mut digest = Sha256::new_with_prefix(fingerprint);
    match cameras {
        CameraScope::All => digest.update([0]),
        CameraScope::Matching { patterns, .. } => {
            digest.update([1]);
            for pattern in patterns.iter() {
                digest.update((pattern.len() as u64).to_be_bytes());
                digest.update(pattern);
            }
        }
    }
    digest.finalize().into()
}

/// Does a POST once. With a key, the work goes on to its end when the client leaves, so that the client
/// finds the result when it comes back.
pub(crate) async fn once<T, Fut>(
    app: &Arc<App>,
    caller: &Caller,
    route: &'static str,
    mut request: IdempotentBody<T>,
    work: impl FnOnce(T) -> Fut,
) -> Result<Response>
where
    Fut: Future<Output = Result<Reply>> + Send + 'static,
{
    match Claim::take(app, caller, route, &mut request, app.settings.request_deadline).await? {
        Turn::Replay(json) => Ok(replay(json)),
        Turn::Do(claim) if claim.is_keyed() => {
            finish(app, claim, work(request.value)).await.map(IntoResponse::into_response)
        }
        Turn::Do(_) => work(request.value).await.map(IntoResponse::into_response),
    }
}

/// Runs work to its end whether or not anyone waits for it, and settles its key.
pub(crate) async fn finish<Fut>(app: &Arc<App>, claim: Claim, work: Fut) -> Result<Reply>
where
    Fut: Future<Output = Result<Reply>> + Send + 'static,
{
    let task = async move {
        let result = AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
            metrics::counter!("eps_panics_total").increment(1);
            Err(eps_domain::Error::internal("the work panicked").into())
        });
        claim.settle(result.as_ref().ok()).await;
        result
    };
    let task = app.tasks.spawn(of_this_request(task));
    task.await
        .unwrap_or_else(|e| Err(eps_domain::Error::internal("the work was cut off").caused_by(e).into()))
}

/// The first result once more.
pub(crate) fn replay(json: Vec<u8>) -> Response {
    let mut response = Reply::of_json(json).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
