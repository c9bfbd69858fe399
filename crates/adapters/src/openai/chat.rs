//! [`ChatModel`] over any server that speaks the OpenAI protocol. It only carries words: what is asked
//! and what becomes of the answer is decided elsewhere.

use std::time::{self, Duration};

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
    answer::{Answer, Patience},
    endpoint::Endpoint,
    failure::{self, Failure, Means},
    not_taken::{NotTaken, Shape, TokensField},
    wire::ChatBody,
};

const LLM_UNAVAILABLE: &str = "LLM_UNAVAILABLE";
/// Whoever has less time than this is not told that the provider is too slow: it had no time to show.
const FAIR_CHANCE: Duration = Duration::from_secs(5);

/// A model behind `POST {base_url}/chat/completions`, streamed.
pub struct OpenAiChatModel {
    endpoint: Endpoint,
    model: String,
    tokens_field: TokensField,
    first_token_timeout: Duration,
    gap_timeout: Duration,
    not_taken: NotTaken,
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
        let not_taken = NotTaken::default();
        Ok(Self { endpoint, model, tokens_field, first_token_timeout, gap_timeout, not_taken })
    }

    /// Says whom the chat is with, which the span does not know where one model stands in for another.
    fn tell_trace(&self) {
        let Some(trace) = Trace::current().filter(Trace::is_recorded) else { return };
        trace.note(names::GEN_AI_PROVIDER, "openai");
        trace.note(names::GEN_AI_REQUEST_MODEL, self.model.clone());
        trace.note(names::SERVER_ADDRESS, self.endpoint.host.clone());
    }

    /// Who answers, for what it wants back.
    fn author(&self) -> String {
        format!("{} {}", self.endpoint.url, self.model)
    }

    fn shape(&self, request: &ChatRequest) -> Shape {
        let whole = Shape {
            tools: !request.tools.is_empty(),
            tokens_field: self.tokens_field,
            temperature: true,
            stream_options: true,
        };
        self.not_taken.apply(whole, time::Instant::now())
    }

    fn body(&self, request: &ChatRequest, shape: Shape) -> Result<String> {
        serde_json::to_string(&ChatBody::new(&self.model, &self.author(), shape, request))
            .map_err(|e| Error::internal("the prompt cannot be written as JSON").caused_by(e))
    }

    async fn attempt(
        &self,
        key: usize,
        body: String,
        request: &ChatRequest,
        begin_by: Option<Instant>,
    ) -> Result<(Answer, String), Failure> {
        let code = self.endpoint.code;
        let patient = Instant::now() + self.first_token_timeout;
        let deadline = begin_by.map_or(patient, |begin_by| begin_by.min(patient));
        let (author, gap, tokens_max) = (self.author(), self.gap_timeout, request.tokens_max);
        let response = timeout_at(deadline, self.endpoint.post(key, body)).await;
        let response = response.unwrap_or_else(|_| Err(failure::silent(code, "no first piece")))?;
        let mut answer = Answer::new(response, Patience { code, author, deadline, gap, tokens_max });
        match answer.first_text().await {
            Ok(first) => Ok((answer, first)),
            Err(failure) => {
                answer.usage().into_iter().for_each(|usage| request.lost.add(usage));
                Err(failure)
            }
        }
    }

    /// Tells the operator why, as far as that gives nothing away.
    fn log(&self, failure: &Failure, request: &ChatRequest) {
        let said = failure.said.as_deref();
        let status = said.and_then(|said| said.status);
        let said = said.map(|said| said.for_log(request)).unwrap_or_default();
        let (error, model) = (&failure.error, &self.model);
        tracing::warn!(status, code = error.code, %error, said, model, "the language model's provider failed");
    }
}

#[async_trait]
impl ChatModel for OpenAiChatModel {
    fn model(&self) -> &str {
        &self.model
    }

    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        self.tell_trace();
        let begin_by = request.begin_by.map(Instant::from_std);
        let begin_by = begin_by.filter(|by| by.saturating_duration_since(Instant::now()) >= FAIR_CHANCE);
        let mut shape = self.shape(request);
        let mut body = self.body(request, shape)?;
        let mut refused = Vec::new();
        let mut attempts = self.endpoint.attempts();
        loop {
            let key = attempts.next_key().await?;
            let failure = match self.attempt(key, body.clone(), request, begin_by).await {
                Ok((answer, first)) => {
                    attempts.worked();
                    self.not_taken.learn(&refused, time::Instant::now());
                    return Ok(answer.into_stream(first));
                }
                Err(failure) => failure,
            };
            self.log(&failure, request);
            let less = match failure.means {
                Means::NotTaken(feature) if !refused.contains(&feature) => {
                    refused.push(feature);
                    shape.without(feature)
                }
                // It does not say what is wrong, or did not manage a call: worth one more try, and not a memory.
                Means::Rejected if shape.tools => Some(Shape { tools: false, ..shape }),
                _ => None,
            };
            match less {
                Some(less) => {
                    shape = less;
                    body = self.body(request, shape)?;
                }
                None => attempts.failed(failure)?,
            }
        }
    }
}
