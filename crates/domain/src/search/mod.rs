//! Search and count for programs: the same understanding and the same stores as a question, without
//! prose and without memory. Must never answer a name that it does not know as if it were absent.

mod count;

use std::sync::Arc;

use futures::future::try_join;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[cfg(feature = "schema")]
use crate::ask::InterpretationRecord;
use crate::{
    Caller, CameraDirectory, Clock, Error, Event, Permission, Result,
    ask::{
        AnswerTotals, AskSettings, Catalogues, Comparison, Degraded, Evidence, Filters, Interpretation,
        Place, UserContext,
        gather::{self, Without},
        interpret, must_ask_back, pictures, validate,
    },
    clips::{Clips, LOOKUP_DEADLINE},
    embedder::Embedder,
    event_store::{CountRequest, EventStore, Order, RANKED_MAX, Vocabulary},
};

/// The longest cursor, in bytes.
const CURSOR_BYTES_MAX: usize = 4_096;

/// Of more events that hold all the words the latest come first: none stands out.
const RANKED_EVENTS: u64 = RANKED_MAX as u64;

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
    /// The events of the totals, best first; latest first where more than 500 hold the words. Where none
    /// does, one page of what is alike.
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
    /// Name or plate; events without one are in no group.
    SubLabel,
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
    catalogues: Catalogues,
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
        Self { store, embedder, clips, directory, clock, settings, catalogues: Catalogues::default() }
    }

    /// One page of what matches.
    ///
    /// # Errors
    /// `InvalidInput` naming the field; `Unavailable` with code `SEARCH_UNAVAILABLE`.
    pub async fn search(&self, caller: &Caller, query: SearchQuery) -> Result<SearchReply> {
        let limit = validate::limit(query.limit, self.settings.limit_default, self.settings.limit_max)?;
        if query.cursor.as_ref().is_some_and(|cursor| cursor.len() > CURSOR_BYTES_MAX) {
            return Err(Error::invalid("cursor", "`cursor` is not one that a search gave"));
        }
        let meant =
            self.understand(caller, query.query.as_deref(), &query.filters, &query.user_context).await?;
        let place = self.place(caller, &meant);
        let interpretation = &meant.interpretation;
        let filter = gather::event_filter(interpretation);
        let counting = CountRequest {
            filter: filter.clone(),
            words: interpretation.words.clone(),
            group_by: Vec::new(),
            timezone: TimeZone::UTC,
        };
        let store = Without::paged(&*self.store, interpretation);
        let search = |order: Order| {
            let (embedder, filter) = (self.embedder.as_deref(), filter.clone());
            let cursor = query.cursor.clone();
            gather::hits::search(&store, embedder, &place, filter, interpretation, order, limit, cursor)
        };
        let order = gather::hits::order(interpretation);
        let (mut found, count) = if order.is_ranked() {
            let count = store.count(&caller.scope, &counting).await?;
            (search(order_of(count.totals.events)).await?, count)
        } else {
            try_join(search(order), store.count(&caller.scope, &counting)).await?
        };
        let mut hits = found.page.hits;
        if order.is_ranked() && count.totals.events == 0 {
            // What is only alike is one page: there is no telling where it ends.
            hits.retain(gather::hits::is_worth_showing);
            found.page.next_cursor = None;
        }
        let threshold = self.settings.confidence_threshold;
        let mut evidence = gather::hits::evidence(&hits, interpretation, &place, threshold, 1);
        let events: Vec<Event> = hits.into_iter().map(|hit| hit.event).collect();
        let lacks_clips =
            pictures::add(&self.clips, &caller.scope, &mut evidence, events, LOOKUP_DEADLINE).await;
        let mut degraded = Vec::new();
        if found.lacks_vectors {
            degraded.push(Degraded::VectorSearch);
        }
        if lacks_clips {
            degraded.push(Degraded::Clips);
        }
        let totals =
            AnswerTotals { events: count.totals.events, visits: count.totals.visits, truncated: false };
        let next_cursor = found.page.next_cursor;
        Ok(SearchReply {
            hits: evidence,
            totals,
            interpretation: meant.interpretation,
            next_cursor,
            degraded,
        })
    }

    /// Reads words and fields like a question: the same words come to the same numbers. Where an answer would ask
    /// back, nothing matches, and the interpretation says what was not understood.
    async fn understand(
        &self,
        caller: &Caller,
        query: Option<&str>,
        filters: &Filters,
        context: &UserContext,
    ) -> Result<Meant> {
        caller.require(Permission::EventsRead)?;
        let text = match query.map(str::trim) {
            None | Some("") => String::new(),
            Some(text) => validate::query(text)?,
        };
        let timezone = validate::timezone(context, caller, &self.directory)?;
        let now = self.clock.now();
        let vocabulary = self.store.vocabulary(&caller.scope).await?;
        let names = self.catalogues.of(&self.directory, &vocabulary, &caller.scope);
        let mut interpretation = interpret::interpret(&interpret::Question {
            text: &text,
            filters,
            now,
            timezone: &timezone,
            previous: None,
            before_previous: None,
            evidence: &[],
            date_order: self.settings.date_order,
            catalogue: &names.catalogue,
        })?;
        if interpretation.timezone.is_empty() {
            timezone.iana_name().unwrap_or("UTC").clone_into(&mut interpretation.timezone);
        }
        let mut meant = Meant { interpretation: Interpretation::default(), timezone, now, vocabulary };
        let place = self.place(caller, &meant);
        gather::anchor::settle(&*self.store, &place, &mut interpretation).await?;
        gather::doubts::settle(&*self.store, &place, &mut interpretation).await?;
        interpretation.matches_nothing |= must_ask_back(&interpretation);
        meant.interpretation = interpretation;
        Ok(meant)
    }

    fn place<'a>(&'a self, caller: &'a Caller, meant: &'a Meant) -> Place<'a> {
        Place {
            scope: &caller.scope,
            directory: &self.directory,
            vocabulary: &meant.vocabulary,
            now: meant.now,
            timezone: &meant.timezone,
        }
    }
}

/// How events are searched of which so many hold all the words: they and no others, so that the pages end
/// where the totals end; what is alike where there are none.
fn order_of(events: u64) -> Order {
    match events {
        0 => Order::Relevance,
        1..=RANKED_EVENTS => Order::RelevanceOfAll,
        _ => Order::NewestFirst,
    }
}

/// What a query was understood to mean, and where.
struct Meant {
    interpretation: Interpretation,
    timezone: TimeZone,
    now: jiff::Timestamp,
    vocabulary: Arc<Vocabulary>,
}
