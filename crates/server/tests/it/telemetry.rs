//! What operators see of the real process: log lines and metrics that hold nobody's words, names or
//! secrets.

use std::{io::Read as _, time::Duration};

use eps_testkit::upstreams::FakeOpenAi;
use reqwest::StatusCode;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    shutdown::{serving, signal},
    support::{Eps, Setup, event},
};

#[test]
fn log_lines_name_the_request_and_hold_nobody_s_words() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path());
    let minted = eps.run(&["token", "--sub", "canary-user", "--scopes", "ask,events:read,events:write"]);
    let token = minted.stdout.split_whitespace().find(|word| word.starts_with("eyJ")).unwrap().to_owned();
    let mut child = eps.spawn(&["serve"]);
    let (address, mut log) = serving(&mut child);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = |path: &str| format!("http://{address}{path}");
        let post = |path: &str, body: String| {
            client
                .post(url(path))
                .bearer_auth(&token)
                .header("content-type", "application/json")
                .header("x-correlation-id", "named-1")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .body(body)
        };
        let mut seen = event("canary-event", "2026-05-13T08:00:00Z", "canary-camera");
        seen["description"] = "canary-description".into();
        let sent = post("/api/v1/events", json!([seen]).to_string()).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK);
        for body in [
            json!({"query": "who is canary-query?"}),
            json!({"query": "canary-query", "canary-field": 1}),
            json!({"query": "canary-query", "stream": true}),
            json!({"query": "canary", "conversation_id": "canary-conversation"}),
        ] {
            let reply = post("/api/v1/conversation", body.to_string()).send().await.unwrap();
            reply.text().await.unwrap();
        }
        post("/api/v1/search", "{\"canary".to_owned()).send().await.unwrap();
        for path in [
            "/api/v1/events/canary-event",
            "/api/v1/clips/canary-event?exp=1&t=default&sig=canary-signature",
            "/api/v1/conversation/canary-conversation/history",
            "/canary-path?token=canary-token",
        ] {
            client.get(url(path)).bearer_auth("canary-token").send().await.unwrap();
            client.get(url(path)).send().await.unwrap();
        }
    });
    signal(&child, Signal::TERM);
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    child.wait().unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let named: Vec<&Value> = lines.iter().filter(|line| line["correlation_id"] == "named-1").collect();
    assert!(named.iter().all(|line| line["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"), "{text}");
    // A request that names no trace begins one.
    let others = lines.iter().filter(|line| line["status"] == 401);
    assert!(others.clone().count() > 0);
    assert!(
        others.into_iter().all(|line| line["trace_id"].as_str().is_some_and(|id| id.len() == 32)),
        "{text}"
    );
    for status in [200, 422] {
        assert!(named.iter().any(|line| line["status"] == status), "no line with {status} in {text}");
    }
    assert!(!text.contains("canary"), "{text}");
    assert!(!text.contains(token.rsplit('.').next().unwrap()), "{text}");
}

#[tokio::test]
async fn no_metric_has_a_label_of_a_user_a_camera_or_a_conversation() {
    let server = Setup::default().start().await;
    server.ingest(&[event("canary-event", "2026-05-13T08:00:00Z", "canary-camera")]).await;
    let token = server.token_for(&crate::support::Grant { subject: "canary-user", ..Default::default() });
    let body = json!({"query": "What did canary-camera see?"});
    let answer = server.post("/api/v1/conversation", &token, &body).await.ok();
    let id = answer["conversation_id"].as_str().unwrap().to_owned();
    server.get(&format!("/api/v1/conversation/{id}/history"), &token).await.ok();
    server.get("/api/v1/events/canary-event", &token).await.ok();
    server.get("/canary-path", "").await;
    let text = server.client.get(&server.metrics_url).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("route=\"/api/v1/events/{id}\""), "{text}");
    assert!(!text.contains("canary") && !text.contains(&id), "{text}");
}

#[tokio::test]
async fn every_dependency_is_measured_from_the_start() {
    let model = FakeOpenAi::start().await.unwrap();
    let server = Setup::default().set("OPENAI_BASE_URL", model.base_url()).start().await;
    let series = |dep: &str, op: &str| {
        format!("eps_dependency_requests_total{{dep=\"{dep}\",op=\"{op}\",outcome=\"ok\"}}")
    };
    let watched =
        [("events", "upsert"), ("events", "count"), ("conversations", "append_turn"), ("llm", "stream")];
    let mut before = Vec::new();
    for (dep, op) in watched {
        before.push(server.metric(&series(dep, op)).await.unwrap_or_else(|| panic!("{dep} {op} is missing")));
    }
    for (dep, op) in [
        ("clips", "status"),
        ("embedder", "embed"),
        ("idempotency", "begin"),
        ("limits", "check"),
        ("tokens", "spend"),
        ("token_keys", "fetch"),
    ] {
        assert!(server.metric(&series(dep, op)).await.is_some(), "{dep} {op}");
    }
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    server.ask("Who was at dock-1 this morning?").await;
    for ((dep, op), before) in watched.into_iter().zip(before) {
        // Other tests of this process count as well.
        assert!(server.metric(&series(dep, op)).await > Some(before), "{dep} {op}");
    }
    assert!(server.metric("eps_llm_tokens_total{kind=\"prompt\"}").await > Some(0.0));
}

#[test]
fn a_log_that_nobody_reads_holds_no_request_up() {
    // Several times what a pipe holds.
    const REQUESTS: usize = 2_000;
    let folder = TempDir::new().unwrap();
    let mut child = Eps::new(folder.path()).spawn(&["serve"]);
    let (address, log) = serving(&mut child);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
        for _ in 0..REQUESTS {
            let reply = client.get(format!("http://{address}/api/v1/cameras")).send().await.unwrap();
            assert!(reply.status().is_client_error());
        }
    });
    signal(&child, Signal::TERM);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(log);
}
