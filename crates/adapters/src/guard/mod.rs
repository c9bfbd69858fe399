//! Decorators that keep a dependency that is out of order from taking the service with it: a circuit breaker
//! for every port to another machine, and one more try, within a budget, for what is only read. They
//! never change an answer, and a check of health always goes through, so that what is mended is noticed.

mod breaker;
mod ports;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

pub use breaker::CIRCUIT_STATE;
use breaker::{Breaker, is_out_of_order};
use eps_domain::{
    Result, chat_model::ChatModel, clip::ClipSource, conversation::ConversationStore,
    event_store::EventStore, idempotency::IdempotencyStore,
};
use metrics::{counter, describe_counter};
use tower::retry::budget::{Budget as _, TpsBudget};

use crate::late::is_late;

/// Second tries, by dependency and whether the budget allowed them.
pub const RETRIES: &str = "eps_retries_total";

/// Second tries are at most this share of the calls …
const RETRY_SHARE: f32 = 0.2;
/// … and so many a second besides, so that a quiet service can retry too.
const RETRIES_PER_SECOND_MIN: u32 = 10;
/// How long a call that went well pays for a second try.
const BUDGET_TTL: Duration = Duration::from_secs(10);
/// Between the two tries, at most; at random, so that replicas do not all come back at once.
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// A port with its calls guarded.
pub struct Guarded<P: ?Sized> {
    inner: Arc<P>,
    dep: &'static str,
    breaker: Breaker,
    budget: TpsBudget,
}

/// Where events are kept, on another machine.
pub type GuardedEventStore = Guarded<dyn EventStore>;
/// Where conversations are kept, on another machine.
pub type GuardedConversationStore = Guarded<dyn ConversationStore>;
/// A language model. Only how an answer begins counts: what is cut later has been heard.
pub type GuardedChatModel = Guarded<dyn ChatModel>;
/// A keeper of clips, on another machine.
pub type GuardedClipSource = Guarded<dyn ClipSource>;
/// Where idempotency records are kept, on another machine.
pub type GuardedIdempotencyStore = Guarded<dyn IdempotencyStore>;

impl<P: ?Sized> fmt::Debug for Guarded<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded").field("dep", &self.dep).finish_non_exhaustive()
    }
}

impl<P: ?Sized> Guarded<P> {
    /// Guards the calls of `inner`, which metrics call `dep`.
    pub fn new(dep: &'static str, inner: Arc<P>) -> Self {
        describe_counter!(RETRIES, "Second tries, by dependency; `refused` when the budget was spent.");
        let budget = TpsBudget::new(BUDGET_TTL, RETRIES_PER_SECOND_MIN, RETRY_SHARE);
        Self { inner, dep, breaker: Breaker::new(dep, Instant::now()), budget }
    }

    /// A call that may change something: once, and not at all while the circuit is open.
    async fn once<T, F: Future<Output = Result<T>>>(&self, call: impl FnOnce() -> F) -> Result<T> {
        let permit = self.breaker.admit(Instant::now())?;
        let outcome = call().await;
        permit.settle(&outcome, Instant::now());
        outcome
    }

    /// A call that only reads: once more when the dependency cannot be reached. What took too long is
    /// not repeated, since the caller has waited already.
    async fn read<T, F: Future<Output = Result<T>>>(&self, call: impl Fn() -> F) -> Result<T> {
        self.budget.deposit();
        let outcome = self.once(&call).await;
        let is_unreachable = |error: &eps_domain::Error| !is_late(error) && is_out_of_order(error);
        if !outcome.as_ref().err().is_some_and(is_unreachable) {
            return outcome;
        }
        let is_paid = self.budget.withdraw();
        let told = if is_paid { "tried" } else { "refused" };
        counter!(RETRIES, "dep" => self.dep, "outcome" => told).increment(1);
        if !is_paid {
            return outcome;
        }
        tokio::time::sleep(PAUSE_MAX.mul_f32(fastrand::f32())).await;
        self.once(&call).await
    }

    /// A check of health: always made.
    async fn health<T, F: Future<Output = Result<T>>>(&self, call: impl FnOnce() -> F) -> Result<T> {
        let permit = self.breaker.probe();
        let outcome = call().await;
        permit.settle(&outcome, Instant::now());
        outcome
    }
}
