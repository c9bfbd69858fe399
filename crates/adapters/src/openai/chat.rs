//! [`ChatModel`] over any server that speaks the OpenAI protocol. It only carries words: what is asked
//! and what becomes of the answer is decided elsewhere.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use eps_domain::{
    Error, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest},
    trace::{Trace, names},
};
use futures::stream::BoxStream;
use tokio::time::{Instant, timeout_at};

use super::{
    OpenAiOptions,
    answer::Answer,
    endpoint::Endpoint,
    failure::{self, Failure},
    wire::{ChatBody, TokensField},
};

const LLM_UNAVAILABLE: &str = "LLM_UNAVAILABLE";

/// A model behind `POST {base_url}/chat/completions`, streamed.
pub struct OpenAiChatModel {
    endpoint: Endpoint,
    model: String,
    tokens_field: TokensField,
    first_token_timeout: Duration,
    gap_timeout: Duration,
    /// The provider refused a request with tools and took the same without: it is not asked again.
    knows_no_tools: AtomicBool,
}

impl OpenAiChatModel {
    /// Connects to nothing yet.
    ///
    /// # Errors
    /// `InvalidInput` naming `base_url`.
    pub fn new(options: OpenAiOptions) -> Result<Self> {
        let OpenAiOptions { base_url, keys, model, tokens_field, first_token_timeout, gap_timeout, .. } =
            options;
        let endpoint =
            Endpoint::new(&base_url, "chat/completions", keys, "eps_llm_key_state", LLM_UNAVAILABLE)?;
        let knows_no_tools = AtomicBool::new(false);
        Ok(Self { endpoint, model, tokens_field, first_token_timeout, gap_timeout, knows_no_tools })
    }

    /// Says whom the chat is with, which the span does not know where one model stands in for another.
    fn tell_trace(&self) {
        let Some(trace) = Trace::current().filter(Trace::is_recorded) else { return };
        trace.note(names::GEN_AI_PROVIDER, "openai");
        trace.note(names::GEN_AI_REQUEST_MODEL, self.model.clone());
        trace.note(names::SERVER_ADDRESS, self.endpoint.host.clone());
    }

    fn body(&self, request: &ChatRequest, with_tools: bool) -> Result<String> {
        serde_json::to_string(&ChatBody::new(&self.model, self.tokens_field, request, with_tools))
            .map_err(|e| Error::internal("the prompt cannot be written as JSON").caused_by(e))
    }

    async fn attempt(&self, key: usize, body: String, tokens_max: u32) -> Result<(Answer, String), Failure> {
        let code = self.endpoint.code;
        let deadline = Instant::now() + self.first_token_timeout;
        let begun = async {
            let response = self.endpoint.post(key, body).await?;
            let mut answer = Answer::new(response, code, deadline, self.gap_timeout, tokens_max);
            let first = answer.first_text().await?;
            Ok((answer, first))
        };
        timeout_at(deadline, begun).await.unwrap_or_else(|_| Err(failure::timed_out(code, "no first piece")))
    }
}

#[async_trait]
impl ChatModel for OpenAiChatModel {
    fn model(&self) -> &str {
        &self.model
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        self.tell_trace();
        let mut has_tools = !request.tools.is_empty() && !self.knows_no_tools.load(Ordering::Relaxed);
        let mut body = self.body(request, has_tools)?;
        let mut was_refused = false;
        let mut attempts = self.endpoint.attempts();
        loop {
            let key = attempts.next_key().await?;
            match self.attempt(key, body.clone(), request.tokens_max).await {
                Ok((answer, first)) => {
                    attempts.worked();
                    if was_refused && !self.knows_no_tools.swap(true, Ordering::Relaxed) {
                        tracing::info!("the language model's provider takes no tools; it is asked without");
                    }
                    return Ok(answer.into_stream(first));
                }
                Err(Failure::Rejected(_)) if has_tools => {
                    (has_tools, was_refused) = (false, true);
                    body = self.body(request, has_tools)?;
                }
                Err(failure) => attempts.failed(failure)?,
            }
        }
    }
}
