//! What every SQLite file of ours has in common: how it is opened, how its errors read, and a few
//! connections for reading. It never knows what is in the file.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use eps_domain::{Error, ErrorKind, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::Semaphore;

/// How long a statement waits for a lock. Only someone who opens the file beside us can hold one.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a read waits for a free connection. Reads take microseconds, so this is an outage.
const READER_WAIT: Duration = Duration::from_secs(1);
/// Prepared statements kept for each connection; more than any of our files uses.
const STATEMENTS_MAX: usize = 64;

/// Opens a file for writing, creating it if need be: write-ahead log, every commit on the disk.
///
/// # Errors
/// `Internal` with code `DATA_DAMAGED` when it is no database; `Unavailable` with `unavailable`.
pub(crate) fn open_writable(path: &Path, unavailable: &'static str) -> Result<Connection> {
    let open = || {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "foreign_keys", "on")?;
        // Damage is then found where it is, before its bytes are taken for data.
        connection.pragma_update(None, "cell_size_check", "on")?;
        connection.pragma_update(None, "temp_store", "memory")?;
        Ok(connection)
    };
    open().map_err(|e| translate(e, unavailable))
}

/// Moves what the log holds into the database and empties it, so that one file is all there is and what
/// was deleted is nowhere any more. False when somebody who reads, or the disk, is in the way.
pub(crate) fn settle(connection: &Connection) -> bool {
    let moved = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    if !matches!(moved, Ok(0)) {
        tracing::debug!(?moved, "the log of a database stays for now");
    }
    matches!(moved, Ok(0))
}

/// Opens a file that exists for reading alone.
fn open_readable(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.pragma_update(None, "cell_size_check", "on")?;
    Ok(connection)
}

/// SQLite's error in our words: a full or failing disk is `STORAGE_FULL`, damage is `DATA_DAMAGED`,
/// and what passes by itself carries the code of the store, `unavailable`.
pub(crate) fn translate(error: rusqlite::Error, unavailable: &'static str) -> Error {
    use rusqlite::Error as Sql;
    let translated = match &error {
        Sql::SqliteFailure(failure, _) => match failure.code {
            // Without room for its log a file cannot be opened either.
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen => Error::unavailable("STORAGE_FULL", "the disk is full or fails"),
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => damaged("the database is damaged"),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::OutOfMemory => {
                Error::unavailable(unavailable, "the store is out of order")
            }
            _ => Error::internal("a statement failed"),
        },
        // A column of another type than we ever write.
        Sql::FromSqlConversionFailure(..) | Sql::InvalidColumnType(..) | Sql::IntegralValueOutOfRange(..) => {
            damaged("a record is damaged")
        }
        _ => Error::internal("a statement failed"),
    };
    translated.caused_by(error)
}

/// `Internal` with code `DATA_DAMAGED`.
pub(crate) fn damaged(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Internal, "DATA_DAMAGED", message)
}

/// A few connections for reading, used from threads that may block.
pub(crate) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
    unavailable: &'static str,
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Readers {
    /// At most `count` connections to a file that exists; they are opened when first needed.
    pub(crate) fn new(path: &Path, count: usize, unavailable: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(count)),
            unavailable,
        }
    }

    /// Runs `read` in one transaction, so that all its statements see the same state.
    ///
    /// # Errors
    /// What `read` says; `Unavailable` when no connection comes free.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let unavailable = self.unavailable;
        let busy = |_| Error::unavailable(unavailable, "too many reads at once");
        let acquired = tokio::time::timeout(READER_WAIT, Arc::clone(&self.permits).acquire_owned());
        let permit = acquired.await.map_err(busy)?;
        let permit = permit.map_err(|e| Error::internal("the store is closed").caused_by(e))?;
        let (idle, path) = (Arc::clone(&self.idle), self.path.clone());
        let work = move || {
            let _permit = permit;
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match taken {
                Some(connection) => connection,
                None => open_readable(&path)?,
            };
            let outcome = {
                let transaction = connection.unchecked_transaction()?;
                read(&transaction)
            };
            // A connection that met an error is not used again: its successor opens the file afresh.
            if outcome.is_ok() {
                idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            outcome
        };
        let outcome = tokio::task::spawn_blocking(work).await;
        outcome
            .map_err(|e| Error::internal("a read broke off").caused_by(e))?
            .map_err(|e| translate(e, unavailable))
    }
}
