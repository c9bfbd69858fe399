//! Numbers for the texts that wait for a vector: the port names rows by number, Weaviate by UUID. A number
//! is good in the process that gave it; one that was forgotten is dropped, and its text comes again.

use std::collections::{HashMap, VecDeque};

/// Texts that may be on their way to the embedder at once.
const ROWS_MAX: usize = 100_000;

/// Which object a number stands for.
#[derive(Debug, Default)]
pub(super) struct Rows {
    numbers: HashMap<(String, String), u64>,
    places: HashMap<u64, (String, String)>,
    order: VecDeque<u64>,
    next: u64,
}

impl Rows {
    /// The number of an object (tenant and UUID); the same as before while it is remembered.
    pub(super) fn number(&mut self, tenant: &str, uuid: &str) -> u64 {
        let place = (tenant.to_owned(), uuid.to_owned());
        if let Some(number) = self.numbers.get(&place) {
            return *number;
        }
        if self.order.len() >= ROWS_MAX
            && let Some(oldest) = self.order.pop_front()
            && let Some(place) = self.places.remove(&oldest)
        {
            self.numbers.remove(&place);
        }
        self.next += 1;
        self.numbers.insert(place.clone(), self.next);
        self.places.insert(self.next, place);
        self.order.push_back(self.next);
        self.next
    }

    /// Tenant and UUID of a number.
    pub(super) fn place(&self, number: u64) -> Option<(String, String)> {
        self.places.get(&number).cloned()
    }
}
