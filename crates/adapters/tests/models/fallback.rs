//! A model that stands in for another.

use eps_adapters::{fallback_chat_model::FallbackChatModel, guard::GuardedChatModel};

use super::*;

fn model(server: &FakeOpenAi, dep: &'static str) -> Arc<dyn ChatModel> {
    Arc::new(GuardedChatModel::new(dep, Arc::new(chat(server, &["k"]))))
}

#[tokio::test]
async fn another_model_answers_when_the_first_does_not_and_only_then() {
    let (first, second) = (server().await, server().await);
    let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
    contract::chat_model::run(&both).await;
    assert!(second.received().is_empty(), "the first one works");

    for fault in [Reply::error(500, "server_error"), Reply::error(401, "invalid_api_key")] {
        let (first, second) = (server().await, server().await);
        first.reply_to_key("k", fault);
        let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
        for _ in 0..8 {
            let (text, _, error) = collect(&both).await.unwrap();
            assert_eq!((text.as_str(), error.is_none()), ("Two people at the dock.", true));
        }
        assert_eq!(second.received().len(), 8);
    }
}

#[tokio::test]
async fn a_prompt_that_is_too_long_is_not_sent_elsewhere_and_two_dead_models_are_an_outage() {
    let (first, second) = (server().await, server().await);
    let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
    first.reply_next(Reply::error(400, "context_length_exceeded"));
    assert_eq!(collect(&both).await.unwrap_err().code, "CONTEXT_TOO_LARGE");
    assert!(second.received().is_empty());
    first.reply_to_key("k", Reply::error(503, "overloaded"));
    second.reply_to_key("k", Reply::error(503, "overloaded"));
    assert_eq!(collect(&both).await.unwrap_err().kind, ErrorKind::Unavailable);
}
