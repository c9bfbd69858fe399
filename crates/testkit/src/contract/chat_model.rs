//! What every [`ChatModel`] must do when nothing is wrong with it.
#![expect(clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::sync::Arc;

use eps_domain::chat_model::{ChatChunk, ChatModel, ChatRequest, LostUsage, PromptMessage, PromptRole};
use futures::{StreamExt, future::join_all};

/// A request that any model can answer.
pub fn request() -> ChatRequest {
    ChatRequest {
        messages: vec![
            PromptMessage::new(PromptRole::System, "Answer in one sentence."),
            PromptMessage::new(PromptRole::User, "Who was at the dock?"),
        ],
        tools: Arc::new([]),
        may_call: false,
        tokens_max: 64,
        temperature: 0.0,
        begin_by: None,
        lost: LostUsage::default(),
    }
}

/// Runs the whole contract.
///
/// # Panics
/// At the first thing that does not hold.
pub async fn run(model: &dyn ChatModel) {
    assert!(!model.model().is_empty());
    says_something_and_finishes_once(model).await;
    can_be_left_at_any_time(model).await;
    join_all((0..8).map(|_| says_something_and_finishes_once(model))).await;
}

async fn says_something_and_finishes_once(model: &dyn ChatModel) {
    let chunks: Vec<ChatChunk> =
        model.stream(&request()).await.unwrap().map(|chunk| chunk.unwrap()).collect().await;
    let text: String = chunks
        .iter()
        .filter_map(|chunk| if let ChatChunk::Text(text) = chunk { Some(text.as_str()) } else { None })
        .collect();
    assert!(!text.trim().is_empty(), "no text in {chunks:?}");
    let ends = chunks.iter().filter(|chunk| matches!(chunk, ChatChunk::Finished(_))).count();
    assert_eq!(ends, 1, "{chunks:?}");
    assert!(matches!(chunks.last(), Some(ChatChunk::Finished(_))), "{chunks:?}");
    assert!(matches!(chunks.first(), Some(ChatChunk::Text(text)) if !text.is_empty()), "{chunks:?}");
}

async fn can_be_left_at_any_time(model: &dyn ChatModel) {
    drop(model.stream(&request()).await.unwrap());
    let mut stream = model.stream(&request()).await.unwrap();
    assert!(stream.next().await.is_some());
    drop(stream);
    says_something_and_finishes_once(model).await;
}
