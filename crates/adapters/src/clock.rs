//! Clocks. [`SystemClock`] is the only reader of the machine's time in the whole service.

use eps_domain::Clock;
use jiff::Timestamp;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that owns the system clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still, for replaying recorded sites.
#[derive(Debug, Clone, Copy)]
pub struct PinnedClock(pub Timestamp);

impl Clock for PinnedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
