//! The same POST twice.

use std::sync::Arc;

use axum::{body::Body, http::Method};
use eps_domain::Permission;
use eps_testkit::scripted_chat_model::{Play, ScriptedChatModel};
use futures::FutureExt;

use crate::site::{Reply, Site, request, token_of, token_seeing};

async fn keyed(site: &Site, path: &str, key: &str, body: &str) -> Reply {
    keyed_by(site, "alice", path, key, body).await
}

async fn keyed_by(site: &Site, subject: &str, path: &str, key: &str, body: &str) -> Reply {
    keyed_with(site, &token_of(subject, &Permission::ALL), path, key, body).await
}

async fn keyed_with(site: &Site, token: &str, path: &str, key: &str, body: &str) -> Reply {
    let mut request = request(Method::POST, path, Some(token), Body::from(body.to_owned()));
    request.headers_mut().insert("idempotency-key", key.parse().unwrap());
    site.send(request).await
}

const ASK: &str = "/api/v1/conversation";
const QUESTION: &str = r#"{"query":"how many people were at the dock?"}"#;

#[tokio::test]
async fn a_key_must_be_short_and_visible() {
    let site = Site::new();
    for key in ["", "a b", &"k".repeat(256)] {
        let reply = keyed(&site, "/api/v1/search", key, "{}").await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (400, "MALFORMED_IDEMPOTENCY_KEY"),
            "{key}"
        );
    }
}

#[tokio::test]
async fn the_first_result_is_replayed_to_the_same_caller_on_the_same_route_for_the_same_body() {
    let site = Site::new();
    site.ingest(&[("e-1", "2026-05-13T09:00:00Z", "dock", "person")]).await;
    let first = keyed(&site, ASK, "k-1", QUESTION).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (200, ""));
    let again = keyed(&site, ASK, "k-1", QUESTION).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"));
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("content-type"), "application/json");

    let other = keyed(&site, ASK, "k-1", r#"{"query":"something else"}"#).await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "IDEMPOTENCY_KEY_REUSED"));
    let bob = keyed_by(&site, "bob", ASK, "k-1", QUESTION).await;
    assert_eq!((bob.status.as_u16(), bob.header("idempotency-replayed")), (200, ""));
    assert_ne!(bob.json()["conversation_id"], first.json()["conversation_id"]);
    let elsewhere = keyed(&site, "/api/v1/search", "k-1", "{}").await;
    assert_eq!((elsewhere.status.as_u16(), elsewhere.header("idempotency-replayed")), (200, ""));

    let token = token_of("alice", &Permission::ALL);
    let list = site.get("/api/v1/conversations", &token).await.json();
    assert_eq!(list["conversations"].as_array().unwrap().len(), 1, "asked once: {list}");
}

#[tokio::test]
async fn a_result_is_replayed_under_the_rights_it_was_made_under_only() {
    let wide = token_of("alice", &Permission::ALL);
    let narrow = token_seeing(Some(&["dock-*"]), "alice", &Permission::ALL);
    let other = token_seeing(Some(&["gate"]), "alice", &Permission::ALL);
    for (path, body) in [
        (ASK, QUESTION),
        ("/api/v1/search", "{}"),
        ("/api/v1/events/count", "{}"),
        ("/api/v1/clips/links", r#"{"event_ids":["e-2"]}"#),
    ] {
        // A site each: a burst is twenty requests.
        let site = Site::new();
        site.ingest(&[
            ("e-1", "2026-05-13T09:00:00Z", "dock-1", "person"),
            ("e-2", "2026-05-13T09:00:00Z", "gate", "car"),
        ])
        .await;
        for (key, first, then) in [("a", &wide, &narrow), ("b", &narrow, &wide), ("c", &narrow, &other)] {
            let made = keyed_with(&site, first, path, key, body).await;
            assert_eq!(made.status, 200, "{path} {made:?}");
            let refused = keyed_with(&site, then, path, key, body).await;
            assert_eq!(
                (refused.status.as_u16(), refused.code().as_str()),
                (422, "IDEMPOTENCY_KEY_REUSED"),
                "{path}"
            );
            let again = keyed_with(&site, first, path, key, body).await;
            assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &made.body), "{path}");
        }
    }
}

#[tokio::test]
async fn what_was_deleted_is_not_replayed() {
    let site = Site::new();
    site.ingest(&[("e-1", "2026-05-13T09:00:00Z", "dock", "person")]).await;
    let token = token_of("alice", &Permission::ALL);
    let first = keyed(&site, ASK, "k-1", QUESTION).await.json();
    let id = first["conversation_id"].as_str().unwrap();
    let goes_on = format!(r#"{{"query":"and yesterday?","conversation_id":"{id}"}}"#);
    assert_eq!(keyed(&site, ASK, "k-2", &goes_on).await.status, 200);
    let kept = keyed(&site, ASK, "k-3", QUESTION).await;
    let path = format!("/api/v1/conversation/{id}");
    assert_eq!(site.send(request(Method::DELETE, &path, Some(&token), Body::empty())).await.status, 200);

    let anew = keyed(&site, ASK, "k-1", QUESTION).await;
    assert_eq!((anew.status.as_u16(), anew.header("idempotency-replayed")), (200, ""));
    assert_ne!(anew.json()["conversation_id"], id);
    let gone = keyed(&site, ASK, "k-2", &goes_on).await;
    assert_eq!((gone.status.as_u16(), gone.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    let other = keyed(&site, ASK, "k-3", QUESTION).await;
    assert_eq!((other.header("idempotency-replayed"), &other.body), ("true", &kept.body));
}

#[tokio::test]
async fn an_ingest_with_a_key_counts_its_events_once() {
    let site = Site::new();
    let event = r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","camera_id":"c","event_type":"t"}"#;
    for replayed in ["", "true"] {
        let reply = keyed(&site, "/api/v1/events", "k-1", event).await;
        assert_eq!((&reply.json()["accepted"], reply.header("idempotency-replayed")), (&1.into(), replayed));
    }
}

#[tokio::test]
async fn while_the_first_is_in_flight_the_second_is_told_to_wait() {
    let model = Arc::new(ScriptedChatModel::new([Play::Hang(vec!["People ".into()])]));
    let site = Site::with(|setup| setup.model = Some(model.clone()));
    site.ingest(&[("e-1", "2026-05-13T09:00:00Z", "dock", "person")]).await;
    let mut first = Box::pin(keyed(&site, ASK, "k-1", QUESTION));
    while model.calls() == 0 {
        assert!(first.as_mut().now_or_never().is_none(), "the model hangs");
        tokio::task::yield_now().await;
    }
    let second = keyed(&site, ASK, "k-1", QUESTION).await;
    assert_eq!((second.status.as_u16(), second.code().as_str()), (409, "IDEMPOTENCY_IN_PROGRESS"));
    assert_eq!(second.header("retry-after"), "1");
    assert_eq!(second.problem()["retryable"], true);
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let site = Site::with(|setup| setup.has_outage = true);
    for _ in 0..2 {
        let reply = keyed(&site, "/api/v1/search", "k-1", "{}").await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (503, "SEARCH_UNAVAILABLE"));
        assert_eq!(reply.header("idempotency-replayed"), "");
    }
    // The key was given back: another body under it is no reuse.
    let reply = keyed(&site, "/api/v1/search", "k-1", r#"{"limit":3}"#).await;
    assert_eq!(reply.code(), "SEARCH_UNAVAILABLE");
}
