//! Strings as small numbers: every term is kept once, columns hold its code.

use std::{collections::HashMap, sync::Arc};

/// The code of the empty string, which stands for absence.
pub(in super::super) const ABSENT: u32 = 0;

/// Terms in the order in which they were first seen; the empty one is the first.
#[derive(Debug)]
pub(in super::super) struct Dictionary {
    terms: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
}

impl Default for Dictionary {
    fn default() -> Self {
        let mut empty = Self { terms: Vec::new(), codes: HashMap::new() };
        empty.intern("");
        empty
    }
}

impl Dictionary {
    /// The code of a term, a new one when it was never seen.
    pub(in super::super) fn intern(&mut self, term: &str) -> u32 {
        if let Some(code) = self.codes.get(term) {
            return *code;
        }
        let code = self.terms.len() as u32;
        let term: Arc<str> = term.into();
        self.terms.push(Arc::clone(&term));
        self.codes.insert(term, code);
        code
    }

    pub(in super::super) fn code(&self, term: &str) -> Option<u32> {
        self.codes.get(term).copied()
    }

    pub(in super::super) fn term(&self, code: u32) -> &Arc<str> {
        &self.terms[code as usize]
    }

    pub(in super::super) fn len(&self) -> usize {
        self.terms.len()
    }

    pub(in super::super) fn terms(&self) -> &[Arc<str>] {
        &self.terms
    }
}

/// Sets of zones as small numbers; few distinct ones occur.
#[derive(Debug)]
pub(in super::super) struct ZoneSets {
    sets: Vec<Box<[u32]>>,
    codes: HashMap<Box<[u32]>, u32>,
}

impl Default for ZoneSets {
    fn default() -> Self {
        let mut empty = Self { sets: Vec::new(), codes: HashMap::new() };
        empty.intern(Vec::new());
        empty
    }
}

impl ZoneSets {
    pub(in super::super) fn intern(&mut self, mut zones: Vec<u32>) -> u32 {
        zones.sort_unstable();
        zones.dedup();
        let zones = zones.into_boxed_slice();
        if let Some(code) = self.codes.get(&zones) {
            return *code;
        }
        let code = self.sets.len() as u32;
        self.sets.push(zones.clone());
        self.codes.insert(zones, code);
        code
    }

    pub(in super::super) fn zones(&self, code: u32) -> &[u32] {
        &self.sets[code as usize]
    }

    pub(in super::super) fn sets(&self) -> &[Box<[u32]>] {
        &self.sets
    }
}
