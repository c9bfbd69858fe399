//! Exact counts. Weaviate groups by one property at a time and takes ever longer the more groups there are,
//! so that a count by several things is several counts by one, and a count by time is cut into stretches.
//! Hours and days of a time zone are put together from hours, or quarters of an hour, of UTC.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use eps_domain::{
    Error, Result, Scope,
    event_store::{Count, CountRequest, GROUPS_MAX, Group, GroupBy, GroupValue, Totals},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{graphql::Where, objects::objects, search::begins, store::Store};
use crate::event_search::local_time::{LocalTime, Numbers, Unit};

/// Selections that one count may be made of; each is a part of a query.
const SELECTIONS_MAX: usize = 5_000;
/// Hours (or quarters) of one selection: sorting that many groups costs the server a few milliseconds.
const STRETCH: i64 = 1_000;
/// What is asked of each group.
const FIGURES: &str = "meta{count} starts_visit{totalTrue}";

/// A part of the events, by the values of what was grouped by so far.
struct Part {
    condition: Where,
    key: Vec<Arc<str>>,
}

/// The property of a dimension; `None` for time.
fn property(by: GroupBy) -> Option<&'static str> {
    match by {
        GroupBy::Camera => Some("camera"),
        GroupBy::Label => Some("label"),
        GroupBy::EventType => Some("event_type"),
        GroupBy::Zone => Some("zones"),
        GroupBy::SubLabel => Some("sub_label"),
        GroupBy::Hour | GroupBy::Day | GroupBy::HourOfWeek => None,
    }
}

/// Events and visits by their keys; refuses to grow beyond the groups of one count.
#[derive(Default)]
struct Tally(BTreeMap<Vec<GroupValue>, Totals>);

impl Tally {
    fn add(&mut self, key: Vec<GroupValue>, more: Totals) -> Result<()> {
        let own = self.0.entry(key).or_default();
        own.events += more.events;
        own.visits += more.visits;
        if self.0.len() > GROUPS_MAX { Err(too_many()) } else { Ok(()) }
    }
}

impl Store {
    /// Counts exactly.
    pub(super) async fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let by = &request.group_by;
        if (1..by.len()).any(|index| by[..index].contains(&by[index])) {
            return Err(Error::invalid("group_by", "`group_by` names the same twice"));
        }
        let condition = self.holding_all(scope, &request.filter, request.words.as_deref()).await?;
        if condition == Where::Nothing {
            return Ok(Count::default());
        }
        let tenant = self.tenant(&scope.tenant).name.clone();
        if by.is_empty() {
            return Ok(Count { totals: self.totals(&tenant, &condition).await?, groups: Vec::new() });
        }
        let mut tally = Tally::default();
        let mut parts = vec![Part { condition: condition.clone(), key: Vec::new() }];
        let names: Vec<GroupBy> = by.iter().copied().filter(|by| property(*by).is_some()).collect();
        let has_time = names.len() < by.len();
        for (level, name) in names.iter().enumerate() {
            let is_last = level + 1 == names.len() && !has_time;
            let found = self.split(&tenant, &parts, property(*name).unwrap_or_default()).await?;
            let mut finer = Vec::new();
            for (part, value, totals) in found {
                let mut key = part.key.clone();
                key.push(Arc::from(&*value));
                if is_last {
                    let key = by.iter().map(|by| named(*by, &names, &key)).collect();
                    tally.add(key, totals)?;
                } else {
                    let own = Where::text(property(*name).unwrap_or_default(), "Equal", &value);
                    finer.push(Part { condition: part.condition.and(own), key });
                }
            }
            parts = finer;
        }
        if has_time {
            self.tally_time(&tenant, request, &condition, &names, &parts, &mut tally).await?;
        }
        // An event can be in several of these groups, or in none.
        let totals = if by.contains(&GroupBy::Zone) || by.contains(&GroupBy::SubLabel) {
            self.totals(&tenant, &condition).await?
        } else {
            tally.0.values().fold(Totals::default(), |sum, own| Totals {
                events: sum.events + own.events,
                visits: sum.visits + own.visits,
            })
        };
        let groups = tally.0.into_iter().map(|(key, totals)| Group { key, totals }).collect();
        Ok(Count { totals, groups })
    }

    async fn totals(&self, tenant: &str, condition: &Where) -> Result<Totals> {
        let selection = self.events(tenant).aggregate("a", condition, "", FIGURES);
        let data = self.ask(&[], &[selection]).await?;
        data.map_or(Ok(Totals::default()), |data| totals(&data["Aggregate"]["a"][0]))
    }

    /// Splits parts by the values of a property.
    async fn split<'a>(
        &self,
        tenant: &str,
        parts: &'a [Part],
        property: &str,
    ) -> Result<Vec<(&'a Part, String, Totals)>> {
        let grouped = format!(",groupBy:[\"{property}\"],limit:{}", GROUPS_MAX + 1);
        let fields = format!("groupedBy{{value}} {FIGURES}");
        let selection = |(index, part): (usize, &Part)| {
            self.events(tenant).aggregate(&format!("p{index}"), &part.condition, &grouped, &fields)
        };
        if parts.len() > SELECTIONS_MAX {
            return Err(too_many());
        }
        let selections: Vec<String> = parts.iter().enumerate().map(selection).collect();
        let mut found = Vec::new();
        for data in self.figures(&selections).await? {
            for (alias, groups) in data.as_object().into_iter().flatten() {
                let part = alias.strip_prefix('p').and_then(|index| index.parse::<usize>().ok());
                let Some(part) = part.and_then(|index| parts.get(index)) else { continue };
                for group in groups.as_array().into_iter().flatten() {
                    let value = group["groupedBy"]["value"].as_str().unwrap_or_default();
                    found.push((part, value.to_owned(), totals(group)?));
                }
            }
        }
        Ok(found)
    }

    async fn tally_time(
        &self,
        tenant: &str,
        request: &CountRequest,
        condition: &Where,
        names: &[GroupBy],
        parts: &[Part],
        tally: &mut Tally,
    ) -> Result<()> {
        let Some((first, last)) = self.span(tenant, condition).await? else { return Ok(()) };
        let timezone = &request.timezone;
        let local = LocalTime::new(timezone, first.as_microsecond(), last.as_microsecond());
        let (property, seconds) = granularity(timezone, first, last)?;
        let (from, to) = (first.as_second().div_euclid(seconds), last.as_second().div_euclid(seconds));
        let stretches: Vec<i64> = (from..=to).step_by(STRETCH as usize).take(SELECTIONS_MAX + 1).collect();
        if stretches.len().saturating_mul(parts.len()) > SELECTIONS_MAX {
            return Err(too_many());
        }
        let within = |part: &Part| {
            let stretch = |start: &i64| Part {
                condition: Where::all([
                    part.condition.clone(),
                    Where::int(property, "GreaterThanEqual", *start),
                    Where::int(property, "LessThan", start + STRETCH),
                ]),
                key: part.key.clone(),
            };
            stretches.iter().map(stretch).collect::<Vec<_>>()
        };
        let finest: Vec<Part> = parts.iter().flat_map(within).collect();
        let mut calendar = Calendar { local: &local, timezone, hours: HashMap::new() };
        for (part, value, totals) in self.split(tenant, &finest, property).await? {
            let number = value.parse::<f64>().map_err(|error| {
                super::failure::unreadable("a group that is not a number").caused_by(error)
            })?;
            // A stretch of UTC that began before the first event began is not before that event's day.
            let at = (number as i64 * seconds * 1_000_000).max(first.as_microsecond());
            let key = request.group_by.iter().map(|by| match calendar.value(*by, at) {
                Some(value) => value,
                None => named(*by, names, &part.key),
            });
            tally.add(key.collect(), totals)?;
        }
        Ok(())
    }

    /// The earliest and the latest event.
    async fn span(&self, tenant: &str, condition: &Where) -> Result<Option<(Timestamp, Timestamp)>> {
        let end = |alias: &str, direction: &str| {
            let sorted = format!(",sort:[{{path:[\"begins\"],order:{direction}}}]");
            self.events(tenant).get(alias, condition, &sorted, 1, "begins")
        };
        let Some(data) = self.ask(&[end("first", "asc"), end("last", "desc")], &[]).await? else {
            return Ok(None);
        };
        let instant = |alias: &str| objects(&data, alias).first().map(begins);
        Ok(instant("first").zip(instant("last")))
    }
}

/// The value of a named dimension in a key of names.
fn named(by: GroupBy, names: &[GroupBy], key: &[Arc<str>]) -> GroupValue {
    let at = names.iter().position(|name| *name == by).unwrap_or_default();
    GroupValue::Text(key.get(at).cloned().unwrap_or_default())
}

/// Local hours and days of instants.
struct Calendar<'a> {
    local: &'a LocalTime,
    timezone: &'a TimeZone,
    hours: HashMap<u32, Timestamp>,
}

impl Calendar<'_> {
    /// The value of an instant, in microseconds; `None` for what is not of time.
    fn value(&mut self, by: GroupBy, at: i64) -> Option<GroupValue> {
        let number = |unit: Unit| Numbers::new(self.local, unit).of(at);
        Some(match by {
            GroupBy::Hour => {
                let hour = number(Unit::Hour);
                let start =
                    self.hours.entry(hour).or_insert_with(|| self.local.hour_start(hour, self.timezone));
                GroupValue::Hour(*start)
            }
            GroupBy::Day => GroupValue::Day(self.local.date(number(Unit::Day))),
            GroupBy::HourOfWeek => GroupValue::HourOfWeek(number(Unit::HourOfWeek) as u8),
            GroupBy::Camera | GroupBy::Label | GroupBy::EventType | GroupBy::Zone | GroupBy::SubLabel => {
                return None;
            }
        })
    }
}

/// The property whose values never cross a local hour, and how many seconds one is long.
///
/// # Errors
/// `InvalidInput` for a time zone whose clocks did not keep to quarters of an hour at that time (Liberia's
/// until 1972): better no count than one that is nearly right.
fn granularity(timezone: &TimeZone, first: Timestamp, last: Timestamp) -> Result<(&'static str, i64)> {
    let changes = timezone.following(first).take_while(|change| change.timestamp() <= last);
    let offsets =
        changes.flat_map(|change| [i64::from(change.offset().seconds()), change.timestamp().as_second()]);
    let mut all = offsets.chain([i64::from(timezone.to_offset(first).seconds())]);
    let (mut hours, mut quarters) = (true, true);
    all.by_ref().for_each(|seconds| {
        hours &= seconds % 3_600 == 0;
        quarters &= seconds % 900 == 0;
    });
    match (hours, quarters) {
        (true, _) => Ok(("hour", 3_600)),
        (_, true) => Ok(("quarter", 900)),
        _ => {
            let message = "the clocks of this time zone did not keep to quarters of an hour at that time";
            Err(Error::invalid("timezone", message))
        }
    }
}

fn totals(figures: &Value) -> Result<Totals> {
    let unreadable = || super::failure::unreadable("a count that is not a number");
    let events = figures["meta"]["count"].as_u64().ok_or_else(unreadable)?;
    // Nothing is said about the visits of no events.
    let visits = figures["starts_visit"]["totalTrue"].as_u64().unwrap_or_default();
    Ok(Totals { events, visits })
}

fn too_many() -> Error {
    let message = format!(
        "more than {GROUPS_MAX} groups, or too many to tell apart; narrow the filter or group by less"
    );
    Error::invalid("group_by", message)
}
