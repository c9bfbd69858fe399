//! Time, passed in. Nothing in this crate reads a clock of its own, so that tests and replays of
//! recorded sites decide what "now" is.

use jiff::Timestamp;

/// Tells what time it is.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}
