//! The README's example is what really comes back.

use eps_adapters::simulator::{Simulation, cameras_file};
use jiff::{ToSpan, civil::date, tz::TimeZone};
use serde_json::{Value, json};

use crate::support::{NOW, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn the_example_of_the_readme_is_what_comes_back() {
    let readme = include_str!("../../../../README.md");
    let question = readme.split("eps ask \"").nth(1).unwrap().split('"').next().unwrap();
    let after = readme.split("<!-- example").nth(1).unwrap();
    let example = after.split("```text\n").nth(1).unwrap().split("```").next().unwrap();

    let simulation = Simulation { seed: 7, anchor: date(2026, 5, 13), timezone: TimeZone::UTC };
    let cameras = serde_json::to_string(&cameras_file("UTC")).unwrap();
    let server = Setup::default().cameras(&cameras).start().await;
    for day in simulation.first_day().series(1.day()).take_while(|day| *day <= simulation.anchor) {
        let events: Vec<Value> =
            simulation.day(day, NOW.parse().unwrap()).iter().map(|draft| json!(draft)).collect();
        server.ingest(&events).await;
    }

    let answer = server.ask(question).await;

    assert_eq!(answer["response"].as_str().unwrap().trim(), example.trim());
    let ids: Vec<&str> =
        answer["evidence"].as_array().unwrap().iter().filter_map(|item| item["event_id"].as_str()).collect();
    assert_eq!(ids, ["incident-intruder-6", "incident-intruder-1"]);
}
