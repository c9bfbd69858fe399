//! Events in and out, questions and counts, by the routes of the contract.

use axum::{
    body::Body,
    http::{Method, header},
};
use eps_domain::Permission;

use crate::site::{Site, request, token, token_of};

const ALL: &[Permission] = &Permission::ALL;

#[tokio::test]
async fn one_bad_line_never_loses_the_others() {
    let site = Site::new();
    let lines = concat!(
        r#"{"event_id":"a","timestamp":"2026-05-13T09:00:00Z","camera_id":"dock","event_type":"t","details":"x"}"#,
        "\n",
        r#"{"event_id":"b","timestamp":"2026-05-13T09:00:00Z","camera_id":"dock","event_type":"t","confidence":NaN}"#,
        "\n\n",
        r#"{"event_id":"c","timestamp":"never","camera_id":"dock","event_type":"t"}"#,
        "\n",
        r#"{"event_id":"a","timestamp":"2026-05-13T09:00:00Z","camera_id":"dock","event_type":"u"}"#,
    );
    for (kind, updated) in [("application/x-ndjson", 0), ("application/json", 1)] {
        let mut request = request(Method::POST, "/api/v1/events", Some(&token(ALL)), Body::from(lines));
        request.headers_mut().insert(header::CONTENT_TYPE, kind.parse().unwrap());
        let reply = site.send(request).await;
        let report = reply.json();
        assert_eq!(reply.status, 200, "{report}");
        let taken = report["accepted"].as_u64().unwrap() + report["updated"].as_u64().unwrap();
        assert_eq!(taken, 2, "{report}");
        assert!(report["updated"].as_u64().unwrap() > updated || updated == 0, "{report}");
        let rejected = report["rejected"].as_array().unwrap();
        assert_eq!(rejected.iter().map(|r| r["index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
        assert!(rejected[1]["error"].as_str().unwrap().contains("timestamp"), "{report}");
    }
    let event = site.get("/api/v1/events/a", &token(ALL)).await.json();
    assert_eq!(event["event_type"], "u");
}

#[tokio::test]
async fn what_was_sent_in_is_counted_found_related_and_listed() {
    let site = Site::new();
    site.ingest(&[
        ("a", "2026-05-13T09:00:00Z", "dock", "person"),
        ("b", "2026-05-13T09:01:00Z", "dock", "person"),
        ("c", "2026-05-13T10:00:00Z", "yard", "car"),
    ])
    .await;
    let token = token(ALL);
    let count = site.post("/api/v1/events/count", &token, r#"{"group_by":["camera"]}"#).await.json();
    assert_eq!(count["totals"]["events"], 3);
    assert_eq!(count["groups"][0]["key"]["camera"], "dock");
    let found = site.post("/api/v1/search", &token, r#"{"filters":{"labels":["car"]}}"#).await;
    assert_eq!(found.header("x-degraded"), "");
    assert_eq!(found.json()["hits"][0]["event_id"], "c");
    let related = site.get("/api/v1/events/a/related?types=temporal&limit=5", &token).await.json();
    assert_eq!(
        (&related["event_id"], &related["related"][0]["event"]["event_id"]),
        (&"a".into(), &"b".into())
    );
    let cameras = site.get("/api/v1/cameras", &token).await.json();
    assert_eq!(cameras["cameras"].as_array().unwrap().len(), 2);
    assert_eq!(site.get("/api/v1/events/none", &token).await.code(), "EVENT_NOT_FOUND");
}

#[tokio::test]
async fn a_conversation_is_its_owners_from_question_to_deletion() {
    let site = Site::new();
    site.ingest(&[("a", "2026-05-13T09:00:00Z", "dock", "person")]).await;
    let token = token(ALL);
    let answer =
        site.post("/api/v1/conversation", &token, r#"{"query":"who was at the dock?"}"#).await.json();
    assert_eq!(answer["totals"]["events"], 1, "{answer}");
    let id = answer["conversation_id"].as_str().unwrap();
    let path = format!("/api/v1/conversation/{id}");
    let history = site.get(&format!("{path}/history?limit=10"), &token).await.json();
    assert_eq!(history["messages"].as_array().unwrap().len(), 2);

    let stranger = token_of("bob", ALL);
    let turn = format!(r#"{{"query":"and then?","conversation_id":"{id}"}}"#);
    for reply in [
        site.get(&format!("{path}/history"), &stranger).await,
        site.send(request(Method::DELETE, &path, Some(&stranger), Body::empty())).await,
        site.post("/api/v1/conversation", &stranger, &turn).await,
    ] {
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (404, "CONVERSATION_NOT_FOUND"));
    }
    let delete = || site.send(request(Method::DELETE, &path, Some(&token), Body::empty()));
    let gone = delete().await;
    assert_eq!((gone.status.as_u16(), &gone.json()["conversation_id"]), (200, &id.into()));
    assert_eq!(delete().await.code(), "CONVERSATION_NOT_FOUND");
}
