//! A question from token to answer.

use serde_json::json;

use crate::support::{Grant, Setup, TestServer, event};

#[tokio::test]
async fn a_question_is_answered_with_exact_totals_and_remembered() {
    let server = TestServer::fresh().await;
    server
        .ingest(&[
            event("e1", "2026-05-13T08:00:00Z", "dock-1"),
            event("e2", "2026-05-13T09:00:00Z", "dock-1"),
            event("e3", "2026-05-12T09:00:00Z", "dock-1"),
        ])
        .await;
    let answer = server.ask("How many people were at dock-1 today?").await;
    assert_eq!(answer["totals"]["events"], 2, "{answer}");
    let id = answer["conversation_id"].as_str().unwrap();
    let path = format!("/api/v1/conversation/{id}/history");
    let history = server.get(&path, &server.token()).await.ok();
    assert_eq!(history["total_messages"], 2);
    let other = server.token_for(&Grant { subject: "bob", ..Grant::default() });
    assert_eq!(server.get(&path, &other).await.refusal(), (404, "CONVERSATION_NOT_FOUND"));

    let conversation = format!("/api/v1/conversation/{id}");
    assert_eq!(server.delete(&conversation, &server.token()).await.ok()["conversation_id"], id);
    assert_eq!(server.delete(&conversation, &server.token()).await.status, 404);
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let server = TestServer::fresh().await;
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    let id = server.ask("What happened today?").await["conversation_id"].as_str().unwrap().to_owned();
    let folder = server.stop().await;

    let server = Setup::default().data_dir(&folder).start().await;
    assert_eq!(server.get("/api/v1/events/e1", &server.token()).await.ok()["camera_id"], "dock-1");
    let path = format!("/api/v1/conversation/{id}/history");
    assert_eq!(server.get(&path, &server.token()).await.ok()["total_messages"], 2);
}

#[tokio::test]
async fn a_token_that_is_missing_wrong_or_without_the_scope_is_refused() {
    let server = TestServer::fresh().await;
    let body = json!({"query": "What happened today?"});
    assert_eq!(server.post("/api/v1/conversation", "", &body).await.status, 401);
    assert_eq!(server.post("/api/v1/conversation", "a.b.c", &body).await.status, 401);
    let reader = server.token_for(&Grant { scopes: &["events:read"], ..Grant::default() });
    assert_eq!(
        server.post("/api/v1/conversation", &reader, &body).await.refusal(),
        (403, "INSUFFICIENT_SCOPE")
    );
}
