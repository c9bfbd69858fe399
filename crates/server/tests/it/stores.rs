//! One story over both event stores: the same events and the same questions give the same totals, groups
//! and evidence, whether events lie in this process or in Weaviate.

use eps_testkit::servers::weaviate::{API_KEY, WeaviateServer};
use jiff::{SignedDuration, civil::DateTime};
use serde_json::{Value, json};

use super::{
    meva::{CASES, NOW, Recording, recording},
    support::{Grant, Setup, TestServer, one_fleet_at_a_time},
};

const BATCH: usize = 1_000;
/// Of the recorded week, the events before this: its first three days.
const UNTIL: &str = "2018-03-08";

/// Questions beyond those of the recorded week that ask the store in other ways.
const QUESTIONS: &[&str] = &[
    "When was it busiest last week?",
    "Which camera saw the most people on March 5?",
    "How many vehicles per day were there last week?",
    "What happened at the bus station on March 6 between 10:00 and 11:00?",
    "person opens vehicle door or trunk",
    "Who was the last person at the school last week?",
    "Compare people at the hospital on March 5 and March 6",
    "Anything unusual on March 6?",
];

/// Counts by several things at once, in a time zone that keeps to half hours as well.
fn counts() -> [Value; 6] {
    [
        json!({"group_by": ["camera", "label", "day"]}),
        json!({"group_by": ["event_type"], "query": "vehicle"}),
        json!({"group_by": ["hour_of_week", "label"], "user_context": {"timezone": "Asia/Kolkata"}}),
        json!({"group_by": ["hour"], "user_context": {"timezone": "Australia/Adelaide"}}),
        json!({"group_by": ["day", "hour"], "user_context": {"timezone": "America/New_York"}}),
        json!({}),
    ]
}

async fn fill(server: &TestServer, recording: &Recording) {
    let early = |event: &&Value| event["timestamp"].as_str().is_some_and(|time| time < UNTIL);
    let mut events: Vec<Value> = recording.events.iter().filter(early).cloned().collect();
    // Events of one instant come by arrival in one store and by id in the other: here none share one.
    for (event, nudge) in events.iter_mut().zip((0..1_000).cycle()) {
        let time: DateTime = event["timestamp"].as_str().unwrap().parse().unwrap();
        let end: Option<DateTime> = event["end_time"].as_str().map(|end| end.parse().unwrap());
        let time = time + SignedDuration::from_micros(nudge);
        event["timestamp"] = json!(time);
        if let Some(end) = end {
            event["end_time"] = json!(end.max(time));
        }
    }
    assert!(events.len() > 2_000, "{}", events.len());
    // The second half comes first, so that visits are put together backwards as well.
    let (first, second) = events.split_at(events.len() / 2);
    for batch in second.chunks(BATCH).chain(first.chunks(BATCH)) {
        server.ingest(batch).await;
    }
}

/// What has to be the same of an answer: all but ids and times of the answer itself.
fn told(answer: &Value) -> Value {
    let ids = |name: &str| {
        let items = answer[name].as_array().into_iter().flatten();
        items.map(|item| item["event_id"].clone()).collect::<Vec<_>>()
    };
    json!({
        "totals": answer["totals"], "response": answer["response"], "series": answer["series"],
        "comparison": answer["comparison"], "evidence": ids("evidence"),
        "interpretation": answer["interpretation"], "follow_ups": answer["follow_up_questions"],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_stores_of_events_tell_the_same_story() {
    let _fleet = one_fleet_at_a_time().await;
    let Some(weaviate) = WeaviateServer::start() else { return };
    let Some(recording) = recording() else {
        eprintln!("SKIPPED: the MEVA recording is not there; set EPS_DATA to the folder that holds it");
        return;
    };
    let setup = || Setup::default().cameras(&recording.cameras).now(NOW);
    let embedded = setup().start().await;
    let shared = setup().set("WEAVIATE_URL", weaviate.url()).set("WEAVIATE_API_KEY", API_KEY).start().await;
    fill(&embedded, &recording).await;
    fill(&shared, &recording).await;
    let narrow = Grant { cameras: Some(&["G33*", "G421"]), ..Grant::default() };
    for grant in [Grant::default(), narrow] {
        let token = embedded.token_for(&grant);
        let same = async |path: &str, body: Value, told: fn(&Value) -> Value| {
            let [one, other] = [&embedded, &shared].map(|server| server.post(path, &token, &body));
            let (one, other) = (one.await.ok(), other.await.ok());
            assert_eq!(told(&one), told(&other), "{path} {body}\n{one:#}\n{other:#}");
        };
        for question in CASES.iter().map(|case| case.question).chain(QUESTIONS.iter().copied()) {
            same("/api/v1/conversation", json!({"query": question}), told).await;
        }
        for count in counts() {
            same("/api/v1/events/count", count, Value::clone).await;
        }
    }
}
