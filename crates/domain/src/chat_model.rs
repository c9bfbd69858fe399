//! The port to a language model. It writes sentences and may call tools of ours; it is never the source
//! of an id, a number, a time, a link or a confidence.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::Result;

/// Code of the error that says that the prompt is longer than the model reads.
pub const CONTEXT_TOO_LARGE: &str = "CONTEXT_TOO_LARGE";
/// Code of the error that says that the provider does not want to answer this prompt: its filter, its policy.
pub const LLM_REFUSED: &str = "LLM_REFUSED";
/// Code of the error that says that the provider takes no such request. It says nothing about other requests.
pub const LLM_REJECTED: &str = "LLM_REJECTED";

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
    /// What else the provider said with it, in a form that only the adapter reads; only ever given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opaque: Option<String>,
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
    /// When an answer that has not begun is of no use any more.
    pub begin_by: Option<Instant>,
    /// Where the model notes what tries cost that came to nothing.
    pub lost: LostUsage,
}

/// What tries cost that came to nothing: no answer tells of it. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct LostUsage(Arc<Mutex<Usage>>);

impl LostUsage {
    /// A try came to nothing, and the provider told what it cost.
    pub fn add(&self, usage: Usage) {
        let mut sum = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *sum = sum.plus(usage);
    }

    /// What was noted so far.
    pub fn sum(&self) -> Usage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
}

impl Usage {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            prompt_tokens: self.prompt_tokens.saturating_add(other.prompt_tokens),
            completion_tokens: self.completion_tokens.saturating_add(other.completion_tokens),
        }
    }

    /// What was read and written.
    pub fn tokens(self) -> u64 {
        self.prompt_tokens.saturating_add(self.completion_tokens)
    }
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
    /// Who writes, told first where it is another than [`ChatModel::model`].
    Author(String),
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
    /// `Unavailable` or `Timeout` with code `LLM_UNAVAILABLE`; `InvalidInput`, which says nothing about other
    /// requests, with one of the codes [`CONTEXT_TOO_LARGE`], [`LLM_REFUSED`] and [`LLM_REJECTED`].
    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>>;
}
