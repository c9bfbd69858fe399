//! Events in one folder: SQLite holds the truth, three derived structures answer the questions.
//!
//! `truth` is written first and synchronised with the disk; `columns` (filters, exact counts, visits),
//! `text` (words) and `vectors` (meaning) follow before the writer is answered. Each of them can be
//! lost and is made again from the truth. Scope is applied where rows are selected, never afterwards.

mod columns;
mod ranking;
mod row_set;
mod scope;
mod search;
mod shared;
mod snapshots;
mod text;
mod truth;
mod vectors;
mod writer;

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock, atomic::AtomicBool},
    thread::JoinHandle,
    time::Duration,
};

use async_trait::async_trait;
use eps_domain::{
    Error, Event, Result, Scope,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
};
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::{
    scope::Scopes,
    shared::Shared,
    snapshots::Snapshots,
    text::Text,
    truth::{Counters, Truth, Write},
    vectors::Vectors,
    writer::Job,
};
use super::DataDir;
use crate::event_search::VectorSpace;

/// Up to this many rows a question without words is answered on the spot: a pass over them takes less
/// than handing it to another thread would delay it.
const INLINE_ROWS_MAX: usize = 200_000;
/// Up to this many events are fetched on the spot, too: of so few rows the system mostly has the pages.
const INLINE_EVENTS_MAX: usize = 25;

/// How the store works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventStoreOptions {
    /// The longest pause within a visit.
    pub visit_gap: Duration,
    /// `None`: search by words only.
    pub vectors: Option<VectorSpace>,
}

impl Default for EventStoreOptions {
    fn default() -> Self {
        Self { visit_gap: Duration::from_mins(1), vectors: None }
    }
}

/// The writing thread, which gives its connection back, and the indexing thread.
type Threads = (JoinHandle<Option<Connection>>, JoinHandle<()>);

/// The event store that needs no server.
pub struct EmbeddedEventStore {
    shared: Arc<Shared>,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    threads: Mutex<Option<Threads>>,
    /// Questions answered at once: more would only slow each other down.
    questions: Arc<Semaphore>,
}

impl EmbeddedEventStore {
    /// Opens the events of a data directory, mending what is derived. Blocks.
    ///
    /// # Errors
    /// `Internal` with code `DATA_DAMAGED`; `Conflict` with `DATA_TOO_NEW`; `Unavailable` with
    /// `STORAGE_FULL`.
    pub fn open(data_dir: &DataDir, options: EventStoreOptions) -> Result<Self> {
        let EventStoreOptions { visit_gap, vectors } = options;
        let snapshots = Snapshots::new(data_dir.join("columns.snapshot"));
        let path = data_dir.join("events.db");
        snapshots.refuse_orphan_of(&path)?;
        let (truth, connection) = Truth::open(&path)?;
        let columns = snapshots.load(&truth, visit_gap)?;
        let counters = Counters { next_row: columns.rows() as u32, revision: columns.revision };
        let vectors = match vectors {
            Some(space) => {
                let folder = data_dir.join("vectors");
                Some(RwLock::new(Vectors::open(&folder, &truth.store_id, space, &columns.words_revision)?))
            }
            None => None,
        };
        let (text, indexing) = Text::open(&data_dir.join("text"), &truth)?;
        let shared = Arc::new(Shared {
            truth,
            columns: Arc::new(RwLock::new(columns)),
            text,
            vectors,
            scopes: Scopes::default(),
            snapshots: Arc::new(snapshots),
            writable: AtomicBool::new(true),
            data_dir: data_dir.clone(),
        });
        let (jobs, queue) = mpsc::channel(writer::QUEUE_CALLS);
        let writing = std::thread::Builder::new()
            .name("events-write".into())
            .spawn({
                let shared = Arc::clone(&shared);
                move || writer::run(&shared, connection, counters, queue)
            })
            .map_err(|error| Error::internal("no thread for writing events").caused_by(error))?;
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Ok(Self {
            shared,
            jobs: Mutex::new(Some(jobs)),
            threads: Mutex::new(Some((writing, indexing))),
            questions: Arc::new(Semaphore::new(2 * cores)),
        })
    }

    /// Takes no more writes, lets those that were taken become durable, and leaves everything derived
    /// up to date for the next start. Blocks; reads go on.
    pub fn close(&self) {
        self.end(true);
    }

    fn end(&self, finish: bool) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((writing, indexing)) = threads else { return };
        if !finish {
            self.shared.text.stop(false);
        }
        let written = writing.join();
        self.shared.text.stop(finish);
        if written.is_err() | indexing.join().is_err() {
            tracing::error!("a thread of the event store had failed");
        }
        if let (true, Ok(Some(connection))) = (finish, written) {
            super::sqlite::settle(&connection);
        }
        self.shared.snapshots.wait();
        if finish {
            self.shared.snapshots.save(&self.shared.columns, &self.shared.truth.store_id);
            if let Some(Ok(vectors)) = self.shared.vectors.as_ref().map(RwLock::read) {
                vectors.sync();
            }
        }
    }

    /// Answers a question away from the runtime's own threads, unless it is a small one.
    async fn answer<T: Send + 'static>(
        &self,
        small: bool,
        question: impl FnOnce(&Shared) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if small && self.shared.columns.try_read().is_ok_and(|columns| columns.rows() <= INLINE_ROWS_MAX) {
            return question(&self.shared);
        }
        let shared = Arc::clone(&self.shared);
        let unavailable = || Error::unavailable("SEARCH_UNAVAILABLE", "the event store is shutting down");
        let permit = Arc::clone(&self.questions)
            .acquire_owned()
            .await
            .map_err(|error| unavailable().caused_by(error))?;
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            question(&shared)
        })
        .await
        .map_err(|error| Error::internal("a question to the event store failed").caused_by(error))?
    }
}

impl Drop for EmbeddedEventStore {
    fn drop(&mut self) {
        self.end(false);
    }
}

#[async_trait]
impl EventStore for EmbeddedEventStore {
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        let closed = || Error::unavailable("SEARCH_UNAVAILABLE", "the event store is shutting down");
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(closed)?;
        let (reply, outcome) = oneshot::channel();
        let job = Job { write: Write { tenant: tenant.into(), events }, reply };
        jobs.send(job).await.map_err(|_| closed())?;
        drop(jobs);
        outcome.await.map_err(|error| closed().caused_by(error))?
    }

    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        let (scope, ids) = (scope.clone(), event_ids.to_vec());
        self.answer(ids.len() <= INLINE_EVENTS_MAX, move |shared| {
            let found = shared.truth.by_ids(&scope.tenant, &ids)?.into_iter().map(|(_, event)| event);
            Ok(found.filter(|event| scope.allows(&event.camera_id)).collect())
        })
        .await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        let is_ranked = request.words.is_some() || request.vector.is_some();
        let is_small = !is_ranked && request.limit <= INLINE_EVENTS_MAX;
        let (scope, request) = (scope.clone(), request.clone());
        self.answer(is_small, move |shared| shared.search(&scope, &request)).await
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let (scope, request) = (scope.clone(), request.clone());
        self.answer(request.words.is_none(), move |shared| shared.count(&scope, &request)).await
    }

    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        let (scope, filter, words) = (scope.clone(), filter.clone(), words.map(ToOwned::to_owned));
        self.answer(words.is_none(), move |shared| shared.exists(&scope, &filter, words.as_deref())).await
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        // Kept per scope, and made from what is known of cameras and terms, never from the rows.
        self.shared.vocabulary(scope)
    }

    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        self.answer(false, move |shared| shared.unembedded(limit)).await
    }

    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        self.answer(false, move |shared| shared.store_vectors(&vectors)).await
    }

    async fn health(&self) -> Result<EventStoreHealth> {
        self.shared.health()
    }
}
