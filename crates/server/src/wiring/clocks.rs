//! Two clocks: the one that questions are asked by, which a replay pins, and the one that limits and
//! tokens go by, which goes on whatever is replayed.

use std::sync::Arc;

use eps_adapters::clock::{PinnedClock, SystemClock};
use eps_domain::Clock;
use jiff::Timestamp;

/// The clocks of a process.
#[derive(Clone)]
pub struct Clocks {
    /// What "now" means in questions, conversations and links.
    pub site: Arc<dyn Clock>,
    /// What limits, tokens and idempotency go by.
    pub wall: Arc<dyn Clock>,
}

impl Clocks {
    /// The machine's clock; for questions, one that stands still when `now` is given.
    pub fn new(now: Option<Timestamp>) -> Self {
        let wall: Arc<dyn Clock> = Arc::new(SystemClock);
        let site = match now {
            Some(now) => Arc::new(PinnedClock(now)),
            None => Arc::clone(&wall),
        };
        Self { site, wall }
    }

    /// One clock for everything; for tests that move it.
    pub fn of(clock: Arc<dyn Clock>) -> Self {
        Self { site: Arc::clone(&clock), wall: clock }
    }
}
