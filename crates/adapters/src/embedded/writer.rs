//! One thread that writes to one SQLite file. Operations that wait at the same time share a
//! transaction, so that many callers pay for one sync of the disk.
//!
//! Nothing is acknowledged before the commit that holds it, and an operation that fails leaves nothing
//! behind. A deletion is acknowledged when its bytes are gone from the log as well, unless somebody who
//! reads is in the way for long; then they go with a later batch.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use eps_domain::{Error, ErrorKind, Result};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::sqlite::{self, translate};

/// The most operations of one transaction: a commit stays in the milliseconds, and the sync of the
/// disk is shared well before.
pub(crate) const BATCH_MAX: usize = 1_024;
/// Those who waited for the last commit come back within this, a fraction of what a sync of the disk
/// takes; without the pause the first of them would begin a commit that leaves the others behind.
const GATHER_STEPS: u32 = 8;
/// See [`GATHER_STEPS`].
const GATHER_STEP: Duration = Duration::from_micros(50);
/// Fewer than this many are not worth a pause: a lone writer never waits.
const GATHER_FROM: usize = 4;
/// The most operations that wait. At 10,000 a second this is less than half a second of work.
pub(crate) const QUEUE_MAX: usize = 4_096;

/// How long emptying the log waits for those who read: they take microseconds.
const SETTLE_WAIT: Duration = Duration::from_millis(100);
/// When it is tried again after somebody was in the way.
const SETTLE_AGAIN: Duration = Duration::from_secs(5);

/// Tells the caller how its operation ended, once the commit is known to be good or not.
type Acknowledge = Box<dyn FnOnce(Option<&Lost>) + Send>;
/// One operation, to be run inside the transaction of its batch, or not at all when there is none.
type Operation = Box<dyn FnOnce(Option<&Connection>) -> Acknowledge + Send>;

/// Why a batch was lost; told to each of its callers.
#[derive(Debug)]
struct Lost {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    cause: String,
}

impl Lost {
    fn error(&self) -> Error {
        let mut error = Error::new(self.kind, self.code, self.message.clone()).caused_by(self.cause.clone());
        if self.kind == ErrorKind::Unavailable {
            error = error.retry_after(Duration::from_secs(2));
        }
        error
    }
}

/// Lets an operation ask for an empty log once it is committed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settling(Arc<AtomicBool>);

impl Settling {
    /// Asks for it.
    pub(crate) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The only writer of a file.
pub(crate) struct Writer {
    /// `None` only while it is being dropped.
    queue: Option<mpsc::Sender<Operation>>,
    thread: Option<JoinHandle<()>>,
    /// Whether the latest batch reached the disk.
    is_sound: Arc<AtomicBool>,
    settling: Settling,
    unavailable: &'static str,
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the thread `name` over a connection; `unavailable` is the code of the store's outages.
    ///
    /// # Errors
    /// `Internal` when no thread can be started.
    pub(crate) fn start(name: &str, connection: Connection, unavailable: &'static str) -> Result<Self> {
        let (queue, operations) = mpsc::channel(QUEUE_MAX);
        let is_sound = Arc::new(AtomicBool::new(true));
        let settling = Settling::default();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn({
                let is_sound = Arc::clone(&is_sound);
                let settler = Settler { settling: settling.clone(), not_before: None };
                move || work(&connection, operations, unavailable, &is_sound, settler)
            })
            .map_err(|e| Error::internal("no thread for the writer").caused_by(e))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), is_sound, settling, unavailable })
    }

    /// Whether the latest batch reached the disk; true before the first.
    pub(crate) fn is_sound(&self) -> bool {
        self.is_sound.load(Ordering::Relaxed)
    }

    /// For operations that delete.
    pub(crate) fn settling(&self) -> Settling {
        self.settling.clone()
    }

    /// Empties the log.
    ///
    /// # Errors
    /// `Unavailable` when too many wait.
    pub(crate) async fn settle(&self) -> Result<()> {
        let settling = self.settling();
        self.run(move |_| {
            settling.ask();
            Ok(())
        })
        .await
    }

    /// Runs `operation` and returns once it is durable. Dropping the future does not undo it.
    ///
    /// # Errors
    /// What `operation` says; `Unavailable` when too many wait or the disk takes no more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, receiver) = oneshot::channel();
        let operation: Operation = Box::new(move |connection| {
            let outcome = connection.map(|connection| alone(connection, operation));
            Box::new(move |lost| {
                let outcome = match (lost, outcome) {
                    (None, Some(outcome)) | (Some(_), Some(outcome @ Err(_))) => outcome,
                    (Some(lost), _) => Err(lost.error()),
                    (None, None) => Err(Error::internal("an operation was not run")),
                };
                // A caller that left does not want to know.
                let _ = sender.send(outcome);
            })
        });
        let stopped = || Error::unavailable(self.unavailable, "the writer has stopped");
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.try_send(operation).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => {
                Error::unavailable(self.unavailable, "too many writes at once")
            }
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        receiver.await.map_err(|_| stopped())?
    }
}

impl Drop for Writer {
    /// Finishes what waits; then the file is closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer's thread had panicked");
        }
    }
}

/// Runs one operation so that its failure undoes it and nothing else of the batch.
fn alone<T>(connection: &Connection, operation: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    let step = |sql: &str| execute(connection, sql).map_err(|e| translate(e, "STORE_UNAVAILABLE"));
    step("SAVEPOINT operation")?;
    let outcome = operation(connection);
    if outcome.is_ok() {
        step("RELEASE operation")?;
    } else if !connection.is_autocommit() {
        // Some failures (a full disk) end the whole transaction by themselves; then there is nothing
        // left to undo.
        step("ROLLBACK TO operation")?;
        step("RELEASE operation")?;
    }
    outcome
}

/// The thread: take what waits, do it in one transaction, tell everyone.
fn work(
    connection: &Connection,
    mut operations: mpsc::Receiver<Operation>,
    unavailable: &'static str,
    is_sound: &AtomicBool,
    mut settler: Settler,
) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut expected = 0;
    while let Some(first) = operations.blocking_recv() {
        batch.push(first);
        if expected >= GATHER_FROM {
            gather(&operations, expected);
        }
        while batch.len() < BATCH_MAX
            && let Ok(next) = operations.try_recv()
        {
            batch.push(next);
        }
        expected = batch.len();
        let mut acknowledgements = Vec::with_capacity(batch.len());
        let committed = commit(connection, batch.drain(..), &mut acknowledgements);
        is_sound.store(committed.is_ok(), Ordering::Relaxed);
        let lost = committed.err().map(|e| lost(e, unavailable));
        settler.settle(connection);
        for acknowledge in acknowledgements {
            acknowledge(lost.as_ref());
        }
        batch.clear();
    }
    sqlite::settle(connection);
}

/// Empties the log when a batch asks for it.
struct Settler {
    settling: Settling,
    /// Somebody was in the way.
    not_before: Option<Instant>,
}

impl Settler {
    fn settle(&mut self, connection: &Connection) {
        if !self.settling.is_asked() || self.not_before.is_some_and(|instant| Instant::now() < instant) {
            return;
        }
        let waits = |wait| connection.busy_timeout(wait).is_ok();
        let is_done = waits(SETTLE_WAIT) && sqlite::settle(connection);
        waits(sqlite::BUSY_TIMEOUT);
        self.not_before = (!is_done).then(|| Instant::now() + SETTLE_AGAIN);
        if is_done {
            self.settling.0.store(false, Ordering::Relaxed);
        }
    }
}

/// Waits, for a moment, until as many wait as the last commit served.
fn gather(operations: &mpsc::Receiver<Operation>, expected: usize) {
    for _ in 0..GATHER_STEPS {
        if operations.len() + 1 >= expected {
            return;
        }
        std::thread::sleep(GATHER_STEP);
    }
}

/// Runs a batch in one transaction. Every operation leaves its acknowledgement, also when there is no
/// transaction to run it in.
fn commit(
    connection: &Connection,
    batch: impl Iterator<Item = Operation>,
    acknowledgements: &mut Vec<Acknowledge>,
) -> rusqlite::Result<()> {
    let begun = execute(connection, "BEGIN IMMEDIATE");
    for operation in batch {
        // A full disk ends the transaction inside an operation. What came before it is then gone, and
        // what comes after it must not be written on its own.
        let open = begun.is_ok() && !connection.is_autocommit();
        acknowledgements.push(operation(open.then_some(connection)));
    }
    begun?;
    if connection.is_autocommit() {
        let full = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        return Err(rusqlite::Error::SqliteFailure(full, None));
    }
    let committed = execute(connection, "COMMIT");
    if committed.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK")?;
    }
    committed
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

fn lost(error: rusqlite::Error, unavailable: &'static str) -> Lost {
    let error = translate(error, unavailable);
    let cause = error.source.as_ref().map(ToString::to_string).unwrap_or_default();
    tracing::error!(code = error.code, cause, "a batch of writes was lost");
    Lost { kind: error.kind, code: error.code, message: error.message, cause }
}
