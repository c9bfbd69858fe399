//! What is usual: the same hours of the weeks before, and days that are called normal. Stretches from before the first
//! event, and what of them is later in the day than it is now, would make them look quieter or busier than they are.

use jiff::{SignedDuration, Timestamp};

use super::coverage;
use crate::{Period, ask::place::Place};

/// Weeks before that say what is usual.
const WEEKS: i32 = 4;
/// How late in a stretch its first event may be for the stretch to count as recorded.
const FIRST_EVENT_LATE_MAX: SignedDuration = SignedDuration::from_hours(1);
const WEEK_SECONDS: f64 = 7.0 * 86_400.0;

/// Whether a time is called usual: "a normal Friday", "the average week".
pub(super) fn is_called_usual(text: &str) -> bool {
    text.split(' ').any(|word| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "normal" | "average" | "typical" | "usual" | "regular" | "ordinary"
        )
    })
}

/// The same stretches in each of the weeks before, as far back as recordings go.
pub(super) fn weeks_before(
    periods: &[Period],
    cameras: Option<&[String]>,
    place: &Place<'_>,
) -> Vec<Vec<Period>> {
    let Some(first) = place.first_event(cameras.unwrap_or_default()) else { return Vec::new() };
    let bounds = periods.iter().map(|p| p.start).min().zip(periods.iter().map(|p| p.end).max());
    let Some((start, end)) = bounds.filter(|(start, _)| *start > Timestamp::UNIX_EPOCH) else {
        return Vec::new();
    };
    // A month is held against those before it.
    let weeks = (Period::new(start, end).seconds() / WEEK_SECONDS).ceil().max(1.0) as i32;
    let back = |times: i32| -> Option<Vec<Period>> {
        let shift = |at: Timestamp| coverage::earlier(at, weeks * times, place);
        periods.iter().map(|p| Some(Period::new(shift(p.start)?, shift(p.end)?))).collect()
    };
    (1..=WEEKS).filter_map(back).filter(|periods| periods.iter().all(|p| is_recorded(p, first))).collect()
}

/// Of stretches that are called usual those that were recorded, each as far as the one that still runs.
pub(super) fn recorded(
    periods: &[Period],
    cameras: Option<&[String]>,
    running: Option<&Period>,
    place: &Place<'_>,
) -> Vec<Period> {
    let Some(first) = place.first_event(cameras.unwrap_or_default()) else { return Vec::new() };
    let local = |instant: Timestamp| instant.to_zoned(place.timezone.clone());
    let cut = |period: &Period| {
        let Some(running) = running else { return period.end };
        let elapsed = local(running.end).datetime() - local(running.start).datetime();
        local(period.start).checked_add(elapsed).map_or(period.end, |end| end.timestamp().min(period.end))
    };
    let is_over = |period: &&Period| period.end <= place.now && is_recorded(period, first);
    periods.iter().filter(is_over).map(|period| Period { end: cut(period), ..period.clone() }).collect()
}

fn is_recorded(period: &Period, first: Timestamp) -> bool {
    first.duration_since(period.start) <= FIRST_EVENT_LATE_MAX
}
