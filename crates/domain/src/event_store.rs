//! The port to where events are kept, and what one asks of it.
//!
//! Totals are exact whatever the page size. A filter narrows first; text and vectors rank what is
//! left, so that a rare match in a narrow window is never lost.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Event, Period, Result, Scope};
pub use crate::{
    coloured::{COLOURS, ColouredThings},
    denied::denied,
    words::{Wanted, all_forms, alternatives, spelt_out},
};

/// The longest a search page can be.
pub const SEARCH_LIMIT_MAX: usize = 200;
/// The most groups that one count returns; a finer question is refused, never cut.
pub const GROUPS_MAX: usize = 50_000;

/// Which events. Empty lists and `None` do not restrict, but `cameras: Some([])` matches nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventFilter {
    /// Ids, already resolved from names and sites. The scope of the caller applies besides.
    pub cameras: Option<Vec<String>>,
    /// Any of these labels.
    pub labels: Vec<String>,
    /// Any of these names or plates.
    pub sub_labels: Vec<String>,
    /// Any of these types.
    pub event_types: Vec<String>,
    /// Any of these words for how grave the source thought it, as [`Event::severity_told`] gives them.
    pub severities: Vec<String>,
    /// At least one of these zones.
    pub zones: Vec<String>,
    /// Whether one of `cameras` is enough without a zone, and one of `zones` without a camera.
    pub any_place: bool,
    /// Begins within one of these.
    pub periods: Vec<Period>,
    /// At least this sure; events without a confidence do not match.
    pub min_confidence: Option<f32>,
    /// Less sure than this; events without a confidence do not match.
    pub max_confidence: Option<f32>,
}

/// Two counts, side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Events that match.
    pub events: u64,
    /// Of those, the ones that start a visit. A visit is a run of events with the same camera and
    /// label whose gaps are at most `visit_gap`, or a group that the source gave; it is counted where
    /// it starts.
    pub visits: u64,
}

/// What to group a count by. Hours and days are local to the time zone of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Camera id.
    Camera,
    /// Label; events without one form the group "".
    Label,
    /// Event type.
    EventType,
    /// Zone; an event counts in each of its zones, one without zones in none.
    Zone,
    /// Name or plate; an event without one counts in none.
    SubLabel,
    /// The hour in which it began.
    Hour,
    /// The day on which it began.
    Day,
    /// 0 = Monday 00:00–01:00 … 167 = Sunday 23:00–24:00.
    HourOfWeek,
}

/// The value of one group in one dimension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupValue {
    /// Camera, label, type, zone.
    Text(Arc<str>),
    /// The first instant of the local hour.
    Hour(Timestamp),
    /// The local day.
    Day(Date),
    /// See [`GroupBy::HourOfWeek`].
    HourOfWeek(u8),
}

/// What to count.
#[derive(Debug, Clone)]
pub struct CountRequest {
    /// Which events.
    pub filter: EventFilter,
    /// Only events that hold all of these words (stemmed; stop words ignored).
    pub words: Option<String>,
    /// In this order; empty gives the total alone.
    pub group_by: Vec<GroupBy>,
    /// For hours and days.
    pub timezone: TimeZone,
}

/// One group of a count: the values in the order of `group_by`.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// One value a dimension.
    pub key: Vec<GroupValue>,
    /// What is in it; never zero events.
    pub totals: Totals,
}

/// An exact count.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Count {
    /// Over all groups.
    pub totals: Totals,
    /// Sorted by key.
    pub groups: Vec<Group>,
}

/// The most events that one search ranks by words or by meaning; pages of it end there.
pub const RANKED_MAX: usize = 500;

/// In which order hits come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Best match first; without words and vector the same as `NewestFirst`.
    #[default]
    Relevance,
    /// Best match first, and only events that hold all the words: the same that a count of the words
    /// counts. At most [`RANKED_MAX`] of them can be ranked.
    RelevanceOfAll,
    /// Latest first.
    NewestFirst,
    /// Earliest first.
    OldestFirst,
}

impl Order {
    /// Whether it ranks, when there is something to rank by.
    pub fn is_ranked(self) -> bool {
        matches!(self, Self::Relevance | Self::RelevanceOfAll)
    }
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// Which events may be hits at all.
    pub filter: EventFilter,
    /// Words to rank by. By `Relevance` any of them may match; the more the better.
    pub words: Option<String>,
    /// An embedding of the same words, unit length.
    pub vector: Option<Arc<[f32]>>,
    /// See [`Order`]. With words and a chronological order, only events that hold all the words.
    pub order: Order,
    /// 1 to [`SEARCH_LIMIT_MAX`].
    pub limit: usize,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// One event that was found, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The event.
    pub event: Event,
    /// 0 to 1, comparable within one search only; 1 where nothing was ranked.
    pub score: f32,
    /// Lexical score scaled to the best of this search, when it matched by words.
    pub lexical: Option<f32>,
    /// Cosine similarity, when it was compared.
    pub semantic: Option<f32>,
}

/// One page of hits.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    /// Best, latest or earliest first.
    pub hits: Vec<Hit>,
    /// Give this back for the next page; `None` when there is none.
    pub next_cursor: Option<String>,
}

/// What one camera has sent.
#[derive(Debug, Clone, PartialEq)]
pub struct CameraActivity {
    /// The camera.
    pub camera_id: Arc<str>,
    /// Events in all.
    pub events: u64,
    /// Start of the earliest.
    pub first_event: Timestamp,
    /// Start of the latest.
    pub last_event: Timestamp,
}

/// The words that the events in scope use: what names in a question can mean. Terms that occur only
/// on cameras out of scope are not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vocabulary {
    /// Sorted by id.
    pub cameras: Vec<CameraActivity>,
    /// Labels, sorted.
    pub labels: Vec<Arc<str>>,
    /// Event types, sorted.
    pub event_types: Vec<Arc<str>>,
    /// Zones, sorted.
    pub zones: Vec<Arc<str>>,
    /// Names and plates, sorted, at most 10,000.
    pub sub_labels: Vec<Arc<str>>,
}

/// What became of each event of a batch, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// It is new.
    Accepted,
    /// It replaced one with the same id.
    Updated,
}

/// Names one text to embed: the row and its revision, so that a late vector of an older text is
/// refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EmbeddingKey {
    /// Row of the store.
    pub row: u64,
    /// Which text of that row.
    pub revision: u64,
}

/// A text that waits for its vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unembedded {
    /// Give this back with the vector.
    pub key: EmbeddingKey,
    /// What to embed.
    pub text: String,
}

/// Where events are kept. Every read takes the scope of the caller.
///
/// Errors: `Unavailable` with code `SEARCH_UNAVAILABLE` when it cannot be reached,
/// `Unavailable` with `STORAGE_FULL` when it cannot write.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Stores events, replacing those with the same id, and corrects the visits around them. Durable
    /// when it returns; counted at once; found by words within a second.
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>>;

    /// The events with these ids that exist and are in scope, in the order of the ids.
    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>>;

    /// One page of what matches.
    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage>;

    /// Counts exactly.
    ///
    /// # Errors
    /// `InvalidInput` for more than [`GROUPS_MAX`] groups.
    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count>;

    /// Whether any event matches a filter and holds all of the words: cheaper than to count them.
    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool>;

    /// The words in use within the scope.
    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>>;

    /// Texts that have no vector yet, oldest first. For the embedding worker, not for callers.
    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>>;

    /// Stores vectors of unit length; those of outdated keys are dropped.
    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()>;

    /// Whether it can answer and how much waits to be embedded.
    async fn health(&self) -> Result<EventStoreHealth>;
}

/// The state of an event store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventStoreHealth {
    /// Events of all tenants.
    pub events: u64,
    /// Texts without a vector.
    pub unembedded: u64,
    /// Whether it takes writes now.
    pub writable: bool,
}
