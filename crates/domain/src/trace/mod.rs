//! The trace that a piece of work belongs to (W3C Trace Context), carried along with its task, so that what
//! is asked of others on its behalf can say so; and its spans, where somebody records them. Decides
//! nothing: no answer depends on it. Where nothing is recorded, a span is just its work.

pub mod names;
mod span;

use std::{borrow::Cow, fmt, future::Future, sync::Arc};

pub use span::{Span, SpanKind, SpanRecorder, SpanValue};

use span::OpenSpan;

tokio::task_local! {
    static CURRENT: Option<Trace>;
}

/// A trace, and the span within it that is being worked on, if it is recorded.
#[derive(Debug, Clone)]
pub struct Trace {
    id: u128,
    /// The caller's span; none where the trace begins here.
    caller_id: Option<u64>,
    /// Whether whoever began it records it.
    is_sampled: bool,
    span: Option<Arc<OpenSpan>>,
}

impl Trace {
    /// A trace that begins here; `None` for the id that means none.
    pub fn begin(trace_id: u128) -> Option<Self> {
        (trace_id != 0).then_some(Self { id: trace_id, caller_id: None, is_sampled: false, span: None })
    }

    /// The trace that a `traceparent` names; `None` when it is not a valid one. Of later versions what
    /// this one knows is read, as the standard asks.
    pub fn parse(traceparent: &str) -> Option<Self> {
        /// `00-`, the id of the trace, that of the parent, the flags.
        const BYTES: usize = 55;
        let (known, rest) = traceparent.split_at_checked(BYTES)?;
        let mut parts = known.split('-');
        let version = u8::from_str_radix(hex(parts.next()?, 2)?, 16).ok()?;
        let trace_id = u128::from_str_radix(hex(parts.next()?, 32)?, 16).ok()?;
        let parent_id = u64::from_str_radix(hex(parts.next()?, 16)?, 16).ok()?;
        let flags = u8::from_str_radix(hex(parts.next()?, 2)?, 16).ok()?;
        let is_version = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let is_valid = is_version && trace_id != 0 && parent_id != 0;
        let is_sampled = flags & 1 == 1;
        is_valid.then_some(Self { id: trace_id, caller_id: Some(parent_id), is_sampled, span: None })
    }

    /// The trace of the running task, if it has one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok().flatten()
    }

    /// Its name, 32 lower-case hexadecimal digits.
    pub fn id(&self) -> impl fmt::Display + use<> {
        TraceId(self.id)
    }

    /// The `traceparent` for a request that is made on its behalf: the span that is being worked on, or
    /// one of this id where none is recorded.
    pub fn traceparent(&self, unrecorded_id: impl FnOnce() -> u64) -> String {
        let parent_id = self.span.as_ref().map_or_else(unrecorded_id, |span| span.id());
        format!("00-{:032x}-{parent_id:016x}-{:02x}", self.id, u8::from(self.is_sampled))
    }

    /// Records it from here on with a span for a request that is served, unless the caller asks that it
    /// be not.
    #[must_use]
    pub fn recorded_by(
        mut self,
        recorder: &Arc<dyn SpanRecorder>,
        name: impl Into<Cow<'static, str>>,
    ) -> Self {
        if self.is_sampled || self.caller_id.is_none() {
            let recorder = Arc::clone(recorder);
            let span = OpenSpan::begin(recorder, self.id, self.caller_id, SpanKind::Server, name.into());
            (self.is_sampled, self.span) = (true, Some(span));
        }
        self
    }

    /// A span within the one that is being worked on; it ends when the last copy of it is dropped.
    #[must_use]
    pub fn part(&self, kind: SpanKind, name: impl FnOnce() -> Cow<'static, str>) -> Self {
        let span = self.span.as_ref().map(|span| span.part(kind, name()));
        Self { span, ..self.clone() }
    }

    /// Says something of the span that is being worked on.
    pub fn note(&self, name: &'static str, value: impl Into<SpanValue>) {
        if let Some(span) = &self.span {
            span.note(name, value.into());
        }
    }

    /// Whether anybody records it.
    pub fn is_recorded(&self) -> bool {
        self.span.is_some()
    }
}

/// Work as a part of a trace, or of none. Tasks that it spawns do not inherit it.
pub fn within<F: Future>(trace: Option<Trace>, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(trace, work)
}

/// A step of ours as a span.
pub fn step<F: Future>(name: &'static str, work: F) -> impl Future<Output = F::Output> {
    within(part_of_current(name), work)
}

/// The same for work that waits for nothing.
pub fn step_at_once<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(part_of_current(name), work)
}

fn part_of_current(name: &'static str) -> Option<Trace> {
    Trace::current().map(|trace| trace.part(SpanKind::Internal, || name.into()))
}

struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Exactly so many lower-case digits.
fn hex(part: &str, digits: usize) -> Option<&str> {
    let is_hex = part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    (part.len() == digits && is_hex).then_some(part)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    /// Numbers spans from 1 and keeps what is recorded.
    #[derive(Default)]
    struct Kept(Mutex<(u64, Vec<Span>)>);

    impl SpanRecorder for Kept {
        fn new_id(&self) -> u64 {
            let mut kept = self.0.lock().unwrap();
            kept.0 += 1;
            kept.0
        }

        fn record(&self, span: Span) {
            self.0.lock().unwrap().1.push(span);
        }
    }

    #[test]
    fn only_a_valid_traceparent_names_a_trace() {
        for (good, flags) in [
            (format!("00-{ID}-00f067aa0ba902b7-01"), "01"),
            (format!("00-{ID}-00f067aa0ba902b7-00"), "00"),
            (format!("00-{ID}-00f067aa0ba902b7-fe"), "00"),
            (format!("cc-{ID}-00f067aa0ba902b7-03"), "01"),
            (format!("cc-{ID}-00f067aa0ba902b7-01-what-comes-later"), "01"),
        ] {
            let trace = Trace::parse(&good).unwrap();
            assert_eq!(trace.id().to_string(), ID);
            assert_eq!(trace.traceparent(|| 7), format!("00-{ID}-0000000000000007-{flags}"));
        }
        for bad in [
            String::new(),
            "what".to_owned(),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            format!("00-{ID}-0000000000000000-01"),
            format!("ff-{ID}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", ID.to_uppercase()),
            format!("00-{ID}-00f067aa0ba902b7-0g"),
            format!("00-{ID}-00f067aa0ba902b7-01-"),
            format!("00-{ID}-00f067aa0ba902b7-01-more"),
            format!("cc-{ID}-00f067aa0ba902b7-01more"),
            format!("00-{ID}-+0f067aa0ba902b7-01"),
            format!("00-{ID}-00f067aa0ba902b7"),
            format!("00-{ID}00f067aa0ba902b7--01-"),
            format!("00-{}-00f067aa0ba902b7-01", "ü".repeat(16)),
        ] {
            assert!(Trace::parse(&bad).is_none(), "{bad}");
        }
    }

    #[tokio::test]
    async fn work_knows_its_trace_and_no_other() {
        let current = || Trace::current().map(|trace| trace.id);
        let work = async {
            tokio::task::yield_now().await;
            let inner = within(Trace::begin(2), async { current() }).await;
            (current(), inner)
        };
        let beside = within(Trace::begin(2), async { current() });
        let (both, other) = tokio::join!(within(Trace::begin(1), work), beside);
        assert_eq!((both, other), ((Some(1), Some(2)), Some(2)));
        assert!(current().is_none() && Trace::begin(0).is_none());
    }

    #[tokio::test]
    async fn spans_lie_within_each_other_and_end_with_their_work() {
        let kept = Arc::new(Kept::default());
        let recorder: Arc<dyn SpanRecorder> = kept.clone();
        let continued = Trace::parse(&format!("00-{ID}-00f067aa0ba902b7-01")).unwrap();
        let request = continued.recorded_by(&recorder, "GET /x");
        let work = async {
            step_at_once("read", || Trace::current().unwrap().note(names::ERROR_TYPE, "first"));
            let search = async {
                let told = Trace::current().unwrap().traceparent(|| unreachable!());
                assert!(told.ends_with("-0000000000000003-01"), "{told}");
                Trace::current().unwrap().note(names::ERROR_TYPE, "first");
                Trace::current().unwrap().note(names::ERROR_TYPE, "last");
            };
            step("search", search).await;
            // Given up before it was over.
            drop(step("write", std::future::pending::<()>()));
        };
        within(Some(request), work).await;
        let spans = std::mem::take(&mut kept.0.lock().unwrap().1);
        let told: Vec<_> = spans.iter().map(|span| (&*span.name, span.span_id, span.parent_id)).collect();
        let caller = Some(0x00f0_67aa_0ba9_02b7);
        assert_eq!(
            told,
            [("read", 2, Some(1)), ("search", 3, Some(1)), ("write", 4, Some(1)), ("GET /x", 1, caller)]
        );
        assert_eq!(spans[1].values, [(names::ERROR_TYPE, "last".into())]);
        assert!(spans.iter().all(|span| span.trace_id == u128::from_str_radix(ID, 16).unwrap()));
        // Whoever began the trace does not want it recorded; and where there is none, work is just work.
        let unwanted = Trace::parse(&format!("00-{ID}-00f067aa0ba902b7-00")).unwrap();
        within(Some(unwanted.recorded_by(&recorder, "GET /x")), step("search", async {})).await;
        step("search", async {}).await;
        assert!(kept.0.lock().unwrap().1.is_empty());
    }
}
