//! Records of `Idempotency-Key`. What is in flight is known in memory only, for there is one process
//! and a restart must free the key; what is done is durable.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use eps_domain::{
    Error, Result,
    idempotency::{IdempotencyKey, IdempotencyState, IdempotencyStore, REPLAY_FOR, StoredResponse},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Database, SWEEP_ROWS, UNAVAILABLE};
use crate::embedded::sqlite::translate;

/// The most keys in flight. Requests in flight are far fewer; this bounds what abandoned ones leave
/// until their lease ends.
const LEASES_MAX: usize = 100_000;

/// A key without its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Name {
    tenant: Arc<str>,
    subject: Arc<str>,
    route: String,
    key: String,
}

impl Name {
    fn of(key: &IdempotencyKey) -> Self {
        Self {
            tenant: Arc::clone(&key.owner.tenant),
            subject: Arc::clone(&key.owner.subject),
            route: key.route.clone(),
            key: key.key.clone(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Lease {
    fingerprint: [u8; 32],
    ends: Timestamp,
}

/// Idempotency records beside the conversations.
#[derive(Debug)]
pub struct EmbeddedIdempotencyStore {
    database: Arc<Database>,
    leases: Mutex<HashMap<Name, Lease>>,
}

/// Takes a lease back unless it is kept.
struct Taken<'a> {
    store: &'a EmbeddedIdempotencyStore,
    name: Option<Name>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            self.store.leases().remove(name);
        }
    }
}

impl EmbeddedIdempotencyStore {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database, leases: Mutex::default() }
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<Name, Lease>> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the lease, or says who has it.
    fn take(&self, name: &Name, lease: Lease, now: Timestamp) -> Result<Option<IdempotencyState>> {
        let mut leases = self.leases();
        if let Some(held) = leases.get(name).filter(|held| held.ends > now) {
            return Ok(Some(if held.fingerprint == lease.fingerprint {
                IdempotencyState::InFlight
            } else {
                IdempotencyState::Mismatch
            }));
        }
        if leases.len() >= LEASES_MAX {
            leases.retain(|_, held| held.ends > now);
            if leases.len() >= LEASES_MAX {
                return Err(Error::unavailable(UNAVAILABLE, "too many requests in flight"));
            }
        }
        leases.insert(name.clone(), lease);
        Ok(None)
    }
}

#[async_trait]
impl IdempotencyStore for EmbeddedIdempotencyStore {
    async fn begin(&self, key: &IdempotencyKey, lease: Duration, now: Timestamp) -> Result<IdempotencyState> {
        let name = Name::of(key);
        let ends = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        // First the lease, then the look at the file: whoever completes in between is seen in one of
        // the two.
        if let Some(known) = self.take(&name, Lease { fingerprint: key.fingerprint, ends }, now)? {
            return Ok(known);
        }
        let mut taken = Taken { store: self, name: Some(name.clone()) };
        let now_us = now.as_microsecond();
        match self.database.readers.run(move |db| find(db, &name, now_us)).await? {
            Some((fingerprint, response)) if fingerprint == key.fingerprint => {
                Ok(IdempotencyState::Done(response))
            }
            Some(_) => Ok(IdempotencyState::Mismatch),
            None => {
                taken.name = None;
                Ok(IdempotencyState::Begun)
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
        let name = Name::of(key);
        let fingerprint = key.fingerprint;
        let write = {
            let (name, conversation_id) = (name.clone(), conversation_id.map(ToOwned::to_owned));
            move |db: &Connection| insert(db, &name, &fingerprint, &response, conversation_id.as_deref(), now)
        };
        let written =
            self.database.writer.run(move |db| write(db).map_err(|e| translate(e, UNAVAILABLE))).await;
        self.leases().remove(&name);
        written
    }

    async fn abandon(&self, key: &IdempotencyKey) -> Result<()> {
        self.leases().remove(&Name::of(key));
        Ok(())
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.leases().retain(|_, held| held.ends > now);
        let now_us = now.as_microsecond();
        let mut removed = 0;
        loop {
            let delete = move |db: &Connection| {
                db.prepare_cached(
                    "DELETE FROM idempotency WHERE rowid IN
                         (SELECT rowid FROM idempotency WHERE expires_us <= ?1 ORDER BY expires_us LIMIT ?2)",
                )?
                .execute(params![now_us, SWEEP_ROWS])
            };
            let step = self.database.writer.run(move |db| delete(db).map_err(|e| translate(e, UNAVAILABLE)));
            let gone = step.await?;
            removed += gone as u64;
            if gone < SWEEP_ROWS as usize {
                self.database.writer.settle().await?;
                return Ok(removed);
            }
        }
    }
}

fn find(db: &Connection, name: &Name, now_us: i64) -> rusqlite::Result<Option<([u8; 32], StoredResponse)>> {
    db.prepare_cached(
        "SELECT fingerprint, status, content_type, body FROM idempotency
         WHERE tenant = ?1 AND subject = ?2 AND route = ?3 AND key = ?4 AND expires_us > ?5",
    )?
    .query_row(params![name.tenant, name.subject, name.route, name.key, now_us], |row| {
        let response = StoredResponse { status: row.get(1)?, content_type: row.get(2)?, body: row.get(3)? };
        Ok((row.get(0)?, response))
    })
    .optional()
}

/// Removes the responses that speak of a conversation.
pub(super) fn forget(
    db: &Connection,
    tenant: &str,
    subject: &str,
    conversation_id: &str,
) -> rusqlite::Result<usize> {
    db.prepare_cached("DELETE FROM idempotency WHERE tenant = ?1 AND subject = ?2 AND conversation_id = ?3")?
        .execute(params![tenant, subject, conversation_id])
}

/// The first result stays until its time is over. What speaks of a conversation that is gone is not kept.
fn insert(
    db: &Connection,
    name: &Name,
    fingerprint: &[u8; 32],
    response: &StoredResponse,
    conversation_id: Option<&str>,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let expires = now.checked_add(REPLAY_FOR).unwrap_or(Timestamp::MAX);
    db.prepare_cached(
        "INSERT INTO idempotency
             (tenant, subject, route, key, fingerprint, expires_us, status, content_type, body,
              conversation_id)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11
         WHERE ?11 IS NULL OR EXISTS (SELECT 1 FROM conversations
             WHERE tenant = ?1 AND subject = ?2 AND conversation_id = ?11)
         ON CONFLICT (tenant, subject, route, key) DO UPDATE SET fingerprint = ?5, expires_us = ?6,
             status = ?7, content_type = ?8, body = ?9, conversation_id = ?11
         WHERE expires_us <= ?10",
    )?
    .execute(params![
        name.tenant,
        name.subject,
        name.route,
        name.key,
        fingerprint,
        expires.as_microsecond(),
        response.status,
        response.content_type,
        response.body,
        now.as_microsecond(),
        conversation_id
    ])
    .map(drop)
}
