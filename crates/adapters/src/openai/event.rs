//! One event of an answer, read as leniently as can be: every compatible server sends something else, and one odd
//! field must not cost a finished answer.

use eps_domain::chat_model::{FinishReason, Usage};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// An event as it comes. A whole answer that was not streamed is one event.
#[derive(Deserialize)]
pub(super) struct ChatEvent {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
    /// An error without a name: some servers send its fields alone.
    object: Option<Value>,
    message: Option<Value>,
    code: Option<Value>,
    r#type: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Said>,
    /// The same, not streamed.
    message: Option<Said>,
    finish_reason: Option<Value>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<Value>,
    refusal: Option<Value>,
    reasoning_content: Option<Value>,
    reasoning: Option<Value>,
    tool_calls: Option<Value>,
}

/// What an event says.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) text: String,
    /// How much it thought aloud, in bytes.
    pub(super) thought_bytes: usize,
    /// Thoughts that are wanted back with the calls that they led to.
    pub(super) thoughts: String,
    /// The model does not want to answer.
    pub(super) is_refusal: bool,
    pub(super) calls: Vec<CallFragment>,
    pub(super) ending: Option<Ending>,
}

/// How the model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Finished(FinishReason),
    /// It was stopped: what it said is not whole.
    Cut,
}

/// A part of a call of a tool. Which call it belongs to is told by `index`, by some only by a new `id`.
#[derive(Default)]
pub(super) struct CallFragment {
    pub(super) index: Option<u64>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: String,
    /// Fields that only the provider knows.
    pub(super) own: Map<String, Value>,
}

impl ChatEvent {
    /// The error that it is, after the status was already a success.
    pub(super) fn take_error(&mut self) -> Option<Value> {
        let is_error = self.object.as_ref().is_some_and(|object| object == "error");
        let has_error = self.message.is_some() && self.code.is_some();
        self.error.take().or_else(|| {
            (self.choices.is_none() && (is_error || has_error))
                .then(|| json!({"message": self.message, "code": self.code, "type": self.r#type}))
        })
    }

    /// What it cost, when this event tells.
    pub(super) fn usage(&self) -> Option<Usage> {
        let usage = self.usage.as_ref().filter(|usage| usage.is_object())?;
        let tokens = |name: &str| usage.get(name).and_then(count).unwrap_or_default();
        Some(Usage { prompt_tokens: tokens("prompt_tokens"), completion_tokens: tokens("completion_tokens") })
    }

    /// Whether it is there for the usage alone, which is the last thing that is told.
    pub(super) fn is_usage_alone(&self) -> bool {
        self.usage().is_some() && self.choices.as_ref().is_none_or(Vec::is_empty)
    }

    /// What the model said.
    pub(super) fn into_piece(self) -> Piece {
        let mut piece = Piece::default();
        let Some(choice) = self.choices.into_iter().flatten().next() else { return piece };
        piece.ending = choice.finish_reason.as_ref().and_then(Value::as_str).map(Ending::of);
        let Some(said) = choice.delta.or(choice.message) else { return piece };
        match said.content {
            Some(Value::String(text)) => piece.text = text,
            Some(Value::Array(parts)) => parts.iter().for_each(|part| piece.take_part(part)),
            _ => {}
        }
        piece.is_refusal = said.refusal.as_ref().and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        for thought in [&said.reasoning_content, &said.reasoning].into_iter().flatten() {
            piece.thought_bytes += bytes(thought);
        }
        if let Some(Value::String(thoughts)) = said.reasoning_content {
            piece.thoughts = thoughts;
        }
        piece.calls = match said.tool_calls {
            Some(Value::Array(calls)) => calls.iter().filter_map(CallFragment::of).collect(),
            Some(call) => CallFragment::of(&call).into_iter().collect(),
            None => Vec::new(),
        };
        piece
    }
}

impl Piece {
    /// A part of a content that comes in parts: text, or something that is not to be shown.
    fn take_part(&mut self, part: &Value) {
        match part.get("text").and_then(Value::as_str) {
            Some(text) => self.text.push_str(text),
            None => self.thought_bytes += bytes(part),
        }
    }
}

impl Ending {
    fn of(reason: &str) -> Self {
        match reason.to_ascii_lowercase().as_str() {
            "length" | "model_length" | "max_tokens" => Self::Finished(FinishReason::Length),
            "content_filter" | "refusal" | "safety" | "prohibited_content" | "recitation" | "blocklist" => {
                Self::Finished(FinishReason::ContentFilter)
            }
            "error" | "insufficient_system_resource" | "abort" | "cancelled" | "timeout" => Self::Cut,
            _ => Self::Finished(FinishReason::Stop),
        }
    }
}

impl CallFragment {
    /// Reads a part of a call, whatever is odd in it.
    pub(super) fn of(fragment: &Value) -> Option<Self> {
        let mut own = fragment.as_object()?.clone();
        let index = own.remove("index").as_ref().and_then(count_or_text);
        let id = own.remove("id").and_then(|id| match id {
            Value::String(id) => Some(id),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        });
        let mut function = match own.remove("function") {
            Some(Value::Object(function)) => function,
            _ => Map::new(),
        };
        own.remove("type");
        let name = match function.remove("name") {
            Some(Value::String(name)) if !name.is_empty() => Some(name),
            _ => None,
        };
        // A string in parts; some servers send the whole object.
        let arguments = match function.remove("arguments") {
            Some(Value::String(part)) => part,
            Some(object @ Value::Object(_)) => object.to_string(),
            _ => String::new(),
        };
        own.retain(|_, value| !value.is_null());
        Some(Self { index, id, name, arguments, own })
    }
}

/// A number that counts something; some servers write it as 10.0.
fn count(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|count| (0.0..1e15).contains(count)).map(|count| count as u64);
    value.as_u64().or_else(float)
}

fn count_or_text(value: &Value) -> Option<u64> {
    count(value).or_else(|| value.as_str()?.parse().ok())
}

/// How much text there is in a value, at least one byte where there is any.
fn bytes(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::Array(items) => items.iter().map(bytes).sum(),
        Value::Object(fields) => fields.values().map(bytes).sum(),
    }
}
