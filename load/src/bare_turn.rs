//! The least that a server can do for a turn with Redis and a model: verify the token, count the request,
//! read the conversation, ask the model, store question and answer, reply; in as many round trips as the
//! service takes. It understands, searches and checks nothing. What the service costs beyond it is what
//! understanding costs.

use std::{io, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use redis::{Script, aio::MultiplexedConnection};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::token::Tokens;

/// Counts a request of a caller: never more than a burst at once.
const LIMIT: &str = "local now = redis.call('TIME')
local at = now[1] * 1000000 + now[2]
local seen = tonumber(redis.call('GET', KEYS[1]) or '0')
redis.call('SET', KEYS[1], math.max(seen, at) + 600, 'PX', 60000)
return redis.call('SET', KEYS[2], '1', 'NX', 'PX', 10000)";
/// Turns of a conversation that are read and kept.
const TURNS: isize = 10;

/// Where the servers are, and how much is said.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `redis://…`.
    pub redis_url: String,
    /// `http://…/v1`.
    pub model_url: String,
    /// Signs the tokens.
    pub secret: String,
    /// About how long a question to the model is.
    pub prompt_bytes: usize,
    /// About how long a reply is.
    pub reply_bytes: usize,
}

struct Bare {
    tokens: Tokens,
    redis: MultiplexedConnection,
    limit: Script,
    http: Client,
    model_url: String,
    filling: String,
    /// As long as the rest of a real reply.
    rest: Value,
}

#[derive(Deserialize)]
struct Question {
    query: String,
}

#[derive(Serialize)]
struct Reply<'a> {
    conversation_id: &'a str,
    response: &'a str,
    rest: &'a Value,
}

#[derive(Deserialize)]
struct ModelEvent {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
}

#[derive(Deserialize, Default)]
struct Delta {
    content: Option<String>,
}

/// Serves `POST /api/v1/conversation` and `GET /readyz` until the process ends.
///
/// # Errors
/// When Redis is not there or the listener fails.
pub async fn serve(listener: TcpListener, settings: Settings) -> io::Result<()> {
    let client = redis::Client::open(settings.redis_url).map_err(io::Error::other)?;
    let redis = client.get_multiplexed_async_connection().await.map_err(io::Error::other)?;
    let piece = "x".repeat(40);
    let bare = Bare {
        tokens: Tokens::new(settings.secret.as_bytes()),
        redis,
        limit: Script::new(LIMIT),
        http: Client::builder().no_proxy().build().map_err(io::Error::other)?,
        model_url: format!("{}/chat/completions", settings.model_url),
        filling: "x".repeat(settings.prompt_bytes),
        rest: (0..settings.reply_bytes / 64).map(|at| json!({ "ref": at, "text": piece })).collect(),
    };
    let router = Router::new()
        .route("/api/v1/conversation", post(ask))
        .route("/readyz", get(|| async { StatusCode::OK }))
        .with_state(Arc::new(bare));
    axum::serve(listener, router).await
}

async fn ask(
    State(bare): State<Arc<Bare>>,
    headers: HeaderMap,
    Json(Question { query }): Json<Question>,
) -> Result<Response, StatusCode> {
    let subject = bare.tokens.subject(&headers)?;
    let is_stream = headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream");
    let prompt = bare.begin(&subject).await.map_err(unavailable)?;
    let words = bare.model(&query, &prompt).await.map_err(unavailable)?;
    if is_stream {
        return Ok(bare.stream(subject, query, words));
    }
    let answer = words.try_collect::<String>().await.map_err(unavailable)?;
    bare.store(&subject, &query, &answer).await.map_err(unavailable)?;
    let reply = Reply { conversation_id: &subject, response: &answer, rest: &bare.rest };
    Ok(Json(reply).into_response())
}

#[expect(clippy::print_stderr, reason = "its log")]
fn unavailable(error: impl std::error::Error) -> StatusCode {
    eprintln!("{error}");
    StatusCode::SERVICE_UNAVAILABLE
}

impl Bare {
    /// Two round trips: the limit and the lease; the conversation.
    async fn begin(&self, subject: &str) -> redis::RedisResult<Vec<String>> {
        let mut redis = self.redis.clone();
        let mut limit = self.limit.key(format!("eps:bare:{{{subject}}}:rate"));
        limit.key(format!("eps:bare:{{{subject}}}:lock"));
        let () = limit.invoke_async(&mut redis).await?;
        let (_, turns): (Option<u64>, Vec<String>) = redis::pipe()
            .hget(format!("eps:bare:{{{subject}}}:head"), "turns")
            .lrange(format!("eps:bare:{{{subject}}}:turns"), -TURNS, -1)
            .query_async(&mut redis)
            .await?;
        Ok(turns)
    }

    /// The words of the model, as they arrive.
    async fn model(
        &self,
        question: &str,
        turns: &[String],
    ) -> Result<impl Stream<Item = io::Result<String>> + Send + use<>, reqwest::Error> {
        let body = json!({"model": "stub", "stream": true, "messages": [
            {"role": "system", "content": self.filling},
            {"role": "user", "content": turns.last()},
            {"role": "user", "content": question},
        ]});
        let response = self.http.post(&self.model_url).json(&body).send().await?;
        let mut rest = Vec::new();
        Ok(response.bytes_stream().map(move |bytes| {
            rest.extend_from_slice(&bytes.map_err(io::Error::other)?);
            let mut words = String::new();
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                let event = line.strip_prefix(b"data: ").map(serde_json::from_slice::<ModelEvent>);
                let choice = event.and_then(|event| event.ok()?.choices.pop());
                words.push_str(&choice.and_then(|choice| choice.delta.content).unwrap_or_default());
            }
            Ok(words)
        }))
    }

    /// One round trip.
    async fn store(&self, subject: &str, question: &str, answer: &str) -> redis::RedisResult<()> {
        let (turns, head) = (format!("eps:bare:{{{subject}}}:turns"), format!("eps:bare:{{{subject}}}:head"));
        let turn = json!({"question": question, "answer": answer, "rest": self.rest}).to_string();
        let mut redis = self.redis.clone();
        redis::pipe()
            .rpush(&turns, turn)
            .ltrim(&turns, -TURNS, -1)
            .hincr(&head, "turns", 1)
            .expire(&turns, 604_800)
            .expire(&head, 604_800)
            .del(format!("eps:bare:{{{subject}}}:lock"))
            .query_async(&mut redis)
            .await
    }

    /// The words as events; the turn is stored before the last of them.
    fn stream(
        self: Arc<Self>,
        subject: String,
        question: String,
        words: impl Stream<Item = io::Result<String>> + Send + 'static,
    ) -> Response {
        let mut answer = String::new();
        let deltas = words.map(Some).chain(futures::stream::iter([None])).then(move |words| {
            let event = match &words {
                Some(Ok(words)) => {
                    answer.push_str(words);
                    let data = json!({ "text": words });
                    Ok(Bytes::from(format!("event: answer.delta\ndata: {data}\n\n")))
                }
                Some(Err(error)) => Err(error.kind()),
                None => Ok(Bytes::new()),
            };
            let is_over = words.is_none();
            let (bare, answer) =
                (Arc::clone(&self), if is_over { std::mem::take(&mut answer) } else { String::new() });
            let (subject, question) = (subject.clone(), question.clone());
            async move {
                if !is_over {
                    return event.map_err(io::Error::from);
                }
                bare.store(&subject, &question, &answer).await.map_err(io::Error::other)?;
                let reply = Reply { conversation_id: &subject, response: &answer, rest: &bare.rest };
                let data = serde_json::to_string(&reply)?;
                Ok::<_, io::Error>(Bytes::from(format!("event: completed\ndata: {data}\n\n")))
            }
        });
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(deltas)).into_response()
    }
}
