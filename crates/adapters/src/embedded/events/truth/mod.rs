//! The events as SQLite keeps them: the only copy that must survive. Everything else in this folder
//! is derived from it and can be thrown away.
//!
//! Every write gives the row the next number of one counter, its revision, so that whatever is
//! derived can name the position it covers and ask for what came after. A row is never answered with
//! unless its checksum holds.

mod failures;
mod schema;
mod write;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use eps_domain::{Event, Result};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row};

pub(super) use failures::storage_error;
pub(super) use write::{Counters, Write, write};

/// Idle connections kept for reading; more are opened when more read at once, and closed after.
const IDLE_READERS_MAX: usize = 8;

/// One event and where it stands.
#[derive(Debug)]
pub(super) struct Stored {
    /// From 0, in the order in which events were first stored.
    pub(super) row: u32,
    /// When it was last written, on the counter of all writes.
    pub(super) revision: u64,
    /// When its words last changed, on the same counter.
    pub(super) words_revision: u64,
    pub(super) tenant: String,
    pub(super) event: Event,
}

/// Reads the truth; the one writer has a connection of its own.
pub(super) struct Truth {
    path: PathBuf,
    /// Names this database, so that what was derived from another is not taken for its own.
    pub(super) store_id: String,
    readers: Mutex<Vec<Connection>>,
}

impl Truth {
    /// Opens or creates the database and brings its schema up to date.
    ///
    /// # Errors
    /// `Internal` with code `DATA_DAMAGED`; `Conflict` with `DATA_TOO_NEW`.
    pub(super) fn open(path: &Path) -> Result<(Self, Connection)> {
        let writer = schema::open_writer(path)?;
        let store_id =
            writer.query_row("SELECT store_id FROM store", [], |row| row.get(0)).map_err(storage_error)?;
        let truth = Self { path: path.to_owned(), store_id, readers: Mutex::default() };
        Ok((truth, writer))
    }

    /// A fresh connection for the writer, after the old one met an error that it may not recover from.
    pub(super) fn reopen_writer(&self) -> Result<Connection> {
        schema::open_writer(&self.path)
    }

    /// Asks in one transaction: taking the locks of a read takes as long as a read.
    fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path).map_err(storage_error)?,
        };
        // A connection that met an error is not used again.
        let transaction = connection.unchecked_transaction().map_err(storage_error)?;
        let answer = query(&transaction).map_err(storage_error)?;
        transaction.finish().map_err(storage_error)?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS_MAX {
            readers.push(connection);
        }
        Ok(answer)
    }

    /// The rows and events of these ids, in their order, without those that do not exist.
    pub(super) fn by_ids(&self, tenant: &str, ids: &[String]) -> Result<Vec<(u32, Event)>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT row, revision, words_revision, tenant, body, checksum FROM events
                 WHERE tenant = ?1 AND event_id = ?2",
            )?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let stored = statement.query_row((tenant, id), stored).optional()?;
                found.extend(stored.map(|stored| (stored.row, stored.event)));
            }
            Ok(found)
        })
    }

    /// These rows, in their order.
    pub(super) fn by_rows(&self, rows: &[u32]) -> Result<Vec<Stored>> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT row, revision, words_revision, tenant, body, checksum FROM events WHERE row = ?1",
            )?;
            rows.iter().map(|row| statement.query_row([i64::from(*row) + 1], stored)).collect()
        })
    }

    /// Hands over every row written after a revision, in the order in which they were last written.
    pub(super) fn written_after(
        &self,
        revision: u64,
        mut each: impl FnMut(Stored) -> Result<()>,
    ) -> Result<()> {
        let mut failed = None;
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT row, revision, words_revision, tenant, body, checksum FROM events
                 WHERE revision > ?1 ORDER BY revision",
            )?;
            let mut rows = statement.query([revision as i64])?;
            while let Some(row) = rows.next()? {
                if let Err(error) = each(stored(row)?) {
                    failed = Some(error);
                    break;
                }
            }
            Ok(())
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// The latest revision, 0 when nothing was written yet.
    pub(super) fn revision(&self) -> Result<u64> {
        self.read(|connection| {
            connection.query_row("SELECT coalesce(max(revision), 0) FROM events", [], |row| {
                row.get::<_, i64>(0).map(|revision| revision as u64)
            })
        })
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(schema::BUSY_TIMEOUT)?;
    Ok(connection)
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let number: i64 = row.get(0)?;
    let damaged = || {
        let cause = format!("row {number} is not what was stored");
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, cause.into())
    };
    let body = row.get_ref(4)?.as_str().map_err(|_| damaged())?;
    if row.get::<_, i64>(5)? != i64::from(crc32fast::hash(body.as_bytes())) {
        return Err(damaged());
    }
    let event = serde_json::from_str(body).map_err(|_| damaged())?;
    let position = u32::try_from(number - 1).map_err(|_| damaged())?;
    Ok(Stored {
        row: position,
        revision: row.get::<_, i64>(1)? as u64,
        words_revision: row.get::<_, i64>(2)? as u64,
        tenant: row.get(3)?,
        event,
    })
}
