//! Writing: a turn, and what is past its time. Everything here runs on the writer's thread, inside a
//! transaction; whatever can be computed before is.

use std::sync::Arc;

use eps_domain::{
    Error, Owner, Result,
    conversation::{ConversationHead, Retention, Turn},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{SWEEP_ROWS, UNAVAILABLE, instant};
use crate::embedded::sqlite::translate;

/// A turn, ready to be written.
pub(super) struct StoredTurn {
    tenant: Arc<str>,
    subject: Arc<str>,
    conversation_id: String,
    turn_id: String,
    title: String,
    question: String,
    answer: String,
    asked_us: i64,
    now_us: i64,
    turn_expires_us: i64,
    conversation_expires_us: i64,
    create: bool,
    /// At least one: the turn that is being written is kept.
    turns_max: i64,
}

impl StoredTurn {
    /// Takes the time of the answer for now, and the time of the question for the turn's age.
    pub(super) fn new(
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<Self> {
        let json = |message| {
            serde_json::to_string(message).map_err(|e| Error::internal("a message is not JSON").caused_by(e))
        };
        let (asked, now) = (turn.question.timestamp, turn.answer.timestamp);
        let after = |start: Timestamp, kept| start.checked_add(kept).unwrap_or(Timestamp::MAX);
        Ok(Self {
            tenant: Arc::clone(&owner.tenant),
            subject: Arc::clone(&owner.subject),
            conversation_id: conversation_id.to_owned(),
            title: turn.title(),
            question: json(&turn.question)?,
            answer: json(&turn.answer)?,
            turn_id: turn.turn_id,
            asked_us: asked.as_microsecond(),
            now_us: now.as_microsecond(),
            turn_expires_us: after(asked, retention.message).as_microsecond(),
            conversation_expires_us: after(now, retention.conversation).as_microsecond(),
            create,
            turns_max: i64::try_from(retention.messages_max / 2).unwrap_or(i64::MAX).max(1),
        })
    }
}

/// What is known of a conversation when a turn is to be added.
struct Known {
    id: i64,
    title: String,
    created_us: i64,
    last_us: i64,
    turns: i64,
}

/// Adds a turn; adding it again changes nothing.
pub(super) fn append(db: &Connection, turn: &StoredTurn) -> Result<ConversationHead> {
    let failed = |e| translate(e, UNAVAILABLE);
    let found = find(db, turn).map_err(failed)?;
    let known = match found {
        Some(known) => known,
        None if turn.create => create(db, turn).map_err(failed)?,
        None => {
            return Err(Error::not_found("CONVERSATION_NOT_FOUND", "there is no such conversation"));
        }
    };
    let (known, turns_held) = write(db, turn, known).map_err(failed)?;
    Ok(ConversationHead {
        conversation_id: turn.conversation_id.clone(),
        created_at: instant(known.created_us)?,
        last_activity: instant(known.last_us)?,
        total_messages: turns_held as u64 * 2,
        turns: known.turns as u64,
        title: known.title,
    })
}

/// The conversation, unless it is missing, another's or past its time. What is past its time goes, so
/// that it cannot come back with the next turn.
fn find(db: &Connection, turn: &StoredTurn) -> rusqlite::Result<Option<Known>> {
    let found = db
        .prepare_cached(
            "SELECT id, title, created_us, last_us, turns, expires_us FROM conversations
             WHERE tenant = ?1 AND subject = ?2 AND conversation_id = ?3",
        )?
        .query_row(params![turn.tenant, turn.subject, turn.conversation_id], |row| {
            let known = Known {
                id: row.get(0)?,
                title: row.get(1)?,
                created_us: row.get(2)?,
                last_us: row.get(3)?,
                turns: row.get(4)?,
            };
            Ok((known, row.get::<_, i64>(5)?))
        })
        .optional()?;
    match found {
        Some((known, expires_us)) if expires_us <= turn.now_us => {
            db.prepare_cached("DELETE FROM conversations WHERE id = ?1 AND tenant = ?2 AND subject = ?3")?
                .execute(params![known.id, turn.tenant, turn.subject])?;
            Ok(None)
        }
        found => Ok(found.map(|(known, _)| known)),
    }
}

fn create(db: &Connection, turn: &StoredTurn) -> rusqlite::Result<Known> {
    db.prepare_cached(
        "INSERT INTO conversations
             (tenant, subject, conversation_id, title, created_us, last_us, expires_us, turns)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, 0)",
    )?
    .execute(params![
        turn.tenant,
        turn.subject,
        turn.conversation_id,
        turn.title,
        turn.now_us,
        turn.conversation_expires_us
    ])?;
    Ok(Known {
        id: db.last_insert_rowid(),
        title: turn.title.clone(),
        created_us: turn.now_us,
        last_us: turn.now_us,
        turns: 0,
    })
}

/// Writes the turn unless it is there, trims, and counts what is left.
fn write(db: &Connection, turn: &StoredTurn, mut known: Known) -> rusqlite::Result<(Known, i64)> {
    let is_new = known.turns == 0
        || !db
            .prepare_cached("SELECT 1 FROM turns WHERE conversation = ?1 AND turn_id = ?2")?
            .exists(params![known.id, turn.turn_id])?;
    if is_new {
        known.turns += 1;
        // A clock that steps back never makes a conversation older than it was.
        known.last_us = known.last_us.max(turn.now_us);
        db.prepare_cached(
            "INSERT INTO turns (conversation, turn, turn_id, asked_us, expires_us, question, answer)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            known.id,
            known.turns,
            turn.turn_id,
            turn.asked_us,
            turn.turn_expires_us,
            turn.question,
            turn.answer
        ])?;
        db.prepare_cached(
            "UPDATE conversations SET turns = ?4, last_us = ?5, expires_us = max(expires_us, ?6)
             WHERE id = ?1 AND tenant = ?2 AND subject = ?3",
        )?
        .execute(params![
            known.id,
            turn.tenant,
            turn.subject,
            known.turns,
            known.last_us,
            turn.conversation_expires_us
        ])?;
        db.prepare_cached("DELETE FROM turns WHERE conversation = ?1 AND (turn <= ?2 OR expires_us <= ?3)")?
            .execute(params![known.id, known.turns - turn.turns_max, turn.now_us])?;
    }
    let held = db
        .prepare_cached("SELECT count(*) FROM turns WHERE conversation = ?1")?
        .query_row([known.id], |row| row.get(0))?;
    Ok((known, held))
}

/// Removes conversations past their time among the next [`SWEEP_ROWS`] after `from`; how many went,
/// and where to go on.
pub(super) fn sweep_step(
    db: &Connection,
    from: i64,
    now_us: i64,
    last_activity_us: i64,
) -> rusqlite::Result<(u64, Option<i64>)> {
    let last: Option<i64> = db
        .prepare_cached(
            "SELECT max(id) FROM (SELECT id FROM conversations WHERE id > ?1 ORDER BY id LIMIT ?2)",
        )?
        .query_row(params![from, SWEEP_ROWS], |row| row.get(0))?;
    let Some(last) = last else { return Ok((0, None)) };
    let gone = db
        .prepare_cached(
            "DELETE FROM conversations
             WHERE id > ?1 AND id <= ?2 AND (expires_us <= ?3 OR last_us <= ?4)",
        )?
        .execute(params![from, last, now_us, last_activity_us])?;
    Ok((gone as u64, Some(last)))
}

/// Removes up to [`SWEEP_ROWS`] turns whose question is older than that; how many went.
pub(super) fn sweep_turns(db: &Connection, asked_us: i64) -> rusqlite::Result<usize> {
    db.prepare_cached(
        "DELETE FROM turns WHERE rowid IN
             (SELECT rowid FROM turns WHERE asked_us <= ?1 ORDER BY asked_us LIMIT ?2)",
    )?
    .execute(params![asked_us, SWEEP_ROWS])
}
