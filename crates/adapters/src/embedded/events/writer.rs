//! The one thread that writes. Calls that wait together share one transaction and one wait for the
//! disk; each is answered only after it.

use std::sync::{Arc, atomic::Ordering};

use eps_domain::{Error, Result, event_store::Upserted};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{
    shared::Shared,
    truth::{Counters, Write, write},
};

/// Calls that wait at most; more wait in `send`, which holds their callers back.
pub(super) const QUEUE_CALLS: usize = 256;
/// A transaction takes no further call once it holds this many events, so that none waits long.
const GROUP_EVENTS: usize = 10_000;
/// At least this share of the disk stays free…
const RESERVED_SHARE: u64 = 50;
/// … but never more than this: the log, the index and other programs need room to go on.
const RESERVED_BYTES_MAX: u64 = 256 << 20;

/// One call.
pub(super) struct Job {
    pub(super) write: Write,
    pub(super) reply: oneshot::Sender<Result<Vec<Upserted>>>,
}

/// Writes until every sender is gone. Returns the connection, if it is sound.
pub(super) fn run(
    shared: &Arc<Shared>,
    connection: Connection,
    mut counters: Counters,
    mut jobs: mpsc::Receiver<Job>,
) -> Option<Connection> {
    let mut connection = Some(connection);
    while let Some(first) = jobs.blocking_recv() {
        let mut events = first.write.events.len();
        let (mut writes, mut replies) = (vec![first.write], vec![first.reply]);
        while events < GROUP_EVENTS
            && let Ok(next) = jobs.try_recv()
        {
            events += next.write.events.len();
            writes.push(next.write);
            replies.push(next.reply);
        }
        let outcome = group(shared, &mut connection, &mut counters, writes);
        shared.writable.store(outcome.is_ok(), Ordering::Relaxed);
        match outcome {
            Ok(outcomes) => {
                for (reply, outcome) in replies.into_iter().zip(outcomes) {
                    // A caller that has gone no longer wants to know.
                    drop(reply.send(Ok(outcome)));
                }
                shared.snapshots.save_when_due(&shared.columns, &shared.truth.store_id);
            }
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    code = error.code,
                    "events cannot be written"
                );
                for reply in replies {
                    let same = Error::new(error.kind, error.code, error.message.clone());
                    drop(reply.send(Err(match error.retry_after {
                        Some(wait) => same.retry_after(wait),
                        None => same,
                    })));
                }
            }
        }
    }
    connection
}

/// Writes a group and makes it visible.
fn group(
    shared: &Shared,
    connection: &mut Option<Connection>,
    counters: &mut Counters,
    writes: Vec<Write>,
) -> Result<Vec<Vec<Upserted>>> {
    shared.text.make_room()?;
    check_space(shared)?;
    let mut open = match connection.take() {
        Some(open) => open,
        None => shared.truth.reopen_writer()?,
    };
    // After a failed write or synchronisation nothing that the connection remembers of the file is
    // trusted any more: it is dropped here.
    let written = write(&mut open, counters, writes)?;
    *connection = Some(open);
    shared.apply(&written.stored)?;
    Ok(written.outcomes)
}

fn check_space(shared: &Shared) -> Result<()> {
    let Ok(space) = fs4::statvfs(shared.data_dir.path()) else { return Ok(()) };
    let reserved = (space.total_space() / RESERVED_SHARE).min(RESERVED_BYTES_MAX);
    if space.available_space() < reserved {
        return Err(Error::unavailable("STORAGE_FULL", "the disk is full"));
    }
    Ok(())
}
