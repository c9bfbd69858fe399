//! Events in, and one event out: ingest, look-up, cameras.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{
    Caller, CameraDirectory, Clock, Error, Event, EventDraft, Result, Scope,
    event_store::{CameraActivity, EventStore, Upserted},
};

/// The most events of one ingest request.
pub const INGEST_EVENTS_MAX: usize = 10_000;

/// One event that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Rejection {
    /// Its position in the request, from 0.
    pub index: usize,
    /// Its id, when it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Why, naming the field.
    pub error: String,
}

/// What became of an ingest. One bad event never loses the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IngestReport {
    /// New events.
    pub accepted: u64,
    /// Events that replaced one with the same id.
    pub updated: u64,
    /// Events that were not taken.
    pub rejected: Vec<Rejection>,
}

/// A camera as its callers see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CameraView {
    /// Its id.
    pub camera_id: String,
    /// Its name.
    pub name: Option<String>,
    /// Its site's id.
    pub site: Option<String>,
    /// Its site's name.
    pub site_name: Option<String>,
    /// Zones of its picture.
    pub zones: Vec<String>,
    /// IANA time zone.
    pub timezone: String,
    /// Start of its latest event.
    pub last_event: Option<Timestamp>,
    /// Events that it sent.
    pub events: u64,
}

/// Takes events in and shows single ones.
pub struct Events {
    store: Arc<dyn EventStore>,
    directory: Arc<CameraDirectory>,
    clock: Arc<dyn Clock>,
}

impl Events {
    /// The service over a store.
    pub fn new(store: Arc<dyn EventStore>, directory: Arc<CameraDirectory>, clock: Arc<dyn Clock>) -> Self {
        Self { store, directory, clock }
    }

    /// Checks and stores events. An item is a draft, or what was wrong with its JSON. Of events with
    /// the same id the last one counts. Events of cameras outside the caller's scope are rejected one
    /// by one, and so are those that would replace an event outside it.
    ///
    /// # Errors
    /// `InvalidInput` for more than [`INGEST_EVENTS_MAX`]; what the store says.
    pub async fn ingest(
        &self,
        caller: &Caller,
        items: Vec<Result<EventDraft, String>>,
    ) -> Result<IngestReport> {
        if items.len() > INGEST_EVENTS_MAX {
            let message = format!("at most {INGEST_EVENTS_MAX} events in one request");
            return Err(Error::invalid("events", message));
        }
        let mut report = IngestReport::default();
        let now = self.clock.now();
        let mut taken = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let event_id = item.as_ref().ok().and_then(|draft| draft.event_id.clone());
            match self.check(&caller.scope, item, now) {
                Ok(event) => taken.push((index, event)),
                Err(error) => report.rejected.push(Rejection { index, event_id, error }),
            }
        }
        self.reject_takeovers(&caller.scope, &mut taken, &mut report).await?;
        if taken.is_empty() {
            return Ok(report);
        }
        let latest = taken.iter().map(|(_, event)| event.timestamp).max();
        let events = taken.into_iter().map(|(_, event)| event).collect();
        for outcome in self.store.upsert(&caller.scope.tenant, events).await? {
            match outcome {
                Upserted::Accepted => report.accepted += 1,
                Upserted::Updated => report.updated += 1,
            }
        }
        let lag_seconds = latest.map(|latest| now.duration_since(latest).as_secs());
        let rejected = report.rejected.len();
        tracing::debug!(report.accepted, report.updated, rejected, lag_seconds, "events stored");
        Ok(report)
    }

    /// The event of an item, or why there is none.
    fn check(
        &self,
        scope: &Scope,
        item: Result<EventDraft, String>,
        now: Timestamp,
    ) -> Result<Event, String> {
        let draft = item?;
        let timezone = |camera: &str| self.directory_timezone(scope, camera);
        let event = draft.validate(timezone).and_then(|event| event.checked_against(now));
        let event = event.map_err(|error| error.message)?;
        if scope.allows(&event.camera_id) {
            return Ok(event);
        }
        Err(format!("camera `{}` is not in your scope", event.camera_id))
    }

    /// Another tenant's cameras may share ids with those of the directory, but not their time zones.
    fn directory_timezone(&self, scope: &Scope, camera: &str) -> TimeZone {
        let known = self.directory.tenant() == &*scope.tenant;
        let timezone = if known { self.directory.timezone_of(camera) } else { self.directory.timezone() };
        timezone.clone()
    }

    /// An id that is taken by an event out of scope must not be a way to overwrite it.
    async fn reject_takeovers(
        &self,
        scope: &Scope,
        taken: &mut Vec<(usize, Event)>,
        report: &mut IngestReport,
    ) -> Result<()> {
        if scope.is_whole_tenant() || taken.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = taken.iter().map(|(_, event)| event.event_id.clone()).collect();
        let stored = self.store.get(&Scope::tenant(Arc::clone(&scope.tenant)), &ids).await?;
        let foreign: HashSet<&str> = stored
            .iter()
            .filter(|event| !scope.allows(&event.camera_id))
            .map(|event| event.event_id.as_str())
            .collect();
        if foreign.is_empty() {
            return Ok(());
        }
        let (refused, kept) = std::mem::take(taken)
            .into_iter()
            .partition(|(_, event)| foreign.contains(event.event_id.as_str()));
        *taken = kept;
        report.rejected.extend(Vec::into_iter(refused).map(|(index, event): (usize, Event)| Rejection {
            index,
            error: format!("event `{}` is not in your scope", event.event_id),
            event_id: Some(event.event_id),
        }));
        report.rejected.sort_by_key(|rejection| rejection.index);
        Ok(())
    }

    /// One event.
    ///
    /// # Errors
    /// `NotFound` with code `EVENT_NOT_FOUND`, also for an event out of scope.
    pub async fn get(&self, caller: &Caller, event_id: &str) -> Result<Event> {
        let found = self.store.get(&caller.scope, &[event_id.to_owned()]).await?;
        found
            .into_iter()
            .next()
            .ok_or_else(|| Error::not_found("EVENT_NOT_FOUND", format!("there is no event `{event_id}`")))
    }

    /// The cameras that the caller may see: those of the directory and those that sent events, by id.
    pub async fn cameras(&self, caller: &Caller) -> Result<Vec<CameraView>> {
        let scope = &caller.scope;
        let own = self.directory.tenant() == &*scope.tenant;
        let vocabulary = self.store.vocabulary(scope).await?;
        let active: BTreeMap<&str, &CameraActivity> =
            vocabulary.cameras.iter().map(|activity| (&*activity.camera_id, activity)).collect();
        let described =
            self.directory.cameras().keys().map(String::as_str).filter(|id| own && scope.allows(id));
        let ids: BTreeSet<&str> = described.chain(active.keys().copied()).collect();
        Ok(ids.into_iter().map(|id| self.view(id, active.get(id).copied(), own)).collect())
    }

    fn view(&self, id: &str, activity: Option<&CameraActivity>, own: bool) -> CameraView {
        let camera = self.directory.cameras().get(id).filter(|_| own);
        let site = self.directory.site_of(id).filter(|_| own);
        let timezone = if own { self.directory.timezone_of(id) } else { self.directory.timezone() };
        CameraView {
            camera_id: id.to_owned(),
            name: camera.and_then(|camera| camera.name.clone()),
            site: site.map(str::to_owned),
            site_name: site.and_then(|site| self.directory.sites().get(site)?.name.clone()),
            zones: camera.map(|camera| camera.zones.clone()).unwrap_or_default(),
            timezone: timezone.iana_name().unwrap_or("UTC").to_owned(),
            last_event: activity.map(|activity| activity.last_event),
            events: activity.map_or(0, |activity| activity.events),
        }
    }
}
