//! Counts in groups → which has most, or least. Sites, weeks, months, weekdays and hours of the day are
//! folded from what the store counts. Where the least is wanted, groups without events count as well, as
//! far as it is known which groups there are. Must never drop an event from a fold.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{Timestamp, ToSpan, civil::Date};

use super::series::{self, Step, Stretch};
use crate::{
    Period,
    ask::{Grouping, Intent, Interpretation, Threshold, place::Place},
    event_store::{Count, EventFilter, GroupBy, GroupValue, Totals},
};

/// Stretches that are listed although nothing happened in them; more are not read.
const STRETCHES_FILLED_MAX: usize = 31;

/// Stretches that a recurring group ("Fridays") is narrowed to.
const PERIODS_NARROWED_MAX: usize = 100;

/// The value of one group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum GroupKey {
    /// Camera, site, label, type, zone.
    Text(Arc<str>),
    /// The first instant of a local hour.
    Hour(Timestamp),
    /// A local day; the first of a week or a month.
    Day(Date),
    /// 0 to 23.
    HourOfDay(u8),
    /// 0 = Monday.
    Weekday(u8),
}

/// One group of a ranking.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranked {
    /// The group itself.
    pub key: GroupKey,
    /// What is in it.
    pub totals: Totals,
    /// How often it recurs in what was asked for, where groups recur: three Wednesdays.
    pub times: Option<u64>,
}

/// Groups in the order of their size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ranking {
    /// By what they are grouped.
    pub by: Grouping,
    /// Whether the smallest is first.
    pub is_least: bool,
    /// Whether groups without events are among them.
    pub has_empty: bool,
    /// Whether the stretch that still runs was left out.
    pub lacks_running: bool,
    /// In the order of their size; ties in the order of their keys.
    pub groups: Vec<Ranked>,
    /// How many are wanted, where the question says: "the top 3".
    pub top: Option<usize>,
    /// How much the groups must hold; the others were taken out.
    pub bounded: Option<Bounded>,
}

/// Groups of which only those within a bound are left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bounded {
    /// What they must hold.
    pub threshold: Threshold,
    /// How many groups were looked at, where it is known which there are.
    pub of: Option<usize>,
    /// The one that came nearest, where none holds enough, or few enough.
    pub nearest: Option<Ranked>,
}

/// What the store is asked to group by.
pub(crate) fn stored(grouping: Grouping) -> GroupBy {
    match grouping {
        Grouping::Camera | Grouping::Site => GroupBy::Camera,
        Grouping::Zone => GroupBy::Zone,
        Grouping::Label => GroupBy::Label,
        Grouping::EventType => GroupBy::EventType,
        Grouping::Hour => GroupBy::Hour,
        Grouping::Day | Grouping::Week | Grouping::Month => GroupBy::Day,
        Grouping::HourOfDay | Grouping::Weekday => GroupBy::HourOfWeek,
        Grouping::SubLabel => GroupBy::SubLabel,
    }
}

/// Ranks a count by [`stored`] of the same grouping.
pub(crate) fn ranking(
    by: Grouping,
    count: Count,
    interpretation: &Interpretation,
    searched: &[String],
    place: &Place<'_>,
) -> Ranking {
    let mut folded: BTreeMap<GroupKey, Totals> = BTreeMap::new();
    let mut lacks_running = false;
    let threshold = interpretation.threshold.as_ref();
    let is_least = interpretation.is_least || threshold.is_some_and(Threshold::holds_of_nothing);
    // "How many per day" lists the days without any as well.
    let lists_all = interpretation.intent != Intent::Busiest && is_time(by);
    let known = if is_least || lists_all || threshold.is_some() {
        known_groups(by, interpretation, searched, place)
    } else {
        None
    };
    let known =
        known.filter(|known| is_least || threshold.is_some() || known.keys.len() <= STRETCHES_FILLED_MAX);
    let has_empty = known.is_some();
    if let Some(mut known) = known {
        lacks_running = known.lacks_running && is_least;
        if !lacks_running {
            known.keys.extend(known.running.take());
        }
        folded.extend(known.keys.into_iter().map(|key| (key, Totals::default())));
    }
    for group in count.groups {
        let Some(key) = group.key.first().and_then(|value| key_of(by, value, place)) else { continue };
        if lacks_running && !folded.contains_key(&key) {
            continue;
        }
        let sum = folded.entry(key).or_default();
        sum.events += group.totals.events;
        sum.visits += group.totals.visits;
    }
    let times = recurrences(by, interpretation, place);
    let ranked = |(key, totals)| {
        let times = times.get(&key).copied();
        Ranked { key, totals, times }
    };
    let mut groups: Vec<Ranked> = folded.into_iter().map(ranked).collect();
    groups.sort_by(|a, b| {
        let by_size = b.totals.events.cmp(&a.totals.events);
        let by_size = if is_least { by_size.reverse() } else { by_size };
        by_size.then_with(|| a.key.cmp(&b.key))
    });
    let bounded = threshold.map(|threshold| bound(&mut groups, threshold, has_empty));
    Ranking { by, is_least, has_empty, lacks_running, groups, top: interpretation.top, bounded }
}

/// Takes out the groups that hold too little or too much.
fn bound(groups: &mut Vec<Ranked>, threshold: &Threshold, is_whole: bool) -> Bounded {
    let is_sized = |group: &&Ranked| group.totals.events > 0 || threshold.holds_of_nothing();
    let distance = |group: &&Ranked| {
        let size = threshold.size(group.totals);
        threshold.at_least.map_or(0, |least| least.saturating_sub(size))
            + threshold.at_most.map_or(0, |most| size.saturating_sub(most))
    };
    let of = is_whole.then_some(groups.len());
    let nearest = groups.iter().filter(is_sized).min_by_key(distance).cloned();
    groups.retain(|group| threshold.holds(group.totals));
    if threshold.of_visits {
        let is_up = threshold.holds_of_nothing();
        groups.sort_by_key(|group| if is_up { group.totals.visits } else { u64::MAX - group.totals.visits });
    }
    let nearest = nearest.filter(|_| groups.is_empty());
    Bounded { threshold: threshold.clone(), of, nearest }
}

/// The group that a value of the store belongs to.
pub(crate) fn key_of(by: Grouping, value: &GroupValue, place: &Place<'_>) -> Option<GroupKey> {
    Some(match (by, value) {
        (Grouping::Site, GroupValue::Text(id)) => {
            GroupKey::Text(place.site_of(id).map_or_else(|| Arc::clone(id), Arc::from))
        }
        (_, GroupValue::Text(text)) => GroupKey::Text(Arc::clone(text)),
        (_, GroupValue::Hour(start)) => GroupKey::Hour(*start),
        (Grouping::Week, GroupValue::Day(day)) => {
            let since_monday = i64::from(day.weekday().to_monday_zero_offset());
            GroupKey::Day(day.checked_sub(since_monday.days()).ok()?)
        }
        (Grouping::Month, GroupValue::Day(day)) => GroupKey::Day(day.first_of_month()),
        (_, GroupValue::Day(day)) => GroupKey::Day(*day),
        (Grouping::Weekday, GroupValue::HourOfWeek(hour)) => GroupKey::Weekday(hour / 24),
        (_, GroupValue::HourOfWeek(hour)) => GroupKey::HourOfDay(hour % 24),
    })
}

/// Whether a grouping is by stretches of time.
pub(crate) fn is_time(by: Grouping) -> bool {
    use Grouping::{Day, Hour, HourOfDay, Month, Week, Weekday};
    matches!(by, Hour | HourOfDay | Day | Weekday | Week | Month)
}

struct Known {
    keys: Vec<GroupKey>,
    lacks_running: bool,
    /// The one that was left out.
    running: Option<GroupKey>,
}

/// Every group that there can be, the running stretch of time left out: it is quiet only because it is
/// young. `None` where that is not known.
fn known_groups(
    by: Grouping,
    interpretation: &Interpretation,
    searched: &[String],
    place: &Place<'_>,
) -> Option<Known> {
    let whole = |keys: Vec<GroupKey>| Some(Known { keys, lacks_running: false, running: None });
    match by {
        Grouping::Camera | Grouping::Site => whole(
            searched
                .iter()
                .filter_map(|id| key_of(by, &GroupValue::Text(id.as_str().into()), place))
                .collect(),
        ),
        Grouping::Hour
        | Grouping::Day
        | Grouping::Week
        | Grouping::Month
        | Grouping::HourOfDay
        | Grouping::Weekday => {
            let is_hourly = matches!(by, Grouping::Hour | Grouping::HourOfDay);
            let step = if is_hourly { Step::Hour } else { Step::Day };
            let periods = stretched(interpretation, place)?;
            let stretches = series::lay_out(&Count::default(), &periods, step, place.timezone);
            if stretches.len() >= series::STRETCHES_MAX {
                return None;
            }
            let is_running = |stretch: &Stretch| stretch.end >= place.now;
            let is_single = matches!(by, Grouping::Hour | Grouping::Day);
            let lacks_running = is_single && stretches.len() > 1 && stretches.last().is_some_and(is_running);
            let kept = stretches.iter().filter(|stretch| !(lacks_running && is_running(stretch)));
            let keys = kept.filter_map(|stretch| key_at(by, stretch.start, place)).collect();
            let running = stretches.last().filter(|_| lacks_running);
            let running = running.and_then(|stretch| key_at(by, stretch.start, place));
            Some(Known { keys, lacks_running, running })
        }
        Grouping::Label | Grouping::EventType | Grouping::Zone | Grouping::SubLabel => None,
    }
}

/// How often each weekday recurs, begun ones included; empty for other groups.
fn recurrences(by: Grouping, interpretation: &Interpretation, place: &Place<'_>) -> BTreeMap<GroupKey, u64> {
    let mut times = BTreeMap::new();
    let Some(mut periods) = stretched(interpretation, place).filter(|_| by == Grouping::Weekday) else {
        return times;
    };
    if let Some(first) = place.first_event(&interpretation.cameras) {
        // Before the recordings there is nothing to be busy.
        periods.retain(|period| period.end > first);
        for period in &mut periods {
            period.start = period.start.max(first);
        }
    }
    for stretch in series::lay_out(&Count::default(), &periods, Step::Day, place.timezone) {
        if let Some(key) = key_at(by, stretch.start, place) {
            *times.entry(key).or_insert(0) += 1;
        }
    }
    times
}

/// The periods of a question, else all that was recorded.
fn stretched(interpretation: &Interpretation, place: &Place<'_>) -> Option<Vec<Period>> {
    if !interpretation.periods.is_empty() {
        return Some(interpretation.periods.clone());
    }
    Some(vec![Period::new(place.first_event(&interpretation.cameras)?, place.now)])
}

/// The group that an instant belongs to.
pub(super) fn key_at(by: Grouping, start: Timestamp, place: &Place<'_>) -> Option<GroupKey> {
    let local = start.to_zoned(place.timezone.clone());
    match by {
        // Periods may begin within an hour; its group begins with it.
        Grouping::Hour => Some(GroupKey::Hour(series::hour_of(start, place.timezone))),
        Grouping::HourOfDay => Some(GroupKey::HourOfDay(local.hour().unsigned_abs())),
        Grouping::Weekday => Some(GroupKey::Weekday(local.weekday().to_monday_zero_offset().unsigned_abs())),
        _ => key_of(by, &GroupValue::Day(local.date()), place),
    }
}

/// Narrows a filter to the first group, whose events are the evidence of a "busiest".
pub(crate) fn narrowed(mut filter: EventFilter, ranking: Option<&Ranking>, place: &Place<'_>) -> EventFilter {
    let Some((by, top)) = ranking.and_then(|r| Some((r.by, r.groups.first()?))) else { return filter };
    let within = |periods: &[Period], wanted: Option<Period>| -> Vec<Period> {
        let Some(wanted) = wanted else { return periods.to_vec() };
        if periods.is_empty() {
            return vec![wanted];
        }
        let cut = periods.iter().filter(|p| p.start < wanted.end && wanted.start < p.end);
        cut.map(|p| Period::new(p.start.max(wanted.start), p.end.min(wanted.end))).collect()
    };
    // Of "the stock room or the ramp" one camera or one zone is left, and it alone is looked at.
    if filter.any_place
        && let (Grouping::Camera | Grouping::Site | Grouping::Zone, GroupKey::Text(top)) = (by, &top.key)
    {
        let is_named = filter.cameras.take().is_some_and(|cameras| cameras.iter().any(|id| **id == **top));
        if is_named {
            filter.zones.clear();
        }
        filter.any_place = false;
    }
    match (by, &top.key) {
        (Grouping::Camera, GroupKey::Text(id)) => filter.cameras = Some(vec![id.to_string()]),
        (Grouping::Site, GroupKey::Text(id)) => {
            let of_site = place.cameras_of_site(id);
            let of_site = if of_site.is_empty() { vec![id.to_string()] } else { of_site };
            let is_allowed = |camera: &String| filter.cameras.as_ref().is_none_or(|c| c.contains(camera));
            filter.cameras = Some(of_site.into_iter().filter(is_allowed).collect());
        }
        (Grouping::Label, GroupKey::Text(label)) if !label.is_empty() => {
            filter.labels = vec![label.to_string()];
        }
        (Grouping::SubLabel, GroupKey::Text(name)) => filter.sub_labels = vec![name.to_string()],
        (Grouping::EventType, GroupKey::Text(kind)) => filter.event_types = vec![kind.to_string()],
        (Grouping::Zone, GroupKey::Text(zone)) => filter.zones = vec![zone.to_string()],
        (_, GroupKey::Hour(start)) => filter.periods = within(&filter.periods, Some(series::hour(*start))),
        (_, GroupKey::Day(day)) => filter.periods = within(&filter.periods, days(by, *day, place)),
        (_, GroupKey::HourOfDay(_) | GroupKey::Weekday(_)) => {
            if let Some(periods) = recurring(by, &top.key, &filter, place) {
                filter.periods = periods;
            }
        }
        _ => {}
    }
    filter
}

/// Every hour or day that belongs to a recurring group; `None` when there are too many to ask for.
fn recurring(by: Grouping, key: &GroupKey, filter: &EventFilter, place: &Place<'_>) -> Option<Vec<Period>> {
    let whole = || Some(vec![Period::new(place.first_event(&[])?, place.now)]);
    let periods = if filter.periods.is_empty() { whole()? } else { filter.periods.clone() };
    let step = if by == Grouping::HourOfDay { Step::Hour } else { Step::Day };
    let stretches = series::lay_out(&Count::default(), &periods, step, place.timezone);
    let of_group = stretches.iter().filter(|stretch| key_at(by, stretch.start, place).as_ref() == Some(key));
    let chosen: Vec<Period> = of_group.map(|stretch| Period::new(stretch.start, stretch.end)).collect();
    let fits = stretches.len() < series::STRETCHES_MAX && chosen.len() <= PERIODS_NARROWED_MAX;
    fits.then_some(chosen)
}

/// Whether the evidence of a ranking is that of its first group.
pub(crate) fn is_narrowed(ranking: &Ranking, evidence: &[crate::ask::Evidence], place: &Place<'_>) -> bool {
    let Some(first) = ranking.groups.first() else { return false };
    match first.key {
        GroupKey::HourOfDay(_) | GroupKey::Weekday(_) => evidence
            .iter()
            .all(|event| key_at(ranking.by, event.timestamp, place).as_ref() == Some(&first.key)),
        _ => true,
    }
}

/// The stretch of a day, or of the week or month that begins with it.
pub(crate) fn days(by: Grouping, first: Date, place: &Place<'_>) -> Option<Period> {
    let last = match by {
        Grouping::Week => first.checked_add(6.days()).ok()?,
        Grouping::Month => first.last_of_month(),
        _ => first,
    };
    let (start, end) = (series::day(first, place.timezone)?, series::day(last, place.timezone)?);
    Some(Period::new(start.start, end.end))
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;

    proptest! {
        /// Of all groups those that hold enough and not too much are left, every one of them; a group that
        /// came near is told only where none is left.
        #[test]
        fn the_groups_within_a_bound_are_left(
            sizes in vec((0_u64..6, 0_u64..4), 0..12),
            at_least in option::of(0_u64..6),
            at_most in option::of(0_u64..6),
            of_visits: bool,
        ) {
            let threshold = Threshold { text: String::new(), at_least, at_most, of_visits };
            let all: Vec<Ranked> = (0_u8..)
                .zip(&sizes)
                .map(|(hour, (events, visits))| Ranked {
                    key: GroupKey::HourOfDay(hour),
                    totals: Totals { events: *events, visits: *visits.min(events) },
                    times: None,
                })
                .collect();
            let mut left = all.clone();
            let bounded = bound(&mut left, &threshold, true);
            let size = |group: &Ranked| if of_visits { group.totals.visits } else { group.totals.events };
            let is_within = |group: &&Ranked| {
                at_least.is_none_or(|least| size(group) >= least) && at_most.is_none_or(|most| size(group) <= most)
            };
            left.sort_by(|a, b| a.key.cmp(&b.key));
            prop_assert_eq!(&left, &all.iter().filter(is_within).cloned().collect::<Vec<_>>());
            prop_assert_eq!(bounded.of, Some(all.len()));
            prop_assert!(bounded.nearest.is_none() || left.is_empty());
        }
    }
}
