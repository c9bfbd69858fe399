//! ONVIF devices as a feed: their properties and events over MQTT. A state that becomes true begins an
//! event, one that becomes false ends it; the same message always gives the same event. Devices tell
//! nothing of the past: what is said without a guarantee while nobody listens is lost.

mod topics;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use eps_domain::{
    Clock, EventDraft, Result,
    event_feed::{Delivery, EventChange, EventFeed},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use self::topics::{MARK, Meaning, Said};
use super::{
    marks::MarksFile,
    mqtt::{Ack, Heard, Message, MqttLink, MqttSettings},
};

const NAME: &str = "onvif";
/// States that go on at the same time; a site of a thousand cameras has fewer.
const OPEN_MAX: usize = 5_000;

/// What an ONVIF feed is told.
#[derive(Debug, Clone)]
pub struct OnvifSettings {
    /// The broker.
    pub mqtt: MqttSettings,
    /// Whose pictures are whose.
    pub cameras: OnvifCameras,
}

/// The prefix of a device, or the prefix and one of its video sources, and the camera that it is here.
#[derive(Debug, Clone, Default)]
pub struct OnvifCameras(BTreeMap<(String, Option<String>), String>);

impl OnvifCameras {
    /// Reads entries such as `MyDevice=dock-1` or, for one of several pictures, `Recorder#2=yard-2`.
    ///
    /// # Errors
    /// Which entry is none, or comes twice.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut cameras = BTreeMap::new();
        for entry in entries {
            let wrong = || format!("`{entry}` is not like MyDevice=dock-1 or Recorder#2=yard-2");
            let (device, camera) = entry.rsplit_once('=').ok_or_else(wrong)?;
            let (prefix, source) = match device.rsplit_once('#') {
                Some((prefix, source)) => (prefix, Some(source.trim().to_owned())),
                None => (device, None),
            };
            let prefix = prefix.trim().trim_matches('/');
            let is_wrong = prefix.is_empty()
                || camera.trim().is_empty()
                || prefix.contains(['+', '#'])
                || source.as_ref().is_some_and(String::is_empty);
            if is_wrong {
                return Err(wrong());
            }
            if cameras.insert((prefix.to_owned(), source), camera.trim().to_owned()).is_some() {
                return Err(format!("`{device}` is named twice"));
            }
        }
        Ok(Self(cameras))
    }

    /// Whether any device is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn prefixes(&self) -> BTreeSet<&str> {
        self.0.keys().map(|(prefix, _)| prefix.as_str()).collect()
    }

    fn camera(&self, prefix: &str, source: Option<&str>) -> Option<&str> {
        let of = |source: Option<&str>| self.0.get(&(prefix.to_owned(), source.map(str::to_owned)));
        of(source).or_else(|| of(None)).map(String::as_str)
    }
}

/// A state that goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Open {
    event_id: String,
    begun: Timestamp,
}

#[derive(Default)]
struct State {
    next_receipt: u64,
    pending: HashMap<u64, Option<Ack>>,
    /// By topic.
    open: BTreeMap<String, Open>,
    is_changed: bool,
}

/// Devices that are listened to. One task at a time may ask it for what is next.
pub struct OnvifFeed {
    link: MqttLink,
    cameras: OnvifCameras,
    clock: Arc<dyn Clock>,
    file: MarksFile,
    state: Mutex<State>,
}

impl OnvifFeed {
    /// Begins to listen and returns at once. `folder` is where it remembers what goes on. To be called
    /// within a runtime.
    pub fn open(settings: OnvifSettings, folder: &Path, clock: Arc<dyn Clock>) -> Self {
        let topics = settings.cameras.prefixes().into_iter().map(|prefix| format!("{prefix}{MARK}#"));
        let client_id = format!("{}-{NAME}", settings.mqtt.client_id);
        let link = MqttLink::open(&settings.mqtt.address, &client_id, topics.collect());
        let file = MarksFile::new(folder, NAME);
        let state = State { open: file.read(), ..State::default() };
        Self { link, cameras: settings.cameras, clock, file, state: Mutex::new(state) }
    }

    fn delivery(&self, state: &mut State, message: Message) -> Delivery {
        let changes = self.change(state, &message).map(|change| change.into_iter().collect());
        state.next_receipt += 1;
        state.pending.insert(state.next_receipt, message.ack);
        Delivery { receipt: state.next_receipt, changes }
    }

    fn change(&self, state: &mut State, message: &Message) -> Result<Option<EventChange>, &'static str> {
        let Some((prefix, meaning)) = topics::meaning(&message.topic) else { return Ok(None) };
        if message.payload.is_empty() {
            // The property is gone: whatever it said has ended, now for all we know.
            return Ok(state.end(&message.topic, self.clock.now()));
        }
        let json: Value = serde_json::from_slice(&message.payload).map_err(|_| "a message is not JSON")?;
        let said = topics::read(&json, &meaning)?;
        if said.state == Some(false) {
            return Ok(state.end(&message.topic, said.at));
        }
        if said.state == Some(true)
            && let Some(open) = state.open.get(&message.topic)
        {
            // Devices say again that it goes on. But what the broker has kept and was said later than the
            // beginning is another one: its own beginning and the end before it were missed.
            let is_another = message.is_retained && said.at > open.begun;
            if !is_another {
                return Ok(None);
            }
            state.open.remove(&message.topic);
            state.is_changed = true;
        }
        let camera = self.cameras.camera(prefix, said.video_source.as_deref());
        let camera = camera.ok_or("a message is of a picture that ONVIF_CAMERAS does not name")?;
        let draft = draft(&message.topic, camera, &meaning, &said);
        // What will be refused, by a clock that was never set, does not go on either: its topic must not be
        // taken when the next one begins.
        if said.state == Some(true) && state.open.len() < OPEN_MAX && self.is_good(&draft) {
            let event_id = draft.event_id.clone().unwrap_or_default();
            state.open.insert(message.topic.clone(), Open { event_id, begun: said.at });
            state.is_changed = true;
        }
        Ok(Some(EventChange { draft, group_description: None }))
    }

    /// Whether what an event is known by will be taken; its words will be made fit.
    fn is_good(&self, draft: &EventDraft) -> bool {
        let draft = EventDraft { zones: None, attributes: None, ..draft.clone() };
        let event = draft.validate(|_| TimeZone::UTC);
        event.and_then(|event| event.checked_against(self.clock.now())).is_ok()
    }
}

impl State {
    /// The end of what a topic had begun; `None` when nothing goes on.
    fn end(&mut self, topic: &str, at: Timestamp) -> Option<EventChange> {
        let open = self.open.remove(topic)?;
        self.is_changed = true;
        let draft = EventDraft {
            event_id: Some(open.event_id),
            end_time: Some(at.max(open.begun).to_string()),
            ..EventDraft::default()
        };
        Some(EventChange { draft, group_description: None })
    }
}

fn draft(topic: &str, camera: &str, meaning: &Meaning, said: &Said) -> EventDraft {
    let mut attributes = Map::new();
    for (name, value) in [("rule", &said.rule), ("object_id", &said.object)] {
        if let Some(value) = value {
            attributes.insert(name.to_owned(), value.clone().into());
        }
    }
    EventDraft {
        event_id: Some(event_id(topic, said)),
        timestamp: Some(said.at.to_string()),
        camera_id: Some(camera.to_owned()),
        event_type: Some(meaning.event_type.to_owned()),
        label: meaning.label.map(str::to_owned),
        zones: said.rule.clone().filter(|_| meaning.has_zone).map(|rule| vec![rule]),
        attributes: Some(attributes),
        source: Some(NAME.to_owned()),
        ..EventDraft::default()
    }
}

/// The same message gives the same id, on every copy of the service.
fn event_id(topic: &str, said: &Said) -> String {
    let mut hash = Sha256::new();
    for part in [topic, &said.at.to_string(), said.object.as_deref().unwrap_or_default()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    format!("onvif-{}", hex::encode(&hash.finalize()[..12]))
}

#[async_trait]
impl EventFeed for OnvifFeed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn is_connected(&self) -> bool {
        self.link.is_connected()
    }

    async fn next(&self, limit: usize) -> Vec<Delivery> {
        // Held to the end: nobody else asks meanwhile, and what was taken from the link is not dropped.
        let mut state = self.state.lock().await;
        loop {
            let heard = self.link.next(limit).await;
            let messages = heard.into_iter().filter_map(|heard| match heard {
                Heard::Message(message) => Some(message),
                // Devices tell nothing of the past.
                Heard::Connected | Heard::Missed => None,
            });
            let deliveries: Vec<_> = messages.map(|message| self.delivery(&mut state, message)).collect();
            if !deliveries.is_empty() {
                return deliveries;
            }
        }
    }

    async fn confirm(&self, receipts: &[u64]) {
        let mut state = self.state.lock().await;
        // What goes on is known before its beginning is acknowledged: its end is not lost with us.
        if std::mem::take(&mut state.is_changed) {
            self.file.write(&state.open).await;
        }
        let acks: Vec<Ack> =
            receipts.iter().filter_map(|receipt| state.pending.remove(receipt).flatten()).collect();
        drop(state);
        for ack in acks {
            ack.send().await;
        }
    }

    async fn look_up(&self, _event_id: &str) -> Result<Option<EventDraft>> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_and_their_pictures_are_told_apart() {
        let cameras = OnvifCameras::parse(["site/A=dock-1", "R#2=yard-2", "R=hall"]).unwrap();
        assert_eq!(cameras.camera("site/A", Some("1")), Some("dock-1"));
        assert_eq!(cameras.camera("R", Some("2")), Some("yard-2"));
        assert_eq!(cameras.camera("R", None), Some("hall"));
        assert_eq!(cameras.camera("B", None), None);
        assert_eq!(cameras.prefixes().into_iter().collect::<Vec<_>>(), ["R", "site/A"]);
        for wrong in [&["A"][..], &["=c"], &["A="], &["A#=c"], &["A/+=c"], &["A=c", "A=d"]] {
            assert!(OnvifCameras::parse(wrong.iter().copied()).is_err(), "{wrong:?}");
        }
    }
}
