//! One answer: bytes in, pieces out. It ends with `Finished` if the model was done, and with an error if it
//! was not; never with both and never with neither. Dropping it cancels the call.

use std::{collections::VecDeque, time::Duration};

use eps_domain::{
    Error, Result,
    chat_model::{ChatChunk, FinishReason, ToolCall, Usage},
};
use futures::stream::{BoxStream, StreamExt, unfold};
use reqwest::Response;
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout_at};

use super::{
    calls::Calls,
    event::{ChatEvent, Ending, Piece},
    failure::{self, Failure},
    sse::{EVENT_BYTES_MAX, SseParser},
};

/// The most text of one answer, in bytes: more than any answer here needs.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// The most that is thought aloud before it, in bytes.
const THOUGHT_BYTES_MAX: usize = 1024 * 1024;
/// So much of it is kept, to be given back.
const THOUGHTS_KEPT_BYTES_MAX: usize = 48 * 1024;
/// How long to wait for the usage once the model is done.
const USAGE_WAIT: Duration = Duration::from_secs(2);
/// How long to wait for the end once the usage has been told.
const END_WAIT: Duration = Duration::from_millis(200);

/// Whose answer it is, and how long one waits for it.
#[derive(Clone)]
pub(super) struct Patience {
    pub(super) code: &'static str,
    /// Whom what is said beside calls is given back to: an address and a model.
    pub(super) author: String,
    /// When the first text must be there. A model that thinks aloud is alive, and has another `gap`.
    pub(super) deadline: Instant,
    pub(super) gap: Duration,
    pub(super) tokens_max: u32,
}

/// The state of one answer.
pub(super) struct Answer {
    response: Response,
    parser: SseParser,
    /// The body of an answer that is not streamed, as far as it has come.
    whole: Option<Vec<u8>>,
    has_begun: bool,
    /// Data of events that have arrived and are not yet read.
    events: VecDeque<String>,
    /// With the time at which the next sign of life must be there. Comments and empty pieces are none.
    patience: Patience,
    pieces_left: usize,
    bytes_left: usize,
    thought_bytes_left: usize,
    thoughts: String,
    /// Calls of tools in the making, and those that are whole and wait to be told.
    calls: Calls,
    called: VecDeque<ToolCall>,
    usage: Option<Usage>,
    was_refused: bool,
    finished: Option<FinishReason>,
    phase: Phase,
}

enum Phase {
    Reading,
    /// The model was done; what it cost and the end are still to be told.
    Done,
    /// It failed; that is still to be told.
    Failed(Error),
    /// Everything has been said.
    Ended,
}

impl Answer {
    pub(super) fn new(response: Response, patience: Patience) -> Self {
        Self {
            response,
            parser: SseParser::default(),
            whole: None,
            has_begun: false,
            events: VecDeque::new(),
            // Some providers send less than a token at a time.
            pieces_left: patience.tokens_max as usize * 2,
            patience,
            bytes_left: TEXT_BYTES_MAX,
            thought_bytes_left: THOUGHT_BYTES_MAX,
            thoughts: String::new(),
            calls: Calls::default(),
            called: VecDeque::new(),
            usage: None,
            was_refused: false,
            finished: None,
            phase: Phase::Reading,
        }
    }

    /// What the provider has told so far of what it cost.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// Waits until there is something to read, white space not counted, or a call of a tool has begun, so
    /// that a provider that fails at once fails before anything was shown.
    pub(super) async fn first_text(&mut self) -> Result<String, Failure> {
        let mut first = String::new();
        loop {
            match self.next_piece().await? {
                Some(text) => {
                    first.push_str(&text);
                    if !first.trim().is_empty() || !self.calls.is_empty() {
                        return Ok(first);
                    }
                }
                None if !self.called.is_empty() => return Ok(first),
                None => match self.reason() {
                    FinishReason::ContentFilter => return Ok(first),
                    FinishReason::Length => {
                        let message = "the model used up its tokens before it said anything";
                        return Err(Failure::last(failure::rejection(message.to_owned())));
                    }
                    FinishReason::Stop => return Err(self.broken("sent an empty answer")),
                },
            }
        }
    }

    /// The answer as a stream that begins with what [`Self::first_text`] gave.
    pub(super) fn into_stream(self, first: String) -> BoxStream<'static, Result<ChatChunk>> {
        let head = (!first.is_empty()).then(|| Ok(ChatChunk::Text(first)));
        let tail = unfold(self, |mut answer| async move {
            let chunk = answer.next_chunk().await?;
            Some((chunk, answer))
        });
        futures::stream::iter(head).chain(tail).boxed()
    }

    async fn next_chunk(&mut self) -> Option<Result<ChatChunk>> {
        while matches!(self.phase, Phase::Reading) {
            match self.next_piece().await {
                Ok(Some(text)) if text.is_empty() => {}
                Ok(Some(text)) => return Some(Ok(ChatChunk::Text(text))),
                Ok(None) => {}
                Err(failure) => {
                    self.called.clear();
                    self.phase = Phase::Failed(failure.error);
                }
            }
        }
        if let Some(call) = self.called.pop_front() {
            return Some(Ok(ChatChunk::Call(call)));
        }
        if let Some(usage) = self.usage.take() {
            return Some(Ok(ChatChunk::Usage(usage)));
        }
        match std::mem::replace(&mut self.phase, Phase::Ended) {
            Phase::Failed(error) => Some(Err(error)),
            Phase::Ended => None,
            Phase::Reading | Phase::Done => Some(Ok(ChatChunk::Finished(self.reason()))),
        }
    }

    /// The next text, empty where a call of a tool goes on instead; `None` once the model is done.
    async fn next_piece(&mut self) -> Result<Option<String>, Failure> {
        while matches!(self.phase, Phase::Reading) {
            let Some(data) = self.next_event().await? else {
                return self.end();
            };
            if data == "[DONE]" {
                self.done();
                break;
            }
            if data.is_empty() {
                continue;
            }
            let mut event: ChatEvent = serde_json::from_str(&data).map_err(|e| {
                let mut failure = self.broken("sent something that is no piece of an answer");
                failure.error = failure.error.caused_by(e);
                failure
            })?;
            if let Some(error) = event.take_error() {
                return Err(failure::in_band(self.patience.code, &error));
            }
            self.usage = event.usage().or(self.usage);
            if self.finished.is_some() && event.is_usage_alone() {
                self.patience.deadline = self.patience.deadline.min(Instant::now() + END_WAIT);
            }
            let piece = event.into_piece();
            self.look_alive(&piece)?;
            self.thoughts.push_str(&piece.thoughts);
            self.was_refused |= piece.is_refusal;
            let is_calling = !piece.calls.is_empty();
            for fragment in piece.calls {
                self.calls.take(fragment);
            }
            if is_calling || !piece.text.is_empty() {
                return Ok(Some(self.bounded(piece.text)));
            }
        }
        Ok(None)
    }

    /// Moves the time at which the next sign of life must be there. Once the model has said that it is done, only
    /// more of its text does.
    fn look_alive(&mut self, piece: &Piece) -> Result<(), Failure> {
        self.thought_bytes_left = self.thought_bytes_left.saturating_sub(piece.thought_bytes);
        if self.thought_bytes_left == 0 {
            let message = "the model thinks without end";
            return Err(Failure::last(Error::unavailable(self.patience.code, message)));
        }
        let has_content = !piece.text.is_empty() || !piece.calls.is_empty();
        match piece.ending {
            Some(Ending::Cut) => return Err(self.broken("broke off in the middle of an answer")),
            Some(Ending::Finished(reason)) if self.finished.is_none() || has_content => {
                self.finished = Some(reason);
                self.patience.deadline = Instant::now() + USAGE_WAIT;
            }
            None if self.finished.is_none()
                && (has_content || piece.thought_bytes > 0 || piece.is_refusal) =>
            {
                self.patience.deadline = Instant::now() + self.patience.gap;
            }
            _ => {}
        }
        Ok(())
    }

    /// Why the model stopped. A refusal of its own is one whatever the end is called.
    fn reason(&self) -> FinishReason {
        if self.was_refused {
            FinishReason::ContentFilter
        } else {
            self.finished.unwrap_or(FinishReason::Stop)
        }
    }

    /// Cuts an answer that does not end; the rest is never read.
    fn bounded(&mut self, mut text: String) -> String {
        if text.len() > self.bytes_left {
            text.truncate(text.floor_char_boundary(self.bytes_left));
            self.bytes_left = 0;
        } else {
            self.bytes_left -= text.len();
        }
        self.pieces_left = self.pieces_left.saturating_sub(1);
        if self.bytes_left == 0 || self.pieces_left == 0 {
            self.finished = Some(FinishReason::Length);
            self.done();
        }
        text
    }

    /// The model was done: its calls are whole.
    fn done(&mut self) {
        let mut message = Map::new();
        let thoughts = std::mem::take(&mut self.thoughts);
        if !thoughts.is_empty() && thoughts.len() <= THOUGHTS_KEPT_BYTES_MAX {
            message.insert("reasoning_content".to_owned(), Value::from(thoughts));
        }
        self.called.extend(self.calls.finish(&self.patience.author, message));
        self.phase = Phase::Done;
    }

    /// The data of the next event; `None` at the end of the stream.
    async fn next_event(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(data) = self.events.pop_front() {
                return Ok(Some(data));
            }
            let bytes = match timeout_at(self.patience.deadline, self.response.chunk()).await {
                // The stop was announced; only what it cost is still missing.
                Err(_) | Ok(Err(_)) if self.finished.is_some() => return Ok(None),
                Err(_) => return Err(failure::silent(self.patience.code, "no further piece")),
                Ok(Err(error)) => return Err(failure::of_transport(self.patience.code, error)),
                Ok(Ok(bytes)) => bytes,
            };
            let Some(bytes) = bytes else {
                match self.whole.take() {
                    Some(whole) => self.take_whole(&whole),
                    None => return Ok(self.parser.finish()),
                }
                continue;
            };
            if !self.has_begun && !bytes.trim_ascii_start().is_empty() {
                self.has_begun = true;
                // No line of a stream begins so: the answer comes in one piece.
                self.whole = matches!(bytes.trim_ascii_start()[0], b'{' | b'[').then(Vec::new);
            }
            let is_too_long = match &mut self.whole {
                Some(whole) => {
                    whole.extend_from_slice(&bytes);
                    whole.len() > EVENT_BYTES_MAX
                }
                None => self.parser.push(&bytes, &mut self.events).is_err(),
            };
            if is_too_long {
                return Err(self.broken("sent a line that is too long"));
            }
        }
    }

    /// An answer, or an error, that came in one piece: one event and the end.
    fn take_whole(&mut self, body: &[u8]) {
        let told = match serde_json::from_slice(body) {
            Ok(Value::Array(mut items)) if !items.is_empty() => items.swap_remove(0).to_string(),
            _ => String::from_utf8_lossy(body).into_owned(),
        };
        self.events.extend([told, "[DONE]".to_owned()]);
    }

    /// The stream has ended: a stop that was announced is an end, anything else a cut.
    fn end(&mut self) -> Result<Option<String>, Failure> {
        if self.finished.is_none() {
            return Err(self.broken("broke off in the middle of an answer"));
        }
        self.done();
        Ok(None)
    }

    fn broken(&self, what: &str) -> Failure {
        Failure::passing(Error::unavailable(self.patience.code, format!("the provider {what}")))
    }
}
