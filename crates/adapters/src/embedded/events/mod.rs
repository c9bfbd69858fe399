//! Events in one folder: SQLite holds the truth, three derived structures answer the questions.
//!
//! `truth` is written first and synchronised with the disk; `columns` (filters, exact counts, visits),
//! `text` (words) and `vectors` (meaning) follow before the writer is answered. Each of them can be
//! lost and is made again from the truth. Scope is applied where rows are selected, never afterwards.

mod columns;
mod cursor;
mod ranking;
mod row_set;
mod scope;
mod search;
mod snapshots;
mod text;
mod truth;
mod vectors;
mod writer;

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use async_trait::async_trait;
use eps_domain::{
    Error, Event, Result, Scope,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventStore, EventStoreHealth, SearchPage, SearchRequest,
        Unembedded, Upserted, Vocabulary,
    },
};
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::{
    columns::Columns,
    scope::Scopes,
    snapshots::Snapshots,
    text::Text,
    truth::{Counters, Stored, Truth, Write},
    vectors::Vectors,
    writer::Job,
};
use super::DataDir;

/// Up to this many rows a question without words is answered on the spot: well below a millisecond.
const INLINE_ROWS_MAX: usize = 20_000;

/// Which model's vectors are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorSpace {
    /// Name of the model; vectors of another are thrown away.
    pub model: String,
    /// Length of every vector.
    pub dimensions: usize,
}

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

/// A lock whose holder panicked guards what cannot be trusted any more; a restart makes it anew.
fn half_changed<T>(_: PoisonError<T>) -> Error {
    Error::internal("what is derived from the events was left half changed")
}

/// What the threads share.
struct Shared {
    truth: Truth,
    columns: RwLock<Columns>,
    text: Arc<Text>,
    /// Locked after `columns` where both are.
    vectors: Option<RwLock<Vectors>>,
    scopes: Scopes,
    snapshots: Snapshots,
    writable: AtomicBool,
    data_dir: DataDir,
}

impl Shared {
    fn columns(&self) -> Result<RwLockReadGuard<'_, Columns>> {
        self.columns.read().map_err(half_changed)
    }

    /// Makes written rows visible.
    fn apply(&self, batch: &[Stored]) -> Result<()> {
        self.text.apply(batch);
        let mut columns = self.columns.write().map_err(half_changed)?;
        columns.apply(batch);
        if let Some(vectors) = &self.vectors {
            let mut vectors = vectors.write().map_err(half_changed)?;
            let new_words = batch.iter().filter(|stored| stored.words_revision == stored.revision);
            new_words.for_each(|stored| vectors.forget(stored.row));
        }
        Ok(())
    }

    fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let terms = request.words.as_deref().map(|words| self.text.terms(words)).unwrap_or_default();
        let columns = self.columns()?;
        let visible = self.scopes.visible(scope, &columns);
        let mut rows = columns.select(&visible.cameras, &request.filter);
        if !terms.is_empty() {
            rows.keep(&self.text.with_all(&terms, columns.rows())?);
        }
        columns.count(&rows, &request.group_by, &request.timezone)
    }

    fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        let Some(vectors) = &self.vectors else { return Ok(Vec::new()) };
        let rows: Vec<u32> = {
            let columns = self.columns()?;
            let vectors = vectors.read().map_err(half_changed)?;
            let lacking = |row: &u32| !vectors.embedded().contains(*row) && columns.holds_event(*row);
            (0..columns.rows() as u32).filter(lacking).take(limit).collect()
        };
        let text = |stored: Stored| Unembedded {
            key: EmbeddingKey { row: u64::from(stored.row), revision: stored.words_revision },
            text: stored.event.words(),
        };
        Ok(self.truth.by_rows(&rows)?.into_iter().map(text).collect())
    }

    fn store_vectors(&self, vectors: &[(EmbeddingKey, Vec<f32>)]) -> Result<()> {
        let Some(kept) = &self.vectors else { return Ok(()) };
        let columns = self.columns()?;
        let mut kept = kept.write().map_err(half_changed)?;
        for (key, vector) in vectors {
            let row = usize::try_from(key.row).unwrap_or(usize::MAX);
            if columns.words_revision.get(row) == Some(&key.revision) {
                kept.keep(row as u32, key.revision, vector)?;
            }
        }
        Ok(())
    }

    fn health(&self) -> Result<EventStoreHealth> {
        let events = self.columns()?.events;
        let unembedded = match &self.vectors {
            Some(vectors) => events.saturating_sub(vectors.read().map_err(half_changed)?.embedded().len()),
            None => 0,
        };
        Ok(EventStoreHealth { events, unembedded, writable: self.writable.load(Ordering::Relaxed) })
    }

    fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        Ok(self.scopes.vocabulary(scope, &*self.columns()?))
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
        let (truth, connection) = Truth::open(&data_dir.join("events.db"))?;
        let snapshots = Snapshots::new(data_dir.join("columns.snapshot"));
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
            columns: RwLock::new(columns),
            text,
            vectors,
            scopes: Scopes::default(),
            snapshots,
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
            truth::settle(&connection);
        }
        self.shared.snapshots.wait();
        if finish {
            self.shared.snapshots.save(&self.shared);
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
        self.answer(false, move |shared| {
            let found = shared.truth.by_ids(&scope.tenant, &ids)?.into_iter().map(|(_, event)| event);
            Ok(found.filter(|event| scope.allows(&event.camera_id)).collect())
        })
        .await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        let (scope, request) = (scope.clone(), request.clone());
        self.answer(false, move |shared| shared.search(&scope, &request)).await
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let (scope, request) = (scope.clone(), request.clone());
        self.answer(request.words.is_none(), move |shared| shared.count(&scope, &request)).await
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        let scope = scope.clone();
        self.answer(true, move |shared| shared.vocabulary(&scope)).await
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
