//! Embedders.

use super::*;

/// Where `scripts/fetch-model` puts the model. Without it the test says so and passes, except where
/// `CI=1` promises that it is there.
fn minilm() -> Option<MiniLmEmbedder> {
    let cache = std::env::var_os("EPS_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache/eps"))).unwrap();
    let dir = cache.join("minilm");
    if !dir.join("model.onnx").exists() && std::env::var_os("CI").is_none_or(|ci| ci != "1") {
        eprintln!("SKIPPED: no model in {}; `scripts/fetch-model` fetches it", dir.display());
        return None;
    }
    Some(MiniLmEmbedder::load(&dir).unwrap())
}

#[tokio::test]
async fn minilm_keeps_the_contract() {
    let Some(embedder) = minilm() else { return };
    contract::embedder::run(&embedder).await;
}

#[tokio::test]
async fn a_question_is_answered_while_a_long_backlog_runs() {
    let Some(embedder) = minilm() else { return };
    let embedder = Arc::new(embedder);
    let texts: Vec<String> = (0..200).map(|index| format!("event {index} {}", "dock ".repeat(100))).collect();
    let backlog = embedder.embed(&texts);
    let question = async {
        // The backlog is queued first: futures of a join are polled in their order.
        embedder.embed(&["who was at the dock".to_owned()]).await.unwrap()
    };
    tokio::pin!(backlog);
    tokio::select! {
        biased;
        done = &mut backlog => panic!("the backlog of {} was faster than one question", done.unwrap().len()),
        vectors = question => assert_eq!(vectors.len(), 1),
    }
}

#[tokio::test]
async fn the_openai_embedder_keeps_the_contract_with_and_without_a_cache() {
    let server = server().await;
    let embedder = OpenAiEmbedder::new(options(&server, &["k1"]), FAKE_DIMENSIONS, false).unwrap();
    contract::embedder::run(&embedder).await;
    contract::embedder::run(&CachedEmbedder::new(Arc::new(embedder), 1_000)).await;
    let first = &server.received()[0];
    assert_eq!((first.path.as_str(), first.key.as_str()), ("/v1/embeddings", "k1"));
    assert_eq!(first.body["model"], "test-model");
    assert!(first.body.get("dimensions").is_none());
}

#[tokio::test]
async fn vectors_of_other_dimensions_or_without_a_direction_are_refused() {
    let server = server().await;
    let embedder = OpenAiEmbedder::new(options(&server, &[]), 2, true).unwrap();
    for (vector, calls) in [(json!([1, 2, 3]), 1), (json!([0, 0]), 3), (json!([1e39, 1]), 3)] {
        let before = server.received().len();
        for _ in 0..3 {
            server.reply_next(Reply::json(200, &json!({"data": [{"index": 0, "embedding": vector}]})));
        }
        let error = embedder.embed(&["x".to_owned()]).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "EMBEDDER_UNAVAILABLE"));
        assert_eq!(server.received().len() - before, calls, "{vector}");
        (calls..3).for_each(|_| server.drop_next());
    }
    assert_eq!(server.received()[0].body["dimensions"], 2);
}

#[tokio::test]
async fn a_failing_embeddings_server_is_retried_twice_and_a_hanging_one_times_out() {
    let server = server().await;
    let embedder = OpenAiEmbedder::new(options(&server, &["k1"]), FAKE_DIMENSIONS, false).unwrap();
    server.reply_next(Reply::error(500, "oops"));
    server.reply_next(Reply::pieces(&[]).and_then_cut());
    assert_eq!(embedder.embed(&["x".to_owned()]).await.unwrap().len(), 1);
    assert_eq!(server.received().len(), 3);

    let mut impatient = options(&server, &["k1"]);
    impatient.call_timeout = Duration::from_millis(50);
    let embedder = OpenAiEmbedder::new(impatient, FAKE_DIMENSIONS, false).unwrap();
    (0..3).for_each(|_| server.reply_next(Reply::silence()));
    let error = embedder.embed(&["x".to_owned()]).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Timeout, "EMBEDDER_UNAVAILABLE"));
}
