//! How far our clock is ahead of that of Redis, and what to take off it. Copies judge the age of what they
//! share: one whose clock is days off would remove what is everybody else's.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// As metrics call it.
const CLOCK_SKEW: &str = "eps_clock_skew_seconds";
/// So far a clock may be off and is taken as it is: no age that matters is so short.
const TOLERATED: SignedDuration = SignedDuration::from_mins(1);

/// What was last measured.
#[derive(Debug, Default)]
pub(super) struct Skew {
    /// In microseconds; 0 while it is tolerated.
    ahead_us: AtomicI64,
}

impl Skew {
    pub(super) fn new() -> Self {
        metrics::describe_gauge!(
            CLOCK_SKEW,
            metrics::Unit::Seconds,
            "How far our clock is ahead of that of Redis."
        );
        metrics::gauge!(CLOCK_SKEW).set(0.0);
        Self::default()
    }

    /// Takes in by how much our clock is ahead now.
    pub(super) fn note(&self, ahead_us: i64) {
        let seconds = ahead_us as f64 / 1e6;
        metrics::gauge!(CLOCK_SKEW).set(seconds);
        let is_off = SignedDuration::from_micros(ahead_us).abs() > TOLERATED;
        let before = self.ahead_us.swap(if is_off { ahead_us } else { 0 }, Ordering::Relaxed);
        if is_off && before == 0 {
            tracing::warn!(
                seconds,
                "our clock is ahead of that of Redis by so much: ages go by that of Redis, tokens and \
                 questions by ours"
            );
        }
    }

    /// An instant of ours by the clock of Redis.
    pub(super) fn correct(&self, ours: Timestamp) -> Timestamp {
        let ahead = SignedDuration::from_micros(self.ahead_us.load(Ordering::Relaxed));
        ours.checked_sub(ahead).unwrap_or(ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_nearly_right_is_taken_as_it_is() {
        let (skew, now) = (Skew::default(), Timestamp::UNIX_EPOCH);
        let day = SignedDuration::from_hours(24);
        for (ahead, corrected) in [
            (SignedDuration::ZERO, now),
            (day * 8, now - day * 8),
            (day * -8, now + day * 8),
            (SignedDuration::from_secs(59), now),
        ] {
            skew.note(i64::try_from(ahead.as_micros()).unwrap());
            assert_eq!(skew.correct(now), corrected, "{ahead}");
        }
        skew.note(i64::MIN);
        assert_eq!(skew.correct(now), now, "an instant that no calendar has");
    }
}
