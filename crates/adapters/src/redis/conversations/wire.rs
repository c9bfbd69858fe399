//! A turn as it lies in Redis: when it ends, the question, the answer, a line each. JSON has no line
//! break of its own, and scripts read the first line without reading the rest.

use ::redis::{FromRedisValue, ParsingError, Value};
use eps_domain::{
    Error, Result,
    conversation::{Conversation, ConversationHead, Message, Turn},
};
use jiff::Timestamp;

use crate::{
    paging,
    redis::failure::{damaged, odd_reply},
};

/// A turn ready to be stored.
pub(super) fn encode(turn: &Turn, ends: Timestamp) -> Result<String> {
    let json = |message| {
        serde_json::to_string(message).map_err(|e| Error::internal("a message is not JSON").caused_by(e))
    };
    Ok(format!("{}\n{}\n{}", ends.as_microsecond(), json(&turn.question)?, json(&turn.answer)?))
}

/// What the reading script gives.
pub(super) struct Found {
    turns: u64,
    created_us: i64,
    last_us: i64,
    title: String,
    /// Turns that are not past their time.
    held: u64,
    /// The number of the first turn given.
    first: u64,
    /// See [`encode`].
    records: Vec<String>,
}

impl FromRedisValue for Found {
    fn from_redis_value(value: Value) -> std::result::Result<Self, ParsingError> {
        let (turns, created_us, last_us, title, held, first, records) =
            FromRedisValue::from_redis_value(value)?;
        Ok(Self { turns, created_us, last_us, title, held, first, records })
    }
}

/// Which messages of the turns that were read are wanted.
pub(super) enum Page {
    /// The last so many.
    Last(usize),
    /// So many from this position on.
    From(u64, usize),
}

impl Found {
    /// The head alone.
    pub(super) fn head(&self, conversation_id: &str) -> Result<ConversationHead> {
        Ok(ConversationHead {
            conversation_id: conversation_id.to_owned(),
            created_at: instant(self.created_us)?,
            last_activity: instant(self.last_us)?,
            total_messages: self.held * 2,
            turns: self.turns,
            title: self.title.clone(),
        })
    }

    /// Reads the JSON and cuts the page.
    pub(super) fn into_conversation(
        self,
        conversation_id: &str,
        page: &Page,
        now: Timestamp,
    ) -> Result<Conversation> {
        let head = self.head(conversation_id)?;
        let mut messages = Vec::with_capacity(self.records.len() * 2);
        for (record, turn) in self.records.iter().zip(self.first..) {
            let mut lines = record.splitn(3, '\n');
            let (Some(ends), Some(question), Some(answer)) = (lines.next(), lines.next(), lines.next())
            else {
                return Err(damaged("a turn in Redis is damaged"));
            };
            // Only a clock that stepped back leaves one of these behind a later one.
            if ends.parse::<i64>().is_ok_and(|ends| ends <= now.as_microsecond()) {
                continue;
            }
            messages.push(message(question, turn * 2 - 1)?);
            messages.push(message(answer, turn * 2)?);
        }
        let mut next_cursor = None;
        match *page {
            Page::Last(count) => {
                messages.drain(..messages.len().saturating_sub(count));
            }
            Page::From(first, limit) => {
                messages.retain(|message| message.seq >= first);
                next_cursor = messages.get(limit).map(|next| paging::history_cursor(next.seq));
                messages.truncate(limit);
            }
        }
        Ok(Conversation { head, messages, next_cursor })
    }
}

fn message(json: &str, seq: u64) -> Result<Message> {
    let message: Message =
        serde_json::from_str(json).map_err(|e| damaged("a message in Redis is damaged").caused_by(e))?;
    Ok(Message { seq, ..message })
}

/// What the storing script gives.
pub(super) enum Stored {
    Head(ConversationHead),
    Missing,
    Busy,
}

impl Stored {
    pub(super) fn read(value: Value, conversation_id: &str) -> Result<Self> {
        let mut parts = Vec::<Value>::from_redis_value(value).map_err(odd_reply)?;
        let rest = parts.split_off(parts.len().min(1));
        let word: Option<String> = parts.pop().and_then(|word| FromRedisValue::from_redis_value(word).ok());
        match word.as_deref() {
            Some("missing") => Ok(Self::Missing),
            Some("busy") => Ok(Self::Busy),
            _ => {
                let (turns, created_us, last_us, held, title): (u64, i64, i64, u64, String) =
                    FromRedisValue::from_redis_value(Value::Array(rest)).map_err(odd_reply)?;
                Ok(Self::Head(ConversationHead {
                    conversation_id: conversation_id.to_owned(),
                    created_at: instant(created_us)?,
                    last_activity: instant(last_us)?,
                    total_messages: held * 2,
                    turns,
                    title,
                }))
            }
        }
    }
}

fn instant(micros: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|e| damaged("a time in Redis is damaged").caused_by(e))
}
