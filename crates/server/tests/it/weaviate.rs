//! Events in Weaviate, over the real server: shared by copies of the service, refused and never "no events"
//! while it is away, back without a restart.

use std::time::{Duration, Instant};

use eps_testkit::servers::weaviate::{API_KEY, WeaviateServer};
use serde_json::{Value, json};

use super::support::{Eps, Reply, Setup, TestServer, event};

/// How long Weaviate may be back before the service is: it takes a while to load its tenants.
const MENDED_WITHIN: Duration = Duration::from_secs(15);
const QUESTION: &str = "How many people were at dock-1 this morning?";

fn over(weaviate: &WeaviateServer) -> Setup {
    Setup::default().set("WEAVIATE_URL", weaviate.url()).set("WEAVIATE_API_KEY", API_KEY)
}

fn morning() -> [Value; 3] {
    [
        event("e1", "2026-05-13T08:00:00Z", "dock-1"),
        event("e2", "2026-05-13T08:00:30Z", "dock-1"),
        event("e3", "2026-05-13T09:00:00Z", "yard"),
    ]
}

async fn ask(server: &TestServer) -> Reply {
    server.post("/api/v1/conversation", &server.token(), &json!({"query": QUESTION})).await
}

/// Asks until there is an answer. Before that it is refused, every time.
async fn comes_back(server: &TestServer) -> Value {
    let begun = Instant::now();
    loop {
        let reply = ask(server).await;
        if reply.status == 200 {
            return reply.body;
        }
        assert_eq!(reply.refusal(), (503, "SEARCH_UNAVAILABLE"), "{}", reply.text);
        assert!(begun.elapsed() < MENDED_WITHIN, "{}", reply.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_share_the_events() {
    let Some(weaviate) = WeaviateServer::start() else { return };
    let (one, other) = (over(&weaviate).start().await, over(&weaviate).start().await);
    one.ingest(&morning()).await;
    let answer = ask(&other).await.ok();
    assert_eq!(
        (&answer["totals"]["events"], &answer["totals"]["visits"]),
        (&json!(2), &json!(1)),
        "{answer}"
    );
    assert_eq!(answer["evidence"].as_array().unwrap().len(), 2);
    let count = json!({"group_by": ["camera", "day"]});
    let count = other.post("/api/v1/events/count", &other.token(), &count).await.ok();
    assert_eq!(count["groups"].as_array().unwrap().len(), 2, "{count}");
    assert_eq!(other.get("/readyz", "").await.ok()["checks"]["events"], "up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_never_no_events_and_mends_without_a_restart() {
    let Some(weaviate) = WeaviateServer::start() else { return };
    let server = over(&weaviate).start().await;
    server.ingest(&morning()).await;
    let before = ask(&server).await.ok();
    weaviate.stop();
    let begun = Instant::now();
    let told = ask(&server).await;
    assert_eq!(told.refusal(), (503, "SEARCH_UNAVAILABLE"), "{}", told.text);
    assert!(told.headers.contains_key("retry-after") && begun.elapsed() < Duration::from_secs(1));
    for (path, body) in [
        ("/api/v1/events/count", json!({"group_by": ["camera"]})),
        ("/api/v1/search", json!({"query": "person"})),
        ("/api/v1/events", json!([event("e4", "2026-05-13T09:30:00Z", "dock-1")])),
    ] {
        let told = server.post(path, &server.token(), &body).await;
        assert_eq!(told.status, 503, "{path}: {}", told.text);
    }
    let list = server.get("/api/v1/conversations", &server.token()).await.ok();
    assert_eq!(list["conversations"].as_array().unwrap().len(), 1, "a refused question is not stored");
    weaviate.resume();
    assert_eq!(comes_back(&server).await["totals"], before["totals"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_starts_before_weaviate_does() {
    let Some(weaviate) = WeaviateServer::start() else { return };
    weaviate.stop();
    let server = over(&weaviate).start().await;
    assert_eq!(server.get("/livez", "").await.status, 200);
    let ready = server.get("/readyz", "").await;
    assert_eq!((ready.status.as_u16(), &ready.body["checks"]["events"]), (503, &json!("down")));
    weaviate.resume();
    comes_back(&server).await;
    server.ingest(&morning()).await;
    assert_eq!(ask(&server).await.ok()["totals"]["events"], 2);
}

/// What an operator reads when the server says no.
fn told(url: &str, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("e.ndjson"), format!("{}\n", morning()[0])).unwrap();
    let eps = Eps::new(folder.path()).env("WEAVIATE_URL", url).env("WEAVIATE_API_KEY", key);
    let ended = eps.run(&["import", "e.ndjson"]);
    assert_ne!(ended.code, 0, "{}", ended.stdout);
    assert!(!ended.stderr.contains("wrong-key"), "{}", ended.stderr);
    ended.stderr
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_weaviate_is_named() {
    let Some(weaviate) = WeaviateServer::start_with(&[("DISABLE_GRAPHQL", "true")]) else { return };
    let (url, key) = (weaviate.url(), API_KEY);
    let off = tokio::task::spawn_blocking(move || told(&url, key)).await.unwrap();
    assert!(off.contains("GraphQL is switched off in Weaviate"), "{off}");
    let url = weaviate.url();
    let refused = tokio::task::spawn_blocking(move || told(&url, "wrong-key")).await.unwrap();
    assert!(refused.contains("WEAVIATE_API_KEY"), "{refused}");
    weaviate.stop();
    let url = weaviate.url();
    let down = tokio::task::spawn_blocking(move || told(&url, API_KEY)).await.unwrap();
    assert!(down.contains("cannot be reached: Weaviate at ") && down.contains(&weaviate.url()), "{down}");
}
