//! Several language models, each asked when those before it do not answer. Never changes from one to another
//! in the middle of an answer: what was heard came from one model.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use eps_domain::{
    Error, ErrorKind, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest, LLM_REJECTED},
};
use futures::{StreamExt as _, stream::BoxStream};
use metrics::{counter, describe_counter};

/// Answers that the first model did not begin, by the number of the model that did.
pub const FALLBACKS: &str = "eps_llm_fallbacks_total";
/// Of the time that is left to begin an answer, a model has so much while there is another behind it.
const SHARE: f64 = 0.6;

/// A first model and those that stand in for it.
pub struct FallbackChatModel {
    first: Arc<dyn ChatModel>,
    others: Vec<Arc<dyn ChatModel>>,
}

impl FallbackChatModel {
    /// `others` are asked in their order.
    pub fn new(first: Arc<dyn ChatModel>, others: Vec<Arc<dyn ChatModel>>) -> Self {
        describe_counter!(FALLBACKS, "Answers that a model other than the first began.");
        Self { first, others }
    }
}

/// What is wrong with the prompt is wrong with it everywhere; what a provider does not take another may.
fn may_do_elsewhere(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Timeout) || error.code == LLM_REJECTED
}

/// The request with so little time that the next model has some as well.
fn hurried(request: &ChatRequest) -> ChatRequest {
    let now = Instant::now();
    let share = |by: Instant| now + Duration::mul_f64(by.saturating_duration_since(now), SHARE);
    ChatRequest { begin_by: request.begin_by.map(share), ..request.clone() }
}

#[async_trait]
impl ChatModel for FallbackChatModel {
    fn model(&self) -> &str {
        self.first.model()
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        let mut error = match self.first.stream(&hurried(request)).await {
            Err(error) if may_do_elsewhere(&error) && !self.others.is_empty() => error,
            outcome => return outcome,
        };
        for (number, other) in (2_usize..).zip(&self.others) {
            tracing::info!(code = error.code, number, "another language model is asked");
            let is_last = number > self.others.len();
            let asked =
                if is_last { other.stream(request).await } else { other.stream(&hurried(request)).await };
            match asked {
                Ok(answer) => {
                    counter!(FALLBACKS, "model" => number.to_string()).increment(1);
                    let author = ChatChunk::Author(other.model().to_owned());
                    return Ok(futures::stream::iter([Ok(author)]).chain(answer).boxed());
                }
                Err(next) if may_do_elsewhere(&next) => error = next,
                Err(next) => return Err(next),
            }
        }
        Err(error)
    }
}
