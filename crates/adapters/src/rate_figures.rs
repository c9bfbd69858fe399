//! What a limiter tells of a decision, whoever counts the requests.
//!
//! Times are whole microseconds. The bucket is GCRA written as a leaking backlog: one request adds
//! [`REQUEST`], a microsecond leaks `per_minute`, and `burst` requests fit. So the period of 60 s /
//! `per_minute` is exact also where it is no whole number.

use std::time::Duration;

use eps_domain::rate_limit::{Quota, RateDecision, RatePolicy};

/// The rolling window, in microseconds.
pub(crate) const WINDOW: i64 = 60_000_000;
/// What one request adds to the backlog: 60 s × `per_minute` leak `per_minute` requests.
pub(crate) const REQUEST: i64 = WINDOW;
/// A clock that is behind by no more than this stands still: requests overtake each other by
/// microseconds. One that is behind by more was set back, and what is remembered is set back with it,
/// so that nobody waits for the old time to come again.
pub(crate) const STEP_BACK_IGNORED: i64 = 5_000_000;

/// What was counted of a subject, this request included if it was allowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// Whether the request may go on.
    pub is_allowed: bool,
    /// What has not leaked yet.
    pub backlog: i64,
    /// Requests admitted in the window.
    pub admitted: usize,
    /// How long ago the first of them was.
    pub oldest_age: Option<i64>,
    /// How long ago the last was.
    pub newest_age: Option<i64>,
    /// How long ago the one was that must leave the window before another fits: normally the first;
    /// when the limit was lowered, the last too many.
    pub last_excess_age: Option<i64>,
}

impl Counted {
    /// The figures for the headers.
    pub(crate) fn decision(self, policy: RatePolicy) -> RateDecision {
        let (leak, fits) = (i64::from(policy.per_minute), i64::from(policy.burst) * REQUEST);
        let until_leaked = |excess: i64| match excess {
            ..=0 => 0,
            // Without a leak there is never more; a minute is as good an answer as any.
            _ if leak == 0 => WINDOW,
            _ => excess.div_euclid(leak) + i64::from(excess.rem_euclid(leak) != 0),
        };
        let until_old = |age: Option<i64>| age.map_or(0, |age| WINDOW - age);

        let burst_left = ((fits - self.backlog) / REQUEST).max(0);
        let burst_more = until_leaked((self.backlog - (fits - (burst_left + 1) * REQUEST)).min(self.backlog));
        let minute_left = (policy.per_minute as usize).saturating_sub(self.admitted);

        let mut retry = if burst_left == 0 { until_leaked(self.backlog + REQUEST - fits) } else { 0 };
        if minute_left == 0 {
            retry = retry.max(self.last_excess_age.map_or(WINDOW, |age| until_old(Some(age))));
        }
        let micros = |micros: i64| Duration::from_micros(micros.unsigned_abs());
        RateDecision {
            is_allowed: self.is_allowed,
            burst: Quota { remaining: burst_left as u32, more_after: micros(burst_more) },
            minute: Quota { remaining: minute_left as u32, more_after: micros(until_old(self.oldest_age)) },
            full_after: micros(until_leaked(self.backlog).max(until_old(self.newest_age))),
            retry_after: micros(retry),
            is_local: false,
        }
    }
}
