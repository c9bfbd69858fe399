//! A fake Frigate, a fake video management system and a fake bucket over real sockets: they keep what a test gives them,
//! answer as the real ones do, and misbehave when told. Every request is a connection of its own, and
//! every path that was asked for is written down.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bucket;
mod frigate;
mod kept;
mod vms;

pub use kept::{Kept, Lack, Mood};

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use self::kept::{Answer, Request, State};

type Shared = Arc<Mutex<State>>;

fn locked(state: &Shared) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A keeper of either kind; it ends when it is dropped.
pub struct FakeKeeper {
    address: SocketAddr,
    state: Shared,
    _tasks: JoinSet<()>,
}

impl FakeKeeper {
    /// A Frigate, without users.
    pub async fn frigate() -> Self {
        Self::start(frigate::answer).await
    }

    /// A video management system; it answers for many events at once when `serves_batches`.
    pub async fn vms(serves_batches: bool) -> Self {
        let keeper = Self::start(vms::answer).await;
        locked(&keeper.state).serves_batches = serves_batches;
        keeper
    }

    /// A bucket that knows parts, and no `If-Range`: objects have the name of their key. What is kept under a
    /// key is another version of it.
    pub async fn bucket() -> Self {
        Self::start(bucket::answer).await
    }

    async fn start(answer: fn(&mut State, &Request) -> Answer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Shared::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&state), answer));
        Self { address, state, _tasks: tasks }
    }

    /// What a client is configured with.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Host and port of its links.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The port alone, for a proxy before it.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Behaves so from now on.
    pub fn set(&self, mood: Mood) {
        locked(&self.state).mood = mood;
    }

    /// Keeps an event, or changes it.
    pub fn keep(&self, event_id: &str, kept: Kept) {
        locked(&self.state).kept.insert(event_id.to_owned(), kept);
    }

    /// Wants a token: the login's, or the one that a client is configured with.
    pub fn want(&self, user: &str, password: &str) {
        let mut state = locked(&self.state);
        state.login = Some((user.to_owned(), password.to_owned()));
        password.clone_into(&mut state.token);
    }

    /// No longer takes the tokens that it gave.
    pub fn forget_tokens(&self) {
        "forgotten".clone_into(&mut locked(&self.state).token);
    }

    /// Lets logins wait until what it returns is dropped.
    pub fn hold_logins(&self) -> watch::Sender<()> {
        let (gate, waiting) = watch::channel(());
        locked(&self.state).login_gate = Some(waiting);
        gate
    }

    /// No longer keeps an event.
    pub fn remove(&self, event_id: &str) {
        locked(&self.state).kept.remove(event_id);
    }

    /// How often somebody logged in.
    pub fn logins(&self) -> usize {
        locked(&self.state).logins
    }

    /// The paths that were asked for, as they were written.
    pub fn asked(&self) -> Vec<String> {
        locked(&self.state).asked.clone()
    }

    /// The header `traceparent` of each request; empty without one.
    pub fn traceparents(&self) -> Vec<String> {
        locked(&self.state).traceparents.clone()
    }
}

async fn accept(listener: TcpListener, state: Shared, answer: fn(&mut State, &Request) -> Answer) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            // Clients may leave.
            let _ = serve(stream, &state, answer).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(
    mut stream: TcpStream,
    state: &Shared,
    answer: fn(&mut State, &Request) -> Answer,
) -> std::io::Result<()> {
    let Some(request) = read(&mut stream).await? else { return Ok(()) };
    let (mood, gate) = {
        let mut state = locked(state);
        state.asked.push(request.path.clone());
        state.traceparents.push(request.traceparent.clone());
        (state.mood.clone(), state.login_gate.clone().filter(|_| request.path == "/api/login"))
    };
    if let Some(mut gate) = gate {
        locked(state).logins += 1;
        while gate.changed().await.is_ok() {}
        locked(state).logins -= 1;
    }
    let answer = match mood {
        Mood::Well => answer(&mut locked(state), &request),
        Mood::Hung => {
            while stream.read(&mut [0; 64]).await? > 0 {}
            return Ok(());
        }
        Mood::Status(status) => Answer::failure(status, "told to"),
        Mood::Malformed => Answer { body: b"<html>{".to_vec(), ..Answer::json(200, &Value::Null) },
        Mood::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[").await?;
            loop {
                stream.write_all(&[b' '; 16 * 1024]).await?;
            }
        }
        Mood::Redirect(to) => {
            Answer { headers: vec![format!("location: {to}")], ..Answer::json(302, &Value::Null) }
        }
    };
    let Answer { status, content_type, headers, body, is_streamed } = answer;
    let mut head = format!("HTTP/1.1 {status} Fake\r\ncontent-type: {content_type}\r\nconnection: close\r\n");
    for header in headers {
        head.push_str(&header);
        head.push_str("\r\n");
    }
    if !is_streamed {
        head.extend(["content-length: ", &body.len().to_string(), "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

async fn read(stream: &mut TcpStream) -> std::io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let header = |wanted: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        let field = fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        field.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let length: usize = header("content-length").parse().unwrap_or(0);
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let target = head.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Some(Request {
        path: path.to_owned(),
        query: query.to_owned(),
        token: header("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned(),
        host: header("host"),
        traceparent: header("traceparent"),
        range: header("range"),
        body: serde_json::from_slice(&bytes[end..]).unwrap_or(Value::Null),
    }))
}
