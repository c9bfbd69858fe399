//! A portion of a day or of a part of it: "the first half of yesterday", "the last two hours of Friday night".

use super::{
    cursor::Cursor,
    expression::{Clock, Days, Expression, Near, TimeOfDay, Unit},
    time_of_day::part_window,
    vocabulary,
};

const DAY: i64 = 24 * 3600;
/// As many as in "a few hours".
pub(super) const FEW: i64 = 3;

/// How much of a stretch.
#[derive(Clone, Copy)]
enum Portion {
    Half,
    Seconds(i64),
}

impl Cursor<'_> {
    /// "The first half of yesterday", "in the last 3 hours of Friday", "first hour of last night".
    pub(super) fn portion(&self, at: usize) -> Option<(Expression, usize)> {
        let start = self.skip_word(at, &["in", "during", "within", "over"]);
        let start = self.skip_word(start, &["the"]);
        let (is_last, is_second) = match self.word(start) {
            "first" => (false, false),
            "last" | "final" => (true, false),
            "second" | "latter" => (true, true),
            _ => return None,
        };
        let (portion, of) = if self.word(start + 1) == "half" && self.word(start + 2) == "of" {
            (Portion::Half, start + 2)
        } else {
            let (seconds, end) = self.clock_length(start + 1).filter(|_| !is_second)?;
            (Portion::Seconds(seconds), end)
        };
        if self.word(of) != "of" {
            return None;
        }
        let cut = |(from, to): (i64, i64)| {
            let length = match portion {
                Portion::Half => (to - from) / 2,
                Portion::Seconds(seconds) => seconds.min(to - from),
            };
            let (from, to) = if is_last { (to - length, to) } else { (from, from + length) };
            Some(TimeOfDay::Between(Clock::at(from), Clock::at(to)))
        };
        if self.are_words(of + 1, &["the", "day"]) && !self.is_word(of + 3, &["before", "after"]) {
            return Some((Expression { time: cut((0, DAY)), ..Expression::default() }, of + 3));
        }
        let (mut found, end) = self.part_with_day(of + 1).or_else(|| self.day_and_part(of + 1))?;
        let is_one = match found.days.as_ref()? {
            Days::Feast { feast, .. } => feast.is_one_day(),
            Days::Offset(_)
            | Days::LastNight
            | Days::Tonight
            | Days::Date { .. }
            | Days::Known(_)
            | Days::Weekday(..)
            | Days::Near(Near::Day | Near::Weekday(_), ..) => true,
            _ => false,
        };
        found.time = cut(found.part.map_or((0, DAY), part_window));
        found.part = None;
        is_one.then_some((found, end))
    }

    /// "3 hours", "hour", "half hour": a length on the clock, shorter than a day.
    fn clock_length(&self, at: usize) -> Option<(i64, usize)> {
        // "The last hours": a few.
        let few = if self.word(at).ends_with('s') { FEW } else { 1 };
        let bare = || self.unit_at(at).map(|(unit, end)| (unit, few, end));
        let (unit, count, end) =
            self.amount(at).map(|(amount, end)| (amount.unit, amount.count, end)).or_else(bare)?;
        let seconds = match unit {
            Unit::Minute => 60 * count,
            Unit::Hour => 3600 * count,
            _ => return None,
        };
        (seconds > 0 && seconds < DAY).then_some((seconds, end))
    }

    /// "Yesterday", "Friday night".
    fn day_and_part(&self, at: usize) -> Option<(Expression, usize)> {
        let (days, end) = self.days(at)?;
        let part = vocabulary::part(self.word(end)).filter(|(_, is_plural)| !is_plural);
        let found = Expression { part: part.map(|(part, _)| Self::whole(part)), ..Expression::of_days(days) };
        Some((found, if part.is_some() { end + 1 } else { end }))
    }
}
