//! Events by their words: a tantivy index on disk and, in memory, the events that are not in it yet.
//!
//! The index is derived. It names the revision of the truth that it covers; what came after is indexed
//! again at start, and an index that is damaged or of another store is thrown away. Nothing here
//! decides who may see what: every question comes with the rows that may be an answer.

mod index;
mod places;
mod scoring;
mod search;
mod statistics;
mod tail;

pub(super) use statistics::Universe;

use std::{
    path::Path,
    sync::{Arc, Condvar, Mutex, PoisonError, RwLock},
    thread::JoinHandle,
    time::Duration,
};

use eps_domain::{Error, Result};
use tantivy::{Searcher, schema::Field, tokenizer::TextAnalyzer};

use self::{
    index::{Indexer, failed},
    places::Places,
    tail::Tail,
};
use super::truth::{Stored, Truth};
use crate::event_search::analysis;

/// How long an event waits at most before it is indexed; meanwhile words find it in the tail. Longer
/// makes fewer and larger segments, shorter a smaller tail.
const COMMIT_DELAY: Duration = Duration::from_millis(400);
/// How long to wait before trying again after the index could not be written.
const RETRY_DELAY: Duration = Duration::from_secs(1);
/// The tail is indexed without delay when it has grown to this.
const TAIL_EVENTS_BUSY: usize = 4_000;
/// Writers wait when the tail has grown to this: about 1 KiB an event.
const TAIL_EVENTS_MAX: usize = 20_000;

/// What answers are read from; replaced as a whole after each commit.
struct View {
    searcher: Searcher,
    /// One for each segment of the searcher.
    places: Vec<Arc<Places>>,
    tail: Tail,
}

/// What the indexing thread and the writer tell each other.
#[derive(Debug, Default)]
struct Signals {
    stop: Stop,
    /// The index could not be written lately.
    failing: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stop {
    #[default]
    Running,
    /// Index what waits, then end.
    Finish,
    /// End at once, as if the process had been killed.
    Abandon,
}

/// The words of all events.
pub(super) struct Text {
    analyzer: TextAnalyzer,
    field: Field,
    view: RwLock<View>,
    signals: Mutex<Signals>,
    signal: Condvar,
    statistics: statistics::Cache,
}

impl Text {
    /// Opens the index in a folder, or builds it anew, and brings it up to the truth. Returns the
    /// thread that keeps it so.
    ///
    /// # Errors
    /// What the truth says; `Unavailable` with code `STORAGE_FULL` when the index cannot be written.
    pub(super) fn open(folder: &Path, truth: &Truth) -> Result<(Arc<Self>, JoinHandle<()>)> {
        let indexer = Indexer::open(folder, truth)?;
        let searcher = indexer.searcher();
        let places = Places::of(&searcher, &[]).map_err(failed)?;
        let text = Arc::new(Self {
            analyzer: analysis::analyzer(),
            field: indexer.text_field(),
            view: RwLock::new(View { searcher, places, tail: Tail::default() }),
            signals: Mutex::default(),
            signal: Condvar::new(),
            statistics: statistics::Cache::default(),
        });
        let thread = std::thread::Builder::new()
            .name("events-text".into())
            .spawn({
                let text = Arc::clone(&text);
                move || text.keep_indexed(indexer)
            })
            .map_err(|error| Error::internal("no thread for the text index").caused_by(error))?;
        Ok((text, thread))
    }

    /// The terms that an event must hold: one of each group.
    pub(super) fn required(&self, words: &str) -> Vec<Vec<String>> {
        analysis::required(&self.analyzer, words)
    }

    /// The terms of a question, each once.
    pub(super) fn terms(&self, words: &str) -> Vec<String> {
        analysis::terms(&self.analyzer, words)
    }

    /// Waits until more events can wait for the index.
    ///
    /// # Errors
    /// `Unavailable` with code `STORAGE_FULL` when the index cannot be written and too many wait.
    pub(super) fn make_room(&self) -> Result<()> {
        let mut signals = self.signals();
        while self.waiting() >= TAIL_EVENTS_MAX && signals.stop == Stop::Running {
            if signals.failing {
                return Err(Error::unavailable("STORAGE_FULL", "the text index takes no writes"));
            }
            self.signal.notify_all();
            signals = self.signal.wait(signals).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Takes over rows as they were written; words find them when it returns.
    pub(super) fn apply(&self, batch: &[Stored]) {
        {
            let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
            let mut analyzer = self.analyzer.clone();
            for stored in batch {
                view.tail.push(&mut analyzer, stored.row, &stored.event, stored.revision);
            }
        }
        drop(self.signals());
        self.signal.notify_all();
    }

    /// Ends the indexing thread: with everything indexed, or at once.
    pub(super) fn stop(&self, finish: bool) {
        self.signals().stop = if finish { Stop::Finish } else { Stop::Abandon };
        self.signal.notify_all();
    }

    fn waiting(&self) -> usize {
        self.view.read().unwrap_or_else(PoisonError::into_inner).tail.len()
    }

    fn signals(&self) -> std::sync::MutexGuard<'_, Signals> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The indexing thread.
    fn keep_indexed(&self, mut indexer: Indexer) {
        loop {
            let stop = self.wait_for_work();
            if stop == Stop::Abandon {
                return;
            }
            let outcome = self.index_tail(&mut indexer);
            let failing = outcome.is_err();
            if let Err(error) = outcome {
                tracing::error!(error = &error as &dyn std::error::Error, "the text index cannot be written");
            }
            self.signals().failing = failing;
            self.signal.notify_all();
            if stop == Stop::Finish {
                indexer.finish();
                return;
            }
            if failing {
                let signals = self.signals();
                let running = |signals: &mut Signals| signals.stop == Stop::Running;
                drop(self.signal.wait_timeout_while(signals, RETRY_DELAY, running));
            }
        }
    }

    /// Waits until something waits, then a little longer so that more can be indexed at once.
    fn wait_for_work(&self) -> Stop {
        let mut signals = self.signals();
        while signals.stop == Stop::Running && self.waiting() == 0 {
            signals = self.signal.wait(signals).unwrap_or_else(PoisonError::into_inner);
        }
        let patient =
            |signals: &mut Signals| signals.stop == Stop::Running && self.waiting() < TAIL_EVENTS_BUSY;
        match self.signal.wait_timeout_while(signals, COMMIT_DELAY, patient) {
            Ok((signals, _)) => signals.stop,
            Err(poisoned) => poisoned.into_inner().0.stop,
        }
    }

    fn index_tail(&self, indexer: &mut Indexer) -> Result<()> {
        let batch: Vec<(u32, u64, Arc<str>)> = {
            let view = self.view.read().unwrap_or_else(PoisonError::into_inner);
            view.tail.iter().map(|(row, event)| (row, event.revision, Arc::clone(&event.text))).collect()
        };
        if batch.is_empty() {
            return Ok(());
        }
        let covered = indexer.add(&batch)?;
        let searcher = indexer.searcher();
        let known = self.view.read().unwrap_or_else(PoisonError::into_inner).places.clone();
        let places = Places::of(&searcher, &known).map_err(failed)?;
        let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
        (view.searcher, view.places) = (searcher, places);
        view.tail.drop_through(covered);
        Ok(())
    }
}
