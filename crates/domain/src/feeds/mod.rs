//! Takes in what feeds deliver: each message is put over what is stored, checked like any event, and
//! stored before it is confirmed. A part of an event that is not there is looked up at its source or
//! waits for it. Starts nothing and waits for nothing but the ports.

mod merge;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::tz::TimeZone;

use self::merge::{draft_of, is_whole, merge};
use crate::{
    CameraDirectory, Clock, Event, EventDraft, Result, Scope,
    event_feed::{Delivery, EventChange, EventFeed},
    event_store::{EventStore, Upserted},
};

/// Parts of events that nobody has seen yet, kept in memory. A source says hundreds in a busy hour.
const WAITING_MAX: usize = 1_000;
/// Events that are read and stored at once.
const EVENTS_AT_ONCE: usize = 1_000;
/// The most parts that wait for one event.
const WAITING_PARTS_MAX: usize = 16;

/// What became of deliveries, each figure a number of events but the last two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// New events.
    pub accepted: u64,
    /// Events that changed.
    pub updated: u64,
    /// Events of which nothing new was said.
    pub unchanged: u64,
    /// Events that are not as they must be.
    pub rejected: u64,
    /// Events of which a part is known and the whole is not.
    pub waiting: u64,
    /// Messages that say nothing of any event.
    pub ignored: u64,
    /// Messages that cannot be read.
    pub unreadable: u64,
}

/// Puts what feeds deliver into the store of one tenant.
pub struct FeedIntake {
    store: Arc<dyn EventStore>,
    directory: Arc<CameraDirectory>,
    tenant: Arc<str>,
    clock: Arc<dyn Clock>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    parts: HashMap<String, Vec<EventChange>>,
    /// Oldest first; ids that are gone from `parts` are skipped.
    order: VecDeque<String>,
}

/// What one event becomes.
enum Outcome {
    Store(Box<Event>),
    Unchanged,
    Rejected(String),
    Waits(Vec<EventChange>),
}

impl FeedIntake {
    /// For the events of `tenant`.
    pub fn new(
        store: Arc<dyn EventStore>,
        directory: Arc<CameraDirectory>,
        tenant: Arc<str>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, directory, tenant, clock, waiting: Mutex::default() }
    }

    /// Stores what deliveries say. When this returns, all of it is durable or was refused, and the
    /// deliveries can be confirmed.
    ///
    /// # Errors
    /// What the store says, with nothing stored or only a part of it: taking the same again does no harm.
    pub async fn take(&self, feed: &dyn EventFeed, deliveries: &[Delivery]) -> Result<Taken> {
        let mut taken = Taken::default();
        let mut why_unreadable = None;
        let mut said: BTreeMap<&str, Vec<&EventChange>> = BTreeMap::new();
        for delivery in deliveries {
            match &delivery.changes {
                Err(why) => {
                    taken.unreadable += 1;
                    why_unreadable = Some(why);
                }
                Ok(changes) if changes.is_empty() => taken.ignored += 1,
                Ok(changes) => {
                    for change in changes {
                        let id = change.draft.event_id.as_deref().unwrap_or_default();
                        said.entry(id).or_default().push(change);
                    }
                }
            }
        }
        if let Some(why) = why_unreadable {
            tracing::warn!(feed = feed.name(), why, messages = taken.unreadable, "messages were skipped");
        }
        let said: Vec<_> = said.into_iter().collect();
        let mut may_look_up = true;
        for some in said.chunks(EVENTS_AT_ONCE) {
            self.take_some(feed, some, &mut may_look_up, &mut taken).await?;
        }
        Ok(taken)
    }

    async fn take_some(
        &self,
        feed: &dyn EventFeed,
        said: &[(&str, Vec<&EventChange>)],
        may_look_up: &mut bool,
        taken: &mut Taken,
    ) -> Result<()> {
        let ids: Vec<String> = said.iter().map(|(id, _)| (*id).to_owned()).collect();
        let stored = self.store.get(&Scope::tenant(Arc::clone(&self.tenant)), &ids).await?;
        let mut stored: HashMap<String, Event> =
            stored.into_iter().map(|event| (event.event_id.clone(), event)).collect();
        let (mut events, mut waiting, mut refused) = (Vec::new(), Vec::new(), None);
        for (id, changes) in said {
            match self.outcome(feed, id, changes, stored.remove(*id), may_look_up).await {
                Outcome::Store(event) => events.push(*event),
                Outcome::Unchanged => taken.unchanged += 1,
                Outcome::Waits(parts) => waiting.push(((*id).to_owned(), parts)),
                Outcome::Rejected(why) => {
                    taken.rejected += 1;
                    refused = Some(why);
                }
            }
        }
        if let Some(why) = refused {
            tracing::warn!(feed = feed.name(), why, events = taken.rejected, "events were refused");
        }
        let settled: Vec<String> = events.iter().map(|event| event.event_id.clone()).collect();
        if !events.is_empty() {
            for outcome in self.store.upsert(&self.tenant, events).await? {
                match outcome {
                    Upserted::Accepted => taken.accepted += 1,
                    Upserted::Updated => taken.updated += 1,
                }
            }
        }
        taken.waiting += waiting.len() as u64;
        let mut kept = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        kept.forget(&settled);
        for (id, parts) in waiting {
            kept.keep(id, parts);
        }
        Ok(())
    }

    async fn outcome(
        &self,
        feed: &dyn EventFeed,
        id: &str,
        changes: &[&EventChange],
        stored: Option<Event>,
        may_look_up: &mut bool,
    ) -> Outcome {
        let mut parts = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).parts_of(id);
        for change in changes {
            if !parts.contains(change) {
                parts.push((*change).clone());
            }
        }
        let before = stored.clone();
        let told = |base: EventDraft| parts.iter().cloned().fold(base, merge);
        let mut draft = told(stored.map(draft_of).unwrap_or_default());
        if !is_whole(&draft) && *may_look_up {
            match feed.look_up(id).await {
                Ok(Some(found)) => draft = told(found),
                Ok(None) => {}
                Err(error) => {
                    // The others of this batch must not wait as long again.
                    *may_look_up = false;
                    tracing::warn!(feed = feed.name(), %error, "an event could not be looked up");
                }
            }
        }
        if !is_whole(&draft) {
            return Outcome::Waits(parts);
        }
        let event = draft.validate(|camera| self.timezone(camera));
        match event.and_then(|event| event.checked_against(self.clock.now())) {
            Ok(event) if before.as_ref() == Some(&event) => Outcome::Unchanged,
            Ok(event) => Outcome::Store(Box::new(event)),
            Err(error) => Outcome::Rejected(error.message),
        }
    }

    fn timezone(&self, camera: &str) -> TimeZone {
        let is_known = self.directory.tenant() == &*self.tenant;
        let timezone = if is_known { self.directory.timezone_of(camera) } else { self.directory.timezone() };
        timezone.clone()
    }
}

impl Waiting {
    fn parts_of(&self, id: &str) -> Vec<EventChange> {
        self.parts.get(id).cloned().unwrap_or_default()
    }

    fn forget(&mut self, ids: &[String]) {
        for id in ids {
            self.parts.remove(id);
        }
    }

    fn keep(&mut self, id: String, mut parts: Vec<EventChange>) {
        // The latest say most.
        let surplus = parts.len().saturating_sub(WAITING_PARTS_MAX);
        parts.drain(..surplus);
        if self.parts.insert(id.clone(), parts).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > WAITING_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.parts.remove(&oldest);
            }
        }
    }
}
