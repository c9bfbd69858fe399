//! The connection of one feed to a broker, and what becomes of it when the broker goes away.
//!
//! A keeper in the background makes it and makes it anew. What the broker guarantees to deliver is
//! acknowledged by whoever has stored it, comes again otherwise, and is not read before there is room for it.
//! What it does not guarantee is lost with the connection, which is why every new one says so, and where there
//! is no room, because a broker that is not listened to drops it unseen. Nothing is ever dropped in silence.

mod address;

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use rumqttc::{
    AckMode, AsyncClient, ConnectionError, Event, EventLoop, ManualAck, MqttOptions, Packet, Publish, QoS,
    SessionMode, StateError, SubscribeReasonCode, mqttbytes::v4::SubscribeFilter,
};
use tokio::{
    sync::{Mutex, mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

pub use address::{MqttAddress, MqttTls};

/// The first pause between two attempts to connect …
const PAUSE_MIN: Duration = Duration::from_millis(200);
/// … and the longest, each shortened at random so that copies do not come at once.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// A broker that does not take a connection and a subscription in this time is down.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// How often a silent connection is tried, in seconds; a broken one is noticed after two of them.
const KEEP_ALIVE_SECONDS: u16 = 10;
/// Messages that wait to be taken.
const WAITING_MAX: usize = 512;
/// How long the broker is not listened to when there is no room. Longer, it would take us for dead.
const STALL_MAX: Duration = Duration::from_secs(KEEP_ALIVE_SECONDS as u64);
/// A connection that breaks sooner, again and again, is cut by somebody.
const SHORT: Duration = Duration::from_secs(5);
/// How many of those in a row are told.
const SHORT_TOLD: u32 = 3;
/// The longest message: far above any event; all that wait together are half a GiB at the worst.
const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Acknowledgements on their way: more than messages can be taken while the broker is not listened to, so that nobody
/// waits for each other.
const REQUESTS_MAX: usize = 2 * WAITING_MAX;

/// Acknowledges one message to the connection that brought it.
#[derive(Debug, Clone)]
pub(super) struct Ack {
    client: AsyncClient,
    ack: ManualAck,
}

impl Ack {
    /// Tells the broker. When the connection is gone the message comes again.
    pub(super) async fn send(self) {
        let _ = self.client.manual_ack(self.ack).await;
    }
}

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) topic: String,
    pub(super) payload: Bytes,
    /// The broker had kept it: it is not news.
    pub(super) is_retained: bool,
    /// Absent when the broker does not wait for one.
    pub(super) ack: Option<Ack>,
}

/// What a connection says.
#[derive(Debug)]
pub(super) enum Heard {
    /// It listens from now on; what was said before may be lost.
    Connected,
    /// Messages without a guarantee came faster than they could be taken, and some are lost.
    Missed,
    /// A message.
    Message(Message),
}

/// A connection to a broker, made anew whenever it breaks.
pub(super) struct MqttLink {
    heard: Mutex<mpsc::Receiver<Heard>>,
    is_connected: watch::Receiver<bool>,
    /// Ends with us.
    _keeper: JoinSet<()>,
}

impl MqttLink {
    /// Begins to connect and returns at once. To be called within a runtime.
    pub(super) fn open(address: &MqttAddress, client_id: &str, topics: Vec<String>) -> Self {
        let (sender, heard) = mpsc::channel(WAITING_MAX);
        let (connected, is_connected) = watch::channel(false);
        let mut options = MqttOptions::new(client_id, address.broker());
        options
            .set_transport(address.transport())
            .set_keep_alive(KEEP_ALIVE_SECONDS)
            .set_session_mode(SessionMode::Persistent)
            .set_ack_mode(AckMode::Manual)
            .set_max_packet_size(MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX);
        if let Some((user, password)) = address.credentials() {
            options.set_credentials(user, password);
        }
        let address = address.to_string();
        let keeper = Keeper { options, topics, sender, connected, address, has_missed: false };
        let mut tasks = JoinSet::new();
        tasks.spawn(keeper.keep());
        Self { heard: Mutex::new(heard), is_connected, _keeper: tasks }
    }

    /// Whether it listens.
    pub(super) fn is_connected(&self) -> bool {
        *self.is_connected.borrow()
    }

    /// Waits for something and gives what there is, at most `limit`. Dropping the future loses nothing.
    pub(super) async fn next(&self, limit: usize) -> Vec<Heard> {
        let mut all = Vec::new();
        if self.heard.lock().await.recv_many(&mut all, limit).await == 0 {
            // The keeper never ends before us.
            std::future::pending::<()>().await;
        }
        all
    }

    /// What there is already, at most `limit`.
    pub(super) async fn waiting(&self, limit: usize) -> Vec<Heard> {
        let mut heard = self.heard.lock().await;
        std::iter::from_fn(|| heard.try_recv().ok()).take(limit).collect()
    }
}

/// How a connection ended.
struct End {
    why: String,
    is_poisoned: bool,
}

struct Keeper {
    options: MqttOptions,
    topics: Vec<String>,
    sender: mpsc::Sender<Heard>,
    connected: watch::Sender<bool>,
    address: String,
    /// A message was dropped and nobody knows yet.
    has_missed: bool,
}

impl Keeper {
    async fn keep(mut self) {
        let mut pause = PAUSE_MIN;
        let mut is_told = false;
        let mut short = 0;
        // Without room a new connection would be of no use.
        while self.sender.reserve_many(WAITING_MAX / 2).await.is_ok() {
            let begun = Instant::now();
            let End { why, is_poisoned } = self.listen().await;
            let had_worked = self.connected.send_replace(false);
            let was_short = begun.elapsed() < SHORT;
            // What the broker keeps for us is then forgotten, and what comes after it is a gap.
            let session = if is_poisoned { SessionMode::Clean } else { SessionMode::Persistent };
            self.options.set_session_mode(session);
            if is_poisoned {
                tracing::error!(broker = %self.address, why, "a message is too long or malformed: the session is given up");
            }
            short = if had_worked && was_short && !is_poisoned { short + 1 } else { 0 };
            if short == SHORT_TOLD {
                tracing::warn!(
                    broker = %self.address,
                    "connections to the broker are cut at once: does another client use the same MQTT_CLIENT_ID?"
                );
            }
            if had_worked && !was_short {
                (pause, is_told) = (PAUSE_MIN, false);
            }
            if !is_told {
                tracing::warn!(broker = %self.address, why, "no connection to the broker; it is tried again");
                is_told = true;
            }
            sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    /// One connection, to its end.
    async fn listen(&mut self) -> End {
        match self.hear().await {
            Ok(why) => End { why, is_poisoned: false },
            Err(error) => End { is_poisoned: is_poisoned(&error), why: error.to_string() },
        }
    }

    /// The same; why it ended, or what broke it.
    async fn hear(&mut self) -> Result<String, ConnectionError> {
        let built = AsyncClient::builder(self.options.clone()).capacity(REQUESTS_MAX).try_build();
        let (client, mut events) = match built {
            Ok(built) => built,
            Err(error) => return Ok(error.to_string()),
        };
        let begun = Instant::now();
        let mut is_listening = false;
        loop {
            let event = if is_listening {
                self.poll(&mut events).await
            } else {
                match timeout(CONNECT_LIMIT.saturating_sub(begun.elapsed()), events.poll()).await {
                    Ok(event) => event,
                    Err(_) => return Ok("it does not answer in time".to_owned()),
                }
            };
            match event {
                Ok(Event::Incoming(Packet::ConnAck(_))) => {
                    let filter = |topic: &String| SubscribeFilter::new(topic.clone(), QoS::AtLeastOnce);
                    if let Err(error) = client.subscribe_many(self.topics.iter().map(filter)).await {
                        return Ok(error.to_string());
                    }
                }
                Ok(Event::Incoming(Packet::SubAck(answer))) => {
                    let is_refused = |code: &SubscribeReasonCode| *code == SubscribeReasonCode::Failure;
                    if answer.return_codes.iter().any(is_refused) {
                        return Ok("the account may not read the topics of the feed".to_owned());
                    }
                    is_listening = true;
                    if self.sender.try_send(Heard::Connected).is_err() {
                        return Ok("its messages came faster than they could be stored".to_owned());
                    }
                    self.has_missed = false;
                    self.connected.send_replace(true);
                    tracing::info!(broker = %self.address, "listening to the broker");
                }
                Ok(Event::Incoming(Packet::Publish(publish))) => {
                    let is_guaranteed = publish.qos != QoS::AtMostOnce;
                    let heard = Heard::Message(message(&client, publish));
                    if !is_guaranteed {
                        // What comes behind a gap is told after it: a feed takes it for all there was before.
                        self.has_missed = self.has_missed || self.sender.try_send(heard).is_err();
                    } else if timeout(STALL_MAX, self.sender.send(heard)).await.is_err() {
                        return Ok("its messages cannot be stored at present".to_owned());
                    }
                }
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The next event of a connection. Says meanwhile that something was missed, as soon as there is room to look for it.
    async fn poll(&mut self, events: &mut EventLoop) -> Result<Event, ConnectionError> {
        let mut polled = pin!(events.poll());
        loop {
            tokio::select! {
                biased;
                event = &mut polled => return event,
                Ok(mut room) = self.sender.reserve_many(WAITING_MAX / 2), if self.has_missed => {
                    if let Some(place) = room.next() {
                        place.send(Heard::Missed);
                        self.has_missed = false;
                        tracing::warn!(broker = %self.address, "messages came faster than they could be taken");
                    }
                }
            }
        }
    }
}

/// Whether a message was too long or malformed: it would come again with every connection. A wire that breaks while
/// something is read is reported in the same way and is no fault of a message.
fn is_poisoned(error: &ConnectionError) -> bool {
    use rumqttc::mqttbytes::Error::Io;
    match error {
        ConnectionError::MqttState(StateError::Deserialization(read)) => !matches!(read, Io(_)),
        _ => false,
    }
}

fn message(client: &AsyncClient, publish: Publish) -> Message {
    let ack = client.prepare_ack(&publish).map(|ack| Ack { client: client.clone(), ack });
    Message {
        topic: String::from_utf8_lossy(&publish.topic).into_owned(),
        payload: publish.payload,
        is_retained: publish.retain,
        ack,
    }
}

/// A topic is read by one feed; nobody else needs the address of the broker.
impl std::fmt::Debug for MqttLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MqttLink").field("is_connected", &self.is_connected()).finish_non_exhaustive()
    }
}

/// Shared settings of the feeds of one broker.
#[derive(Debug, Clone)]
pub struct MqttSettings {
    /// Where the broker is.
    pub address: MqttAddress,
    /// Which session of the broker is ours: the same after a restart, another for every copy of the
    /// service. The name of the feed is put after it.
    pub client_id: Arc<str>,
}

#[cfg(test)]
mod tests {
    use std::io;

    use rumqttc::mqttbytes::Error;

    use super::*;

    #[test]
    fn a_wire_that_breaks_is_not_a_message_that_is_wrong() {
        let read = |error| ConnectionError::MqttState(StateError::Deserialization(error));
        for kind in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof]
        {
            assert!(!is_poisoned(&read(Error::Io(kind.into()))), "{kind}");
        }
        assert!(!is_poisoned(&ConnectionError::MqttState(StateError::ConnectionAborted)));
        assert!(is_poisoned(&read(Error::MalformedPacket)));
        assert!(is_poisoned(&read(Error::PayloadSizeLimitExceeded(2 << 20))));
    }
}
