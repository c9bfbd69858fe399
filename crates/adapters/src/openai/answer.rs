//! One streamed answer: bytes in, pieces out. It ends with `Finished` if the model was done, and with
//! an error if it was not; never with both and never with neither. Dropping it cancels the call.

use std::{collections::VecDeque, time::Duration};

use eps_domain::{
    Error, Result,
    chat_model::{ChatChunk, FinishReason, ToolCall, Usage},
};
use futures::stream::{BoxStream, StreamExt, unfold};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::{
    calls::Calls,
    failure::{self, Failure},
    sse::SseParser,
    wire::ChatEvent,
};

/// The most text of one answer, in bytes: more than any answer here needs.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How long to wait for the usage once the model is done.
const USAGE_WAIT: Duration = Duration::from_secs(2);

/// The state of one answer.
pub(super) struct Answer {
    response: Response,
    parser: SseParser,
    /// Data of events that have arrived and are not yet read.
    events: VecDeque<String>,
    code: &'static str,
    gap: Duration,
    /// When the next piece must be there. Comments do not move it.
    deadline: Instant,
    pieces_left: usize,
    bytes_left: usize,
    /// Calls of tools in the making, and those that are whole and wait to be told.
    calls: Calls,
    called: VecDeque<ToolCall>,
    usage: Option<Usage>,
    finished: Option<FinishReason>,
    phase: Phase,
}

#[derive(PartialEq, Eq)]
enum Phase {
    Reading,
    /// The model was done; what it cost and the end are still to be told.
    Done,
    /// Everything has been said.
    Ended,
}

impl Answer {
    pub(super) fn new(
        response: Response,
        code: &'static str,
        deadline: Instant,
        gap: Duration,
        tokens_max: u32,
    ) -> Self {
        Self {
            response,
            parser: SseParser::default(),
            events: VecDeque::new(),
            code,
            gap,
            deadline,
            // Some providers send less than a token at a time.
            pieces_left: tokens_max as usize * 2,
            bytes_left: TEXT_BYTES_MAX,
            calls: Calls::default(),
            called: VecDeque::new(),
            usage: None,
            finished: None,
            phase: Phase::Reading,
        }
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
                None if self.finished == Some(FinishReason::ContentFilter) => return Ok(first),
                None => {
                    let message = "the provider sent an empty answer";
                    return Err(Failure::Passing(Error::unavailable(self.code, message)));
                }
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
        while self.phase == Phase::Reading {
            match self.next_piece().await {
                Ok(Some(text)) if text.is_empty() => {}
                Ok(Some(text)) => return Some(Ok(ChatChunk::Text(text))),
                Ok(None) => {}
                Err(failure) => {
                    self.phase = Phase::Ended;
                    return Some(Err(self.interrupted(failure)));
                }
            }
        }
        if self.phase == Phase::Ended {
            return None;
        }
        if let Some(call) = self.called.pop_front() {
            return Some(Ok(ChatChunk::Call(call)));
        }
        if let Some(usage) = self.usage.take() {
            return Some(Ok(ChatChunk::Usage(usage)));
        }
        self.phase = Phase::Ended;
        Some(Ok(ChatChunk::Finished(self.finished.unwrap_or(FinishReason::Stop))))
    }

    /// The next text, empty where a call of a tool goes on instead; `None` once the model is done.
    async fn next_piece(&mut self) -> Result<Option<String>, Failure> {
        while self.phase == Phase::Reading {
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
                let message = "the provider sent something that is no piece of an answer";
                Failure::Passing(Error::unavailable(self.code, message).caused_by(e))
            })?;
            if let Some(error) = event.error {
                return Err(failure::in_band(self.code, &error));
            }
            self.deadline = Instant::now() + self.gap;
            self.usage = event.usage().or(self.usage);
            if let Some(reason) = event.finish_reason() {
                self.finished = Some(reason);
                self.deadline = Instant::now() + USAGE_WAIT;
            }
            let fragments = event.take_calls();
            let is_calling = !fragments.is_empty();
            for fragment in fragments {
                self.calls.take(fragment);
            }
            let text = event.take_text();
            if is_calling || !text.is_empty() {
                return Ok(Some(self.bounded(text)));
            }
        }
        Ok(None)
    }

    /// Cuts an answer that does not end; the rest is never read.
    fn bounded(&mut self, mut text: String) -> String {
        if text.len() > self.bytes_left {
            text.truncate(text.floor_char_boundary(self.bytes_left));
            self.bytes_left = 0;
        } else {
            self.bytes_left -= text.len();
        }
        self.count_piece();
        if self.bytes_left == 0 {
            self.is_too_long();
        }
        text
    }

    fn count_piece(&mut self) {
        self.pieces_left = self.pieces_left.saturating_sub(1);
        if self.pieces_left == 0 {
            self.is_too_long();
        }
    }

    fn is_too_long(&mut self) {
        self.finished = Some(FinishReason::Length);
        self.done();
    }

    /// The model was done: its calls are whole.
    fn done(&mut self) {
        self.called.extend(self.calls.finish());
        self.phase = Phase::Done;
    }

    /// The data of the next event; `None` at the end of the stream.
    async fn next_event(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(data) = self.events.pop_front() {
                return Ok(Some(data));
            }
            let bytes = match timeout_at(self.deadline, self.response.chunk()).await {
                // The stop was announced; only what it cost is still missing.
                Err(_) | Ok(Err(_)) if self.finished.is_some() => return Ok(None),
                Err(_) => return Err(failure::timed_out(self.code, "no further piece")),
                Ok(Err(error)) => return Err(failure::of_transport(self.code, error)),
                Ok(Ok(bytes)) => bytes,
            };
            let Some(bytes) = bytes else { return Ok(self.parser.finish()) };
            if self.parser.push(&bytes, &mut self.events).is_err() {
                let message = "the provider sent a line that is too long";
                return Err(Failure::Passing(Error::unavailable(self.code, message)));
            }
        }
    }

    /// The stream has ended: a stop that was announced is an end, anything else a cut.
    fn end(&mut self) -> Result<Option<String>, Failure> {
        if self.finished.is_none() {
            let message = "the provider broke off in the middle of an answer";
            return Err(Failure::Passing(Error::unavailable(self.code, message)));
        }
        self.done();
        Ok(None)
    }

    fn interrupted(&self, failure: Failure) -> Error {
        match failure {
            Failure::Passing(error)
            | Failure::Refused(error)
            | Failure::Final(error)
            | Failure::Rejected(error) => error,
            Failure::Busy(wait) => {
                Error::unavailable(self.code, "the provider broke off and wants a pause").retry_after(wait)
            }
        }
    }
}
