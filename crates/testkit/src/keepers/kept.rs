//! What keepers keep, are asked and answer. Nouns only.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::sync::watch;

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
    /// For how many minutes it says that its links work instead of ten.
    pub minutes: Option<i64>,
    /// How it says that there is no clip (Frigate).
    pub lack: Lack,
    /// The whole picture cannot be drawn, only what is cut out of it (Frigate).
    pub fails_to_draw: bool,
}

/// How Frigate says that it has no recording of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lack {
    /// By a 400: since 0.17.
    #[default]
    Refused,
    /// By a success with nothing in it: 0.15 and 0.16, and later where a file is missing.
    Empty,
    /// By a 500: 0.14.
    Failed,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) mood: Mood,
    pub(super) kept: BTreeMap<String, Kept>,
    pub(super) asked: Vec<String>,
    pub(super) traceparents: Vec<String>,
    /// User and password, and the token that is good at present.
    pub(super) login: Option<(String, String)>,
    pub(super) token: String,
    pub(super) logins: usize,
    /// Logins wait until it is dropped.
    pub(super) login_gate: Option<watch::Receiver<()>>,
    pub(super) serves_batches: bool,
}

pub(super) struct Request {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) token: String,
    pub(super) host: String,
    pub(super) traceparent: String,
    pub(super) range: String,
    pub(super) body: Value,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) headers: Vec<String>,
    pub(super) body: Vec<u8>,
    /// Without its length, as what is made while it is sent.
    pub(super) is_streamed: bool,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { status, content_type: "application/json", headers: Vec::new(), body, is_streamed: false }
    }

    pub(super) fn failure(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"success": false, "message": message}))
    }

    pub(super) fn picture(content_type: &'static str, body: Vec<u8>, is_streamed: bool) -> Self {
        Self { status: 200, content_type, headers: Vec::new(), body, is_streamed }
    }
}

/// One segment of a path, decoded.
pub(super) fn decoded(segment: &str) -> String {
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
