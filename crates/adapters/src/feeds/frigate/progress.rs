//! How far the feed is: what it remembers over a restart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Objects that may be seen for days and end in a gap.
const OPEN_MAX: usize = 1_000;

/// What is remembered over a restart.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Marks {
    /// Up to here, in seconds since 1970, nothing is missing but what `open` names.
    pub(super) heard_until: f64,
    /// Objects that have not ended, or could not be looked up; when they began.
    pub(super) open: BTreeMap<String, f64>,
}

impl Marks {
    /// Takes down whether an object goes on.
    pub(super) fn note(&mut self, id: &str, begun: f64, goes_on: bool) {
        if !goes_on {
            self.open.remove(id);
            return;
        }
        self.open.insert(id.to_owned(), begun);
        while self.open.len() > OPEN_MAX {
            let oldest = self.open.iter().min_by(|a, b| a.1.total_cmp(b.1)).map(|(id, _)| id.clone());
            if let Some(oldest) = oldest {
                self.open.remove(&oldest);
            }
        }
    }
}
