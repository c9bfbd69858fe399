//! What a caller may not see cannot be found out: not in a body, a header, a stream, a prompt, a count,
//! a suggestion or a metric, and not by comparing what is hidden with what does not exist.
//!
//! Everything that is hidden here has `rune` in its name or its text.

use eps_testkit::upstreams::FakeOpenAi;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Grant, Reply, Setup, TestServer, event};

const MARKER: &str = "rune";
const HIDDEN_EVENT: &str = "evt-rune-1";

const CAMERAS: &str = "
timezone: Europe/Berlin
sites:
  depot: {name: Depot, cameras: [dock-1, yard-1]}
  siterune: {name: Rune tower, aliases: [Runeburg], cameras: [vault-rune]}
  mixed: {name: Mixed, cameras: []}
cameras:
  dock-1: {name: Loading dock, zones: [ramp], neighbours: {vault-rune: 20s}}
  yard-1: {name: North yard, zones: [lane]}
  vault-rune: {name: Rune chamber, aliases: [Runehall], zones: [runezone], neighbours: {dock-1: 20s}}
";

/// The grant of somebody who sees the dock and the yard.
fn narrow() -> Grant<'static> {
    Grant { subject: "nora", cameras: Some(&["dock-*", "yard-*"]), ..Grant::default() }
}

/// The event of a hidden camera, full of markers.
fn hidden(event_id: &str, timestamp: &str) -> Value {
    json!({"event_id": event_id, "timestamp": timestamp, "camera_id": "vault-rune",
        "event_type": "rune_carved", "label": "runestone", "sub_label": "Rune Smith", "confidence": 0.9,
        "description": "A person in a red jacket carves a rune", "zones": ["runezone"],
        "attributes": {"rune": "rune"}, "severity": "high",
        "media": {"clip_url": "https://rune.example/clip.mp4"}, "source": "rune-source"})
}

/// A site of three cameras, one of them hidden from most, and another tenant with a camera of the
/// same name.
async fn site(model: &FakeOpenAi) -> TestServer {
    let server = Setup::default().cameras(CAMERAS).set("OPENAI_BASE_URL", model.base_url()).start().await;
    let mut seen = event("evt-dock-1", "2026-05-13T08:00:00Z", "dock-1");
    seen["description"] = "A person in a red jacket waits".into();
    let mut events = vec![
        seen,
        event("evt-yard-1", "2026-05-13T08:00:40Z", "yard-1"),
        hidden(HIDDEN_EVENT, "2026-05-13T08:00:20Z"),
    ];
    // A burst at night, which the insights of whoever may see it speak of.
    for day in 1..13 {
        events.push(hidden(&format!("evt-rune-day-{day}"), &format!("2026-05-{day:02}T12:00:00Z")));
    }
    for second in 0..59 {
        events.push(hidden(&format!("evt-rune-{second}-b"), &format!("2026-05-13T02:{second:02}:00Z")));
    }
    server.ingest(&events).await;
    let other = Grant { subject: "olga", tenant: Some("other"), cameras: Some(&["*"]), ..Grant::default() };
    let mut foreign = hidden("evt-rune-other", "2026-05-13T08:10:00Z");
    foreign["camera_id"] = "dock-1".into();
    let report = server.post("/api/v1/events", &server.token_for(&other), &json!([foreign])).await.ok();
    assert_eq!(report["accepted"], 1, "{report}");
    server
}

/// Everything of a response, in lower case.
fn whole(reply: &Reply) -> String {
    format!("{:?} {}", reply.headers, reply.text).to_lowercase()
}

fn assert_clean(what: &str, reply: &Reply) {
    let text = whole(reply);
    assert!(!text.contains(MARKER), "{what} → {} {text}", reply.status);
}

/// Questions and searches that would meet the hidden events if anything looked at them.
const QUESTIONS: &[&str] = &[
    "What happened today?",
    "Show me everything",
    "How many events were there today?",
    "How many events per camera this week?",
    "Which camera was busiest today?",
    "Who wore a red jacket?",
    "What was the last event?",
    "What was the first event?",
    "Where was anything seen today?",
    "Was there anything unusual in the last 7 days?",
    "Compare today with yesterday",
    "Which cameras are there?",
    "What can you do?",
    "Show me events at camera 7",
    "Show me what happened at the vult",
    "Events in the chambr",
    "What happened at the loading dock between 09:55 and 10:05 today?",
];

#[tokio::test]
async fn nothing_of_a_hidden_camera_reaches_anybody() {
    let model = FakeOpenAi::start().await.unwrap();
    model.echo();
    let server = site(&model).await;
    let token = server.token_for(&narrow());
    let mut conversation: Option<Value> = None;
    for question in QUESTIONS {
        for (stream, follows) in [(false, false), (true, false), (false, true)] {
            let mut body = json!({"query": question, "stream": stream, "limit": 50});
            if let (Some(id), true) = (&conversation, follows) {
                body["conversation_id"] = id.clone();
            }
            let reply = server.post("/api/v1/conversation", &token, &body).await;
            assert_eq!(reply.status, 200, "{question}: {}", reply.text);
            assert_clean(question, &reply);
            conversation = reply.body.get("conversation_id").cloned().or(conversation);
        }
    }
    let id = conversation.unwrap();
    let follow_up = json!({"query": "and that camera?", "conversation_id": id});
    assert_clean("and that camera?", &server.post("/api/v1/conversation", &token, &follow_up).await);
    for (path, body) in [
        ("/api/v1/search", json!({"query": "red jacket", "limit": 50})),
        ("/api/v1/search", json!({"limit": 50})),
        ("/api/v1/events/count", json!({"query": "red jacket"})),
        (
            "/api/v1/events/count",
            json!({"compare_to": {"from": "2026-05-12T00:00:00Z", "to": "2026-05-13T00:00:00Z"}}),
        ),
        ("/api/v1/clips/links", json!({"event_ids": ["evt-dock-1"]})),
    ] {
        assert_clean(path, &server.post(path, &token, &body).await);
    }
    for by in ["camera", "site", "label", "event_type", "zone", "hour", "day", "hour_of_week"] {
        let reply = server.post("/api/v1/events/count", &token, &json!({"group_by": [by]})).await;
        assert_eq!(reply.body["totals"]["events"], 2, "{by}: {}", reply.text);
        assert_clean(by, &reply);
    }
    for path in [
        "/api/v1/cameras".to_owned(),
        "/api/v1/conversations".to_owned(),
        format!("/api/v1/conversation/{}/history", id.as_str().unwrap()),
        "/api/v1/events/evt-dock-1".to_owned(),
        "/api/v1/events/evt-dock-1/related?types=temporal,spatial,semantic&limit=50".to_owned(),
        "/api/v1/proactive-insights?time_range=24h&severity_threshold=low&include_predictions=true"
            .to_owned(),
        "/api/v1/proactive-insights?time_range=7d".to_owned(),
    ] {
        let reply = server.get(&path, &token).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert_clean(&path, &reply);
    }
    let metrics = server.client.get(&server.metrics_url).send().await.unwrap().text().await.unwrap();
    assert!(!metrics.to_lowercase().contains(MARKER));
    let prompts = model.received();
    assert!(prompts.len() > 5, "the model was asked");
    for prompt in prompts {
        let text = prompt.body.to_string().to_lowercase();
        assert!(!text.contains(MARKER), "{text}");
    }
    // Whoever may see it does: the test looks at what is there.
    let everything = server.post("/api/v1/search", &server.token(), &json!({"limit": 50})).await;
    assert!(everything.text.contains("rune_carved"), "{}", everything.text);
}

/// A body without what differs from request to request, with one name for the thing asked for, however
/// an answer spells it.
fn comparable(reply: &Reply, name: &str) -> String {
    let mut body = reply.body.clone();
    if let Some(fields) = body.as_object_mut() {
        for field in ["conversation_id", "metadata", "timestamp", "correlation_id", "generated_at"] {
            fields.remove(field);
        }
    }
    let text = body.to_string();
    let text = text.to_lowercase().replace(&name.to_lowercase(), "x").replace("zune", MARKER);
    format!("{} {text}", reply.status)
}

#[tokio::test]
async fn what_is_hidden_and_what_does_not_exist_are_answered_alike() {
    let model = FakeOpenAi::start().await.unwrap();
    let server = site(&model).await;
    let token = server.token_for(&narrow());
    // A camera, its name, its alias, its site, its zone, its kind, its label, a person: each beside a
    // name of the same form that nothing has.
    for (real, made_up) in [
        ("vault-rune", "vault-zune"),
        ("Rune chamber", "Zune chamber"),
        ("Runehall", "Zunehall"),
        ("Rune tower", "Zune tower"),
        ("Runeburg", "Zuneburg"),
        ("runezone", "zunezone"),
        ("rune_carved", "zune_carved"),
        ("runestone", "zunestone"),
        ("Rune Smith", "Zune Smith"),
    ] {
        for question in ["What happened at {}?", "Show me {} today", "How many events on camera {}?", "{}"] {
            let mut told = Vec::new();
            for name in [real, made_up] {
                let body = json!({"query": question.replace("{}", name)});
                let reply = server.post("/api/v1/conversation", &token, &body).await;
                let search = server.post("/api/v1/search", &token, &body).await;
                told.push(comparable(&reply, name) + &comparable(&search, name));
            }
            assert_eq!(told[0], told[1], "{question} {real}");
        }
        for field in ["cameras", "sites", "labels", "event_types", "zones"] {
            let mut told = Vec::new();
            for name in [real, made_up] {
                let filters = json!({field: [name]});
                let ask = json!({"query": "What happened today?", "filters": filters});
                let count = json!({"filters": filters, "group_by": ["camera"]});
                let reply = server.post("/api/v1/conversation", &token, &ask).await;
                let count = server.post("/api/v1/events/count", &token, &count).await;
                assert_eq!(count.body["totals"]["events"], 0, "{field} {name}: {}", count.text);
                told.push(comparable(&reply, name) + &comparable(&count, name));
            }
            assert_eq!(told[0], told[1], "{field} {real}");
        }
    }
}

#[tokio::test]
async fn things_of_others_are_missing_in_the_same_words() {
    let model = FakeOpenAi::start().await.unwrap();
    let server = site(&model).await;
    let token = server.token_for(&narrow());
    let body = json!({"query": "What happened today?"});
    let owned = server.post("/api/v1/conversation", &server.token(), &body).await.ok();
    let conversation = owned["conversation_id"].as_str().unwrap().to_owned();
    let insights =
        server.get("/api/v1/proactive-insights?severity_threshold=low", &server.token()).await.ok();
    let insight = insights["insights"][0]["insight_id"].as_str().expect("a burst is an insight").to_owned();

    let missing_conversation = "01890000-0000-7000-8000-000000000000";
    let pairs = [
        ("/api/v1/events/{}", HIDDEN_EVENT, "evt-none-1"),
        ("/api/v1/events/{}", "evt-rune-other", "evt-none-other"),
        ("/api/v1/events/{}/related", HIDDEN_EVENT, "evt-none-1"),
        ("/api/v1/clips/{}", HIDDEN_EVENT, "evt-none-1"),
        ("/api/v1/clips/{}/thumbnail", HIDDEN_EVENT, "evt-none-1"),
        ("/api/v1/conversation/{}/history", conversation.as_str(), missing_conversation),
    ];
    for (path, hidden, missing) in pairs {
        let at = |id: &str| path.replace("{}", id);
        let (a, b) = (server.get(&at(hidden), &token).await, server.get(&at(missing), &token).await);
        assert_eq!(a.status, 404, "{path}: {}", a.text);
        assert_eq!(comparable(&a, hidden), comparable(&b, missing), "{path}");
        assert_eq!(names_of_headers(&a), names_of_headers(&b), "{path}");
    }
    for (hidden, missing) in [(conversation.as_str(), missing_conversation)] {
        let mut told = Vec::new();
        for id in [hidden, missing] {
            let gone = server.delete(&format!("/api/v1/conversation/{id}"), &token).await;
            let body = json!({"query": "And then?", "conversation_id": id});
            let asked = server.post("/api/v1/conversation", &token, &body).await;
            assert_eq!((gone.status.as_u16(), asked.status.as_u16()), (404, 404), "{}", asked.text);
            told.push(comparable(&gone, id) + &comparable(&asked, id));
        }
        assert_eq!(told[0], told[1]);
    }
    let links = json!({"event_ids": [HIDDEN_EVENT]});
    let none = json!({"event_ids": ["evt-none-1"]});
    let (a, b) = (
        server.post("/api/v1/clips/links", &token, &links).await,
        server.post("/api/v1/clips/links", &token, &none).await,
    );
    assert_eq!(comparable(&a, HIDDEN_EVENT), comparable(&b, "evt-none-1"));
    let (prefix, last) = insight.split_at(insight.len() - 1);
    let made_up = format!("{prefix}{}", if last == "0" { "1" } else { "0" });
    let mut told = Vec::new();
    for id in [insight.as_str(), made_up.as_str()] {
        let body = json!({"query": "Why?", "insight_id": id});
        let reply = server.post("/api/v1/conversation", &token, &body).await;
        assert_eq!(reply.status, 404, "{}", reply.text);
        told.push(comparable(&reply, id));
    }
    assert_eq!(told[0], told[1]);
    assert!(model.received().iter().all(|prompt| !prompt.body.to_string().contains("insight_id")));
}

fn names_of_headers(reply: &Reply) -> Vec<String> {
    let mut names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names
}

#[tokio::test]
async fn rights_that_were_revoked_redact_what_was_said_before() {
    let model = FakeOpenAi::start().await.unwrap();
    model.echo();
    let server = site(&model).await;
    let wide = server.token_for(&Grant { subject: "nora", ..Grant::default() });
    let first = json!({"query": "What happened today?", "limit": 50});
    let answer = server.post("/api/v1/conversation", &wide, &first).await.ok();
    assert!(answer.to_string().contains("vault-rune"), "{answer}");
    let asked_before = model.received().len();

    let token = server.token_for(&narrow());
    let id = answer["conversation_id"].as_str().unwrap();
    let path = format!("/api/v1/conversation/{id}/history");
    let history = server.get(&path, &token).await;
    assert_eq!(history.status, 200, "{}", history.text);
    assert!(history.text.contains("redacted"), "{}", history.text);
    for event in history.body["messages"][1]["metadata"]["evidence"].as_array().unwrap() {
        let is_bare = event.as_object().unwrap().keys().all(|key| key == "event_id" || key == "redacted");
        assert!(event["redacted"] != true || is_bare, "{event}");
    }
    // The id of an event that was shown stays; nothing that it says does.
    let told = history.text.to_lowercase().replace("evt-rune", "");
    assert!(!told.contains(MARKER), "{told}");

    for question in
        ["and that camera?", "Who was it?", "Show me those again", "What else happened around then?"]
    {
        let body = json!({"query": question, "conversation_id": id});
        let reply = server.post("/api/v1/conversation", &token, &body).await;
        assert_eq!(reply.status, 200, "{question}: {}", reply.text);
        assert_clean(question, &reply);
    }
    for prompt in model.received().iter().skip(asked_before) {
        let text = prompt.body.to_string().to_lowercase();
        assert!(!text.contains(MARKER), "{text}");
    }
}

#[tokio::test]
async fn a_writer_writes_only_where_they_may_see() {
    let model = FakeOpenAi::start().await.unwrap();
    let server = site(&model).await;
    let token = server.token_for(&narrow());
    let mut takeover = event(HIDDEN_EVENT, "2026-05-13T08:00:00Z", "dock-1");
    takeover["description"] = "taken over".into();
    let batch = json!([
        event("evt-new", "2026-05-13T09:00:00Z", "dock-1"),
        event("evt-forged", "2026-05-13T09:00:00Z", "vault-rune"),
        takeover,
    ]);
    let report = server.post("/api/v1/events", &token, &batch).await.ok();
    assert_eq!(report["accepted"], 1, "{report}");
    let refused: Vec<&Value> = report["rejected"].as_array().unwrap().iter().map(|r| &r["index"]).collect();
    assert_eq!(refused, [1, 2], "{report}");
    assert_eq!(server.get("/api/v1/events/evt-forged", &server.token()).await.status, 404);
    let kept = server.get(&format!("/api/v1/events/{HIDDEN_EVENT}"), &server.token()).await.ok();
    assert_eq!(kept["camera_id"], "vault-rune", "{kept}");
    // The same id in another tenant is another event.
    let other = server.token_for(&Grant { tenant: Some("other"), cameras: Some(&["*"]), ..Grant::default() });
    let path = format!("/api/v1/events/{HIDDEN_EVENT}");
    assert_eq!(server.get(&path, &other).await.status, 404);
    let own = json!([event(HIDDEN_EVENT, "2026-05-13T08:00:00Z", "dock-1")]);
    assert_eq!(server.post("/api/v1/events", &other, &own).await.ok()["accepted"], 1);
    assert_eq!(server.get(&path, &server.token()).await.ok()["camera_id"], "vault-rune");
    let reply = server.send(Method::POST, "/api/v1/events/count", &other, Some(&json!({}))).await.ok();
    assert_eq!(reply["totals"]["events"], 2, "{reply}");
}
