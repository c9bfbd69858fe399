//! Exact counts in groups, for programs. Sites are folded from cameras, since stores know none.

use std::collections::BTreeMap;

use futures::future::{OptionFuture, try_join};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{CountQuery, CountReply, GroupField, GroupReply, Meant, Searcher};
use crate::{
    Caller, Error, Period, Result,
    ask::{
        AnswerTotals, Comparison, ComparisonSide, Place,
        gather::{self, Without},
    },
    event_store::{Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Totals},
    instant, local_rfc3339,
};

/// The most dimensions of one count.
const GROUP_BY_MAX: usize = 3;

impl Searcher {
    /// Counts exactly.
    ///
    /// # Errors
    /// As [`Self::search`].
    pub async fn count(&self, caller: &Caller, query: CountQuery) -> Result<CountReply> {
        check_dimensions(&query.group_by)?;
        let meant =
            self.understand(caller, query.query.as_deref(), &query.filters, &query.user_context).await?;
        let place = self.place(caller, &meant);
        let filter = gather::event_filter(&meant.interpretation);
        let other = query.compare_to.as_ref().map(|other| other_period(other, &meant)).transpose()?;
        let request = |filter: EventFilter, group_by: Vec<GroupBy>| CountRequest {
            filter,
            words: meant.interpretation.words.clone(),
            group_by,
            timezone: meant.timezone.clone(),
        };
        let wanted = request(filter.clone(), stored_dimensions(&query.group_by));
        let compared = other
            .as_ref()
            .map(|other| request(EventFilter { periods: vec![other.clone()], ..filter.clone() }, Vec::new()));
        let store = Without::of(&*self.store, &meant.interpretation);
        let (count, other_count) = try_join(store.count(&caller.scope, &wanted), async {
            let counting = compared.as_ref().map(|request| store.count(&caller.scope, request));
            OptionFuture::from(counting).await.transpose()
        })
        .await?;
        let comparison = other
            .zip(other_count)
            .map(|(other, other_count)| comparison(&meant, count.totals, &other, other_count.totals));
        let totals =
            AnswerTotals { events: count.totals.events, visits: count.totals.visits, truncated: false };
        let groups = if query.group_by.is_empty() {
            Vec::new()
        } else {
            groups(count, &query.group_by, &place, &meant.timezone)
        };
        Ok(CountReply { totals, groups, comparison, interpretation: meant.interpretation })
    }
}

fn check_dimensions(group_by: &[GroupField]) -> Result<()> {
    if group_by.len() > GROUP_BY_MAX {
        return Err(Error::invalid("group_by", format!("`group_by` takes at most {GROUP_BY_MAX} fields")));
    }
    let is_twice = group_by.iter().enumerate().any(|(i, field)| group_by.iter().take(i).any(|f| f == field));
    if is_twice {
        return Err(Error::invalid("group_by", "`group_by` names a field twice"));
    }
    Ok(())
}

/// What the store is asked for: cameras instead of sites, each once.
fn stored_dimensions(fields: &[GroupField]) -> Vec<GroupBy> {
    let mut stored = Vec::with_capacity(fields.len());
    for field in fields {
        let by = stored_dimension(*field);
        if !stored.contains(&by) {
            stored.push(by);
        }
    }
    stored
}

fn stored_dimension(field: GroupField) -> GroupBy {
    match field {
        GroupField::Camera | GroupField::Site => GroupBy::Camera,
        GroupField::Label => GroupBy::Label,
        GroupField::EventType => GroupBy::EventType,
        GroupField::Zone => GroupBy::Zone,
        GroupField::SubLabel => GroupBy::SubLabel,
        GroupField::Hour => GroupBy::Hour,
        GroupField::Day => GroupBy::Day,
        GroupField::HourOfWeek => GroupBy::HourOfWeek,
    }
}

fn other_period(other: &super::CompareTo, meant: &Meant) -> Result<Period> {
    let from = instant(&other.from, "compare_to.from", &meant.timezone)?;
    let to = instant(&other.to, "compare_to.to", &meant.timezone)?;
    if to <= from {
        return Err(Error::invalid("compare_to.to", "`compare_to.to` must lie after `compare_to.from`"));
    }
    if meant.interpretation.periods.is_empty() {
        let message = "`compare_to` needs a period to compare: give `filters.from` and `filters.to`";
        return Err(Error::invalid("filters.from", message));
    }
    Ok(Period::new(from, to))
}

fn comparison(meant: &Meant, here: Totals, other: &Period, there: Totals) -> Comparison {
    let zone = &meant.timezone;
    let periods = &meant.interpretation.periods;
    let side = |name: &str, start: Option<jiff::Timestamp>, end: Option<jiff::Timestamp>, totals: Totals| {
        ComparisonSide {
            name: name.to_owned(),
            start: start.map(|at| local_rfc3339(at, zone)),
            end: end.map(|at| local_rfc3339(at, zone)),
            events: totals.events,
            visits: totals.visits,
            ..ComparisonSide::default()
        }
    };
    let (start, end) = (periods.iter().map(|p| p.start).min(), periods.iter().map(|p| p.end).max());
    let name = periods.first().map(|p| p.text.as_str()).filter(|text| !text.is_empty());
    Comparison {
        a: side(name.unwrap_or("filters"), start, end, here),
        b: side("compare_to", Some(other.start), Some(other.end), there),
        difference: here.events as i64 - there.events as i64,
        ratio: (there.events > 0).then(|| here.events as f64 / there.events as f64),
        ..Comparison::default()
    }
}

/// Groups as a reply shows them, sorted by key; sites folded from their cameras.
fn groups(count: Count, fields: &[GroupField], place: &Place<'_>, zone: &TimeZone) -> Vec<GroupReply> {
    let stored = stored_dimensions(fields);
    let mut folded: BTreeMap<Vec<GroupValue>, Totals> = BTreeMap::new();
    for group in count.groups {
        let key: Option<Vec<GroupValue>> = fields
            .iter()
            .map(|field| {
                let index = stored.iter().position(|by| *by == stored_dimension(*field))?;
                let value = group.key.get(index)?;
                Some(match (field, value) {
                    (GroupField::Site, GroupValue::Text(camera)) => {
                        GroupValue::Text(place.site_of(camera).unwrap_or_default().into())
                    }
                    _ => value.clone(),
                })
            })
            .collect();
        let Some(key) = key else { continue };
        let sum = folded.entry(key).or_default();
        sum.events += group.totals.events;
        sum.visits += group.totals.visits;
    }
    folded.into_iter().map(|(key, totals)| reply(fields, key, totals, zone)).collect()
}

fn reply(fields: &[GroupField], values: Vec<GroupValue>, totals: Totals, zone: &TimeZone) -> GroupReply {
    let mut key = Map::with_capacity(fields.len());
    for (field, value) in fields.iter().zip(values) {
        let shown = match value {
            GroupValue::Text(text) => Value::from(&*text),
            GroupValue::Hour(start) => Value::from(local_rfc3339(start, zone)),
            GroupValue::Day(day) => Value::from(day.to_string()),
            GroupValue::HourOfWeek(hour) => Value::from(hour),
        };
        key.insert(name(*field).to_owned(), shown);
    }
    GroupReply { key, events: totals.events, visits: totals.visits }
}

/// The name of a field, as it is written in requests.
fn name(field: GroupField) -> &'static str {
    match field {
        GroupField::Camera => "camera",
        GroupField::Site => "site",
        GroupField::Label => "label",
        GroupField::EventType => "event_type",
        GroupField::Zone => "zone",
        GroupField::SubLabel => "sub_label",
        GroupField::Hour => "hour",
        GroupField::Day => "day",
        GroupField::HourOfWeek => "hour_of_week",
    }
}
