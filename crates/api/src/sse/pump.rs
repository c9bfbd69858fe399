//! The one writer of a stream: carries what the asker tells into the log and ends it exactly once, with
//! `completed` or `error`.
//!
//! Goes on when its reader has left, without listening: the asker then stops the model and stores what
//! was said as interrupted.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::http::StatusCode;
use eps_domain::{
    Caller,
    ask::{AskEvent, AskRequest},
};
use futures::FutureExt;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::log::{COMPLETED, StreamLog};
use crate::{
    app::App,
    context::RequestContext,
    degraded::count_degraded,
    error::{Problem, Result},
    idempotency::{Claim, Reply},
    layers::InFlight,
};

/// Events between the asker and the log; the log takes them at once.
const CHANNEL_EVENTS: usize = 64;
/// How long a question may go on to store its turn after its stream was cut off.
const SETTLE: Duration = Duration::from_secs(5);
/// A token is accepted that long beyond its end, so a stream under it lasts at least as long.
const TOKEN_LEEWAY: Duration = Duration::from_secs(30);

/// A question to be answered as a stream.
pub(super) struct Pump {
    pub(super) app: Arc<App>,
    pub(super) caller: Arc<Caller>,
    pub(super) context: Arc<RequestContext>,
    pub(super) log: Arc<StreamLog>,
    pub(super) claim: Claim,
    pub(super) place: OwnedSemaphorePermit,
}

impl Pump {
    /// Runs the stream to its end.
    pub(super) async fn run(self, request: AskRequest) {
        let Self { app, caller, context, log, claim, place } = self;
        let _held = (place, InFlight::enter());
        // A turn is large; it is boxed once and not copied with the task.
        let turn = Box::pin(answer(&app, &caller, &log, request));
        let result = AssertUnwindSafe(turn).catch_unwind().await;
        let result = result.unwrap_or_else(|_| {
            metrics::counter!("eps_panics_total").increment(1);
            Err(eps_domain::Error::internal("the answer panicked").into())
        });
        // The key is settled before the stream ends: whoever has seen the end finds the result.
        claim.settle(result.as_ref().ok()).await;
        let end = match &result {
            Ok(reply) => {
                log.end(COMPLETED, &reply.json);
                COMPLETED
            }
            Err(problem) => {
                fail(&log, problem, &context, &app);
                if problem.code() == "LISTENER_GONE" { "abandoned" } else { "error" }
            }
        };
        app.streams.keep(&log);
        metrics::counter!("eps_streams_total", "end" => end).increment(1);
        tracing::info!(end, "stream");
    }
}

fn fail(log: &StreamLog, problem: &Problem, context: &RequestContext, app: &App) {
    if !log.fail_early(problem) {
        problem.log();
        log.end("error", &problem.json(context, app.clock.now()));
    }
}

/// Asks, and tells the log what it hears, until the answer is whole or the stream must end. The answer
/// comes as JSON: it is written once, for the stream and for replay.
async fn answer(app: &App, caller: &Caller, log: &StreamLog, request: AskRequest) -> Result<Reply> {
    let (sender, mut events) = mpsc::channel(CHANNEL_EVENTS);
    let asking = app.asker.ask(caller, request, Some(sender));
    let must_end = must_end(app, caller);
    tokio::pin!(asking, must_end);
    let mut is_heard = true;
    loop {
        tokio::select! {
            biased;
            event = events.recv(), if is_heard => match event {
                Some(event) => is_heard = say(log, event),
                None => is_heard = false,
            },
            result = &mut asking => {
                while let Ok(event) = events.try_recv() {
                    say(log, event);
                }
                let answer = result?;
                count_degraded(&answer.degraded);
                let mut reply = Reply::of(&answer)?;
                reply.conversation_id = answer.conversation_id;
                return Ok(reply);
            }
            () = log.abandoned(), if is_heard => is_heard = false,
            problem = &mut must_end => {
                // What was said so far is stored as interrupted before the stream is cut.
                drop(events);
                let _ = tokio::time::timeout(SETTLE, asking).await;
                return Err(problem);
            }
        }
        if !is_heard {
            events.close();
        }
    }
}

/// Returns why a stream cannot go on: it took too long, its token ended, or the service stops.
fn must_end(app: &App, caller: &Caller) -> impl Future<Output = Problem> + Send + use<> {
    let settings = &app.settings;
    let left = Duration::try_from(caller.expires_at.duration_since(app.clock.now())).unwrap_or_default();
    let (deadline, token_end) = (settings.stream_deadline, left.max(TOKEN_LEEWAY));
    let (shutdown, grace) = (app.shutdown.clone(), settings.stream_shutdown_grace);
    async move {
        let stop = async {
            shutdown.cancelled().await;
            tokio::time::sleep(grace).await;
        };
        tokio::select! {
            () = stop => {
                let detail = "the service is stopping; ask again";
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "SERVER_SHUTTING_DOWN", detail)
            }
            () = tokio::time::sleep(token_end), if token_end < deadline => Problem::unauthenticated(true),
            () = tokio::time::sleep(deadline) => {
                let detail = "the answer took too long";
                Problem::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", detail)
            }
        }
    }
}

/// Puts what the asker tells into the words of the contract.
fn say(log: &StreamLog, event: AskEvent) -> bool {
    match event {
        AskEvent::ConversationCreated { conversation_id } => {
            log.belongs_to(conversation_id.as_deref());
            log.say("conversation.created", &serde_json::json!({"conversation_id": conversation_id}))
        }
        AskEvent::Interpreted(interpretation) => log.say("interpretation", &interpretation),
        AskEvent::Found(evidence) => log.say("evidence", &serde_json::json!({"evidence": evidence})),
        AskEvent::Delta(text) => log.say("answer.delta", &Text { text: &text }),
        AskEvent::Replaced(text) => log.say("answer.replaced", &Text { text: &text }),
        AskEvent::FollowUps(questions) => {
            log.say("follow_ups", &serde_json::json!({"follow_up_questions": questions}))
        }
    }
}

/// A piece of an answer: there are hundreds in a stream.
#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}
