//! Events that come by themselves, over the real server and a real broker; Frigate and the devices are
//! played.

use eps_testkit::{
    fake_frigate::{FakeFrigate, PASSWORD, USER},
    fault_proxy::{Fault, FaultProxy},
    servers::{
        mosquitto::{MosquittoServer, Publisher},
        weaviate::{API_KEY, WeaviateServer},
    },
};
use serde_json::{Value, json};

use super::support::{Setup, TestServer, until};

/// 09:00 on the day of the tests, an hour before their present.
const NINE: f64 = 1_778_662_800.0;

fn listening(url: &str) -> Setup {
    Setup::default().set("MQTT_URL", url).set("FRIGATE_MQTT_PREFIX", "frigate")
}

/// And to be told over HTTP what was missed.
fn asking(setup: Setup, frigate: &FakeFrigate) -> Setup {
    setup.set("FRIGATE_URL", frigate.url()).set("FRIGATE_USER", USER).set("FRIGATE_PASSWORD", PASSWORD)
}

async fn until_heard(server: &TestServer, feed: &str, health: &str) {
    until(feed, || async { server.get("/readyz", "").await.body["checks"][feed] == health }).await;
}

async fn event(server: &TestServer, id: &str) -> Value {
    server.get(&format!("/api/v1/events/{id}"), &server.token()).await.body
}

async fn totals(server: &TestServer, question: &str) -> (Value, Value) {
    let answer = server.ask(question).await;
    (answer["totals"]["events"].clone(), answer["totals"]["visits"].clone())
}

/// A tracked person as Frigate says it over MQTT.
fn person(id: &str, start: f64, end: Option<f64>) -> Value {
    json!({"id": id, "camera": "front", "label": "person", "sub_label": null, "false_positive": false,
        "start_time": start, "end_time": end, "frame_time": end.unwrap_or(start + 1.0), "top_score": 0.9,
        "score": 0.8, "current_zones": [], "entered_zones": ["yard"], "has_clip": true, "has_snapshot": true})
}

/// The same as Frigate keeps it.
fn kept(id: &str, start: f64, end: Option<f64>) -> Value {
    json!({"id": id, "camera": "front", "label": "person", "sub_label": null, "false_positive": null,
        "start_time": start, "end_time": end, "zones": ["yard"], "has_clip": true, "has_snapshot": true,
        "thumbnail": "", "data": {"top_score": 0.9, "score": 0.8, "type": "object"}})
}

fn say(source: &mut Publisher, kind: &str, after: &Value) {
    let message = json!({"type": kind, "before": after, "after": after});
    source.publish("frigate/events", message.to_string());
}

fn review(id: &str, detections: &[&str], metadata: &Value) -> Value {
    json!({"id": id, "camera": "front", "start_time": NINE, "end_time": null, "severity": "alert",
        "thumb_path": "/media/t.webp", "data": {"detections": detections, "objects": ["person"],
        "sub_labels": [], "zones": ["yard"], "audio": [], "metadata": metadata}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_frigate_says_is_counted_grouped_and_found_by_its_words() {
    let Some(broker) = MosquittoServer::start() else { return };
    let server = listening(&broker.url()).start().await;
    until_heard(&server, "frigate_feed", "up").await;
    let source = &mut broker.publisher();
    // Two sightings ten minutes apart, in one review: one visit. Each is said many times.
    say(source, "new", &person("1778662800.5-aaaaaa", NINE + 0.5, None));
    say(source, "new", &person("1778662800.5-aaaaaa", NINE + 0.5, None));
    source.publish("frigate/events", "{\"after\": {\"id\": 7}}");
    source.publish("frigate/events", [0xff, 0x00]);
    say(source, "end", &person("1778662800.5-aaaaaa", NINE + 0.5, Some(NINE + 20.0)));
    say(source, "update", &person("1778662800.5-aaaaaa", NINE + 0.5, None));
    say(source, "new", &person("1778663400.0-bbbbbb", NINE + 600.0, None));
    let both = ["1778662800.5-aaaaaa", "1778663400.0-bbbbbb"];
    let group = review("1778662800.1-review", &both, &Value::Null);
    source.publish("frigate/reviews", json!({"type": "new", "before": group, "after": group}).to_string());
    // Another by itself, and one that Frigate does not believe until later, and one that it never does.
    say(source, "new", &person("1778664000.0-cccccc", NINE + 1200.0, Some(NINE + 1201.0)));
    let mut doubtful = person("1778664600.0-dddddd", NINE + 1800.0, None);
    doubtful["false_positive"] = true.into();
    say(source, "new", &doubtful);
    doubtful["id"] = "1778664601.0-eeeeee".into();
    say(source, "new", &doubtful);
    say(source, "update", &person("1778664600.0-dddddd", NINE + 1800.0, None));
    // Words come last; those of an event that nobody has seen yet wait for it.
    let words = |id: &str, words: &str| json!({"type": "description", "id": id, "description": words});
    let courier = words(both[0], "A courier in a yellow helmet leaves a parcel");
    source.publish("frigate/tracked_object_update", courier.to_string());
    source.publish("frigate/tracked_object_update", words("1778665200.0-ffffff", "A jogger").to_string());
    let name = json!({"type": "classification", "id": both[1], "sub_label": "Ada", "score": 0.9});
    source.publish("frigate/tracked_object_update", name.to_string());
    let told = review(
        "1778662800.1-review",
        &both,
        &json!({"title": "Parcel delivery", "scene": "A courier comes twice", "potential_threat_level": 0}),
    );
    source.publish("frigate/reviews", json!({"type": "genai", "before": told, "after": told}).to_string());
    say(source, "new", &person("1778665200.0-ffffff", NINE + 2400.0, None));

    until("the last", || async { event(&server, "1778665200.0-ffffff").await["description"] == "A jogger" })
        .await;
    assert_eq!(totals(&server, "How many people today?").await, (json!(5), json!(4)));
    let first = event(&server, both[0]).await;
    assert_eq!(first["timestamp"], "2026-05-13T09:00:00.5Z");
    assert_eq!(first["end_time"], "2026-05-13T09:00:20Z");
    assert_eq!(first["visit_id"], "1778662800.1-review");
    assert_eq!(first["description"], "A courier in a yellow helmet leaves a parcel");
    assert_eq!(
        (&first["zones"], &first["severity"], &first["media"]),
        (&json!(["yard"]), &json!("alert"), &Value::Null)
    );
    let second = event(&server, both[1]).await;
    assert_eq!(second["description"], "Parcel delivery. A courier comes twice");
    assert_eq!(second["sub_label"], "Ada");
    let found = server.ask("Was there someone with a yellow helmet today?").await;
    assert_eq!(found["evidence"][0]["event_id"], both[0], "{found}");
    let unreadable = server.metric("eps_feed_events_total{feed=\"frigate\",outcome=\"unreadable\"}").await;
    assert!(unreadable >= Some(2.0), "{unreadable:?}");
    // Said once more, it is known to be nothing new.
    let unchanged = "eps_feed_events_total{feed=\"frigate\",outcome=\"unchanged\"}";
    let count = server.metric(unchanged).await.unwrap();
    say(source, "end", &person(both[0], NINE + 0.5, Some(NINE + 20.0)));
    until("nothing new", || async { server.metric(unchanged).await.unwrap() > count }).await;
    assert_eq!(event(&server, both[0]).await, first);
    let connected = server.metric("eps_feed_connected{feed=\"onvif\"}").await;
    assert!(connected.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_comes_late_or_again_is_found() {
    let Some(broker) = MosquittoServer::start() else { return };
    broker.kill();
    let server = listening(&broker.url()).start().await;
    until_heard(&server, "frigate_feed", "down").await;
    assert_eq!(server.get("/readyz", "").await.status, 200);
    for (round, id) in ["a", "b"].into_iter().enumerate() {
        broker.resume();
        until_heard(&server, "frigate_feed", "up").await;
        say(&mut broker.publisher(), "new", &person(id, NINE + 600.0 * round as f64, None));
        until(id, || async { event(&server, id).await["event_id"] == id }).await;
        broker.kill();
        until_heard(&server, "frigate_feed", "down").await;
    }
    assert_eq!(totals(&server, "How many people today?").await, (json!(2), json!(2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_while_nobody_listened_is_fetched() {
    let Some(broker) = MosquittoServer::start() else { return };
    let frigate = FakeFrigate::start().await.unwrap();
    let proxy = FaultProxy::before(broker.port()).await;
    // More than two pages before the first start; a hundred and one of them began in the same instant.
    for n in 0..250 {
        let start = NINE + f64::from(if n < 101 { 0 } else { n });
        frigate.keep(kept(&format!("old-{n}"), start, Some(start + 1.0)));
    }
    frigate.keep(kept("ancient", NINE - 100_000.0, Some(NINE)));
    frigate.set_down(true);
    let url = broker.url_at(proxy.port());
    let server = asking(listening(&url), &frigate).start().await;
    until_heard(&server, "frigate_feed", "up").await;
    // What comes live does not wait for the past.
    say(&mut broker.publisher(), "new", &person("live", NINE + 900.0, None));
    until("live", || async { event(&server, "live").await["event_id"] == "live" }).await;
    frigate.keep(kept("live", NINE + 900.0, None));
    frigate.set_down(false);
    // At most a hundred of one instant can be fetched: that is how Frigate pages.
    until("the past", || async { totals(&server, "How many people today?").await.0 == json!(250) }).await;
    assert_eq!(event(&server, "ancient").await["code"], "EVENT_NOT_FOUND");

    // A cut: one ends in it that began before, one begins and is described, a review groups them.
    frigate.forget_tokens();
    proxy.set(Fault::Reset);
    until_heard(&server, "frigate_feed", "down").await;
    frigate.keep(kept("live", NINE + 900.0, Some(NINE + 950.0)));
    let mut described = kept("missed", NINE + 1200.0, Some(NINE + 1210.0));
    described["data"]["description"] = "A fox crosses the lawn".into();
    frigate.keep(described);
    let mut group = review("group", &["live", "missed"], &Value::Null);
    // Somebody has looked at it already.
    group["has_been_reviewed"] = json!(true);
    frigate.keep_review(group);
    proxy.mend();
    until("what was missed", || async {
        let missed = event(&server, "missed").await;
        missed["visit_id"] == "group" && missed["description"] == "A fox crosses the lawn"
    })
    .await;
    let live = event(&server, "live").await;
    assert_eq!((&live["end_time"], &live["visit_id"]), (&json!("2026-05-13T09:15:50Z"), &json!("group")));

    // Frigate itself was away, and nobody could hear it.
    let mut source = broker.publisher();
    source.say("frigate/available", "offline", true);
    until_heard(&server, "frigate_feed", "down").await;
    frigate.keep(kept("alone", NINE + 1500.0, Some(NINE + 1501.0)));
    source.say("frigate/available", "online", true);
    until("alone", || async { event(&server, "alone").await["event_id"] == "alone" }).await;
    until_heard(&server, "frigate_feed", "up").await;

    // An addition to an event that was never seen brings the event.
    frigate.keep(kept("unseen", NINE + 1800.0, Some(NINE + 1801.0)));
    let lpr = json!({"type": "lpr", "id": "unseen", "name": null, "plate": "B-AT 42", "score": 0.9});
    broker.publisher().publish("frigate/tracked_object_update", lpr.to_string());
    until("the unseen", || async { event(&server, "unseen").await["sub_label"] == "B-AT 42" }).await;

    // The same while Frigate does not answer: it is asked again, and the addition is not forgotten.
    frigate.set_down(true);
    frigate.keep(kept("unasked", NINE + 2000.0, Some(NINE + 2001.0)));
    let name = json!({"type": "classification", "id": "unasked", "sub_label": "Grace", "score": 0.9});
    broker.publisher().publish("frigate/tracked_object_update", name.to_string());
    let asked = || frigate.paths().iter().any(|path| path.starts_with("/api/events/unasked"));
    until("it is asked", || async { asked() }).await;
    frigate.set_down(false);
    until("the unasked", || async { event(&server, "unasked").await["sub_label"] == "Grace" }).await;

    // After a restart only what is new is asked for.
    let folder = server.stop().await;
    frigate.keep(kept("asleep", NINE + 2400.0, Some(NINE + 2401.0)));
    let before = frigate.paths().len();
    let setup = asking(listening(&url), &frigate).data_dir(&folder);
    let server = setup.start().await;
    until("asleep", || async { event(&server, "asleep").await["event_id"] == "asleep" }).await;
    let pages = frigate.paths().split_off(before);
    let pages = pages.iter().filter(|path| path.starts_with("/api/events?")).count();
    assert_eq!(pages, 1, "{pages:?}");
    assert_eq!(totals(&server, "How many people today?").await.0, json!(255));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_begin_and_end_events_of_their_cameras() {
    let Some(broker) = MosquittoServer::start() else { return };
    let setup = Setup::default().set("MQTT_URL", broker.url());
    let server = setup.set("ONVIF_CAMERAS", "site/dev=dock-1, site/rec#2=yard-2").start().await;
    until_heard(&server, "onvif_feed", "up").await;
    let source = &mut broker.publisher();
    let motion = "site/dev/onvif-ej/RuleEngine/CellMotionDetector/Motion/&1/1/Cells";
    let state = |at: &str, is_on: Value| {
        json!({"UtcTime": at, "Source": {"VideoSourceConfigurationToken": "1", "Rule": "Cells"},
            "Data": {"IsMotion": is_on}})
        .to_string()
    };
    source.publish(motion, state("2026-05-13T08:00:00Z", json!("true")));
    source.publish(motion, state("2026-05-13T08:00:00Z", json!("true")));
    source.publish(motion, state("2026-05-13T08:00:09Z", json!(false)));
    source.publish(motion, "no json");
    source.publish("site/dev/onvif-ej/Monitoring/ProcessorUsage/&1", "{}");
    let crossed = json!({"UtcTime": "2026-05-13T08:30:00Z",
        "Source": {"VideoSource": "2", "Rule": "Fence"}, "Data": {"ObjectId": "15"}});
    let line = "site/rec/onvif-ej/RuleEngine/LineDetector/Crossed/&2/1/Fence";
    source.publish(line, crossed.to_string());
    source.publish(line, crossed.to_string());
    until("the line", || async {
        let count = json!({"group_by": ["camera", "event_type", "zone"]});
        let count = server.post("/api/v1/events/count", &server.token(), &count).await.ok();
        count["groups"]
            == json!([{"key": {"camera": "yard-2", "event_type": "line_crossed", "zone": "Fence"},
            "events": 1, "visits": 1}])
    })
    .await;
    let answer = server.ask("Was there motion at dock-1 this morning?").await;
    assert_eq!(answer["totals"]["events"], 1, "{answer}");
    assert_eq!(answer["evidence"][0]["end_time"], "2026-05-13T08:00:09Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_while_the_store_is_away_waits_for_it() {
    let (Some(broker), Some(weaviate)) = (MosquittoServer::start(), WeaviateServer::start()) else { return };
    let setup = || {
        let setup = listening(&broker.url()).set("WEAVIATE_URL", weaviate.url());
        setup.set("WEAVIATE_API_KEY", API_KEY)
    };
    // Two copies of the service, each of which hears everything.
    let (server, other) = (setup().start().await, setup().start().await);
    until_heard(&server, "frigate_feed", "up").await;
    until_heard(&other, "frigate_feed", "up").await;
    let source = &mut broker.publisher();
    say(source, "new", &person("before", NINE, None));
    until("before", || async { event(&server, "before").await["event_id"] == "before" }).await;
    weaviate.stop();
    for n in 0..30 {
        let (id, start) = (format!("while-{n}"), NINE + 600.0 + f64::from(n));
        say(source, "new", &person(&id, start, None));
        let words = json!({"type": "description", "id": id, "description": format!("Runner {n}")});
        source.publish("frigate/tracked_object_update", words.to_string());
        say(source, "end", &person(&id, start, Some(start + 5.0)));
    }
    let errors = "eps_background_errors_total{task=\"feeds\"}";
    let count = server.metric(errors).await.unwrap();
    until("it is noticed", || async { server.metric(errors).await.unwrap() > count }).await;
    weaviate.resume();
    until("all of it", || async {
        let count = server.post("/api/v1/events/count", &server.token(), &json!({})).await;
        count.body["totals"]["events"] == 31 && count.body["totals"]["visits"] == 2
    })
    .await;
    until("every part of it", || async {
        let mut is_whole = true;
        for n in 0..30 {
            let event = event(&other, &format!("while-{n}")).await;
            is_whole &= event["description"] == format!("Runner {n}") && !event["end_time"].is_null();
        }
        is_whole
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_that_is_faster_than_the_store_loses_nothing() {
    const BURST: u32 = 3_000;
    let Some(broker) = MosquittoServer::start() else { return };
    let frigate = FakeFrigate::start().await.unwrap();
    let server = asking(listening(&broker.url()), &frigate).start().await;
    until_heard(&server, "frigate_feed", "up").await;
    let mut source = broker.publisher();
    let start = |n: u32| NINE + f64::from(n);
    for n in 0..BURST {
        frigate.keep(kept(&format!("burst-{n}"), start(n), Some(start(n) + 0.5)));
    }
    // Without a guarantee, as Frigate does unless it is told otherwise.
    for n in 0..BURST {
        let after = person(&format!("burst-{n}"), start(n), Some(start(n) + 0.5));
        let message = json!({"type": "end", "before": after, "after": after});
        source.say("frigate/events", message.to_string(), false);
    }
    until("all of it", || async {
        let count = server.post("/api/v1/events/count", &server.token(), &json!({})).await;
        count.body["totals"]["events"] == BURST
    })
    .await;
}
