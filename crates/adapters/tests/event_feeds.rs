//! The contract of feeds, over a real broker with accounts and rights, and what is the feeds' own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_adapters::feeds::{
    client_id,
    frigate::{FrigateFeed, FrigateFeedSettings},
    mqtt::{MqttAddress, MqttSettings, MqttTls},
    onvif::{OnvifCameras, OnvifFeed, OnvifSettings},
};
use eps_adapters::frigate::{FrigateAddress, FrigateLogin};
use eps_domain::event_feed::EventFeed;
use eps_testkit::{
    contract::event_feed::{Arrangement, run},
    fake_frigate::{FakeFrigate, PASSWORD, USER},
    fault_proxy::{Fault, FaultProxy},
    manual_clock::ManualClock,
    servers::mosquitto::{MosquittoServer, Publisher},
};
use serde_json::json;
use tempfile::TempDir;

const NOW: &str = "2026-05-13T10:00:00Z";
const PATIENCE: Duration = Duration::from_secs(30);

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at_rfc3339(NOW))
}

fn mqtt(url: &str, tls: MqttTls, folder: &TempDir) -> MqttSettings {
    let client_id = client_id(folder.path()).unwrap().into();
    MqttSettings { address: MqttAddress::parse(url, tls).unwrap(), client_id }
}

fn frigate(mqtt: MqttSettings, folder: &TempDir) -> FrigateFeed {
    frigate_at(mqtt, folder, None)
}

fn frigate_at(mqtt: MqttSettings, folder: &TempDir, http: Option<FrigateAddress>) -> FrigateFeed {
    let (backfill, recheck) = (Duration::from_hours(24), Duration::from_millis(50));
    let settings = FrigateFeedSettings { mqtt, prefix: "frigate".to_owned(), http, backfill, recheck };
    FrigateFeed::open(&settings, folder.path(), clock()).unwrap()
}

fn onvif(mqtt: MqttSettings, folder: &TempDir) -> OnvifFeed {
    let cameras = OnvifCameras::parse(["site/dev=dock-1"]).unwrap();
    OnvifFeed::open(OnvifSettings { mqtt, cameras }, folder.path(), clock())
}

/// A feed behind a wire that can be cut.
struct Rig<F> {
    feed: F,
    publisher: Publisher,
    proxy: FaultProxy,
    message: fn(u32) -> (String, String),
    garbage: &'static str,
    _folder: TempDir,
    _broker: MosquittoServer,
}

#[async_trait]
impl<F: EventFeed> Arrangement for Rig<F> {
    fn feed(&self) -> &dyn EventFeed {
        &self.feed
    }

    async fn say(&mut self, n: u32) {
        let (topic, payload) = (self.message)(n);
        self.publisher.publish(&topic, payload);
    }

    async fn say_garbage(&mut self) {
        self.publisher.publish(self.garbage, "{\"no json");
    }

    async fn cut(&mut self) {
        self.proxy.set(Fault::Reset);
        let noticed = async {
            while self.feed.is_connected() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, noticed).await.unwrap();
        self.proxy.mend();
    }
}

async fn rig<F>(
    open: fn(MqttSettings, &TempDir) -> F,
    message: fn(u32) -> (String, String),
    garbage: &'static str,
) -> Option<Rig<F>> {
    let broker = MosquittoServer::start()?;
    let proxy = FaultProxy::before(broker.port()).await;
    let folder = TempDir::new().unwrap();
    let feed = open(mqtt(&broker.url_at(proxy.port()), MqttTls::default(), &folder), &folder);
    let publisher = broker.publisher();
    Some(Rig { feed, publisher, proxy, message, garbage, _folder: folder, _broker: broker })
}

fn tracked(n: u32) -> (String, String) {
    let after = json!({"id": format!("1778662800.0-{n}"), "camera": "front", "label": "person",
        "false_positive": false, "start_time": 1_778_662_800.0 + f64::from(n), "end_time": null,
        "top_score": 0.9, "entered_zones": [], "frame_time": 1_778_662_801.0});
    let message = json!({"type": "new", "before": after, "after": after});
    ("frigate/events".to_owned(), message.to_string())
}

fn crossed(n: u32) -> (String, String) {
    let message = json!({"UtcTime": format!("2026-05-13T09:00:0{n}Z"), "Source": {"Rule": "Fence"},
        "Data": {"ObjectId": n}});
    ("site/dev/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Fence".to_owned(), message.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frigate_keeps_the_contract_of_feeds() {
    let Some(rig) = rig(frigate, tracked, "frigate/events").await else { return };
    run(rig).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onvif_keeps_the_contract_of_feeds() {
    let garbage = "site/dev/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Fence";
    let Some(rig) = rig(onvif, crossed, garbage).await else { return };
    run(rig).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_is_heard_over_tls_only_when_its_certificate_is_trusted() {
    let Some(broker) = MosquittoServer::start() else { return };
    let folder = TempDir::new().unwrap();
    let trusting = MqttTls { ca: Some(broker.ca().to_owned()), client: None };
    let feed = frigate(mqtt(&broker.tls_url(), trusting, &folder), &folder);
    let (topic, payload) = tracked(1);
    let heard = async {
        while !feed.is_connected() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        broker.publisher().publish(&topic, &payload);
        feed.next(1).await
    };
    assert_eq!(tokio::time::timeout(PATIENCE, heard).await.unwrap().len(), 1);

    let other = eps_testkit::servers::certificates::Certificates::new();
    let doubting = MqttTls { ca: Some(other.ca.clone()), client: None };
    let folder = TempDir::new().unwrap();
    let feed = frigate(mqtt(&broker.tls_url(), doubting, &folder), &folder);
    // Long enough for several attempts.
    assert!(tokio::time::timeout(Duration::from_secs(1), feed.next(1)).await.is_err());
    assert!(!feed.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_on_at_a_device_ends_after_a_restart_too() {
    let Some(broker) = MosquittoServer::start() else { return };
    let folder = TempDir::new().unwrap();
    let topic = "site/dev/onvif-ej/RuleEngine/CellMotionDetector/Motion/&1";
    let state = |at: &str, is_on: bool| {
        json!({"UtcTime": at, "Source": {"VideoSource": 1}, "Data": {"IsMotion": is_on}}).to_string()
    };
    let open = || onvif(mqtt(&broker.url(), MqttTls::default(), &folder), &folder);
    let hear = async |feed: &OnvifFeed| {
        let heard = tokio::time::timeout(PATIENCE, feed.next(1)).await.unwrap();
        feed.confirm(&[heard[0].receipt]).await;
        heard[0].changes.clone().unwrap()
    };
    let feed = open();
    while !feed.is_connected() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut publisher = broker.publisher();
    publisher.publish(topic, state("2026-05-13T09:00:00Z", true));
    let begun = hear(&feed).await;
    publisher.publish(topic, state("2026-05-13T09:00:03Z", true));
    assert_eq!(hear(&feed).await, []);
    drop(feed);
    // Nobody listens: the broker keeps it for us.
    publisher.publish(topic, state("2026-05-13T09:00:09Z", false));
    let feed = open();
    // What was not acknowledged in time comes again and says nothing new.
    let mut ended = hear(&feed).await;
    while ended.is_empty() {
        ended = hear(&feed).await;
    }
    assert_eq!(ended[0].draft.event_id, begun[0].draft.event_id);
    assert_eq!(ended[0].draft.end_time.as_deref(), Some("2026-05-13T09:00:09Z"));
    // A property that is deleted has ended too.
    publisher.publish(topic, state("2026-05-13T09:30:00Z", true));
    publisher.publish(topic, "");
    let second = hear(&feed).await;
    assert_ne!(second[0].draft.event_id, begun[0].draft.event_id);
    assert_eq!(hear(&feed).await[0].draft.end_time.as_deref(), Some(NOW));
    // A clock that was never set begins nothing that goes on.
    publisher.publish(topic, state("1970-01-01T00:00:09Z", true));
    assert_eq!(hear(&feed).await.len(), 1);
    publisher.publish(topic, state("2026-05-13T09:40:00Z", true));
    let third = hear(&feed).await;
    assert_eq!(third[0].draft.timestamp.as_deref(), Some("2026-05-13T09:40:00Z"));
    // Nobody is told of an end and another beginning but by what the broker keeps.
    drop(feed);
    let other = TempDir::new().unwrap();
    std::fs::copy(folder.path().join("onvif.json"), other.path().join("onvif.json")).unwrap();
    publisher.say(topic, state("2026-05-13T09:50:00Z", true), true);
    let feed = onvif(mqtt(&broker.url(), MqttTls::default(), &other), &other);
    let fourth = hear(&feed).await;
    assert_eq!(fourth[0].draft.timestamp.as_deref(), Some("2026-05-13T09:50:00Z"));
    publisher.publish(topic, state("2026-05-13T09:51:00Z", false));
    assert_eq!(hear(&feed).await[0].draft.event_id, fourth[0].draft.event_id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_too_long_does_not_come_again_for_ever() {
    let Some(mut rig) = rig(frigate, tracked, "frigate/events").await else { return };
    let connected = async |rig: &Rig<FrigateFeed>, is_so: bool| {
        let becomes_so = async {
            while rig.feed.is_connected() != is_so {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, becomes_so).await.unwrap();
    };
    connected(&rig, true).await;
    rig.publisher.publish("frigate/events", vec![b' '; 2 * 1024 * 1024]);
    connected(&rig, false).await;
    connected(&rig, true).await;
    rig.say(1).await;
    let heard = tokio::time::timeout(PATIENCE, rig.feed.next(1)).await.unwrap();
    assert!(heard[0].changes.is_ok());
    assert!(rig.feed.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_there_is_room_for_is_held_back_and_cuts_nothing() {
    // Fewer than a broker keeps by default, more than wait here.
    const BACKLOG: u32 = 900;
    let Some(broker) = MosquittoServer::start() else { return };
    let folder = TempDir::new().unwrap();
    let feed = frigate(mqtt(&broker.url(), MqttTls::default(), &folder), &folder);
    while !feed.is_connected() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut publisher = broker.publisher();
    for n in 0..BACKLOG {
        let (topic, payload) = tracked(n);
        publisher.publish(&topic, &payload);
    }
    // Each comes once: on a new connection, what is not acknowledged would come again.
    let mut ids = Vec::new();
    let hear = async {
        while ids.len() < BACKLOG as usize {
            let heard = feed.next(100).await;
            ids.extend(heard.iter().map(|one| one.changes.clone().unwrap()[0].draft.event_id.clone()));
            feed.confirm(&heard.iter().map(|one| one.receipt).collect::<Vec<_>>()).await;
        }
    };
    tokio::time::timeout(PATIENCE, hear).await.unwrap();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), BACKLOG as usize);
    assert!(feed.is_connected());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_frigate_never_says_is_asked_for() {
    let (Some(broker), keeper) = (MosquittoServer::start(), FakeFrigate::start().await.unwrap()) else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let login = FrigateLogin { user: USER.to_owned(), password: PASSWORD.to_owned().into() };
    let address = FrigateAddress { url: keeper.url(), login: Some(login) };
    let feed = frigate_at(mqtt(&broker.url(), MqttTls::default(), &folder), &folder, Some(address));
    let confirmed = async {
        let heard = feed.next(100).await;
        feed.confirm(&heard.iter().map(|one| one.receipt).collect::<Vec<_>>()).await;
        heard.into_iter().flat_map(|one| one.changes.unwrap()).count()
    };
    // The gap of the start is empty; a sound is kept afterwards and never published.
    assert_eq!(tokio::time::timeout(PATIENCE, confirmed).await.unwrap(), 0);
    keeper.keep(
        json!({"id": "bark-1", "camera": "front", "label": "bark", "sub_label": null, "false_positive": null,
        "start_time": 1_778_662_800.0, "end_time": 1_778_662_804.0, "zones": [], "has_clip": true,
        "has_snapshot": false, "thumbnail": "", "data": {"type": "audio", "score": 0.8, "top_score": 0.8}}),
    );
    let found = async {
        loop {
            let heard = feed.next(100).await;
            feed.confirm(&heard.iter().map(|one| one.receipt).collect::<Vec<_>>()).await;
            let first = heard.into_iter().flat_map(|one| one.changes.unwrap()).next();
            if let Some(first) = first {
                return first.draft.event_id;
            }
        }
    };
    assert_eq!(tokio::time::timeout(PATIENCE, found).await.unwrap().as_deref(), Some("bark-1"));
}
