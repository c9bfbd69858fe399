//! `eps eval` over the real server: the question sets of `eval/`, whose truth was counted from the
//! events without the service.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use eps_adapters::simulator::{Simulation, cameras_file};
use eps_testkit::upstreams::FakeOpenAi;
use flate2::read::GzDecoder;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::support::{Ended, Eps, Grant, Setup, TestServer};

/// What `scripts/eval` pins the demo to.
pub(crate) const DEMO_NOW: &str = "2026-04-10T15:30:00+02:00";
const MEVA_NOW: &str = "2018-03-12T12:00:00Z";
const BATCH: usize = 5_000;
/// The least share of questions, in percent, that is understood, exact, and cited: what a change may not
/// fall below.
const FLOORS: [(&str, u64); 4] =
    [("interpretation", 99), ("totals", 100), ("citations", 100), ("follow_ups", 100)];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../eval").join(name)
}

async fn serve(cameras: &str, now: &str, events: &[Value], model: &str) -> TestServer {
    serve_with(cameras, now, events, &[("OPENAI_BASE_URL", model)]).await
}

/// A server with a site and further settings.
pub(crate) async fn serve_with(
    cameras: &str,
    now: &str,
    events: &[Value],
    settings: &[(&str, &str)],
) -> TestServer {
    let mut setup = Setup::default().cameras(cameras).now(now);
    for (name, value) in settings {
        setup = setup.set(name, *value);
    }
    let server = setup.start().await;
    for batch in events.chunks(BATCH) {
        server.ingest(batch).await;
    }
    server
}

/// Cameras and events of the simulated site at [`DEMO_NOW`].
pub(crate) fn demo() -> (String, Vec<Value>) {
    let timezone = TimeZone::get("Europe/Berlin").unwrap();
    let now: Timestamp = DEMO_NOW.parse().unwrap();
    let anchor = now.to_zoned(timezone.clone()).date();
    let simulation = Simulation { seed: 7, anchor, timezone };
    let days = simulation.first_day().series(1.day()).take_while(|day| *day <= anchor);
    let events = days.flat_map(|day| simulation.day(day, now)).map(|draft| json!(draft)).collect();
    (serde_json::to_string(&cameras_file("Europe/Berlin")).unwrap(), events)
}

/// Runs the command against copies of a server, off their threads.
pub(crate) async fn examine(copies: &[&TestServer], set: &str, more: &[&str]) -> Ended {
    let [server, ..] = copies else { panic!("nobody is examined") };
    let token =
        server.token_for(&Grant { scopes: &["ask", "events:read", "insights:read"], ..Grant::default() });
    let questions = folder(set).display().to_string();
    let mut arguments = vec!["eval", &questions, "--json", "--follow-ups-max", "1"];
    arguments.extend(copies.iter().flat_map(|copy| ["--server", &copy.base_url]));
    arguments.extend(more);
    let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
    let home = server.data_dir.path().to_owned();
    tokio::task::spawn_blocking(move || Eps::new(&home).env("EPS_TOKEN", &token).run(&arguments))
        .await
        .unwrap()
}

pub(crate) fn assert_above_floors(ended: &Ended) -> Value {
    let report: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}{}", ended.stdout, ended.stderr));
    for (measure, floor) in FLOORS {
        let share = &report["total"][measure];
        let (right, of) = (share["right"].as_u64().unwrap(), share["of"].as_u64().unwrap());
        let misses: Vec<&Value> =
            report["misses"].as_array().unwrap().iter().filter(|miss| miss["measure"] == measure).collect();
        assert!(of > 0 && right * 100 >= of * floor, "{measure}: {right} of {of}: {misses:#?}");
    }
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_understood_counted_and_cited_as_the_events_say() {
    let (cameras, events) = demo();
    let server = serve(&cameras, DEMO_NOW, &events, "").await;
    // A model that says the same whatever it is asked must change no figure and no evidence.
    let model = FakeOpenAi::start().await.unwrap();
    let narrated = serve(&cameras, DEMO_NOW, &events, &model.base_url()).await;
    let compare = ["--compare-server", &narrated.base_url];
    let report = assert_above_floors(&examine(&[&server], "demo", &compare).await);
    assert!(report["total"]["questions"].as_u64() >= Some(150), "{}", report["total"]);
    let agreement = &report["total"]["agreement"];
    assert_eq!(agreement["right"], agreement["of"], "{report:#}");
    assert!(model.received().len() > 100, "the model was asked");

    // Another site is told apart before anything is asked.
    let other = examine(&[&TestServer::fresh().await], "demo", &[]).await;
    assert_eq!(other.code, 2, "{}", other.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_site_is_understood_counted_and_cited_as_the_events_say() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let recording = std::env::var_os("EPS_DATA").map_or(beside, PathBuf::from).join("meva");
    let Ok(packed) = std::fs::read(recording.join("events-2018-03-05-to-11.ndjson.gz")) else {
        eprintln!("SKIPPED: the MEVA recording is not there; set EPS_DATA to the folder that holds it");
        return;
    };
    let mut lines = String::new();
    GzDecoder::new(packed.as_slice()).read_to_string(&mut lines).unwrap();
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let cameras = std::fs::read_to_string(recording.join("cameras.yaml")).unwrap();
    let server = serve(&cameras, MEVA_NOW, &events, "").await;
    let report = assert_above_floors(&examine(&[&server], "meva", &[]).await);
    assert!(report["total"]["questions"].as_u64() >= Some(60), "{}", report["total"]);
}
