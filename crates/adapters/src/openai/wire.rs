//! What goes over the wire, and no more of it than is used: unknown fields are skipped, missing ones
//! are absent, since every compatible server leaves out something else.

use eps_domain::chat_model::{ChatRequest, FinishReason, PromptMessage, PromptRole, ToolSpec, Usage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

/// `POST …/chat/completions`.
#[derive(Serialize)]
pub(super) struct ChatBody<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    /// Absent where the model may choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'static str>,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Called<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

#[derive(Serialize)]
struct Called<'a> {
    id: &'a str,
    r#type: &'static str,
    function: CalledFunction<'a>,
}

#[derive(Serialize)]
struct CalledFunction<'a> {
    name: &'a str,
    arguments: &'a str,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: ToolFunction<'a>,
}

#[derive(Serialize)]
struct ToolFunction<'a> {
    name: &'a str,
    description: &'a str,
    parameters: &'a RawValue,
}

impl<'a> Message<'a> {
    fn of(message: &'a PromptMessage) -> Self {
        let role = match message.role {
            PromptRole::System => "system",
            PromptRole::User => "user",
            PromptRole::Assistant => "assistant",
            PromptRole::Tool => "tool",
        };
        let called = message.calls.iter().map(|call| Called {
            id: &call.id,
            r#type: "function",
            function: CalledFunction { name: &call.name, arguments: &call.arguments },
        });
        Self {
            role,
            content: &message.content,
            tool_calls: called.collect(),
            tool_call_id: message.call_id.as_deref(),
        }
    }
}

impl<'a> Tool<'a> {
    fn of(spec: &'a ToolSpec) -> Self {
        let function =
            ToolFunction { name: spec.name, description: spec.description, parameters: &spec.parameters };
        Self { r#type: "function", function }
    }
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
    /// `with_tools` is false for a provider that refused them.
    pub(super) fn new(
        model: &'a str,
        tokens_field: TokensField,
        request: &'a ChatRequest,
        with_tools: bool,
    ) -> Self {
        let is_old = tokens_field == TokensField::MaxTokens;
        let tools: Vec<_> = request.tools.iter().filter(|_| with_tools).map(Tool::of).collect();
        Self {
            model,
            messages: request.messages.iter().map(Message::of).collect(),
            tool_choice: (!tools.is_empty() && !request.may_call).then_some("none"),
            tools,
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
    tool_calls: Option<Vec<CallFragment>>,
}

/// A part of a call of a tool. Which call it belongs to is told by `index`, by some only by a new `id`.
#[derive(Deserialize)]
pub(super) struct CallFragment {
    pub(super) index: Option<u64>,
    pub(super) id: Option<String>,
    pub(super) function: Option<FunctionFragment>,
}

/// The function of a call, in parts.
#[derive(Deserialize)]
pub(super) struct FunctionFragment {
    pub(super) name: Option<String>,
    /// A string in parts; some servers send the whole object.
    pub(super) arguments: Option<Value>,
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

    /// Parts of calls in this piece.
    pub(super) fn take_calls(&mut self) -> Vec<CallFragment> {
        let choice = self.choices.as_mut().and_then(|choices| choices.first_mut());
        choice.and_then(|choice| choice.delta.as_mut()?.tool_calls.take()).unwrap_or_default()
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
