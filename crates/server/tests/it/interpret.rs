//! `eps interpret`, which needs no server and no data.

use serde_json::Value;
use tempfile::TempDir;

use crate::support::Eps;

#[test]
fn every_line_gets_one_line_whatever_is_wrong_with_it() {
    let folder = TempDir::new().unwrap();
    let input = concat!(
        r#"{"text": "yesterday", "now": "2026-05-13T10:00:00Z", "timezone": "Europe/Berlin"}"#,
        "\nnot json\n",
        r#"{"text": "today", "timezone": "Mars/Base"}"#,
        "\n",
        r#"{"text": "today", "now": "2026-05-13T10:00:00Z"}"#,
        "\n",
    );
    let ended =
        Eps::new(folder.path()).env("JWT_SECRET_KEY", "").run_with_input(&["interpret", "--jsonl"], input);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let lines: Vec<Value> = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["periods"][0]["start"], "2026-05-12T00:00:00+02:00");
    assert_eq!(lines[0]["periods"][0]["end"], "2026-05-13T00:00:00+02:00");
    assert!(lines[1]["error"].is_string() && lines[2]["error"].as_str().unwrap().contains("Mars/Base"));
    assert_eq!(lines[3]["periods"][0]["start"], "2026-05-13T00:00:00+00:00");
    assert!(!folder.path().join("data").exists(), "no data directory is made");
}

#[test]
fn words_are_read_at_the_given_instant() {
    let folder = TempDir::new().unwrap();
    let arguments =
        ["interpret", "--json", "--now", "2026-05-13T10:00:00Z", "--timezone", "UTC", "how many yesterday?"];
    let found = Eps::new(folder.path()).run(&arguments).json();
    assert_eq!(found["periods"][0]["start"], "2026-05-12T00:00:00+00:00");
    assert_eq!(found["intent"], "count");
}
