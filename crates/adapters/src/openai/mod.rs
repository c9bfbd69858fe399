//! Any server that speaks the OpenAI protocol, near or far: chat completions and embeddings. It uses as
//! little of the protocol as it can, since compatible servers differ in the rest, and never shows a key.

mod answer;
mod calls;
mod chat;
mod embeddings;
mod endpoint;
mod event;
mod failure;
mod keys;
mod not_taken;
mod patience;
mod said;
mod sse;
mod wire;

use std::time::Duration;

use secrecy::SecretString;

pub use chat::OpenAiChatModel;
pub use embeddings::OpenAiEmbedder;
pub use not_taken::TokensField;

/// How to reach a provider, and how patient to be with it.
#[derive(Debug, Clone)]
pub struct OpenAiOptions {
    /// Without the path of the call: `https://host/v1`.
    pub base_url: String,
    /// Used in turn; none for a server that wants none.
    pub keys: Vec<SecretString>,
    /// The name of the model at the provider.
    pub model: String,
    /// Chat: how the server calls the most tokens, unless it says otherwise itself.
    pub tokens_field: TokensField,
    /// Chat: from the request to the first text; 10 s.
    pub first_token_timeout: Duration,
    /// Chat: between two pieces; 15 s.
    pub gap_timeout: Duration,
    /// Embeddings: a whole call; 10 s.
    pub call_timeout: Duration,
}

impl OpenAiOptions {
    /// With the usual patience.
    pub fn new(base_url: impl Into<String>, keys: Vec<SecretString>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            keys,
            model: model.into(),
            tokens_field: TokensField::default(),
            first_token_timeout: Duration::from_secs(10),
            gap_timeout: Duration::from_secs(15),
            call_timeout: Duration::from_secs(10),
        }
    }
}
