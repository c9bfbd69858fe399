//! What a stream has said so far, ready to be sent again: readers follow it at their own pace, come
//! back within minutes, and never hold up the one who writes.
//!
//! Bounded twice: by bytes a stream and by bytes of all streams. Must never be read by another than
//! the caller whose stream it is, nor by that caller under other rights than it was made under.

use std::{
    io::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use eps_domain::{Caller, Owner, Scope};
use moka::sync::Cache;
use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::error::Problem;

/// The most bytes that one stream keeps: many times the longest answer.
const STREAM_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The event that ends a stream whose turn is stored.
pub(super) const COMPLETED: &str = "completed";
/// About what a frame is longer than what it says.
const FRAME_BYTES: usize = 80;
/// What a stream weighs at least, so that running ones, which are still small, are bounded too.
const WEIGHT_MIN: u32 = 64 * 1024;

/// Names one event of one stream: `<stream>-<sequence number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventId {
    pub(crate) stream: Uuid,
    pub(crate) sequence: usize,
}

impl EventId {
    /// Reads what a client sends as `Last-Event-ID`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (stream, sequence) = text.rsplit_once('-')?;
        Some(Self { stream: Uuid::try_parse(stream).ok()?, sequence: sequence.parse().ok()? })
    }
}

/// One event of a stream; what it says ends here in [`Said::json`].
#[derive(Debug, Clone, Copy)]
struct Event {
    name: &'static str,
    end: usize,
}

/// How far a stream has come. Thousands of streams are held at once: what they say is kept as it is, one
/// behind the other, and put into frames for those who read it.
#[derive(Debug, Clone, Default)]
struct Said {
    events: Vec<Event>,
    json: Vec<u8>,
    ended: Option<Instant>,
    /// Set when it failed before it had said anything.
    failed_early: Option<Problem>,
    /// The conversation that it is a turn of.
    conversation_id: Option<String>,
    /// Whether that turn is stored, so that the stream can be told for as long as the turn is there.
    is_stored: bool,
    /// Whether its conversation was deleted.
    is_deleted: bool,
}

impl Said {
    /// The frames of all events from this one on.
    fn frames(&self, stream: Uuid, from: usize) -> Vec<u8> {
        let mut start = self.events[..from].last().map_or(0, |event| event.end);
        let new = &self.events[from..];
        let mut frames = Vec::with_capacity(self.json.len() - start + new.len() * FRAME_BYTES);
        for (Event { name, end }, sequence) in new.iter().zip(from + 1..) {
            // Writing to memory cannot fail. JSON never holds a line break, so one `data:` line is enough.
            let _ = write!(frames, "id: {}-{sequence}\nevent: {name}\ndata: ", stream.simple());
            frames.extend_from_slice(&self.json[start..*end]);
            frames.extend_from_slice(b"\n\n");
            start = *end;
        }
        frames
    }
}

/// One stream.
#[derive(Debug)]
pub(crate) struct StreamLog {
    id: Uuid,
    owner: Owner,
    /// What its caller could see.
    scope: Scope,
    said: Mutex<Said>,
    changed: watch::Sender<()>,
}

impl StreamLog {
    pub(crate) fn new(id: Uuid, caller: &Caller) -> Arc<Self> {
        let (owner, scope) = (caller.owner.clone(), caller.scope.clone());
        Arc::new(Self { id, owner, scope, said: Mutex::default(), changed: watch::Sender::new(()) })
    }

    /// Says one event; false when the stream has said more than it may.
    pub(crate) fn say<T: Serialize>(&self, event: &'static str, data: &T) -> bool {
        self.write(event, false, |json| serde_json::to_writer(json, data).is_ok())
    }

    /// Notes the conversation that it is a turn of.
    pub(crate) fn belongs_to(&self, conversation_id: Option<&str>) {
        self.said().conversation_id = conversation_id.map(ToOwned::to_owned);
    }

    /// The conversation that must still be there for the stream to be told again.
    pub(crate) fn stored_in(&self) -> Option<String> {
        let said = self.said();
        said.conversation_id.clone().filter(|_| said.is_stored)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says the last event, which is already written as JSON.
    pub(crate) fn end(&self, event: &'static str, json: &[u8]) {
        self.write(event, true, |said| {
            said.extend_from_slice(json);
            true
        });
    }

    /// Ends a stream that has said nothing yet; false when it has.
    pub(crate) fn fail_early(&self, problem: &Problem) -> bool {
        let mut said = self.said();
        if !said.events.is_empty() {
            return false;
        }
        said.failed_early = Some(problem.clone());
        said.ended = Some(Instant::now());
        drop(said);
        self.changed.send_replace(());
        true
    }

    fn write(&self, name: &'static str, is_last: bool, say: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
        let mut said = self.said();
        if said.ended.is_some() || (said.json.len() > STREAM_BYTES_MAX && !is_last) {
            return false;
        }
        let before = said.json.len();
        if !say(&mut said.json) {
            said.json.truncate(before);
            return false;
        }
        let end = said.json.len();
        said.events.push(Event { name, end });
        said.ended = is_last.then(Instant::now);
        said.is_stored = name == COMPLETED;
        if is_last {
            said.events.shrink_to_fit();
            said.json.shrink_to_fit();
        }
        drop(said);
        self.changed.send_replace(());
        true
    }

    /// Returns when nobody reads any more.
    pub(crate) async fn abandoned(&self) {
        self.changed.closed().await;
    }

    /// Follows the stream from after the event with this number; 0 is the beginning.
    pub(crate) fn follow(self: &Arc<Self>, after: usize) -> Reader {
        Reader { changed: self.changed.subscribe(), next: after, log: self.clone() }
    }
}

/// Reads a stream at its own pace. While one exists the stream is not abandoned.
pub(crate) struct Reader {
    log: Arc<StreamLog>,
    changed: watch::Receiver<()>,
    next: usize,
}

/// What a reader finds.
pub(crate) enum Found {
    /// The next event, with those that have come behind it.
    Frames(Bytes),
    /// Nothing new for as long as it waited.
    Silence,
    /// The stream is over.
    End,
}

impl Reader {
    /// The events since the last ones, or what else there is after `patience`.
    pub(crate) async fn next(&mut self, patience: Duration) -> Found {
        loop {
            self.changed.mark_unchanged();
            {
                let said = self.log.said();
                if self.next < said.events.len() {
                    let frames = said.frames(self.log.id, self.next);
                    self.next = said.events.len();
                    return Found::Frames(frames.into());
                }
                if said.ended.is_some() {
                    return Found::End;
                }
            }
            match tokio::time::timeout(patience, self.changed.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Found::End,
                Err(_) => return Found::Silence,
            }
        }
    }

    /// Waits until the stream has said or failed something, at most `patience`.
    ///
    /// # Errors
    /// The problem, when it failed before it said anything.
    pub(crate) async fn begun(&mut self, patience: Duration) -> Result<(), Problem> {
        let log = self.log.clone();
        let has_begun = self.changed.wait_for(move |()| {
            let said = log.said();
            !said.events.is_empty() || said.ended.is_some()
        });
        // A late first event is no error: the head of the response then goes out before it.
        let _ = tokio::time::timeout(patience, has_begun).await;
        let said = self.log.said();
        said.failed_early.clone().map_or(Ok(()), Err)
    }
}

/// The streams that can be resumed.
#[derive(Debug)]
pub(crate) struct Streams {
    logs: Cache<Uuid, Arc<StreamLog>>,
    resume: Duration,
}

impl Streams {
    /// Keeps finished streams for `resume`, all streams together up to `bytes_max`; a stream lasts at
    /// most `deadline`.
    pub(crate) fn new(resume: Duration, deadline: Duration, bytes_max: u64) -> Self {
        let weight = |_: &Uuid, log: &Arc<StreamLog>| {
            let said = log.said();
            u32::try_from(said.json.len()).unwrap_or(u32::MAX).max(WEIGHT_MIN)
        };
        let logs =
            Cache::builder().max_capacity(bytes_max).weigher(weight).time_to_live(resume + deadline).build();
        Self { logs, resume }
    }

    /// Keeps a stream; again when it has ended, which weighs it and sets its time anew.
    pub(crate) fn keep(&self, log: &Arc<StreamLog>) {
        if !log.said().is_deleted {
            self.logs.insert(log.id, log.clone());
        }
    }

    /// Forgets the streams of a conversation that was deleted.
    pub(crate) fn forget(&self, owner: &Owner, conversation_id: &str) {
        for (id, log) in &self.logs {
            let mut said = log.said();
            if log.owner == *owner && said.conversation_id.as_deref() == Some(conversation_id) {
                said.is_deleted = true;
                drop(said);
                self.logs.invalidate(&*id);
            }
        }
    }

    /// The caller's stream with this id, if it can still be resumed and was made under the same rights.
    pub(crate) fn find(&self, stream: Uuid, caller: &Caller) -> Option<Arc<StreamLog>> {
        let is_theirs = |log: &Arc<StreamLog>| log.owner == caller.owner && log.scope == caller.scope;
        let log = self.logs.get(&stream).filter(is_theirs)?;
        let ended = log.said().ended;
        ended.is_none_or(|ended| ended.elapsed() <= self.resume).then_some(log)
    }
}

#[cfg(test)]
mod tests {
    use eps_domain::{CameraScope, Permission};

    use super::*;

    fn caller(subject: &str, cameras: CameraScope) -> Caller {
        Caller {
            owner: Owner { tenant: "t".into(), subject: subject.into() },
            permissions: [Permission::Ask].into(),
            scope: Scope { tenant: "t".into(), cameras },
            timezone: None,
            expires_at: jiff::Timestamp::MAX,
        }
    }

    #[test]
    fn an_event_id_reads_back_what_a_frame_says() {
        let stream = Uuid::from_u128(7);
        let log = StreamLog::new(stream, &caller("a", CameraScope::All));
        assert!(log.say("answer.delta", &1) && log.say("answer.delta", &2));
        log.end("completed", br#""a\nb""#);
        let text = String::from_utf8(log.said().frames(stream, 2)).unwrap();
        assert_eq!(text, "id: 00000000000000000000000000000007-3\nevent: completed\ndata: \"a\\nb\"\n\n");
        let id = EventId::parse("00000000000000000000000000000007-3").unwrap();
        assert_eq!(id, EventId { stream, sequence: 3 });
        assert_eq!(EventId::parse("7"), None);
        assert_eq!(EventId::parse("x-1"), None);
    }

    #[tokio::test]
    async fn a_reader_that_comes_back_gets_what_it_missed_and_the_end_once() {
        let log = StreamLog::new(Uuid::from_u128(1), &caller("a", CameraScope::All));
        let mut first = log.follow(0);
        for n in 0..3 {
            assert!(log.say("answer.delta", &n));
        }
        let patience = Duration::from_secs(5);
        assert!(matches!(first.next(patience).await, Found::Frames(_)));
        drop(first);
        log.abandoned().await;
        log.end("completed", b"{}");
        log.end("error", b"{}");
        assert!(!log.say("answer.delta", &9));
        let mut again = log.follow(1);
        let mut seen = Vec::new();
        while let Found::Frames(frames) = again.next(patience).await {
            let frames = String::from_utf8(frames.to_vec()).unwrap();
            seen.extend(frames.split_terminator("\n\n").map(ToOwned::to_owned));
        }
        assert_eq!(seen.len(), 3);
        assert!(seen[2].contains("event: completed") && seen[0].contains("-2\n"));
    }

    #[test]
    fn a_stream_is_found_by_its_owner_under_the_rights_it_was_made_under() {
        let streams = Streams::new(Duration::from_mins(5), Duration::from_mins(2), 1 << 20);
        let log = StreamLog::new(Uuid::from_u128(1), &caller("a", CameraScope::All));
        streams.keep(&log);
        let alice = caller("a", CameraScope::All);
        assert!(streams.find(log.id, &alice).is_some());
        assert!(streams.find(log.id, &caller("b", CameraScope::All)).is_none());
        assert!(streams.find(log.id, &caller("a", CameraScope::matching(&["dock-*"]).unwrap())).is_none());
        assert!(streams.find(Uuid::from_u128(2), &alice).is_none());
    }
}
