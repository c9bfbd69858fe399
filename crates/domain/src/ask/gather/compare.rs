//! Two sides or more against each other: what they hold is counted by the store; the difference is computed here.

use futures::future::{OptionFuture, try_join, try_join_all};
use jiff::Timestamp;

pub(crate) use super::sides::{SIDES_MAX, Side, sides};
use super::{
    series::{self, Step, Stretch},
    sides::are_as_long,
};
use crate::{
    Period, Result,
    ask::{Comparison, ComparisonSide, place::Place, write::phrases},
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Totals},
    local_rfc3339,
};

/// What was counted for one side.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    /// What it holds.
    pub totals: Totals,
    /// Cameras of the side that sent nothing at all in its periods, while others did or none did; told
    /// only where the sides differ by time.
    pub silent: Vec<String>,
    /// The same over time, where that is asked for.
    pub series: Vec<Stretch>,
}

/// Sides, counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct CountedSides {
    /// In the order of the sides.
    pub sides: Vec<Counted>,
    /// The part of the longer side that is as long as the one that still runs.
    pub same_stretch: Option<(Side, Totals)>,
}

/// Counts every side at once; of the second store, what is left out included, whether cameras sent anything.
///
/// # Errors
/// What the store says.
pub(crate) async fn count(
    (store, all_events): (&dyn EventStore, &dyn EventStore),
    place: &Place<'_>,
    sides: &[Side],
    words: Option<&str>,
    searched: &[String],
    step: Option<Step>,
) -> Result<CountedSides> {
    let request = |filter: EventFilter, words: Option<&str>, group_by: Vec<GroupBy>| CountRequest {
        filter,
        words: words.map(ToOwned::to_owned),
        group_by,
        timezone: place.timezone.clone(),
    };
    let counting = try_join_all(sides.iter().take(SIDES_MAX).map(|side| async move {
        let by_step = step.map(|step| vec![step.group_by()]).unwrap_or_default();
        let wanted = request(
            side.filter.clone(),
            side.words.as_deref().or(words).filter(|words| !words.is_empty()),
            by_step,
        );
        let all = EventFilter { periods: side.periods.clone(), ..EventFilter::default() };
        let all = request(all, None, vec![GroupBy::Camera]);
        let heard = (!side.periods.is_empty()).then(|| all_events.count(place.scope, &all));
        let heard = async { OptionFuture::from(heard).await.transpose() };
        let (count, heard) = try_join(store.count(place.scope, &wanted), heard).await?;
        let has_sent = |id: &str| {
            heard.as_ref().is_none_or(|heard| {
                heard.groups.iter().any(|g| matches!(g.key.first(), Some(GroupValue::Text(c)) if **c == *id))
            })
        };
        let silent = searched.iter().filter(|id| !has_sent(id)).cloned().collect();
        let series = step.map(|step| series::lay_out(&count, &side.filter.periods, step, place.timezone));
        Ok(Counted { totals: count.totals, silent, series: series.unwrap_or_default() })
    }));
    let stretch = same_stretch(sides, place);
    let stretch_count = async {
        let counting = stretch.as_ref().map(|side| (side, request(side.filter.clone(), words, Vec::new())));
        let counting = counting.map(|(side, request)| async move {
            Ok((side.clone(), store.count(place.scope, &request).await?.totals))
        });
        OptionFuture::from(counting).await.transpose()
    };
    let (sides, same_stretch) = try_join(counting, stretch_count).await?;
    Ok(CountedSides { sides, same_stretch })
}

/// "Today so far" against "yesterday": yesterday until the same time of the day. None where both are as
/// long, or where the shorter one is over.
fn same_stretch(sides: &[Side], place: &Place<'_>) -> Option<Side> {
    let [a, b] = sides else { return None };
    let ([first], [second]) = (a.periods.as_slice(), b.periods.as_slice()) else { return None };
    if are_as_long(first.seconds(), second.seconds()) {
        return None;
    }
    let (short, long, side) =
        if first.seconds() < second.seconds() { (first, second, b) } else { (second, first, a) };
    if short.end < place.now || long.end > short.start {
        return None;
    }
    let local = |instant: Timestamp| instant.to_zoned(place.timezone.clone());
    let elapsed = local(short.end).datetime() - local(short.start).datetime();
    let end = local(long.start).checked_add(elapsed).ok()?.timestamp();
    let period = Period::new(long.start, end.min(long.end));
    let name = phrases::interval(&period, place);
    Some(Side {
        name,
        filter: EventFilter { periods: vec![period.clone()], ..side.filter.clone() },
        periods: vec![period],
        ..Side::default()
    })
}

/// How long a period is without what lies before the first event: no rate is of a time without recordings.
fn recorded_seconds(period: &Period, first: Option<Timestamp>) -> f64 {
    let start = first.map_or(period.start, |first| first.max(period.start).min(period.end));
    Period::new(start, period.end).seconds()
}

/// The first two sides against each other, and all of them where there are more.
pub(crate) fn comparison(sides: &[Side], counted: &CountedSides, place: &Place<'_>) -> Option<Comparison> {
    let seconds = |side: &Side| {
        let first = place.first_event(side.filter.cameras.as_deref().unwrap_or_default());
        side.periods.iter().map(|period| recorded_seconds(period, first)).sum::<f64>()
    };
    // A mean is of one stretch, whatever the length of all of them.
    let is_even = sides.iter().any(|side| side.mean_of.is_some())
        || sides.windows(2).all(|pair| match pair {
            [a, b] => are_as_long(seconds(a), seconds(b)),
            _ => true,
        });
    let shown = |side: &Side, totals: &Totals, silent: &[String]| {
        let bound = |pick: fn(&Period) -> Timestamp, last: bool| {
            let period = if last { side.periods.last() } else { side.periods.first() };
            period.map(|p| local_rfc3339(pick(p), place.timezone))
        };
        let hours = seconds(side) / 3_600.0;
        ComparisonSide {
            name: side.name.clone(),
            start: bound(|p| p.start, false),
            end: bound(|p| p.end, true),
            events: totals.events,
            visits: totals.visits,
            events_per_hour: (!is_even && hours > 0.0).then(|| rounded(totals.events as f64 / hours)),
            mean_of: side.mean_of,
            events_each: side.mean_of.map(|many| tenths(totals.events as f64 / many as f64)),
            silent_cameras: silent.to_vec(),
            series: Vec::new(),
        }
    };
    let all: Vec<ComparisonSide> = sides
        .iter()
        .zip(&counted.sides)
        .map(|(side, counted)| ComparisonSide {
            series: counted.series.iter().map(|stretch| stretch.bucket(place.timezone)).collect(),
            ..shown(side, &counted.totals, &counted.silent)
        })
        .collect();
    let [a, b, ..] = all.as_slice() else { return None };
    let per_hour = a.events_per_hour.zip(b.events_per_hour);
    let (in_a, in_b) = (a.events_each.unwrap_or(a.events as f64), b.events_each.unwrap_or(b.events as f64));
    Some(Comparison {
        a: a.clone(),
        b: b.clone(),
        difference: (in_a - in_b).round() as i64,
        ratio: (in_b > 0.0).then(|| in_a / in_b),
        ratio_per_hour: per_hour.filter(|(_, b)| *b > 0.0).map(|(a, b)| rounded(a / b)),
        same_stretch: counted.same_stretch.as_ref().map(|(side, totals)| shown(side, totals, &[])),
        sides: if all.len() > 2 { all } else { Vec::new() },
    })
}

/// One place behind the point.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Two places behind the point: what is told is told from the same figure.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rate_is_of_a_time_before_the_first_event() {
        let at = |seconds: i64| Timestamp::from_second(seconds).unwrap();
        let period = Period::new(at(100), at(200));
        for (first, seconds) in [(None, 100.0), (Some(0), 100.0), (Some(150), 50.0), (Some(300), 0.0)] {
            assert!((recorded_seconds(&period, first.map(at)) - seconds).abs() < 1e-9, "{first:?}");
        }
    }
}
