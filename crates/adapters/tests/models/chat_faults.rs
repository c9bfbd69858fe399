//! The chat model.

use super::*;

pub(super) const WHOLE: &str = "Two people at the dock.";

pub(super) fn finished(reason: FinishReason) -> Vec<ChatChunk> {
    vec![ChatChunk::Usage(Usage { prompt_tokens: 11, completion_tokens: 7 }), ChatChunk::Finished(reason)]
}

#[tokio::test]
async fn the_chat_model_keeps_the_contract() {
    let server = server().await;
    contract::chat_model::run(&chat(&server, &["k1", "k2"])).await;
}

#[tokio::test]
async fn the_request_says_what_was_asked_and_the_answer_what_it_cost() {
    let server = server().await;
    let (text, rest, error) = collect(&chat(&server, &["k1"])).await.unwrap();
    assert_eq!((text.as_str(), rest), (WHOLE, finished(FinishReason::Stop)));
    assert!(error.is_none());
    let mut newer = options(&server, &[]);
    newer.tokens_field = TokensField::MaxCompletionTokens;
    collect(&OpenAiChatModel::new(newer).unwrap()).await.unwrap();

    let received = server.received();
    assert_eq!((received[0].path.as_str(), received[0].key.as_str()), ("/v1/chat/completions", "k1"));
    assert_eq!(
        received[0].body,
        json!({
            "model": "test-model", "max_tokens": 64, "temperature": 0.0, "stream": true,
            "stream_options": {"include_usage": true},
            "messages": [
                {"role": "system", "content": "Answer in one sentence."},
                {"role": "user", "content": "Who was at the dock?"},
            ],
        })
    );
    assert_eq!(received[1].key, "");
    assert_eq!(received[1].body["max_completion_tokens"], 64);
    assert!(received[1].body.get("max_tokens").is_none());
}

#[tokio::test]
async fn any_framing_of_a_whole_answer_is_understood() {
    let pieces =
        [": keep-alive\n\nevent: x\nid: 1\nretry: 5\n", &piece("Zwei Männer "), &piece("🚗 日本")].concat();
    let multi_line = "data: {\"choices\": [{\"delta\":\ndata: {\"content\": \"Zwei Männer 🚗 日本\"}}]}\n\n";
    let stop = ending("stop");
    let without_done = stop.replace("data: [DONE]\n\n", "");
    let without_reason = "data: [DONE]\n\n";
    let without_blank_line = stop.trim_end().to_owned() + "\n";
    let server = server().await;
    let model = chat(&server, &[]);
    for reply in [
        Reply::raw_stream(pieces.clone() + &stop),
        Reply::raw_stream(pieces.clone() + &stop).with_crlf(),
        Reply::raw_stream(pieces.clone() + &stop).byte_by_byte(),
        Reply::raw_stream(pieces.clone() + &stop).with_crlf().byte_by_byte(),
        Reply::raw_stream(multi_line.to_owned() + &stop),
        Reply::raw_stream(pieces.clone() + &without_done),
        Reply::raw_stream(pieces.clone() + &without_done).and_then_cut(),
        Reply::raw_stream(pieces.clone() + without_reason),
        Reply::raw_stream(pieces.clone() + &without_blank_line),
    ] {
        let name = format!("{reply:?}");
        server.reply_next(reply);
        let (text, rest, error) = collect(&model).await.unwrap();
        assert_eq!(text, "Zwei Männer 🚗 日本", "{name}");
        assert!(error.is_none(), "{error:?} {name}");
        assert_eq!(rest.last(), Some(&ChatChunk::Finished(FinishReason::Stop)), "{name}");
    }
    assert_eq!(server.received().len(), 9, "something was retried");
}

#[tokio::test]
async fn a_key_that_is_asked_to_wait_gives_way_at_once_and_rests() {
    let server = server().await;
    for reply in [Reply::rate_limited("30"), Reply::error(503, "busy").header("retry-after", "30")] {
        server.reply_to_key("k1", reply);
        let (model, before) = (chat(&server, &["k1", "k2"]), server.received().len());
        for _ in 0..4 {
            assert_eq!(collect(&model).await.unwrap().0, WHOLE);
        }
        let keys: Vec<String> =
            server.received().split_off(before).into_iter().map(|call| call.key).collect();
        assert_eq!(keys, ["k1", "k2", "k2", "k2", "k2"]);
    }
}

#[tokio::test]
async fn a_refused_key_is_not_used_again() {
    for reply in [
        Reply::error(429, "insufficient_quota"),
        Reply::error(401, "invalid_api_key"),
        Reply::error(402, "insufficient_balance"),
        Reply::error(403, "permission_denied"),
        Reply::json(400, &json!([{"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}])),
        Reply::raw_stream("data: {\"error\": {\"code\": \"insufficient_quota\"}}\n\n"),
    ] {
        let server = server().await;
        server.reply_to_key("k1", reply);
        let model = chat(&server, &["k1", "k2"]);
        for _ in 0..4 {
            assert_eq!(collect(&model).await.unwrap().0, WHOLE);
        }
        assert_eq!(server.calls_by_key()["k1"], 1);
    }
}

#[tokio::test]
async fn when_every_key_rests_the_shortest_wait_is_told_and_nobody_is_called() {
    let server = server().await;
    server.reply_to_key("k1", Reply::rate_limited("50"));
    server.reply_to_key("k2", Reply::rate_limited("20"));
    let model = chat(&server, &["k1", "k2"]);
    for _ in 0..3 {
        let error = collect(&model).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "LLM_UNAVAILABLE"));
        let wait = error.retry_after.unwrap();
        assert!(wait <= Duration::from_secs(20) && wait > Duration::from_secs(5), "{wait:?}");
    }
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn what_fails_before_the_first_text_is_tried_again_elsewhere() {
    let role_only = "data: {\"choices\": [{\"delta\": {\"role\": \"assistant\", \"content\": \"\"}}]}\n\n";
    for fault in [
        Reply::error(500, "oops"),
        Reply::error(529, "overloaded"),
        Reply::raw_stream("data: {\"choi\n\n"),
        Reply::raw_stream(role_only).and_then_cut(),
        Reply::raw_stream("data: {\"error\": \"overloaded\"}\n\n"),
        Reply::raw_stream(piece(" \n") + &ending("stop")),
        Reply::raw_stream(vec![b'x'; 1024 * 1024]),
        Reply::raw_stream(Vec::new()),
    ] {
        let name = format!("{fault:?}").chars().take(200).collect::<String>();
        let server = server().await;
        server.reply_to_key("k1", fault);
        let (text, _, error) = collect(&chat(&server, &["k1", "k2"])).await.unwrap();
        assert_eq!((text.as_str(), error.is_none()), (WHOLE, true), "{name}");
        assert_eq!(server.calls_by_key().into_values().collect::<Vec<_>>(), [1, 1], "{name}");
    }
}

#[tokio::test]
async fn a_provider_in_trouble_is_retried_within_a_budget() {
    const CALLS: usize = 100;
    let server = server().await;
    server.reply_to_key("", Reply::error(503, "overloaded"));
    let model = chat(&server, &[]);
    for _ in 0..CALLS {
        let error = collect(&model).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "LLM_UNAVAILABLE"));
    }
    let attempts = server.received().len();
    assert!((CALLS + 1..=CALLS * 12 / 10 + 10).contains(&attempts), "{attempts} attempts");
}

/// What a gateway says of a prompt that its filter does not like.
fn flagged() -> Reply {
    let error =
        json!({"code": 403, "message": "your input was flagged", "metadata": {"reasons": ["violence"]}});
    Reply::json(403, &json!({ "error": error }))
}

#[tokio::test]
async fn a_status_that_may_be_about_the_prompt_costs_no_key() {
    // The same prompt, which nobody knows to be the reason, is tried with each key once.
    for (reply, calls) in [(flagged(), 1), (Reply::error(403, "forbidden"), 2)] {
        let server = server().await;
        (0..calls).for_each(|_| server.reply_next(reply.clone()));
        let model = chat(&server, &["k1", "k2"]);
        assert_eq!(collect(&model).await.unwrap_err().kind, ErrorKind::InvalidInput);
        assert_eq!(server.received().len(), calls);
        for _ in 0..2 {
            assert_eq!(collect(&model).await.unwrap().0, WHOLE);
        }
        assert_eq!(server.calls_by_key().len(), 2, "each key goes on");
    }
}

#[tokio::test]
async fn what_would_fail_again_is_not_tried_again() {
    for (reply, kind, code) in [
        (Reply::error(400, "context_length_exceeded"), ErrorKind::InvalidInput, "CONTEXT_TOO_LARGE"),
        (Reply::error(413, "too_large"), ErrorKind::InvalidInput, "CONTEXT_TOO_LARGE"),
        (Reply::error(400, "unsupported_parameter"), ErrorKind::InvalidInput, "LLM_REJECTED"),
        (Reply::error(400, "content_filter"), ErrorKind::InvalidInput, "LLM_REFUSED"),
        (flagged(), ErrorKind::InvalidInput, "LLM_REFUSED"),
        (
            Reply::raw_stream("data: {\"error\": {\"code\": \"content_filter\"}}\n\n"),
            ErrorKind::InvalidInput,
            "LLM_REFUSED",
        ),
        (Reply::raw_stream(ending("length")), ErrorKind::InvalidInput, "LLM_REJECTED"),
        (Reply::error(404, "model_not_found"), ErrorKind::Unavailable, "LLM_UNAVAILABLE"),
        (Reply::error(307, "moved").header("location", "/v1/x"), ErrorKind::Unavailable, "LLM_UNAVAILABLE"),
    ] {
        let server = server().await;
        server.reply_next(reply);
        let error = collect(&chat(&server, &["k1", "k2"])).await.unwrap_err();
        assert_eq!((error.kind, error.code), (kind, code));
        assert_eq!(server.received().len(), 1, "{error}");
    }
}

#[tokio::test]
async fn what_fails_after_the_first_text_ends_with_an_error_and_is_not_begun_again() {
    for reply in [
        Reply::pieces(&["Two "]).and_then_cut(),
        Reply::pieces(&["Two "]),
        Reply::pieces(&["Two "]).and_then_bytes("data: {\"choi\n\n"),
        Reply::pieces(&["Two "]).and_then_bytes(ending("error")),
        Reply::pieces(&["Two "]).and_then_bytes(ending("insufficient_system_resource")),
        Reply::pieces(&["Two "]).and_then_bytes(
            "data: {\"object\":\"error\",\"message\":\"dead\",\"code\":500}\n\ndata: [DONE]\n\n",
        ),
        Reply::pieces(&["Two "])
            .and_then_bytes("data: {\"message\":\"dead\",\"code\":500}\n\ndata: [DONE]\n\n"),
        Reply::pieces(&["Two "]).and_then_bytes("data: {\"error\": {\"type\": \"server_error\"}}\n\n"),
        Reply::pieces(&["Two "]).and_then_bytes("data: {\"error\": {\"code\": \"rate_limit\"}}\n\n"),
        Reply::pieces(&["Two "]).and_then_bytes([b"data: ".as_slice(), &vec![b'x'; 1024 * 1024]].concat()),
    ] {
        let server = server().await;
        server.reply_next(reply);
        let (text, rest, error) = collect(&chat(&server, &["k1", "k2"])).await.unwrap();
        assert_eq!((text.as_str(), rest.as_slice()), ("Two ", &[][..]));
        assert_eq!(error.unwrap().code, "LLM_UNAVAILABLE");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn silence_before_and_within_an_answer_times_out() {
    let server = server().await;
    let mut impatient = options(&server, &[]);
    impatient.first_token_timeout = Duration::from_millis(50);
    let model = OpenAiChatModel::new(impatient.clone()).unwrap();
    server.reply_next(Reply::silence());
    assert_eq!(collect(&model).await.unwrap_err().kind, ErrorKind::Timeout);
    assert_eq!(server.received().len(), 1, "whoever waited has waited enough");

    impatient.first_token_timeout = Duration::from_secs(10);
    impatient.gap_timeout = Duration::from_millis(50);
    let model = OpenAiChatModel::new(impatient).unwrap();
    server.reply_next(Reply::pieces(&["Two "]).and_then_hang());
    let (text, rest, error) = collect(&model).await.unwrap();
    assert_eq!((text.as_str(), rest.len(), error.unwrap().kind), ("Two ", 0, ErrorKind::Timeout));
    assert!(server.has_been_left(2).await, "a connection was kept after its time");
}

#[tokio::test]
async fn an_endless_answer_is_cut_and_the_provider_is_left() {
    for text in ["x", &"lorem ipsum ".repeat(1_000)] {
        let server = server().await;
        server.reply_next(Reply::pieces(&["Two "]).and_then_endless(text));
        let (text, rest, error) = collect(&chat(&server, &[])).await.unwrap();
        assert!(text.len() <= 64 * 1024 && error.is_none());
        assert_eq!(rest.last(), Some(&ChatChunk::Finished(FinishReason::Length)));
        assert!(server.has_been_left(1).await, "the provider is still writing");
    }
}

#[tokio::test]
async fn dropping_the_stream_leaves_the_provider() {
    let server = server().await;
    server.reply_next(Reply::pieces(&["Two "]).and_then_hang());
    let stream = chat(&server, &[]).stream(&request()).await.unwrap();
    drop(stream);
    assert!(server.has_been_left(1).await);

    server.reply_next(Reply::silence());
    let model = chat(&server, &[]);
    let waiting = tokio::time::timeout(Duration::from_millis(50), model.stream(&request())).await;
    assert!(waiting.is_err());
    assert!(server.has_been_left(2).await);
}

#[tokio::test]
async fn a_filtered_or_a_full_answer_says_so() {
    let server = server().await;
    let model = chat(&server, &[]);
    server.reply_next(Reply::raw_stream(ending("content_filter")));
    let (text, rest, _) = collect(&model).await.unwrap();
    assert_eq!((text.as_str(), rest), ("", finished(FinishReason::ContentFilter)));
    let refusal = "data: {\"choices\": [{\"delta\": {\"content\": null, \"refusal\": \"I'm sorry\"}}]}\n\n";
    server.reply_next(Reply::raw_stream(refusal.to_owned() + &ending("stop")));
    let (text, rest, _) = collect(&model).await.unwrap();
    assert_eq!((text.as_str(), rest), ("", finished(FinishReason::ContentFilter)));
    for reason in ["length", "model_length"] {
        server.reply_next(Reply::raw_stream(piece("Two people at") + &ending(reason)));
        let (text, rest, _) = collect(&model).await.unwrap();
        assert_eq!((text.as_str(), rest), ("Two people at", finished(FinishReason::Length)));
    }
    assert_eq!(server.received().len(), 4, "none of it is tried again");
}

#[tokio::test]
async fn no_key_shows_in_options_or_errors() {
    let server = server().await;
    let options = options(&server, &["sk-secret-1"]);
    assert!(!format!("{options:?}").contains("sk-secret"));
    let echo = json!({"error": {"message": "bad key sk-secret-1", "code": "sk-secret-1"}});
    server.reply_next(Reply::json(401, &echo));
    let error = collect(&OpenAiChatModel::new(options).unwrap()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("sk-secret"), "{error:?}");
}

#[tokio::test]
async fn an_unusable_address_is_refused_at_once() {
    for url in ["", "localhost:8000", "ftp://host/v1", "http://user:word@host/v1", "http://host/v1?key=1"] {
        let error = OpenAiChatModel::new(OpenAiOptions::new(url, Vec::new(), "m")).err().unwrap();
        assert_eq!(error.field.as_deref(), Some("base_url"), "{url}");
        assert!(!error.message.contains("word@"), "{url}");
    }
    let nobody = OpenAiOptions::new("http://127.0.0.1:1/v1", Vec::new(), "m");
    let error = collect(&OpenAiChatModel::new(nobody).unwrap()).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "LLM_UNAVAILABLE"));
}

/// A request that offers a tool.
pub(super) fn with_tools() -> ChatRequest {
    let schema = json!({"type": "object", "properties": {"when": {"type": "string"}}});
    let parameters = serde_json::value::to_raw_value(&schema).unwrap();
    let tool = ToolSpec { name: "count_events", description: "Counts.", parameters };
    ChatRequest { tools: Arc::new([tool]), may_call: true, ..request() }
}

/// One event with fragments of calls.
pub(super) fn fragments(calls: &serde_json::Value) -> String {
    format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"tool_calls": calls}}]}))
}

pub(super) async fn chunks(model: &dyn ChatModel, request: &ChatRequest) -> Result<Vec<ChatChunk>> {
    let stream = model.stream(request).await?;
    stream.collect::<Vec<_>>().await.into_iter().collect()
}

#[tokio::test]
async fn tools_are_offered_called_in_fragments_and_answered_by_id() {
    let server = server().await;
    let model = chat(&server, &[]);
    let stream = [
        fragments(&json!([{"index": 0, "id": "c1", "type": "function", "function": {"name": "count_events", "arguments": ""}}])),
        fragments(&json!([{"index": 0, "function": {"arguments": "{\"when\": \"l"}}])),
        fragments(&json!([{"index": 1, "id": "c2", "function": {"name": "x", "arguments": {}}}])),
        fragments(&json!([{"index": 0, "function": {"arguments": "ast night\"}"}}])),
        ending("tool_calls"),
    ]
    .concat();
    let call = |id: &str, name: &str, arguments: &str| ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
        opaque: None,
    };
    let expected = [call("c1", "count_events", "{\"when\": \"last night\"}"), call("c2", "x", "{}")];
    for reply in [Reply::raw_stream(stream.clone()), Reply::raw_stream(stream.clone()).byte_by_byte()] {
        server.reply_next(reply);
        let told = chunks(&model, &with_tools()).await.unwrap();
        let calls: Vec<_> = expected.iter().cloned().map(ChatChunk::Call).collect();
        assert_eq!(told, [calls, finished(FinishReason::Stop)].concat());
    }
    let mut answering = with_tools();
    answering.may_call = false;
    answering.messages.push(PromptMessage::calling(expected.to_vec()));
    answering.messages.push(PromptMessage::found(&expected[0], "{\"total\":2}"));
    chunks(&model, &answering).await.unwrap();
    let received = server.received();
    let (first, last) = (&received[0].body, &received[2].body);
    assert_eq!(first["tools"], last["tools"]);
    assert_eq!(first["tools"][0]["function"]["name"], "count_events");
    assert_eq!((first.get("tool_choice"), &last["tool_choice"]), (None, &json!("none")));
    assert_eq!(
        last["messages"][2]["tool_calls"][0],
        json!({"id": "c1", "type": "function",
            "function": {"name": "count_events", "arguments": "{\"when\": \"last night\"}"}})
    );
    assert_eq!(
        last["messages"][3],
        json!({"role": "tool", "tool_call_id": "c1", "content": "{\"total\":2}"})
    );
}

#[tokio::test]
async fn a_provider_that_knows_no_tools_is_asked_without_and_that_is_remembered() {
    for refusal in [
        Reply::json(400, &json!({"error": {"message": "gemma does not support tools"}})),
        Reply::json(404, &json!({"error": {"message": "No endpoints found that support tool use."}})),
        Reply::json(500, &json!({"error": {"message": "tools param requires --jinja flag"}})),
    ] {
        let server = server().await;
        let model = chat(&server, &[]);
        server.reply_next(refusal);
        for _ in 0..3 {
            let told = chunks(&model, &with_tools()).await.unwrap();
            assert!(matches!(told.last(), Some(ChatChunk::Finished(_))));
        }
        let had_tools: Vec<bool> = server.received().iter().map(|r| r.body.get("tools").is_some()).collect();
        assert_eq!(had_tools, [true, false, false, false]);
    }
    // A call that the model did not manage, or a status that says nothing, is no word about tools.
    for flake in [
        Reply::error(400, "tool_use_failed"),
        Reply::raw_stream("event: error\ndata: {\"error\": {\"code\": \"tool_use_failed\"}}\n\n"),
        Reply::error(400, "oops"),
    ] {
        let server = server().await;
        let model = chat(&server, &[]);
        server.reply_next(flake);
        for _ in 0..2 {
            chunks(&model, &with_tools()).await.unwrap();
        }
        let had_tools: Vec<bool> = server.received().iter().map(|r| r.body.get("tools").is_some()).collect();
        assert_eq!(had_tools, [true, false, true]);
    }
    // A request that fails without tools as well says nothing about tools.
    let server = server().await;
    let model = chat(&server, &[]);
    (0..2).for_each(|_| server.reply_next(Reply::error(400, "unsupported_parameter")));
    assert!(chunks(&model, &with_tools()).await.is_err());
    chunks(&model, &with_tools()).await.unwrap();
    assert!(server.received()[2].body.get("tools").is_some());
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_whole_or_an_error() {
    let whole = [
        piece("Zwei 🚗 "),
        fragments(
            &json!([{"index": 0, "id": "c1", "function": {"name": "count_events", "arguments": "{}"}}]),
        ),
        piece("at the dock"),
        ending("tool_calls"),
    ]
    .concat();
    let server = server().await;
    let mut options = options(&server, &[]);
    options.first_token_timeout = Duration::from_secs(5);
    let model = OpenAiChatModel::new(options).unwrap();
    let stop = whole.find("finish_reason\":\"tool_calls").unwrap();
    let stop = stop + whole[stop..].find("\n\n").unwrap() + 2;
    for at in (0..whole.len()).rev() {
        // A cut before the first text is tried again; what comes then is the usual answer.
        server.reply_next(Reply::raw_stream(&whole.as_bytes()[..at]).and_then_cut());
        let Ok(stream) = model.stream(&with_tools()).await else { continue };
        let told: Vec<Result<ChatChunk>> = stream.collect().await;
        let ends = told.iter().filter(|c| matches!(c, Ok(ChatChunk::Finished(_)) | Err(_))).count();
        assert_eq!(ends, 1, "at byte {at}: {told:?}");
        let is_whole = matches!(told.last(), Some(Ok(ChatChunk::Finished(_))));
        let has_call = told.iter().any(|chunk| matches!(chunk, Ok(ChatChunk::Call(_))));
        let is_usual =
            told.iter().any(|c| matches!(c, Ok(ChatChunk::Text(text)) if text.contains("Two people")));
        assert!(is_usual || has_call == is_whole, "at byte {at}: {told:?}");
        assert!(is_usual || is_whole == (at >= stop), "at byte {at} of {stop}: {told:?}");
    }
}
