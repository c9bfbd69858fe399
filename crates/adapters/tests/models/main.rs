//! The contracts of the embedders and of the chat model, and what the latter do when their provider
//! fails: real sockets, scripted faults, nothing measured in time.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking and says aloud what it skips"
)]

mod chat_faults;
mod chat_products;
mod embedders;
mod fallback;

use std::{path::PathBuf, sync::Arc, time::Duration};

use eps_adapters::{
    cached_embedder::CachedEmbedder,
    minilm::MiniLmEmbedder,
    openai::{OpenAiChatModel, OpenAiEmbedder, OpenAiOptions, TokensField},
};
use eps_domain::{
    Error, ErrorKind, Result,
    chat_model::{ChatChunk, ChatModel, ChatRequest, FinishReason, PromptMessage, ToolCall, ToolSpec, Usage},
    embedder::Embedder,
};
use eps_testkit::{
    contract::{self, chat_model::request},
    upstreams::{FAKE_DIMENSIONS, FakeOpenAi, Reply, ending, piece},
};
use futures::StreamExt;
use serde_json::json;

fn options(server: &FakeOpenAi, keys: &[&str]) -> OpenAiOptions {
    let keys = keys.iter().map(|key| (*key).into()).collect();
    OpenAiOptions::new(server.base_url(), keys, "test-model")
}

fn chat(server: &FakeOpenAi, keys: &[&str]) -> OpenAiChatModel {
    OpenAiChatModel::new(options(server, keys)).unwrap()
}

async fn server() -> FakeOpenAi {
    FakeOpenAi::start().await.unwrap()
}

/// The text, what came after it, and the error if one ended it.
async fn collect(model: &dyn ChatModel) -> Result<(String, Vec<ChatChunk>, Option<Error>)> {
    let mut stream = model.stream(&request()).await?;
    let (mut text, mut rest, mut error) = (String::new(), Vec::new(), None);
    while let Some(chunk) = stream.next().await {
        assert!(error.is_none(), "something came after the error");
        match chunk {
            Ok(ChatChunk::Text(piece)) => text.push_str(&piece),
            Ok(other) => rest.push(other),
            Err(e) => error = Some(e),
        }
    }
    Ok((text, rest, error))
}
