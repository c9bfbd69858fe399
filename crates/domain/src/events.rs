//! Events in, and one event out: ingest, look-up, cameras.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Caller, CameraDirectory, Clock, Error, Event, EventDraft, Result, event_store::EventStore};

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

    /// Checks and stores events. An item is a draft, or what was wrong with its JSON. Events of
    /// cameras outside the caller's scope are rejected one by one.
    ///
    /// # Errors
    /// `InvalidInput` for more than [`INGEST_EVENTS_MAX`]; what the store says.
    pub async fn ingest(
        &self,
        caller: &Caller,
        items: Vec<Result<EventDraft, String>>,
    ) -> Result<IngestReport> {
        let _ = (caller, items, &self.store, &self.directory, &self.clock);
        Err(Error::internal("not built yet"))
    }

    /// One event.
    ///
    /// # Errors
    /// `NotFound` with code `EVENT_NOT_FOUND`, also for an event out of scope.
    pub async fn get(&self, caller: &Caller, event_id: &str) -> Result<Event> {
        let _ = (caller, event_id);
        Err(Error::internal("not built yet"))
    }

    /// The cameras that the caller may see: those of the directory and those that sent events.
    pub async fn cameras(&self, caller: &Caller) -> Result<Vec<CameraView>> {
        let _ = caller;
        Err(Error::internal("not built yet"))
    }
}
