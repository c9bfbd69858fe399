//! Real input: a week of 24 real cameras (MEVA activity annotations). Every count of the service is
//! held against counts taken from the file itself, every cited id against the events that it names.

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::{Setup, TestServer};

/// The Monday after the week that was recorded.
pub(crate) const NOW: &str = "2018-03-12T09:00:00-04:00";
const BATCH: usize = 5_000;

pub(crate) struct Recording {
    pub(crate) events: Vec<Value>,
    pub(crate) cameras: String,
    hourly_counts: String,
}

/// The recording, when it is there: in `EPS_DATA`, or beside the project.
pub(crate) fn recording() -> Option<Recording> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("EPS_DATA").map_or(beside, PathBuf::from).join("meva");
    let packed = std::fs::read(folder.join("events-2018-03-05-to-11.ndjson.gz")).ok()?;
    let mut lines = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap();
    Some(Recording {
        events: lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        cameras: std::fs::read_to_string(folder.join("cameras.yaml")).unwrap(),
        hourly_counts: std::fs::read_to_string(folder.join("hourly_counts.csv")).unwrap(),
    })
}

async fn serve(recording: &Recording) -> TestServer {
    let server = Setup::default().cameras(&recording.cameras).now(NOW).start().await;
    for batch in recording.events.chunks(BATCH) {
        server.ingest(batch).await;
    }
    server
}

fn text<'a>(event: &'a Value, field: &str) -> &'a str {
    event[field].as_str().unwrap_or_default()
}

/// One question and the events that answer it, by their local time, camera, type and label.
pub(crate) struct Case {
    pub(crate) question: &'static str,
    matches: fn(&Value) -> bool,
}

fn site(event: &Value) -> &str {
    event["attributes"]["site"].as_str().unwrap_or_default()
}

fn between(event: &Value, from: &str, to: &str) -> bool {
    (from..to).contains(&text(event, "timestamp"))
}

pub(crate) const CASES: &[Case] = &[
    Case {
        question: "how many people entered the school on March 7 between 2 and 3pm?",
        matches: |e| {
            site(e) == "school"
                && text(e, "event_type") == "person_enters_scene_through_structure"
                && between(e, "2018-03-07T14:00", "2018-03-07T15:00")
        },
    },
    Case {
        question: "How many vehicles turned left at the bus station on March 5?",
        matches: |e| {
            site(e) == "bus"
                && text(e, "event_type") == "vehicle_turns_left"
                && between(e, "2018-03-05", "2018-03-06")
        },
    },
    Case {
        question: "how many people sat down at the hospital last Wednesday",
        matches: |e| {
            site(e) == "hospital"
                && text(e, "event_type") == "person_sits_down"
                && between(e, "2018-03-07", "2018-03-08")
        },
    },
    Case {
        question: "who opened a trunk on March 9?",
        matches: |e| text(e, "event_type") == "person_opens_trunk" && between(e, "2018-03-09", "2018-03-10"),
    },
    Case {
        question: "How many events were there on camera G340 on 2018-03-05 between 13:00 and 14:00?",
        matches: |e| text(e, "camera_id") == "G340" && between(e, "2018-03-05T13:00", "2018-03-05T14:00"),
    },
    Case {
        question: "how many people exited the administration building last week?",
        matches: |e| site(e) == "admin" && text(e, "event_type") == "person_exits_scene_through_structure",
    },
    Case {
        question: "Show me people talking on the phone at G421 last week",
        matches: |e| text(e, "camera_id") == "G421" && text(e, "event_type") == "person_talks_on_phone",
    },
    Case {
        question: "how many vehicles were at the school on the 6th?",
        matches: |e| {
            site(e) == "school" && text(e, "label") == "vehicle" && between(e, "2018-03-06", "2018-03-07")
        },
    },
    Case {
        question: "Was anyone riding a bicycle at the school last week?",
        matches: |e| site(e) == "school" && text(e, "event_type") == "person_rides_bicycle",
    },
    Case {
        question: "when did the last vehicle stop at the bus station on March 8?",
        matches: |e| {
            site(e) == "bus"
                && text(e, "event_type") == "vehicle_stops"
                && between(e, "2018-03-08", "2018-03-09")
        },
    },
    Case {
        question: "did somebody steal something last week?",
        matches: |e| text(e, "event_type") == "person_steals_object",
    },
    Case {
        question: "how many people embraced on Thursday afternoon?",
        matches: |e| {
            text(e, "event_type") == "person_embraces_person"
                && between(e, "2018-03-08T12:00", "2018-03-08T18:00")
        },
    },
    Case {
        question: "How many times did a vehicle make a u-turn on Sunday?",
        matches: |e| {
            text(e, "event_type") == "vehicle_makes_u_turn" && between(e, "2018-03-11", "2018-03-12")
        },
    },
    Case {
        question: "anyone at the hospital on March 4th?",
        matches: |e| site(e) == "hospital" && between(e, "2018-03-04", "2018-03-05"),
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_week_is_counted_exactly_and_cited_truly() {
    let Some(recording) = recording() else {
        eprintln!("SKIPPED: the MEVA recording is not there; set EPS_DATA to the folder that holds it");
        return;
    };
    let server = serve(&recording).await;

    counts_equal_the_oracle(&server, &recording).await;
    answers_equal_the_record(&server, &recording).await;
    comparisons_are_computed(&server, &recording).await;
}

/// One count grouped by camera, hour and type; all of it, cell by cell.
async fn counts_equal_the_oracle(server: &TestServer, recording: &Recording) {
    let mut expected: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for line in recording.hourly_counts.lines().skip(1) {
        let [camera, _site, hour, event_type, count] = line.split(',').collect::<Vec<_>>()[..] else {
            panic!("malformed oracle line: {line}")
        };
        let key = (camera.to_owned(), hour.to_owned(), event_type.to_owned());
        expected.insert(key, count.trim().parse().unwrap());
    }
    let query = json!({"group_by": ["camera", "hour", "event_type"]});
    let count = server.post("/api/v1/events/count", &server.token(), &query).await.ok();
    assert_eq!(count["totals"]["events"], recording.events.len());
    let mut found = BTreeMap::new();
    for group in count["groups"].as_array().unwrap() {
        let key = &group["key"];
        let hour = text(key, "hour").get(..13).unwrap();
        let key = (text(key, "camera").to_owned(), hour.to_owned(), text(key, "event_type").to_owned());
        *found.entry(key).or_insert(0) += group["events"].as_u64().unwrap();
    }
    assert_eq!(found.len(), expected.len());
    assert!(found == expected, "some cell differs from the oracle");
}

async fn answers_equal_the_record(server: &TestServer, recording: &Recording) {
    for case in CASES {
        let matching: BTreeMap<&str, &Value> = recording
            .events
            .iter()
            .filter(|event| (case.matches)(event))
            .map(|event| (text(event, "event_id"), event))
            .collect();
        let answer = server.ask(case.question).await;
        let said = text(&answer, "response");
        assert_eq!(answer["totals"]["events"], matching.len(), "{}\n{answer:#}", case.question);
        assert!(
            matching.is_empty() || said.contains(&grouped(matching.len())) || matching.len() == 1,
            "{}: {said}",
            case.question
        );
        let evidence = answer["evidence"].as_array().unwrap();
        assert_eq!(evidence.is_empty(), matching.is_empty(), "{}", case.question);
        for item in evidence {
            let event = matching.get(text(item, "event_id"));
            assert!(event.is_some(), "{}: {item} is no match", case.question);
            assert!(case_is_cited_truly(item, event.unwrap()), "{}: {item}", case.question);
        }
        for citation in answer["citations"].as_array().unwrap() {
            for id in citation["event_ids"].as_array().unwrap() {
                assert!(matching.contains_key(id.as_str().unwrap()), "{}: {citation}", case.question);
            }
        }
    }
}

fn case_is_cited_truly(item: &Value, event: &Value) -> bool {
    item["camera_id"] == event["camera_id"] && item["event_type"] == event["event_type"]
}

/// The ways in which a count can be written in a sentence.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    if digits.len() <= 3 {
        return digits;
    }
    let (head, tail) = digits.split_at(digits.len() - 3);
    format!("{head},{tail}")
}

async fn comparisons_are_computed(server: &TestServer, recording: &Recording) {
    let count = |from: &str, to: &str| {
        recording
            .events
            .iter()
            .filter(|e| site(e) == "school" && text(e, "label") == "vehicle" && between(e, from, to))
            .count() as i64
    };
    let (monday, tuesday) = (count("2018-03-05", "2018-03-06"), count("2018-03-06", "2018-03-07"));
    let question = "how many vehicles were at the school on March 5 compared with March 6?";
    let answer = server.ask(question).await;
    let comparison = &answer["comparison"];
    assert_eq!(comparison["a"]["events"], monday, "{answer:#}");
    assert_eq!(comparison["b"]["events"], tuesday, "{answer:#}");
    assert_eq!(comparison["difference"], monday - tuesday, "{answer:#}");
}
