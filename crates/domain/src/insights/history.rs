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
    event_store::{CameraActivity, CountRequest, EventFilter, EventStore, GroupBy, GroupValue},
};

/// The history that judges an instant: so much before it.
pub(super) const HISTORY: SignedDuration = SignedDuration::from_hours(8 * 7 * 24);
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
    first_event: Timestamp,
    /// When it sent something last, also after the range.
    pub(super) last_event: Timestamp,
    /// Labels and types whose first event ever lies in the range.
    pub(super) first_labels: BTreeSet<Arc<str>>,
    pub(super) first_types: BTreeSet<Arc<str>>,
}

impl CameraHistory {
    /// What there is to judge by at an instant: the weeks before it. Whatever range was asked for, the same
    /// instant is judged by the same hours.
    pub(super) fn past(&self, until: Timestamp, timezone: &TimeZone) -> Past {
        let since = until.checked_sub(HISTORY).unwrap_or(Timestamp::MIN).max(self.first_event);
        let weeks = (until.duration_since(since).as_secs_f64() / (7.0 * 86_400.0)).max(0.0);
        // The hour in which the camera began and the one that is judged are not whole.
        let hours = hours_touching(&Period::new(since, floor_hour(until, timezone)), timezone)
            .into_iter()
            .filter(|(_, share)| *share >= 1.0)
            .map(|(hour, _)| hour)
            .collect();
        Past { hours, weeks, pooling: Pooling::for_weeks(weeks) }
    }
}

/// The weeks before an instant.
#[derive(Debug, Clone)]
pub(super) struct Past {
    /// Whole hours.
    pub(super) hours: Vec<Timestamp>,
    pub(super) weeks: f64,
    pub(super) pooling: Pooling,
}

impl Past {
    /// How much they are worth: half for one week, three quarters for three.
    pub(super) fn experience(&self) -> f64 {
        self.weeks / (self.weeks + 1.0)
    }
}

/// Everything that a reply is computed from.
#[derive(Debug)]
pub(super) struct History {
    pub(super) range: Period,
    pub(super) timezone: TimeZone,
    /// The hours that touch the range, each with the share of it that lies inside.
    pub(super) range_hours: Vec<(Timestamp, f64)>,
    pub(super) cameras: Vec<CameraHistory>,
    weeks: f64,
    events: u64,
    notes: Vec<String>,
}

impl History {
    /// Loads the counts of a range and of the weeks before it.
    pub(super) async fn load(
        store: &dyn EventStore,
        scope: &Scope,
        range: Period,
        timezone: TimeZone,
    ) -> Result<Self> {
        let vocabulary = store.vocabulary(scope).await?;
        let first = range.start.checked_sub(HISTORY).unwrap_or(Timestamp::MIN);
        let mut notes = Vec::new();
        let mut judged = Vec::new();
        for camera in &vocabulary.cameras {
            let days = range.start.duration_since(camera.first_event).as_secs_f64() / 86_400.0;
            if days >= DAYS_MIN {
                judged.push(camera.clone());
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
        let since = |camera: &CameraActivity| camera.first_event.max(first);
        let earliest = judged.iter().map(since).min().unwrap_or(range.start);
        let weeks = range.start.duration_since(earliest).as_secs_f64() / (7.0 * 86_400.0);
        let range_hours = hours_touching(&range, &timezone);
        let counted: Vec<CameraHistory> = stream::iter(judged)
            .map(|camera| camera_history(store, scope, camera, first, &range, &timezone))
            .buffered(COUNTS_AT_ONCE)
            .try_collect()
            .await?;
        let events = counted
            .iter()
            .flat_map(|camera| range_hours.iter().filter_map(|(hour, _)| camera.total.get(hour)))
            .sum();
        Ok(Self { range, timezone, range_hours, cameras: counted, weeks, events, notes })
    }

    /// Weeks of events that lie before the range, at most eight.
    pub(super) fn weeks(&self) -> f64 {
        self.weeks
    }

    pub(super) fn coverage(&self) -> InsightCoverage {
        InsightCoverage {
            cameras: self.cameras.len(),
            weeks_of_history: (self.weeks * 10.0).round() / 10.0,
            events: self.events,
            notes: self.notes.clone(),
        }
    }
}

async fn camera_history(
    store: &dyn EventStore,
    scope: &Scope,
    camera: CameraActivity,
    first: Timestamp,
    range: &Period,
    timezone: &TimeZone,
) -> Result<CameraHistory> {
    let camera_id = camera.camera_id.to_string();
    let count = |period: Period, group_by: Vec<GroupBy>| {
        let filter = EventFilter {
            cameras: Some(vec![camera_id.clone()]),
            periods: vec![period],
            ..EventFilter::default()
        };
        CountRequest { filter, words: None, group_by, timezone: timezone.clone() }
    };
    let start = floor_hour(camera.first_event.max(first), timezone);
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
    Ok(CameraHistory {
        first_labels: &texts(&new_labels) - &texts(&old_labels),
        first_types: &texts(&new_types) - &texts(&old_types),
        camera_id,
        by_label,
        total,
        first_event: camera.first_event,
        last_event: camera.last_event,
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
