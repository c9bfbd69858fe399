//! Upstream servers with faults, over real sockets: they speak just enough HTTP/1.1 to be called, do
//! what their script says, and write down what they were asked. One connection a request.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// Length of the vectors that the fake gives.
pub const FAKE_DIMENSIONS: usize = 32;
/// A test that waits longer than this for something to happen has found a defect.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// Path of the request line.
    pub path: String,
    /// The bearer token; empty without one.
    pub key: String,
    /// The header `traceparent`; empty without one.
    pub traceparent: String,
    /// The JSON body; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

/// One step of sending a body.
#[derive(Debug, Clone)]
enum Step {
    Send(Vec<u8>),
    /// Sends the same without end.
    Repeat(Vec<u8>),
    /// Sends nothing until the client leaves.
    Hang,
    /// Closes the connection without ending the body.
    Cut,
}

/// What the server does with one request.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    /// Nothing, not even a status, before the client leaves.
    is_silent: bool,
    steps: Vec<Step>,
}

impl Reply {
    /// A status with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, is_silent: false, steps: vec![Step::Send(body.to_string().into_bytes())] }
    }

    /// An error as providers write them.
    pub fn error(status: u16, code: &str) -> Self {
        Self::json(status, &json!({"error": {"message": "scripted", "type": code, "code": code}}))
    }

    /// 429 with `Retry-After`.
    pub fn rate_limited(retry_after: &str) -> Self {
        Self::error(429, "rate_limit_exceeded").header("retry-after", retry_after)
    }

    /// Neither status nor body.
    pub fn silence() -> Self {
        Self { status: 200, headers: Vec::new(), is_silent: true, steps: vec![Step::Hang] }
    }

    /// A stream of events with exactly these bytes.
    pub fn raw_stream(bytes: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), "text/event-stream".to_owned())];
        Self { status: 200, headers, is_silent: false, steps: vec![Step::Send(bytes.into())] }
    }

    /// A stream of pieces that has not ended.
    pub fn pieces(texts: &[&str]) -> Self {
        Self::raw_stream(texts.iter().map(|text| piece(text)).collect::<String>())
    }

    /// A whole answer: pieces, a stop, usage, `[DONE]`.
    pub fn answer(texts: &[&str]) -> Self {
        Self::pieces(texts).and_then_bytes(ending("stop"))
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// More of the body.
    #[must_use]
    pub fn and_then_bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.steps.push(Step::Send(bytes.into()));
        self
    }

    /// Then silence, with the connection open.
    #[must_use]
    pub fn and_then_hang(mut self) -> Self {
        self.steps.push(Step::Hang);
        self
    }

    /// Then the connection is closed in the middle of the body.
    #[must_use]
    pub fn and_then_cut(mut self) -> Self {
        self.steps.push(Step::Cut);
        self
    }

    /// Then the same piece without end.
    #[must_use]
    pub fn and_then_endless(mut self, text: &str) -> Self {
        self.steps.push(Step::Repeat(piece(text).into_bytes()));
        self
    }

    /// The same bytes, one a write: every character and every line is split.
    #[must_use]
    pub fn byte_by_byte(mut self) -> Self {
        let split = |step| match step {
            Step::Send(bytes) => bytes.into_iter().map(|byte| Step::Send(vec![byte])).collect(),
            other => vec![other],
        };
        self.steps = self.steps.into_iter().flat_map(split).collect();
        self
    }

    /// The same lines, ended as Windows does.
    #[must_use]
    pub fn with_crlf(mut self) -> Self {
        for step in &mut self.steps {
            if let Step::Send(bytes) | Step::Repeat(bytes) = step {
                *bytes = String::from_utf8_lossy(bytes).replace('\n', "\r\n").into_bytes();
            }
        }
        self
    }
}

/// One event with a piece of text.
pub fn piece(text: &str) -> String {
    format!(
        "data: {}\n\n",
        json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]})
    )
}

/// The events at the end: a reason, usage, `[DONE]`.
pub fn ending(reason: &str) -> String {
    let stop = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]});
    let usage =
        json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}});
    format!("data: {stop}\n\ndata: {usage}\n\ndata: [DONE]\n\n")
}

#[derive(Default)]
struct State {
    script: Mutex<VecDeque<Reply>>,
    by_key: Mutex<HashMap<String, Reply>>,
    received: Mutex<Vec<Received>>,
    echoes: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server that speaks the OpenAI protocol: a fixed answer for chats, vectors from the words of a text
/// for embeddings, unless the script says otherwise. Ends when dropped.
pub struct FakeOpenAi {
    address: SocketAddr,
    state: Arc<State>,
    left: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl FakeOpenAi {
    /// What a chat is answered when no script says otherwise.
    pub const ANSWER: [&str; 3] = ["Two people ", "at the dock", "."];

    /// Listens on a free port of the loopback interface.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let (leaving, left) = watch::channel(0);
        #[expect(clippy::disallowed_methods, reason = "the handle is kept and the task ended on drop")]
        let task = tokio::spawn(accept(listener, Arc::clone(&state), leaving));
        Ok(Self { address, state, left, task })
    }

    /// What a client is configured with.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Answers the next request that no key claims so; scripted replies are used in turn.
    pub fn reply_next(&self, reply: Reply) {
        locked(&self.state.script).push_back(reply);
    }

    /// From now on a chat that no script claims is answered with its own prompt.
    pub fn echo(&self) {
        self.state.echoes.store(true, Ordering::SeqCst);
    }

    /// Whether a scripted reply is left.
    pub fn has_script(&self) -> bool {
        !locked(&self.state.script).is_empty()
    }

    /// Takes back the next scripted reply.
    pub fn drop_next(&self) {
        locked(&self.state.script).pop_front();
    }

    /// Answers every request with this key so.
    pub fn reply_to_key(&self, key: &str, reply: Reply) {
        locked(&self.state.by_key).insert(key.to_owned(), reply);
    }

    /// What it was asked so far.
    pub fn received(&self) -> Vec<Received> {
        locked(&self.state.received).clone()
    }

    /// How often each key was used.
    pub fn calls_by_key(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for request in self.received() {
            *calls.entry(request.key).or_default() += 1;
        }
        calls
    }

    /// Waits until clients have left this many unfinished replies; false when they do not.
    pub async fn has_been_left(&self, times: usize) -> bool {
        let mut left = self.left.clone();
        let waited = tokio::time::timeout(PATIENCE, left.wait_for(|count| *count >= times)).await;
        matches!(waited, Ok(Ok(_)))
    }
}

impl Drop for FakeOpenAi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>, leaving: watch::Sender<usize>) {
    let leaving = Arc::new(leaving);
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (state, leaving) = (Arc::clone(&state), Arc::clone(&leaving));
        connections.spawn(async move {
            // A client that leaves is what some tests are about.
            if serve(stream, &state).await.is_err() {
                leaving.send_modify(|count| *count += 1);
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

/// Reads one request, answers it, closes. An error means that the client left before the end.
async fn serve(mut stream: TcpStream, state: &State) -> io::Result<()> {
    let request = read_request(&mut stream).await?;
    let scripted = locked(&state.by_key).get(&request.key).cloned();
    let reply = scripted.or_else(|| locked(&state.script).pop_front()).unwrap_or_else(|| {
        if state.echoes.load(Ordering::SeqCst) { echoed(&request) } else { usual(&request) }
    });
    locked(&state.received).push(request);
    if reply.is_silent {
        return until_left(&mut stream).await;
    }
    let mut head = format!("HTTP/1.1 {} Scripted\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
    }
    head.push_str("transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    for step in &reply.steps {
        match step {
            Step::Send(bytes) => send(&mut stream, bytes).await?,
            Step::Repeat(bytes) => loop {
                send(&mut stream, bytes).await?;
            },
            Step::Hang => return until_left(&mut stream).await,
            Step::Cut => return stream.shutdown().await,
        }
    }
    stream.write_all(b"0\r\n\r\n").await?;
    stream.shutdown().await
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await?;
    stream.write_all(bytes).await?;
    stream.write_all(b"\r\n").await?;
    stream.flush().await
}

async fn until_left(stream: &mut TcpStream) -> io::Result<()> {
    while stream.read(&mut [0; 64]).await? > 0 {}
    Err(io::ErrorKind::ConnectionAborted.into())
}

pub(crate) async fn read_request(stream: &mut TcpStream) -> io::Result<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        read_more(stream, &mut bytes).await?;
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let header = |wanted: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
    };
    let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while bytes.len() < head_end + length {
        read_more(stream, &mut bytes).await?;
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let key = header("authorization").unwrap_or_default();
    let key = key.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let bytes = bytes.split_off(head_end);
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let traceparent = header("traceparent").unwrap_or_default();
    Ok(Received { path, key, traceparent, body, bytes })
}

async fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> io::Result<()> {
    if stream.read_buf(bytes).await? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// The prompt, said back.
fn echoed(request: &Received) -> Reply {
    let messages = request.body["messages"].as_array().cloned().unwrap_or_default();
    let texts: Vec<&str> = messages.iter().filter_map(|message| message["content"].as_str()).collect();
    Reply::answer(&texts)
}

/// What a healthy server would say.
fn usual(request: &Received) -> Reply {
    match request.path.as_str() {
        "/v1/chat/completions" => Reply::answer(&FakeOpenAi::ANSWER),
        "/v1/embeddings" => {
            let texts = request.body["input"].as_array().cloned().unwrap_or_default();
            let data = texts.iter().enumerate().map(|(index, text)| {
                json!({"index": index, "embedding": word_vector(text.as_str().unwrap_or_default())})
            });
            // Out of order, as the protocol allows.
            let data: Vec<Value> = data.rev().collect();
            Reply::json(200, &json!({"object": "list", "data": data}))
        }
        _ => Reply::error(404, "not_found"),
    }
}

/// Counts words into fixed places, so that texts which share words are alike. Not of unit length.
fn word_vector(text: &str) -> Vec<f32> {
    let mut vector = vec![0.1; FAKE_DIMENSIONS];
    for word in text.to_lowercase().split_whitespace() {
        // FNV-1a, 32 bits.
        let hash = word
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        vector[hash as usize % FAKE_DIMENSIONS] += 3.0;
    }
    vector
}
