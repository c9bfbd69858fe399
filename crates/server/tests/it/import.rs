//! `eps import`: every format, exact reports, and going on where it stopped.

use std::{fmt::Write as _, io::Write as _, path::Path};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Eps, TestServer};

const CAMERAS: [&str; 3] = ["gate-1", "dock-1", "yard-2"];

/// `count` events, one a minute from midnight.
fn ndjson(count: usize) -> String {
    let mut text = String::new();
    for index in 0..count {
        let camera = CAMERAS[index % CAMERAS.len()];
        let (hour, minute) = (index / 60 % 24, index % 60);
        let _ = writeln!(
            text,
            r#"{{"event_id":"e{index}","timestamp":"2026-05-13T{hour:02}:{minute:02}:00Z","camera_id":"{camera}","event_type":"person_detected","label":"person"}}"#
        );
    }
    text
}

fn write(folder: &Path, name: &str, content: &str) {
    if Path::new(name).extension().is_some_and(|ending| ending == "gz") {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(content.as_bytes()).unwrap();
        std::fs::write(folder.join(name), encoder.finish().unwrap()).unwrap();
    } else {
        std::fs::write(folder.join(name), content).unwrap();
    }
}

fn totals(folder: &Path) -> Value {
    let arguments = ["search", "--json", "--limit", "1", "--now", "2026-05-14T00:00:00Z"];
    Eps::new(folder).run(&arguments).json()["totals"]["events"].clone()
}

#[test]
fn every_format_is_taken_and_every_rejection_is_named_by_its_line() {
    let folder = TempDir::new().unwrap();
    let mut lines = ndjson(5);
    lines.push_str(
        "{\"event_id\":\"late\",\"timestamp\":\"noon\",\"camera_id\":\"c\",\"event_type\":\"t\"}\n{oops\n",
    );
    write(folder.path(), "a.ndjson", &lines);
    write(folder.path(), "b.ndjson.gz", &ndjson(10));
    let csv =
        "event_id,timestamp,camera_id,event_type\nx1,2026-05-13T09:00:00Z,c,t\n,2026-05-13T09:00:00Z,c,t\n";
    write(folder.path(), "c.csv", csv);

    let report =
        Eps::new(folder.path()).run(&["import", "--json", "a.ndjson", "b.ndjson.gz", "c.csv"]).json();
    assert_eq!(
        (&report["accepted"], &report["updated"], &report["rejected"]),
        (&11.into(), &5.into(), &3.into())
    );
    let rejections = &report["files"][0]["rejections"];
    assert_eq!((&rejections[0]["line"], &rejections[0]["event_id"]), (&6.into(), &"late".into()));
    assert!(rejections[0]["error"].as_str().unwrap().contains("timestamp"));
    assert_eq!(rejections[1]["line"], 7);
    assert_eq!(report["files"][2]["rejections"][0]["line"], 3);
    assert_eq!(totals(folder.path()), 11);
}

#[test]
fn a_finished_file_is_imported_again_as_updates() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "a.ndjson", &ndjson(20));
    let eps = Eps::new(folder.path());
    assert_eq!(eps.run(&["import", "--json", "a.ndjson"]).json()["accepted"], 20);
    let again = eps.run(&["import", "--json", "a.ndjson"]).json();
    assert_eq!((&again["accepted"], &again["updated"]), (&0.into(), &20.into()));
    assert_eq!(again["files"][0]["resumed_after_line"], 0);
}

#[test]
fn an_interrupted_import_goes_on_where_it_was_acknowledged() {
    let folder = TempDir::new().unwrap();
    // Damaged at the end: the last member of the archive is cut, as by a copy that broke off.
    write(folder.path(), "a.ndjson.gz", &ndjson(12_000));
    let whole = std::fs::read(folder.path().join("a.ndjson.gz")).unwrap();
    std::fs::write(folder.path().join("a.ndjson.gz"), &whole[..whole.len() * 3 / 4]).unwrap();
    let eps = Eps::new(folder.path());
    let broken = eps.run(&["import", "--json", "a.ndjson.gz"]);
    assert_eq!(broken.code, 1, "{}", broken.stderr);
    let kept = totals(folder.path()).as_u64().unwrap();
    assert!(kept > 0 && kept < 12_000, "{kept}");
    // The same file again stops at the same place, having gone on behind what was acknowledged.
    let again = eps.run(&["import", "--json", "a.ndjson.gz"]);
    assert_eq!(again.code, 1);
    assert_eq!(totals(folder.path()), kept);
    // A file that has changed is another file: it begins at its beginning.
    std::fs::write(folder.path().join("a.ndjson.gz"), &whole).unwrap();
    let report = eps.run(&["import", "--json", "a.ndjson.gz"]).json();
    assert_eq!(report["accepted"].as_u64().unwrap() + report["updated"].as_u64().unwrap(), 12_000);
    assert_eq!(totals(folder.path()), 12_000);
}

#[tokio::test]
async fn events_can_be_sent_to_a_running_server() {
    let server = TestServer::fresh().await;
    let folder = TempDir::new().unwrap();
    write(folder.path(), "a.ndjson", &format!("{}{{oops\n", ndjson(3_000)));
    let eps = Eps::new(folder.path()).env("EPS_TOKEN", &server.token());
    let url = server.base_url.clone();
    let report = tokio::task::spawn_blocking(move || {
        eps.run(&["import", "--json", "--server", url.as_str(), "a.ndjson"]).json()
    });
    let report = report.await.unwrap();
    assert_eq!((&report["accepted"], &report["rejected"]), (&3_000.into(), &1.into()));
    assert_eq!(report["files"][0]["rejections"][0]["line"], 3_001);
    assert_eq!(server.get("/api/v1/events/e2999", &server.token()).await.status, 200);
}

#[test]
fn a_directory_in_use_is_told_with_its_own_code() {
    let folder = TempDir::new().unwrap();
    let data_dir = eps_adapters::embedded::DataDir::open(&folder.path().join("data")).unwrap();
    write(folder.path(), "a.ndjson", &ndjson(1));
    let ended = Eps::new(folder.path()).run(&["import", "a.ndjson"]);
    assert_eq!(ended.code, 73, "{}", ended.stderr);
    assert!(ended.stderr.contains("--server"), "{}", ended.stderr);
    drop(data_dir);
}
