//! The keys of an identity provider as they are known here: read once from a document, or fetched and
//! kept up to date by one task. Requests only ever look; one with the name of a key that is not known
//! asks for a fetch and waits for it, and none of the others notices.
//!
//! Must never fetch from an address that a token names, nor more often than [`FETCH_PAUSE`], whatever
//! tokens come.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use eps_domain::{Clock, Error, Result};
use jiff::{SignedDuration, Timestamp};
use metrics::{Unit, describe_gauge, gauge};
use tokio::sync::{Notify, watch};

use super::{
    key_set::{KeySet, LeftOut, PublishedKey},
    key_set_origin::{FETCH_DEADLINE, KeySetOrigin, KeySetServer, UNAVAILABLE},
};
use crate::observe::observed;

/// When the keys were last fetched, in seconds since 1970; 0 before the first time.
pub const LAST_SUCCESS: &str = "eps_jwks_last_success_timestamp_seconds";

/// The least between two fetches: strangers decide which names tokens carry.
const FETCH_PAUSE: Duration = Duration::from_secs(30);
/// How long the last good keys are used while no others can be had.
const KEPT_MAX: SignedDuration = SignedDuration::from_hours(24);
/// How long a request waits for a fetch that it asked for.
const WAIT_MAX: Duration = FETCH_DEADLINE.saturating_add(Duration::from_millis(500));
/// How often it is looked whether the keys are due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Describes the metric and brings it into being. To be called once, after the recorder is installed.
pub fn describe() {
    describe_gauge!(LAST_SUCCESS, Unit::Seconds, "When the keys of tokens were last fetched; 0 = never.");
    gauge!(LAST_SUCCESS).set(0.0);
}

#[derive(Default)]
struct Held {
    set: KeySet,
    /// When the set was fetched.
    fetched_at: Option<Timestamp>,
    /// From when on a fetch is due.
    due_at: Timestamp,
    /// When the last fetch began, whatever became of it.
    tried_at: Option<Timestamp>,
    is_trying: bool,
    /// Someone came with the name of a key that is not known.
    is_wanted: bool,
}

impl Held {
    /// Whether another fetch is allowed. A clock that was set back does not forbid it for longer.
    fn may_try(&self, now: Timestamp) -> bool {
        let pause = |tried: Timestamp| now.duration_since(tried).unsigned_abs() >= FETCH_PAUSE;
        !self.is_trying && self.tried_at.is_none_or(pause)
    }

    /// Whether the keys are no longer fresh. What was fetched in the future was fetched by a clock that
    /// has been set back since; for how long it is fresh cannot be told.
    fn is_due(&self, now: Timestamp) -> bool {
        self.fetched_at.is_none_or(|at| now < at) || now >= self.due_at
    }
}

/// The keys by which tokens of an identity provider are verified.
pub struct PublishedKeys {
    /// Absent when the keys came with the settings.
    server: Option<KeySetServer>,
    clock: Arc<dyn Clock>,
    held: RwLock<Held>,
    wanted: Notify,
    /// Counts fetches that are over, for those who wait for one.
    rounds: watch::Sender<u64>,
}

impl fmt::Debug for PublishedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublishedKeys").field("server", &self.server).finish_non_exhaustive()
    }
}

impl PublishedKeys {
    /// The keys of this origin; those of an address are unknown until [`Self::refresh`] is called.
    ///
    /// # Errors
    /// `InvalidInput` for a document without a key that can be used; `Internal` when TLS cannot be set up.
    pub fn new(origin: &KeySetOrigin, clock: Arc<dyn Clock>) -> Result<Self> {
        let (server, set) = match origin {
            KeySetOrigin::Url(url) => (Some(KeySetServer::new(url.clone())?), KeySet::default()),
            KeySetOrigin::Document(text) => {
                let set = KeySet::parse(text.as_bytes()).map_err(|what| Error::invalid("JWT_JWKS", what))?;
                tell(&set.left_out);
                (None, set)
            }
        };
        let held = RwLock::new(Held { set, ..Held::default() });
        Ok(Self { server, clock, held, wanted: Notify::new(), rounds: watch::Sender::new(0) })
    }

    /// The key of this name, after a fetch if it is unknown and one is allowed; `None` when there is no
    /// such key. A known key is given at once, whatever else goes on.
    ///
    /// # Errors
    /// `Unavailable` when no keys are known at all.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<Arc<PublishedKey>>> {
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        // Subscribed before the second look: a fetch that ends in between is not missed.
        let mut rounds = self.rounds.subscribe();
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        if self.ask_for_fetch() {
            // Elapsed or not, what is known by then decides.
            let _ = tokio::time::timeout(WAIT_MAX, rounds.changed()).await;
        }
        match self.known(kid) {
            None if !self.are_usable() => {
                Err(Error::unavailable(UNAVAILABLE, "the keys of the identity provider are not known yet"))
            }
            found => Ok(found),
        }
    }

    /// Whether there are keys to verify with: fetched, and not too long ago.
    pub fn are_usable(&self) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        self.server.is_none() || is_recent(&held, self.clock.now())
    }

    /// Whether they come from a server, so that somebody has to keep them.
    pub fn are_fetched(&self) -> bool {
        self.server.is_some()
    }

    /// Waits until a fetch may be due. For the one task that keeps the keys.
    pub async fn wait(&self) {
        // Elapsed or woken, the next step is to look.
        let _ = tokio::time::timeout(LOOK_EVERY, self.wanted.notified()).await;
    }

    /// Fetches the keys if that is due or wanted, and allowed. What fails leaves the last good keys.
    pub async fn refresh(&self) {
        let Some(server) = &self.server else { return };
        if self.begin() {
            let fetched = observed("token_keys", "fetch", server.fetch()).await;
            match fetched {
                Ok((set, lifetime)) => self.take(set, lifetime),
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the keys of the identity provider cannot be had");
                    self.hold().is_trying = false;
                }
            }
        }
        self.rounds.send_modify(|round| *round = round.wrapping_add(1));
    }

    fn known(&self, kid: &str) -> Option<Arc<PublishedKey>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let key = held.set.get(kid)?;
        (self.server.is_none() || is_recent(&held, self.clock.now())).then_some(key)
    }

    /// Whether a fetch is to be waited for.
    fn ask_for_fetch(&self) -> bool {
        if self.server.is_none() {
            return false;
        }
        let mut held = self.hold();
        if held.is_trying {
            return true;
        }
        if !held.may_try(self.clock.now()) {
            return false;
        }
        held.is_wanted = true;
        drop(held);
        self.wanted.notify_one();
        true
    }

    /// Whether to fetch now; the fetch has then begun.
    fn begin(&self) -> bool {
        let now = self.clock.now();
        let mut held = self.hold();
        let is_wanted = std::mem::take(&mut held.is_wanted);
        if !held.may_try(now) || !(is_wanted || held.is_due(now)) {
            return false;
        }
        held.is_trying = true;
        held.tried_at = Some(now);
        true
    }

    fn take(&self, set: KeySet, lifetime: Duration) {
        let now = self.clock.now();
        let mut held = self.hold();
        let is_new = !held.set.kids().eq(set.kids());
        let is_told = held.set.left_out == set.left_out;
        held.set = set;
        held.fetched_at = Some(now);
        held.due_at = now.checked_add(lifetime).unwrap_or(now);
        held.is_trying = false;
        let (keys, left_out) = (held.set.kids().count(), held.set.left_out.clone());
        drop(held);
        gauge!(LAST_SUCCESS).set(now.as_second() as f64);
        if is_new {
            tracing::info!(keys, "the identity provider publishes other keys");
        }
        if !is_told {
            tell(&left_out);
        }
    }

    fn hold(&self) -> std::sync::RwLockWriteGuard<'_, Held> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_recent(held: &Held, now: Timestamp) -> bool {
    held.fetched_at.is_some_and(|at| now.duration_since(at) <= KEPT_MAX)
}

fn tell(left_out: &[LeftOut]) {
    for key in left_out {
        tracing::warn!(key = key.which, why = key.why, "a published key is not used");
    }
}
