//! The rest of the command line.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Eps, TestServer, event};

#[test]
fn a_token_is_only_made_for_scopes_that_exist() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path());
    let token = eps.run(&["token", "--sub", "alice", "--scopes", "ask,events:read", "--cameras", "dock-*"]);
    assert_eq!((token.code, token.stdout.trim().split('.').count()), (0, 3));
    assert_eq!(eps.run(&["token", "--scopes", "everything"]).code, 2);
    assert_eq!(eps.run(&["token", "--cameras", "dock-[1"]).code, 2);
}

#[test]
fn the_api_document_is_printed_without_settings() {
    let folder = TempDir::new().unwrap();
    let document = Eps::new(folder.path()).env("JWT_SECRET_KEY", "").run(&["openapi"]).json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/conversation"]["post"].is_object());
}

#[test]
fn a_server_that_is_not_there_is_not_healthy() {
    let folder = TempDir::new().unwrap();
    let ended = Eps::new(folder.path()).run(&["healthcheck", "--server", "http://127.0.0.1:1"]);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
}

#[tokio::test]
async fn a_question_is_answered_the_same_with_and_without_a_server() {
    let server = TestServer::fresh().await;
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    let folder = TempDir::new().unwrap();
    let question = "How many people were at dock-1 today?";
    let eps = Eps::new(folder.path()).env("EPS_TOKEN", &server.token());
    let url = server.base_url.clone();
    let remote: Value = tokio::task::spawn_blocking(move || {
        eps.run(&["ask", "--json", "--server", url.as_str(), question]).json()
    })
    .await
    .unwrap();
    let data = server.stop().await;

    let eps = Eps::new(data.path());
    let direct = eps.run(&["ask", "--json", "--now", "2026-05-13T10:00:00Z", question]).json();
    assert_eq!(remote["totals"], direct["totals"]);
    assert_eq!(remote["response"], direct["response"]);
    assert_eq!(direct["totals"]["events"], 1);

    let shown = eps.run(&["ask", "--now", "2026-05-13T10:00:00Z", question]).stdout;
    assert!(shown.contains("[1] Wed 2026-05-13 08:00:00  dock-1  person  90%"), "{shown}");
}
