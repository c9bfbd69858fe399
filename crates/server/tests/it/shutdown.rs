//! Signals, with the real process.

use std::{
    io::{BufRead as _, BufReader},
    process::Child,
};

use eps_server::signals::ignores_hangup;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Eps, Setup, TestServer, event};

/// Reads the log until the server serves; its address.
pub(crate) fn serving(child: &mut Child) -> (String, BufReader<std::process::ChildStderr>) {
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended before it served");
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        if entry["message"] == "serving" {
            return (entry["address"].as_str().unwrap().to_owned(), log);
        }
    }
}

pub(crate) fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

#[test]
fn a_signal_to_end_ends_the_process_in_good_order() {
    // Where these tests are told to outlive the terminal, so is what they start.
    for told in [Signal::TERM].into_iter().chain((!ignores_hangup()).then_some(Signal::HUP)) {
        let folder = TempDir::new().unwrap();
        let mut child = Eps::new(folder.path()).spawn(&["serve"]);
        let (address, mut log) = serving(&mut child);
        let reply = Eps::new(folder.path()).run(&["healthcheck", "--server", &format!("http://{address}")]);
        assert_eq!(reply.code, 0, "{}", reply.stderr);
        signal(&child, told);
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut log, &mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
        assert!(rest.contains("\"message\":\"stopped\""), "{rest}");
    }
}

#[cfg(unix)]
#[test]
fn the_data_directory_is_for_its_owner_alone_whatever_makes_it_first() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    let clips = folder.path().join("clips");
    std::fs::create_dir(&clips).unwrap();
    // Stills of clips have a folder in the data directory, which is made before the stores are opened.
    let mut child = Eps::new(folder.path()).env("CLIPS_DIR", &clips.display().to_string()).spawn(&["serve"]);
    let (_address, _log) = serving(&mut child);
    let data = folder.path().join("data");
    let mut waiting = vec![data];
    let mut files = 0;
    while let Some(path) = waiting.pop() {
        let metadata = std::fs::metadata(&path).unwrap();
        let (mode, allowed) =
            (metadata.permissions().mode() & 0o777, if metadata.is_dir() { 0o700 } else { 0o600 });
        assert_eq!(mode, allowed, "{}: {mode:o}", path.display());
        if metadata.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files += 1;
        }
    }
    assert!(files > 2);
    signal(&child, Signal::KILL);
    child.wait().unwrap();
}

#[tokio::test]
async fn a_stop_in_good_order_leaves_nothing_to_catch_up_with() {
    let server = TestServer::fresh().await;
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    let data_dir = server.stop().await;
    assert!(data_dir.path().join("data/columns.snapshot").is_file());
    let server = Setup::default().data_dir(&data_dir).start().await;
    assert_eq!(server.get("/api/v1/events/e1", &server.token()).await.status, 200);
    server.stop().await;
}

#[test]
fn a_second_signal_does_not_wait_for_the_drain() {
    let folder = TempDir::new().unwrap();
    let mut child = Eps::new(folder.path()).env("DRAIN_SECONDS", "300").spawn(&["serve"]);
    let (_, mut log) = serving(&mut child);
    signal(&child, Signal::TERM);
    signal(&child, Signal::INT);
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut log, &mut rest).unwrap();
    child.wait().unwrap();
}

#[test]
fn two_servers_do_not_share_a_data_directory() {
    let folder = TempDir::new().unwrap();
    let mut child = Eps::new(folder.path()).spawn(&["serve"]);
    let (_, log) = serving(&mut child);
    let second = Eps::new(folder.path()).run(&["serve"]);
    assert_eq!(second.code, 73, "{}", second.stderr);
    signal(&child, Signal::TERM);
    drop(log);
    child.wait().unwrap();
}
