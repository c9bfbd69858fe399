//! The HTTP side of a Frigate, over real sockets: events and reviews as it keeps them, an account, and
//! outages as told. Its MQTT side is played by whoever publishes.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::upstreams::{Received, read_request};

/// Its only account.
pub const USER: &str = "viewer";
/// The password of that account.
pub const PASSWORD: &str = "f:rig@te";

#[derive(Default)]
struct State {
    events: Mutex<Vec<Value>>,
    reviews: Mutex<Vec<Value>>,
    paths: Mutex<Vec<String>>,
    is_down: AtomicBool,
    /// The tokens of earlier log-ins are refused.
    log_ins: AtomicUsize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server; it ends when it is dropped.
pub struct FakeFrigate {
    address: SocketAddr,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

impl FakeFrigate {
    /// Listens on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, Arc::clone(&state)));
        Ok(Self { address, state, _tasks: tasks })
    }

    /// What a client is configured with, beside the account.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Keeps an event, or replaces the one with its id.
    pub fn keep(&self, event: Value) {
        let mut events = locked(&self.state.events);
        events.retain(|kept| kept["id"] != event["id"]);
        events.push(event);
    }

    /// Keeps a review.
    pub fn keep_review(&self, review: Value) {
        locked(&self.state.reviews).push(review);
    }

    /// Lets it fail from now on, or answer again.
    pub fn set_down(&self, is_down: bool) {
        self.state.is_down.store(is_down, Ordering::SeqCst);
    }

    /// Lets the tokens that it gave run out.
    pub fn forget_tokens(&self) {
        self.state.log_ins.fetch_add(1, Ordering::SeqCst);
    }

    /// What it was asked, path and query.
    pub fn paths(&self) -> Vec<String> {
        locked(&self.state.paths).clone()
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let state = Arc::clone(&state);
        connections.spawn(async move {
            let _ = serve(stream, &state).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(mut stream: TcpStream, state: &State) -> io::Result<()> {
    let request = read_request(&mut stream).await?;
    locked(&state.paths).push(request.path.clone());
    let token = format!("token-{}", state.log_ins.load(Ordering::SeqCst));
    let (status, body) = answer(state, &request, &token);
    let body = body.to_string();
    let cookie = match (request.path.as_str(), status) {
        ("/api/login", 200) => format!("set-cookie: frigate_token={token}; HttpOnly; Path=/\r\n"),
        _ => String::new(),
    };
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n{cookie}content-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

fn answer(state: &State, request: &Received, token: &str) -> (u16, Value) {
    let failed = |message: &str| json!({"success": false, "message": message});
    if state.is_down.load(Ordering::SeqCst) {
        return (503, failed("down"));
    }
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    if path == "/api/login" {
        let is_right = request.body == json!({"user": USER, "password": PASSWORD});
        return if is_right { (200, json!({})) } else { (401, failed("Login failed")) };
    }
    if request.key != token {
        return (401, failed("Unauthorized"));
    }
    let number = |name: &str| -> Option<f64> {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name)?.1.parse().ok()
    };
    let (after, before) = (number("after").unwrap_or(0.0), number("before").unwrap_or(f64::MAX));
    let limit = number("limit").unwrap_or(100.0) as usize;
    let start = |item: &Value| item["start_time"].as_f64().unwrap_or_default();
    let page = |items: &[Value], ends_before: bool| {
        let is_in = |item: &&Value| {
            let last = if ends_before { item["end_time"].as_f64().unwrap_or(0.0) } else { start(item) };
            start(item) > after && last < before
        };
        let mut found: Vec<Value> = items.iter().filter(is_in).cloned().collect();
        found.sort_by(|a, b| start(b).total_cmp(&start(a)));
        found.truncate(limit);
        Value::from(found)
    };
    match path {
        "/api/events" => (200, page(&locked(&state.events), false)),
        "/api/review" => {
            // As up to 0.16: without being asked for them it keeps back what somebody has looked at.
            let is_wanted = |review: &&Value| {
                number("reviewed") == Some(1.0) || review["has_been_reviewed"] != Value::Bool(true)
            };
            let reviews: Vec<Value> = locked(&state.reviews).iter().filter(is_wanted).cloned().collect();
            (200, page(&reviews, true))
        }
        _ => {
            let id = path.strip_prefix("/api/events/").unwrap_or_default();
            let found = locked(&state.events).iter().find(|event| event["id"] == id).cloned();
            found.map_or_else(|| (404, failed("Event not found")), |event| (200, event))
        }
    }
}
