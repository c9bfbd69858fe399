//! The port to a language model. It writes sentences; it is never the source of an id, a number, a
//! time, a link or a confidence.

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

use crate::Result;

/// Whose message it is to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptRole {
    /// Our instructions.
    System,
    /// The caller's words and the data.
    User,
    /// What was answered before.
    Assistant,
}

/// One message to the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptMessage {
    /// Whose.
    pub role: PromptRole,
    /// What.
    pub content: String,
}

/// What to ask of the model.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// In order; the first is the system's.
    pub messages: Vec<PromptMessage>,
    /// The most tokens it may write.
    pub tokens_max: u32,
    /// 0 to 2.
    pub temperature: f32,
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
}

/// Why the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It reached `tokens_max`.
    Length,
    /// The provider's filter.
    ContentFilter,
}

/// A piece of the model's answer. A stream that ends without `Finished` was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChatChunk {
    /// Some text.
    Text(String),
    /// What it cost, when the provider tells.
    Usage(Usage),
    /// The end.
    Finished(FinishReason),
}

/// A language model.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Which model.
    fn model(&self) -> &str;

    /// Starts an answer. Returns after the first piece is there, so that a provider which fails at
    /// once fails here; dropping the stream cancels the call.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` with code `LLM_UNAVAILABLE`; `InvalidInput` with code
    /// `CONTEXT_TOO_LARGE` when the prompt is too long.
    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>>;
}
