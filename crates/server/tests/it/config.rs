//! Settings that are wrong end the process with a code that says so.

use tempfile::TempDir;

use crate::support::{Eps, SECRET};

#[test]
fn a_server_without_a_fit_secret_ends_with_78_and_does_not_print_it() {
    let folder = TempDir::new().unwrap();
    for secret in ["", "your-secret-key-change-in-production", "short-but-not-well-known"] {
        let ended = Eps::new(folder.path()).env("JWT_SECRET_KEY", secret).run(&["serve"]);
        assert_eq!(ended.code, 78, "{}", ended.stderr);
        assert!(ended.stderr.contains("JWT_SECRET_KEY"), "{}", ended.stderr);
        assert!(secret.is_empty() || !ended.stderr.contains(secret));
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("s.yaml"), "service: {prot: 1}\n").unwrap();
    let eps = Eps::new(folder.path()).env("PORT", "many").env("REDIS_URL", "http://:hush@cache");
    let ended = eps.run(&["check-config", "--config", "s.yaml"]);
    assert_eq!(ended.code, 78);
    for part in ["service.prot", "PORT", "REDIS_URL", "3 problems"] {
        assert!(ended.stderr.contains(part), "{part} is missing in {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("hush"));
}

#[test]
fn the_settings_in_force_are_shown_without_secrets() {
    let folder = TempDir::new().unwrap();
    let shown = Eps::new(folder.path()).env("LOG_LEVEL", "debug").run(&["check-config", "--json"]);
    let settings = shown.json();
    assert_eq!(settings["service"]["log_level"]["value"], "debug");
    assert_eq!(settings["service"]["log_level"]["origin"], "environment");
    assert_eq!(settings["security"]["jwt_secret_key"]["value"], "[redacted]");
    assert!(!shown.stdout.contains(SECRET));
}

#[test]
fn a_camera_file_that_is_wrong_is_a_wrong_setting() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("cameras.yaml"), "timezone: Mars/Base\n").unwrap();
    let ended = Eps::new(folder.path()).env("CAMERAS_FILE", "cameras.yaml").run(&["ask", "hello"]);
    assert_eq!(ended.code, 78, "{}", ended.stderr);
    assert!(ended.stderr.contains("Mars/Base"), "{}", ended.stderr);
}

#[test]
fn a_clock_can_be_pinned_on_loopback_only() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path()).env("HOST", "0.0.0.0");
    let ended = eps.run(&["serve", "--now", "2026-05-13T10:00:00Z"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
}
