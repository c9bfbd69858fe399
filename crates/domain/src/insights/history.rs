//! Hourly counts of a range and of the weeks before it, camera by camera.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures::{StreamExt, TryStreamExt, stream};
use jiff::{RoundMode, SignedDuration, Timestamp, Unit, ZonedRound, tz::TimeZone};

use super::{baseline::Pooling, insight::InsightCoverage};
use crate::{
    Period, Result, Scope,
    ask::plain,
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, GroupValue},
};

/// Less history than this judges nothing.
const DAYS_MIN: f64 = 7.0;
/// Cameras looked at in one reply; the rest is reported.
const CAMERAS_MAX: usize = 500;
/// Counts under way at once.
const COUNTS_AT_ONCE: usize = 4;

/// Counts by hour.
pub(super) type Hourly = HashMap<Timestamp, u64>;

/// One camera.
#[derive(Debug)]
pub(super) struct CameraHistory {
    pub(super) camera_id: String,
    /// By label; "" for events without one.
    pub(super) by_label: BTreeMap<Arc<str>, Hourly>,
    pub(super) total: Hourly,
    /// Whole hours of history before the range.
    pub(super) past_hours: Vec<Timestamp>,
    /// Events before the range, as far back as the store goes.
    pub(super) events_before: u64,
    /// Labels and types whose first event ever lies in the range.
    pub(super) first_labels: BTreeSet<Arc<str>>,
    pub(super) first_types: BTreeSet<Arc<str>>,
}

/// Everything that a reply is computed from.
#[derive(Debug)]
pub(super) struct History {
    pub(super) range: Period,
    pub(super) timezone: TimeZone,
    pub(super) pooling: Pooling,
    /// The hours that touch the range, each with the share of it that lies inside.
    pub(super) range_hours: Vec<(Timestamp, f64)>,
    pub(super) cameras: Vec<CameraHistory>,
    weeks: f64,
    events: u64,
    notes: Vec<String>,
}

impl History {
    /// Loads the counts from `first` to the end of the range.
    pub(super) async fn load(
        store: &dyn EventStore,
        scope: &Scope,
        first: Timestamp,
        range: Period,
        timezone: TimeZone,
    ) -> Result<Self> {
        let vocabulary = store.vocabulary(scope).await?;
        let mut notes = Vec::new();
        let mut judged = Vec::new();
        for camera in &vocabulary.cameras {
            let days = range.start.duration_since(camera.first_event).as_secs_f64() / 86_400.0;
            if days >= DAYS_MIN {
                judged.push((camera.camera_id.to_string(), camera.first_event.max(first)));
            } else {
                notes.push(format!(
                    "{}: too little history before this range: {:.1} days, {DAYS_MIN:.0} are needed",
                    plain(&camera.camera_id),
                    days.max(0.0)
                ));
            }
        }
        if judged.len() > CAMERAS_MAX {
            notes.push(format!("{} of {} cameras were looked at", CAMERAS_MAX, judged.len()));
            judged.truncate(CAMERAS_MAX);
        }
        let earliest = judged.iter().map(|(_, since)| *since).min().unwrap_or(range.start);
        let weeks = range.start.duration_since(earliest).as_secs_f64() / (7.0 * 86_400.0);
        let range_hours = hours_touching(&range, &timezone);
        let counted: Vec<CameraHistory> = stream::iter(judged)
            .map(|(camera_id, since)| camera_history(store, scope, camera_id, since, &range, &timezone))
            .buffered(COUNTS_AT_ONCE)
            .try_collect()
            .await?;
        let events = counted
            .iter()
            .flat_map(|camera| range_hours.iter().filter_map(|(hour, _)| camera.total.get(hour)))
            .sum();
        let pooling = Pooling::for_weeks(weeks);
        Ok(Self { range, timezone, pooling, range_hours, cameras: counted, weeks, events, notes })
    }

    pub(super) fn coverage(&self) -> InsightCoverage {
        InsightCoverage {
            cameras: self.cameras.len(),
            weeks_of_history: (self.weeks * 10.0).round() / 10.0,
            events: self.events,
            notes: self.notes.clone(),
        }
    }

    /// Weeks of history before the range.
    pub(super) fn weeks(&self) -> f64 {
        self.weeks
    }
}

async fn camera_history(
    store: &dyn EventStore,
    scope: &Scope,
    camera_id: String,
    since: Timestamp,
    range: &Period,
    timezone: &TimeZone,
) -> Result<CameraHistory> {
    let count = |period: Period, group_by: Vec<GroupBy>| {
        let filter = EventFilter {
            cameras: Some(vec![camera_id.clone()]),
            periods: vec![period],
            ..EventFilter::default()
        };
        CountRequest { filter, words: None, group_by, timezone: timezone.clone() }
    };
    let start = floor_hour(since, timezone);
    let hourly = count(Period::new(start, range.end), vec![GroupBy::Label, GroupBy::Hour]);
    let before = Period::new(Timestamp::MIN, range.start);
    let old_labels = count(before.clone(), vec![GroupBy::Label]);
    let old_types = count(before, vec![GroupBy::EventType]);
    let new_types = count(range.clone(), vec![GroupBy::EventType]);
    let new_labels = count(range.clone(), vec![GroupBy::Label]);
    let (hourly, old_labels, old_types, new_types, new_labels) = futures::try_join!(
        store.count(scope, &hourly),
        store.count(scope, &old_labels),
        store.count(scope, &old_types),
        store.count(scope, &new_types),
        store.count(scope, &new_labels)
    )?;
    let mut by_label: BTreeMap<Arc<str>, Hourly> = BTreeMap::new();
    let mut total = Hourly::new();
    for group in &hourly.groups {
        if let [GroupValue::Text(label), GroupValue::Hour(hour)] = group.key.as_slice() {
            by_label.entry(label.clone()).or_default().insert(*hour, group.totals.events);
            *total.entry(*hour).or_default() += group.totals.events;
        }
    }
    // The hour in which the camera began and the one in which the range begins are not whole.
    let past = Period::new(since, floor_hour(range.start, timezone));
    let past_hours = hours_touching(&past, timezone)
        .into_iter()
        .filter(|(_, share)| *share >= 1.0)
        .map(|(hour, _)| hour)
        .collect();
    Ok(CameraHistory {
        events_before: old_labels.totals.events,
        first_labels: &texts(&new_labels) - &texts(&old_labels),
        first_types: &texts(&new_types) - &texts(&old_types),
        camera_id,
        by_label,
        total,
        past_hours,
    })
}

fn texts(count: &crate::event_store::Count) -> BTreeSet<Arc<str>> {
    count
        .groups
        .iter()
        .filter_map(|group| match group.key.first() {
            Some(GroupValue::Text(text)) if !text.is_empty() => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// The first instant of the local hour.
pub(super) fn floor_hour(instant: Timestamp, timezone: &TimeZone) -> Timestamp {
    let round = ZonedRound::new().smallest(Unit::Hour).mode(RoundMode::Trunc);
    instant.to_zoned(timezone.clone()).round(round).map_or(instant, |hour| hour.timestamp())
}

/// The local hours that touch a period, each with the share of it that lies inside.
pub(super) fn hours_touching(period: &Period, timezone: &TimeZone) -> Vec<(Timestamp, f64)> {
    let mut hours = Vec::new();
    let mut hour = floor_hour(period.start, timezone);
    while hour < period.end {
        let Ok(ahead) = hour.checked_add(SignedDuration::from_hours(1)) else { break };
        // A change of the clocks by less than an hour makes local hours of another length.
        let next = Some(floor_hour(ahead, timezone)).filter(|next| *next > hour).unwrap_or(ahead);
        let inside = next.min(period.end).duration_since(hour.max(period.start)).as_secs_f64();
        hours.push((hour, inside / next.duration_since(hour).as_secs_f64()));
        hour = next;
    }
    hours
}
