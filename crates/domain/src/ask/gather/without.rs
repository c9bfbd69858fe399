//! The events of a store but for those that are left out by what they say: "cars but not trucks". Stores
//! know what events hold and not what they lack: what lacks some words is all but what holds them, and its
//! counts are as exact as theirs.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures::future::try_join_all;
use jiff::tz::TimeZone;

use crate::{
    Event, Result, Scope,
    ask::{Interpretation, LeftOut},
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, Group, GroupValue,
        SEARCH_LIMIT_MAX, SearchPage, SearchRequest, Totals, Unembedded, Upserted, Vocabulary,
    },
    held::Held,
    words::both,
};

/// Pages that are read for one of what is left: so many events in a row may be left out.
const PAGES_MAX: usize = 50;

/// A store without what is left out.
pub(crate) struct Without<'a> {
    store: &'a dyn EventStore,
    out: &'a [LeftOut],
    /// Whether searches can be gone on with.
    is_paged: bool,
}

impl<'a> Without<'a> {
    /// What a question leaves of a store.
    pub(crate) fn of(store: &'a dyn EventStore, interpretation: &'a Interpretation) -> Self {
        Self { store, out: &interpretation.without, is_paged: false }
    }

    /// The same for who reads page after page: where a page ends within one of the store's, that costs one more
    /// search.
    pub(crate) fn paged(store: &'a dyn EventStore, interpretation: &'a Interpretation) -> Self {
        Self { is_paged: true, ..Self::of(store, interpretation) }
    }
}

#[async_trait]
impl EventStore for Without<'_> {
    async fn upsert(&self, tenant: &str, events: Vec<Event>) -> Result<Vec<Upserted>> {
        self.store.upsert(tenant, events).await
    }

    async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        self.store.get(scope, event_ids).await
    }

    async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        if self.out.is_empty() {
            return self.store.search(scope, request).await;
        }
        let mut hits = Vec::new();
        let mut next = request.clone();
        let mut next_cursor = None;
        for _ in 0..PAGES_MAX {
            let page = self.store.search(scope, &next).await?;
            let (found, mut read) = (page.hits.len(), 0);
            for hit in page.hits {
                if hits.len() == request.limit {
                    break;
                }
                read += 1;
                if !is_left_out(&hit.event, self.out) {
                    hits.push(hit);
                }
            }
            next_cursor = page.next_cursor;
            if read < found && self.is_paged {
                // The page ends here, and so does one of the store that is as long.
                next.limit = read;
                next_cursor = self.store.search(scope, &next).await?.next_cursor;
            }
            if next_cursor.is_none() || hits.len() == request.limit {
                break;
            }
            (next.cursor, next.limit) = (next_cursor.clone(), SEARCH_LIMIT_MAX);
        }
        Ok(SearchPage { hits, next_cursor: next_cursor.filter(|_| self.is_paged) })
    }

    async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let mut names: Vec<String> = Vec::new();
        if self.out.iter().any(|left| left.is_named) {
            let known = self.store.vocabulary(scope).await?;
            names.extend(known.sub_labels.iter().map(ToString::to_string));
        }
        let parts = parts(request, self.out, &names);
        let counts = try_join_all(parts.iter().map(|(_, part)| self.store.count(scope, part))).await?;
        Ok(sum(parts.iter().map(|(is_added, _)| *is_added).zip(counts)))
    }

    async fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        if self.out.is_empty() {
            return self.store.exists(scope, filter, words).await;
        }
        // Whether anything is left over can only be counted.
        let (filter, words) = (filter.clone(), words.map(ToOwned::to_owned));
        let request = CountRequest { filter, words, group_by: Vec::new(), timezone: TimeZone::UTC };
        Ok(self.count(scope, &request).await?.totals.events > 0)
    }

    async fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        self.store.vocabulary(scope).await
    }

    async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        self.store.unembedded(limit).await
    }

    async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        self.store.store_vectors(vectors).await
    }

    async fn health(&self) -> Result<EventStoreHealth> {
        self.store.health().await
    }
}

/// What to count, and whether it is added or taken away: all, without what each leaves out, with what two
/// of them leave out both, and so on.
fn parts(request: &CountRequest, out: &[LeftOut], names: &[String]) -> Vec<(bool, CountRequest)> {
    let mut parts = vec![(true, request.clone())];
    for left in out {
        let both: Vec<_> = parts
            .iter()
            .filter_map(|(is_added, part)| Some((!is_added, holding(part, left, names)?)))
            .collect();
        parts.extend(both);
    }
    parts
}

/// Of what is counted, what is left out; nothing where the labels, the zones or the severities exclude each other. Zones are
/// left out only where none is asked for, so that an event in two of them is not missed.
fn holding(request: &CountRequest, left: &LeftOut, names: &[String]) -> Option<CountRequest> {
    let mut part = request.clone();
    for (wanted, out) in [
        (&mut part.filter.labels, &left.labels),
        (&mut part.filter.zones, &left.zones),
        (&mut part.filter.severities, &left.severities),
    ] {
        if !out.is_empty() && wanted.is_empty() {
            wanted.clone_from(out);
        } else if !out.is_empty() {
            wanted.retain(|name| out.contains(name));
            if wanted.is_empty() {
                return None;
            }
        }
    }
    // Whoever is asked for by name bears one.
    if left.is_named && part.filter.sub_labels.is_empty() {
        part.filter.sub_labels = names.to_vec();
        if names.is_empty() {
            return None;
        }
    }
    // The words of the question come last: stores look at a bounded number of words.
    part.words = match &part.words {
        Some(words) if !left.words.is_empty() => Some(both(&left.words, words)),
        None if !left.words.is_empty() => Some(left.words.clone()),
        words => words.clone(),
    };
    Some(part)
}

/// Counts that are added and taken away, as one; groups that nothing is left of are none.
fn sum(counts: impl Iterator<Item = (bool, Count)>) -> Count {
    let mut totals = (0_i64, 0_i64);
    let mut groups: BTreeMap<Vec<GroupValue>, (i64, i64)> = BTreeMap::new();
    let add = |into: &mut (i64, i64), is_added: bool, more: Totals| {
        let sign = if is_added { 1 } else { -1 };
        *into = (into.0 + sign * more.events as i64, into.1 + sign * more.visits as i64);
    };
    for (is_added, count) in counts {
        add(&mut totals, is_added, count.totals);
        for group in count.groups {
            add(groups.entry(group.key).or_default(), is_added, group.totals);
        }
    }
    // Events that come in between two counts may make less of a group than nothing.
    let totals_of = |(events, visits): (i64, i64)| Totals {
        events: u64::try_from(events).unwrap_or(0),
        visits: u64::try_from(visits).unwrap_or(0),
    };
    let groups = groups.into_iter().map(|(key, totals)| Group { key, totals: totals_of(totals) });
    Count { totals: totals_of(totals), groups: groups.filter(|group| group.totals.events > 0).collect() }
}

/// Whether an event is left out, by the stems of all that it is found by.
pub(crate) fn is_left_out(event: &Event, out: &[LeftOut]) -> bool {
    let is_of = |left: &LeftOut| {
        (!left.is_named || event.sub_label.is_some())
            && (left.labels.is_empty()
                || event.label.as_ref().is_some_and(|label| left.labels.iter().any(|one| one == label)))
            && (left.zones.is_empty() || event.zones.iter().any(|zone| left.zones.contains(zone)))
            && (left.severities.is_empty()
                || event.severity_told().is_some_and(|told| left.severities.contains(&told)))
    };
    let mut out = out.iter().filter(|left| is_of(left)).peekable();
    if out.peek().is_none() {
        return false;
    }
    let text = event.searched_text().to_lowercase();
    let held = Held::of(&text);
    out.any(|left| held.satisfies(&left.words))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn event(label: &str, description: &str, name: &str) -> Event {
        let name = (!name.is_empty()).then_some(name);
        serde_json::from_value(serde_json::json!({
            "event_id": "e", "timestamp": "2026-05-13T09:00:00Z", "camera_id": "a", "event_type": "seen",
            "label": label, "description": description, "sub_label": name,
            "severity": if description.contains("red") { "Low" } else { "high" },
        }))
        .unwrap()
    }

    /// What a store would count.
    fn counted(events: &[Event], request: &CountRequest) -> Count {
        let mut by_label: BTreeMap<Vec<GroupValue>, Totals> = BTreeMap::new();
        let words = request.words.clone().unwrap_or_default();
        let filter = &request.filter;
        let all = [LeftOut {
            labels: filter.labels.clone(),
            zones: filter.zones.clone(),
            severities: filter.severities.clone(),
            words,
            ..LeftOut::default()
        }];
        let is_named = |event: &Event| {
            let names = &filter.sub_labels;
            names.is_empty() || event.sub_label.as_ref().is_some_and(|name| names.contains(name))
        };
        let found = events.iter().filter(|event| is_left_out(event, &all) && is_named(event));
        for event in found {
            let label = event.label.clone().unwrap_or_default();
            let totals = by_label.entry(vec![GroupValue::Text(label.as_str().into())]).or_default();
            *totals = Totals { events: totals.events + 1, visits: totals.visits + 1 };
        }
        let events = by_label.values().map(|totals| totals.events).sum();
        let groups = by_label.into_iter().map(|(key, totals)| Group { key, totals }).collect();
        Count { totals: Totals { events, visits: events }, groups }
    }

    proptest! {
        /// Whatever is left out, and however it overlaps: the count is that of the events that are left.
        #[test]
        fn what_is_counted_is_what_is_left(
            seen in vec((select(vec!["vehicle", "animal"]), vec(select(vec!["red", "truck", "van", "cat"]), 0..4), select(vec!["", "Anna", "B-KL 42"])), 0..12),
            out in vec((select(vec!["", "vehicle", "animal"]), select(vec!["truck", "red van", "van or cat", "cats"]), select(vec![false, true]), select(vec!["", "low"])), 0..4),
            label in select(vec!["", "vehicle"]),
            words in select(vec!["", "red", "van or truck"]),
        ) {
            let list = |label: &str| if label.is_empty() { Vec::new() } else { vec![label.to_owned()] };
            let events: Vec<Event> = seen.iter().map(|(label, words, name)| event(label, &words.join(" "), name)).collect();
            let out: Vec<LeftOut> =
                out.iter().map(|(label, words, is_named, grade)| LeftOut { labels: list(label), words: (*words).to_owned(), is_named: *is_named, severities: list(grade), ..LeftOut::default() }).collect();
            let request = CountRequest {
                filter: EventFilter { labels: list(label), ..EventFilter::default() },
                words: (!words.is_empty()).then(|| words.to_owned()),
                group_by: Vec::new(),
                timezone: TimeZone::UTC,
            };
            let left: Vec<Event> = events.iter().filter(|event| !is_left_out(event, &out)).cloned().collect();
            let parts = parts(&request, &out, &list("Anna").into_iter().chain(list("B-KL 42")).collect::<Vec<_>>());
            let sum = sum(parts.iter().map(|(is_added, part)| (*is_added, counted(&events, part))));
            prop_assert_eq!(sum, counted(&left, &request));
        }
    }
}
