//! Names that are markup or links: whatever cameras, labels and types are called, no text that leaves
//! carries it, and no question is offered that would name something else.

use eps_domain::{Event, insights::InsightQuery};
use eps_testkit::builders::{a_caller, an_event};
use jiff::{SignedDuration, Timestamp};

use super::world::{World, ask, listen};

const CAMERA: &str = "<img src=x onerror=alert(1)>";
const NEW_CAMERA: &str = "![pixel](https://evil.example/new.png)";
const LABEL: &str = "[click](https://evil.example/a)";
const KIND: &str = "<script>alert(1)</script>";

/// Six weeks of one event an hour, then an hour of forty, a first label and a camera without a past.
async fn world() -> World {
    let now: Timestamp = "2026-05-13T12:00:00Z".parse().unwrap();
    let event = |id: String, ago: SignedDuration, camera: &str, label: &str| -> Event {
        an_event().id(id).at_instant(now - ago).camera(camera).label(label).kind(KIND).zone(CAMERA).build()
    };
    let mut events: Vec<Event> = (1..6 * 7 * 24)
        .map(|hour| event(format!("h{hour}"), SignedDuration::from_mins(hour * 60 - 30), CAMERA, "person"))
        .collect();
    let minutes = |n: i64| SignedDuration::from_mins(125 + n);
    events.extend((0..40).map(|n| event(format!("s{n}"), minutes(n), CAMERA, "person")));
    events.push(event("first".into(), minutes(60), CAMERA, LABEL));
    events.push(event("new".into(), minutes(90), NEW_CAMERA, LABEL));
    events.extend((0..3).map(|n| event(format!("g{n}"), minutes(n), "gate", "person")));
    World::with(events).await
}

fn assert_harmless<'a>(what: &str, texts: impl IntoIterator<Item = &'a String>) {
    for text in texts {
        for mark in ["<img", "<script", "](", "![", "https://", "evil.example"] {
            assert!(!text.contains(mark), "{what}: {text}");
        }
    }
}

#[tokio::test]
async fn no_answer_carries_the_markup_of_a_name() {
    let world = world().await;
    let asker = world.asker(None);
    for question in [
        "Is anything unusual today?",
        "Anything unusual this week?",
        "What happened today?",
        "Show me people today",
        "How many events today by camera?",
        "How many events today by label?",
        "Which camera had the most events today?",
        "Which cameras are there?",
        "Is every camera working?",
        "What was the last event?",
        "What can you do?",
    ] {
        let (answer, _) = listen(&asker, &a_caller().build(), ask(question)).await;
        let answer = answer.unwrap();
        assert_harmless(question, [&answer.response]);
        assert_harmless(question, answer.citations.iter().map(|citation| &citation.text));
        assert_harmless(question, &answer.follow_up_questions);
        assert_harmless(question, answer.evidence.iter().flat_map(|evidence| &evidence.why));
        assert_harmless(question, &answer.confidence_basis);
        assert_harmless(question, &answer.metadata.warnings);
    }
}

#[tokio::test]
async fn no_insight_carries_the_markup_of_a_name() {
    let world = world().await;
    let query = InsightQuery {
        time_range: Some("24h".into()),
        severity_threshold: None,
        include_predictions: true,
        timezone: None,
    };
    let reply = world.insights().list(&a_caller().build(), &query).await.unwrap();
    let kinds: Vec<_> = reply.insights.iter().map(|insight| format!("{:?}", insight.insight_type)).collect();
    for kind in ["ActivitySpike", "FirstSeen", "Prediction"] {
        assert!(kinds.iter().any(|known| known == kind), "{kinds:?}");
    }
    assert!(!reply.coverage.notes.is_empty());
    assert_harmless("notes", &reply.coverage.notes);
    for insight in &reply.insights {
        assert_harmless("insight", [&insight.title, &insight.response]);
        assert_harmless("insight", &insight.follow_up_questions);
        assert_harmless("insight", &insight.suggested_actions);
        assert_harmless("insight", insight.evidence.iter().flat_map(|evidence| &evidence.why));
    }
}
