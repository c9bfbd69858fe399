//! Means over stretches of time or over cameras: "on average per day". A stretch that is cut off, because it
//! still runs or because recordings began within it, would pull the mean down: it is left out.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Weekday},
};

use super::{
    ranking::{self, GroupKey, Ranking},
    series::{self, Step},
};
use crate::{
    Period,
    ask::{self, Grouping, Interpretation, place::Place},
    event_store::{Count, Totals},
};

/// The days that a week has.
const WEEK_DAYS: usize = 7;
/// How late in a stretch its first event may be for the stretch to count as recorded from its beginning.
const FIRST_EVENT_LATE_MAX: SignedDuration = SignedDuration::from_hours(1);

/// A mean over groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Average {
    /// By what the events are grouped.
    pub by: Grouping,
    /// Over how many groups.
    pub groups: u64,
    /// What is in these groups.
    pub totals: Totals,
    /// Whether stretches that are cut off were left out.
    pub lacks_cut_off: bool,
}

impl Average {
    /// Events a group, to one place.
    pub(crate) fn events(&self) -> f64 {
        mean(self.totals.events, self.groups)
    }

    /// Visits a group.
    pub(crate) fn visits(&self) -> f64 {
        mean(self.totals.visits, self.groups)
    }

    /// As a reply shows it.
    pub(crate) fn shown(&self) -> ask::Average {
        ask::Average {
            per: self.by,
            groups: self.groups,
            events: self.totals.events,
            visits: self.totals.visits,
            events_each: self.events(),
            visits_each: self.visits(),
        }
    }
}

fn mean(sum: u64, groups: u64) -> f64 {
    (sum as f64 * 10.0 / groups.max(1) as f64).round() / 10.0
}

/// By what is counted for a mean: "per weekday" is over the days from Monday to Friday, each of its own.
pub(super) fn counted_by(by: Grouping) -> Grouping {
    if by == Grouping::Weekday { Grouping::Day } else { by }
}

/// The mean of a ranking by [`counted_by`]; `None` where no group is whole.
pub(super) fn average(
    ranking: &Ranking,
    interpretation: &Interpretation,
    searched: &[String],
    place: &Place<'_>,
) -> Option<Average> {
    let of = |keys: &[GroupKey]| {
        let mut sum = Totals::default();
        for group in ranking.groups.iter().filter(|group| keys.contains(&group.key)) {
            sum.events += group.totals.events;
            sum.visits += group.totals.visits;
        }
        sum
    };
    let all: Vec<GroupKey> = ranking.groups.iter().map(|group| group.key.clone()).collect();
    let (mut keys, lacks_cut_off) = match ranking.by {
        Grouping::Camera => {
            let ids = searched.iter().map(|id| GroupKey::Text(id.as_str().into()));
            (ids.collect::<Vec<_>>(), false)
        }
        by if ranking::is_time(by) => whole_stretches(by, interpretation, place)?,
        _ => (all, false),
    };
    let by = interpretation.group_by.unwrap_or(ranking.by);
    if by == Grouping::Weekday {
        keys.retain(|key| matches!(key, GroupKey::Day(day) if !is_weekend(*day)));
    }
    let groups = keys.len() as u64;
    (groups > 0).then(|| Average { by, groups, totals: of(&keys), lacks_cut_off })
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The stretches that lie wholly within the question and the recordings, and whether others do not.
fn whole_stretches(
    by: Grouping,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> Option<(Vec<GroupKey>, bool)> {
    let first = place.first_event(&interpretation.cameras)?;
    // Where recordings begin within the first hour of a day, the day is as good as whole.
    let is_recorded = |start: Timestamp| first.duration_since(start) <= FIRST_EVENT_LATE_MAX;
    let mut periods = interpretation.periods.clone();
    if periods.is_empty() {
        periods.push(Period::new(first, place.now));
    }
    let step = if matches!(by, Grouping::Hour | Grouping::HourOfDay) { Step::Hour } else { Step::Day };
    let stretches = series::lay_out(&Count::default(), &periods, step, place.timezone);
    if stretches.len() >= series::STRETCHES_MAX {
        return None;
    }
    let is_whole = |stretch: &series::Stretch| {
        let full = match step {
            Step::Hour => series::hour(stretch.start),
            _ => series::day(stretch.start.to_zoned(place.timezone.clone()).date(), place.timezone)?,
        };
        Some(full.start == stretch.start && full.end == stretch.end && stretch.end <= place.now)
    };
    // A part of each day ("every morning") is whole as it is.
    let is_of_parts = periods.len() > 1;
    let mut found: BTreeMap<GroupKey, (usize, bool)> = BTreeMap::new();
    for stretch in &stretches {
        let Some(key) = ranking::key_at(by, stretch.start, place) else { continue };
        let is_part = is_of_parts && step == Step::Day && stretch.end < place.now;
        let is_whole = is_recorded(stretch.start) && (is_part || is_whole(stretch).unwrap_or(false));
        let group = found.entry(key).or_insert((0, true));
        *group = (group.0 + 1, group.1 && is_whole);
    }
    let has_all_days = |key: &GroupKey, days: usize| match (by, key) {
        (Grouping::Week, _) => days == WEEK_DAYS,
        (Grouping::Month, GroupKey::Day(first)) => days == usize::from(first.days_in_month().unsigned_abs()),
        _ => true,
    };
    let count = found.len();
    let keys: Vec<GroupKey> = found
        .into_iter()
        .filter(|(key, (days, is_whole))| *is_whole && (is_of_parts || has_all_days(key, *days)))
        .map(|(key, _)| key)
        .collect();
    let lacks = keys.len() < count;
    Some((keys, lacks))
}
