//! Conversations in Redis. A turn is one script over the keys of its conversation: question and answer
//! are stored together, once, in order, or not at all. Nothing is read without its owner, for the
//! owner is part of the key.

mod leases;
mod list;
mod wire;

use std::{sync::Arc, time::Duration};

use ::redis::{Cmd, Value, cmd};
use async_trait::async_trait;
use eps_domain::{
    Error, Owner, Result,
    conversation::{Conversation, ConversationHead, ConversationStore, Retention, Turn, TurnLease},
};
use jiff::Timestamp;

use self::{
    leases::Leases,
    list::{Lister, Place},
    wire::{Found, Page, Stored},
};
use super::{
    due::Due,
    idempotency::Forgetter,
    keys::ConversationKeys,
    link::{RedisLink, Resend},
    script::Script,
};
use crate::{paging, turn_locks::busy};

/// How long Redis keeps a key beyond its time, so that what removes it is the sweep.
const GRACE: Duration = Duration::from_mins(30);
/// How long a deletion is remembered: no turn is on its way for so long.
const TOMBSTONE: Duration = Duration::from_hours(1);
/// Turns of one conversation that a sweep looks at in one step; the next one goes on.
const SWEPT_TURNS: u32 = 200;
/// What of the conversations is due.
const DUE: Due = Due("conversations");

struct Scripts {
    append: Script,
    read: Script,
    delete: Script,
    sweep: Script,
}

/// Conversations in Redis.
pub struct RedisConversationStore {
    link: Arc<RedisLink>,
    scripts: Scripts,
    leases: Leases,
    replies: Forgetter,
}

impl std::fmt::Debug for RedisConversationStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisConversationStore").finish_non_exhaustive()
    }
}

impl RedisConversationStore {
    /// Over a link. To be called within a runtime.
    pub fn new(link: Arc<RedisLink>) -> Self {
        let scripts = Scripts {
            append: Script::new(include_str!("append.lua")),
            read: Script::new(include_str!("read.lua")),
            delete: Script::new(include_str!("delete.lua")),
            sweep: Script::new(include_str!("sweep.lua")),
        };
        Self { leases: Leases::new(Arc::clone(&link)), link, scripts, replies: Forgetter::new() }
    }

    async fn read(
        &self,
        owner: &Owner,
        conversation_id: &str,
        page: Page,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        let keys = ConversationKeys::new(owner, conversation_id);
        let now = self.link.by_its_clock(now);
        let (first, count) = match page {
            Page::Last(messages) => (0, messages.div_ceil(2)),
            // One message more than asked for tells whether there is a next page; a page may begin and
            // end within a turn.
            Page::From(seq, limit) => (seq.div_ceil(2), limit / 2 + 2),
        };
        let call = self.scripts.read.over(&[&keys.head, &keys.turns]);
        let call = call.arg(now.as_microsecond()).arg(first).arg(count);
        let found: Option<Found> = self.link.call(&call, Resend::Safe).await?;
        found.map(|found| found.into_conversation(conversation_id, &page, now)).transpose()
    }

    /// Sends commands together.
    async fn all(&self, commands: &[Cmd]) -> Result<()> {
        let sent = commands.iter().map(|command| self.link.run::<i64>(command, Resend::Safe));
        futures::future::try_join_all(sent).await.map(drop)
    }

    /// Removes what is due of one conversation; whether that was all of it.
    async fn sweep_one(&self, member: &str, now_us: i64, last_us: i64) -> Result<bool> {
        let Some(keys) = ConversationKeys::of_member(member) else {
            return self.link.run::<i64>(&DUE.forget(member), Resend::Safe).await.map(|_| false);
        };
        let call = self.scripts.sweep.over(&[&keys.head, &keys.turns, &keys.ids]);
        let call = call.arg(now_us).arg(last_us).arg(SWEPT_TURNS);
        let next: Option<i64> = self.link.call(&call, Resend::Safe).await?;
        if let Some(next_us) = next {
            return self.link.run::<i64>(&DUE.set(member, next_us), Resend::Safe).await.map(|_| false);
        }
        let mut unlist = cmd("ZREM");
        let (_, id) = member.split_once('/').unwrap_or(("", member));
        unlist.arg(&keys.list).arg(id);
        self.link.run::<i64>(&unlist, Resend::Safe).await?;
        // Of several copies of the service that sweep, one counts it.
        Ok(self.link.run::<i64>(&DUE.forget(member), Resend::Safe).await? > 0)
    }
}

/// Notes a turn where lists and sweeps find it. It goes out together with the turn and before it: an
/// entry without a conversation is passed over, a conversation without an entry would be lost to its
/// owner.
fn notes(keys: &ConversationKeys, id: &str, times: &Times, kept: Duration) -> [Cmd; 4] {
    let mut entry = cmd("ZADD");
    entry.arg(&keys.list).arg("GT").arg(times.now_us).arg(id);
    let mut trim = cmd("ZREMRANGEBYSCORE");
    trim.arg(&keys.list).arg("-inf").arg(times.now_us.saturating_sub(micros(kept)));
    let mut keep = cmd("PEXPIRE");
    keep.arg(&keys.list).arg((kept + GRACE).as_millis() as u64);
    [entry, trim, keep, DUE.note(&keys.member, times.ends_us.min(times.turn_ends_us))]
}

/// The times of a turn by the clock of Redis, in microseconds.
struct Times {
    now_us: i64,
    ends_us: i64,
    turn_ends: Timestamp,
    turn_ends_us: i64,
}

impl Times {
    /// Takes the time of the answer for now, and the time of the question for the turn's age.
    fn of(turn: &Turn, retention: Retention, link: &RedisLink) -> Self {
        let after = |start: Timestamp, kept| start.checked_add(kept).unwrap_or(Timestamp::MAX);
        let [asked, now] = [&turn.question, &turn.answer].map(|said| link.by_its_clock(said.timestamp));
        let turn_ends = after(asked, retention.message);
        Self {
            now_us: now.as_microsecond(),
            ends_us: after(now, retention.conversation).as_microsecond(),
            turn_ends,
            turn_ends_us: turn_ends.as_microsecond(),
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[async_trait]
impl ConversationStore for RedisConversationStore {
    async fn begin_turn(&self, owner: &Owner, conversation_id: &str, wait: Duration) -> Result<TurnLease> {
        self.leases.acquire(&ConversationKeys::new(owner, conversation_id).lock, wait).await
    }

    async fn latest(
        &self,
        owner: &Owner,
        conversation_id: &str,
        messages_max: usize,
        now: Timestamp,
    ) -> Result<Option<Conversation>> {
        self.read(owner, conversation_id, Page::Last(messages_max), now).await
    }

    async fn append_turn(
        &self,
        owner: &Owner,
        conversation_id: &str,
        turn: Turn,
        create: bool,
        retention: Retention,
    ) -> Result<ConversationHead> {
        let keys = ConversationKeys::new(owner, conversation_id);
        let times = Times::of(&turn, retention, &self.link);
        let fence = self.leases.fence(&keys.lock);
        // At least one: the turn that is being written is kept.
        let turns_max = (retention.messages_max / 2).max(1);
        let call = self
            .scripts
            .append
            .over(&[&keys.head, &keys.turns, &keys.ids, &keys.lock])
            .arg(&turn.turn_id)
            .arg(wire::encode(&turn, times.turn_ends)?)
            .arg(turn.title())
            .arg(times.now_us)
            .arg(times.ends_us)
            .arg(turns_max)
            .arg(u8::from(create))
            .arg(fence)
            .arg(GRACE.as_millis() as u64);
        let notes = notes(&keys, conversation_id, &times, retention.conversation);
        // Sent twice it is stored once: the turn's id tells.
        let stored: Value = self.link.call_after(&notes, &call, Resend::Safe).await?;
        match Stored::read(stored, conversation_id)? {
            Stored::Head(head) => {
                self.leases.is_over(&keys.lock, fence);
                Ok(head)
            }
            Stored::Busy => Err(busy()),
            Stored::Missing => {
                Err(Error::not_found("CONVERSATION_NOT_FOUND", "there is no such conversation"))
            }
        }
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
        self.read(owner, conversation_id, Page::From(first, limit), now).await
    }

    async fn list(
        &self,
        owner: &Owner,
        limit: usize,
        cursor: Option<&str>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)> {
        let after = cursor.map(Place::parse).transpose()?;
        let now = self.link.by_its_clock(now);
        Lister { link: &self.link, read: &self.scripts.read }.page(owner, limit, after, now).await
    }

    async fn delete(&self, owner: &Owner, conversation_id: &str) -> Result<bool> {
        let keys = ConversationKeys::new(owner, conversation_id);
        // Responses lie elsewhere in a Cluster. They go first: when that fails the conversation is still
        // there, and can be deleted again. Those that come in between are named by the deletion itself.
        let mut named = cmd("SMEMBERS");
        named.arg(&keys.replies);
        let named: Vec<String> = self.link.run(&named, Resend::Safe).await?;
        self.replies.forget(&self.link, &named).await?;
        let call = self.scripts.delete.over(&[&keys.head, &keys.turns, &keys.ids, &keys.replies]);
        let call = call.arg(TOMBSTONE.as_millis() as u64);
        let (deleted, left): (i64, Vec<String>) = self.link.call(&call, Resend::Never).await?;
        if deleted == 0 {
            return Ok(false);
        }
        let left: Vec<String> = left.into_iter().filter(|member| !named.contains(member)).collect();
        if let Err(error) = self.replies.forget(&self.link, &left).await {
            tracing::warn!(%error, "a response of a deleted conversation stays until its time is over");
        }
        let mut unlist = cmd("ZREM");
        unlist.arg(&keys.list).arg(conversation_id);
        // It is gone already; entries that outlive it are passed over.
        if let Err(error) = self.all(&[unlist, DUE.forget(&keys.member)]).await {
            tracing::debug!(%error, "a deleted conversation was not taken off the indexes");
        }
        Ok(true)
    }

    async fn sweep(&self, retention: Retention, now: Timestamp) -> Result<u64> {
        // What is removed is everybody's: never by a clock that nobody has compared.
        self.link.ping().await?;
        let now_us = self.link.by_its_clock(now).as_microsecond();
        let last_us = now_us.saturating_sub(micros(retention.conversation));
        DUE.sweep(&self.link, now_us, |member| {
            Box::pin(async move { self.sweep_one(&member, now_us, last_us).await })
        })
        .await
    }

    async fn health(&self) -> Result<()> {
        self.link.ping().await
    }
}
