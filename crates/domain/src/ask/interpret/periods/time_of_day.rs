//! Parts of the day and clock times → seconds since the midnight at which their day starts; past 24 h
//! is the next day. Pure arithmetic on the clock face: no dates, no zone.

use super::expression::{Clock, Part, PartOfDay, Precision, Slice, TimeOfDay};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// With nothing to go by, an open clock time is read between these hours.
const WAKING_FROM: i64 = 7 * HOUR;
const WAKING_TO: i64 = 19 * HOUR;
/// Hours "last night" may be of the evening before it, too.
const NIGHT_FROM: i64 = 17 * HOUR;
const NIGHT_TO: i64 = 30 * HOUR;
/// What is "after midnight" ends with the night.
const MIDNIGHT_ENDS: i64 = 6 * HOUR;

/// Half open, in seconds since midnight; `point` is what has to have begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) point: i64,
}

impl Window {
    fn new(start: i64, end: i64) -> Self {
        Self { start, end, point: start }
    }
}

/// When business is open as a rule; a day may have other hours (`business`).
pub(super) const BUSINESS: (i64, i64) = (8 * HOUR, 18 * HOUR);

/// From when to when a part of the day is.
pub(super) fn part_window(part: PartOfDay) -> (i64, i64) {
    let (from, to) = match part.part {
        Part::Morning => (6 * HOUR, 12 * HOUR),
        Part::Afternoon => (12 * HOUR, 18 * HOUR),
        Part::Evening => (18 * HOUR, 22 * HOUR),
        Part::Night => return night(part.slice),
        Part::Lunch => (12 * HOUR, 14 * HOUR),
        Part::Dawn => (5 * HOUR, 7 * HOUR),
        Part::Dusk => (17 * HOUR, 20 * HOUR),
        Part::Daytime => (6 * HOUR, 20 * HOUR),
        Part::SmallHours => (0, 6 * HOUR),
        Part::LateInDay => (18 * HOUR, DAY),
        Part::BusinessHours | Part::OutsideBusinessHours => BUSINESS,
        Part::OutsideHours => (0, DAY),
    };
    let half = from + (to - from) / 2;
    match part.slice {
        Slice::Whole => (from, to),
        Slice::Early => (from, half),
        Slice::Late => (half, to),
        // "mid-morning" is the two hours around ten, not the exact middle.
        Slice::Mid if part.part == Part::Morning => (9 * HOUR, 11 * HOUR),
        Slice::Mid => (half - HOUR, half + HOUR),
    }
}

/// People call "late at night" what comes before they sleep, not what comes before dawn.
fn night(slice: Slice) -> (i64, i64) {
    match slice {
        Slice::Whole => (20 * HOUR, 30 * HOUR),
        Slice::Early => (20 * HOUR, 23 * HOUR),
        Slice::Late => (22 * HOUR, 26 * HOUR),
        Slice::Mid => (24 * HOUR, 28 * HOUR),
    }
}

/// A clock time within a part of the day, or between 07 and 19.
pub(super) fn placed(clock: Clock, part: Option<Part>) -> i64 {
    let (before, after) = (clock.before_noon(), clock.after_noon());
    if !clock.is_open {
        let is_next_day = match part {
            Some(Part::Night) => clock.seconds < 12 * HOUR,
            Some(Part::Evening | Part::LateInDay) => clock.seconds == 0,
            _ => false,
        };
        return clock.seconds + if is_next_day { DAY } else { 0 };
    }
    match part {
        Some(Part::Morning | Part::Dawn | Part::SmallHours) => before,
        Some(Part::Evening | Part::Dusk | Part::LateInDay) if before < HOUR => before + DAY,
        Some(Part::Night) if before < 6 * HOUR => before + DAY,
        Some(Part::Afternoon | Part::Evening | Part::Dusk | Part::LateInDay | Part::Lunch | Part::Night) => {
            after
        }
        _ if before >= WAKING_FROM => before,
        _ => after,
    }
}

/// The reading of an open clock time that lies nearest before an end.
fn nearest_before(clock: Clock, end: i64) -> i64 {
    let noon = 12 * HOUR;
    let back = (end - clock.before_noon()).rem_euclid(noon);
    end - if back == 0 { noon } else { back }
}

/// The reading of an open clock time that lies nearest after a start.
fn nearest_after(clock: Clock, start: i64) -> i64 {
    let noon = 12 * HOUR;
    let ahead = (clock.before_noon() - start).rem_euclid(noon);
    start + if ahead == 0 { noon } else { ahead }
}

/// Of the readings of two open ends, half a day apart, the one with more of it within some hours; absent where they
/// have as much.
fn within(from: Clock, to: Clock, starts: &[i64], (first, last): (i64, i64)) -> Option<(i64, i64)> {
    let length = match (to.before_noon() - from.before_noon()).rem_euclid(12 * HOUR) {
        0 => 12 * HOUR,
        length => length,
    };
    let inside = |start: i64| ((start + length).min(last) - start.max(first)).max(0);
    let most = starts.iter().copied().max_by_key(|start| inside(*start))?;
    let is_only = starts.iter().filter(|start| inside(**start) == inside(most)).count() == 1;
    is_only.then_some((most, most + length))
}

/// "between A and B": one meridiem serves both, and B earlier than A is on the next day.
fn between(mut from: Clock, mut to: Clock, part: Option<Part>) -> (i64, i64) {
    // "8 to 22:00": who writes one end on the clock of 24 hours writes both.
    from.is_open &= !to.is_24h;
    to.is_open &= !from.is_24h;
    let is_hinted = part.is_some_and(|part| !matches!(part, Part::Daytime | Part::BusinessHours));
    if from.is_open && to.is_open {
        let (early, late) = (from.before_noon(), from.after_noon());
        let found = match part {
            None => within(from, to, &[early, late], (WAKING_FROM, WAKING_TO)),
            Some(Part::Night) => within(from, to, &[late, early + DAY], (NIGHT_FROM, NIGHT_TO)),
            Some(_) => None,
        };
        if let Some(found) = found {
            return found;
        }
    }
    let (start, mut end) = match (from.is_open, to.is_open) {
        (false, false) => (placed(from, part), placed(to, part)),
        (true, false) => {
            let end = placed(to, part);
            let end = if end == 0 { DAY } else { end };
            (nearest_before(from, end), end)
        }
        (true, true) if is_hinted => {
            let end = placed(to, part);
            (nearest_before(from, end), end)
        }
        (_, true) => {
            let start = placed(from, part);
            (start, nearest_after(to, start))
        }
    };
    let start = if start < 0 { start + DAY } else { start };
    if end <= start {
        end += DAY;
    }
    (start, end)
}

impl TimeOfDay {
    /// Its reading in the morning; absent where its half of the day is said.
    pub(super) fn before_noon(self) -> Option<Self> {
        let early = |clock: Clock| Clock { seconds: clock.before_noon(), is_open: false, ..clock };
        Some(match self {
            Self::Point(clock) if clock.is_open => Self::Point(early(clock)),
            Self::After(clock) if clock.is_open => Self::After(early(clock)),
            Self::Before(clock) if clock.is_open => Self::Before(early(clock)),
            Self::Between(from, to) if from.is_open && to.is_open => Self::Between(early(from), to),
            _ => return None,
        })
    }
}

/// How far "at" reaches on either side.
pub(super) fn tolerance(precision: Precision, is_about: bool) -> i64 {
    let minutes = match precision {
        Precision::Noon => 30,
        Precision::Hour => 15,
        Precision::Minute => 5,
        Precision::Second => 1,
    };
    minutes * MINUTE * if is_about { 2 } else { 1 }
}

/// Where a part and a time of the day lie in their day.
pub(super) fn window(part: Option<PartOfDay>, time: Option<TimeOfDay>) -> Window {
    let kind = part.map(|part| part.part);
    let (from, to) = part.map_or((0, DAY), part_window);
    match time {
        None => Window::new(from, to),
        Some(TimeOfDay::Point(clock)) => {
            let point = placed(clock, kind);
            let reach = tolerance(clock.precision, clock.is_about);
            Window { start: point - reach, end: point + reach, point }
        }
        Some(TimeOfDay::Between(first, second)) => {
            let (start, end) = between(first, second, kind);
            Window::new(start, end)
        }
        Some(TimeOfDay::After(clock)) => {
            let start = placed(clock, kind);
            let end = if start < to { to } else { DAY * (start / DAY + 1) };
            let is_of_night = part.is_none() && clock.is_midnight();
            Window::new(start, if is_of_night { MIDNIGHT_ENDS } else { end })
        }
        Some(TimeOfDay::Before(clock)) => {
            let end = placed(clock, kind);
            let end = if end == 0 { DAY } else { end };
            Window::new(if end > from { from } else { 0 }, end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(hour: i64) -> Clock {
        Clock {
            seconds: hour * HOUR,
            is_open: true,
            is_24h: false,
            precision: Precision::Hour,
            is_about: false,
            of_business: None,
        }
    }

    fn pm(hour: i64) -> Clock {
        Clock { seconds: (hour % 12 + 12) * HOUR, is_open: false, ..open(hour) }
    }

    fn full(hour: i64) -> Clock {
        Clock { seconds: hour * HOUR, is_open: false, is_24h: true, ..open(hour) }
    }

    #[test]
    fn one_meridiem_serves_both_ends() {
        for (from, to, part, expected) in [
            (open(2), pm(4), None, (14, 16)),
            (open(11), pm(2), None, (11, 14)),
            (open(11), pm(12), None, (11, 12)),
            (pm(10), open(2), None, (22, 26)),
            (open(9), open(5), None, (9, 17)),
            (open(10), open(2), None, (10, 14)),
            (open(8), full(22), None, (8, 22)),
            (full(22), open(6), None, (22, 30)),
            (open(8), open(9), Some(Part::Morning), (8, 9)),
            (open(11), open(3), Some(Part::Morning), (23, 27)),
            (open(10), open(2), Some(Part::Night), (22, 26)),
            (open(1), open(5), Some(Part::Night), (25, 29)),
            (open(12), open(6), Some(Part::Night), (24, 30)),
            (open(6), open(10), Some(Part::Night), (18, 22)),
            (open(5), open(7), Some(Part::Night), (17, 19)),
            (open(6), open(9), None, (6, 9)),
            (open(6), open(10), None, (6, 10)),
            (open(6), open(8), None, (18, 20)),
            (open(5), open(8), None, (17, 20)),
            (open(12), open(6), None, (12, 18)),
        ] {
            let (start, end) = between(from, to, part);
            let shifted = start - if start > DAY && expected.0 < 24 { DAY } else { 0 };
            assert_eq!(
                (shifted / HOUR, (end - start) / HOUR),
                (expected.0, expected.1 - expected.0),
                "{from:?} {to:?}"
            );
        }
    }
}
