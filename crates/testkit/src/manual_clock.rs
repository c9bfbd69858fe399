//! A clock that tests set and move by hand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use eps_domain::Clock;
use jiff::Timestamp;

/// Stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Starts at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Starts at an instant in RFC 3339.
    ///
    /// # Panics
    /// When it is none.
    pub fn at_rfc3339(now: &str) -> Self {
        Self::at(now.parse().unwrap())
    }

    /// Moves to an instant, forwards or back.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
