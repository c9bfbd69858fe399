//! What the service acknowledged, and what it left open.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// One conversation as its owner knows it.
#[derive(Debug, Default, Clone)]
pub(super) struct Known {
    /// Who may read it.
    pub(super) token: String,
    /// The answers that were acknowledged, in order.
    pub(super) answers: Vec<String>,
    /// Turns of which nobody knows whether they were stored.
    pub(super) open: usize,
    /// Whether its deletion was acknowledged.
    pub(super) is_deleted: bool,
    /// Whether a deletion was tried and nobody knows how it ended.
    pub(super) may_be_deleted: bool,
}

#[derive(Debug, Default)]
struct State {
    conversations: BTreeMap<String, Known>,
    events: BTreeSet<String>,
    /// Statuses and how often they came.
    statuses: BTreeMap<String, usize>,
    wrong: Vec<String>,
    crashes: usize,
}

/// See the file.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<State>);

impl Ledger {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy was killed.
    pub(super) fn crashed(&self) {
        self.state().crashes += 1;
    }

    /// Whether one was.
    pub(super) fn has_crashed(&self) -> bool {
        self.state().crashes > 0
    }

    /// Counts an outcome.
    pub(super) fn note(&self, outcome: impl Into<String>) {
        *self.state().statuses.entry(outcome.into()).or_default() += 1;
    }

    /// Something that must not be.
    pub(super) fn wrong(&self, what: impl Into<String>) {
        self.state().wrong.push(what.into());
    }

    /// Changes what is known of a conversation.
    pub(super) fn conversation<T>(&self, id: &str, change: impl FnOnce(&mut Known) -> T) -> T {
        change(self.state().conversations.entry(id.to_owned()).or_default())
    }

    /// Events were acknowledged.
    pub(super) fn stored(&self, ids: impl IntoIterator<Item = String>) {
        self.state().events.extend(ids);
    }

    /// All of it.
    pub(super) fn conversations(&self) -> BTreeMap<String, Known> {
        self.state().conversations.clone()
    }

    /// All of it.
    pub(super) fn events(&self) -> BTreeSet<String> {
        self.state().events.clone()
    }

    /// What was wrong so far.
    pub(super) fn mistakes(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    /// For people.
    pub(super) fn summary(&self) -> String {
        let state = self.state();
        let turns: usize = state.conversations.values().map(|known| known.answers.len()).sum();
        format!(
            "{turns} turns in {} conversations and {} events acknowledged, {} crashes; {:?}",
            state.conversations.len(),
            state.events.len(),
            state.crashes,
            state.statuses
        )
    }
}
