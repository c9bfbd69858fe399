//! A model that stands in for another.

use eps_adapters::{fallback_chat_model::FallbackChatModel, guard::GuardedChatModel};

use super::*;

fn model(server: &FakeOpenAi, dep: &'static str) -> Arc<dyn ChatModel> {
    let mut options = options(server, &["k"]);
    if dep != "llm" {
        "other-model".clone_into(&mut options.model);
    }
    Arc::new(GuardedChatModel::new(dep, Arc::new(OpenAiChatModel::new(options).unwrap())))
}

#[tokio::test]
async fn another_model_answers_when_the_first_does_not_and_only_then() {
    let (first, second) = (server().await, server().await);
    let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
    contract::chat_model::run(&both).await;
    assert!(second.received().is_empty(), "the first one works");

    for fault in [
        Reply::error(500, "server_error"),
        Reply::error(401, "invalid_api_key"),
        Reply::error(400, "unsupported_value"),
    ] {
        let (first, second) = (server().await, server().await);
        first.reply_to_key("k", fault);
        let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
        for _ in 0..8 {
            let (text, rest, error) = collect(&both).await.unwrap();
            assert_eq!((text.as_str(), error.is_none()), ("Two people at the dock.", true));
            assert_eq!(rest[0], ChatChunk::Author("other-model".to_owned()), "who wrote it is told");
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

#[tokio::test]
async fn a_refused_prompt_is_not_sent_elsewhere_and_takes_the_model_from_nobody() {
    let (first, second) = (server().await, server().await);
    let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
    for _ in 0..8 {
        first.reply_next(Reply::error(400, "content_filter"));
        assert_eq!(collect(&both).await.unwrap_err().code, "LLM_REFUSED");
    }
    assert_eq!((first.received().len(), second.received().len()), (8, 0));
    assert_eq!(collect(&both).await.unwrap().0, "Two people at the dock.");
    assert!(second.received().is_empty(), "the first one is still asked");
}

#[tokio::test]
async fn a_silent_model_leaves_time_for_another_and_is_not_asked_for_ever() {
    let (first, second) = (server().await, server().await);
    first.reply_to_key("k", Reply::silence());
    let both = FallbackChatModel::new(model(&first, "llm"), vec![model(&second, "llm_fallback")]);
    // Less than the first one's own patience, and more than is too little to judge it by.
    let hurried =
        || ChatRequest { begin_by: Some(std::time::Instant::now() + Duration::from_secs(9)), ..request() };
    let ask = || async {
        let answer = both.stream(&hurried()).await.unwrap();
        answer.collect::<Vec<_>>().await
    };
    for told in futures::future::join_all((0..5).map(|_| ask())).await {
        assert!(matches!(told.last(), Some(Ok(ChatChunk::Finished(_)))), "{told:?}");
    }
    assert_eq!((first.received().len(), second.received().len()), (5, 5), "once each");
    ask().await;
    assert_eq!(first.received().len(), 5, "its circuit is open");
}
