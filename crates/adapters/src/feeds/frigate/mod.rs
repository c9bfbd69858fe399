//! Frigate as a feed: what it says over MQTT as it happens, and over HTTP what was said while nobody heard
//! it. It publishes without a guarantee unless it is told to, so that every new connection begins with
//! filling the gap behind it. Decides nothing about what is stored.

mod gap;
mod http;
mod objects;
mod progress;

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use eps_domain::{
    Clock, EventDraft, Result,
    event_feed::{Delivery, EventChange, EventFeed},
};
use metrics::gauge;
use serde_json::Value;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use self::{
    gap::{Found, Gap},
    http::FrigateHttp,
    objects::Tracked,
    progress::Marks,
};
use super::{
    marks::MarksFile,
    mqtt::{Ack, Heard, Message, MqttLink, MqttSettings},
};
use crate::frigate::FrigateAddress;

/// 1 while something that was missed is not fetched yet, by feed.
pub const GAP_OPEN: &str = "eps_feed_gap_open";

/// How far behind the last thing heard a gap begins: clocks differ and messages overtake each other.
const OVERLAP_SECONDS: f64 = 300.0;
/// How far ahead of our clock Frigate's may be.
const SKEW_SECONDS: f64 = 300.0;
/// How often it is written down how far the feed is; a gap begins [`OVERLAP_SECONDS`] before that.
const WRITE_EVERY: Duration = Duration::from_secs(5);

/// What a Frigate feed is told.
#[derive(Debug, Clone)]
pub struct FrigateFeedSettings {
    /// The broker.
    pub mqtt: MqttSettings,
    /// What Frigate puts before its topics: `frigate`.
    pub prefix: String,
    /// Its HTTP interface; gaps stay when absent.
    pub http: Option<FrigateAddress>,
    /// The longest gap that is filled, and what is fetched at the very first start.
    pub backfill: Duration,
    /// How often it is asked for what it never said: brokers drop what is not guaranteed, and sounds and events that
    /// people make are not said at all.
    pub recheck: Duration,
}

/// What a delivery says of how far the feed is.
#[derive(Debug, Default)]
struct Pending {
    ack: Option<Ack>,
    heard_until: f64,
    /// Objects and whether they go on.
    objects: Vec<(String, f64, bool)>,
    closes_gap: bool,
}

struct State {
    next_receipt: u64,
    pending: HashMap<u64, Pending>,
    gap: Option<Gap>,
    /// What came live is handed over between two pages of a gap.
    is_live_next: bool,
    marks: Marks,
    /// How far live messages are; it becomes a mark when no gap is left behind it.
    heard_until: f64,
    written: Option<Instant>,
    /// When it was last asked for everything.
    checked: Instant,
}

/// A Frigate that is listened to. One task at a time may ask it for what is next.
pub struct FrigateFeed {
    link: MqttLink,
    prefix: String,
    http: Option<FrigateHttp>,
    clock: Arc<dyn Clock>,
    backfill: Duration,
    recheck: Duration,
    file: MarksFile,
    is_available: AtomicBool,
    state: Mutex<State>,
}

impl FrigateFeed {
    /// Begins to listen and returns at once. `folder` is where the feed remembers how far it is. To be
    /// called within a runtime.
    ///
    /// # Errors
    /// `InvalidInput` for an address of Frigate that cannot be used.
    pub fn open(settings: &FrigateFeedSettings, folder: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let http = settings.http.as_ref().map(FrigateHttp::new).transpose()?;
        let prefix = settings.prefix.trim_matches('/').to_owned();
        let topics = ["events", "reviews", "tracked_object_update", "available"];
        let topics = topics.map(|topic| format!("{prefix}/{topic}")).to_vec();
        let file = MarksFile::new(folder, objects::SOURCE);
        let marks: Marks = file.read();
        let client_id = format!("{}-{}", settings.mqtt.client_id, objects::SOURCE);
        let state = State {
            next_receipt: 0,
            pending: HashMap::new(),
            gap: None,
            is_live_next: false,
            heard_until: marks.heard_until,
            marks,
            written: None,
            checked: Instant::now(),
        };
        Ok(Self {
            link: MqttLink::open(&settings.mqtt.address, &client_id, topics),
            prefix,
            http,
            clock,
            backfill: settings.backfill,
            recheck: settings.recheck,
            file,
            is_available: AtomicBool::new(true),
            state: Mutex::new(state),
        })
    }

    /// In seconds since 1970.
    fn now(&self) -> f64 {
        self.clock.now().as_microsecond() as f64 / 1e6
    }

    /// Notes that something was missed.
    fn open_gap(&self, state: &mut State) {
        if self.http.is_some() {
            gauge!(GAP_OPEN, "feed" => objects::SOURCE).set(1.0);
            self.look_back(state);
        }
    }

    /// Asks for everything since the mark.
    fn look_back(&self, state: &mut State) {
        let now = self.now();
        let since = (state.marks.heard_until - OVERLAP_SECONDS).max(now - self.backfill.as_secs_f64());
        let open: VecDeque<String> = state.marks.open.keys().cloned().collect();
        state.gap = Some(Gap::new(since.max(0.0), now + SKEW_SECONDS, open));
        state.checked = Instant::now();
    }

    /// Everything that was heard, in its order.
    fn deliveries(&self, state: &mut State, heard: Vec<Heard>) -> Vec<Delivery> {
        let mut deliveries = Vec::with_capacity(heard.len());
        for heard in heard {
            match heard {
                Heard::Connected | Heard::Missed => self.open_gap(state),
                Heard::Message(message) => deliveries.push(self.delivery(state, message)),
            }
        }
        deliveries
    }

    fn delivery(&self, state: &mut State, message: Message) -> Delivery {
        let topic = message.topic.strip_prefix(&self.prefix).unwrap_or_default();
        let mut pending = Pending { ack: message.ack, ..Pending::default() };
        let changes = if topic == "/available" {
            let is_online = message.payload.as_ref() == b"online";
            self.is_available.store(is_online, Ordering::Relaxed);
            // It has come back and was not heard while it was away.
            if is_online && !message.is_retained {
                self.open_gap(state);
            }
            Ok(Vec::new())
        } else {
            let json = serde_json::from_slice::<Value>(&message.payload);
            json.map_err(|_| "a message is not JSON").and_then(|json| changes(topic, &json, &mut pending))
        };
        // A clock that is wrong must not end all gaps before they begin.
        pending.heard_until = pending.heard_until.min(self.now() + SKEW_SECONDS);
        state.pend(pending, changes)
    }
}

/// What a message says of events.
fn changes(topic: &str, message: &Value, pending: &mut Pending) -> Result<Vec<EventChange>, &'static str> {
    let after = &message["after"];
    match topic {
        "/events" => {
            pending.heard_until = after["frame_time"].as_f64().unwrap_or_default();
            object(after, pending).map(|change| change.into_iter().collect())
        }
        "/reviews" => objects::review(after),
        "/tracked_object_update" => Ok(objects::update(message)?.into_iter().collect()),
        _ => Err("a message has an unknown topic"),
    }
}

/// A tracked object as a change, and whether it goes on.
fn object(object: &Value, pending: &mut Pending) -> Result<Option<EventChange>, &'static str> {
    match objects::tracked(object)? {
        Tracked::FalsePositive => Ok(None),
        Tracked::Event(draft) => {
            let begun = object["start_time"].as_f64().unwrap_or_default();
            let id = draft.event_id.clone().unwrap_or_default();
            pending.objects.push((id, begun, draft.end_time.is_none()));
            Ok(Some(EventChange { draft: *draft, group_description: None }))
        }
    }
}

impl State {
    /// Keeps what is to be done when a delivery is confirmed.
    fn pend(&mut self, pending: Pending, changes: Result<Vec<EventChange>, &'static str>) -> Delivery {
        self.next_receipt += 1;
        self.pending.insert(self.next_receipt, pending);
        Delivery { receipt: self.next_receipt, changes }
    }

    /// A page of a gap. An object that cannot be read loses no other.
    fn page(&mut self, found: &Found) -> Vec<Delivery> {
        let mut pending = Pending { closes_gap: found.is_last, ..Pending::default() };
        let mut odd = Vec::new();
        let mut changes = Vec::new();
        for item in &found.objects {
            match object(item, &mut pending) {
                Ok(change) => changes.extend(change),
                Err(why) => odd.push(why),
            }
            pending.heard_until = pending.heard_until.max(item["start_time"].as_f64().unwrap_or_default());
        }
        for review in &found.reviews {
            match objects::review(review) {
                Ok(grouped) => changes.extend(grouped),
                Err(why) => odd.push(why),
            }
        }
        pending.objects.extend(found.gone.iter().map(|id| (id.clone(), 0.0, false)));
        let mut deliveries: Vec<_> =
            odd.into_iter().map(|why| self.pend(Pending::default(), Err(why))).collect();
        deliveries.push(self.pend(pending, Ok(changes)));
        deliveries
    }

    /// Takes down what a delivery that is durable says of how far the feed is.
    fn settle(&mut self, pending: &Pending) {
        self.heard_until = self.heard_until.max(pending.heard_until);
        for (id, begun, goes_on) in &pending.objects {
            self.marks.note(id, *begun, *goes_on);
        }
        // A gap that was opened anew meanwhile is not this one.
        if pending.closes_gap && self.gap.as_ref().is_some_and(Gap::is_over) {
            self.gap = None;
            self.checked = Instant::now();
            gauge!(GAP_OPEN, "feed" => objects::SOURCE).set(0.0);
        }
        if self.gap.is_none() {
            self.marks.heard_until = self.heard_until;
        }
    }
}

#[async_trait]
impl EventFeed for FrigateFeed {
    fn name(&self) -> &'static str {
        objects::SOURCE
    }

    fn is_connected(&self) -> bool {
        self.link.is_connected() && self.is_available.load(Ordering::Relaxed)
    }

    async fn next(&self, limit: usize) -> Vec<Delivery> {
        // Held to the end: nobody else asks meanwhile, and what was taken from the link is not dropped.
        let mut state = self.state.lock().await;
        loop {
            if self.http.is_some() && state.gap.is_none() && state.checked.elapsed() >= self.recheck {
                self.look_back(&mut state);
            }
            let due = match &state.gap {
                Some(gap) => (!gap.is_over()).then(|| gap.due()),
                None => Some(state.checked + self.recheck),
            };
            let due = due.filter(|_| self.http.is_some());
            let is_due = state.gap.is_some() && due.is_some_and(|due| due <= Instant::now());
            let heard = if !is_due {
                let go_on = async {
                    match due {
                        Some(due) => sleep_until(due).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    heard = self.link.next(limit) => heard,
                    () = go_on => continue,
                }
            } else if std::mem::take(&mut state.is_live_next) {
                self.link.waiting(limit).await
            } else {
                state.is_live_next = true;
                let (Some(http), Some(gap)) = (&self.http, state.gap.as_mut()) else { continue };
                match gap.step(http).await {
                    Ok(found) => return state.page(&found),
                    Err(error) => {
                        if gap.put_off() {
                            tracing::warn!(feed = objects::SOURCE, %error, "a gap is not filled yet");
                        }
                        continue;
                    }
                }
            };
            let deliveries = self.deliveries(&mut state, heard);
            if !deliveries.is_empty() {
                return deliveries;
            }
        }
    }

    async fn confirm(&self, receipts: &[u64]) {
        let mut acks = Vec::new();
        let mut state = self.state.lock().await;
        let mut closes_gap = false;
        for receipt in receipts {
            if let Some(mut pending) = state.pending.remove(receipt) {
                acks.extend(pending.ack.take());
                closes_gap |= pending.closes_gap;
                state.settle(&pending);
            }
        }
        let is_time = state.written.is_none_or(|written| written.elapsed() >= WRITE_EVERY);
        if closes_gap || is_time {
            state.written = Some(Instant::now());
            self.file.write(&state.marks).await;
        }
        drop(state);
        for ack in acks {
            ack.send().await;
        }
    }

    async fn look_up(&self, event_id: &str) -> Result<Option<EventDraft>> {
        let Some(http) = &self.http else { return Ok(None) };
        match http.event(event_id).await {
            Ok(Some(object)) => match objects::tracked(&object) {
                Ok(Tracked::Event(draft)) => {
                    // Some are never told of themselves: their end is known only by looking again.
                    let begun = object["start_time"].as_f64().unwrap_or_default();
                    self.state.lock().await.marks.note(event_id, begun, draft.end_time.is_none());
                    Ok(Some(*draft))
                }
                _ => Ok(None),
            },
            Ok(None) => Ok(None),
            Err(error) => {
                // It comes with the next gap, which is now.
                let mut state = self.state.lock().await;
                state.marks.note(event_id, f64::MAX, true);
                // Written before the message that speaks of it is acknowledged.
                state.written = None;
                if let Some(gap) = state.gap.as_mut().filter(|gap| !gap.is_over()) {
                    gap.also(event_id.to_owned());
                } else {
                    self.open_gap(&mut state);
                    state.gap.as_mut().map(Gap::put_off);
                }
                Err(error)
            }
        }
    }
}
