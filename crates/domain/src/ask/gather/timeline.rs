//! What happened, in order: the events of a question as incidents, the ones that stand out with their
//! evidence. Bounded: never more than [`EVENTS_GROUPED_MAX`] events are fetched. Where a question has
//! more, the rarest kinds of events are grouped and the answer says so; totals stay those of the store.

use std::collections::{BTreeMap, HashMap};

use futures::future::{OptionFuture, try_join};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    incidents::{self, Group},
    sources::Sources,
};
use crate::{
    Event, Period, Result,
    ask::{self, Evidence, check::plain, place::Place, write::evidence_lines},
    event_store::{
        CountRequest, EventFilter, GroupBy, GroupValue, Hit, Order, SEARCH_LIMIT_MAX, SearchRequest, Totals,
    },
    local_rfc3339,
};

/// The most events that are fetched to be grouped: two pages of the store, fetched at once.
pub(crate) const EVENTS_GROUPED_MAX: usize = 2 * SEARCH_LIMIT_MAX;
/// How far back types are counted, to know which are rare.
const USUAL_DAYS: i64 = 28;
/// The most incidents that a reply carries; those that stand out most.
pub(crate) const INCIDENTS_SHOWN_MAX: usize = 50;
/// Ids of one incident that a reply carries.
const EVENT_IDS_MAX: usize = 20;
/// Events of one incident that are told, where not all events of the question fit.
const EVENTS_TOLD_MAX: usize = 3;

/// Visits that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incident {
    /// What happened, in the words of the event that says most.
    pub headline: String,
    /// When it began.
    pub start: Timestamp,
    /// When the last of its events was over.
    pub end: Timestamp,
    /// Ids of its cameras, in the order in which they saw it.
    pub cameras: Vec<String>,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// How many events it has.
    pub events: u64,
    /// How many visits those form.
    pub visits: u64,
    /// Its evidence by reference; empty for one that is not told.
    pub references: Vec<u32>,
    /// Ids of its first events.
    pub event_ids: Vec<String>,
    /// What kinds of events it has, the most frequent first, where no event of it is described.
    pub kinds: Vec<(String, u64)>,
}

/// Incidents of a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Incidents {
    /// Those that stand out most, in the order of time.
    pub items: Vec<Incident>,
    /// How many there are among the events that were grouped.
    pub total: u64,
    /// How many events were grouped.
    pub events: u64,
    /// How many kinds of events those are, where they are the rarest of more.
    pub rare_kinds: Option<u64>,
    /// Whether every event of the question was grouped.
    pub is_whole: bool,
}

impl Incidents {
    /// As a reply shows them.
    pub(crate) fn shown(&self, timezone: &TimeZone) -> ask::Incidents {
        let item = |incident: &Incident| ask::Incident {
            headline: incident.headline.clone(),
            start: local_rfc3339(incident.start, timezone),
            end: local_rfc3339(incident.end, timezone),
            cameras: incident.cameras.clone(),
            labels: incident.labels.clone(),
            events: incident.events,
            visits: incident.visits,
            refs: incident.references.clone(),
            event_ids: incident.event_ids.clone(),
        };
        ask::Incidents {
            total: self.total,
            events_grouped: self.events,
            is_whole: self.is_whole,
            items: self.items.iter().map(item).collect(),
        }
    }
}

/// Incidents and the events that show them.
pub(crate) struct Looked {
    /// In the order of their references, from 1.
    pub hits: Vec<Hit>,
    pub incidents: Incidents,
}

/// Which events of a question are fetched.
enum Choice {
    /// Everything that matches.
    All(EventFilter),
    /// The latest of what the question has.
    Latest,
}

/// Fetches events and groups them. `totals` are those of the same filter and words.
///
/// # Errors
/// What the store says.
pub(crate) async fn look(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: &EventFilter,
    words: Option<&str>,
    totals: Totals,
    limit: usize,
) -> Result<Looked> {
    let is_small = totals.events as usize <= EVENTS_GROUPED_MAX;
    let usual = usual_filter(filter, place);
    let (kinds, usual) = try_join(
        async {
            let counting = (!is_small).then(|| kinds(sources, place, filter.clone(), words));
            OptionFuture::from(counting).await.transpose()
        },
        kinds(sources, place, usual, None),
    )
    .await?;
    let (choice, rare_kinds) = choose(filter, kinds.as_ref());
    let events = match choice {
        Choice::All(filter) => fetch_all(sources, place, filter, words).await?,
        Choice::Latest => fetch_latest(sources, place, filter.clone(), words).await?,
    };
    let groups = incidents::group(&events, &usual, sources.visit_gap, place);
    Ok(tell(&events, &groups, rare_kinds, totals, limit))
}

/// What is usual: everything at the same cameras, some weeks up to the end of the question.
fn usual_filter(filter: &EventFilter, place: &Place<'_>) -> EventFilter {
    let end = filter.periods.iter().map(|period| period.end).max().unwrap_or(place.now);
    let start = filter.periods.iter().map(|period| period.start).min().unwrap_or(end);
    let start = start.checked_sub(SignedDuration::from_hours(USUAL_DAYS * 24)).unwrap_or(start);
    EventFilter {
        cameras: filter.cameras.clone(),
        periods: vec![Period::new(start, end)],
        ..EventFilter::default()
    }
}

/// How many events of each type there are.
async fn kinds(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    words: Option<&str>,
) -> Result<HashMap<String, u64>> {
    let request = CountRequest {
        filter,
        words: words.map(ToOwned::to_owned),
        group_by: vec![GroupBy::EventType],
        timezone: place.timezone.clone(),
    };
    let count = sources.store.count(place.scope, &request).await?;
    let kinds = count.groups.into_iter().filter_map(|group| match group.key.into_iter().next() {
        Some(GroupValue::Text(kind)) => Some((kind.to_string(), group.totals.events)),
        _ => None,
    });
    Ok(kinds.collect())
}

/// All events where they fit; else those of the rarest types, as many types as fit; else the latest.
/// With it, how many types were chosen.
fn choose(filter: &EventFilter, kinds: Option<&HashMap<String, u64>>) -> (Choice, Option<u64>) {
    let mut filter = filter.clone();
    let Some(kinds) = kinds else { return (Choice::All(filter), None) };
    let mut rarest: Vec<(&String, u64)> = kinds.iter().map(|(kind, n)| (kind, *n)).collect();
    rarest.sort_unstable_by_key(|(kind, n)| (*n, *kind));
    let mut room = EVENTS_GROUPED_MAX as u64;
    let fitting = rarest.iter().take_while(|(_, n)| {
        let fits = *n <= room;
        room = room.saturating_sub(*n);
        fits
    });
    let chosen: Vec<String> = fitting.map(|(kind, _)| (*kind).clone()).collect();
    if chosen.is_empty() {
        return (Choice::Latest, None);
    }
    let rare_kinds = Some(chosen.len() as u64);
    filter.event_types = chosen;
    (Choice::All(filter), rare_kinds)
}

fn request(filter: EventFilter, words: Option<&str>, order: Order) -> SearchRequest {
    let words = words.map(ToOwned::to_owned);
    SearchRequest { filter, words, vector: None, order, limit: SEARCH_LIMIT_MAX, cursor: None }
}

/// Up to [`EVENTS_GROUPED_MAX`] events in the order of time: a page from either end, at once. They meet in
/// the middle where there are no more.
async fn fetch_all(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    words: Option<&str>,
) -> Result<Vec<Event>> {
    let (first, last) =
        (request(filter.clone(), words, Order::OldestFirst), request(filter, words, Order::NewestFirst));
    let store = sources.store;
    let (first, last) = try_join(store.search(place.scope, &first), store.search(place.scope, &last)).await?;
    let hits = first.hits.into_iter().chain(last.hits);
    let events: BTreeMap<(Timestamp, String), Event> =
        hits.map(|hit| ((hit.event.timestamp, hit.event.event_id.clone()), hit.event)).collect();
    Ok(events.into_values().collect())
}

/// The latest page of events, in the order of time.
///
/// # Errors
/// What the store says.
pub(crate) async fn fetch_latest(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    words: Option<&str>,
) -> Result<Vec<Event>> {
    let page = sources.store.search(place.scope, &request(filter, words, Order::NewestFirst)).await?;
    Ok(page.hits.into_iter().rev().map(|hit| hit.event).collect())
}

/// The events of a question as far as they are looked at: all of them where they fit, else the latest.
///
/// # Errors
/// What the store says.
pub(crate) async fn fetch(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: EventFilter,
    words: Option<&str>,
    totals: Totals,
) -> Result<Vec<Event>> {
    if totals.events as usize <= EVENTS_GROUPED_MAX {
        fetch_all(sources, place, filter, words).await
    } else {
        fetch_latest(sources, place, filter, words).await
    }
}

/// Chooses which incidents are told and which events show them.
fn tell(events: &[Event], groups: &[Group], rare_kinds: Option<u64>, totals: Totals, limit: usize) -> Looked {
    let total = groups.len() as u64;
    let mut by_weight: Vec<usize> = (0..groups.len()).collect();
    let weight = |at: usize| groups.get(at).map_or(0.0, |group| group.weight);
    by_weight.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then_with(|| a.cmp(b)));
    by_weight.truncate(INCIDENTS_SHOWN_MAX);
    let told = evidence_of(events, groups, &by_weight, limit);
    let mut shown = by_weight;
    shown.sort_unstable();
    let (mut hits, mut items) = (Vec::with_capacity(limit), Vec::with_capacity(shown.len()));
    for at in shown {
        let Some(group) = groups.get(at) else { continue };
        let mut references = Vec::new();
        for index in told.get(&at).into_iter().flatten() {
            let Some(event) = events.get(*index) else { continue };
            hits.push(Hit { event: event.clone(), score: 1.0, lexical: None, semantic: None });
            references.push(hits.len() as u32);
        }
        items.push(incident(group, events, references));
    }
    let is_whole = events.len() as u64 == totals.events;
    let incidents = Incidents { items, total, events: events.len() as u64, rare_kinds, is_whole };
    Looked { hits, incidents }
}

fn incident(group: &Group, events: &[Event], references: Vec<u32>) -> Incident {
    let headline = events.get(group.head).map(|event| {
        let mut shown = Evidence::of(event, 0, 1.0, Vec::new());
        shown.description = shown.description.map(|text| plain(&text));
        evidence_lines::headline(&shown)
    });
    let ids = group.events.iter().take(EVENT_IDS_MAX);
    let of_group = || group.events.iter().filter_map(|index| events.get(*index));
    let mut kinds: Vec<(String, u64)> = Vec::new();
    if of_group().all(|event| event.description.is_none()) {
        for event in of_group() {
            match kinds.iter_mut().find(|(kind, _)| *kind == event.event_type) {
                Some((_, n)) => *n += 1,
                None => kinds.push((event.event_type.clone(), 1)),
            }
        }
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    Incident {
        headline: headline.unwrap_or_default(),
        start: group.start,
        end: group.end,
        cameras: group.cameras(events),
        labels: group.labels(events),
        events: group.events.len() as u64,
        visits: group.visits,
        references,
        event_ids: ids.filter_map(|index| Some(events.get(*index)?.event_id.clone())).collect(),
        kinds,
    }
}

/// Which events of which groups are the evidence, each list in the order of time: the one that says
/// most of as many groups as there is room for, then more of each in turn.
fn evidence_of(
    events: &[Event],
    groups: &[Group],
    by_weight: &[usize],
    limit: usize,
) -> HashMap<usize, Vec<usize>> {
    let mut told: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut room = limit;
    for at in by_weight.iter().take(limit) {
        let Some(group) = groups.get(*at) else { continue };
        told.insert(*at, vec![group.head]);
        room = room.saturating_sub(1);
    }
    let fits_all = events.len() <= limit;
    let told_max = if fits_all { limit } else { EVENTS_TOLD_MAX };
    let is_same = |a: usize, b: usize| match (events.get(a), events.get(b)) {
        (Some(a), Some(b)) => a.event_type == b.event_type && a.description == b.description,
        _ => true,
    };
    let mut goes_on = true;
    while goes_on && room > 0 {
        goes_on = false;
        for at in by_weight {
            let (Some(group), Some(chosen)) = (groups.get(*at), told.get_mut(at)) else { continue };
            if room == 0 || chosen.len() >= told_max {
                continue;
            }
            let is_new = |index: &&usize| {
                let repeats =
                    chosen.iter().any(|known| *known == **index || (!fits_all && is_same(*known, **index)));
                !repeats
            };
            // A camera that nothing is shown of yet comes first.
            let is_elsewhere = |index: &&usize| {
                let camera = |at: usize| events.get(at).map(|event| &event.camera_id);
                is_new(index) && !chosen.iter().any(|known| camera(*known) == camera(**index))
            };
            let next = group.events.iter().find(is_elsewhere).or_else(|| group.events.iter().find(is_new));
            if let Some(next) = next.copied() {
                chosen.push(next);
                room -= 1;
                goes_on = true;
            }
        }
    }
    for chosen in told.values_mut() {
        chosen.sort_unstable();
    }
    told
}
