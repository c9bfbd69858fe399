//! Spans: how long a stretch of work took, within which other, and what came of it.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// Whose work a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanKind {
    /// A step of ours.
    Internal,
    /// A request that we serve.
    Server,
    /// A call of something that we lean on.
    Client,
}

/// What is said of a span.
#[derive(Debug, Clone, PartialEq)]
pub enum SpanValue {
    /// A word.
    Text(Cow<'static, str>),
    /// Words.
    Texts(Vec<&'static str>),
    /// A count.
    Number(u64),
    /// A measure.
    Real(f64),
}

impl From<&'static str> for SpanValue {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for SpanValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for SpanValue {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<f64> for SpanValue {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

/// A stretch of work that is over.
#[derive(Debug, Clone)]
pub struct Span {
    /// The trace that it belongs to.
    pub trace_id: u128,
    /// Its own id, never 0.
    pub span_id: u64,
    /// The work that it is a part of; none where the trace begins.
    pub parent_id: Option<u64>,
    /// What was done: few different ones.
    pub name: Cow<'static, str>,
    /// Whose work it was.
    pub kind: SpanKind,
    /// When it began.
    pub begun: Instant,
    /// When it was over, or given up.
    pub ended: Instant,
    /// What came of it, by the names of [`super::names`].
    pub values: Vec<(&'static str, SpanValue)>,
}

/// Takes spans in. Must never hold anybody up: what there is no room for is dropped and counted.
pub trait SpanRecorder: Send + Sync {
    /// A random id, never 0.
    fn new_id(&self) -> u64;

    /// Keeps a span until it is sent.
    fn record(&self, span: Span);
}

/// A span that goes on; recorded when it is dropped, however its work ends.
pub(super) struct OpenSpan {
    recorder: Arc<dyn SpanRecorder>,
    trace_id: u128,
    id: u64,
    parent_id: Option<u64>,
    name: Cow<'static, str>,
    kind: SpanKind,
    begun: Instant,
    values: Mutex<Vec<(&'static str, SpanValue)>>,
}

impl fmt::Debug for OpenSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenSpan").field("name", &self.name).finish_non_exhaustive()
    }
}

impl OpenSpan {
    pub(super) fn begin(
        recorder: Arc<dyn SpanRecorder>,
        trace_id: u128,
        parent_id: Option<u64>,
        kind: SpanKind,
        name: Cow<'static, str>,
    ) -> Arc<Self> {
        let (id, values) = (recorder.new_id(), Mutex::default());
        Arc::new(Self { recorder, trace_id, id, parent_id, name, kind, begun: Instant::now(), values })
    }

    pub(super) fn part(&self, kind: SpanKind, name: Cow<'static, str>) -> Arc<Self> {
        Self::begin(Arc::clone(&self.recorder), self.trace_id, Some(self.id), kind, name)
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The last word on a name counts.
    pub(super) fn note(&self, name: &'static str, value: SpanValue) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        values.retain(|(noted, _)| *noted != name);
        values.push((name, value));
    }
}

impl Drop for OpenSpan {
    fn drop(&mut self) {
        let values = self.values.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.recorder.record(Span {
            trace_id: self.trace_id,
            span_id: self.id,
            parent_id: self.parent_id,
            name: std::mem::take(&mut self.name),
            kind: self.kind,
            begun: self.begun,
            ended: Instant::now(),
            values: std::mem::take(values),
        });
    }
}
