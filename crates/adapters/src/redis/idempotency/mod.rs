//! Records of `Idempotency-Key` in Redis: a request sent to one copy of the service and again to
//! another is still done once.

use std::{sync::Arc, time::Duration};

use ::redis::{FromRedisValue, Value};
use async_trait::async_trait;
use eps_domain::{
    Result,
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, REPLAY_FOR, StoredResponse},
};
use jiff::Timestamp;

use super::{
    due::Due,
    failure::odd_reply,
    keys::{ConversationKeys, digest},
    link::{RedisLink, Resend},
    script::Script,
};

/// How long Redis keeps a key beyond its time, so that what removes it is the sweep.
const GRACE: Duration = Duration::from_mins(30);
/// Which responses are due. What is in flight ends by itself.
const DUE: Due = Due("idempotency");

/// Idempotency records that copies of the service share.
pub struct RedisIdempotencyStore {
    link: Arc<RedisLink>,
    begin: Script,
    note: Script,
    complete: Script,
    abandon: Script,
    sweep: Script,
}

impl std::fmt::Debug for RedisIdempotencyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisIdempotencyStore").finish_non_exhaustive()
    }
}

impl RedisIdempotencyStore {
    /// Over a link.
    pub fn new(link: Arc<RedisLink>) -> Self {
        Self {
            link,
            begin: Script::new(include_str!("begin.lua")),
            note: Script::new(include_str!("note.lua")),
            complete: Script::new(include_str!("complete.lua")),
            abandon: Script::new(include_str!("abandon.lua")),
            sweep: Script::new(include_str!("sweep.lua")),
        }
    }

    /// Notes a response at its conversation; false when that was deleted.
    async fn note(&self, conversation: &ConversationKeys, member: &str) -> Result<bool> {
        let call = self.note.over(&[&conversation.head, &conversation.replies]);
        let noted: i64 = self.link.call(&call.arg(member).arg(kept(REPLAY_FOR)), Resend::Safe).await?;
        Ok(noted > 0)
    }

    /// Removes a record that is due, unless its key has been used again since.
    async fn sweep_one(&self, member: &str, now_us: i64) -> Result<bool> {
        let call = self.sweep.over(&[record(member)]).arg(now_us);
        let next: Option<i64> = self.link.call(&call, Resend::Safe).await?;
        match next {
            Some(ends) => self.link.run::<i64>(&DUE.set(member, ends), Resend::Safe).await.map(|_| false),
            None => Ok(self.link.run::<i64>(&DUE.forget(member), Resend::Safe).await? > 0),
        }
    }
}

/// Removes the responses that speak of a conversation.
pub(super) struct Forgetter(Script);

impl Forgetter {
    pub(super) fn new() -> Self {
        Self(Script::new(include_str!("forget.lua")))
    }

    /// By what names them at the conversation. The index of what is due may go on naming them.
    pub(super) async fn forget(&self, link: &RedisLink, members: &[String]) -> Result<()> {
        for member in members {
            link.call::<i64>(&self.0.over(&[record(member)]), Resend::Safe).await?;
        }
        Ok(())
    }
}

/// What names a key in the index and at its conversation.
fn member(key: &IdempotencyKey) -> String {
    let IdempotencyKey { owner, route, key, .. } = key;
    digest(&[owner.tenant.as_bytes(), owner.subject.as_bytes(), route.as_bytes(), key.as_bytes()])
}

fn record(member: &str) -> String {
    format!("eps:idempotency:{{{member}}}")
}

fn kept(lasts: Duration) -> u64 {
    u64::try_from((lasts + GRACE).as_millis()).unwrap_or(u64::MAX)
}

#[async_trait]
impl IdempotencyStore for RedisIdempotencyStore {
    async fn begin(&self, key: &IdempotencyKey, lease: Duration, now: Timestamp) -> Result<IdempotencyState> {
        let now = self.link.by_its_clock(now);
        let ends = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let call = self
            .begin
            .over(&[record(&member(key))])
            .arg(&key.fingerprint[..])
            .arg(now.as_microsecond())
            .arg(ends.as_microsecond())
            .arg(format!("{:x}{:x}", fastrand::u64(..), fastrand::u64(..)))
            .arg(kept(lease));
        let mut parts: Vec<Value> = self.link.call(&call, Resend::Safe).await?;
        let rest = parts.split_off(parts.len().min(1));
        let word: Option<String> = parts.pop().and_then(|word| FromRedisValue::from_redis_value(word).ok());
        match word.as_deref() {
            Some("begun") => Ok(IdempotencyState::Begun),
            Some("in flight") => Ok(IdempotencyState::InFlight),
            Some("mismatch") => Ok(IdempotencyState::Mismatch),
            _ => {
                let (status, content_type, body) =
                    FromRedisValue::from_redis_value(Value::Array(rest)).map_err(odd_reply)?;
                Ok(IdempotencyState::Done(StoredResponse { status, content_type, body }))
            }
        }
    }

    async fn complete(
        &self,
        key: &IdempotencyKey,
        response: StoredResponse,
        conversation_id: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let now = self.link.by_its_clock(now);
        let ends = now.checked_add(REPLAY_FOR).unwrap_or(Timestamp::MAX).as_microsecond();
        let member = member(key);
        if let Some(id) = conversation_id
            && !self.note(&ConversationKeys::new(&key.owner, id), &member).await?
        {
            return self.abandon(key).await;
        }
        let call = self
            .complete
            .over(&[record(&member)])
            .arg(&key.fingerprint[..])
            .arg(now.as_microsecond())
            .arg(ends)
            .arg(response.status)
            .arg(response.content_type)
            .arg(response.body)
            .arg(kept(REPLAY_FOR));
        let due = DUE.set(&member, ends);
        self.link.call_after::<i64>(&[due], &call, Resend::Safe).await.map(drop)
    }

    async fn abandon(&self, key: &IdempotencyKey) -> Result<()> {
        let call = self.abandon.over(&[record(&member(key))]);
        self.link.call::<i64>(&call, Resend::Safe).await.map(drop)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.link.ping().await?;
        let now_us = self.link.by_its_clock(now).as_microsecond();
        let remove = |member: String| -> futures::future::BoxFuture<'_, Result<bool>> {
            Box::pin(async move { self.sweep_one(&member, now_us).await })
        };
        DUE.sweep(&self.link, now_us, remove).await
    }
}
