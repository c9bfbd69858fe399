//! Times that are so much before or after another: "an hour before closing", "in the half hour after noon".

use super::{
    clock::{Sureness, shifted},
    cursor::Cursor,
    expression::{Amount, Clock, Expression, Precision, TimeOfDay, Unit},
};

impl Cursor<'_> {
    /// "An hour before closing" is a point, "in the last hour before closing" lasts until then.
    pub(super) fn beside_clock(&self, at: usize) -> Option<(Expression, usize)> {
        let start = self.skip_word(at, &["in", "within", "during"]);
        let the = self.skip_word(start, &["the"]);
        let named = self.skip_word(the, &["last", "first", "final"]);
        let is_stretch = named > start || self.is_word(at, &["within", "during"]);
        let bare = || {
            let (unit, end) = self.unit_at(named).filter(|_| is_stretch)?;
            Some((Amount { unit, count: 1 }, end))
        };
        let (amount, next) = self.amount(named).or_else(bare)?;
        let seconds = match amount.unit {
            Unit::Minute => amount.count * 60,
            Unit::Hour => amount.count * 3600,
            _ => return None,
        };
        // "Within an hour of closing" is on both sides.
        let is_around = self.word(at) == "within" && self.word(next) == "of";
        if seconds >= 12 * 3600 || !(is_around || self.is_word(next, &["before", "after"])) {
            return None;
        }
        let (clock, sureness, end) = self.clock(next + 1)?;
        if sureness == Sureness::Digits || (sureness == Sureness::Bare && !self.can_follow_hour(end)) {
            return None;
        }
        if is_around {
            let side = |minutes: i64| Clock { precision: clock.precision, ..shifted(clock, minutes) };
            let time = Some(TimeOfDay::Between(side(-seconds / 60), side(seconds / 60)));
            return Some((Expression { time, ..Expression::default() }, end));
        }
        let minutes = if self.word(next) == "before" { -seconds / 60 } else { seconds / 60 };
        let moved = Clock { precision: clock.precision, ..shifted(clock, minutes) };
        let time = match (is_stretch, minutes < 0) {
            (false, _) => TimeOfDay::Point(Clock { precision: Precision::Hour, ..moved }),
            (true, true) => TimeOfDay::Between(moved, clock),
            (true, false) => TimeOfDay::Between(clock, moved),
        };
        Some((Expression { time: Some(time), ..Expression::default() }, end))
    }
}
