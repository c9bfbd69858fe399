//! [`ChatModel`] over any server that speaks the OpenAI protocol. It only carries words: what is asked
//! and what becomes of the answer is decided elsewhere.

use std::time::Duration;

use async_trait::async_trait;
use eps_domain::{
    Error, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest},
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
        Ok(Self { endpoint, model, tokens_field, first_token_timeout, gap_timeout })
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
        let body = serde_json::to_string(&ChatBody::new(&self.model, self.tokens_field, request))
            .map_err(|e| Error::internal("the prompt cannot be written as JSON").caused_by(e))?;
        let mut attempts = self.endpoint.attempts();
        loop {
            let key = attempts.next_key().await?;
            match self.attempt(key, body.clone(), request.tokens_max).await {
                Ok((answer, first)) => {
                    attempts.worked();
                    return Ok(answer.into_stream(first));
                }
                Err(failure) => attempts.failed(failure)?,
            }
        }
    }
}
