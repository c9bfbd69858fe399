//! Probes and metrics.

use crate::support::{Setup, TestServer, read};

#[tokio::test]
async fn a_server_that_is_up_says_so_on_every_probe() {
    let server = TestServer::fresh().await;
    for path in ["/health", "/livez", "/healthz", "/startupz", "/readyz"] {
        let reply = server.get(path, "").await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    }
    assert_eq!(server.get("/readyz", "").await.ok()["checks"]["events"], "up");
}

#[tokio::test]
async fn metrics_are_on_their_own_port_and_there_from_the_start() {
    let server = TestServer::fresh().await;
    assert_eq!(server.get("/metrics", "").await.status, 404);
    assert_eq!(server.metric("eps_ready").await, Some(1.0));
    assert_eq!(server.metric("eps_embedding_backlog").await, Some(0.0));
    assert!(server.metric("process_resident_memory_bytes").await.unwrap() > 1e6);
    let elsewhere = server.metrics_url.replace("/metrics", "/api/v1/cameras");
    assert_eq!(server.client.get(elsewhere).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_server_that_stops_is_not_ready_but_still_answers() {
    let server = TestServer::start(Setup::default().set("DRAIN_SECONDS", "30")).await;
    server.begin_stop();
    assert_eq!(server.get("/readyz", "").await.status, 503);
    assert_eq!(server.get("/livez", "").await.status, 200);
    assert_eq!(server.get("/api/v1/cameras", &server.token()).await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn every_response_carries_the_correlation_id_that_was_sent() {
    let server = TestServer::fresh().await;
    let request = server.client.get(format!("{}/api/v1/cameras", server.base_url));
    let reply = read(request.header("X-Correlation-ID", "desk-7.42").send().await.unwrap()).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.headers["x-correlation-id"], "desk-7.42");
    assert_eq!(reply.body["correlation_id"], "desk-7.42");
}

#[tokio::test]
async fn the_described_cameras_are_shown_before_they_send_anything() {
    let yaml = "timezone: Europe/Berlin
sites: {warehouse: {name: Warehouse, cameras: [dock-1]}}
cameras: {dock-1: {name: Loading dock, zones: [ramp]}}
";
    let server = Setup::default().cameras(yaml).now("2026-05-13T12:00:00Z").start().await;
    let cameras = server.get("/api/v1/cameras", &server.token()).await.ok();
    let camera = &cameras["cameras"][0];
    assert_eq!((&camera["camera_id"], &camera["site"]), (&"dock-1".into(), &"warehouse".into()), "{cameras}");
    assert_eq!(camera["timezone"], "Europe/Berlin");
}
