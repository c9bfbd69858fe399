//! One turn of an owner's conversation at a time within this process. A lock exists only while someone holds or
//! awaits it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use eps_domain::{Error, ErrorKind, Result, conversation::TurnLease};
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

/// What a caller is told to wait when the conversation stays busy.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The locks in use, by what names owner and conversation.
#[derive(Debug, Default)]
pub(crate) struct TurnLocks {
    in_use: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
}

/// A use of a lock, by its holder or by one who waits; the last one removes it.
struct LockUse {
    locks: Arc<TurnLocks>,
    turn: String,
}

/// Fields are dropped in this order: the lock is free before its use ends.
struct Held {
    _guard: OwnedMutexGuard<()>,
    _use: LockUse,
}

/// What a caller is told when the conversation stays busy.
pub(crate) fn busy() -> Error {
    let message = "another turn of this conversation is in the making";
    Error::new(ErrorKind::Conflict, "CONVERSATION_BUSY", message).retry_after(RETRY_AFTER)
}

impl TurnLocks {
    fn in_use(&self) -> MutexGuard<'_, HashMap<String, Arc<AsyncMutex<()>>>> {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the conversation's turn, first come first served, at most `wait`.
    pub(crate) async fn acquire(self: &Arc<Self>, turn: &str, wait: Duration) -> Result<TurnLease> {
        let lock = Arc::clone(self.in_use().entry(turn.to_owned()).or_default());
        let lock_use = LockUse { locks: Arc::clone(self), turn: turn.to_owned() };
        if let Ok(guard) = tokio::time::timeout(wait, lock.lock_owned()).await {
            return Ok(TurnLease::new(Held { _guard: guard, _use: lock_use }));
        }
        Err(busy())
    }

    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        self.in_use().len()
    }
}

impl Drop for LockUse {
    fn drop(&mut self) {
        let mut in_use = self.locks.in_use();
        // Our own guard or future has let go of its share, and shares are only handed out under the
        // lock that is held here: one share means that nobody else holds or waits.
        if in_use.get(&self.turn).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            in_use.remove(&self.turn);
        }
    }
}
