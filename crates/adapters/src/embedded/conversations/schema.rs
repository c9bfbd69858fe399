//! The tables of `conversations.db` and their versions. A file of a later version is refused, never
//! guessed at.

use eps_domain::{Error, ErrorKind, Result};
use rusqlite::Connection;

use super::UNAVAILABLE;
use crate::embedded::sqlite::translate;

/// Counts changes of the tables; kept as `user_version`.
const VERSION: i64 = 2;

/// Times are microseconds since 1970, UTC.
const TABLES: &str = "
CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    title TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,   -- absent from this instant on, swept or not
    turns INTEGER NOT NULL,        -- ever stored
    UNIQUE (tenant, subject, conversation_id)
) STRICT;
CREATE INDEX conversations_by_activity ON conversations (tenant, subject, last_us, id);

-- Question and answer are one row: they cannot be stored apart.
CREATE TABLE turns (
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,         -- 1, 2, 3 ... without gaps as they are written
    turn_id TEXT NOT NULL,
    asked_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    question TEXT NOT NULL,        -- JSON of the message
    answer TEXT NOT NULL,          -- JSON of the message
    UNIQUE (conversation, turn)
) STRICT;
CREATE INDEX turns_by_age ON turns (asked_us);

CREATE TABLE idempotency (
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    expires_us INTEGER NOT NULL,
    status INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    body BLOB NOT NULL,
    conversation_id TEXT,          -- that it speaks of, and goes with
    PRIMARY KEY (tenant, subject, route, key)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (expires_us);
CREATE INDEX idempotency_by_conversation ON idempotency (tenant, subject, conversation_id);
";

/// From version 1, whose responses did not say which conversation they speak of; their bodies do.
const FROM_1: &str = "
ALTER TABLE idempotency ADD COLUMN conversation_id TEXT;
CREATE INDEX idempotency_by_conversation ON idempotency (tenant, subject, conversation_id);
UPDATE idempotency SET conversation_id = json_extract(CAST(body AS TEXT), '$.conversation_id')
    WHERE json_valid(CAST(body AS TEXT)) AND json_type(CAST(body AS TEXT), '$.conversation_id') = 'text';
";

/// Creates the tables in a new file and checks the version of an old one.
pub(super) fn prepare(connection: &Connection) -> Result<()> {
    let failed = |e| translate(e, UNAVAILABLE);
    // What is deleted leaves the file: conversations are personal.
    connection.pragma_update(None, "secure_delete", "on").map_err(failed)?;
    // Checkpoints copy pages and sync twice; at 16 MiB they are rare and still short.
    connection.pragma_update(None, "wal_autocheckpoint", 4_096).map_err(failed)?;
    let version: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    match version {
        0 => change(connection, TABLES),
        1 => change(connection, FROM_1),
        VERSION => Ok(()),
        later => {
            let message = format!("conversations.db has version {later}, this program knows {VERSION}");
            Err(Error::new(ErrorKind::Internal, "DATA_DAMAGED", message))
        }
    }
}

/// Brings the file to [`VERSION`], all or nothing.
fn change(connection: &Connection, statements: &str) -> Result<()> {
    let whole = format!("BEGIN IMMEDIATE; {statements} PRAGMA user_version = {VERSION}; COMMIT;");
    connection.execute_batch(&whole).map_err(|e| translate(e, UNAVAILABLE))
}
