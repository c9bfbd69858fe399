//! One transaction of many upserts. Either all of them are durable when it returns, or none is.

use std::sync::Arc;

use eps_domain::{Error, Event, Result, event_store::Upserted};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, TransactionBehavior};

use super::{Stored, failures::storage_error};

/// What the next rows and revisions are.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Counters {
    /// The row that the next new event gets.
    pub(in super::super) next_row: u32,
    /// The revision of the latest write.
    pub(in super::super) revision: u64,
}

/// The events of one call.
pub(in super::super) struct Write {
    pub(in super::super) tenant: Arc<str>,
    pub(in super::super) events: Vec<Event>,
}

/// What one transaction did.
#[derive(Default)]
pub(in super::super) struct Written {
    /// For each call, what became of its events.
    pub(in super::super) outcomes: Vec<Vec<Upserted>>,
    /// The rows that changed, in the order of their revisions. A row can come twice.
    pub(in super::super) stored: Vec<Stored>,
}

/// Stores the events of many calls in one transaction; an event that is stored already, word for word,
/// is left alone. The counters move only when the transaction is durable.
///
/// # Errors
/// As [`storage_error`]; nothing is stored then.
pub(in super::super) fn write(
    connection: &mut Connection,
    counters: &mut Counters,
    calls: Vec<Write>,
) -> Result<Written> {
    let mut next = *counters;
    let mut written = Written::default();
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage_error)?;
    {
        let mut statements = Statements::prepare(&transaction).map_err(storage_error)?;
        for call in calls {
            let mut outcomes = Vec::with_capacity(call.events.len());
            for event in call.events {
                outcomes.push(upsert(&mut statements, &mut next, &call.tenant, event, &mut written.stored)?);
            }
            written.outcomes.push(outcomes);
        }
    }
    transaction.commit().map_err(storage_error)?;
    *counters = next;
    Ok(written)
}

/// What an event was before, not checked: a damaged row is mended by writing it anew.
struct Old {
    row: u32,
    words_revision: u64,
    body: Vec<u8>,
    checksum: i64,
}

impl Old {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get::<_, u32>(0)? - 1,
            words_revision: row.get::<_, i64>(1)? as u64,
            body: row.get_ref(2)?.as_bytes()?.to_vec(),
            checksum: row.get(3)?,
        })
    }

    fn has_words_of(&self, event: &Event) -> bool {
        serde_json::from_slice::<Event>(&self.body).is_ok_and(|old| old.words() == event.words())
    }
}

struct Statements<'c> {
    find: CachedStatement<'c>,
    insert: CachedStatement<'c>,
    replace: CachedStatement<'c>,
}

impl<'c> Statements<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            find: connection.prepare_cached(
                "SELECT row, words_revision, body, checksum FROM events WHERE tenant = ?1 AND event_id = ?2",
            )?,
            insert: connection.prepare_cached(
                "INSERT INTO events (row, revision, words_revision, checksum, tenant, event_id, body)
                 VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6)",
            )?,
            replace: connection.prepare_cached(
                "UPDATE events SET revision = ?2, words_revision = ?3, checksum = ?4, body = ?5 WHERE row = ?1",
            )?,
        })
    }
}

fn upsert(
    statements: &mut Statements<'_>,
    next: &mut Counters,
    tenant: &Arc<str>,
    event: Event,
    changed: &mut Vec<Stored>,
) -> Result<Upserted> {
    let body = serde_json::to_string(&event)
        .map_err(|error| Error::internal("an event cannot be written as JSON").caused_by(error))?;
    let checksum = crc32fast::hash(body.as_bytes());
    let old = statements
        .find
        .query_row((&**tenant, &event.event_id), Old::read)
        .optional()
        .map_err(storage_error)?;
    if old.as_ref().is_some_and(|old| old.body == body.as_bytes() && old.checksum == i64::from(checksum)) {
        return Ok(Upserted::Updated);
    }
    next.revision += 1;
    let revision = next.revision as i64;
    let (outcome, row, words_revision) = if let Some(old) = old {
        let words_revision = if old.has_words_of(&event) { old.words_revision } else { next.revision };
        let row = i64::from(old.row) + 1;
        statements
            .replace
            .execute((row, revision, words_revision as i64, checksum, body))
            .map_err(storage_error)?;
        (Upserted::Updated, old.row, words_revision)
    } else {
        let row = next.next_row;
        next.next_row = row.checked_add(1).ok_or_else(|| {
            Error::unavailable("STORAGE_FULL", "the store holds as many events as it can number")
        })?;
        let columns = (i64::from(row) + 1, revision, checksum, &**tenant, &event.event_id, body);
        statements.insert.execute(columns).map_err(storage_error)?;
        (Upserted::Accepted, row, next.revision)
    };
    changed.push(Stored { row, revision: next.revision, words_revision, tenant: tenant.to_string(), event });
    Ok(outcome)
}
