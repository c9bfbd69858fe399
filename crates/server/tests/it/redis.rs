//! Memory in Redis, over the real server: shared by copies of the service, refused while it is away,
//! back without a restart.

use std::time::{Duration, Instant};

use eps_testkit::{
    fault_proxy::{Fault, FaultProxy},
    servers::redis::RedisServer,
    upstreams::FakeOpenAi,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{Reply, Setup, TestServer, event, read};

/// How soon a caller hears of an outage, and how often that is tried: a machine that does other things as well
/// may take a moment by itself, but not every time.
const TOLD_WITHIN: Duration = Duration::from_millis(300);
const ATTEMPTS: usize = 3;
/// How long Redis may be back before the service is.
const MENDED_WITHIN: Duration = Duration::from_secs(5);

async fn server(url: &str) -> TestServer {
    server_with(url, &[]).await
}

async fn server_with(url: &str, settings: &[(&str, &str)]) -> TestServer {
    let mut setup = Setup::default().set("REDIS_URL", url);
    for (name, value) in settings {
        setup = setup.set(name, *value);
    }
    let server = setup.start().await;
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    server
}

async fn ask(server: &TestServer, conversation_id: Option<&str>, query: &str) -> Reply {
    let mut body = json!({"query": query});
    if let Some(id) = conversation_id {
        body["conversation_id"] = id.into();
    }
    server.post("/api/v1/conversation", &server.token(), &body).await
}

/// Begins a conversation; its id.
async fn begin(server: &TestServer) -> String {
    let answer = ask(server, None, "Who was at dock-1 this morning?").await.ok();
    answer["conversation_id"].as_str().unwrap().to_owned()
}

async fn history(server: &TestServer, id: &str) -> Reply {
    server.get(&format!("/api/v1/conversation/{id}/history"), &server.token()).await
}

/// What is refused while memory is out of order, each within its time.
async fn everything_is_refused(server: &TestServer, id: &str, code: &str) {
    let path = format!("/api/v1/conversation/{id}");
    let follow_up = json!({"query": "And yesterday?", "conversation_id": id});
    let requests = [
        (Method::POST, "/api/v1/conversation".to_owned(), Some(follow_up)),
        (Method::GET, format!("{path}/history"), None),
        (Method::DELETE, path, None),
        (Method::GET, "/api/v1/conversations".to_owned(), None),
        (Method::POST, "/api/v1/conversation".to_owned(), Some(json!({"query": "Who was at dock-1?"}))),
    ];
    for (method, path, body) in requests {
        let mut took = Duration::MAX;
        for _ in 0..ATTEMPTS {
            let begun = Instant::now();
            let reply = server.send(method.clone(), &path, &server.token(), body.as_ref()).await;
            assert_eq!(reply.refusal(), (503, code), "{method} {path}: {}", reply.text);
            assert!(reply.headers.contains_key("retry-after"));
            took = took.min(begun.elapsed());
        }
        assert!(took <= TOLD_WITHIN, "{method} {path} took {took:?}");
    }
}

/// Asks for the history until it is there; it must be whole and soon.
async fn comes_back(server: &TestServer, id: &str) -> Value {
    let begun = Instant::now();
    loop {
        let reply = history(server, id).await;
        if reply.status == StatusCode::OK {
            return reply.body;
        }
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE, "{}", reply.text);
        assert!(begun.elapsed() < MENDED_WITHIN, "{}", reply.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_share_one_memory() {
    let Some(redis) = RedisServer::start() else { return };
    let (one, other) = (server(&redis.url()).await, server(&redis.url()).await);
    let id = begin(&one).await;
    let second = ask(&other, Some(&id), "And yesterday?").await.ok();
    assert_eq!(second["metadata"]["conversation_turn"], 2);
    assert_eq!(second["interpretation"]["cameras"], json!(["dock-1"]));
    assert_eq!(history(&one, &id).await.ok()["total_messages"], 4);
    let list = other.get("/api/v1/conversations", &other.token()).await.ok();
    assert_eq!(list["conversations"][0]["conversation_id"], id.as_str());
    assert_eq!(one.delete(&format!("/api/v1/conversation/{id}"), &one.token()).await.status, 200);
    assert_eq!(history(&other, &id).await.refusal(), (404, "CONVERSATION_NOT_FOUND"));
    assert_eq!(one.get("/readyz", "").await.ok()["checks"]["conversations"], "up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_count_and_replay_together() {
    let Some(redis) = RedisServer::start() else { return };
    let setup = || {
        let setup = Setup::default().set("REDIS_URL", redis.url());
        setup.set("RATE_LIMIT_PER_MINUTE", "30").set("RATE_LIMIT_BURST", "6")
    };
    let (one, other) = (setup().start().await, setup().start().await);
    let ask = |server: &TestServer, key: &str| {
        let request = server.client.post(format!("{}/api/v1/conversation", server.base_url));
        let request = request.bearer_auth(server.token()).header("Idempotency-Key", key);
        request.json(&json!({"query": "Who was at dock-1 this morning?"})).send()
    };
    let first = read(ask(&one, "k").await.unwrap()).await;
    let again = read(ask(&other, "k").await.unwrap()).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(first.ok()["conversation_id"], again.ok()["conversation_id"]);
    let mut allowed = 2;
    for server in [&one, &other, &one, &other, &one, &other] {
        let reply = server.get("/api/v1/conversations", &server.token()).await;
        assert!(!reply.headers.contains_key("x-ratelimit-mode"));
        allowed += u32::from(reply.status == StatusCode::OK);
    }
    // Two seconds bring one more.
    assert!((6..=7).contains(&allowed), "{allowed}");

    // Away, each grants its share: 6 at once for 3 copies.
    redis.kill();
    let mut refused = 0;
    for _ in 0..3 {
        let reply = one.get("/api/v1/cameras", &one.token()).await;
        assert_eq!(reply.headers["x-ratelimit-mode"], "local");
        refused += u32::from(reply.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_told_at_once_and_mends_without_a_restart() {
    let Some(redis) = RedisServer::start() else { return };
    let server = server(&redis.url()).await;
    let id = begin(&server).await;
    redis.kill();
    everything_is_refused(&server, &id, "STORE_UNAVAILABLE").await;
    redis.resume_from_disk();
    assert_eq!(comes_back(&server, &id).await["total_messages"], 2);
    assert_eq!(ask(&server, Some(&id), "And yesterday?").await.ok()["metadata"]["conversation_turn"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_conversation_may_do_without_memory() {
    let Some(redis) = RedisServer::start() else { return };
    let setup = Setup::default().set("REDIS_URL", redis.url()).set("MEMORY_ON_OUTAGE", "ephemeral");
    let server = setup.start().await;
    let id = begin(&server).await;
    redis.kill();
    let reply = ask(&server, None, "Who was at dock-1 this morning?").await;
    assert!(reply.headers.get_all("x-degraded").iter().any(|part| part == "memory"));
    let answer = reply.ok();
    assert_eq!(answer["conversation_id"], Value::Null);
    assert!(answer["degraded"].as_array().unwrap().contains(&json!("memory")), "{answer}");
    assert_eq!(ask(&server, Some(&id), "And yesterday?").await.refusal(), (503, "STORE_UNAVAILABLE"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_starts_before_redis_does() {
    let Some(redis) = RedisServer::start() else { return };
    redis.kill();
    let server = server(&redis.url()).await;
    assert_eq!(server.get("/livez", "").await.status, 200);
    assert_eq!(server.get("/startupz", "").await.status, 503);
    let ready = server.get("/readyz", "").await;
    assert_eq!((ready.status.as_u16(), &ready.body["checks"]["conversations"]), (503, &json!("down")));
    redis.resume_from_disk();
    let begun = Instant::now();
    while server.get("/readyz", "").await.status != 200 {
        assert!(begun.elapsed() < MENDED_WITHIN);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    begin(&server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_cuts_the_way_to_memory_is_told_at_once_and_mends() {
    let Some(redis) = RedisServer::start() else { return };
    let proxy = FaultProxy::before(redis.port()).await;
    let server = server(&redis.url_at(proxy.port())).await;
    let id = begin(&server).await;
    for (fault, turn) in [(Fault::Reset, 2), (Fault::Hang, 3)] {
        proxy.set(fault);
        everything_is_refused(&server, &id, "STORE_UNAVAILABLE").await;
        proxy.mend();
        assert_eq!(comes_back(&server, &id).await["total_messages"], (turn - 1) * 2);
        let answer = ask(&server, Some(&id), "And yesterday?").await.ok();
        assert_eq!(answer["metadata"]["conversation_turn"], turn);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_that_takes_no_turns_still_shows_and_forgets_them() {
    let Some(redis) = RedisServer::start() else { return };
    let model = FakeOpenAi::start().await.unwrap();
    let server = server_with(&redis.url(), &[("OPENAI_BASE_URL", &model.base_url())]).await;
    let id = begin(&server).await;
    let refused = [
        (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"], "STORAGE_FULL"),
        (["REPLICAOF", "127.0.0.1", "1", ""], ["REPLICAOF", "NO", "ONE", ""], "STORE_UNAVAILABLE"),
    ];
    for (spoil, mend, code) in refused {
        let words = |command: [&'static str; 4]| command.into_iter().filter(|word| !word.is_empty());
        redis.cli(&words(spoil).collect::<Vec<_>>());
        let paid = model.received().len();
        for conversation in [Some(&*id), None] {
            let reply = ask(&server, conversation, "Who was at dock-1 this morning?").await;
            assert_eq!(reply.refusal(), (503, code), "{}", reply.text);
        }
        assert_eq!(model.received().len(), paid, "a model was asked for an answer that is not kept");
        assert_eq!(history(&server, &id).await.ok()["total_messages"], 2);
        redis.cli(&words(mend).collect::<Vec<_>>());
        let begun = Instant::now();
        while ask(&server, None, "Who was at dock-1?").await.status != StatusCode::OK {
            assert!(begun.elapsed() < MENDED_WITHIN, "{code}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    assert_eq!(server.delete(&format!("/api/v1/conversation/{id}"), &server.token()).await.status, 200);
    redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(history(&server, &id).await.refusal(), (404, "CONVERSATION_NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_takes_the_memory_that_the_documents_say() {
    let Some(redis) = RedisServer::start() else { return };
    let server = server(&redis.url()).await;
    let words = "A person in a dark jacket carries a box over the ramp and waits at the door";
    let described = |n: usize| {
        let mut event =
            event(&format!("d{n}"), &format!("2026-05-13T0{}:{}0:00Z", 6 + n % 3, n % 6), "dock-1");
        event["description"] = format!("{words}, for the {n}th time").into();
        event
    };
    server.ingest(&(0..20).map(described).collect::<Vec<_>>()).await;
    let id = begin(&server).await;
    for _ in 1..20 {
        ask(&server, Some(&id), "Who carried a box over the ramp this morning?").await.ok();
    }
    let bytes_of = |pattern: &str| -> usize {
        let keys = redis.cli(&["KEYS", pattern]);
        let of_key =
            |key: &str| redis.cli(&["MEMORY", "USAGE", key, "SAMPLES", "0"]).parse::<usize>().unwrap();
        keys.lines().map(of_key).sum()
    };
    let turns = bytes_of(&format!("eps:conversation:{{{id}}}:*"));
    let beside = bytes_of("eps:owner:*") + bytes_of("eps:due:*");
    let limit = bytes_of("eps:rate:*");
    println!("{} bytes a turn, {beside} for the indexes, {limit} for the limit", turns / 20);
    assert!((2_000..8_000).contains(&(turns / 20)), "{turns}");
    assert!(beside < 2_000 && limit < 2_000, "{beside} {limit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn copies_of_the_service_spend_one_budget_of_tokens() {
    let Some(redis) = RedisServer::start() else { return };
    let model = FakeOpenAi::start().await.unwrap();
    // An answer of the fake costs 18.
    let settings = [("OPENAI_BASE_URL", &*model.base_url()), ("LLM_TENANT_TOKENS_PER_DAY", "36")];
    let copies = [server_with(&redis.url(), &settings).await, server_with(&redis.url(), &settings).await];
    for (copy, degraded) in [(0, json!([])), (1, json!([])), (0, json!(["llm"])), (1, json!(["llm"]))] {
        let answer = ask(&copies[copy], None, "Who was at dock-1 this morning?").await.ok();
        assert_eq!((&answer["degraded"], &answer["totals"]["events"]), (&degraded, &json!(1)), "{answer}");
    }
    assert_eq!(model.received().len(), 2);
}
