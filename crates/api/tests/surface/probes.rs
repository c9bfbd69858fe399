//! Probes: they cost nothing, tell the truth, and notice the stop at once.

use std::time::{Duration, Instant};

use eps_api::{Health, Readiness};

use crate::site::Site;

#[tokio::test]
async fn probes_answer_without_a_token_and_are_never_limited() {
    let site = Site::new();
    for _ in 0..200 {
        for path in ["/health", "/livez", "/healthz", "/startupz"] {
            let reply = site.get(path, "").await;
            assert_eq!(
                (reply.status.as_u16(), reply.json()),
                (200, serde_json::json!({"status": "ok"})),
                "{path}"
            );
        }
    }
    let ready = site.get("/readyz", "").await;
    assert_eq!(ready.json(), serde_json::json!({"status": "ready", "checks": {"events": "up"}}));
    assert_eq!(ready.header("x-ratelimit-limit"), "");
}

#[tokio::test]
async fn readiness_follows_a_lasting_outage_and_the_stop() {
    let site = Site::new();
    let past = Instant::now().checked_sub(Duration::from_secs(11)).unwrap();
    site.readiness.report("events", Health::Down, past);
    let down = site.get("/readyz", "").await;
    assert_eq!(down.status, 503);
    assert_eq!(down.json(), serde_json::json!({"status": "not_ready", "checks": {"events": "down"}}));
    assert_eq!(site.get("/livez", "").await.status, 200);
    site.readiness.report("events", Health::Up, Instant::now());
    assert_eq!(site.get("/readyz", "").await.status, 200);
    site.shutdown.cancel();
    let draining = site.get("/readyz", "").await;
    assert_eq!((draining.status.as_u16(), &draining.json()["status"]), (503, &"draining".into()));
    assert_eq!(draining.header("connection"), "close");
    assert_eq!(site.get("/livez", "").await.status, 200);
}

#[tokio::test]
async fn a_service_that_has_reached_nothing_yet_has_not_started() {
    let site = Site::with(|setup| setup.readiness = Some(Readiness::new(&["events"], &["llm"])));
    assert_eq!(site.get("/startupz", "").await.status, 503);
    assert_eq!(site.get("/readyz", "").await.json()["checks"]["events"], "unknown");
    site.readiness.report("events", Health::Up, Instant::now());
    assert_eq!(site.get("/startupz", "").await.status, 200);
}
