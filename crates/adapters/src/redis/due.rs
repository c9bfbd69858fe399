//! What is past its time, and when: an index for the sweep. Redis ends keys by itself; the
//! sweep removes them at their time, and what of a conversation is older than it may be.
//!
//! The index is spread over some keys, so that a Cluster spreads them over its servers. An entry is
//! never later than the instant at which there is something to do.

use ::redis::{Cmd, cmd};
use eps_domain::Result;
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture, stream};

use super::{
    keys::digest,
    link::{RedisLink, Resend},
};

/// Keys of each index. The number is part of the layout: changing it loses entries.
const SHARDS: u8 = 16;
/// Entries that one step of a sweep takes: some milliseconds of work.
const STEP: usize = 200;
/// Steps over one key of an index at most; the next sweep goes on.
const STEPS_MAX: usize = 10_000;
/// Records that a sweep works on at the same time.
const AT_ONCE: usize = 16;

/// An index of one kind of record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due(pub &'static str);

impl Due {
    fn key(self, shard: u8) -> String {
        format!("eps:due:{{{}-{shard:x}}}", self.0)
    }

    fn key_of(self, member: &str) -> String {
        let first = digest(&[member.as_bytes()]);
        let shard = u8::from_str_radix(&first[..1], 16).unwrap_or(0);
        self.key(shard % SHARDS)
    }

    /// Notes a record; one that is noted already keeps its instant, which is earlier.
    pub(super) fn note(self, member: &str, due_us: i64) -> Cmd {
        let mut command = cmd("ZADD");
        command.arg(self.key_of(member)).arg("NX").arg(due_us).arg(member);
        command
    }

    /// Moves a record to another instant.
    pub(super) fn set(self, member: &str, due_us: i64) -> Cmd {
        let mut command = cmd("ZADD");
        command.arg(self.key_of(member)).arg(due_us).arg(member);
        command
    }

    /// Forgets a record; the reply is 1 for whoever does it first.
    pub(super) fn forget(self, member: &str) -> Cmd {
        let mut command = cmd("ZREM");
        command.arg(self.key_of(member)).arg(member);
        command
    }

    /// Hands every record that is due to `remove`, which says whether it is gone and nobody else counts
    /// it; how many are.
    pub(super) async fn sweep<'a>(
        self,
        link: &RedisLink,
        now_us: i64,
        remove: impl Fn(String) -> BoxFuture<'a, Result<bool>> + Send + Sync,
    ) -> Result<u64> {
        let mut removed = 0;
        for shard in 0..SHARDS {
            let key = self.key(shard);
            for _ in 0..STEPS_MAX {
                let members = self.some(link, &key, now_us).await?;
                let is_last = members.len() < STEP;
                let work = stream::iter(members).map(&remove).buffer_unordered(AT_ONCE);
                let gone: Vec<bool> = work.try_collect().await?;
                removed += gone.into_iter().filter(|is_gone| *is_gone).count() as u64;
                if is_last {
                    break;
                }
            }
        }
        Ok(removed)
    }

    /// Some records of one key of the index that are due.
    async fn some(self, link: &RedisLink, key: &str, now_us: i64) -> Result<Vec<String>> {
        let mut command = cmd("ZRANGEBYSCORE");
        command.arg(key).arg("-inf").arg(now_us).arg("LIMIT").arg(0).arg(STEP);
        link.run(&command, Resend::Safe).await
    }
}
