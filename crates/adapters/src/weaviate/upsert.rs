//! Storing events: what is there already, the words, the objects, the visits, in that order. Whatever fails
//! on the way fails the call; sending the same events again ends in the same state.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, PoisonError},
};

use eps_domain::{Error, Event, Result, event_store::Upserted};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    directory::{Marks, Stale, Term, terms_of},
    objects::{self, Run, State, event_of, event_uuid, id_of},
    store::{Store, Tenant},
    transfer,
    visits::Touched,
};

/// Events of one call that are written together; more are taken in turn.
const EVENTS_AT_ONCE: usize = 2_000;

/// What is there before an event is written.
struct Before {
    event: Event,
    unembedded: bool,
    vector: Option<Value>,
}

/// Keeps cameras marked as being written, however the write ends.
struct Writing<'a> {
    tenant: &'a Tenant,
    cameras: BTreeSet<String>,
    finished: bool,
}

impl<'a> Writing<'a> {
    fn begin(tenant: &'a Tenant, cameras: BTreeSet<String>) -> Self {
        marks(tenant).begin(&cameras);
        Self { tenant, cameras, finished: false }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let mut marks = marks(self.tenant);
        marks.end(&self.cameras);
        if !self.finished {
            // Nobody knows how far it came.
            marks.note(Stale { cameras: std::mem::take(&mut self.cameras), terms: true });
        }
    }
}

fn marks(tenant: &Tenant) -> std::sync::MutexGuard<'_, Marks> {
    tenant.marks.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Stores events; see the port.
    pub(super) async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        let state = self.tenant(tenant);
        let _writing = state.writing.lock().await;
        let mut outcomes = Vec::with_capacity(events.len());
        let mut rest = events;
        while !rest.is_empty() {
            let later = rest.split_off(rest.len().min(EVENTS_AT_ONCE));
            outcomes.extend(self.upsert_some(tenant, &state, rest).await?);
            rest = later;
        }
        Ok(outcomes)
    }

    async fn upsert_some(
        &self,
        tenant_id: &str,
        tenant: &Arc<Tenant>,
        events: Vec<Event>,
    ) -> Result<Vec<Upserted>> {
        let uuids: Vec<String> = events.iter().map(|event| event_uuid(tenant_id, &event.event_id)).collect();
        let mut before = self.before(&tenant.name, &uuids).await?;
        let mut seen = HashSet::new();
        let outcome = |uuid: &String| {
            let known = before.contains_key(uuid) || !seen.insert(uuid.clone());
            if known { Upserted::Updated } else { Upserted::Accepted }
        };
        let outcomes: Vec<Upserted> = uuids.iter().map(outcome).collect();
        // Of an event that comes twice the last counts.
        let mut latest: BTreeMap<String, Event> = BTreeMap::new();
        for (uuid, event) in uuids.into_iter().zip(events) {
            latest.insert(uuid, event);
        }
        self.keep_vectors(&tenant.name, &latest, &mut before).await?;
        let cameras = latest.values().chain(before.values().map(|before| &before.event));
        let mut writing = Writing::begin(tenant, cameras.map(|event| event.camera_id.clone()).collect());
        self.list_terms(&tenant.name, latest.values()).await?;
        self.write(&tenant.name, &latest, &before).await?;
        self.doubt_terms(&tenant.name, gone(&latest, &before)).await?;
        self.settle(&tenant.name, touched(&latest, &before, self.options.visit_gap)).await?;
        self.take_in(tenant, &latest, &before).await;
        writing.finished = true;
        Ok(outcomes)
    }

    async fn before(&self, tenant: &str, uuids: &[String]) -> Result<HashMap<String, Before>> {
        let mut before = HashMap::new();
        for object in self.by_uuids(tenant, uuids, "body unembedded _additional{id}").await? {
            let known =
                Before { event: event_of(&object)?, unembedded: object["unembedded"] != false, vector: None };
            before.insert(id_of(&object).to_owned(), known);
        }
        Ok(before)
    }

    /// Fetches the vectors of events whose words stay the same: replacing an object would lose them.
    async fn keep_vectors(
        &self,
        tenant: &str,
        latest: &BTreeMap<String, Event>,
        before: &mut HashMap<String, Before>,
    ) -> Result<()> {
        let same = |uuid: &&String| {
            let known = before.get(*uuid).filter(|before| !before.unembedded);
            known.zip(latest.get(*uuid)).is_some_and(|(before, event)| before.event.words() == event.words())
        };
        let kept: Vec<String> = latest.keys().filter(same).cloned().collect();
        for mut object in self.by_uuids(tenant, &kept, "_additional{id vector}").await? {
            let vector = object["_additional"]["vector"].take();
            if let Some(before) = before.get_mut(id_of(&object))
                && vector.as_array().is_some_and(|vector| !vector.is_empty())
            {
                before.vector = Some(vector);
            }
        }
        Ok(())
    }

    async fn write(
        &self,
        tenant: &str,
        latest: &BTreeMap<String, Event>,
        before: &HashMap<String, Before>,
    ) -> Result<()> {
        let starting = self.presumed_starts(latest);
        let mut objects = Vec::with_capacity(latest.len());
        for (uuid, event) in latest {
            let vector = before.get(uuid).and_then(|before| before.vector.as_ref());
            let state =
                State { starts_visit: starting.contains(uuid.as_str()), unembedded: vector.is_none() };
            let properties = objects::properties(&self.analyzer, event, state)?;
            let mut object = json!({"class": self.options.collection, "tenant": tenant, "id": uuid, "properties": properties});
            if let Some(vector) = vector {
                object["vector"] = vector.clone();
            }
            objects.push(object);
        }
        let refused = transfer::put(self, objects).await?;
        let Some(first) = refused.first() else { return Ok(()) };
        let why = first.error();
        let id = latest.values().nth(first.index).map_or("", |event| event.event_id.as_str());
        let message = format!(
            "{} of {} events were not stored; the first is {id}: {}",
            refused.len(),
            latest.len(),
            why.message
        );
        Err(Error::unavailable(why.code, message))
    }

    /// The events that start a visit as far as can be told without reading: most arrive in the order of
    /// time, and then this is right and nothing has to be changed afterwards.
    fn presumed_starts<'a>(&self, latest: &'a BTreeMap<String, Event>) -> HashSet<&'a str> {
        let mut runs: BTreeMap<Run, Vec<(&Event, &str)>> = BTreeMap::new();
        for (uuid, event) in latest {
            runs.entry(Run::of(event)).or_default().push((event, uuid));
        }
        let gap = SignedDuration::try_from(self.options.visit_gap).unwrap_or(SignedDuration::MAX);
        let mut starting = HashSet::new();
        for (run, mut events) in runs {
            events.sort_by(|(a, _), (b, _)| (a.timestamp, &a.event_id).cmp(&(b.timestamp, &b.event_id)));
            let Some(first) = events.first().map(|(event, _)| event.timestamp) else { continue };
            let known = self.latest_ends.get(&run.key).filter(|(begins, _)| *begins <= first);
            let mut latest_end = known.map(|(_, ends)| ends);
            for (event, uuid) in &events {
                let apart = |end| !run.grouped && event.timestamp.duration_since(end) > gap;
                if latest_end.is_none_or(apart) {
                    starting.insert(*uuid);
                }
                latest_end = latest_end.max(Some(event.end()));
            }
            let last = events.last().map_or(first, |(event, _)| event.timestamp);
            if let Some(end) = latest_end {
                self.latest_ends.insert(run.key, (last, end));
            }
        }
        starting
    }

    /// Brings what is remembered of the tenant in line with what was written.
    async fn take_in(
        &self,
        tenant: &Tenant,
        latest: &BTreeMap<String, Event>,
        before: &HashMap<String, Before>,
    ) {
        let mut directory = tenant.directory.lock().await;
        let mut stale = Stale::default();
        for (uuid, event) in latest {
            let replaced = before.get(uuid).map(|before| &before.event);
            if let Some(replaced) = replaced {
                stale.cameras.extend([replaced.camera_id.clone(), event.camera_id.clone()]);
                stale.terms = true;
            } else if marks(tenant).is_stale(&event.camera_id) || !directory.take_in(event) {
                stale.cameras.insert(event.camera_id.clone());
                stale.terms = true;
            }
        }
        marks(tenant).note(stale);
    }
}

/// The words that events used before and no longer do.
fn gone(latest: &BTreeMap<String, Event>, before: &HashMap<String, Before>) -> BTreeSet<Term> {
    let mut gone = BTreeSet::new();
    for (uuid, before) in before {
        let now: HashSet<Term> = latest.get(uuid).into_iter().flat_map(terms_of).collect();
        gone.extend(terms_of(&before.event).filter(|term| !now.contains(term)));
    }
    gone
}

fn touched(
    latest: &BTreeMap<String, Event>,
    before: &HashMap<String, Before>,
    gap: std::time::Duration,
) -> Touched {
    let gap = SignedDuration::try_from(gap).unwrap_or(SignedDuration::MAX);
    let mut touched = Touched::default();
    let all = latest.values().chain(before.values().map(|before| &before.event));
    for event in all {
        let begins: Timestamp = event.timestamp;
        touched.add(Run::of(event), begins, event.end(), gap);
    }
    touched
}
