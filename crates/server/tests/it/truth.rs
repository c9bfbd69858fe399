//! What an answer may state, told from the records that came with it and not by the service's own check:
//! a second opinion on every number, reference and id of a text.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::support::TestServer;

/// Number words that a text may hide a figure in.
const WORDS: [(&str, u32); 19] = [
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("dozen", 12),
    ("fifteen", 15),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("hundred", 100),
    ("thousand", 1_000),
];

/// A streamed answer: the names of its events in order, every text that was shown on the way, the whole
/// body at the end.
pub(crate) struct Streamed {
    pub events: Vec<String>,
    pub shown: Vec<String>,
    pub body: Value,
}

/// Asks and hears it to the end; the stream must end once, by `completed` or by `error`.
pub(crate) async fn stream(server: &TestServer, token: &str, question: &Value) -> Streamed {
    let request = server
        .client
        .post(format!("{}/api/v1/conversation", server.base_url))
        .bearer_auth(token)
        .header("accept", "text/event-stream")
        .json(question);
    let text = request.send().await.unwrap().text().await.unwrap();
    let mut heard = Streamed { events: Vec::new(), shown: Vec::new(), body: Value::Null };
    for block in text.split("\n\n") {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (Some(event), Some(data)) = (field("event:"), field("data:")) else { continue };
        let data: Value = serde_json::from_str(data).unwrap();
        match event {
            "answer.delta" | "answer.replaced" => heard.shown.push(data.to_string()),
            "completed" | "error" => heard.body = data,
            _ => {}
        }
        heard.events.push(event.to_owned());
    }
    let ends = heard.events.iter().filter(|event| matches!(event.as_str(), "completed" | "error")).count();
    assert_eq!(ends, 1, "{text}");
    heard
}

/// Checks every text of an answer against its own records and against the answer without a model.
pub(crate) fn assert_true(question: &str, heard: &Streamed, plain: &Value) {
    // What broke off has no body; its records are those of the answer without a model.
    let body = if heard.body["evidence"].is_array() { &heard.body } else { plain };
    let known = numbers_known(question, body, plain);
    let response = heard.body["response"].as_str().unwrap_or_default();
    let refs: BTreeSet<u64> =
        body["evidence"].as_array().into_iter().flatten().filter_map(|event| event["ref"].as_u64()).collect();
    for text in heard.shown.iter().map(String::as_str).chain([response]) {
        let plain_text = without_references(text, &refs, question);
        for number in runs(&plain_text) {
            assert!(known.contains(&number), "{number} in {text:?} for {question:?}; known: {known:?}");
        }
        let lower = plain_text.to_lowercase();
        for (word, value) in WORDS {
            let is_said = lower.split(|c: char| !c.is_alphanumeric()).any(|said| said == word);
            let is_quoted = body["evidence"].to_string().to_lowercase().contains(word);
            assert!(!is_said || is_quoted || known.contains(&value.to_string()), "{word} in {text:?}");
        }
        for event in body["evidence"].as_array().into_iter().flatten() {
            let id = event["event_id"].as_str().unwrap();
            assert!(!text.contains(id), "{id} in {text:?}");
        }
        for mark in ["http:", "https:", "](", "![", "<img", "<script", "<a "] {
            assert!(!text.contains(mark), "{mark} in {text:?}");
        }
    }
}

/// The text without `[n]`; each must be a piece of evidence.
fn without_references(text: &str, refs: &BTreeSet<u64>, question: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        left.push_str(before);
        left.push(' ');
        let Some((inner, behind)) = after.split_once(']') else {
            rest = after;
            continue;
        };
        let reference = inner.parse::<u64>().ok();
        assert!(reference.is_some_and(|n| refs.contains(&n)), "[{inner}] in {text:?} for {question:?}");
        rest = behind;
    }
    left + rest
}

fn runs(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    runs.map(trimmed).collect()
}

fn trimmed(run: &str) -> String {
    let rest = run.trim_start_matches('0');
    if rest.is_empty() { "0".to_owned() } else { rest.to_owned() }
}

fn numbers_known(question: &str, body: &Value, plain: &Value) -> BTreeSet<String> {
    let zone = body["interpretation"]["timezone"].as_str().unwrap_or("UTC");
    let zone = TimeZone::get(zone).unwrap();
    let mut texts = vec![question.to_owned(), plain["response"].as_str().unwrap_or_default().to_owned()];
    for name in ["totals", "series", "comparison", "interpretation"] {
        texts.push(body[name].to_string());
    }
    let evidence = body["evidence"].as_array().cloned().unwrap_or_default();
    texts.push(evidence.len().to_string());
    for event in &evidence {
        for name in ["description", "camera_id", "label", "sub_label", "zones", "event_type"] {
            texts.push(event[name].to_string());
        }
        for name in ["timestamp", "end_time"] {
            let Some(at) = event[name].as_str().and_then(|at| at.parse::<Timestamp>().ok()) else { continue };
            texts.push(at.to_zoned(zone.clone()).strftime("%Y %m %d %H %I %M").to_string());
        }
        if let Some(sure) = event["confidence"].as_f64() {
            texts.push(format!("{:.0} {sure:.2}", sure * 100.0));
        }
    }
    // Thousands are grouped in texts.
    let joined = texts.join(" ").replace(',', "");
    let mut known: BTreeSet<String> = runs(&joined).into_iter().collect();
    known.extend(runs(&texts.join(" ")));
    known
}

/// What must be the same with and without a model.
pub(crate) fn exact(body: &Value) -> Value {
    let refs: Vec<Value> = body["evidence"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|event| json!([event["ref"], event["event_id"]]))
        .collect();
    json!({"totals": body["totals"], "interpretation": body["interpretation"], "evidence": refs})
}
