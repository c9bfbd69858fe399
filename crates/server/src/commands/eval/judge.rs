//! Compares what came with what must come, field by field. Pure: asks nobody, prints nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    matching::Predicate,
    questions::{OneOrMany, Question, QuestionFile, Truth, bounds, zone},
};

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mismatch {
    /// Which field.
    pub(super) what: String,
    pub(super) expected: Value,
    pub(super) came: Value,
}

fn mismatch(what: &str, expected: impl Into<Value>, came: impl Into<Value>) -> Mismatch {
    Mismatch { what: what.to_owned(), expected: expected.into(), came: came.into() }
}

/// Everything of the interpretation that is wrong.
pub(super) fn interpretation(question: &Question, file: &QuestionFile, reply: &Value) -> Vec<Mismatch> {
    let came = &reply["interpretation"];
    let mut wrong = Vec::new();
    let answer = OneOrMany::One("answer".to_owned());
    let response_type = question.response_type.as_ref().unwrap_or(&answer);
    if !response_type.holds(reply["response_type"].as_str().unwrap_or_default()) {
        wrong.push(mismatch("response_type", json!(response_type), reply["response_type"].clone()));
    }
    if let Some(intent) = &question.intent
        && !intent.holds(came["intent"].as_str().unwrap_or_default())
    {
        wrong.push(mismatch("intent", json!(intent), came["intent"].clone()));
    }
    if let Some(expected) = &question.periods
        && !are_same_periods(expected, question, file, &came["periods"])
    {
        wrong.push(mismatch("periods", json!(expected), came["periods"].clone()));
    }
    for (field, expected) in [
        ("cameras", &question.cameras),
        ("labels", &question.labels),
        ("sub_labels", &question.sub_labels),
        ("event_types", &question.event_types),
        ("zones", &question.zones),
    ] {
        if let Some(expected) = expected
            && set(&json!(expected)) != set(&came[field])
        {
            wrong.push(mismatch(field, json!(expected), came[field].clone()));
        }
    }
    if let Some(least) = question.min_confidence
        && came["min_confidence"].as_f64().is_none_or(|c| (c - least).abs() > 1e-6)
    {
        wrong.push(mismatch("min_confidence", least, came["min_confidence"].clone()));
    }
    if let Some(expected) = &question.words {
        let words = came["words"].as_str().unwrap_or_default().to_lowercase();
        if expected.is_empty() != words.is_empty() || !expected.iter().all(|word| words.contains(word)) {
            wrong.push(mismatch("words", json!(expected), came["words"].clone()));
        }
    }
    if let Some(expected) = &question.carried_over {
        let carried = set(&came["carried_over"]);
        let is_right = if expected.is_empty() {
            carried.is_empty()
        } else {
            expected.iter().all(|field| carried.contains(field))
        };
        if !is_right {
            wrong.push(mismatch("carried_over", json!(expected), came["carried_over"].clone()));
        }
    }
    let unresolved: Vec<String> =
        items(&came["unresolved"]).filter_map(|name| name["text"].as_str().map(str::to_lowercase)).collect();
    let expected: Vec<String> =
        question.unresolved.iter().flatten().map(|name| name.to_lowercase()).collect();
    // "camera 17" or "17": the same name.
    let is_named = |name: &String| expected.iter().any(|one| one.contains(name) || name.contains(one));
    if unresolved.len() != expected.len() || !unresolved.iter().all(is_named) {
        wrong.push(mismatch("unresolved", json!(expected), came["unresolved"].clone()));
    }
    for (field, expected) in question.also.iter().filter_map(Value::as_object).flatten() {
        if came[field] != *expected {
            wrong.push(mismatch(field, expected.clone(), came[field].clone()));
        }
    }
    wrong
}

fn set(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// By instant. Stretches that touch are one: "Monday to Wednesday" and its three days are the same.
fn are_same_periods(expected: &[String], question: &Question, file: &QuestionFile, came: &Value) -> bool {
    let zone = zone(question, file);
    let exact = |text: &Value| text.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let came: Option<Vec<_>> = items(came).map(|p| Some((exact(&p["start"])?, exact(&p["end"])?))).collect();
    let expected: Option<Vec<_>> =
        expected.iter().map(|period| bounds(period, &zone, file.now).ok()).collect();
    came.is_some() && came.map(joined) == expected.map(joined)
}

fn joined(mut periods: Vec<(Timestamp, Timestamp)>) -> Vec<(Timestamp, Timestamp)> {
    periods.sort_unstable();
    let mut joined: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(periods.len());
    for (start, end) in periods {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

/// Everything that is not exact: totals, sides of a comparison, and what the text says of them.
pub(super) fn totals(question: &Question, reply: &Value) -> Vec<Mismatch> {
    let mut wrong = Vec::new();
    let said = reply["response"].as_str().unwrap_or_default();
    let holds = |part: &str| said.to_lowercase().contains(&part.to_lowercase());
    if let Some(truth) = &question.truth {
        let came = (&reply["totals"]["events"], &reply["totals"]["visits"]);
        if truth.events.is_some() && came != (&json!(truth.events), &json!(truth.visits)) {
            let expected = json!({"events": truth.events, "visits": truth.visits});
            wrong.push(mismatch("totals", expected, reply["totals"].clone()));
        }
        if let Some(events) = truth.events.filter(|events| *events > 0)
            && reply["interpretation"]["intent"] == "count"
            && !says_number(said, events)
        {
            wrong.push(mismatch("the text states the total", events, said));
        }
        if let [a, b] = truth.sides.as_slice() {
            let expected = json!({"a": a, "b": b, "difference": a.0 as i64 - b.0 as i64});
            let comparison = &reply["comparison"];
            let side = |side: &Value| json!([side["events"], side["visits"]]);
            let came = json!({"a": side(&comparison["a"]), "b": side(&comparison["b"]),
                "difference": comparison["difference"]});
            if came != expected {
                wrong.push(mismatch("comparison", expected, came));
            }
        }
        wrong.extend(computed(truth, reply, said));
        if let [name, number] = truth.top.as_slice()
            && !(holds(name) && number.parse().is_ok_and(|number| says_number(said, number)))
        {
            wrong.push(mismatch("the text names the highest", json!(truth.top), said));
        }
    }
    for part in question.says.iter().filter(|part| !holds(part)) {
        wrong.push(mismatch("the text says", part.as_str(), said));
    }
    for part in question.never_says.iter().filter(|part| holds(part)) {
        wrong.push(mismatch("the text never says", part.as_str(), said));
    }
    wrong
}

/// Shares, means and stretches without events, in the figures and in the text.
fn computed(truth: &Truth, reply: &Value, said: &str) -> Vec<Mismatch> {
    let mut wrong = Vec::new();
    if let (Some((events, visits)), Some(part)) = (truth.whole, truth.events) {
        let share = &reply["share"];
        let percent = (part as f64 * 1_000.0 / events.max(1) as f64).round() / 10.0;
        let expected = json!({"events": events, "visits": visits, "percent": percent});
        let came = json!({"events": share["whole_events"], "visits": share["whole_visits"],
            "percent": share["percent_of_events"]});
        let is_told = said.contains(&format!("{percent:.1} %")) && says_number(said, events);
        if came != expected || !is_told {
            wrong.push(mismatch("share", expected, came));
        }
    }
    if let Some((groups, events, visits)) = truth.average {
        let average = &reply["average"];
        let expected = json!([groups, events, visits]);
        let came = json!([average["groups"], average["events"], average["visits"]]);
        let mean = format!("{:.1}", (events as f64 * 10.0 / groups.max(1) as f64).round() / 10.0);
        if came != expected || !said.contains(&mean) {
            wrong.push(mismatch("average", expected, came));
        }
    }
    if let Some(seconds) = truth.quiet {
        let longest = items(&reply["quiet"]).filter_map(|stretch| stretch["seconds"].as_i64()).max();
        if longest != Some(seconds) {
            wrong.push(mismatch("longest quiet stretch", seconds, json!(longest)));
        }
    }
    wrong
}

/// Whether a number stands in a text as a number of its own, with or without commas.
fn says_number(text: &str, number: u64) -> bool {
    let digits = number.to_string();
    let is_in_number = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '\u{202f}' | '\u{a0}');
    let stated = text
        .split(|c: char| !is_in_number(c))
        .map(|part| part.chars().filter(char::is_ascii_digit).collect::<String>())
        .any(|stated| stated == digits);
    let in_words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = usize::try_from(number).ok().and_then(|number| in_words.get(number));
    stated
        || word.is_some_and(|word| {
            text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|other| other == *word)
        })
}

/// Every id that the answer shows or cites, and every id that it must cite.
pub(super) fn ids(question: &Question, reply: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let evidence = items(&reply["evidence"]).filter_map(|item| text(&item["event_id"]));
    let cited =
        items(&reply["citations"]).flat_map(|citation| items(&citation["event_ids"])).filter_map(text);
    let must = question.truth.iter().flat_map(|truth| truth.cite.iter().cloned());
    evidence.chain(cited).chain(must).collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// What is wrong with each event that is shown or cited, by id; an id without a mismatch is valid.
/// `record` is the event as the service keeps it, none where the caller cannot get it.
pub(super) fn citations<'a>(
    question: &Question,
    file: &QuestionFile,
    reply: &Value,
    record: impl Fn(&str) -> Option<&'a Value>,
) -> Vec<(String, Option<Mismatch>)> {
    let mut judged = Vec::new();
    let mut predicate = Predicate::shown(question, file);
    if reply["totals"]["events"] == 0 {
        predicate = predicate.without_texts();
    }
    let evidence: Vec<(&str, u64, &Value)> = items(&reply["evidence"])
        .filter_map(|item| Some((item["event_id"].as_str()?, item["ref"].as_u64()?, item)))
        .collect();
    for (id, _, item) in &evidence {
        let wrong = match record(id) {
            None => Some(mismatch("the event can be got", true, false)),
            Some(kept) if !is_same_event(item, kept) => {
                Some(mismatch("the evidence is the record", kept.clone(), (*item).clone()))
            }
            Some(kept) => (!predicate.holds(kept)).then(|| mismatch("the event matches", true, kept.clone())),
        };
        judged.push(((*id).to_owned(), wrong));
    }
    let mut cited = BTreeSet::new();
    for id in items(&reply["citations"]).flat_map(|citation| items(&citation["event_ids"])) {
        let id = id.as_str().unwrap_or_default();
        cited.insert(id);
        if !evidence.iter().any(|(shown, ..)| *shown == id) {
            judged.push((id.to_owned(), Some(mismatch("a cited event is in the evidence", true, false))));
        }
    }
    for reference in references(reply["response"].as_str().unwrap_or_default()) {
        if !evidence.iter().any(|(_, shown, _)| *shown == reference) {
            let id = format!("[{reference}]");
            judged.push((id, Some(mismatch("a reference of the text is in the evidence", true, false))));
        }
    }
    for id in question.truth.iter().flat_map(|truth| &truth.cite) {
        let wrong = (!cited.contains(id.as_str())).then(|| mismatch("is cited", id.as_str(), json!(cited)));
        judged.push((id.clone(), wrong));
    }
    let counts = question.truth.as_ref().and_then(|truth| truth.events).is_some_and(|events| events > 0);
    if counts && evidence.is_empty() && question.response_type.is_none() {
        judged.push(("none".to_owned(), Some(mismatch("something is shown", true, false))));
    }
    judged
}

fn is_same_event(shown: &Value, kept: &Value) -> bool {
    let instant = |event: &Value| event["timestamp"].as_str().and_then(|at| at.parse::<Timestamp>().ok());
    ["camera_id", "event_type", "label", "description"].iter().all(|field| shown[field] == kept[field])
        && instant(shown) == instant(kept)
}

/// Every `[n]` of a text.
fn references(text: &str) -> Vec<u64> {
    let pieces = text.split('[').skip(1).filter_map(|piece| piece.split_once(']'));
    pieces.filter_map(|(number, _)| number.parse().ok()).collect()
}

/// Whether a reply to a follow-up found something, or lists what there is.
pub(super) fn finds_something(reply: &Value) -> bool {
    let is_listing = matches!(reply["interpretation"]["intent"].as_str(), Some("list_cameras" | "help"));
    reply["response_type"] == "answer"
        && (is_listing || reply["totals"]["events"].as_u64().is_some_and(|events| events > 0))
}

/// What two servers must answer alike.
pub(super) fn comparable(reply: &Value) -> Value {
    let ids: Vec<&Value> = items(&reply["evidence"]).map(|item| &item["event_id"]).collect();
    json!({"totals": reply["totals"], "evidence": ids, "comparison": reply["comparison"],
        "series": reply["series"], "interpretation": reply["interpretation"]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_only_as_a_number_of_its_own() {
        for text in ["There were 1,234 events.", "1234 events", "(1,234)", "it was 1234."] {
            assert!(says_number(text, 1234), "{text}");
        }
        for text in ["11,234 events", "12345", "123 events, 4 visits"] {
            assert!(!says_number(text, 1234), "{text}");
        }
        assert!(says_number("There were two of them", 2));
    }
}
