//! One of many people at the service: asks, reads, deletes, stores, in an order that the dice decide, and writes
//! down what was acknowledged.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{RngExt as _, rngs::StdRng};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::ledger::{Known, Ledger};
use crate::support::{Reply, event, read};

/// Longer than any deadline of the service for a whole answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(40);
/// The most messages that a conversation keeps.
const MESSAGES_MAX: usize = 50;
const QUESTIONS: [&str; 5] = [
    "How many people were at dock-1 on May 13 2026?",
    "Show me people at dock-1 on May 13 2026",
    "And at yard-2?",
    "What happened on May 13 2026?",
    "hello",
];

/// What people talk to.
pub(super) struct Site {
    /// Addresses of the copies.
    pub(super) urls: Vec<String>,
    pub(super) client: reqwest::Client,
    pub(super) ledger: Ledger,
}

/// See the file.
pub(super) struct Person {
    number: usize,
    token: String,
    site: Arc<Site>,
    dice: StdRng,
    conversation: Option<String>,
    requests: usize,
}

impl Site {
    /// Whether a copy takes requests.
    pub(super) async fn is_ready(&self, url: &str) -> bool {
        let ready = self.client.get(format!("{url}/readyz")).send().await;
        ready.is_ok_and(|reply| reply.status() == StatusCode::OK)
    }

    /// Compares what was acknowledged with what is there; what differs.
    pub(super) async fn verify(&self) -> Vec<String> {
        let mut wrong = self.ledger.mistakes();
        let conversations = self.ledger.conversations();
        for (at, (id, known)) in conversations.iter().enumerate() {
            let url = &self.urls[at % self.urls.len()];
            let path = format!("{url}/api/v1/conversation/{id}/history?limit=200");
            let reply = self.client.get(path).bearer_auth(&known.token).send().await.unwrap();
            wrong.extend(differs(id, known, &read(reply).await));
        }
        // Everybody may see every event.
        let token = conversations.values().next().map(|known| &*known.token).unwrap_or_default();
        for (at, id) in self.ledger.events().iter().enumerate() {
            let url = format!("{}/api/v1/events/{id}", self.urls[at % self.urls.len()]);
            let reply = self.client.get(url).bearer_auth(token).send().await.unwrap();
            if reply.status() != StatusCode::OK {
                wrong.push(format!("event {id} is lost: {}", reply.status()));
            }
        }
        wrong
    }
}

/// What is wrong with a conversation as it is read back.
fn differs(id: &str, known: &Known, history: &Reply) -> Option<String> {
    let told = |what: &str| Some(format!("{id}: {what}; known {known:?}; read {}", history.text));
    if known.is_deleted || (known.may_be_deleted && history.status == StatusCode::NOT_FOUND) {
        return if history.status == StatusCode::NOT_FOUND { None } else { told("a deleted one is there") };
    }
    if history.status != StatusCode::OK {
        return told("it is lost");
    }
    let messages = history.body["messages"].as_array()?;
    let roles: Vec<&str> = messages.iter().filter_map(|message| message["role"].as_str()).collect();
    if !roles.len().is_multiple_of(2) || roles.chunks(2).any(|pair| pair != ["user", "assistant"]) {
        return told("a turn is there by half");
    }
    let most = (known.answers.len() + known.open) * 2;
    if messages.len() < (known.answers.len() * 2).min(MESSAGES_MAX) || messages.len() > most.min(MESSAGES_MAX)
    {
        return told("turns are missing, or there twice");
    }
    // Of the acknowledged answers the last must be there, in their order.
    let kept = known.answers.len().min(messages.len() / 2).saturating_sub(known.open);
    let mut texts = messages.iter().filter(|message| message["role"] == "assistant").map(|m| &m["content"]);
    let mut last = known.answers[known.answers.len() - kept..].iter();
    if last.any(|answer| !texts.any(|text| text == answer.as_str())) {
        return told("an acknowledged answer is not there");
    }
    None
}

impl Person {
    pub(super) fn new(number: usize, token: String, site: Arc<Site>, dice: StdRng) -> Self {
        Self { number, token, site, dice, conversation: None, requests: 0 }
    }

    /// Goes on until nobody wants it any more.
    pub(super) async fn live(mut self, mut going: watch::Receiver<()>) {
        while going.has_changed().is_ok() {
            match self.dice.random_range(0..100) {
                0..40 => self.ask().await,
                40..60 => self.listen().await,
                60..72 => self.read_back().await,
                72..77 => self.delete().await,
                77..87 => self.store().await,
                _ => self.look().await,
            }
            let pause = Duration::from_millis(self.dice.random_range(5..60));
            let _ = tokio::time::timeout(pause, going.changed()).await;
        }
    }

    fn url(&mut self) -> String {
        self.requests += 1;
        let at = self.dice.random_range(0..self.site.urls.len());
        self.site.urls[at].clone()
    }

    /// Sends a request; `None` when its outcome is unknown.
    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Option<Reply> {
        let url = self.url();
        let mut request = self
            .site
            .client
            .request(method, format!("{url}{path}"))
            .bearer_auth(&self.token)
            .timeout(ANSWERED_WITHIN);
        if let Some(body) = body {
            request = request.json(body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let begun = Instant::now();
        match request.send().await {
            Ok(response) => {
                let reply = read(response).await;
                self.judge(path, &reply);
                Some(reply)
            }
            Err(error) => {
                self.cut_off(path, begun.elapsed(), &error);
                None
            }
        }
    }

    /// A connection may end only where a copy was killed.
    fn cut_off(&self, path: &str, after: Duration, error: &reqwest::Error) {
        self.site.ledger.note("cut off");
        if !self.site.ledger.has_crashed() || after >= ANSWERED_WITHIN {
            self.site.ledger.wrong(format!("{path} after {after:?}: {error:?}"));
        }
    }

    /// An answer, or a refusal that says what is the matter and when to come back.
    fn judge(&self, path: &str, reply: &Reply) {
        let (status, code) = reply.refusal();
        self.site.ledger.note(format!("{status} {code}"));
        let is_fine = match status {
            200 | 404 | 504 => true,
            409 => code == "CONVERSATION_BUSY" || code.starts_with("IDEMPOTENCY"),
            503 => reply.headers.contains_key("retry-after") && !code.is_empty(),
            _ => false,
        };
        if !is_fine {
            self.site.ledger.wrong(format!("{path}: {status} {}", reply.text));
        }
    }

    fn body(&mut self) -> Value {
        // Now and then about something new.
        if self.dice.random_range(0..6) == 0 {
            self.conversation = None;
        }
        let question = QUESTIONS[self.dice.random_range(0..QUESTIONS.len())];
        match &self.conversation {
            Some(id) => json!({"query": question, "conversation_id": id}),
            None => json!({"query": question}),
        }
    }

    /// A turn was answered.
    fn answered(&mut self, answer: &Value) {
        let Some(id) = answer["conversation_id"].as_str() else {
            self.site.ledger.wrong(format!("an answer without its conversation: {answer}"));
            return;
        };
        let text = answer["response"].as_str().unwrap_or_default().to_owned();
        let token = self.token.clone();
        self.site.ledger.conversation(id, |known| {
            known.token = token;
            known.answers.push(text);
        });
        self.conversation = Some(id.to_owned());
    }

    /// A turn was not answered, and may be stored nevertheless.
    fn left_open(&mut self, reply: Option<&Reply>) {
        let is_gone = reply.is_some_and(|reply| reply.status == StatusCode::NOT_FOUND);
        let Some(id) = self.conversation.clone() else { return };
        let was_known = self.site.ledger.conversation(&id, |known| {
            known.open += 1;
            known.is_deleted || known.may_be_deleted
        });
        if is_gone {
            if !was_known {
                self.site.ledger.wrong(format!("{id} is gone and nobody deleted it"));
            }
            self.conversation = None;
        }
    }

    async fn ask(&mut self) {
        let body = self.body();
        let key = (self.dice.random_range(0..3) == 0).then(|| format!("{}-{}", self.number, self.requests));
        // With a key the same is safely sent again.
        let attempts = if key.is_some() { 3 } else { 1 };
        for _ in 0..attempts {
            let reply = self.send(Method::POST, "/api/v1/conversation", Some(&body), key.as_deref()).await;
            match &reply {
                Some(reply) if reply.status == StatusCode::OK => return self.answered(&reply.body),
                Some(reply) if reply.status == StatusCode::NOT_FOUND => {
                    return self.left_open(Some(reply));
                }
                other => self.left_open(other.as_ref()),
            }
        }
    }

    async fn listen(&mut self) {
        let body = self.body();
        let url = self.url();
        let request = self.site.client.post(format!("{url}/api/v1/conversation")).bearer_auth(&self.token);
        let begun = Instant::now();
        let sent = request.header("accept", "text/event-stream").json(&body).send().await;
        let mut response = match sent {
            Ok(response) if response.status() == StatusCode::OK => response,
            Ok(response) => {
                let reply = read(response).await;
                self.judge("stream", &reply);
                return self.left_open(Some(&reply));
            }
            Err(error) => {
                self.cut_off("stream", begun.elapsed(), &error);
                return self.left_open(None);
            }
        };
        let leaves_early = self.dice.random_range(0..5) == 0;
        let mut text = Vec::new();
        loop {
            match tokio::time::timeout(ANSWERED_WITHIN * 3, response.chunk()).await {
                Ok(Ok(Some(chunk))) => text.extend_from_slice(&chunk),
                Ok(Ok(None)) => break,
                Ok(Err(error)) => {
                    self.cut_off("stream", begun.elapsed(), &error);
                    return self.left_open(None);
                }
                Err(_) => self.site.ledger.wrong("a stream fell silent"),
            }
            if leaves_early {
                self.site.ledger.note("left a stream");
                return self.left_open(None);
            }
        }
        let text = String::from_utf8_lossy(&text);
        let last = |name: &str| {
            let mut found =
                text.split("\n\n").filter(|block| block.lines().any(|line| line == format!("event: {name}")));
            let block = found.next();
            assert!(found.next().is_none(), "{name} twice: {text}");
            let data = block.and_then(|block| block.lines().find_map(|line| line.strip_prefix("data: ")));
            data.and_then(|data| serde_json::from_str::<Value>(data).ok())
        };
        match (last("completed"), last("error")) {
            (Some(answer), None) => {
                self.site.ledger.note("stream completed");
                self.answered(&answer);
            }
            (None, Some(error)) => {
                self.site.ledger.note(format!("stream {}", error["code"].as_str().unwrap_or_default()));
                self.left_open(None);
            }
            _ => self.site.ledger.wrong(format!("a stream with two ends or none: {text}")),
        }
    }

    async fn read_back(&mut self) {
        let Some(id) = self.conversation.clone() else { return };
        let path = format!("/api/v1/conversation/{id}/history?limit=200");
        let Some(reply) = self.send(Method::GET, &path, None, None).await else { return };
        if reply.status == StatusCode::OK || reply.status == StatusCode::NOT_FOUND {
            let known = self.site.ledger.conversation(&id, |known| known.clone());
            if let Some(wrong) = differs(&id, &known, &reply) {
                self.site.ledger.wrong(wrong);
            }
        }
    }

    async fn delete(&mut self) {
        let Some(id) = self.conversation.take() else { return };
        let reply = self.send(Method::DELETE, &format!("/api/v1/conversation/{id}"), None, None).await;
        let is_deleted = reply.is_some_and(|reply| reply.status == StatusCode::OK);
        self.site.ledger.conversation(&id, |known| {
            known.is_deleted |= is_deleted;
            known.may_be_deleted = true;
        });
    }

    async fn store(&mut self) {
        let ids: Vec<String> = (0..self.dice.random_range(1..6))
            .map(|n| format!("s{}-{}-{n}", self.number, self.requests))
            .collect();
        let camera = ["dock-1", "yard-2"][self.dice.random_range(0..2)];
        let minute = self.dice.random_range(0..60);
        let events: Vec<Value> =
            ids.iter().map(|id| event(id, &format!("2026-05-13T08:{minute:02}:00Z"), camera)).collect();
        let reply = self.send(Method::POST, "/api/v1/events", Some(&json!(events)), None).await;
        if let Some(reply) = reply.filter(|reply| reply.status == StatusCode::OK) {
            if reply.body["rejected"] != json!([]) {
                self.site.ledger.wrong(format!("events were rejected: {}", reply.text));
            }
            self.site.ledger.stored(ids);
        }
    }

    async fn look(&mut self) {
        match self.dice.random_range(0..3) {
            0 => {
                let count = json!({"group_by": ["camera"]});
                self.send(Method::POST, "/api/v1/events/count", Some(&count), None).await;
            }
            1 => {
                let search = json!({"query": "person"});
                self.send(Method::POST, "/api/v1/search", Some(&search), None).await;
            }
            _ => {
                self.send(Method::GET, "/api/v1/proactive-insights?time_range=24h", None, None).await;
            }
        }
    }
}
