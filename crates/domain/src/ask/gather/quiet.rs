//! Stretches without any event of the question: "the longest quiet stretch", "an hour without a vehicle".
//! The store says which hours are empty; around points on a grid it is asked for the event before and the
//! event after. A stretch as long as the distance of the points holds one of them, so that none is missed.
//! Bounded: at most [`PROBES_MAX`] points; what was not looked at is said.

use std::collections::BTreeMap;

use futures::{StreamExt as _, TryStreamExt as _, future::try_join, stream};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{series, sources::Sources};
use crate::{
    Event, Period, Result,
    ask::{self, Interpretation, Quiet, QuietOrder, place::Place},
    event_store::{CountRequest, EventFilter, GroupBy, GroupValue, Hit, Order, SearchRequest},
    local_rfc3339,
};

/// Points that are looked around in one question.
const PROBES_MAX: usize = 240;
/// Looked around at once.
const PROBES_AT_ONCE: usize = 8;
/// Events before a point that are asked for how long they last.
const BEFORE_MAX: usize = 10;
/// How far back is looked where the question names no time.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Stretches that are told and shown.
pub(crate) const SHOWN_MAX: usize = 5;
/// Stretches that a reply carries.
const STRETCHES_MAX: usize = 50;
/// A shorter stretch is none.
const SECONDS_MIN: i64 = 60;

/// One stretch without events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// When the last event before it was over, or where the question begins.
    pub start: Timestamp,
    /// When the next event began, or where the question ends.
    pub end: Timestamp,
    /// The event before it, by reference.
    pub before: Option<u32>,
    /// The event after it.
    pub after: Option<u32>,
}

impl Stretch {
    /// How long it lasted.
    pub(crate) fn length(&self) -> SignedDuration {
        self.end.duration_since(self.start)
    }
}

/// What was quiet, in the order that was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Quietness {
    /// What was asked.
    pub asked: Quiet,
    /// In the order that was asked for.
    pub stretches: Vec<Stretch>,
    /// Whether none was as long as asked: the longest one is told instead.
    pub is_shorter: bool,
    /// From when on was looked, where not all of the question was.
    pub looked_from: Option<Timestamp>,
    /// No stretch shorter than this was looked for.
    pub least: SignedDuration,
}

impl Quietness {
    /// As a reply shows it: in the order of time.
    pub(crate) fn shown(&self, timezone: &TimeZone) -> Vec<ask::QuietStretch> {
        let mut stretches: Vec<&Stretch> = self.stretches.iter().collect();
        stretches.sort_by_key(|stretch| stretch.start);
        let shown = |stretch: &Stretch| ask::QuietStretch {
            start: local_rfc3339(stretch.start, timezone),
            end: local_rfc3339(stretch.end, timezone),
            seconds: stretch.length().as_secs(),
        };
        stretches.into_iter().map(shown).collect()
    }
}

/// A stretch with the events at its ends.
#[derive(Debug, Clone)]
struct Found {
    start: Timestamp,
    end: Timestamp,
    before: Option<Event>,
    after: Option<Event>,
}

/// Looks for quiet stretches. The hits are the events around the ones that are told.
///
/// # Errors
/// What the store says.
pub(super) async fn look(
    sources: &Sources<'_>,
    place: &Place<'_>,
    filter: &EventFilter,
    interpretation: &Interpretation,
    limit: usize,
) -> Result<(Vec<Hit>, Quietness)> {
    let asked = interpretation.quiet.unwrap_or_default();
    let looker = Looker { sources, place, filter, words: interpretation.words.as_deref() };
    let mut periods = filter.periods.clone();
    let mut looked_from = None;
    if periods.is_empty() {
        let first = place.first_event(&interpretation.cameras).unwrap_or(place.now);
        let start = place.now.checked_sub(LOOK_BACK).unwrap_or(first).max(first);
        looked_from = Some(start);
        periods.push(Period::new(start, place.now));
    }
    // Where nothing was recorded yet, nothing was quiet.
    let first = place.first_event(&[]).unwrap_or(place.now);
    let bounds = periods.into_iter().map(|period| Period {
        start: period.start.max(first),
        end: period.end.min(place.now),
        ..period
    });
    let bounds: Vec<Period> = bounds.filter(|period| period.start < period.end).collect();
    let (mut found, least) = looker.stretches(&bounds, asked).await?;
    let is_shorter = found.is_empty() && asked.at_least_seconds > 0;
    if is_shorter {
        // Nothing was as long as that: how long the longest was says more than "no".
        found = looker.stretches(&bounds, Quiet::default()).await?.0;
    }
    let mut found: Vec<Found> = found.into_values().collect();
    match asked.order {
        _ if is_shorter => {
            found.sort_by_key(|f| (std::cmp::Reverse(f.end.duration_since(f.start)), f.start));
            found.truncate(1);
        }
        QuietOrder::Longest => {
            found.sort_by_key(|f| (std::cmp::Reverse(f.end.duration_since(f.start)), f.start));
        }
        QuietOrder::Latest => found.sort_by_key(|f| std::cmp::Reverse(f.start)),
        QuietOrder::Earliest => found.sort_by_key(|f| f.start),
    }
    found.truncate(STRETCHES_MAX);
    let mut hits: Vec<Hit> = Vec::new();
    let mut stretches = Vec::with_capacity(found.len());
    for (index, found) in found.into_iter().enumerate() {
        let mut refer = |event: Option<Event>| {
            let event = event.filter(|_| index < SHOWN_MAX)?;
            let known = hits.iter().position(|hit| hit.event.event_id == event.event_id);
            let at = known.or_else(|| {
                let has_room = hits.len() < limit;
                has_room.then(|| {
                    hits.push(Hit { event, score: 1.0, lexical: None, semantic: None });
                    hits.len() - 1
                })
            })?;
            Some(at as u32 + 1)
        };
        let (before, after) = (refer(found.before), refer(found.after));
        stretches.push(Stretch { start: found.start, end: found.end, before, after });
    }
    Ok((hits, Quietness { asked, stretches, is_shorter, looked_from, least }))
}

struct Looker<'a> {
    sources: &'a Sources<'a>,
    place: &'a Place<'a>,
    filter: &'a EventFilter,
    words: Option<&'a str>,
}

impl Looker<'_> {
    /// Every stretch of at least the length asked for; without one, at least every one that is as long as the
    /// longest. Also how short a stretch may be to be found.
    async fn stretches(
        &self,
        bounds: &[Period],
        asked: Quiet,
    ) -> Result<(BTreeMap<Timestamp, Found>, SignedDuration)> {
        let all: f64 = bounds.iter().map(Period::seconds).sum();
        // So many points at the most; a grid this fine is the finest.
        let finest = SignedDuration::from_secs(((all / PROBES_MAX as f64).ceil() as i64).max(SECONDS_MIN));
        let wanted = SignedDuration::from_secs(i64::try_from(asked.at_least_seconds).unwrap_or(i64::MAX));
        let is_open = asked.at_least_seconds == 0;
        let mut found = BTreeMap::new();
        // The middle of every run of empty hours is a point of its own.
        let points = self.empty_runs(bounds).await?;
        self.probe(bounds, points, &mut found).await?;
        let longest = |found: &BTreeMap<Timestamp, Found>| {
            found.values().map(|f| f.end.duration_since(f.start)).max().unwrap_or_default()
        };
        let mut step = if is_open { longest(&found) } else { wanted };
        if is_open && step < SignedDuration::from_hours(1) {
            self.probe(bounds, grid(bounds, SignedDuration::from_hours(1).max(finest)), &mut found).await?;
            step = longest(&found);
        }
        let step = step.max(finest);
        self.probe(bounds, grid(bounds, step), &mut found).await?;
        let least = if is_open { SignedDuration::from_secs(SECONDS_MIN) } else { wanted };
        found.retain(|_, f| f.end.duration_since(f.start) >= least);
        Ok((found, least.max(if is_open { least } else { step })))
    }

    /// The middle of every run of local hours without events.
    async fn empty_runs(&self, bounds: &[Period]) -> Result<Vec<Timestamp>> {
        let request = CountRequest {
            filter: EventFilter { periods: bounds.to_vec(), ..self.filter.clone() },
            words: self.words.map(ToOwned::to_owned),
            group_by: vec![GroupBy::Hour],
            timezone: self.place.timezone.clone(),
        };
        let count = self.sources.store.count(self.place.scope, &request).await?;
        let mut filled: Vec<Timestamp> = count
            .groups
            .iter()
            .filter_map(|group| match group.key.first() {
                Some(GroupValue::Hour(hour)) => Some(*hour),
                _ => None,
            })
            .collect();
        filled.sort_unstable();
        let floor = |instant: Timestamp| series::hour_of(instant, self.place.timezone);
        let mut runs: Vec<(SignedDuration, Timestamp)> = Vec::new();
        for period in bounds {
            let mut from = period.start;
            let inside = filled.iter().filter(|hour| **hour < period.end && **hour >= floor(period.start));
            let ends = inside.map(|hour| (*hour, series::hour(*hour).end));
            for (start, end) in ends.chain([(period.end, period.end)]) {
                let run = start.duration_since(from);
                if run > SignedDuration::ZERO {
                    runs.push((run, from.checked_add(run / 2).unwrap_or(from)));
                }
                from = from.max(end);
            }
        }
        runs.sort_by_key(|(run, _)| std::cmp::Reverse(*run));
        runs.truncate(PROBES_MAX / 4);
        Ok(runs.into_iter().map(|(_, middle)| middle).collect())
    }

    /// Looks around points that lie in no stretch that is known.
    async fn probe(
        &self,
        bounds: &[Period],
        points: Vec<Timestamp>,
        found: &mut BTreeMap<Timestamp, Found>,
    ) -> Result<()> {
        let is_known = |point: &Timestamp, found: &BTreeMap<Timestamp, Found>| {
            found.range(..=*point).next_back().is_some_and(|(_, known)| known.end >= *point)
        };
        let points: Vec<(Timestamp, Period)> = points
            .into_iter()
            .filter(|point| !is_known(point, found))
            .filter_map(|point| {
                let bound = bounds.iter().find(|b| b.start <= point && point <= b.end)?;
                Some((point, bound.clone()))
            })
            .take(PROBES_MAX)
            .collect();
        let looked: Vec<Option<Found>> = stream::iter(points)
            .map(|(point, bound)| self.around(point, bound))
            .buffered(PROBES_AT_ONCE)
            .try_collect()
            .await?;
        found.extend(looked.into_iter().flatten().map(|stretch| (stretch.start, stretch)));
        Ok(())
    }

    /// The stretch that holds a point; none where an event is going on.
    async fn around(&self, point: Timestamp, bound: Period) -> Result<Option<Found>> {
        let request = |period: Period, order: Order, limit: usize| SearchRequest {
            filter: EventFilter { periods: vec![period], ..self.filter.clone() },
            words: self.words.map(ToOwned::to_owned),
            vector: None,
            order,
            limit,
            cursor: None,
        };
        // What began before the question may reach into it.
        let reach = bound.start.checked_sub(SignedDuration::from_hours(1)).unwrap_or(bound.start);
        let earlier = request(Period::new(reach, point), Order::NewestFirst, BEFORE_MAX);
        let later = request(Period::new(point, bound.end), Order::OldestFirst, 1);
        let store = self.sources.store;
        let search_earlier = store.search(self.place.scope, &earlier);
        let search_later = async {
            if point < bound.end { store.search(self.place.scope, &later).await.map(Some) } else { Ok(None) }
        };
        let (earlier, later) = try_join(search_earlier, search_later).await?;
        let before = earlier.hits.into_iter().map(|hit| hit.event).max_by_key(Event::end);
        let after = later.and_then(|page| page.hits.into_iter().next()).map(|hit| hit.event);
        let start = before.as_ref().map_or(bound.start, |event| event.end().max(bound.start));
        let end = after.as_ref().map_or(bound.end, |event| event.timestamp);
        let before = before.filter(|event| event.end() >= bound.start);
        Ok((start < end).then_some(Found { start, end, before, after }))
    }
}

/// Points at equal distances.
fn grid(bounds: &[Period], step: SignedDuration) -> Vec<Timestamp> {
    let mut points = Vec::new();
    for period in bounds {
        let mut at = period.start;
        while at <= period.end && points.len() <= 2 * PROBES_MAX {
            points.push(at);
            match at.checked_add(step) {
                Ok(next) if next > at => at = next,
                _ => break,
            }
        }
    }
    points
}
