//! What goes over the wire, and no more of it than is used: unknown fields are skipped, missing ones
//! are absent, since every compatible server leaves out something else.

use eps_domain::chat_model::{ChatRequest, PromptMessage, PromptRole, ToolSpec};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{
    calls::Opaque,
    not_taken::{Shape, TokensField},
};

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
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
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
    /// What the provider itself said beside its calls, given back.
    #[serde(flatten)]
    own: Map<String, Value>,
}

#[derive(Serialize)]
struct Called<'a> {
    id: &'a str,
    r#type: &'static str,
    function: CalledFunction<'a>,
    #[serde(flatten)]
    own: Map<String, Value>,
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
    /// `author` is whom it is sent to: what another said beside its calls is not for it.
    fn of(message: &'a PromptMessage, author: &str) -> Self {
        let role = match message.role {
            PromptRole::System => "system",
            PromptRole::User => "user",
            PromptRole::Assistant => "assistant",
            PromptRole::Tool => "tool",
        };
        let mut own = Map::new();
        let called = message.calls.iter().map(|call| {
            let opaque = call.opaque.as_deref().and_then(|text| Opaque::read(text, author));
            let opaque = opaque.unwrap_or_default();
            own.extend(opaque.message);
            let function = CalledFunction { name: &call.name, arguments: &call.arguments };
            Called { id: &call.id, r#type: "function", function, own: opaque.call }
        });
        Self {
            role,
            content: &message.content,
            tool_calls: called.collect(),
            tool_call_id: message.call_id.as_deref(),
            own,
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

impl<'a> ChatBody<'a> {
    /// `author` as in [`super::calls::Opaque`].
    pub(super) fn new(model: &'a str, author: &str, shape: Shape, request: &'a ChatRequest) -> Self {
        let is_old = shape.tokens_field == TokensField::MaxTokens;
        let tools: Vec<_> = request.tools.iter().filter(|_| shape.tools).map(Tool::of).collect();
        Self {
            model,
            messages: request.messages.iter().map(|message| Message::of(message, author)).collect(),
            tool_choice: (!tools.is_empty() && !request.may_call).then_some("none"),
            tools,
            max_tokens: is_old.then_some(request.tokens_max),
            max_completion_tokens: (!is_old).then_some(request.tokens_max),
            temperature: shape.temperature.then_some(request.temperature),
            stream: true,
            stream_options: shape.stream_options.then_some(StreamOptions { include_usage: true }),
        }
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
