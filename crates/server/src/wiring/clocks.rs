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

    /// What events that arrive are held against: whichever clock is ahead. A site that is replayed holds
    /// events of later than its "now", and may be replayed at a "now" that is still to come.
    pub(super) fn arrivals(&self) -> Arc<dyn Clock> {
        Arc::new(Later(Arc::clone(&self.site), Arc::clone(&self.wall)))
    }
}

/// The one of two clocks that is ahead.
struct Later(Arc<dyn Clock>, Arc<dyn Clock>);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        self.0.now().max(self.1.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_of_a_replay_are_held_against_the_clock_that_is_ahead() {
        let (early, late) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        for (site, wall) in [(early, late), (late, early)] {
            let clocks = Clocks { site: Arc::new(PinnedClock(site)), wall: Arc::new(PinnedClock(wall)) };
            assert_eq!(clocks.arrivals().now(), late);
        }
    }
}
