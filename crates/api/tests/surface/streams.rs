//! Answers as streams: told as they are made, ended exactly once, resumed, and given up when nobody
//! listens.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use eps_domain::{Caller, Owner, Permission, Scope};
use eps_testkit::scripted_chat_model::{Play, ScriptedChatModel};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::site::{Reply, Setup, Site, request, token, token_of, token_seeing};

const ASK: &str = "/api/v1/conversation";
const QUESTION: &str = r#"{"query":"how many people were at the dock?"}"#;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    id: String,
    event: String,
    data: Value,
}

fn told(text: &str) -> Vec<Told> {
    let field = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_default().to_owned()
    };
    let blocks = text.split("\n\n").filter(|block| !block.is_empty() && !block.starts_with(':'));
    blocks
        .map(|block| Told {
            id: field(block, "id"),
            event: field(block, "event"),
            data: serde_json::from_str(&field(block, "data")).unwrap(),
        })
        .collect()
}

fn question(body: &str) -> Request<Body> {
    let mut request = request(Method::POST, ASK, Some(&token(&Permission::ALL)), Body::from(body.to_owned()));
    request.headers_mut().insert(header::ACCEPT, "text/event-stream".parse().unwrap());
    request
}

async fn ask(site: &Site, body: &str) -> Vec<Told> {
    let reply = site.send(question(body)).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("content-type")),
        (200, "text/event-stream"),
        "{reply:?}"
    );
    assert_eq!(reply.header("x-accel-buffering"), "no");
    told(std::str::from_utf8(&reply.body).unwrap())
}

async fn resume(site: &Site, subject: &str, id: &str) -> Reply {
    resume_with(site, &token_of(subject, &Permission::ALL), id).await
}

async fn resume_with(site: &Site, token: &str, id: &str) -> Reply {
    let mut request = request(Method::POST, ASK, Some(token), Body::empty());
    request.headers_mut().insert("last-event-id", id.parse().unwrap());
    site.send(request).await
}

async fn site(change: impl FnOnce(&mut Setup)) -> Site {
    let site = Site::with(change);
    site.ingest(&[
        ("e-1", "2026-05-13T09:00:00Z", "dock", "person"),
        ("e-2", "2026-05-13T10:00:00Z", "dock", "person"),
    ])
    .await;
    site
}

fn scripted(play: Play) -> Arc<ScriptedChatModel> {
    Arc::new(ScriptedChatModel::new([play]))
}

/// The events of a stream that goes on: reads until `event` has come.
async fn read_until(body: &mut Body, event: &str) -> Vec<Told> {
    let mut text = String::new();
    loop {
        let frame = body.frame().await.expect("the stream goes on").unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        let so_far = told(&text);
        if so_far.iter().any(|told| told.event == event) {
            return so_far;
        }
    }
}

#[tokio::test]
async fn a_stream_tells_the_answer_as_it_is_made_and_ends_with_the_whole() {
    let site = site(|_| {}).await;
    for body in [QUESTION.to_owned(), QUESTION.replace('}', r#","stream":true}"#)] {
        let events = ask(&site, &body).await;
        let names: Vec<&str> = events.iter().map(|told| told.event.as_str()).collect();
        assert_eq!(names[..3], ["conversation.created", "interpretation", "evidence"], "{names:?}");
        assert!(names.contains(&"answer.delta"), "{names:?}");
        assert_eq!(names.iter().filter(|name| ["completed", "error"].contains(name)).count(), 1);
        let whole = &events.last().unwrap().data;
        assert_eq!(*names.last().unwrap(), "completed");
        assert_eq!(whole["totals"]["events"], 2);
        assert_eq!(whole["conversation_id"], events[0].data["conversation_id"]);
        assert_eq!(whole["evidence"], events[2].data["evidence"]);
        let stream = events[0].id.rsplit_once('-').unwrap().0.to_owned();
        for (at, told) in events.iter().enumerate() {
            assert_eq!(told.id, format!("{stream}-{}", at + 1));
        }
        let mut text = String::new();
        for told in &events {
            match told.event.as_str() {
                "answer.delta" => text.push_str(told.data["text"].as_str().unwrap()),
                "answer.replaced" => text = told.data["text"].as_str().unwrap().to_owned(),
                _ => {}
            }
        }
        assert_eq!(whole["response"], text);
    }
}

#[tokio::test]
async fn what_goes_wrong_before_the_first_event_has_a_status_of_its_own() {
    let site = site(|_| {}).await;
    let empty = site.send(question(r#"{"query":" "}"#)).await;
    assert_eq!((empty.status.as_u16(), &empty.problem()["field"]), (422, &"query".into()));
    for (filters, field) in [
        (r#"{"from":"yesterday-ish"}"#, "filters.from"),
        (r#"{"min_confidence":7}"#, "filters.min_confidence"),
    ] {
        let body = format!(r#"{{"query":"how many people?","filters":{filters}}}"#);
        let streamed = site.send(question(&body)).await;
        let whole = site.post(ASK, &token(&Permission::ALL), &body).await;
        assert_eq!((streamed.status.as_u16(), &streamed.problem()["field"]), (422, &field.into()));
        assert_eq!(
            (whole.status, &whole.problem()["detail"]),
            (streamed.status, &streamed.problem()["detail"])
        );
    }
    let unknown = site.send(question(r#"{"query":"and now?","conversation_id":"none"}"#)).await;
    assert_eq!((unknown.status.as_u16(), unknown.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    let outage = Site::with(|setup| setup.has_outage = true).send(question(QUESTION)).await;
    assert_eq!((outage.status.as_u16(), outage.code().as_str()), (503, "SEARCH_UNAVAILABLE"));
    assert!(!outage.header("retry-after").is_empty());
}

#[tokio::test]
async fn a_model_that_breaks_off_ends_the_stream_with_an_error() {
    let model = scripted(Play::Cut(vec!["There were ".into(), "2 events at the dock [1]. ".into()]));
    let site = site(|setup| setup.model = Some(model)).await;
    let events = ask(&site, QUESTION).await;
    let last = events.last().unwrap();
    assert_eq!(
        (last.event.as_str(), &last.data["code"]),
        ("error", &"LLM_STREAM_INTERRUPTED".into()),
        "{events:?}"
    );
    assert_eq!(last.data["status"], 503);
    assert_eq!(last.data["retryable"], true);
    assert_eq!(last.data["path"], ASK);
    assert!(!events.iter().any(|told| told.event == "completed"));
}

#[tokio::test]
async fn a_stream_is_resumed_after_the_event_that_was_seen_by_its_owner_only() {
    let site = site(|_| {}).await;
    let events = ask(&site, QUESTION).await;
    let rest = resume(&site, "alice", &events[1].id).await;
    assert_eq!(rest.status, 200);
    assert_eq!(told(std::str::from_utf8(&rest.body).unwrap()), events[2..]);
    let over = resume(&site, "alice", &events.last().unwrap().id).await;
    assert_eq!((over.status.as_u16(), over.body.len()), (200, 0));
    for (subject, id) in [("bob", events[1].id.as_str()), ("alice", "00000000000000000000000000000007-1")] {
        let reply = resume(&site, subject, id).await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (404, "STREAM_NOT_FOUND"),
            "{subject} {id}"
        );
    }
    let narrow = token_seeing(Some(&["dock-*"]), "alice", &Permission::ALL);
    assert_eq!(resume_with(&site, &narrow, &events[1].id).await.code(), "STREAM_NOT_FOUND");
    assert_eq!(resume(&site, "alice", "what").await.status, 400);
    let list = site.get("/api/v1/conversations", &token(&Permission::ALL)).await.json();
    assert_eq!(list["conversations"].as_array().unwrap().len(), 1, "resuming asks nothing: {list}");
}

#[tokio::test]
async fn a_stream_is_not_resumed_when_its_conversation_is_deleted() {
    let site = site(|_| {}).await;
    let token = token(&Permission::ALL);
    for by_another_copy in [false, true] {
        let events = ask(&site, QUESTION).await;
        let id = events[0].data["conversation_id"].as_str().unwrap();
        if by_another_copy {
            let alice = Caller {
                owner: Owner { tenant: "default".into(), subject: "alice".into() },
                permissions: Permission::ALL.into(),
                scope: Scope::tenant("default"),
                timezone: None,
                expires_at: jiff::Timestamp::MAX,
            };
            site.app.conversations.delete(&alice, id).await.unwrap();
        } else {
            let path = format!("/api/v1/conversation/{id}");
            let reply = site.send(request(Method::DELETE, &path, Some(&token), Body::empty())).await;
            assert_eq!(reply.status, 200);
        }
        assert_eq!(resume(&site, "alice", &events[0].id).await.code(), "STREAM_NOT_FOUND");
    }
}

#[tokio::test]
async fn when_the_client_leaves_the_model_is_stopped_and_the_turn_is_kept_as_interrupted() {
    let model = scripted(Play::Hang(vec!["People were ".into(), "at the dock. And ".into()]));
    let site = site(|setup| setup.model = Some(model.clone())).await;
    let mut body = site.router.clone().oneshot(question(QUESTION)).await.unwrap().into_body();
    let events = read_until(&mut body, "evidence").await;
    assert_eq!(model.open_streams(), 1);
    drop(body);
    site.app.tasks.close();
    site.app.tasks.wait().await;
    assert_eq!(model.open_streams(), 0);
    let id = events[0].data["conversation_id"].as_str().unwrap();
    let history =
        site.get(&format!("/api/v1/conversation/{id}/history"), &token(&Permission::ALL)).await.json();
    assert_eq!(history["messages"][1]["metadata"]["status"], "interrupted", "{history}");
    let rest = resume(&site, "alice", &events[0].id).await;
    let rest = told(std::str::from_utf8(&rest.body).unwrap());
    assert_eq!(rest.last().unwrap().data["code"], "LISTENER_GONE");
}

#[tokio::test]
async fn a_stop_ends_long_streams_with_a_problem_that_says_so() {
    let site = site(|setup| {
        setup.model = Some(scripted(Play::Hang(vec!["People ".into()])));
        setup.settings.stream_shutdown_grace = Duration::ZERO;
    })
    .await;
    let mut body = site.router.clone().oneshot(question(QUESTION)).await.unwrap().into_body();
    read_until(&mut body, "evidence").await;
    site.shutdown.cancel();
    let last = read_until(&mut body, "error").await.pop().unwrap();
    assert_eq!((&last.data["code"], &last.data["status"]), (&"SERVER_SHUTTING_DOWN".into(), &503.into()));
    assert_eq!(last.data["retryable"], true);
    assert!(body.frame().await.is_none(), "nothing follows the end");
}

#[tokio::test]
async fn a_stream_that_takes_too_long_or_outlives_its_welcome_is_ended() {
    let site = site(|setup| {
        setup.model = Some(scripted(Play::Hang(vec!["People ".into()])));
        setup.settings.stream_deadline = Duration::from_millis(20);
        setup.settings.stream_ping = Duration::from_millis(1);
    })
    .await;
    let reply = site.send(question(QUESTION)).await;
    let text = std::str::from_utf8(&reply.body).unwrap();
    assert!(text.contains("\n\n: ping\n\n"), "{text}");
    let last = told(text).pop().unwrap();
    assert_eq!((last.event.as_str(), &last.data["code"]), ("error", &"DEADLINE_EXCEEDED".into()));
}

#[tokio::test]
async fn questions_beyond_the_limit_are_refused_at_once() {
    let site = site(|setup| {
        setup.model = Some(scripted(Play::Hang(vec!["People ".into()])));
        setup.settings.asks_max = 1;
        setup.settings.ask_queue = Duration::from_millis(1);
    })
    .await;
    let held = site.router.clone().oneshot(question(QUESTION)).await.unwrap();
    assert_eq!(held.status(), StatusCode::OK);
    let refused = site.post(ASK, &token(&Permission::ALL), QUESTION).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "OVERLOADED"));
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(site.get("/livez", "").await.status, 200);
    drop(held);
    site.app.tasks.close();
    site.app.tasks.wait().await;
    let streamed = site.router.clone().oneshot(question(QUESTION)).await.unwrap();
    assert_eq!(streamed.status(), StatusCode::OK, "the place was given back");
}

#[tokio::test]
async fn a_whole_answer_is_kept_although_its_client_has_left() {
    let site = site(|_| {}).await;
    let token = token(&Permission::ALL);
    {
        let asking = site.post(ASK, &token, QUESTION);
        tokio::pin!(asking);
        // Gone as soon as the work is handed over.
        while site.app.tasks.is_empty() {
            assert!(futures::poll!(asking.as_mut()).is_pending());
        }
    }
    site.app.tasks.close();
    site.app.tasks.wait().await;
    let list = site.get("/api/v1/conversations", &token).await.json();
    assert_eq!(list["conversations"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test]
async fn a_keyed_stream_is_replayed_as_its_end() {
    let site = site(|_| {}).await;
    let keyed = || {
        let mut request = question(QUESTION);
        request.headers_mut().insert("idempotency-key", "k-1".parse().unwrap());
        site.send(request)
    };
    let first = told(std::str::from_utf8(&keyed().await.body).unwrap());
    let again = keyed().await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    let again = told(std::str::from_utf8(&again.body).unwrap());
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].event.as_str(), &again[0].data), ("completed", &first.last().unwrap().data));
    // As a client does that lost the connection and meets a copy of the service that never made this stream.
    let mut elsewhere = question(QUESTION);
    elsewhere.headers_mut().insert("idempotency-key", "k-1".parse().unwrap());
    elsewhere.headers_mut().insert("last-event-id", "00000000000000000000000000000007-3".parse().unwrap());
    let elsewhere = site.send(elsewhere).await;
    assert_eq!(elsewhere.header("idempotency-replayed"), "true");
    assert_eq!(told(std::str::from_utf8(&elsewhere.body).unwrap()), again);
}
