//! Senders with shapes of their own, by the file that is shipped as an example.

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use super::support::{self, Reply, Setup, TestServer, read};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/sources.example.yaml");

async fn server() -> TestServer {
    Setup::default().set("SOURCES_FILE", EXAMPLE).set("CLIP_ALLOWED_HOSTS", "vms.example").start().await
}

async fn send(server: &TestServer, source: &str, kind: &str, body: String) -> Reply {
    let url = format!("{}/api/v1/events?source={source}", server.base_url);
    let request = server.client.request(Method::POST, url).bearer_auth(server.token());
    read(request.header(CONTENT_TYPE, kind).body(body).send().await.unwrap()).await
}

async fn stored(server: &TestServer, id: &str) -> Value {
    server.get(&format!("/api/v1/events/{id}"), &server.token()).await.ok()
}

#[tokio::test]
async fn every_example_takes_what_its_sender_sends() {
    let server = server().await;
    let json = "application/json";
    let edge = json!({"id": "6f1c2a30-0000-4000-8000-000000000001", "timestamp": "2026-05-13T08:00:00+02:00",
        "camera_id": "dock-1", "event_type": "detection", "activity": null, "detections": [
            {"label": "person", "confidence": 0.91,
             "bounding_box": {"x_min": 1, "y_min": 2, "x_max": 3, "y_max": 4}},
            {"label": "backpack", "confidence": 0.5, "bounding_box": {}}], "metadata": {"model": "m1"}});
    let falling = json!({"id": "6f1c2a30-0000-4000-8000-000000000002", "timestamp": "2026-05-13T08:05:00Z",
        "camera_id": "dock-1", "event_type": "activity", "activity": "person_falls", "detections": []});
    assert_eq!(send(&server, "edge", json, json!([edge, falling]).to_string()).await.ok()["accepted"], 2);
    let event = stored(&server, "6f1c2a30-0000-4000-8000-000000000001").await;
    assert_eq!((&event["event_type"], &event["label"]), (&json!("object_detected"), &json!("person")));
    assert_eq!((&event["timestamp"], &event["source"]), (&json!("2026-05-13T06:00:00Z"), &json!("edge")));
    assert_eq!(event["attributes"]["labels"], json!(["person", "backpack"]));
    let activity = stored(&server, "6f1c2a30-0000-4000-8000-000000000002").await;
    assert_eq!(activity["event_type"], "person_falls");

    let cloud = json!({"specversion": "1.0", "id": "ce-1", "source": "/cameras/7", "subject": "yard-2",
        "type": "com.example.camera.person", "time": "2026-05-13T07:00:00Z",
        "data": {"confidence": 0.8, "description": "A person at the fence", "zones": ["fence"]}});
    let reply = send(&server, "cloudevents", "application/cloudevents+json", cloud.to_string()).await.ok();
    assert_eq!(reply["accepted"], 1, "{reply}");
    let event = stored(&server, "%2Fcameras%2F7%23ce-1").await;
    assert_eq!((&event["camera_id"], &event["event_type"]), (&json!("yard-2"), &json!("person_detected")));
    assert_eq!((&event["zones"], &event["attributes"]["sender"]), (&json!(["fence"]), &json!("/cameras/7")));

    let neutral = json!({"source": "vms-9", "event_id": "n-1", "camera_id": "dock-1", "type": "line_crossed",
        "label": "vehicle", "start": "2026-05-13T07:10:00Z", "end": "2026-05-13T07:10:09Z",
        "confidence": 0.7, "zones": [], "description": "A van leaves",
        "media": {"clip_url": "https://vms.example/c/1", "thumbnail_url": null}, "extra": {"lane": 2}});
    assert_eq!(send(&server, "neutral", json, neutral.to_string()).await.ok()["accepted"], 1);
    let event = stored(&server, "n-1").await;
    assert_eq!(event["end_time"], "2026-05-13T07:10:09Z");
    assert_eq!(event["media"], json!({"clip_url": "https://vms.example/c/1"}));
    assert_eq!(event["attributes"], json!({"sender": "vms-9", "extra": {"lane": 2}}));

    let count = server.ask("How many people were at dock-1 this morning?").await;
    assert_eq!(count["totals"]["events"], 1, "{count}");
}

#[tokio::test]
async fn what_a_mapping_cannot_read_is_told_by_place_and_loses_no_other() {
    let server = server().await;
    let item = |nr: u32, started: Value| {
        json!({"serial": "A7", "nr": nr, "started": started, "channel": 1, "kind": "VMD", "score": 91,
            "objects": [{"class": "human"}], "areas": [{"name": "ramp"}], "place": "the ramp"})
    };
    let mut odd = item(4, json!(1_778_652_000_000_i64));
    odd["score"] = json!(250);
    let items = json!({"items": [item(1, json!(1_778_652_000_500_i64)), item(2, json!("noon")), 7, odd,
        item(5, json!("1778652001000"))]});
    let report = send(&server, "recorder", "application/json", items.to_string()).await.ok();
    assert_eq!(report["accepted"], 2, "{report}");
    let rejected: Vec<_> = report["rejected"].as_array().unwrap().iter().map(|r| &r["index"]).collect();
    assert_eq!(rejected, [1, 2, 3]);
    assert_eq!(report["rejected"][0]["error"], "`timestamp` is not a number");
    assert!(report["rejected"][2]["error"].as_str().unwrap().contains("confidence"));
    let event = stored(&server, "recorder-A7-1").await;
    assert_eq!((&event["camera_id"], &event["label"]), (&json!("dock-1"), &json!("person")));
    assert_eq!(event["timestamp"], "2026-05-13T06:00:00.5Z");
    assert_eq!((&event["confidence"], &event["zones"]), (&json!(0.91), &json!(["ramp"])));
    assert_eq!(event["description"], "human at the ramp");

    // Lines, each a body of its own, one without the place where events lie.
    let lines = format!("{}\n{{\"things\":[]}}\n", json!({"items": [item(9, json!(1_778_652_000_500_i64))]}));
    let report = send(&server, "recorder", "application/x-ndjson", lines).await.ok();
    assert_eq!((&report["accepted"], &report["rejected"][0]["index"]), (&json!(1), &json!(1)));

    for (path, field) in [("acme", "source"), ("edge&sauce=1", "sauce")] {
        let refused = send(&server, path, "application/json", "{}".to_owned()).await;
        assert_eq!(refused.refusal(), (422, "INVALID_INPUT"), "{}", refused.text);
        assert_eq!(refused.body["field"], field, "{}", refused.text);
    }
    // Without a source the body has the shape of the contract.
    server.ingest(&[support::event("native", "2026-05-13T09:00:00Z", "dock-1")]).await;
}
