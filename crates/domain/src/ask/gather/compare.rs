//! Two sides or more against each other: periods, cameras, sites, labels … Which sides there are is read
//! from the interpretation; what they hold is counted by the store; the difference is computed here.

use futures::future::{OptionFuture, try_join, try_join_all};
use jiff::{Timestamp, ToSpan};

use super::{
    series::{self, Step, Stretch},
    word_sides,
};
use crate::{
    Period, Result,
    ask::{Comparison, ComparisonSide, Grouping, Interpretation, place::Place, write::phrases},
    event_store::{Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Totals},
    local_rfc3339,
};

/// The most sides that are counted; what comes after them is left out and said to be.
pub(crate) const SIDES_MAX: usize = 24;
/// Lengths that differ by less than this share are the same: an hour of a long day at a change of clocks.
const SAME_LENGTH_SHARE: f64 = 0.05;

/// One side before it is counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Side {
    /// What to call it.
    pub name: String,
    /// Its periods, when the sides differ by time.
    pub periods: Vec<Period>,
    /// Which events.
    pub filter: EventFilter,
    /// Its words, where the sides differ in them.
    pub words: Option<String>,
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
        Side { name: name.to_owned(), periods: Vec::new(), filter, words: None }
    };
    // "The stock room against the ramp": a camera, or a site, and a zone.
    if interpretation.any_place {
        let on = |name: &str, cameras: Vec<String>| {
            with(name, &|f| (f.cameras, f.zones) = (Some(cameras.clone()), Vec::new()))
        };
        let of_sites: Vec<String> =
            interpretation.sites.iter().flat_map(|site| place.cameras_of_site(site)).collect();
        let sites = interpretation.sites.iter().map(|id| on(place.site_name(id), place.cameras_of_site(id)));
        let alone = interpretation.cameras.iter().filter(|id| !of_sites.contains(id));
        let cameras = alone.map(|id| on(place.camera_name(id), vec![id.clone()]));
        let zone = |zone: &String| {
            with(&phrases::opened(zone), &|f| (f.cameras, f.zones) = (None, vec![zone.clone()]))
        };
        return sites.chain(cameras).chain(interpretation.zones.iter().map(zone)).collect();
    }
    if interpretation.sites.len() > 1 {
        let site = |id: &String| with(place.site_name(id), &|f| f.cameras = Some(place.cameras_of_site(id)));
        return interpretation.sites.iter().map(site).collect();
    }
    // "The lobby against the yard": a camera and a site that it does not belong to.
    if let [site] = interpretation.sites.as_slice()
        && let Some(sides) = camera_and_site(interpretation, site, place)
    {
        let side =
            |(name, cameras): (String, Vec<String>)| with(&name, &|f| f.cameras = Some(cameras.clone()));
        return sides.into_iter().map(side).collect();
    }
    // "Compare the gates": one site without a period is compared camera by camera.
    let is_within = interpretation.sites.len() == 1 && by_period.is_empty();
    if interpretation.cameras.len() > 1 && (interpretation.sites.is_empty() || is_within) {
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
    let by_words = interpretation.words.as_deref().map(word_sides::of).unwrap_or_default();
    if by_words.len() > 1 {
        let worded = |words: String| Side { words: Some(words.clone()), ..with(&words, &|_| {}) };
        return by_words.into_iter().map(worded).collect();
    }
    let Some(side) = by_period.into_iter().next() else { return Vec::new() };
    let before = before(&side, filter, place);
    std::iter::once(side).chain(before).collect()
}

/// The site as one side and each camera outside it as another, in the order in which they were named.
fn camera_and_site(
    interpretation: &Interpretation,
    site: &str,
    place: &Place<'_>,
) -> Option<Vec<(String, Vec<String>)>> {
    let members = place.cameras_of_site(site);
    let named = &interpretation.cameras;
    let outside: Vec<&String> = named.iter().filter(|id| !members.contains(id)).collect();
    if outside.is_empty() || members.is_empty() || !members.iter().all(|id| named.contains(id)) {
        return None;
    }
    let mut sides: Vec<(String, Vec<String>)> =
        outside.into_iter().map(|id| (place.camera_name(id).to_owned(), vec![id.clone()])).collect();
    let before = named.iter().take_while(|id| !members.contains(id)).count();
    sides.insert(before, (place.site_name(site).to_owned(), members));
    Some(sides)
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
        && is_split(interpretation, periods.len())
    {
        let periods = periods.clone();
        return periods.into_iter().map(|p| side(phrases::interval(&p, place), vec![p], filter)).collect();
    }
    if let [(text, periods)] = named.as_slice()
        && let [period] = periods.as_slice()
        && let Some(days) = days_of(text, period, interpretation, place)
    {
        return days.into_iter().map(|p| side(phrases::interval(&p, place), vec![p], filter)).collect();
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

/// "Compare Monday to Friday": a range of days is compared day by day, where nothing else is.
fn days_of(
    text: &str,
    period: &Period,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> Option<Vec<Period>> {
    let is_range = [" to ", " through ", " until "].iter().any(|word| text.contains(word));
    let is_daily = is_range || interpretation.group_by == Some(Grouping::Day);
    let stretches =
        series::lay_out(&Count::default(), std::slice::from_ref(period), Step::Day, place.timezone);
    let days = stretches.iter().map(|stretch| Period::new(stretch.start, stretch.end)).collect();
    (is_daily && is_split(interpretation, stretches.len()) && period.seconds() > 86_400.0).then_some(days)
}

/// Whether the periods of one name are the sides: "Monday to Friday, day by day"; not where other names
/// are there to compare.
fn is_split(interpretation: &Interpretation, periods: usize) -> bool {
    let compares_names = interpretation.sites.len() > 1
        || (interpretation.cameras.len() > 1 && interpretation.sites.is_empty())
        || interpretation.labels.len() > 1
        || interpretation.event_types.len() > 1
        || interpretation.zones.len() > 1
        || interpretation.any_place
        || interpretation.sub_labels.len() > 1;
    periods == 2 || (periods > 2 && periods <= SIDES_MAX && !compares_names)
}

fn side(name: String, periods: Vec<Period>, filter: &EventFilter) -> Side {
    Side { name, filter: EventFilter { periods: periods.clone(), ..filter.clone() }, periods, words: None }
}

/// The same stretch, whole days earlier.
fn before(after: &Side, filter: &EventFilter, place: &Place<'_>) -> Option<Side> {
    let [period] = after.periods.as_slice() else { return None };
    // Nothing is before what reaches from ever on.
    if period.start == Timestamp::UNIX_EPOCH {
        return None;
    }
    let days = (period.seconds() / 86_400.0).ceil().max(1.0) as i32;
    let shift = |instant: jiff::Timestamp| {
        let local = instant.to_zoned(place.timezone.clone());
        Some(local.checked_sub(days.days()).ok()?.timestamp())
    };
    let earlier = Period::new(shift(period.start)?, shift(period.end)?);
    let name = if days == 1 { "the day before".to_owned() } else { format!("the {days} days before") };
    Some(side(name, vec![earlier], filter))
}

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
        let wanted = request(side.filter.clone(), side.words.as_deref().or(words), by_step);
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
        words: None,
    })
}

/// How long a period is without what lies before the first event: no rate is of a time without recordings.
fn recorded_seconds(period: &Period, first: Option<Timestamp>) -> f64 {
    let start = first.map_or(period.start, |first| first.max(period.start).min(period.end));
    Period::new(start, period.end).seconds()
}

fn are_as_long(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME_LENGTH_SHARE * a.max(b)
}

/// The first two sides against each other, and all of them where there are more.
pub(crate) fn comparison(sides: &[Side], counted: &CountedSides, place: &Place<'_>) -> Option<Comparison> {
    let seconds = |side: &Side| {
        let first = place.first_event(side.filter.cameras.as_deref().unwrap_or_default());
        side.periods.iter().map(|period| recorded_seconds(period, first)).sum::<f64>()
    };
    let is_even = sides.windows(2).all(|pair| match pair {
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
    Some(Comparison {
        a: a.clone(),
        b: b.clone(),
        difference: a.events as i64 - b.events as i64,
        ratio: (b.events > 0).then(|| a.events as f64 / b.events as f64),
        ratio_per_hour: per_hour.filter(|(_, b)| *b > 0.0).map(|(a, b)| rounded(a / b)),
        same_stretch: counted.same_stretch.as_ref().map(|(side, totals)| shown(side, totals, &[])),
        sides: if all.len() > 2 { all } else { Vec::new() },
    })
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
