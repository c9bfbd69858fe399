//! The least that a server can do for a turn: it reads the same request, verifies the same kind of
//! token, puts question and answer on the disk with one sync for all who wait, and sends a reply of the
//! same size. It understands nothing. What the service costs beyond it is what the service itself costs.

use std::{io, path::Path, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

use crate::token::Tokens;

/// Turns that share one sync of the disk.
const BATCH_MAX: usize = 1_024;

#[derive(Deserialize)]
struct Question {
    query: String,
}

#[derive(Serialize)]
struct Reply {
    conversation_id: String,
    response: String,
    rest: Value,
}

struct Turn {
    subject: String,
    question: String,
    answer: String,
    done: oneshot::Sender<()>,
}

struct Bare {
    tokens: Tokens,
    turns: mpsc::Sender<Turn>,
    /// As long as the rest of a real reply.
    rest: Value,
}

/// Serves `POST /api/v1/conversation` and `GET /readyz` until the process ends. Turns are stored in a new
/// file at `database`; replies are about `reply_bytes` long.
///
/// # Errors
/// When the file cannot be made or the listener fails.
pub async fn serve(
    listener: TcpListener,
    database: &Path,
    secret: &[u8],
    reply_bytes: usize,
) -> io::Result<()> {
    let connection = open(database).map_err(io::Error::other)?;
    let (turns, waiting) = mpsc::channel(4_096);
    std::thread::Builder::new().name("bare-write".into()).spawn(move || write(&connection, waiting))?;
    let filling = "x".repeat(40);
    let rest = (0..reply_bytes / 64).map(|at| json!({ "ref": at, "text": filling })).collect();
    let bare = Bare { tokens: Tokens::new(secret), turns, rest };
    let router = Router::new()
        .route("/api/v1/conversation", post(ask))
        .route("/readyz", get(|| async { StatusCode::OK }))
        .with_state(Arc::new(bare));
    axum::serve(listener, router).await
}

async fn ask(
    State(bare): State<Arc<Bare>>,
    headers: HeaderMap,
    Json(question): Json<Question>,
) -> Result<Json<Reply>, StatusCode> {
    let subject = bare.tokens.subject(&headers)?;
    let reply =
        Reply { conversation_id: subject.clone(), response: question.query.clone(), rest: bare.rest.clone() };
    let answer = serde_json::to_string(&reply).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let (done, stored) = oneshot::channel();
    let turn = Turn { subject, question: question.query, answer, done };
    bare.turns.send(turn).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    stored.await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Json(reply))
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.execute("CREATE TABLE turns (subject TEXT, question TEXT, answer TEXT)", [])?;
    Ok(connection)
}

/// Stores what waits in one transaction. Who is not told waits no longer: the sender is dropped.
fn write(connection: &Connection, mut waiting: mpsc::Receiver<Turn>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    while waiting.blocking_recv_many(&mut batch, BATCH_MAX) > 0 {
        if store(connection, &batch).is_err() {
            batch.clear();
        }
        for turn in batch.drain(..) {
            // A caller that left does not want to know.
            let _ = turn.done.send(());
        }
    }
}

fn store(connection: &Connection, batch: &[Turn]) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for turn in batch {
        transaction.prepare_cached("INSERT INTO turns VALUES (?1, ?2, ?3)")?.execute(params![
            turn.subject,
            turn.question,
            turn.answer
        ])?;
    }
    transaction.commit()
}
