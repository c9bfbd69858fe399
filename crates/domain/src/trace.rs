//! The trace that a piece of work belongs to (W3C Trace Context), carried along with its task, so that what
//! is asked of others on its behalf can say so. Decides nothing: no answer depends on it.

use std::{fmt, future::Future};

tokio::task_local! {
    static CURRENT: Option<Trace>;
}

/// A trace: its name, and whether whoever began it records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace_id: u128,
    is_sampled: bool,
}

impl Trace {
    /// A trace that begins here; `None` for the id that means none.
    pub fn begin(trace_id: u128) -> Option<Self> {
        (trace_id != 0).then_some(Self { trace_id, is_sampled: false })
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
        is_valid.then_some(Self { trace_id, is_sampled: flags & 1 == 1 })
    }

    /// The trace of the running task, if it has one.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|trace| *trace).ok().flatten()
    }

    /// Its name, 32 lower-case hexadecimal digits.
    pub fn id(self) -> impl fmt::Display {
        TraceId(self.trace_id)
    }

    /// The `traceparent` for a request that is made on its behalf, whose own id is `parent_id`.
    pub fn traceparent(self, parent_id: u64) -> String {
        let flags = u8::from(self.is_sampled);
        format!("00-{:032x}-{parent_id:016x}-{flags:02x}", self.trace_id)
    }
}

/// Work as a part of a trace, or of none. Tasks that it spawns do not inherit it.
pub fn within<F: Future>(trace: Option<Trace>, work: F) -> impl Future<Output = F::Output> {
    CURRENT.scope(trace, work)
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
    use super::*;

    const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

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
            assert_eq!(trace.traceparent(7), format!("00-{ID}-0000000000000007-{flags}"));
            assert_eq!(Trace::parse(&trace.traceparent(7)).unwrap(), trace);
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
            assert_eq!(Trace::parse(&bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn work_knows_its_trace_and_no_other() {
        let (one, two) = (Trace::begin(1).unwrap(), Trace::begin(2).unwrap());
        let work = async {
            tokio::task::yield_now().await;
            let inner = within(Some(two), async { Trace::current() }).await;
            (Trace::current(), inner)
        };
        let beside = within(Some(two), async { Trace::current() });
        let (both, other) = tokio::join!(within(Some(one), work), beside);
        assert_eq!((both, other), ((Some(one), Some(two)), Some(two)));
        assert_eq!((Trace::current(), Trace::begin(0)), (None, None));
    }
}
