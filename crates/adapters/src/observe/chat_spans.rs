//! What the span of a chat says, by the conventions for generative models: which model, how much it read
//! and wrote, why it stopped. Never a message.

use eps_domain::{
    Error,
    chat_model::{ChatChunk, ChatRequest, FinishReason},
    trace::{SpanKind, SpanValue, Trace, names},
};

use super::note_failure;

/// The span of one chat, from the request to the end of the stream; it ends when it is dropped.
pub(super) struct ChatSpan(Option<Trace>);

impl ChatSpan {
    /// Within what is being worked on.
    pub(super) fn begin(model: &str, request: &ChatRequest) -> Self {
        let span =
            Trace::current().map(|trace| trace.part(SpanKind::Client, || format!("chat {model}").into()));
        let span = span.filter(Trace::is_recorded);
        if let Some(span) = &span {
            span.note(names::GEN_AI_OPERATION, "chat");
            span.note(names::GEN_AI_REQUEST_MODEL, model.to_owned());
            span.note(names::GEN_AI_MAX_TOKENS, u64::from(request.tokens_max));
            span.note(names::GEN_AI_TEMPERATURE, f64::from(request.temperature));
        }
        Self(span)
    }

    /// What the call is done within.
    pub(super) fn trace(&self) -> Option<Trace> {
        self.0.clone().or_else(Trace::current)
    }

    /// It failed.
    pub(super) fn fails(&self, error: &Error) {
        if let Some(span) = &self.0 {
            note_failure(span, error);
        }
    }

    /// A piece has come.
    pub(super) fn sees(&self, piece: &ChatChunk) {
        let Some(span) = &self.0 else { return };
        match piece {
            ChatChunk::Usage(usage) => {
                span.note(names::GEN_AI_INPUT_TOKENS, usage.prompt_tokens);
                span.note(names::GEN_AI_OUTPUT_TOKENS, usage.completion_tokens);
            }
            ChatChunk::Finished(reason) => {
                let reason = match reason {
                    FinishReason::Stop => "stop",
                    FinishReason::Length => "length",
                    FinishReason::ContentFilter => "content_filter",
                };
                span.note(names::GEN_AI_FINISH_REASONS, SpanValue::Texts(vec![reason]));
            }
            ChatChunk::Author(_) | ChatChunk::Text(_) | ChatChunk::Call(_) => {}
        }
    }
}
