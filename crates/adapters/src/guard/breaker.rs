//! When to stop asking a dependency that does not answer, and when to try it again.
//!
//! Closed it counts; open it refuses without a socket; half open it lets one call through.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use eps_domain::{Error, ErrorKind};
use metrics::{Unit, describe_gauge, gauge};

/// State by dependency: 0 closed, 1 open, 2 half open.
pub const CIRCUIT_STATE: &str = "eps_circuit_state";

/// So many failures without a success between them open it.
const CONSECUTIVE_MAX: u32 = 5;
/// More than half of the calls of a window open it, when there are enough of them to tell.
const WINDOW: Duration = Duration::from_secs(10);
const WINDOW_CALLS_MIN: u32 = 20;
/// How long it stays open at first; doubled each time the trial fails.
const OPEN_FOR_MIN: Duration = Duration::from_secs(5);
/// At most: one call in ten seconds burdens nobody, and what is mended is soon used again.
const OPEN_FOR_MAX: Duration = Duration::from_secs(10);

/// A breaker of one dependency.
#[derive(Debug)]
pub(super) struct Breaker {
    dep: &'static str,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    consecutive: u32,
    /// Calls and failures since `window_begun`.
    window_begun: Instant,
    calls: u32,
    failures: u32,
    open_for: Duration,
    /// What the last failure said: whoever is refused hears the same.
    last: Option<(ErrorKind, &'static str, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Closed,
    Open {
        until: Instant,
    },
    /// One call is under way to find out.
    HalfOpen,
}

/// A call that was let through. Dropped without a word (the caller left), a trial is given back.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    is_trial: bool,
    is_settled: bool,
}

impl Breaker {
    pub(super) fn new(dep: &'static str, now: Instant) -> Self {
        describe_gauge!(CIRCUIT_STATE, Unit::Count, "0 closed, 1 open, 2 half open, by dependency.");
        gauge!(CIRCUIT_STATE, "dep" => dep).set(0.0);
        let state = State {
            phase: Phase::Closed,
            consecutive: 0,
            window_begun: now,
            calls: 0,
            failures: 0,
            open_for: OPEN_FOR_MIN,
            last: None,
        };
        Self { dep, state: Mutex::new(state) }
    }

    /// Lets a call through, or says at once what the last failure said.
    pub(super) fn admit(&self, now: Instant) -> Result<Permit<'_>, Error> {
        let mut state = self.lock();
        match state.phase {
            Phase::Closed => Ok(self.permit(false)),
            Phase::Open { until } if now >= until => {
                self.turn(&mut state, Phase::HalfOpen);
                Ok(self.permit(true))
            }
            Phase::Open { until } => Err(state.refusal(until.saturating_duration_since(now))),
            Phase::HalfOpen => Err(state.refusal(OPEN_FOR_MIN)),
        }
    }

    /// Lets a call through whatever the state: a check of health is how one learns that it is mended.
    pub(super) fn probe(&self) -> Permit<'_> {
        self.permit(false)
    }

    fn permit(&self, is_trial: bool) -> Permit<'_> {
        Permit { breaker: self, is_trial, is_settled: false }
    }

    fn turn(&self, state: &mut State, phase: Phase) {
        let shown = match phase {
            Phase::Closed => 0.0,
            Phase::Open { .. } => 1.0,
            Phase::HalfOpen => 2.0,
        };
        if state.phase != phase {
            tracing::info!(dep = self.dep, state = shown, "circuit");
        }
        gauge!(CIRCUIT_STATE, "dep" => self.dep).set(shown);
        state.phase = phase;
    }

    /// The state is whole between any two statements; a panic elsewhere cannot leave it half written.
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn refusal(&self, wait: Duration) -> Error {
        let (kind, code, message) = self.last.clone().unwrap_or((
            ErrorKind::Unavailable,
            "DEPENDENCY_UNAVAILABLE",
            "it is out of order".to_owned(),
        ));
        let wait = wait.clamp(Duration::from_secs(1), OPEN_FOR_MAX);
        Error::new(kind, code, message).retry_after(wait)
    }

    fn count(&mut self, is_failure: bool, now: Instant) {
        if now.saturating_duration_since(self.window_begun) >= WINDOW {
            (self.window_begun, self.calls, self.failures) = (now, 0, 0);
        }
        self.calls += 1;
        self.failures += u32::from(is_failure);
    }

    fn is_too_much(&self) -> bool {
        self.consecutive >= CONSECUTIVE_MAX
            || (self.calls >= WINDOW_CALLS_MIN && self.failures * 2 > self.calls)
    }
}

impl Permit<'_> {
    /// The call came back. Only what says that the dependency is out of order counts as a failure: what it
    /// refused, and that it is full, are answers.
    pub(super) fn settle<T>(mut self, outcome: &Result<T, Error>, now: Instant) {
        self.is_settled = true;
        let mut state = self.breaker.lock();
        let failure = outcome.as_ref().err().filter(|error| is_out_of_order(error));
        state.count(failure.is_some(), now);
        let Some(error) = failure else {
            state.consecutive = 0;
            if state.phase != Phase::Closed {
                (state.calls, state.failures, state.open_for) = (0, 0, OPEN_FOR_MIN);
                self.breaker.turn(&mut state, Phase::Closed);
            }
            return;
        };
        state.consecutive = state.consecutive.saturating_add(1);
        state.last = Some((error.kind, error.code, error.message.clone()));
        if self.is_trial {
            state.open_for = (state.open_for * 2).min(OPEN_FOR_MAX);
        }
        if self.is_trial || (state.phase == Phase::Closed && state.is_too_much()) {
            let until = now + state.open_for;
            self.breaker.turn(&mut state, Phase::Open { until });
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.is_trial && !self.is_settled {
            let mut state = self.breaker.lock();
            let until = state.window_begun; // In the past: the next call tries again.
            self.breaker.turn(&mut state, Phase::Open { until });
        }
    }
}

pub(super) fn is_out_of_order(error: &Error) -> bool {
    match error.kind {
        ErrorKind::Timeout => true,
        ErrorKind::Unavailable => !error.code.ends_with("_FULL"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down() -> Result<(), Error> {
        Err(Error::unavailable("SEARCH_UNAVAILABLE", "the event store cannot be reached"))
    }

    fn full() -> Result<(), Error> {
        Err(Error::unavailable("STORAGE_FULL", "the disk is full"))
    }

    fn call(breaker: &Breaker, outcome: &Result<(), Error>, now: Instant) -> bool {
        breaker.admit(now).map(|permit| permit.settle(outcome, now)).is_ok()
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_refuses_with_their_words() {
        let now = Instant::now();
        let breaker = Breaker::new("events", now);
        for _ in 0..4 {
            assert!(call(&breaker, &down(), now));
        }
        assert!(call(&breaker, &Ok(()), now), "a success between them starts the count anew");
        for _ in 0..5 {
            assert!(call(&breaker, &down(), now));
        }
        let refused = breaker.admit(now).unwrap_err();
        assert_eq!((refused.kind, refused.code), (ErrorKind::Unavailable, "SEARCH_UNAVAILABLE"));
        assert_eq!(refused.retry_after, Some(OPEN_FOR_MIN));
    }

    #[test]
    fn it_opens_when_most_calls_fail_and_never_for_what_is_an_answer() {
        let now = Instant::now();
        let breaker = Breaker::new("events", now);
        for _ in 0..100 {
            assert!(call(&breaker, &full(), now));
            assert!(call(&breaker, &Err(Error::not_found("X", "none")), now));
        }
        let (breaker, mut opened) = (Breaker::new("events", now), false);
        for round in 0..40 {
            let outcome = if round % 3 == 0 { Ok(()) } else { down() };
            opened |= !call(&breaker, &outcome, now);
        }
        assert!(opened);
    }

    #[test]
    fn one_call_tries_it_again_and_each_failed_trial_waits_twice_as_long() {
        let mut now = Instant::now();
        let breaker = Breaker::new("events", now);
        (0..5).for_each(|_| assert!(call(&breaker, &down(), now)));
        let mut wait = OPEN_FOR_MIN;
        for _ in 0..6 {
            assert!(breaker.admit(now + wait / 2).is_err());
            now += wait;
            let trial = breaker.admit(now).unwrap();
            assert!(breaker.admit(now).is_err(), "one at a time");
            trial.settle(&down(), now);
            wait = (wait * 2).min(OPEN_FOR_MAX);
        }
        now += wait;
        drop(breaker.admit(now).unwrap());
        assert!(call(&breaker, &Ok(()), now), "a trial whose caller left is given back");
        assert!(call(&breaker, &down(), now));
    }

    #[test]
    fn a_check_of_health_goes_through_and_closes_it() {
        let now = Instant::now();
        let breaker = Breaker::new("events", now);
        (0..5).for_each(|_| assert!(call(&breaker, &down(), now)));
        breaker.probe().settle(&down(), now);
        assert!(breaker.admit(now).is_err());
        breaker.probe().settle(&Ok(()), now);
        assert!(breaker.admit(now).is_ok());
    }
}
