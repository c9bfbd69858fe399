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
fn a_camera_file_that_is_wrong_is_a_wrong_setting_for_whoever_reads_it() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path()).env("CAMERAS_FILE", "cameras.yaml");
    for (cameras, named) in [
        ("timezone: Mars/Base", "timezone"),
        ("camras: {}", "camras"),
        ("cameras: {a: {timezone: Mars/X}}", "cameras.a.timezone"),
        ("cameras: {a: {business_hours: foo}}", "cameras.a.business_hours"),
        ("cameras: {a: {position: [999, 0]}}", "cameras.a.position"),
        ("cameras: {a: {position: [.nan, 0]}}", "cameras.a.position"),
        ("cameras: {a: {neighbours: {b: 20s}}}", "neighbour"),
    ] {
        std::fs::write(folder.path().join("cameras.yaml"), cameras).unwrap();
        for command in [&["check-config"][..], &["ask", "hello"], &["serve"]] {
            let ended = eps.run(command);
            assert_eq!(ended.code, 78, "{cameras} {command:?}: {}", ended.stderr);
            assert!(ended.stderr.contains("CAMERAS_FILE cameras.yaml"), "{}", ended.stderr);
            assert!(ended.stderr.contains(named), "{cameras}: {}", ended.stderr);
        }
    }
    let good = "cameras: {a: {business_hours: 'Mon-Fri 06:00-20:00', position: [52.52, 13.40]}}";
    std::fs::write(folder.path().join("cameras.yaml"), good).unwrap();
    assert_eq!(eps.run(&["check-config"]).code, 0);
}

#[test]
fn a_sources_file_that_is_wrong_is_told_with_the_settings() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("sources.yaml"), "sauces: {}\n").unwrap();
    let ended = Eps::new(folder.path()).env("SOURCES_FILE", "sources.yaml").run(&["check-config"]);
    assert_eq!(ended.code, 78, "{}", ended.stderr);
    assert!(ended.stderr.contains("SOURCES_FILE sources.yaml"), "{}", ended.stderr);
}

#[test]
fn a_clock_can_be_pinned_on_loopback_only() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path()).env("HOST", "0.0.0.0");
    let ended = eps.run(&["serve", "--now", "2026-05-13T10:00:00Z"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
}
