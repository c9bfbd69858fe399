//! What every event store must do: exact totals, half-open periods, visits that stay right, cursors
//! without gaps, and never a word of what is out of scope.
//!
//! Run it with [`event_store_contract!`](crate::event_store_contract) over a function that makes an
//! empty store with a visit gap of [`VISIT_GAP_SECONDS`] and vectors of [`DIMENSIONS`].

#![expect(
    clippy::expect_used,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the suite is test code that lives in a library, so that every adapter can run it"
)]

mod counts;
mod scopes;
mod searches;
mod visits;

use std::sync::Arc;

use eps_domain::{
    CameraScope, Event, Period, Scope,
    event_store::{
        Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Order, SearchPage, SearchRequest,
        Totals, Upserted,
    },
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

pub use counts::*;
pub use scopes::*;
pub use searches::*;
pub use visits::*;

/// The longest pause within a visit of the stores under test.
pub const VISIT_GAP_SECONDS: u64 = 60;
/// Length of the vectors of the stores under test.
pub const DIMENSIONS: usize = 16;

/// The tenant that most of the suite writes to.
const TENANT: &str = "acme";

/// One test a promise. `$fresh` is an async function that returns an empty store and whatever must
/// live as long as it. With `optional` it is a plain function that returns `None` where the server of the store
/// is not installed.
#[macro_export]
macro_rules! event_store_contract {
    (optional $fresh:path) => {
        $crate::event_store_contract!(@list optional $fresh);
    };
    ($fresh:path) => {
        $crate::event_store_contract!(@list always $fresh);
    };
    (@list $kind:ident $fresh:path) => {
        $crate::event_store_contract!(@each $kind $fresh,
            an_event_is_accepted_once_and_updated_after,
            an_event_comes_back_as_it_was_stored,
            events_are_got_in_the_order_of_the_ids_and_only_in_scope,
            each_filter_narrows_and_all_together_narrow_further,
            an_empty_list_of_cameras_matches_nothing,
            periods_are_half_open_and_count_once_where_they_overlap,
            groups_are_exact_and_sorted,
            an_event_counts_in_each_of_its_zones,
            names_are_counted_one_by_one,
            days_and_hours_follow_the_clocks_of_berlin,
            hours_follow_the_half_hour_of_lord_howe,
            a_count_that_is_too_fine_is_refused_and_not_cut,
            words_count_exactly_and_at_once,
            a_visit_ends_after_the_gap,
            a_late_event_joins_what_it_bridges,
            a_long_event_keeps_its_visit_open,
            an_update_moves_an_event_between_visits,
            the_groups_of_the_source_are_visits_whatever_their_gaps,
            visits_do_not_depend_on_the_order_of_arrival,
            pages_follow_each_other_without_gap_or_double_while_events_arrive,
            order_is_by_time_in_both_directions,
            better_matches_come_first_and_scores_stay_within_bounds,
            ranked_pages_follow_each_other,
            what_is_ranked_of_all_words_is_what_is_counted,
            words_in_order_of_time_must_all_be_there,
            a_search_that_cannot_be_is_refused_by_field,
            a_rare_match_within_a_filter_is_found_by_meaning,
            words_and_meaning_together_beat_either,
            a_vector_belongs_to_the_words_that_it_was_made_of,
            the_vocabulary_is_that_of_the_scope,
            the_vocabulary_is_shared_until_something_is_written,
            tenants_share_nothing_not_even_ids,
            what_is_out_of_scope_changes_nothing_that_a_caller_gets,
        );
    };
    (@each optional $fresh:path, $($promise:ident,)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                if let Some((store, _keep)) = $fresh() {
                    $crate::contract::event_store::$promise(&store).await;
                }
            }
        )*
    };
    (@each always $fresh:path, $($promise:ident,)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let (store, _keep) = $fresh().await;
                $crate::contract::event_store::$promise(&store).await;
            }
        )*
    };
}

fn at(time: &str) -> Timestamp {
    time.parse().expect("a time of the suite")
}

fn period(start: &str, end: &str) -> Period {
    Period::new(at(start), at(end))
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a time zone of the suite")
}

/// The start of most of the suite's events.
fn noon() -> Timestamp {
    at("2026-05-13T12:00:00Z")
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

/// An event of a person at the dock; tests change what they care about.
fn event(id: &str, timestamp: Timestamp) -> Event {
    Event {
        event_id: id.to_owned(),
        timestamp,
        end_time: None,
        camera_id: "dock-1".to_owned(),
        event_type: "person_detected".to_owned(),
        label: Some("person".to_owned()),
        sub_label: None,
        confidence: None,
        description: None,
        zones: Vec::new(),
        severity: None,
        attributes: serde_json::Map::new(),
        media: None,
        visit_id: None,
        source: None,
    }
}

fn on(camera: &str, event: Event) -> Event {
    Event { camera_id: camera.to_owned(), ..event }
}

fn saying(description: &str, event: Event) -> Event {
    Event { description: Some(description.to_owned()), ..event }
}

fn all() -> Scope {
    Scope::tenant(TENANT)
}

fn only(patterns: &[&str]) -> Scope {
    Scope { tenant: TENANT.into(), cameras: CameraScope::matching(patterns).expect("patterns of the suite") }
}

fn counting(filter: EventFilter, group_by: &[GroupBy]) -> CountRequest {
    CountRequest { filter, words: None, group_by: group_by.to_vec(), timezone: TimeZone::UTC }
}

fn searching(order: Order, limit: usize) -> SearchRequest {
    SearchRequest { filter: EventFilter::default(), words: None, vector: None, order, limit, cursor: None }
}

async fn put(store: &dyn EventStore, events: Vec<Event>) -> Vec<Upserted> {
    store.upsert(TENANT, events).await.expect("an upsert")
}

/// Counts; whatever is counted, whether there is anything is answered alike.
async fn count(store: &dyn EventStore, scope: &Scope, request: &CountRequest) -> Count {
    let count = store.count(scope, request).await.expect("a count");
    let exists = store.exists(scope, &request.filter, request.words.as_deref()).await;
    assert_eq!(exists.expect("an answer"), count.totals.events > 0, "{request:?}");
    count
}

async fn totals(store: &dyn EventStore, filter: EventFilter) -> Totals {
    count(store, &all(), &counting(filter, &[])).await.totals
}

async fn page(store: &dyn EventStore, scope: &Scope, request: &SearchRequest) -> SearchPage {
    store.search(scope, request).await.expect("a search")
}

fn ids(page: &SearchPage) -> Vec<String> {
    page.hits.iter().map(|hit| hit.event.event_id.clone()).collect()
}

/// Groups with their single key and their events.
fn by_one(count: &Count) -> Vec<(GroupValue, u64)> {
    count.groups.iter().map(|group| (group.key[0].clone(), group.totals.events)).collect()
}

fn text(value: &str) -> GroupValue {
    GroupValue::Text(value.into())
}

/// A vector of unit length out of a few components.
fn unit(components: &[(usize, f32)]) -> Vec<f32> {
    let mut vector = [0.0_f32; DIMENSIONS];
    for (index, value) in components {
        vector[*index] = *value;
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter().map(|x| x / length).collect()
}

/// Embeds every text that waits, by its words.
async fn embed(store: &dyn EventStore, vector_of: impl Fn(&str) -> Vec<f32>) {
    let waiting = store.unembedded(10_000).await.expect("texts that wait");
    let vectors = waiting.iter().map(|text| (text.key, vector_of(&text.text))).collect();
    store.store_vectors(vectors).await.expect("vectors stored");
}

fn arc(vector: Vec<f32>) -> Arc<[f32]> {
    vector.into()
}
