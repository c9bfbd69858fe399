//! Takes in what feeds deliver: each message is put over what is stored, checked like any event, and
//! stored before it is confirmed. A part of an event that is not there is looked up at its source or
//! waits for it. Starts nothing and waits for nothing but the ports.

mod clean;
mod merge;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::tz::TimeZone;

use self::{
    clean::{clean, clean_draft},
    merge::{draft_of, is_whole, merge},
};
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

/// The reasons that are told one by one in the log.
const REASONS_MAX: usize = 20;

/// What became of deliveries, each figure a number of events but the last four.
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
    /// Parts of events of which something was cleaned or cut to be stored.
    pub cleaned: u64,
    /// Parts of events that are not as they must be; the rest of the event was taken.
    pub skipped: u64,
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
    Rejected,
    Waits(Vec<EventChange>),
}

/// What has become of deliveries so far.
struct Turn {
    taken: Taken,
    /// How often each reason kept something out.
    refused: BTreeMap<String, u64>,
    /// A source that does not answer is not asked again in the same turn.
    may_look_up: bool,
}

impl Turn {
    fn refuse(&mut self, why: String) {
        let is_listed = self.refused.contains_key(&why) || self.refused.len() < REASONS_MAX;
        *self.refused.entry(if is_listed { why } else { "others".to_owned() }).or_default() += 1;
    }
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
        let mut turn = Turn { taken: Taken::default(), refused: BTreeMap::new(), may_look_up: true };
        let mut unreadable: BTreeMap<&str, u64> = BTreeMap::new();
        let mut said: BTreeMap<&str, Vec<EventChange>> = BTreeMap::new();
        for delivery in deliveries {
            match &delivery.changes {
                Err(why) => {
                    turn.taken.unreadable += 1;
                    *unreadable.entry(why).or_default() += 1;
                }
                Ok(changes) if changes.is_empty() => turn.taken.ignored += 1,
                Ok(changes) => {
                    for change in changes {
                        let id = change.draft.event_id.as_deref().unwrap_or_default();
                        let cleaned = clean(change.clone());
                        turn.taken.cleaned += u64::from(cleaned != *change);
                        said.entry(id).or_default().push(cleaned);
                    }
                }
            }
        }
        for (why, messages) in unreadable {
            tracing::warn!(feed = feed.name(), why, messages, "messages were skipped");
        }
        let said: Vec<_> = said.into_iter().collect();
        for some in said.chunks(EVENTS_AT_ONCE) {
            self.take_some(feed, some, &mut turn).await?;
        }
        for (why, times) in turn.refused {
            tracing::warn!(feed = feed.name(), why, times, "events or parts of them were refused");
        }
        Ok(turn.taken)
    }

    async fn take_some(
        &self,
        feed: &dyn EventFeed,
        said: &[(&str, Vec<EventChange>)],
        turn: &mut Turn,
    ) -> Result<()> {
        let ids: Vec<String> = said.iter().map(|(id, _)| (*id).to_owned()).collect();
        let stored = self.store.get(&Scope::tenant(Arc::clone(&self.tenant)), &ids).await?;
        let mut stored: HashMap<String, Event> =
            stored.into_iter().map(|event| (event.event_id.clone(), event)).collect();
        let (mut events, mut waiting) = (Vec::new(), Vec::new());
        for (id, changes) in said {
            match self.outcome(feed, id, changes, stored.remove(*id), turn).await {
                Outcome::Store(event) => events.push(*event),
                Outcome::Unchanged => turn.taken.unchanged += 1,
                Outcome::Waits(parts) => waiting.push(((*id).to_owned(), parts)),
                Outcome::Rejected => turn.taken.rejected += 1,
            }
        }
        let settled: Vec<String> = events.iter().map(|event| event.event_id.clone()).collect();
        if !events.is_empty() {
            for outcome in self.store.upsert(&self.tenant, events).await? {
                match outcome {
                    Upserted::Accepted => turn.taken.accepted += 1,
                    Upserted::Updated => turn.taken.updated += 1,
                }
            }
        }
        turn.taken.waiting += waiting.len() as u64;
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
        changes: &[EventChange],
        stored: Option<Event>,
        turn: &mut Turn,
    ) -> Outcome {
        let mut parts = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).parts_of(id);
        for change in changes {
            if !parts.contains(change) {
                parts.push(change.clone());
            }
        }
        let before = stored.clone();
        let mut base = clean_draft(stored.map(draft_of).unwrap_or_default());
        let mut told = self.told(base.clone(), &parts);
        if matches!(told, Ok(None)) && turn.may_look_up {
            match feed.look_up(id).await {
                Ok(Some(found)) => {
                    base = clean_draft(found);
                    told = self.told(base.clone(), &parts);
                }
                Ok(None) => {}
                Err(error) => {
                    // The others of this batch must not wait as long again.
                    turn.may_look_up = false;
                    tracing::warn!(feed = feed.name(), %error, "an event could not be looked up");
                }
            }
        }
        let event = match told {
            Ok(Some(event)) => event,
            Ok(None) => return Outcome::Waits(parts),
            Err(error) => {
                let Some(event) = self.told_by_sound_parts(id, base, &parts, turn) else {
                    turn.refuse(error.message);
                    return Outcome::Rejected;
                };
                event
            }
        };
        if before.as_ref() == Some(&event) { Outcome::Unchanged } else { Outcome::Store(Box::new(event)) }
    }

    /// The event that parts make of a base; `None` when they are not the whole of it.
    fn told(&self, base: EventDraft, parts: &[EventChange]) -> Result<Option<Event>> {
        let draft = parts.iter().cloned().fold(base, merge);
        if is_whole(&draft) { self.check(draft).map(Some) } else { Ok(None) }
    }

    /// The same without the parts that are wrong by themselves or make the event wrong: they must not lose
    /// the others. `None` when nothing whole is left.
    fn told_by_sound_parts(
        &self,
        id: &str,
        base: EventDraft,
        parts: &[EventChange],
        turn: &mut Turn,
    ) -> Option<Event> {
        let mut event = is_whole(&base).then(|| self.check(base.clone()).ok()).flatten();
        let (mut draft, mut reasons) = (base, Vec::new());
        for part in parts {
            let next = merge(draft.clone(), part.clone());
            let checked = if is_whole(&next) {
                self.check(next.clone()).map(Some)
            } else {
                self.check(made_whole(id, part.draft.clone())).map(|_| None)
            };
            match checked {
                Ok(whole) => {
                    event = whole.or(event);
                    draft = next;
                }
                Err(error) => reasons.push(error.message),
            }
        }
        if event.is_some() {
            turn.taken.skipped += reasons.len() as u64;
            for why in reasons {
                turn.refuse(why);
            }
        }
        event
    }

    fn check(&self, draft: EventDraft) -> Result<Event> {
        let event = draft.validate(|camera| self.timezone(camera))?;
        event.checked_against(self.clock.now())
    }

    fn timezone(&self, camera: &str) -> TimeZone {
        let is_known = self.directory.tenant() == &*self.tenant;
        let timezone = if is_known { self.directory.timezone_of(camera) } else { self.directory.timezone() };
        timezone.clone()
    }
}

/// A part with whatever else an event needs, so that it can be checked before the whole is there.
fn made_whole(id: &str, mut part: EventDraft) -> EventDraft {
    let end = part.end_time.clone();
    part.event_id.get_or_insert_with(|| id.to_owned());
    part.timestamp.get_or_insert_with(|| end.unwrap_or_else(|| "2000-01-01T00:00:00Z".to_owned()));
    part.camera_id.get_or_insert_with(|| "camera".to_owned());
    part.event_type.get_or_insert_with(|| "event".to_owned());
    part
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
