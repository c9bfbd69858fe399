//! How many tokens of the language model a tenant may use up in a day. What a call cost is what the provider
//! says; where it does not say, the most that it can have been, so that no budget is overrun unseen.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// A budget of tokens for each tenant and day. A day is one of UTC, as with the providers. Each copy of the
/// service counts for itself.
#[derive(Debug)]
pub(super) struct ModelBudget {
    /// None: as much as is asked for.
    tokens_per_day: Option<u64>,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    day: Option<Date>,
    by_tenant: HashMap<String, u64>,
}

impl ModelBudget {
    pub(super) fn new(tokens_per_day: Option<u64>) -> Self {
        Self { tokens_per_day, spent: Mutex::default() }
    }

    /// Whether there is anything left. A call that begins may end beyond it: the answer is not cut short.
    pub(super) fn is_left(&self, tenant: &str, now: Timestamp) -> bool {
        let Some(most) = self.tokens_per_day else { return true };
        self.today(now).by_tenant.get(tenant).is_none_or(|spent| *spent < most)
    }

    /// Notes what a call cost.
    pub(super) fn spend(&self, tenant: &str, tokens: u64, now: Timestamp) {
        if self.tokens_per_day.is_some() {
            let mut spent = self.today(now);
            let sum = spent.by_tenant.entry(tenant.to_owned()).or_default();
            *sum = sum.saturating_add(tokens);
        }
    }

    /// What has been spent today; yesterday's is forgotten.
    fn today(&self, now: Timestamp) -> MutexGuard<'_, Spent> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let today = TimeZone::UTC.to_datetime(now).date();
        if spent.day != Some(today) {
            *spent = Spent { day: Some(today), by_tenant: HashMap::new() };
        }
        spent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_spends_its_own_budget_and_has_a_new_one_each_day() {
        let late: Timestamp = "2026-05-13T23:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2026-05-14T00:00:00Z".parse().unwrap();
        let budget = ModelBudget::new(Some(1_000));
        budget.spend("a", 999, late);
        assert!(budget.is_left("a", late));
        budget.spend("a", 1, late);
        assert!(!budget.is_left("a", late) && budget.is_left("b", late));
        assert!(budget.is_left("a", midnight));
        let unlimited = ModelBudget::new(None);
        unlimited.spend("a", u64::MAX, late);
        assert!(unlimited.is_left("a", late));
    }
}
