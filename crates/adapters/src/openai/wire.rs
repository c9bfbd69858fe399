//! What goes over the wire, and no more of it than is used: unknown fields are skipped, missing ones
//! are absent, since every compatible server leaves out something else.

use eps_domain::chat_model::{ChatRequest, FinishReason, PromptRole, Usage};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST …/chat/completions`.
#[derive(Serialize)]
pub(super) struct ChatBody<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    /// The newer name, which newer models of the inventor insist on.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    temperature: f32,
    stream: bool,
    stream_options: StreamOptions,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

/// What a server calls the most tokens it may write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokensField {
    /// `max_tokens`: every compatible server knows it.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: models that think before they answer insist on it.
    MaxCompletionTokens,
}

impl<'a> ChatBody<'a> {
    pub(super) fn new(model: &'a str, tokens_field: TokensField, request: &'a ChatRequest) -> Self {
        let role = |role| match role {
            PromptRole::System => "system",
            PromptRole::User => "user",
            PromptRole::Assistant => "assistant",
        };
        let messages = request.messages.iter();
        let is_old = tokens_field == TokensField::MaxTokens;
        Self {
            model,
            messages: messages.map(|m| Message { role: role(m.role), content: &m.content }).collect(),
            max_tokens: is_old.then_some(request.tokens_max),
            max_completion_tokens: (!is_old).then_some(request.tokens_max),
            temperature: request.temperature,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
        }
    }
}

/// One event of a streamed answer.
#[derive(Deserialize)]
pub(super) struct ChatEvent {
    choices: Option<Vec<Choice>>,
    usage: Option<WireUsage>,
    /// An error after the status was already a success.
    pub(super) error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
}

impl ChatEvent {
    /// The text of this piece; empty when it carries none.
    pub(super) fn take_text(&mut self) -> String {
        let choice = self.choices.as_mut().and_then(|choices| choices.first_mut());
        choice.and_then(|choice| choice.delta.as_mut()?.content.take()).unwrap_or_default()
    }

    /// Why the model stopped, when it did.
    pub(super) fn finish_reason(&self) -> Option<FinishReason> {
        let reason = self.choices.as_ref()?.first()?.finish_reason.as_deref()?;
        Some(match reason {
            "length" => FinishReason::Length,
            "content_filter" => FinishReason::ContentFilter,
            _ => FinishReason::Stop,
        })
    }

    /// What it cost, when this event tells.
    pub(super) fn usage(&self) -> Option<Usage> {
        let usage = self.usage.as_ref()?;
        Some(Usage {
            prompt_tokens: usage.prompt_tokens.unwrap_or_default(),
            completion_tokens: usage.completion_tokens.unwrap_or_default(),
        })
    }
}

/// `POST …/embeddings`.
#[derive(Serialize)]
pub(super) struct EmbeddingsBody<'a> {
    pub(super) model: &'a str,
    pub(super) input: &'a [String],
    pub(super) encoding_format: &'static str,
    /// Models that can shorten their vectors are asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dimensions: Option<usize>,
}

/// The reply to it.
#[derive(Deserialize)]
pub(super) struct EmbeddingsReply {
    pub(super) data: Vec<Embedding>,
}

#[derive(Deserialize)]
pub(super) struct Embedding {
    pub(super) index: usize,
    pub(super) embedding: Vec<f32>,
}
