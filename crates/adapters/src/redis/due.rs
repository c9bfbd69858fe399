//! What is past its time, and when: an index for the sweep. Redis ends keys by itself and by its own
//! clock; the sweep removes them by the clock of the service, and what of a conversation is older than
//! it may be.
//!
//! The index is spread over some keys, so that a Cluster spreads them over its servers. An entry is
//! never later than the instant at which there is something to do.

use ::redis::{Cmd, cmd};
use eps_domain::Result;

use super::{
    keys::digest,
    link::{RedisLink, Resend},
};

/// Keys of each index. The number is part of the layout: changing it loses entries.
const SHARDS: u8 = 16;
/// Entries that one step of a sweep takes: some milliseconds of work.
pub(super) const STEP: usize = 200;

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

    /// The keys of the index.
    pub(super) fn keys(self) -> impl Iterator<Item = String> {
        (0..SHARDS).map(move |shard| self.key(shard))
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

    /// Some records of one key of the index that are due.
    pub(super) async fn some(self, link: &RedisLink, key: &str, now_us: i64) -> Result<Vec<String>> {
        let mut command = cmd("ZRANGEBYSCORE");
        command.arg(key).arg("-inf").arg(now_us).arg("LIMIT").arg(0).arg(STEP);
        link.run(&command, Resend::Safe).await
    }
}
