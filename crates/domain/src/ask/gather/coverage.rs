//! Whether silence means something: cameras that sent nothing at all cannot have seen what was asked
//! for, cameras that were active and did not report it saw nothing. Beside figures only a silence out
//! of the ordinary counts: of a camera that sends much in the same hours of other weeks.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, tz::TimeZone};

use crate::{
    Period, Result,
    ask::{Interpretation, place::Place},
    event_store::{
        CameraActivity, Count, CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Totals,
    },
};

/// Earlier weeks that a silence is compared with.
const WEEKS: i32 = 4;
/// Events a week in the same hours from which on a silence is out of the ordinary: at random it would
/// come about once in 3,000 times.
const MISSED_MIN: u64 = 8;
/// Fewer expected events than these come about as none more often than once in 20 times.
const EXPECTED_MIN: f64 = 3.0;
/// A camera that is younger is taken to be as old: its rate would be guessed from too little.
const DAY_SECONDS: f64 = 86_400.0;
/// Periods that are compared; more than these are those of a recurring question, and too many to judge.
const PERIODS_MAX: usize = 31;

/// What is known of the cameras that were searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// Ids of the cameras that were searched, sorted.
    pub searched: Vec<String>,
    /// Of those, the ones that sent nothing in the periods asked for.
    pub silent: Vec<String>,
    /// Of the silent ones, those that never sent anything.
    pub unheard: Vec<String>,
    /// Of the silent ones, those that sent much in the same hours of the weeks before.
    pub missed: Vec<String>,
    /// Events of any kind that the searched cameras sent in the periods; beside figures, at least one.
    pub events: u64,
    /// Whether so little was to be expected in so short a time that silence says nothing.
    pub is_too_short: bool,
    /// Whether all of them are silent, and always nearly so in the same hours of the weeks before: at night,
    /// on a day when it is closed. Then nothing happened, as far as cameras tell.
    pub is_usual: bool,
}

impl Coverage {
    /// Whether not one of the searched cameras sent anything.
    pub(crate) fn is_none(&self) -> bool {
        self.events == 0
    }

    /// Share of the searched cameras that an answer can speak for, 0 to 1: beside a zero, those that sent
    /// something; beside figures or a usual silence, those whose silence is nothing out of the ordinary.
    pub(crate) fn share(&self, has_found: bool) -> f64 {
        if self.searched.is_empty() {
            return 0.0;
        }
        let lacking = if has_found || self.is_usual { &self.missed } else { &self.silent };
        1.0 - lacking.len() as f64 / self.searched.len() as f64
    }
}

/// The cameras that a question searches.
pub(crate) fn searched(interpretation: &Interpretation, place: &Place<'_>) -> Vec<String> {
    let is_anywhere = interpretation.cameras.is_empty() && interpretation.sites.is_empty();
    // A zone can be on any camera.
    let mut ids: Vec<String> = if is_anywhere || interpretation.any_place {
        place.cameras().into_iter().map(ToOwned::to_owned).collect()
    } else {
        interpretation.cameras.iter().filter(|id| place.scope.allows(id)).cloned().collect()
    };
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Looks at what the searched cameras sent in the periods, whatever it was. `found` is what they sent of
/// what was asked for; where nothing narrowed it, that is all.
///
/// # Errors
/// What the store says.
pub(crate) async fn look(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &Interpretation,
    searched: Vec<String>,
    found: &[(Arc<str>, Totals)],
) -> Result<Coverage> {
    let known = |id: &str| known(place, id);
    let has_sent = |id: &String| found.iter().any(|(camera, _)| **camera == **id);
    let lacking = || searched.iter().filter(|id| !has_sent(id)).cloned().collect::<Vec<String>>();
    let (silent, events): (Vec<String>, u64) = if interpretation.periods.is_empty() {
        // Of all time, the vocabulary knows what each camera sent.
        let silent = searched.iter().filter(|id| known(id).is_none()).cloned().collect();
        (silent, searched.iter().filter_map(|id| known(id)).map(|camera| camera.events).sum())
    } else if is_about_all(interpretation) {
        (lacking(), found.iter().map(|(_, totals)| totals.events).sum())
    } else {
        // A camera that sent what was asked for has sent something; only the others are counted.
        let lacking = lacking();
        if lacking.is_empty() {
            (lacking, found.iter().map(|(_, totals)| totals.events).sum())
        } else {
            let count = sent(store, place, &lacking, interpretation.periods.clone()).await?;
            (lacking.iter().filter(|id| of(&count, id) == 0).cloned().collect(), count.totals.events)
        }
    };
    let unheard = silent.iter().filter(|id| known(id).is_none()).cloned().collect();
    let before = before(store, place, &silent, &interpretation.periods).await?;
    let is_missed = |earlier: &&Earlier| earlier.events >= MISSED_MIN * earlier.weeks;
    let missed = before.iter().filter(is_missed).map(|earlier| earlier.camera_id.clone()).collect();
    let is_too_short = is_too_short(interpretation, &searched, place);
    let is_usual = events == 0
        && silent.len() == searched.len()
        && is_usual(store, place, &silent, &interpretation.periods, &before).await?;
    Ok(Coverage { searched, silent, unheard, missed, events, is_too_short, is_usual })
}

/// Whether the searched cameras send less than [`EXPECTED_MIN`] events in as long a time on average.
fn is_too_short(interpretation: &Interpretation, searched: &[String], place: &Place<'_>) -> bool {
    let seconds: f64 = interpretation.periods.iter().map(Period::seconds).sum();
    let known = place.vocabulary.cameras.iter().filter(|c| searched.iter().any(|id| **id == *c.camera_id));
    let expected: f64 = known
        .map(|camera| {
            let heard = place.now.duration_since(camera.first_event).as_secs_f64().max(DAY_SECONDS);
            camera.events as f64 / heard * seconds
        })
        .sum();
    !interpretation.periods.is_empty() && expected > 0.0 && expected < EXPECTED_MIN
}

/// Whether a question narrows events by nothing but place and time.
fn is_about_all(interpretation: &Interpretation) -> bool {
    let it = interpretation;
    it.labels.is_empty()
        && it.sub_labels.is_empty()
        && it.event_types.is_empty()
        && it.severities.is_empty()
        && it.zones.is_empty()
        && it.words.is_none()
        && it.min_confidence.is_none()
        && it.max_confidence.is_none()
        && it.without.is_empty()
        && !it.matches_nothing
}

/// What cameras sent in some periods, whatever it was.
async fn sent(
    store: &dyn EventStore,
    place: &Place<'_>,
    cameras: &[String],
    periods: Vec<Period>,
) -> Result<Count> {
    let filter = EventFilter { cameras: Some(cameras.to_vec()), periods, ..EventFilter::default() };
    let group_by = vec![GroupBy::Camera];
    store.count(place.scope, &CountRequest { filter, words: None, group_by, timezone: TimeZone::UTC }).await
}

fn of(count: &Count, camera_id: &str) -> u64 {
    let is_it =
        |value: Option<&GroupValue>| matches!(value, Some(GroupValue::Text(id)) if **id == *camera_id);
    count.groups.iter().find(|group| is_it(group.key.first())).map_or(0, |group| group.totals.events)
}

/// What a silent camera sent in the same hours of the weeks before.
struct Earlier {
    camera_id: String,
    events: u64,
    /// In how many weeks, as far back as it sends.
    weeks: u64,
}

/// What the silent cameras sent in the same hours of the weeks before; only of those that can be judged.
async fn before(
    store: &dyn EventStore,
    place: &Place<'_>,
    silent: &[String],
    periods: &[Period],
) -> Result<Vec<Earlier>> {
    let start = periods.iter().map(|period| period.start).min();
    let Some(start) = start.filter(|_| periods.len() <= PERIODS_MAX) else { return Ok(Vec::new()) };
    let weeks_of = |id: &str| {
        let heard_since = known(place, id)?.first_event;
        let weeks = (1..=WEEKS)
            .take_while(|week| earlier(start, *week, place).is_some_and(|start| heard_since <= start));
        Some(weeks.count() as u64).filter(|weeks| *weeks > 0)
    };
    let judged: Vec<(String, u64)> =
        silent.iter().filter_map(|id| Some((id.clone(), weeks_of(id)?))).collect();
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    let before = (1..=WEEKS).flat_map(|week| {
        periods.iter().filter_map(move |period| {
            Some(Period::new(earlier(period.start, week, place)?, earlier(period.end, week, place)?))
        })
    });
    let ids: Vec<String> = judged.iter().map(|(id, _)| id.clone()).collect();
    let count = sent(store, place, &ids, before.collect()).await?;
    let told =
        |(camera_id, weeks): (String, u64)| Earlier { events: of(&count, &camera_id), camera_id, weeks };
    Ok(judged.into_iter().map(told).collect())
}

/// Whether cameras of which all are silent nearly always are so in the same hours. Where none was heard of again, it
/// is their silence since the last event that must be usual: they may have ended with it.
async fn is_usual(
    store: &dyn EventStore,
    place: &Place<'_>,
    silent: &[String],
    periods: &[Period],
    before: &[Earlier],
) -> Result<bool> {
    let is_little = |before: &[Earlier]| {
        let a_week = before.iter().map(|earlier| earlier.events as f64 / earlier.weeks.max(1) as f64);
        before.len() == silent.len() && a_week.sum::<f64>() < EXPECTED_MIN
    };
    let last = silent.iter().filter_map(|id| known(place, id)).map(|camera| camera.last_event).max();
    let bounds = periods.iter().map(|p| p.start).min().zip(periods.iter().map(|p| p.end).max());
    let (Some(last), Some((start, end))) = (last, bounds) else { return Ok(false) };
    if last >= start || !is_little(before) {
        return Ok(is_little(before));
    }
    Ok(is_little(&self::before(store, place, silent, &[Period::new(last, end)]).await?))
}

fn known<'a>(place: &'a Place<'_>, id: &str) -> Option<&'a CameraActivity> {
    place.vocabulary.cameras.iter().find(|camera| *camera.camera_id == *id)
}

/// The same local time, whole weeks earlier.
pub(super) fn earlier(instant: Timestamp, weeks: i32, place: &Place<'_>) -> Option<Timestamp> {
    Some(instant.to_zoned(place.timezone.clone()).checked_sub(weeks.weeks()).ok()?.timestamp())
}
