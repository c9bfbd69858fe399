//! `kill -9` of the real process, again and again, in the middle of ingest and of turns: whatever was
//! acknowledged is there afterwards, whole; nothing is there by half.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::Mutex, task::JoinSet};

use crate::{
    shutdown::{serving, signal},
    support::Eps,
};

/// How often the process is killed.
const ROUNDS: usize = 8;
/// Clients that send events, and clients that ask.
const WRITERS: usize = 4;
const ASKERS: usize = 4;
const EVENTS_A_REQUEST: usize = 7;

/// What the service acknowledged, over all rounds.
#[derive(Default)]
struct Ledger {
    events: BTreeSet<String>,
    /// Conversation and turn numbers that were answered.
    turns: Vec<(String, u64)>,
}

/// One life of the process.
struct Round {
    base_url: String,
    token: String,
    client: reqwest::Client,
    ledger: Arc<Mutex<Ledger>>,
    acknowledged: AtomicUsize,
    number: usize,
}

impl Round {
    async fn post(&self, path: &str, body: &Value) -> Option<Value> {
        let request =
            self.client.post(format!("{}{path}", self.base_url)).bearer_auth(&self.token).json(body);
        let reply = request.send().await.ok()?;
        let status = reply.status();
        // A reply that was cut is no acknowledgement.
        let body = reply.text().await.ok()?;
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).ok()
    }

    /// Sends batches until the process dies.
    async fn write(self: Arc<Self>, writer: usize) {
        for batch in 0.. {
            let ids: Vec<String> =
                (0..EVENTS_A_REQUEST).map(|i| format!("r{}-w{writer}-b{batch}-{i}", self.number)).collect();
            let events: Vec<Value> = ids
                .iter()
                .map(|id| {
                    json!({"event_id": id, "timestamp": "2026-05-13T08:00:00Z", "camera_id": "dock-1",
                        "event_type": "person_detected", "label": "person", "description": "a man waits"})
                })
                .collect();
            let Some(report) = self.post("/api/v1/events", &json!(events)).await else { return };
            assert_eq!(report["accepted"], EVENTS_A_REQUEST, "{report}");
            self.ledger.lock().await.events.extend(ids);
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Goes on with one conversation until the process dies.
    async fn ask(self: Arc<Self>) {
        let mut conversation: Option<Value> = None;
        loop {
            let body = match &conversation {
                Some(id) => json!({"query": "how many people today?", "conversation_id": id}),
                None => json!({"query": "how many people today?"}),
            };
            let Some(answer) = self.post("/api/v1/conversation", &body).await else { return };
            let id = answer["conversation_id"].clone();
            let turn = answer["metadata"]["conversation_turn"].as_u64().unwrap();
            self.ledger.lock().await.turns.push((id.as_str().unwrap().to_owned(), turn));
            self.acknowledged.fetch_add(1, Ordering::SeqCst);
            conversation = Some(id);
        }
    }

    /// Everything of the ledger, read back from a process that has just started.
    async fn verify(&self) {
        let ledger = self.ledger.lock().await;
        let count = self.post("/api/v1/events/count", &json!({})).await.unwrap();
        let events = count["totals"]["events"].as_u64().unwrap() as usize;
        assert!(events >= ledger.events.len(), "{events} of {} acknowledged events", ledger.events.len());
        assert_eq!(events % EVENTS_A_REQUEST, 0, "a request was stored by half: {events} events");
        for id in &ledger.events {
            let url = format!("{}/api/v1/events/{id}", self.base_url);
            let reply = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
            assert!(reply.status().is_success(), "event {id} is lost: {}", reply.status());
        }
        let conversations: BTreeSet<&String> = ledger.turns.iter().map(|(id, _)| id).collect();
        for id in conversations {
            let last = ledger.turns.iter().filter(|(c, _)| c == id).map(|(_, turn)| *turn).max().unwrap();
            let url = format!("{}/api/v1/conversation/{id}/history?limit=200", self.base_url);
            let reply = self.client.get(url).bearer_auth(&self.token).send().await.unwrap();
            let history: Value = reply.json().await.unwrap();
            let messages = history["messages"].as_array().unwrap();
            let roles: Vec<&str> = messages.iter().map(|m| m["role"].as_str().unwrap()).collect();
            assert!(messages.len() as u64 >= (last * 2).min(50), "{id}: turn {last} of {}", messages.len());
            assert!(
                roles.chunks(2).all(|pair| pair == ["user", "assistant"]),
                "{id}: a turn was stored by half: {roles:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = TempDir::new().unwrap();
    let eps = Eps::new(folder.path());
    let token = eps.run(&["token", "--sub", "alice", "--scopes", "ask,events:read,events:write", "--json"]);
    let token = token.json()["token"].as_str().unwrap().to_owned();
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    for number in 0..=ROUNDS {
        let mut child = eps.spawn(&["serve"]);
        let (address, mut log) = serving(&mut child);
        // A full pipe would stop the process at its next line: a pipe may hold as little as one page.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let round = Arc::new(Round {
            base_url: format!("http://{address}"),
            token: token.clone(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            ledger: Arc::clone(&ledger),
            acknowledged: AtomicUsize::new(0),
            number,
        });
        round.verify().await;
        if number == ROUNDS {
            signal(&child, Signal::TERM);
            assert_eq!(child.wait().unwrap().code(), Some(0));
            break;
        }
        let mut clients = JoinSet::new();
        for writer in 0..WRITERS {
            clients.spawn(Arc::clone(&round).write(writer));
        }
        for _ in 0..ASKERS {
            clients.spawn(Arc::clone(&round).ask());
        }
        // Killed after so many acknowledgements: another number, and another moment, every round.
        let enough = 15 + number * 23 % 61;
        while round.acknowledged.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
        signal(&child, Signal::KILL);
        child.wait().unwrap();
        while let Some(ended) = clients.join_next().await {
            ended.unwrap();
        }
    }
    let ledger = ledger.lock().await;
    let (events, turns) = (ledger.events.len(), ledger.turns.len());
    assert!(events > ROUNDS * EVENTS_A_REQUEST && turns > ROUNDS, "{events} events, {turns} turns");
}
