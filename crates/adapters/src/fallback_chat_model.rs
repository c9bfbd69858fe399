//! Several language models, each asked when those before it do not answer. Never changes from one to another
//! in the middle of an answer: what was heard came from one model.

use std::sync::Arc;

use async_trait::async_trait;
use eps_domain::{
    ErrorKind, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest},
};
use futures::stream::BoxStream;
use metrics::{counter, describe_counter};

/// Answers that the first model did not begin, by the number of the model that did.
pub const FALLBACKS: &str = "eps_llm_fallbacks_total";

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

#[async_trait]
impl ChatModel for FallbackChatModel {
    fn model(&self) -> &str {
        self.first.model()
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        let mut outcome = self.first.stream(request).await;
        for (number, other) in (2_usize..).zip(&self.others) {
            match &outcome {
                // What is wrong with the prompt is wrong with it everywhere.
                Err(error) if matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Timeout) => {
                    tracing::info!(code = error.code, number, "another language model is asked");
                    outcome = other.stream(request).await;
                    if outcome.is_ok() {
                        counter!(FALLBACKS, "model" => number.to_string()).increment(1);
                    }
                }
                _ => break,
            }
        }
        outcome
    }
}
