//! Decorators that measure every call of a port: one counter, one histogram, one span of the log and, where
//! they are recorded, one of the trace. They change nothing, and no label says who asked for what.

mod chat_spans;
mod ports;
#[cfg(test)]
mod tests;

use std::{future::Future, sync::Arc, time::Instant};

use eps_domain::{
    Error, ErrorKind, Result,
    chat_model::ChatModel,
    clip::ClipSource,
    conversation::ConversationStore,
    embedder::Embedder,
    event_store::EventStore,
    idempotency::IdempotencyStore,
    rate_limit::RateLimiter,
    token_ledger::TokenLedger,
    trace::{self, SpanKind, Trace, names},
};
use metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use tracing::Instrument;

use crate::late::is_late;

/// Calls, by dependency, operation and outcome.
pub const REQUESTS: &str = "eps_dependency_requests_total";
/// Seconds of calls, by dependency and operation.
pub const DURATION: &str = "eps_dependency_duration_seconds";

/// Tokens of the language model, by kind, as the provider counts them.
pub const LLM_TOKENS: &str = "eps_llm_tokens_total";

/// Every outcome: it did what was asked; it said no, as it should; it was out of order; it took too
/// long; it has a defect or damaged data; the caller left, or a stream was cut, before the end.
const OUTCOMES: [&str; 6] = ["ok", "refused", "unavailable", "timeout", "error", "cancelled"];

/// Every operation of every dependency.
const OPERATIONS: [(&str, &[&str]); 9] = [
    (
        "events",
        &[
            "upsert",
            "get",
            "search",
            "count",
            "exists",
            "vocabulary",
            "unembedded",
            "store_vectors",
            "health",
        ],
    ),
    (
        "conversations",
        &["begin_turn", "latest", "append_turn", "history", "list", "delete", "sweep", "health"],
    ),
    ("idempotency", &["begin", "complete", "abandon", "sweep"]),
    ("limits", &["check"]),
    ("tokens", &["spend"]),
    ("token_keys", &["fetch"]),
    ("embedder", &["embed"]),
    ("llm", &["first_piece", "stream"]),
    ("clips", &["status", "open"]),
];

/// A port with its calls measured.
#[derive(Debug)]
pub struct Observed<P: ?Sized>(Arc<P>);

impl<P: ?Sized> Observed<P> {
    /// Measures the calls of `inner`.
    pub fn new(inner: Arc<P>) -> Self {
        Self(inner)
    }
}

/// Where events are kept, measured as `events`.
pub type ObservedEventStore = Observed<dyn EventStore>;
/// Where conversations are kept, measured as `conversations`.
pub type ObservedConversationStore = Observed<dyn ConversationStore>;
/// Records of `Idempotency-Key`, measured as `idempotency`.
pub type ObservedIdempotencyStore = Observed<dyn IdempotencyStore>;
/// The limiter that copies of the service share, measured as `limits`.
pub type ObservedRateLimiter = Observed<dyn RateLimiter>;
/// What tenants have used up of the model, measured as `tokens`.
pub type ObservedTokenLedger = Observed<dyn TokenLedger>;
/// What turns text into vectors, measured as `embedder`.
pub type ObservedEmbedder = Observed<dyn Embedder>;
/// The language model, measured as `llm`: until the first piece, and the whole stream.
pub type ObservedChatModel = Observed<dyn ChatModel>;
/// The keeper of clips, measured as `clips`.
pub type ObservedClipSource = Observed<dyn ClipSource>;

/// Describes both metrics and brings every series into being, so that a dashboard shows zero and not
/// nothing. To be called once, after the recorder is installed.
pub fn describe() {
    describe_counter!(REQUESTS, "Calls of dependencies, by outcome.");
    describe_histogram!(DURATION, Unit::Seconds, "Time of calls of dependencies.");
    describe_counter!(LLM_TOKENS, "Tokens of the language model: read (prompt) and written (completion).");
    for kind in ["prompt", "completion"] {
        counter!(LLM_TOKENS, "kind" => kind).increment(0);
    }
    for (dep, operations) in OPERATIONS {
        for op in operations {
            for outcome in OUTCOMES {
                counter!(REQUESTS, "dep" => dep, "op" => *op, "outcome" => outcome).increment(0);
            }
            // Registered without a value.
            let _ = histogram!(DURATION, "dep" => dep, "op" => *op);
        }
    }
}

/// One call in the making; recorded when it is dropped, however it ends.
struct Call {
    dep: &'static str,
    op: &'static str,
    outcome: &'static str,
    begun: Instant,
}

impl Call {
    fn begin(dep: &'static str, op: &'static str) -> Self {
        Self { dep, op, outcome: "cancelled", begun: Instant::now() }
    }

    fn ends<T>(&mut self, outcome: &Result<T>) {
        self.ends_as(outcome.as_ref().map_or_else(outcome_of, |_| "ok"));
    }

    fn ends_as(&mut self, outcome: &'static str) {
        self.outcome = outcome;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Self { dep, op, outcome, begun } = *self;
        counter!(REQUESTS, "dep" => dep, "op" => op, "outcome" => outcome).increment(1);
        histogram!(DURATION, "dep" => dep, "op" => op).record(begun.elapsed().as_secs_f64());
    }
}

fn outcome_of(error: &Error) -> &'static str {
    match error.kind {
        _ if is_late(error) => "timeout",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Internal => "error",
        ErrorKind::InvalidInput
        | ErrorKind::Unauthenticated
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::TooMany => "refused",
    }
}

/// Measures one call; in a trace that is recorded, it is a span.
pub(crate) async fn observed<T>(
    dep: &'static str,
    op: &'static str,
    call: impl Future<Output = Result<T>>,
) -> Result<T> {
    let span = Trace::current().map(|trace| trace.part(SpanKind::Client, || format!("{dep} {op}").into()));
    let outcome = measured(dep, op, trace::within(span.clone(), call)).await;
    if let Some(span) = span {
        span.note(names::DEPENDENCY, dep);
        span.note(names::OPERATION, op);
        if let Err(error) = &outcome {
            note_failure(&span, error);
        }
    }
    outcome
}

/// Measures one call.
async fn measured<T>(
    dep: &'static str,
    op: &'static str,
    call: impl Future<Output = Result<T>>,
) -> Result<T> {
    let mut measured = Call::begin(dep, op);
    let outcome = call.instrument(tracing::debug_span!("dependency", dep, op)).await;
    measured.ends(&outcome);
    outcome
}

/// Whoever is refused, as they should be, has not failed.
fn note_failure(span: &Trace, error: &Error) {
    match outcome_of(error) {
        "refused" => {}
        outcome => span.note(names::ERROR_TYPE, outcome),
    }
}
