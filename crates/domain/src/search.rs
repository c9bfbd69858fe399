//! Search and count for programs: the same understanding and the same stores as a question, without
//! prose and without memory.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(feature = "schema")]
use crate::ask::InterpretationRecord;
use crate::{
    Caller, CameraDirectory, Clock, Error, Result,
    ask::{AnswerTotals, AskSettings, Comparison, Evidence, Filters, Interpretation, UserContext},
    clips::Clips,
    embedder::Embedder,
    event_store::EventStore,
};

/// What to search for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SearchQuery {
    /// Words, understood like a question.
    pub query: Option<String>,
    /// Fields that narrow it.
    pub filters: Filters,
    /// 1 to 50; the setting's default when absent.
    pub limit: Option<usize>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// About the user.
    pub user_context: UserContext,
}

/// One page of what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SearchReply {
    /// Best first.
    pub hits: Vec<Evidence>,
    /// Exact totals of the filter (and of the words, when there are any).
    pub totals: AnswerTotals,
    /// How the query was understood.
    #[cfg_attr(feature = "schema", schema(value_type = InterpretationRecord))]
    pub interpretation: Interpretation,
    /// Give this back for the next page.
    pub next_cursor: Option<String>,
    /// Parts that did not work.
    pub degraded: Vec<crate::ask::Degraded>,
}

/// What a caller can group by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupField {
    /// Camera id.
    Camera,
    /// Site id; cameras without a site form the group "".
    Site,
    /// Label.
    Label,
    /// Event type.
    EventType,
    /// Zone.
    Zone,
    /// Local hour, by its first instant.
    Hour,
    /// Local day.
    Day,
    /// 0 = Monday 00:00 … 167 = Sunday 23:00.
    HourOfWeek,
}

/// A second period to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CompareTo {
    /// First instant.
    pub from: String,
    /// First instant after it.
    pub to: String,
}

/// What to count.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CountQuery {
    /// Words, understood like a question.
    pub query: Option<String>,
    /// Fields that narrow it.
    pub filters: Filters,
    /// At most three.
    pub group_by: Vec<GroupField>,
    /// A second period.
    pub compare_to: Option<CompareTo>,
    /// About the user.
    pub user_context: UserContext,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GroupReply {
    /// One entry a dimension: `{"camera": "dock-1", "hour": "2026-05-13T09:00:00+02:00"}`.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub key: Map<String, Value>,
    /// Events.
    pub events: u64,
    /// Visits.
    pub visits: u64,
}

/// An exact count.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CountReply {
    /// Over all groups.
    pub totals: AnswerTotals,
    /// Sorted by key.
    pub groups: Vec<GroupReply>,
    /// With `compare_to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// How it was understood.
    #[cfg_attr(feature = "schema", schema(value_type = InterpretationRecord))]
    pub interpretation: Interpretation,
}

/// Searches and counts.
pub struct Searcher {
    store: Arc<dyn EventStore>,
    embedder: Option<Arc<dyn Embedder>>,
    clips: Arc<Clips>,
    directory: Arc<CameraDirectory>,
    clock: Arc<dyn Clock>,
    settings: AskSettings,
}

impl Searcher {
    /// The service over a store.
    pub fn new(
        store: Arc<dyn EventStore>,
        embedder: Option<Arc<dyn Embedder>>,
        clips: Arc<Clips>,
        directory: Arc<CameraDirectory>,
        clock: Arc<dyn Clock>,
        settings: AskSettings,
    ) -> Self {
        Self { store, embedder, clips, directory, clock, settings }
    }

    /// One page of what matches.
    ///
    /// # Errors
    /// `InvalidInput` naming the field; `Unavailable` with code `SEARCH_UNAVAILABLE`.
    pub async fn search(&self, _caller: &Caller, _query: SearchQuery) -> Result<SearchReply> {
        let _ = (&self.store, &self.embedder, &self.clips, &self.directory, &self.clock, &self.settings);
        Err(Error::internal("not built yet"))
    }

    /// Counts exactly.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn count(&self, _caller: &Caller, _query: CountQuery) -> Result<CountReply> {
        Err(Error::internal("not built yet"))
    }
}
