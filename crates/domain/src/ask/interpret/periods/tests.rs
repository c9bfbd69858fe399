//! Periods in words against tables of questions.

use std::path::PathBuf;

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;

use super::*;

/// The folder of evaluation data, when it is there.
fn data(name: &str) -> Option<String> {
    let folder = std::env::var_os("EPS_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = folder.join("time").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: no {}", path.display());
    }
    text
}

#[derive(Deserialize)]
struct SurveillanceRow {
    text: String,
    now: String,
    timezone: String,
    periods: Vec<(String, String)>,
}

#[test]
fn questions_of_operators_are_understood_by_the_conventions() {
    let Some(text) = data("surveillance.jsonl") else { return };
    let (mut right, mut total) = (0, 0);
    for line in text.lines() {
        let row: SurveillanceRow = serde_json::from_str(line).unwrap();
        let zone = TimeZone::get(&row.timezone).unwrap();
        let context = PeriodContext::new(row.now.parse().unwrap(), &zone);
        let found: Vec<_> =
            read(&row.text, &context).into_iter().flat_map(|mention| mention.periods).collect();
        let expected: Vec<(Timestamp, Timestamp)> =
            row.periods.iter().map(|(start, end)| (start.parse().unwrap(), end.parse().unwrap())).collect();
        let is_right = found.iter().map(|period| (period.start, period.end)).eq(expected.iter().copied());
        total += 1;
        right += usize::from(is_right);
        if !is_right {
            println!("{}: {found:?}, not {expected:?}", row.text);
            assert!(!row.periods.is_empty(), "{} names no time", row.text);
        }
    }
    println!("{right} of {total}");
    assert!(right * 39 >= 37 * total);
}
