//! The chat model before servers that speak the protocol each in its own way.

use super::{
    chat_faults::{WHOLE, chunks, finished, fragments, with_tools},
    *,
};

fn event(event: &serde_json::Value) -> String {
    format!("data: {event}\n\n")
}

/// An event with a delta.
fn delta(delta: &serde_json::Value) -> String {
    event(&json!({"choices": [{"index": 0, "delta": delta}]}))
}

#[tokio::test]
async fn what_a_provider_does_not_take_is_left_out_and_that_is_remembered() {
    let refusal = |param: &str, message: &str| {
        Reply::json(
            400,
            &json!({"error": {"message": message, "param": param, "code": "unsupported_parameter"}}),
        )
    };
    let extra = json!({"message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"],
        "msg": "Extra inputs are not permitted", "input": "tools temperature"}]}});
    for (replies, absent, present) in [
        (
            vec![refusal("max_tokens", "Unsupported parameter: use 'max_completion_tokens' instead.")],
            vec!["max_tokens"],
            vec!["max_completion_tokens", "temperature", "stream_options", "tools"],
        ),
        (
            vec![
                refusal("max_tokens", "Unsupported parameter: use 'max_completion_tokens' instead."),
                refusal("temperature", "'temperature' does not support 0.7, only the default."),
            ],
            vec!["max_tokens", "temperature"],
            vec!["max_completion_tokens", "stream_options", "tools"],
        ),
        (
            vec![Reply::json(422, &extra)],
            vec!["stream_options"],
            vec!["max_tokens", "temperature", "tools", "stream"],
        ),
    ] {
        let server = server().await;
        let (model, tries) = (chat(&server, &[]), replies.len());
        for reply in replies {
            server.reply_next(reply);
        }
        for _ in 0..2 {
            chunks(&model, &with_tools()).await.unwrap();
        }
        let received = server.received();
        assert_eq!(received.len(), tries + 2, "it is asked once more for each, and then knows");
        for call in &received[tries..] {
            assert!(absent.iter().all(|name| call.body.get(name).is_none()), "{absent:?} {}", call.body);
            assert!(present.iter().all(|name| call.body.get(name).is_some()), "{present:?} {}", call.body);
        }
    }
    // A server that refuses both names is no reason to go round in circles.
    let server = server().await;
    (0..3).for_each(|_| server.reply_next(refusal("max_tokens", "Unsupported parameter: 'max_tokens'")));
    let error = collect(&chat(&server, &[])).await.unwrap_err();
    assert_eq!((error.code, server.received().len()), ("LLM_REJECTED", 2));
}

#[tokio::test]
async fn answers_of_every_form_are_taken() {
    let message = json!({"choices": [{"message": {"role": "assistant", "content": WHOLE}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7}});
    let parts = json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm, 9."}]},
        {"type": "text", "text": WHOLE}]});
    let usage = |prompt: &serde_json::Value, completion: &serde_json::Value| {
        let stop = json!({"choices": [{"delta": {}, "finish_reason": "stop"}]});
        let usage =
            json!({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion}});
        event(&stop) + &event(&usage) + "data: [DONE]\n\n"
    };
    let thought = delta(&json!({"content": null, "reasoning_content": "Were there 9?"}));
    let server = server().await;
    let model = chat(&server, &[]);
    for reply in [
        Reply::json(200, &message),
        Reply::json(200, &json!([message])),
        Reply::raw_stream(message.to_string()).byte_by_byte(),
        Reply::raw_stream(event(&message) + "data: [DONE]\n\n"),
        Reply::raw_stream(delta(&parts) + &ending("stop")),
        Reply::raw_stream(thought + &piece(WHOLE) + &ending("stop")),
        Reply::raw_stream(piece(WHOLE) + &usage(&json!(11.0), &json!(7))),
    ] {
        let name = format!("{reply:?}");
        server.reply_next(reply);
        let (text, rest, error) = collect(&model).await.unwrap();
        assert_eq!((text.as_str(), rest), (WHOLE, finished(FinishReason::Stop)), "{name}");
        assert!(error.is_none(), "{name}");
    }
    server.reply_next(Reply::raw_stream(piece(WHOLE) + &usage(&json!(-1), &json!("x"))));
    let (text, rest, _) = collect(&model).await.unwrap();
    assert_eq!((text.as_str(), rest[0].clone()), (WHOLE, ChatChunk::Usage(Usage::default())));
    server.reply_next(Reply::json(200, &json!({"error": {"code": 502, "message": "upstream"}})));
    assert_eq!(
        collect(&model).await.unwrap().0,
        WHOLE,
        "an error with a success in front of it is tried again"
    );
    assert_eq!(server.received().len(), 10);
}

#[tokio::test]
async fn a_model_that_thinks_aloud_is_alive_and_one_that_is_done_is_not_waited_for() {
    let server = server().await;
    let mut impatient = options(&server, &[]);
    impatient.first_token_timeout = Duration::from_millis(200);
    let model = OpenAiChatModel::new(impatient.clone()).unwrap();
    let thought = delta(&json!({"reasoning": "Hm."}));
    // It is cut for its silence after the thought, by the longer patience within an answer.
    server.reply_next(Reply::raw_stream(thought.clone()).and_then_hang());
    let waits = tokio::time::timeout(Duration::from_millis(600), collect(&model)).await;
    assert!(waits.is_err(), "a thought is a sign of life");
    server.reply_next(Reply::raw_stream(delta(&json!({"role": "assistant", "content": ""}))).and_then_hang());
    assert_eq!(collect(&model).await.unwrap_err().kind, ErrorKind::Timeout, "an empty piece is none");

    // Neither silence nor empty events after the end make anyone wait for long.
    impatient.first_token_timeout = Duration::from_secs(10);
    impatient.gap_timeout = Duration::from_mins(10);
    let model = OpenAiChatModel::new(impatient).unwrap();
    let end = ending("stop").replace("data: [DONE]\n\n", "");
    server.reply_next(Reply::raw_stream(piece(WHOLE) + &end).and_then_hang());
    assert_eq!(collect(&model).await.unwrap().1, finished(FinishReason::Stop));
    server.reply_next(Reply::raw_stream(piece(WHOLE) + &end).and_then_endless(""));
    assert_eq!(collect(&model).await.unwrap().1, finished(FinishReason::Stop));
}

#[tokio::test]
async fn what_a_provider_says_beside_a_call_is_given_back_to_it_alone() {
    let server = server().await;
    let stream = [
        delta(&json!({"reasoning_content": "let me look"})),
        fragments(
            &json!([{"index": 0, "id": "c1", "extra_content": {"google": {"thought_signature": "abc"}},
            "function": {"name": "count_events", "arguments": "{}"}}]),
        ),
        ending("tool_calls"),
    ];
    server.reply_next(Reply::raw_stream(stream.concat()));
    let told = chunks(&chat(&server, &[]), &with_tools()).await.unwrap();
    let Some(ChatChunk::Call(call)) = told.first() else { panic!("no call in {told:?}") };
    let mut answering = with_tools();
    answering.messages.push(PromptMessage::calling(vec![call.clone()]));
    answering.messages.push(PromptMessage::found(call, "{}"));
    chunks(&chat(&server, &[]), &answering).await.unwrap();
    let mut other = options(&server, &[]);
    "another".clone_into(&mut other.model);
    chunks(&OpenAiChatModel::new(other).unwrap(), &answering).await.unwrap();
    let called: Vec<_> = server.received().iter().map(|call| call.body["messages"][2].clone()).collect();
    assert_eq!(called[1]["reasoning_content"], "let me look");
    assert_eq!(called[1]["tool_calls"][0]["extra_content"]["google"]["thought_signature"], "abc");
    let plain = json!({"role": "assistant", "content": "", "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "count_events", "arguments": "{}"}}]});
    assert_eq!(called[2], plain);
}

#[tokio::test]
async fn what_came_to_nothing_is_told_as_well() {
    let server = server().await;
    let model = chat(&server, &[]);
    let asked = request();
    (0..3).for_each(|_| server.reply_next(Reply::raw_stream(ending("stop"))));
    assert!(model.stream(&asked).await.is_err());
    assert_eq!(asked.lost.sum(), Usage { prompt_tokens: 33, completion_tokens: 21 });
    // In an answer that breaks off, what it cost so far comes before the error.
    let dear = json!({"choices": [{"delta": {"content": "Two"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}});
    server.reply_next(Reply::raw_stream(event(&dear)).and_then_cut());
    let (_, rest, error) = collect(&model).await.unwrap();
    let usage = Usage { prompt_tokens: 9, completion_tokens: 1 };
    assert_eq!((rest, error.is_some()), (vec![ChatChunk::Usage(usage)], true));
}
