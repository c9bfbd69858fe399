//! One turn of a conversation at a time, across all copies of the service. Within a process whoever
//! comes first goes first; between processes a lease in Redis decides, which ends by itself when its
//! holder dies. Its fence, higher with every holder, is checked when the turn is stored: a holder who
//! slept too long cannot write after the next one.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use eps_domain::{Result, conversation::TurnLease};
use futures::{StreamExt as _, stream};
use tokio::{sync::Notify, task::JoinSet, time::Instant};

use crate::{
    redis::{
        link::{RedisLink, Resend},
        script::Script,
    },
    turn_locks::{TurnLocks, busy},
};

/// How long a lease lasts without being prolonged: so long is a conversation held by a holder who died.
const LEASE: Duration = Duration::from_secs(10);
/// How often leases are prolonged.
const PROLONG_EVERY: Duration = Duration::from_secs(3);
/// How long the count of fences outlives its last use: no turn takes so long.
const FENCES_KEPT: Duration = Duration::from_mins(10);
/// The first pause before asking again whether a conversation is free; it doubles.
const POLL_MIN: Duration = Duration::from_millis(5);
/// The longest pause.
const POLL_MAX: Duration = Duration::from_millis(80);
/// Leases prolonged or let go at the same time.
const AT_ONCE: usize = 64;

/// A lease of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    fence: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Its turn is in the making.
    InUse,
    /// Redis let it go when the turn was stored.
    Over,
    /// Its holder let it go, and Redis does not know yet.
    LettingGo,
}

#[derive(Debug, Default)]
struct Shared {
    held: Mutex<HashMap<String, Held>>,
    /// Something is to be let go.
    let_go: Notify,
}

struct Scripts {
    lease: Script,
    extend: Script,
}

/// The leases of this process.
pub(super) struct Leases {
    link: Arc<RedisLink>,
    scripts: Arc<Scripts>,
    local: Arc<TurnLocks>,
    shared: Arc<Shared>,
    /// Tells this process from others.
    copy: String,
    /// Of this process, over all conversations.
    attempts: AtomicU64,
    /// Prolongs and lets go; ends with us.
    _keeper: JoinSet<()>,
}

/// Fields are dropped in this order: the next one of this process comes after our letting go is noted.
struct Guard {
    _noted: Noted,
    _local: TurnLease,
}

struct Noted {
    shared: Arc<Shared>,
    lock: String,
    fence: u64,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let mut held = self.shared.held();
        match held.get_mut(&self.lock) {
            Some(lease) if lease.fence == self.fence && lease.state == State::InUse => {
                lease.state = State::LettingGo;
                self.shared.let_go.notify_one();
            }
            Some(lease) if lease.fence == self.fence => {
                held.remove(&self.lock);
            }
            Some(_) | None => {}
        }
    }
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self, state: State) -> Vec<(String, u64)> {
        let held = self.held();
        let wanted = held.iter().filter(|(_, lease)| lease.state == state);
        wanted.map(|(id, lease)| (id.clone(), lease.fence)).collect()
    }

    /// Forgets a lease, unless the conversation has been taken again.
    fn forget(&self, lock: &str, fence: u64) {
        let mut held = self.held();
        if held.get(lock).is_some_and(|lease| lease.fence == fence) {
            held.remove(lock);
        }
    }
}

impl Leases {
    pub(super) fn new(link: Arc<RedisLink>) -> Self {
        let shared = Arc::new(Shared::default());
        let scripts = Arc::new(Scripts {
            lease: Script::new(include_str!("lease.lua")),
            extend: Script::new(include_str!("extend.lua")),
        });
        let mut keeper = JoinSet::new();
        keeper.spawn(keep(Arc::clone(&shared), Arc::clone(&link), Arc::clone(&scripts)));
        Self {
            link,
            scripts,
            local: Arc::default(),
            shared,
            copy: format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)),
            attempts: AtomicU64::new(1),
            _keeper: keeper,
        }
    }

    /// Waits for the conversation's turn, at most `wait` beside what Redis takes to answer.
    pub(super) async fn acquire(&self, lock: &str, wait: Duration) -> Result<TurnLease> {
        let deadline = Instant::now() + wait;
        let local = self.local.acquire(lock, wait).await?;
        let mut pause = POLL_MIN;
        loop {
            let last = Instant::now() + pause >= deadline;
            if let Some(fence) = self.try_acquire(lock).await? {
                let lease = Held { fence, state: State::InUse };
                self.shared.held().insert(lock.to_owned(), lease);
                let (shared, lock) = (Arc::clone(&self.shared), lock.to_owned());
                let noted = Noted { shared, lock, fence };
                return Ok(TurnLease::new(Guard { _noted: noted, _local: local }));
            }
            if last {
                return Err(busy());
            }
            tokio::time::sleep(pause.mul_f64(0.75 + fastrand::f64() / 2.0)).await;
            pause = (pause * 2).min(POLL_MAX);
        }
    }

    /// The next one of this process has our turn of the local lock: whatever this process had or tried
    /// before is over, and the number of the attempt says so to Redis.
    async fn try_acquire(&self, lock: &str) -> Result<Option<u64>> {
        let attempt = self.attempts.fetch_add(1, Ordering::Relaxed);
        let call = self.scripts.lease.over(&[lock]);
        let call = call.arg(&self.copy).arg(attempt).arg(millis(LEASE)).arg(millis(FENCES_KEPT));
        let fence: u64 = self.link.call(&call, Resend::Safe).await?;
        Ok(Some(fence).filter(|fence| *fence > 0))
    }

    /// The fence of the turn in the making, or 0.
    pub(super) fn fence(&self, lock: &str) -> u64 {
        let held = self.shared.held();
        held.get(lock).filter(|lease| lease.state == State::InUse).map_or(0, |lease| lease.fence)
    }

    /// Notes that Redis let a lease go with the turn.
    pub(super) fn is_over(&self, lock: &str, fence: u64) {
        if let Some(lease) = self.shared.held().get_mut(lock)
            && lease.fence == fence
        {
            lease.state = State::Over;
        }
    }
}

/// Prolongs what is in use and lets go what is not.
async fn keep(shared: Arc<Shared>, link: Arc<RedisLink>, scripts: Arc<Scripts>) {
    let mut next = Instant::now() + PROLONG_EVERY;
    loop {
        // Turns that end without a pause must not keep others from being prolonged.
        let is_time =
            Instant::now() >= next || tokio::time::timeout_at(next, shared.let_go.notified()).await.is_err();
        let mut wanted: Vec<_> = with(shared.all(State::LettingGo), Duration::ZERO).collect();
        if is_time {
            next = Instant::now() + PROLONG_EVERY;
            wanted.extend(with(shared.all(State::InUse), LEASE));
        }
        let (shared, link, scripts) = (&shared, &link, &scripts);
        let work = wanted.into_iter().map(|((lock, fence), lasts)| async move {
            let call = scripts.extend.over(&[&lock]);
            let call = call.arg(fence).arg(millis(lasts)).arg(millis(FENCES_KEPT));
            // What cannot be prolonged or let go ends by itself; the fence guards what it protects.
            if let Err(error) = link.call::<i64>(&call, Resend::Safe).await {
                tracing::debug!(%error, "a lease was not prolonged or let go");
            }
            if lasts.is_zero() {
                shared.forget(&lock, fence);
            }
        });
        stream::iter(work).buffer_unordered(AT_ONCE).collect::<()>().await;
    }
}

fn with<T>(leases: Vec<T>, lasts: Duration) -> impl Iterator<Item = (T, Duration)> {
    leases.into_iter().map(move |lease| (lease, lasts))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
