//! Reading: one conversation, a page of it, a list. Every statement names the owner, and what is past
//! its time is not there, swept or not.

use std::sync::Arc;

use eps_domain::{
    Owner, Result,
    conversation::{Conversation, ConversationHead, Message},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::{embedded::sqlite::damaged, paging};

/// Whose conversation, and as of when.
pub(super) struct Key {
    tenant: Arc<str>,
    subject: Arc<str>,
    conversation_id: String,
    now_us: i64,
}

impl Key {
    pub(super) fn new(owner: &Owner, conversation_id: &str, now: Timestamp) -> Self {
        Self {
            tenant: Arc::clone(&owner.tenant),
            subject: Arc::clone(&owner.subject),
            conversation_id: conversation_id.to_owned(),
            now_us: now.as_microsecond(),
        }
    }
}

/// A turn as it lies in the file.
struct TurnRow {
    turn: i64,
    question: String,
    answer: String,
}

/// A conversation as it lies in the file; its JSON is read outside the transaction.
pub(super) struct Rows {
    head: ConversationHead,
    turns: Vec<TurnRow>,
    page: Page,
}

/// Which messages of the turns that were read are wanted.
enum Page {
    /// The last so many.
    Last(usize),
    /// So many from this position on.
    From(u64, usize),
}

const HEAD: &str = "
    SELECT conversation_id, created_us, last_us, turns, title, id,
        (SELECT count(*) FROM turns WHERE conversation = c.id AND expires_us > ?3)
    FROM conversations AS c
    WHERE tenant = ?1 AND subject = ?2 AND expires_us > ?3";

fn head(row: &Row<'_>) -> rusqlite::Result<ConversationHead> {
    let time = |column| {
        let micros = row.get(column)?;
        Timestamp::from_microsecond(micros)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, e.into()))
    };
    Ok(ConversationHead {
        conversation_id: row.get(0)?,
        created_at: time(1)?,
        last_activity: time(2)?,
        turns: row.get::<_, i64>(3)? as u64,
        title: row.get(4)?,
        total_messages: row.get::<_, i64>(6)? as u64 * 2,
    })
}

fn find(db: &Connection, key: &Key) -> rusqlite::Result<Option<ConversationHead>> {
    db.prepare_cached(&format!("{HEAD} AND conversation_id = ?4"))?
        .query_row(params![key.tenant, key.subject, key.now_us, key.conversation_id], head)
        .optional()
}

/// Turns from `first` on in the order of `direction`, at most `count`.
fn turns(
    db: &Connection,
    key: &Key,
    first: i64,
    direction: &str,
    count: usize,
) -> rusqlite::Result<Vec<TurnRow>> {
    let sql = format!(
        "SELECT turn, question, answer FROM turns
         WHERE conversation = (SELECT id FROM conversations
                 WHERE tenant = ?1 AND subject = ?2 AND conversation_id = ?3)
             AND turn >= ?4 AND expires_us > ?5
         ORDER BY turn {direction} LIMIT ?6"
    );
    let row = |row: &Row<'_>| Ok(TurnRow { turn: row.get(0)?, question: row.get(1)?, answer: row.get(2)? });
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let values = params![key.tenant, key.subject, key.conversation_id, first, key.now_us, count];
    db.prepare_cached(&sql)?.query_map(values, row)?.collect()
}

/// The latest messages.
pub(super) fn latest(db: &Connection, key: &Key, messages_max: usize) -> rusqlite::Result<Option<Rows>> {
    let Some(head) = find(db, key)? else { return Ok(None) };
    let mut turns = turns(db, key, 1, "DESC", messages_max.div_ceil(2))?;
    turns.reverse();
    Ok(Some(Rows { head, turns, page: Page::Last(messages_max) }))
}

/// Messages from position `first` on.
pub(super) fn history(
    db: &Connection,
    key: &Key,
    first: u64,
    limit: usize,
) -> rusqlite::Result<Option<Rows>> {
    let Some(head) = find(db, key)? else { return Ok(None) };
    // One message more than asked for tells whether there is a next page; a page may begin and end
    // within a turn.
    let count = limit / 2 + 2;
    let turns = turns(db, key, first.div_ceil(2) as i64, "ASC", count)?;
    Ok(Some(Rows { head, turns, page: Page::From(first, limit) }))
}

impl Rows {
    /// Reads the JSON and cuts the page.
    pub(super) fn into_conversation(self) -> Result<Conversation> {
        let mut messages = Vec::with_capacity(self.turns.len() * 2);
        for row in self.turns {
            let turn = row.turn as u64;
            messages.push(message(&row.question, turn * 2 - 1)?);
            messages.push(message(&row.answer, turn * 2)?);
        }
        let mut next_cursor = None;
        match self.page {
            Page::Last(count) => {
                messages.drain(..messages.len().saturating_sub(count));
            }
            Page::From(first, limit) => {
                messages.retain(|message| message.seq >= first);
                next_cursor = messages.get(limit).map(|next| paging::history_cursor(next.seq));
                messages.truncate(limit);
            }
        }
        Ok(Conversation { head: self.head, messages, next_cursor })
    }
}

fn message(json: &str, seq: u64) -> Result<Message> {
    let message: Message =
        serde_json::from_str(json).map_err(|e| damaged("a message is damaged").caused_by(e))?;
    Ok(Message { seq, ..message })
}

/// The owner's conversations, latest activity first, after a place in the list.
pub(super) fn list(
    db: &Connection,
    owner: &Owner,
    limit: usize,
    after: Option<(i64, i64)>,
    now: Timestamp,
) -> rusqlite::Result<(Vec<ConversationHead>, Option<String>)> {
    let (last_us, id) = after.unwrap_or((i64::MAX, i64::MAX));
    let sql = format!("{HEAD} AND (last_us, id) < (?4, ?5) ORDER BY last_us DESC, id DESC LIMIT ?6");
    let count = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let values = params![owner.tenant, owner.subject, now.as_microsecond(), last_us, id, count];
    let place = |row: &Row<'_>| Ok((head(row)?, (row.get::<_, i64>(2)?, row.get::<_, i64>(5)?)));
    let mut rows: Vec<_> =
        db.prepare_cached(&sql)?.query_map(values, place)?.collect::<rusqlite::Result<_>>()?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|(_, place)| list_cursor(*place));
    Ok((rows.into_iter().map(|(head, _)| head).collect(), next))
}

fn list_cursor((last_us, id): (i64, i64)) -> String {
    paging::encode(&format!("c{last_us}.{id}"))
}

/// The place after which a list goes on.
pub(super) fn parse_list_cursor(cursor: &str) -> Result<(i64, i64)> {
    let text = paging::decode(cursor)?;
    let (last_us, id) =
        text.strip_prefix('c').and_then(|rest| rest.split_once('.')).ok_or_else(paging::malformed)?;
    last_us.parse().ok().zip(id.parse().ok()).ok_or_else(paging::malformed)
}
