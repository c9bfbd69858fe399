//! Search: the filter and the scope first, then the order of time. Ranking is in `ranking`.

use std::collections::HashMap;

use eps_domain::{
    Error, Event, Result, Scope,
    event_store::{EventFilter, Hit, Order, SEARCH_LIMIT_MAX, SearchPage, SearchRequest},
};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    filter,
    graphql::{Where, literal},
    objects::{event_of, event_uuid, id_of, objects},
    store::Store,
};
use crate::event_search::{
    analysis,
    cursor::{Cursor, malformed},
    fusion::Candidate,
};

/// Where a page goes on: after this event.
#[derive(Debug, Clone)]
pub(super) struct After {
    pub(super) time: Timestamp,
    pub(super) event_id: String,
}

impl After {
    /// Behind an object that was read with when it begins and its id.
    pub(super) fn of(object: &Value) -> Self {
        Self { time: begins(object), event_id: object["event_id"].as_str().unwrap_or_default().to_owned() }
    }
}

impl Store {
    /// The events with these ids that exist and are in scope, in their order.
    pub(super) async fn get(&self, scope: &Scope, event_ids: &[String]) -> Result<Vec<Event>> {
        let tenant = self.tenant(&scope.tenant);
        let uuids: Vec<String> = event_ids.iter().map(|id| event_uuid(&scope.tenant, id)).collect();
        let mut found = self.bodies(&tenant.name, &uuids).await?;
        // An id that is asked for twice is answered twice.
        let events = uuids.iter().enumerate().filter_map(|(index, uuid)| {
            let again = uuids[index + 1..].contains(uuid);
            if again { found.get(uuid).cloned() } else { found.remove(uuid) }
        });
        Ok(events.filter(|event| scope.allows(&event.camera_id)).collect())
    }

    async fn bodies(&self, tenant: &str, uuids: &[String]) -> Result<HashMap<String, Event>> {
        let mut found = HashMap::with_capacity(uuids.len());
        for object in self.by_uuids(tenant, uuids, "body _additional{id}").await? {
            found.insert(id_of(&object).to_owned(), event_of(&object)?);
        }
        Ok(found)
    }

    /// What a caller may see of a filter, and holds all the words.
    pub(super) async fn holding_all(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        words: Option<&str>,
    ) -> Result<Where> {
        let required = analysis::required(&self.analyzer, words.unwrap_or_default());
        let condition = filter::condition(scope, &self.visible(scope).await?, filter);
        Ok(condition.and(filter::with_all(&required)))
    }

    /// Whether anything matches: one object is asked for and nothing is counted.
    pub(super) async fn exists(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        words: Option<&str>,
    ) -> Result<bool> {
        let condition = self.holding_all(scope, filter, words).await?;
        if condition == Where::Nothing {
            return Ok(false);
        }
        let tenant = self.tenant(&scope.tenant);
        let get = self.events(&tenant.name).get("any", &condition, "", 1, "_additional{id}");
        let data = self.ask(&[get], &[]).await?;
        Ok(data.is_some_and(|data| !objects(&data, "any").is_empty()))
    }

    /// One page of what matches.
    pub(super) async fn search(&self, scope: &Scope, request: &SearchRequest) -> Result<SearchPage> {
        if !(1..=SEARCH_LIMIT_MAX).contains(&request.limit) {
            let message = format!("`limit` must lie between 1 and {SEARCH_LIMIT_MAX}");
            return Err(Error::invalid("limit", message));
        }
        let cursor = request.cursor.as_deref().map(Cursor::read).transpose()?;
        let words = request.words.as_deref().unwrap_or_default();
        let terms = analysis::terms(&self.analyzer, words);
        let vector = self.vector(request)?;
        let condition = filter::condition(scope, &self.visible(scope).await?, &request.filter);
        if !request.order.is_ranked() || (vector.is_none() && terms.is_empty()) {
            let required = analysis::required(&self.analyzer, words);
            let condition = condition.and(filter::with_all(&required));
            return self.in_time(scope, request, &condition, cursor).await;
        }
        let offset = match cursor {
            None => 0,
            Some(Cursor::Ranked(offset)) => offset,
            Some(Cursor::Chronological(..)) => return Err(malformed()),
        };
        let condition = match request.order {
            Order::RelevanceOfAll => {
                condition.and(filter::with_all(&analysis::required(&self.analyzer, words)))
            }
            _ => condition,
        };
        let candidates = self.candidates(scope, &condition, &terms, vector).await?;
        let page: Vec<Candidate<String>> =
            candidates.iter().skip(offset).take(request.limit).cloned().collect();
        let end = offset.saturating_add(page.len());
        let next_cursor = (end < candidates.len()).then(|| Cursor::Ranked(end).write());
        Ok(SearchPage { hits: self.hits(scope, page).await?, next_cursor })
    }

    /// The vector to rank by; none where the store keeps none.
    fn vector<'a>(&self, request: &'a SearchRequest) -> Result<Option<&'a [f32]>> {
        let (Some(space), Some(vector)) = (&self.options.vectors, &request.vector) else { return Ok(None) };
        if vector.len() != space.dimensions || vector.iter().any(|value| !value.is_finite()) {
            let message = format!("`vector` must have {} finite components", space.dimensions);
            return Err(Error::invalid("vector", message));
        }
        Ok(Some(vector))
    }

    async fn in_time(
        &self,
        scope: &Scope,
        request: &SearchRequest,
        condition: &Where,
        cursor: Option<Cursor>,
    ) -> Result<SearchPage> {
        let order = match request.order {
            Order::OldestFirst => Order::OldestFirst,
            Order::NewestFirst | Order::Relevance | Order::RelevanceOfAll => Order::NewestFirst,
        };
        let after = match cursor {
            None => None,
            Some(Cursor::Chronological(of, time, event_id)) if of == order => {
                // A cursor of an event that the caller may not see is none.
                self.get(scope, std::slice::from_ref(&event_id)).await?.pop().ok_or_else(malformed)?;
                let time = Timestamp::from_microsecond(time).map_err(|_| malformed())?;
                Some(After { time, event_id })
            }
            Some(_) => return Err(malformed()),
        };
        let tenant = self.tenant(&scope.tenant);
        let slots = request.limit + 1;
        let found = self.first_in_time(&tenant.name, condition, order, after, slots, "body").await?;
        let mut events = Vec::with_capacity(found.len());
        for object in &found {
            events.push(event_of(object)?);
        }
        let more = events.len() > request.limit;
        events.truncate(request.limit);
        let next_cursor = events.last().filter(|_| more).map(|last| {
            Cursor::Chronological(order, last.timestamp.as_microsecond(), last.event_id.clone()).write()
        });
        let visible = events.into_iter().filter(|event| scope.allows(&event.camera_id));
        let hits = visible.map(|event| hit(event, &Candidate::unranked(())));
        Ok(SearchPage { hits: hits.collect(), next_cursor })
    }

    /// The first objects in an order of time, after a place in it; events of one instant come by their ids.
    ///
    /// Weaviate sorts by one property out of its index, by several only by reading everything: so the
    /// instants on which a page begins and ends are asked for apart.
    pub(super) async fn first_in_time(
        &self,
        tenant: &str,
        condition: &Where,
        order: Order,
        after: Option<After>,
        slots: usize,
        fields: &str,
    ) -> Result<Vec<Value>> {
        if *condition == Where::Nothing {
            return Ok(Vec::new());
        }
        let (direction, beyond) = match order {
            Order::OldestFirst => ("asc", "GreaterThan"),
            Order::NewestFirst | Order::Relevance | Order::RelevanceOfAll => ("desc", "LessThan"),
        };
        let fields = format!("{fields} begins event_id _additional{{id}}");
        let by_time = format!(",sort:[{{path:[\"begins\"],order:{direction}}}]");
        let by_id = ",sort:[{path:[\"event_id\"],order:asc}]";
        let events = self.events(tenant);
        let mut gets = Vec::new();
        let later = match &after {
            None => condition.clone(),
            Some(after) => {
                let same = condition.and(Where::date("begins", "Equal", after.time)).and(Where::text(
                    "event_id",
                    "GreaterThan",
                    &after.event_id,
                ));
                gets.push(events.get("same", &same, by_id, slots, &fields));
                condition.and(Where::date("begins", beyond, after.time))
            }
        };
        gets.push(events.get("later", &later, &by_time, slots, &fields));
        let Some(data) = self.ask(&gets, &[]).await? else { return Ok(Vec::new()) };
        let mut page = objects(&data, "same").to_vec();
        let room = slots.saturating_sub(page.len());
        let later_found = objects(&data, "later");
        let cut = later_found.len() >= room;
        let mut rest: Vec<Value> = later_found.iter().take(room).cloned().collect();
        if cut && let Some(last) = rest.last().map(|last| last["begins"].clone()) {
            // More events may share the last instant than there is room for: take them by their ids.
            rest.retain(|object| object["begins"] != last);
            let missing = room - rest.len();
            let at = format!(
                "{{path:[\"begins\"],operator:Equal,valueDate:{}}}",
                literal(last.as_str().unwrap_or_default())
            );
            let same = condition.and(Where::Operand(at));
            let get = events.get("ending", &same, by_id, missing, &fields);
            if let Some(data) = self.ask(&[get], &[]).await? {
                rest.sort_by(|a, b| by_time_then_id(a, b, order));
                rest.extend(objects(&data, "ending").iter().cloned());
            }
        } else {
            rest.sort_by(|a, b| by_time_then_id(a, b, order));
        }
        page.extend(rest);
        Ok(page)
    }

    /// Fetches the events. One that moved out of scope since it was found is left out.
    async fn hits(&self, scope: &Scope, page: Vec<Candidate<String>>) -> Result<Vec<Hit>> {
        let tenant = self.tenant(&scope.tenant);
        let uuids: Vec<String> = page.iter().map(|candidate| candidate.key.clone()).collect();
        let mut events = self.bodies(&tenant.name, &uuids).await?;
        let found = page.iter().filter_map(|candidate| Some((events.remove(&candidate.key)?, candidate)));
        let visible = found.filter(|(event, _)| scope.allows(&event.camera_id));
        Ok(visible.map(|(event, candidate)| hit(event, candidate)).collect())
    }
}

fn hit<K>(event: Event, candidate: &Candidate<K>) -> Hit {
    let Candidate { score, lexical, semantic, .. } = *candidate;
    Hit { event, score, lexical, semantic }
}

/// The instant of an object.
pub(super) fn begins(object: &Value) -> Timestamp {
    object["begins"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn by_time_then_id(a: &Value, b: &Value, order: Order) -> std::cmp::Ordering {
    let by_time = begins(a).cmp(&begins(b));
    let by_time = if order == Order::OldestFirst { by_time } else { by_time.reverse() };
    by_time.then_with(|| a["event_id"].as_str().cmp(&b["event_id"].as_str()))
}
