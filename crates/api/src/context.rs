//! What every part of the surface may know about the request it works on: its correlation id and its
//! path; and how its work stays its own in other tasks. Never the query (it can hold signatures), never a
//! header.

use std::{future::Future, sync::Arc};

use axum::http::HeaderValue;
use eps_domain::{
    Clock,
    trace::{self, Trace},
};
use tracing::Instrument as _;
use uuid::{NoContext, Uuid};

/// The longest correlation id that is taken from a client.
const CORRELATION_ID_BYTES_MAX: usize = 128;

/// The name of one request and where it went.
#[derive(Debug, Clone)]
pub(crate) struct RequestContext {
    /// In every response, problem and log line of the request.
    pub(crate) correlation_id: HeaderValue,
    /// The path as it was sent, without the query.
    pub(crate) path: Box<str>,
}

impl RequestContext {
    /// Takes the client's correlation id when it is harmless, else mints one.
    pub(crate) fn new(offered: Option<&HeaderValue>, path: &str, clock: &dyn Clock) -> Arc<Self> {
        let correlation_id = offered.filter(|id| is_harmless(id.as_bytes())).cloned();
        let correlation_id = correlation_id.unwrap_or_else(|| mint(clock));
        Arc::new(Self { correlation_id, path: path.into() })
    }

    /// The correlation id as text.
    pub(crate) fn correlation_id(&self) -> &str {
        self.correlation_id.to_str().unwrap_or_default()
    }
}

/// Work of this request that goes on in a task of its own: its lines in the log and what it asks of
/// others still name the request.
pub(crate) fn of_this_request<F: Future>(work: F) -> impl Future<Output = F::Output> {
    trace::within(Trace::current(), work).in_current_span()
}

/// `^[A-Za-z0-9._-]{1,128}$`: nothing that could end a header or forge a log line.
fn is_harmless(id: &[u8]) -> bool {
    (1..=CORRELATION_ID_BYTES_MAX).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// An id of version 7, so that ids sort by the time of the request.
pub(crate) fn new_id(clock: &dyn Clock) -> Uuid {
    let now = clock.now();
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos))
}

fn mint(clock: &dyn Clock) -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let text: &str = new_id(clock).simple().encode_lower(&mut buffer);
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken() {
        for good in ["a", "0190-abc.DEF_9", &"x".repeat(128)] {
            assert!(is_harmless(good.as_bytes()), "{good}");
        }
        for bad in ["", "a b", "a\r\nb", r#"{"x":1}"#, "ü", &"x".repeat(129)] {
            assert!(!is_harmless(bad.as_bytes()), "{bad}");
        }
    }
}
