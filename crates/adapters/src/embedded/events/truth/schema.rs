//! How the database is laid out and opened. A database of a newer version is refused, never guessed at.

use std::{fs::File, io::Read, path::Path, time::Duration};

use eps_domain::{Error, ErrorKind, Result};
use rusqlite::{Connection, OpenFlags};

use super::failures::storage_error;
use crate::embedded::sqlite::damaged;

/// `user_version` of the layout below.
const VERSION: i64 = 1;

/// The data directory is locked, so only our own readers are ever waited for.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const CREATE: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE store (store_id TEXT NOT NULL) STRICT;
    INSERT INTO store VALUES (lower(hex(randomblob(16))));
    CREATE TABLE events (
        row            INTEGER PRIMARY KEY,
        revision       INTEGER NOT NULL,
        words_revision INTEGER NOT NULL,
        checksum       INTEGER NOT NULL,
        tenant         TEXT NOT NULL,
        event_id       TEXT NOT NULL,
        body           TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_id ON events (tenant, event_id);
    CREATE UNIQUE INDEX events_by_revision ON events (revision);
    PRAGMA user_version = 1;
    COMMIT;
";

/// Opens for writing: write-ahead log, every commit synchronised with the disk.
pub(super) fn open_writer(path: &Path) -> Result<Connection> {
    check_length(path)?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(storage_error)?;
    prepare(&connection).map_err(storage_error)?;
    let version: i64 =
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(storage_error)?;
    match version {
        0 => connection.execute_batch(CREATE).map_err(storage_error)?,
        VERSION => {}
        newer => {
            let message = format!("`{}` has layout {newer}, this program knows {VERSION}", path.display());
            return Err(Error::new(ErrorKind::Conflict, "DATA_TOO_NEW", message));
        }
    }
    Ok(connection)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // 16 MiB of pages for the writer, which looks up ids at random; readers keep the default of 2 MiB.
    connection.pragma_update(None, "cache_size", -16_384)?;
    // After a burst the log is cut back instead of keeping its largest size for ever.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)
}

/// A file cut short is noticed at start, not when a question first needs the missing part. With a
/// log beside it the file may be in the middle of taking over pages, which SQLite completes by itself.
fn check_length(path: &Path) -> Result<()> {
    let log = std::fs::metadata(path.with_extension("db-wal")).map_or(0, |metadata| metadata.len());
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut header = [0_u8; 100];
    let length = file.metadata().map(|metadata| metadata.len()).unwrap_or_default();
    if length == 0 || log > 0 {
        return Ok(());
    }
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(damaged(format!("`{}` is not a database", path.display())));
    }
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
    if length < pages * page_bytes {
        return Err(damaged(format!("`{}` is cut short", path.display())));
    }
    Ok(())
}
