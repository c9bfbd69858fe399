//! The list of an owner: ids by last activity from one key, then every head from its own. An entry
//! whose conversation is gone is passed over.

use ::redis::cmd;
use eps_domain::{Owner, Result, conversation::ConversationHead};
use futures::future::try_join_all;
use jiff::Timestamp;

use super::wire::Found;
use crate::{
    paging,
    redis::{
        keys::{self, ConversationKeys},
        link::{RedisLink, Resend},
        script::Script,
    },
};

/// Rounds of one list at most. Entries without a conversation are few: they end with the retention.
const ROUNDS_MAX: usize = 20;
/// Entries of a round beyond what is still wanted, for those that are gone.
const SPARE: usize = 8;

/// A place in the list: last activity in microseconds, then id, both falling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    last_us: i64,
    conversation_id: String,
}

impl Place {
    /// From a cursor that was given out.
    pub(super) fn parse(cursor: &str) -> Result<Self> {
        let text = paging::decode(cursor)?;
        let parts = text.strip_prefix('r').and_then(|rest| rest.split_once('.'));
        let (last_us, id) = parts.ok_or_else(paging::malformed)?;
        let last_us = last_us.parse().map_err(|_| paging::malformed())?;
        Ok(Self { last_us, conversation_id: id.to_owned() })
    }

    fn cursor(&self) -> String {
        paging::encode(&format!("r{}.{}", self.last_us, self.conversation_id))
    }

    /// Whether an entry comes after this place.
    fn is_before(&self, id: &str, last_us: i64) -> bool {
        (last_us, id) < (self.last_us, self.conversation_id.as_str())
    }
}

/// Reads lists.
pub(super) struct Lister<'a> {
    pub link: &'a RedisLink,
    /// The script that reads a conversation.
    pub read: &'a Script,
}

impl Lister<'_> {
    /// A page of the list.
    pub(super) async fn page(
        &self,
        owner: &Owner,
        limit: usize,
        after: Option<Place>,
        now: Timestamp,
    ) -> Result<(Vec<ConversationHead>, Option<String>)> {
        let mut heads: Vec<(ConversationHead, Place)> = Vec::new();
        let mut after = after;
        // Entries of the same microsecond that lie before the place, and so have been given.
        let mut skipped = 0;
        for _ in 0..ROUNDS_MAX {
            let count = limit + 1 - heads.len() + SPARE;
            let entries = self.entries(owner, after.as_ref(), skipped, count).await?;
            let is_end = entries.len() < count;
            let fresh: Vec<_> = entries
                .into_iter()
                .filter(|(id, last_us)| after.as_ref().is_none_or(|place| place.is_before(id, *last_us)))
                .collect();
            let found = try_join_all(fresh.iter().map(|(id, _)| self.head(owner, id, now))).await?;
            for ((id, last_us), head) in fresh.iter().zip(found) {
                let place = Place { last_us: *last_us, conversation_id: id.clone() };
                heads.extend(head.map(|head| (head, place)));
            }
            match fresh.into_iter().next_back() {
                _ if is_end || heads.len() > limit => break,
                Some((conversation_id, last_us)) => {
                    after = Some(Place { last_us, conversation_id });
                    skipped = 0;
                }
                None => skipped += count,
            }
        }
        let more = heads.len() > limit;
        heads.truncate(limit);
        let next = heads.last().filter(|_| more).map(|(_, place)| place.cursor());
        Ok((heads.into_iter().map(|(head, _)| head).collect(), next))
    }

    /// Entries from a place on, that of the place and its microsecond included.
    async fn entries(
        &self,
        owner: &Owner,
        from: Option<&Place>,
        skipped: usize,
        count: usize,
    ) -> Result<Vec<(String, i64)>> {
        let mut command = cmd("ZREVRANGEBYSCORE");
        command.arg(keys::list(owner));
        match from {
            Some(place) => command.arg(place.last_us),
            None => command.arg("+inf"),
        };
        command.arg("-inf").arg("WITHSCORES").arg("LIMIT").arg(skipped).arg(count);
        let scored: Vec<(String, f64)> = self.link.run(&command, Resend::Safe).await?;
        Ok(scored.into_iter().map(|(id, score)| (id, score as i64)).collect())
    }

    async fn head(&self, owner: &Owner, id: &str, now: Timestamp) -> Result<Option<ConversationHead>> {
        let keys = ConversationKeys::new(owner, id);
        let call = self.read.over(&[&keys.head, &keys.turns]);
        let call = call.arg(now.as_microsecond()).arg(0).arg(0);
        let found: Option<Found> = self.link.call(&call, Resend::Safe).await?;
        found.map(|found| found.head(id)).transpose()
    }
}
