//! Which sides a comparison has: periods, cameras, sites, labels …, what is usual, or questions of their own. Read
//! from the interpretation; nothing is counted here.

use jiff::{Timestamp, ToSpan};

use super::{
    filter::event_filter,
    series::{self, Step},
    usual,
};
use crate::{
    Period,
    ask::{Claim, Grouping, Interpretation, place::Place, word_sides, write::phrases},
    event_store::{Count, EventFilter},
};

/// The most sides that are counted; what comes after them is left out and said to be.
pub(crate) const SIDES_MAX: usize = 24;
/// Lengths that differ by less than this share are the same: an hour of a long day at a change of clocks.
const SAME_LENGTH_SHARE: f64 = 0.05;
const WEEK_DAYS: i32 = 7;

/// One side before it is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Side {
    /// What to call it.
    pub name: String,
    /// Its periods, when the sides differ by time.
    pub periods: Vec<Period>,
    /// Which events.
    pub filter: EventFilter,
    /// Its words, where the sides differ in them.
    pub words: Option<String>,
    /// Over how many stretches its mean is meant: "a normal Friday". Without it, the sum.
    pub mean_of: Option<u64>,
}

/// The sides of a comparison, the one named first first; fewer than two when there is nothing to
/// compare. A single period is compared with the same stretch as many days before as it is long.
pub(crate) fn sides(interpretation: &Interpretation, filter: &EventFilter, place: &Place<'_>) -> Vec<Side> {
    if !interpretation.sides.is_empty() {
        let mut sides: Vec<Side> = interpretation.sides.iter().map(of_question).collect();
        // Sides of one time are told without it; sides of two are told by how long they are.
        if let [first, rest @ ..] = sides.as_slice()
            && rest.iter().all(|side| side.filter.periods != first.filter.periods)
        {
            for side in &mut sides {
                side.periods.clone_from(&side.filter.periods);
            }
        }
        return sides;
    }
    // "Were Tom and Ruth both there on Friday and Saturday?" sets nobody against a day.
    let is_each = interpretation.claim == Claim::Each;
    let by_period = if is_each { Vec::new() } else { sides_by_period(interpretation, filter, place) };
    if matches!(interpretation.claim, Claim::Trend | Claim::Usual) {
        return over_time(interpretation, by_period, filter, place);
    }
    if by_period.len() > 1 {
        if interpretation.is_average && by_period.iter().all(|side| side.periods.len() > 1) {
            return by_period.into_iter().map(|side| mean_of_each(side, place)).collect();
        }
        return as_means(by_period, place);
    }
    let with = |name: &str, change: &dyn Fn(&mut EventFilter)| {
        let mut filter = filter.clone();
        change(&mut filter);
        Side { name: name.to_owned(), filter, ..Side::default() }
    };
    let name = |n: &String| with(n, &|f| f.sub_labels = vec![n.clone()]);
    let label = |l: &String| with(&phrases::plural(l), &|f| f.labels = vec![l.clone()]);
    if is_each && interpretation.sub_labels.len() > 1 {
        return interpretation.sub_labels.iter().map(name).collect();
    }
    if is_each && interpretation.labels.len() > 1 {
        return interpretation.labels.iter().map(label).collect();
    }
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
        return interpretation.sub_labels.iter().map(name).collect();
    }
    let by_words = interpretation.words.as_deref().map(word_sides::of).unwrap_or_default();
    if by_words.len() > 1 {
        let worded = |words: String| Side { words: Some(words.clone()), ..with(&words, &|_| {}) };
        return by_words.into_iter().map(worded).collect();
    }
    let Some(side) = by_period.into_iter().next() else { return Vec::new() };
    let before = before(&side, filter, place, false);
    std::iter::once(side).chain(before).collect()
}

/// A side that is a question of its own: "how many cars today and how many trucks yesterday?"
fn of_question((name, meant): &(String, Interpretation)) -> Side {
    Side {
        name: name.clone(),
        filter: event_filter(meant),
        words: Some(meant.words.clone().unwrap_or_default()),
        ..Side::default()
    }
}

/// "Is it going up?", "more than usual?": the time asked for against what was before, whatever else is named.
fn over_time(
    interpretation: &Interpretation,
    by_period: Vec<Side>,
    filter: &EventFilter,
    place: &Place<'_>,
) -> Vec<Side> {
    let is_trend = interpretation.claim == Claim::Trend;
    if by_period.len() > 1 && is_trend {
        return by_period;
    }
    let Some(side) = by_period.into_iter().next() else { return Vec::new() };
    let against = if is_trend { before(&side, filter, place, true) } else { usually(&side, filter, place) };
    std::iter::once(side).chain(against).collect()
}

/// The mean of the same stretches of the weeks before.
fn usually(of: &Side, filter: &EventFilter, place: &Place<'_>) -> Option<Side> {
    let weeks = usual::weeks_before(&of.periods, filter.cameras.as_deref(), place);
    let many = weeks.len() as u64;
    let name = if many == 1 { "the week before".to_owned() } else { format!("the {many} weeks before") };
    let periods: Vec<Period> = weeks.into_iter().flatten().collect();
    (many > 0).then(|| Side { mean_of: Some(many), ..side(name, periods, filter) })
}

/// "On average on Mondays against Fridays": the mean of the stretches that were recorded.
fn mean_of_each(side: Side, place: &Place<'_>) -> Side {
    let periods = usual::recorded(&side.periods, side.filter.cameras.as_deref(), None, place);
    if periods.is_empty() {
        return side;
    }
    let filter = EventFilter { periods: periods.clone(), ..side.filter };
    Side { mean_of: Some(periods.len() as u64), periods, filter, ..side }
}

/// "A normal Friday" is the mean of the Fridays there were, not their sum; so are "other Fridays" beside one.
fn as_means(sides: Vec<Side>, place: &Place<'_>) -> Vec<Side> {
    let length = |periods: &[Period]| match periods {
        [only] => Some(only.seconds()),
        _ => None,
    };
    let singles: Vec<(Period, f64)> = sides
        .iter()
        .filter_map(|side| Some((side.periods.first()?.clone(), length(&side.periods)?)))
        .collect();
    let [(single, seconds)] = singles.as_slice() else { return sides };
    let is_running = single.end >= place.now;
    let mean = |side: Side| {
        let is_called = side.periods.iter().any(|period| usual::is_called_usual(&period.text));
        let is_of_alike = side.periods.iter().all(|period| are_as_long(period.seconds(), *seconds));
        if side.periods.len() < 2 || !(is_called || is_of_alike) {
            return side;
        }
        // The one that it is held against is none of them.
        let others: Vec<Period> =
            side.periods.iter().filter(|period| period.start != single.start).cloned().collect();
        let running = is_running.then_some(single);
        let periods = usual::recorded(&others, side.filter.cameras.as_deref(), running, place);
        if periods.is_empty() {
            return side;
        }
        let filter = EventFilter { periods: periods.clone(), ..side.filter };
        Side { mean_of: Some(periods.len() as u64), periods, filter, ..side }
    };
    sides.into_iter().map(mean).collect()
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
    Side {
        name,
        filter: EventFilter { periods: periods.clone(), ..filter.clone() },
        periods,
        ..Side::default()
    }
}

/// The same stretch, whole days earlier.
fn before(after: &Side, filter: &EventFilter, place: &Place<'_>, is_trend: bool) -> Option<Side> {
    let [period] = after.periods.as_slice() else { return None };
    // Nothing is before what reaches from ever on.
    if period.start == Timestamp::UNIX_EPOCH {
        return None;
    }
    let days = (period.seconds() / 86_400.0).ceil().max(1.0) as i32;
    // Whether a week that still runs has more is asked of the same days of the week before.
    let days = if is_trend && (2..WEEK_DAYS).contains(&days) { WEEK_DAYS } else { days };
    let shift = |instant: jiff::Timestamp| {
        let local = instant.to_zoned(place.timezone.clone());
        Some(local.checked_sub(days.days()).ok()?.timestamp())
    };
    let earlier = Period::new(shift(period.start)?, shift(period.end)?);
    let name = if days == 1 { "the day before".to_owned() } else { format!("the {days} days before") };
    Some(side(name, vec![earlier], filter))
}

pub(super) fn are_as_long(a: f64, b: f64) -> bool {
    (a - b).abs() <= SAME_LENGTH_SHARE * a.max(b)
}
