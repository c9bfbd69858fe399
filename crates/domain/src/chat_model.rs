//! The port to a language model. It writes sentences and may call tools of ours; it is never the source
//! of an id, a number, a time, a link or a confidence.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

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
    /// What one of our tools found.
    Tool,
}

/// One message to the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptMessage {
    /// Whose.
    pub role: PromptRole,
    /// What.
    pub content: String,
    /// The tools that the model called with this message of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<ToolCall>,
    /// The id of the call that a tool's message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
}

impl PromptMessage {
    /// A message of plain text.
    pub fn new(role: PromptRole, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), calls: Vec::new(), call_id: None }
    }

    /// The model's own message that called tools.
    pub fn calling(calls: Vec<ToolCall>) -> Self {
        Self { calls, ..Self::new(PromptRole::Assistant, "") }
    }

    /// What a tool found for one call.
    pub fn found(call: &ToolCall, content: impl Into<String>) -> Self {
        Self { call_id: Some(call.id.clone()), ..Self::new(PromptRole::Tool, content) }
    }
}

/// A tool as it is described to the model.
#[derive(Debug, Clone)]
pub struct ToolSpec {
    /// What the model calls it by.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub description: &'static str,
    /// JSON schema of its arguments, as text: it goes with every request.
    pub parameters: Box<RawValue>,
}

/// The model wants a tool to be used. Everything in it is the model's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id for this call; only ever given back.
    pub id: String,
    /// Which tool; may be one that does not exist.
    pub name: String,
    /// JSON, if the model managed it.
    pub arguments: String,
}

/// What to ask of the model.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    /// In order; the first is the system's.
    pub messages: Vec<PromptMessage>,
    /// What the model may call; shown also where it may not, so that the prompt keeps its prefix.
    pub tools: Arc<[ToolSpec]>,
    /// Whether it may call them now.
    pub may_call: bool,
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
    /// A whole call of a tool; several may come, after any text.
    Call(ToolCall),
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

    /// Starts an answer. Returns after the first text or call is there, so that a provider which fails
    /// at once fails here; dropping the stream cancels the call. A provider that knows no tools is asked
    /// without them.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` with code `LLM_UNAVAILABLE`; `InvalidInput` with code
    /// `CONTEXT_TOO_LARGE` when the prompt is too long.
    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>>;
}
