//! A language model that knows one answer: `/v1/chat/completions`, streamed at a given pace. It counts what it
//! was asked.

use std::{
    convert::Infallible,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::stream;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

/// How fast it speaks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Before the first token.
    pub first: Duration,
    /// Between tokens.
    pub between: Duration,
    /// How many tokens an answer has, about.
    pub tokens: usize,
}

/// What it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Requests.
    pub requests: u64,
    /// Bytes of the last of them.
    pub bytes: u64,
}

struct Stub {
    pace: Pace,
    pieces: Vec<Bytes>,
    requests: AtomicU64,
    bytes: AtomicU64,
}

/// One sentence of the answer. It holds wherever people are asked for: the event that it cites is of one.
const SENTENCE: [&str; 6] = [" A", " person", " was", " there", " [", "1]."];

/// Serves until the process ends; `GET /asked` says [`Asked`].
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, pace: Pace) -> io::Result<()> {
    let event = |data: String| Bytes::from(format!("data: {data}\n\n"));
    let piece = |text: &str| {
        event(serde_json::json!({"choices": [{"index": 0, "delta": {"content": text}}]}).to_string())
    };
    let words = SENTENCE.iter().cycle().take(pace.tokens.div_ceil(SENTENCE.len()) * SENTENCE.len());
    let mut pieces: Vec<Bytes> = words.map(|word| piece(word)).collect();
    let end = serde_json::json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": pace.tokens}});
    pieces.push([event(end.to_string()), event("[DONE]".to_owned())].concat().into());
    let stub = Stub { pace, pieces, requests: AtomicU64::new(0), bytes: AtomicU64::new(0) };
    let router = Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/asked", get(asked))
        .with_state(Arc::new(stub));
    axum::serve(ListenerWithoutDelay(listener), router).await
}

async fn asked(State(stub): State<Arc<Stub>>) -> Json<Asked> {
    let (requests, bytes) = (stub.requests.load(Ordering::Relaxed), stub.bytes.load(Ordering::Relaxed));
    Json(Asked { requests, bytes })
}

async fn complete(State(stub): State<Arc<Stub>>, body: Bytes) -> Response {
    stub.requests.fetch_add(1, Ordering::Relaxed);
    stub.bytes.store(body.len() as u64, Ordering::Relaxed);
    let Pace { first, between, .. } = stub.pace;
    if !first.is_zero() {
        tokio::time::sleep(first).await;
    }
    let pieces = stream::unfold(0, move |at| {
        let stub = Arc::clone(&stub);
        async move {
            let piece = stub.pieces.get(at)?.clone();
            if at > 0 && !between.is_zero() {
                tokio::time::sleep(between).await;
            }
            Some((Ok::<_, Infallible>(piece), at + 1))
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces)).into_response()
}

/// Small writes must not wait for one another.
struct ListenerWithoutDelay(TcpListener);

impl axum::serve::Listener for ListenerWithoutDelay {
    type Io = tokio::net::TcpStream;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true);
        (stream, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}
