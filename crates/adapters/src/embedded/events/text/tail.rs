//! What was stored but is not in the index yet, so that words find an event as soon as it is stored.

use std::{collections::BTreeMap, sync::Arc};

use eps_domain::Event;
use tantivy::tokenizer::TextAnalyzer;

use crate::event_search::analysis::each_event_term;

/// One event that waits for the index.
#[derive(Debug)]
pub(super) struct TailEvent {
    pub(super) revision: u64,
    pub(super) text: Arc<str>,
    /// Terms in order, with how often each occurs.
    terms: Vec<(Box<str>, u32)>,
    /// Terms in all, repetitions included.
    pub(super) length: u32,
}

impl TailEvent {
    fn new(analyzer: &mut TextAnalyzer, event: &Event, revision: u64) -> Self {
        let text = event.searched_text();
        let mut all: Vec<Box<str>> = Vec::with_capacity(24);
        each_event_term(analyzer, &text, |token| all.push(token.text.as_str().into()));
        let length = all.len() as u32;
        all.sort_unstable();
        let mut terms: Vec<(Box<str>, u32)> = Vec::with_capacity(all.len());
        for term in all {
            match terms.last_mut() {
                Some((last, times)) if *last == term => *times += 1,
                _ => terms.push((term, 1)),
            }
        }
        Self { revision, text: text.into(), terms, length }
    }

    /// How often a term occurs.
    pub(super) fn frequency(&self, term: &str) -> u32 {
        self.terms.binary_search_by(|(own, _)| (**own).cmp(term)).map_or(0, |index| self.terms[index].1)
    }

    pub(super) fn has_all(&self, groups: &[Vec<String>]) -> bool {
        groups.iter().all(|group| group.iter().any(|term| self.frequency(term) > 0))
    }
}

/// The events that wait, by row. What it says of a row goes before what the index says.
#[derive(Debug, Default)]
pub(super) struct Tail {
    events: BTreeMap<u32, TailEvent>,
}

impl Tail {
    pub(super) fn push(&mut self, analyzer: &mut TextAnalyzer, row: u32, event: &Event, revision: u64) {
        self.events.insert(row, TailEvent::new(analyzer, event, revision));
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &TailEvent)> {
        self.events.iter().map(|(row, event)| (*row, event))
    }

    /// Forgets what the index holds by now.
    pub(super) fn drop_through(&mut self, revision: u64) {
        self.events.retain(|_, event| event.revision > revision);
    }
}
