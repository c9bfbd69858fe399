//! Counts requests in this process, for as many subjects as it is told; the one unused for longest
//! makes room.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use eps_domain::{
    Result,
    rate_limit::{RateDecision, RateLimiter, RatePolicy},
};
use jiff::Timestamp;

use crate::rate_figures::{Counted, REQUEST, STEP_BACK_IGNORED, WINDOW};

/// What is remembered of a subject.
#[derive(Debug, Default)]
struct Subject {
    /// When it was last looked at.
    seen: i64,
    /// What has not leaked yet, as of `seen`.
    backlog: i64,
    /// When the requests of the last minute were admitted, oldest first.
    admitted: VecDeque<i64>,
    /// Its place in the order of use.
    used: u64,
}

#[derive(Debug, Default)]
struct Subjects {
    by_name: HashMap<Arc<str>, Subject>,
    by_use: BTreeMap<u64, Arc<str>>,
    uses: u64,
}

/// A limiter within one process.
#[derive(Debug)]
pub struct InProcessRateLimiter {
    subjects: Mutex<Subjects>,
    subjects_max: usize,
}

impl InProcessRateLimiter {
    /// Remembers at most `subjects_max` subjects, at least one. Each takes up to 8 × `per_minute`
    /// bytes beside its name.
    pub fn new(subjects_max: usize) -> Self {
        Self { subjects: Mutex::default(), subjects_max: subjects_max.max(1) }
    }

    /// How many subjects are remembered.
    pub fn subjects(&self) -> usize {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner).by_name.len()
    }
}

#[async_trait]
impl RateLimiter for InProcessRateLimiter {
    async fn check(&self, subject: &str, policy: RatePolicy, now: Timestamp) -> Result<RateDecision> {
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(subjects.touch(subject, self.subjects_max).decide(policy, now.as_microsecond()))
    }
}

impl Subjects {
    /// The subject, now the one used last.
    fn touch(&mut self, name: &str, subjects_max: usize) -> &mut Subject {
        self.uses += 1;
        let name = if let Some((known, subject)) = self.by_name.get_key_value(name) {
            self.by_use.remove(&subject.used);
            Arc::clone(known)
        } else {
            if self.by_name.len() >= subjects_max
                && let Some((_, unused)) = self.by_use.pop_first()
            {
                self.by_name.remove(&unused);
            }
            name.into()
        };
        self.by_use.insert(self.uses, Arc::clone(&name));
        let subject = self.by_name.entry(name).or_default();
        subject.used = self.uses;
        subject
    }
}

impl Subject {
    fn decide(&mut self, policy: RatePolicy, now: i64) -> RateDecision {
        let now = self.advance(policy, now);
        let fits = i64::from(policy.burst) * REQUEST;
        let is_allowed = self.backlog + REQUEST <= fits && self.admitted.len() < policy.per_minute as usize;
        if is_allowed {
            self.backlog += REQUEST;
            self.admitted.push_back(now);
        }
        let excess = self.admitted.len().saturating_sub(policy.per_minute as usize);
        let ages = |admitted: Option<&i64>| admitted.map(|at| now - at);
        Counted {
            is_allowed,
            backlog: self.backlog,
            admitted: self.admitted.len(),
            oldest_age: ages(self.admitted.front()),
            newest_age: ages(self.admitted.back()),
            last_excess_age: ages(self.admitted.get(excess)),
        }
        .decision(policy)
    }

    /// Lets time pass; the instant that it then is.
    fn advance(&mut self, policy: RatePolicy, now: i64) -> i64 {
        let behind = self.seen.saturating_sub(now);
        if behind > STEP_BACK_IGNORED {
            for admitted in &mut self.admitted {
                *admitted -= behind;
            }
            self.seen = now;
        }
        let now = now.max(self.seen);
        let leaked = (now - self.seen).saturating_mul(i64::from(policy.per_minute));
        self.backlog = self.backlog.saturating_sub(leaked).max(0);
        self.seen = now;
        while self.admitted.front().is_some_and(|at| now - at >= WINDOW) {
            self.admitted.pop_front();
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use proptest::prelude::*;

    const POLICY: RatePolicy = RatePolicy { per_minute: 100, burst: 20 };

    proptest! {
        #[test]
        fn whatever_arrives_the_law_holds_and_the_answers_are_true(
            per_minute in 1_u32..150,
            burst in 1_u32..40,
            gaps in prop::collection::vec(prop_oneof![0_i64..5, 0_i64..2_000_000, 0_i64..40_000_000], 1..600),
        ) {
            let policy = RatePolicy { per_minute, burst };
            let (mut subject, mut now) = (Subject::default(), 0);
            let mut admitted: Vec<i64> = Vec::new();
            // The bucket computed apart, in the classic form: a theoretical arrival time, in units of
            // 1 / per_minute microseconds.
            let mut arrival: i128 = 0;
            for gap in gaps {
                now += gap;
                let decision = subject.decide(policy, now);
                let scaled = i128::from(now) * i128::from(per_minute);
                let fits = arrival.max(scaled) + i128::from(WINDOW) - scaled <= i128::from(WINDOW) * i128::from(burst);
                let in_window = admitted.iter().filter(|at| now - **at < WINDOW).count();
                prop_assert_eq!(decision.is_allowed, fits && in_window < per_minute as usize);
                if decision.is_allowed {
                    arrival = arrival.max(scaled) + i128::from(WINDOW);
                    admitted.push(now);
                    let nth = admitted.len().checked_sub(per_minute as usize + 1).map(|i| admitted[i]);
                    prop_assert!(nth.is_none_or(|at| now - at >= WINDOW));
                }
                // `retry_after` is the first microsecond at which a request passes.
                let wait = decision.retry_after.as_micros() as i64;
                let mut at_wait = clone(&subject);
                prop_assert!(at_wait.decide(policy, now + wait).is_allowed);
                if wait > 0 {
                    prop_assert!(!clone(&subject).decide(policy, now + wait - 1).is_allowed);
                }
                let full = clone(&subject).decide(policy, now + decision.full_after.as_micros() as i64);
                prop_assert_eq!((full.burst.remaining, full.minute.remaining), (burst - 1, per_minute - 1));
            }
        }
    }

    fn clone(subject: &Subject) -> Subject {
        Subject { admitted: subject.admitted.clone(), ..*subject }
    }

    #[test]
    fn a_clock_that_is_set_back_neither_frees_nor_blocks_anyone() {
        let mut subject = Subject::default();
        let start = 10_000_000_000;
        for _ in 0..POLICY.burst {
            assert!(subject.decide(POLICY, start).is_allowed);
        }
        let earlier = start - 3_600_000_000;
        let refused = subject.decide(POLICY, earlier);
        assert!(!refused.is_allowed);
        assert_eq!(refused.retry_after, Duration::from_millis(600));
        assert!(subject.decide(POLICY, earlier + 600_000).is_allowed);
        assert_eq!(subject.admitted.len(), 21);
    }

    #[tokio::test]
    async fn the_subject_unused_for_longest_makes_room() {
        let limiter = InProcessRateLimiter::new(2);
        let once = RatePolicy { per_minute: 1, burst: 1 };
        let now = Timestamp::UNIX_EPOCH;
        for (subject, allowed) in
            [("a", true), ("b", true), ("a", false), ("c", true), ("a", false), ("b", true)]
        {
            let decision = limiter.check(subject, once, now).await.unwrap();
            assert_eq!(decision.is_allowed, allowed, "{subject}");
            assert!(limiter.subjects() <= 2);
        }
    }
}
