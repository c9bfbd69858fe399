//! How the dependencies are, as the server reports it in the background.
//!
//! A dependency makes the service unready only after [`Readiness::HYSTERESIS`], so that a hiccup does
//! not take every copy out of service at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;

/// How a dependency is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Nothing is known yet.
    Unknown,
    /// It works.
    Up,
    /// It works for reading only.
    ReadOnly,
    /// It does not work.
    Down,
}

impl Health {
    fn serves(self) -> bool {
        matches!(self, Self::Up | Self::ReadOnly)
    }
}

#[derive(Debug)]
struct Check {
    is_required: bool,
    health: Health,
    has_been_up: bool,
    /// Since when it has not worked, without a break.
    bad_since: Option<Instant>,
}

/// How the dependencies are, as the server last reported.
#[derive(Debug)]
pub struct Readiness {
    checks: Mutex<BTreeMap<&'static str, Check>>,
}

impl Readiness {
    /// How long a required dependency must be out of order until the service is.
    pub const HYSTERESIS: Duration = Duration::from_secs(10);

    /// Nothing known yet; `required` dependencies decide, `others` are only shown.
    pub fn new(required: &[&'static str], others: &[&'static str]) -> Arc<Self> {
        let check =
            |is_required| Check { is_required, health: Health::Unknown, has_been_up: false, bad_since: None };
        let required = required.iter().map(|name| (*name, check(true)));
        let checks = required.chain(others.iter().map(|name| (*name, check(false)))).collect();
        Arc::new(Self { checks: Mutex::new(checks) })
    }

    /// Takes in how a dependency is now. An unknown name is taken as not required.
    pub fn report(&self, dependency: &'static str, health: Health, now: Instant) {
        let mut checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        let check = checks.entry(dependency).or_insert(Check {
            is_required: false,
            health: Health::Unknown,
            has_been_up: false,
            bad_since: None,
        });
        check.health = health;
        if health.serves() {
            check.has_been_up = true;
            check.bad_since = None;
        } else {
            check.bad_since.get_or_insert(now);
        }
    }

    /// Whether every required dependency has worked at least once.
    pub fn has_started(&self) -> bool {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.values().all(|check| check.has_been_up || !check.is_required)
    }

    /// Whether requests can be served at `now`.
    pub fn is_ready(&self, now: Instant) -> bool {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.values().all(|check| {
            let is_bad = check.bad_since.is_some_and(|since| now.duration_since(since) >= Self::HYSTERESIS);
            !check.is_required || (check.has_been_up && !is_bad)
        })
    }

    /// Each dependency as it is now.
    pub(crate) fn snapshot(&self) -> BTreeMap<&'static str, Health> {
        let checks = self.checks.lock().unwrap_or_else(PoisonError::into_inner);
        checks.iter().map(|(name, check)| (*name, check.health)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lasting_outage_of_what_is_required_makes_the_service_unready() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let readiness = Readiness::new(&["events"], &["llm"]);
        assert!(!readiness.is_ready(start) && !readiness.has_started());
        readiness.report("events", Health::Up, start);
        readiness.report("llm", Health::Down, start);
        assert!(readiness.is_ready(at(60)) && readiness.has_started());
        readiness.report("events", Health::Down, at(60));
        readiness.report("events", Health::Down, at(65));
        assert!(readiness.is_ready(at(69)));
        assert!(!readiness.is_ready(at(70)));
        assert!(readiness.has_started());
        readiness.report("events", Health::ReadOnly, at(71));
        assert!(readiness.is_ready(at(71)));
    }
}
