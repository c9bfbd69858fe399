//! A fake Frigate and a fake video management system over real sockets: they keep what a test gives them,
//! answer as the real ones do, and misbehave when told. Every request is a connection of its own, and
//! every path that was asked for is written down.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// How a keeper behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mood {
    /// As it should.
    #[default]
    Well,
    /// It takes connections and says nothing.
    Hung,
    /// This status, for everything.
    Status(u16),
    /// A success with what is no JSON.
    Malformed,
    /// A success with more than anyone reads.
    Endless,
    /// A redirect, for everything.
    Redirect(String),
}

/// What it does with one event.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// At which camera it happened.
    pub camera: String,
    /// The clip; none while it is not written.
    pub clip: Option<Vec<u8>>,
    /// The still.
    pub still: Option<Vec<u8>>,
    /// Whether the event goes on.
    pub is_going_on: bool,
    /// A link to answer with instead of its own (the video management system).
    pub link: Option<String>,
}

#[derive(Default)]
struct State {
    mood: Mood,
    kept: BTreeMap<String, Kept>,
    asked: Vec<String>,
    traceparents: Vec<String>,
    /// User and password, and the token that is good at present.
    login: Option<(String, String)>,
    token: String,
    logins: usize,
    serves_batches: bool,
}

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
        Self::start(frigate).await
    }

    /// A video management system; it answers for many events at once when `serves_batches`.
    pub async fn vms(serves_batches: bool) -> Self {
        let keeper = Self::start(vms).await;
        locked(&keeper.state).serves_batches = serves_batches;
        keeper
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

struct Request {
    path: String,
    query: String,
    token: String,
    host: String,
    traceparent: String,
    body: Value,
}

struct Answer {
    status: u16,
    content_type: &'static str,
    headers: Vec<String>,
    body: Vec<u8>,
    /// Without its length, as what is made while it is sent.
    is_streamed: bool,
}

impl Answer {
    fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { status, content_type: "application/json", headers: Vec::new(), body, is_streamed: false }
    }

    fn failure(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"success": false, "message": message}))
    }

    fn picture(content_type: &'static str, body: Vec<u8>, is_streamed: bool) -> Self {
        Self { status: 200, content_type, headers: Vec::new(), body, is_streamed }
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
    let mood = {
        let mut state = locked(state);
        state.asked.push(request.path.clone());
        state.traceparents.push(request.traceparent.clone());
        state.mood.clone()
    };
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
        body: serde_json::from_slice(&bytes[end..]).unwrap_or(Value::Null),
    }))
}

/// One segment of a path, decoded.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%');
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn frigate(state: &mut State, request: &Request) -> Answer {
    if request.path == "/api/login" {
        state.logins += 1;
        return match &state.login {
            None => Answer::failure(404, "Authentication is disabled"),
            Some((user, password))
                if request.body["user"] == **user && request.body["password"] == **password =>
            {
                state.token = format!("token-{}", state.logins);
                let cookie = format!("set-cookie: frigate_token={}; HttpOnly; Path=/", state.token);
                Answer { headers: vec![cookie], ..Answer::picture("text/plain", Vec::new(), false) }
            }
            Some(_) => Answer::failure(401, "Login failed"),
        };
    }
    if state.login.is_some() && request.token != state.token {
        return Answer::failure(401, "unauthorized");
    }
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    let ["api", "events", event_id, rest @ ..] = segments.as_slice() else {
        return Answer::failure(404, "Not Found");
    };
    let event_id = decoded(event_id);
    let Some(kept) = state.kept.get(&event_id) else { return Answer::failure(404, "Event not found") };
    match rest {
        [] => {
            let end = if kept.is_going_on { Value::Null } else { json!(1_778_666_400.5) };
            Answer::json(
                200,
                &json!({"id": event_id, "camera": kept.camera, "label": "person", "start_time": 1_778_666_390.25,
                    "end_time": end, "has_clip": true, "has_snapshot": kept.still.is_some(), "zones": []}),
            )
        }
        // Made while it is sent: no length, no parts.
        ["clip.mp4"] => match &kept.clip {
            Some(clip) => Answer::picture("video/mp4", clip.clone(), true),
            None => Answer::failure(400, "No recordings found for the specified time range"),
        },
        ["snapshot.jpg" | "thumbnail.jpg"] => match &kept.still {
            Some(still) => Answer::picture("image/jpeg", still.clone(), false),
            None => Answer::failure(404, "Event not found"),
        },
        _ => Answer::failure(404, "Not Found"),
    }
}

fn vms(state: &mut State, request: &Request) -> Answer {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    // What its links lead to; they need no token.
    if let ["media", event_id, kind] = segments.as_slice() {
        let kept = state.kept.get(&decoded(event_id));
        let picture = match *kind {
            "clip.mp4" => kept.and_then(|kept| kept.clip.clone()).map(|clip| ("video/mp4", clip)),
            _ => kept.and_then(|kept| kept.still.clone()).map(|still| ("image/jpeg", still)),
        };
        return match picture {
            Some((content_type, picture)) => Answer::picture(content_type, picture, false),
            None => Answer::failure(404, "gone"),
        };
    }
    if state.login.is_some() && request.token != state.token {
        return Answer::failure(401, "unauthorized");
    }
    let has = |id: &str| state.kept.get(id).is_some_and(|kept| kept.clip.is_some() || kept.link.is_some());
    match segments.as_slice() {
        ["api", "v1", "clips", "batch", "check"] if state.serves_batches => {
            let ids: Vec<&str> = request.body["event_ids"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let availability: serde_json::Map<String, Value> =
                ids.into_iter().map(|id| (id.to_owned(), has(id).into())).collect();
            Answer::json(200, &json!({"availability": availability}))
        }
        ["api", "v1", "clips", event_id, what] => {
            let (id, host) = (decoded(event_id), &request.host);
            let Some(kept) = state.kept.get(&id) else { return Answer::failure(404, "Clip not found") };
            let link = |file: &str| format!("http://{host}/media/{event_id}/{file}");
            match *what {
                "url" if has(&id) && request.query.starts_with("expiry_minutes=") => Answer::json(
                    200,
                    &json!({"event_id": id, "expires_in_minutes": 10,
                        "clip_url": kept.link.clone().unwrap_or_else(|| link("clip.mp4"))}),
                ),
                "thumbnail" if kept.still.is_some() => {
                    let url = kept.link.clone().unwrap_or_else(|| link("still.jpg"));
                    Answer::json(200, &json!({"thumbnail_url": url}))
                }
                _ => Answer::failure(404, "Clip not found"),
            }
        }
        _ => Answer::failure(404, "Not Found"),
    }
}
