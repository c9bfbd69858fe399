//! Conversations and idempotency records in one SQLite file, `conversations.db`.
//!
//! One writer with group commit, a few readers. A turn is one row, so that question and answer cannot
//! be stored apart. Nothing is read without its owner.

mod append;
mod idempotency;
mod read;
mod schema;
#[cfg(test)]
mod tests;

pub use idempotency::EmbeddedIdempotencyStore;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Error, Owner, Result,
    conversation::{Conversation, ConversationHead, ConversationStore, Retention, Turn, TurnLease},
};
use jiff::Timestamp;
use rusqlite::params;

use self::append::StoredTurn;
use super::{
    DataDir,
    sqlite::{Readers, open_writable, translate},
    writer::Writer,
};
use crate::{paging, turn_locks::TurnLocks};

/// The code of this store's outages.
const UNAVAILABLE: &str = "STORE_UNAVAILABLE";
/// Connections for reading. A read takes microseconds; more would only take turns on the cores.
const READERS: usize = 4;
/// Rows that one step of a sweep looks at, so that turns in the queue wait for milliseconds only.
const SWEEP_ROWS: i64 = 10_000;

/// The file, its writer and its readers.
#[derive(Debug)]
struct Database {
    writer: Writer,
    readers: Readers,
    /// Let go last: the folder stays ours until the writer is done.
    _data_dir: DataDir,
}

/// Conversations in a SQLite file.
#[derive(Debug)]
pub struct EmbeddedConversationStore {
    database: Arc<Database>,
    turns: Arc<TurnLocks>,
}

impl EmbeddedConversationStore {
    /// Opens or creates `conversations.db`.
    ///
    /// # Errors
    /// `Internal` with code `DATA_DAMAGED`; `Unavailable` with code `STORE_UNAVAILABLE` or
    /// `STORAGE_FULL`.
    pub fn open(data_dir: &DataDir) -> Result<Self> {
        let path = data_dir.join("conversations.db");
        let connection = open_writable(&path, UNAVAILABLE)?;
        schema::prepare(&connection)?;
        let writer = Writer::start("eps-conversations", connection, UNAVAILABLE)?;
        let readers = Readers::new(&path, READERS, UNAVAILABLE);
        let database = Database { writer, readers, _data_dir: data_dir.clone() };
        Ok(Self { database: Arc::new(database), turns: Arc::default() })
    }

    /// The idempotency records, which lie in the same file.
    pub fn idempotency(&self) -> EmbeddedIdempotencyStore {
        EmbeddedIdempotencyStore::new(Arc::clone(&self.database))
    }
}

#[async_trait]
impl ConversationStore for EmbeddedConversationStore {
    async fn begin_turn(&self, owner: &Owner, conversation_id: &str, wait: Duration) -> Result<TurnLease> {
        self.health().await?;
        let turn = format!("{}\0{}\0{conversation_id}", owner.tenant, owner.subject);
        self.turns.acquire(&turn, wait).await
    }

    async fn latest(
        &self,
        owner: &Owner,
        conversation_id: &str,
        messages_max: usize,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        let key = read::Key::new(owner, conversation_id, now);
        let rows = self.database.readers.run(move |db| read::latest(db, &key, messages_max)).await?;
        rows.map(read::Rows::into_conversation).transpose()
    }

    async fn append_turn(
        &self,
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<ConversationHead> {
        let turn = StoredTurn::new(owner, conversation_id, turn, create, retention)?;
        self.database.writer.run(move |db| append::append(db, &turn)).await
    }

    async fn history(
        &self,
        owner: &Owner,
        conversation_id: &str,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        let first = cursor.map(paging::parse_history_cursor).transpose()?.unwrap_or(1);
        let key = read::Key::new(owner, conversation_id, now);
        let rows = self.database.readers.run(move |db| read::history(db, &key, first, limit)).await?;
        rows.map(read::Rows::into_conversation).transpose()
    }

    async fn list(
        &self,
        owner: &Owner,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)> {
        let after = cursor.map(read::parse_list_cursor).transpose()?;
        let owner = owner.clone();
        self.database.readers.run(move |db| read::list(db, &owner, limit, after, now)).await
    }

    async fn delete(&self, owner: &Owner, conversation_id: &str) -> Result<bool> {
        let (owner, conversation_id) = (owner.clone(), conversation_id.to_owned());
        let settling = self.database.writer.settling();
        let delete = move |db: &rusqlite::Connection| {
            let replies = idempotency::forget(db, &owner.tenant, &owner.subject, &conversation_id)?;
            let conversations = db
                .prepare_cached(
                    "DELETE FROM conversations WHERE tenant = ?1 AND subject = ?2 AND conversation_id = ?3",
                )?
                .execute(params![owner.tenant, owner.subject, conversation_id])?;
            if replies + conversations > 0 {
                settling.ask();
            }
            Ok(conversations)
        };
        let deleted = self.database.writer.run(move |db| delete(db).map_err(|e| translate(e, UNAVAILABLE)));
        Ok(deleted.await? > 0)
    }

    async fn sweep(&self, retention: Retention, now: Timestamp) -> Result<u64> {
        let cut_off = |kept: Duration| now.checked_sub(kept).unwrap_or(Timestamp::MIN).as_microsecond();
        let (last_activity, asked) = (cut_off(retention.conversation), cut_off(retention.message));
        let now = now.as_microsecond();
        let mut removed = 0;
        let mut from = 0;
        loop {
            let step = move |db: &rusqlite::Connection| append::sweep_step(db, from, now, last_activity);
            let step = self.database.writer.run(move |db| step(db).map_err(|e| translate(e, UNAVAILABLE)));
            let (gone, next) = step.await?;
            removed += gone;
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        loop {
            let step = move |db: &rusqlite::Connection| append::sweep_turns(db, asked);
            let step = self.database.writer.run(move |db| step(db).map_err(|e| translate(e, UNAVAILABLE)));
            if step.await? < SWEEP_ROWS as usize {
                self.database.writer.settle().await?;
                return Ok(removed);
            }
        }
    }

    async fn health(&self) -> Result<()> {
        // Every turn asks this first: while writes succeed, there is nothing to try.
        if self.database.writer.is_sound() {
            return Ok(());
        }
        let alive =
            |db: &rusqlite::Connection| db.prepare_cached("SELECT id FROM conversations LIMIT 1")?.exists([]);
        self.database.readers.run(alive).await.map(drop)
    }
}

/// An instant as it is stored.
fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros)
        .map_err(|e| Error { source: Some(e.into()), ..super::sqlite::damaged("a time is damaged") })
}
