//! [`Embedder`] over any server that speaks the OpenAI protocol. Vectors leave it with unit length and
//! the promised dimensions, whatever the server thinks of either.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{Error, ErrorKind, Result, chat_model::CONTEXT_TOO_LARGE, embedder::Embedder};
use tokio::time::timeout;

use super::{
    OpenAiOptions,
    endpoint::{Endpoint, body_up_to},
    failure::{self, Failure},
    wire::{EmbeddingsBody, EmbeddingsReply},
};

const EMBEDDER_UNAVAILABLE: &str = "EMBEDDER_UNAVAILABLE";
/// The most texts of one call; providers take more, and larger replies take longer to fail.
const TEXTS_PER_CALL_MAX: usize = 64;
/// A reply of that many texts at 4,096 dimensions stays below.
const REPLY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A model behind `POST {base_url}/embeddings`.
pub struct OpenAiEmbedder {
    endpoint: Endpoint,
    model: String,
    dimensions: usize,
    asks_for_dimensions: bool,
    call_timeout: Duration,
}

impl OpenAiEmbedder {
    /// Connects to nothing yet. `dimensions` is what the model gives; `asks_for_dimensions` asks a model
    /// that can shorten its vectors to do so.
    ///
    /// # Errors
    /// `InvalidInput` naming `base_url` or `dimensions`.
    pub fn new(options: OpenAiOptions, dimensions: usize, asks_for_dimensions: bool) -> Result<Self> {
        if dimensions == 0 {
            return Err(Error::invalid("dimensions", "vectors need at least one dimension"));
        }
        let OpenAiOptions { base_url, keys, model, call_timeout, .. } = options;
        let endpoint =
            Endpoint::new(&base_url, "embeddings", keys, "eps_embedder_key_state", EMBEDDER_UNAVAILABLE)?;
        Ok(Self { endpoint, model, dimensions, asks_for_dimensions, call_timeout })
    }

    async fn call(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        let dimensions = self.asks_for_dimensions.then_some(self.dimensions);
        let body = EmbeddingsBody { model: &self.model, input: texts, encoding_format: "float", dimensions };
        let body = serde_json::to_string(&body)
            .map_err(|e| Error::internal("the texts cannot be written as JSON").caused_by(e))?;
        let mut attempts = self.endpoint.attempts();
        loop {
            let key = attempts.next_key().await?;
            let tried = timeout(self.call_timeout, self.attempt(key, body.clone(), texts.len())).await;
            match tried.unwrap_or_else(|_| Err(failure::timed_out(self.endpoint.code, "no vectors"))) {
                Ok(vectors) => {
                    attempts.worked();
                    return Ok(vectors);
                }
                Err(failure) => attempts.failed(failure).map_err(as_embedder_error)?,
            }
        }
    }

    async fn attempt(&self, key: usize, body: String, count: usize) -> Result<Vec<Arc<[f32]>>, Failure> {
        let response = self.endpoint.post(key, body).await?;
        let broken = |what: &str| Error::unavailable(self.endpoint.code, format!("the provider sent {what}"));
        let body = body_up_to(response, REPLY_BYTES_MAX)
            .await
            .ok_or_else(|| Failure::passing(broken("a reply that breaks off or is too large")))?;
        let reply: EmbeddingsReply = serde_json::from_slice(&body)
            .map_err(|e| Failure::passing(broken("no embeddings").caused_by(e)))?;
        let mut vectors = vec![None; count];
        for item in reply.data {
            if item.embedding.len() != self.dimensions {
                let message = format!(
                    "vectors of {} dimensions where {} are configured",
                    item.embedding.len(),
                    self.dimensions
                );
                return Err(Failure::last(broken(&message)));
            }
            if let Some(slot) = vectors.get_mut(item.index) {
                *slot = unit(&item.embedding);
            }
        }
        let vectors: Option<Vec<_>> = vectors.into_iter().collect();
        vectors.ok_or_else(|| Failure::passing(broken("too few vectors, or some without a direction")))
    }
}

/// A text that the provider does not take is nobody's request field; it is out of order for this text.
fn as_embedder_error(error: Error) -> Error {
    if error.kind != ErrorKind::InvalidInput {
        return error;
    }
    let is_too_long = error.code == CONTEXT_TOO_LARGE;
    let message = if is_too_long { "a text is longer than the model reads" } else { &error.message };
    Error::unavailable(EMBEDDER_UNAVAILABLE, message).caused_by(error)
}

/// The vector at unit length, if it has a direction.
fn unit(vector: &[f32]) -> Option<Arc<[f32]>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    let is_usable = length.is_normal() && length.is_finite();
    is_usable.then(|| vector.iter().map(|value| (f64::from(*value) / length) as f32).collect())
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        let mut vectors = Vec::with_capacity(texts.len());
        for chunk in texts.chunks(TEXTS_PER_CALL_MAX) {
            // Some servers refuse empty input; a space means as little.
            let chunk: Vec<String> = chunk
                .iter()
                .map(|text| if text.is_empty() { " ".to_owned() } else { text.clone() })
                .collect();
            vectors.extend(self.call(&chunk).await?);
        }
        Ok(vectors)
    }
}
