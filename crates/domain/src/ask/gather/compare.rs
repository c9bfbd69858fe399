//! Two sides against each other: periods, cameras, sites, labels … Which sides there are is read from
//! the interpretation; what they hold is counted by the store; the difference is computed here.

use futures::future::try_join_all;
use jiff::{ToSpan, tz::TimeZone};

use crate::{
    Period, Result,
    ask::{Comparison, ComparisonSide, Interpretation, place::Place, write::phrases},
    event_store::{CountRequest, EventFilter, EventStore, Totals},
};

/// One side before it is counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// What to call it.
    pub name: String,
    /// Its periods, when the sides differ by time.
    pub periods: Vec<Period>,
    /// Which events.
    pub filter: EventFilter,
}

/// The sides of a comparison, the one named first first; fewer than two when there is nothing to
/// compare. A single period is compared with the same stretch as many days before as it is long.
pub(crate) fn sides(interpretation: &Interpretation, filter: &EventFilter, place: &Place<'_>) -> Vec<Side> {
    let by_period = sides_by_period(interpretation, filter, place);
    if by_period.len() > 1 {
        return by_period;
    }
    let with = |name: &str, change: &dyn Fn(&mut EventFilter)| {
        let mut filter = filter.clone();
        change(&mut filter);
        Side { name: name.to_owned(), periods: Vec::new(), filter }
    };
    if interpretation.sites.len() > 1 {
        let site = |id: &String| with(place.site_name(id), &|f| f.cameras = Some(place.cameras_of_site(id)));
        return interpretation.sites.iter().map(site).collect();
    }
    if interpretation.cameras.len() > 1 && interpretation.sites.is_empty() {
        let camera = |id: &String| with(place.camera_name(id), &|f| f.cameras = Some(vec![id.clone()]));
        return interpretation.cameras.iter().map(camera).collect();
    }
    if interpretation.labels.len() > 1 {
        let label = |l: &String| with(&phrases::plural(l), &|f| f.labels = vec![l.clone()]);
        return interpretation.labels.iter().map(label).collect();
    }
    if interpretation.event_types.len() > 1 {
        let kind = |t: &String| with(&phrases::opened(t), &|f| f.event_types = vec![t.clone()]);
        return interpretation.event_types.iter().map(kind).collect();
    }
    if interpretation.zones.len() > 1 {
        let zone = |z: &String| with(&phrases::opened(z), &|f| f.zones = vec![z.clone()]);
        return interpretation.zones.iter().map(zone).collect();
    }
    if interpretation.sub_labels.len() > 1 {
        let name = |n: &String| with(n, &|f| f.sub_labels = vec![n.clone()]);
        return interpretation.sub_labels.iter().map(name).collect();
    }
    let Some(side) = by_period.into_iter().next() else { return Vec::new() };
    let before = before(&side, filter, place);
    std::iter::once(side).chain(before).collect()
}

/// Periods with the same words belong together ("every night this week"); with no second words, each
/// period is a side.
fn sides_by_period(interpretation: &Interpretation, filter: &EventFilter, place: &Place<'_>) -> Vec<Side> {
    let mut named: Vec<(&str, Vec<Period>)> = Vec::new();
    for period in &interpretation.periods {
        match named.iter_mut().find(|(text, _)| !text.is_empty() && *text == period.text) {
            Some((_, periods)) => periods.push(period.clone()),
            None => named.push((&period.text, vec![period.clone()])),
        }
    }
    if let [(_, periods)] = named.as_slice()
        && periods.len() == 2
    {
        let periods = periods.clone();
        return periods.into_iter().map(|p| side(phrases::interval(&p, place), vec![p], filter)).collect();
    }
    named
        .into_iter()
        .map(|(text, periods)| {
            let name = match periods.first() {
                Some(first) if text.is_empty() => phrases::interval(first, place),
                _ => text.to_owned(),
            };
            side(name, periods, filter)
        })
        .collect()
}

fn side(name: String, periods: Vec<Period>, filter: &EventFilter) -> Side {
    Side { name, filter: EventFilter { periods: periods.clone(), ..filter.clone() }, periods }
}

/// The same stretch, whole days earlier.
fn before(after: &Side, filter: &EventFilter, place: &Place<'_>) -> Option<Side> {
    let [period] = after.periods.as_slice() else { return None };
    let days = (period.seconds() / 86_400.0).ceil().max(1.0) as i32;
    let shift = |instant: jiff::Timestamp| {
        let local = instant.to_zoned(place.timezone.clone());
        Some(local.checked_sub(days.days()).ok()?.timestamp())
    };
    let earlier = Period::new(shift(period.start)?, shift(period.end)?);
    let name = if days == 1 { "the day before".to_owned() } else { format!("the {days} days before") };
    Some(side(name, vec![earlier], filter))
}

/// Counts every side at once.
///
/// # Errors
/// What the store says.
pub(crate) async fn count(
    store: &dyn EventStore,
    place: &Place<'_>,
    sides: &[Side],
    words: Option<&str>,
) -> Result<Vec<Totals>> {
    try_join_all(sides.iter().map(|side| async move {
        let request = CountRequest {
            filter: side.filter.clone(),
            words: words.map(ToOwned::to_owned),
            group_by: Vec::new(),
            timezone: TimeZone::UTC,
        };
        Ok(store.count(place.scope, &request).await?.totals)
    }))
    .await
}

/// The first two sides against each other.
pub(crate) fn comparison(sides: &[Side], totals: &[Totals], timezone: &TimeZone) -> Option<Comparison> {
    let shown = |side: &Side, totals: &Totals| {
        let bound = |pick: fn(&Period) -> jiff::Timestamp, last: bool| {
            let period = if last { side.periods.last() } else { side.periods.first() };
            period.map(|p| crate::local_rfc3339(pick(p), timezone))
        };
        ComparisonSide {
            name: side.name.clone(),
            start: bound(|p| p.start, false),
            end: bound(|p| p.end, true),
            events: totals.events,
            visits: totals.visits,
        }
    };
    let ([a, b, ..], [in_a, in_b, ..]) = (sides, totals) else { return None };
    Some(Comparison {
        a: shown(a, in_a),
        b: shown(b, in_b),
        difference: in_a.events as i64 - in_b.events as i64,
        ratio: (in_b.events > 0).then(|| in_a.events as f64 / in_b.events as f64),
    })
}
