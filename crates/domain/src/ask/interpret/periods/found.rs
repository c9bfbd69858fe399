//! A mention as the reader leaves it: what it says and which tokens say so. Gathered and shared before it is
//! placed in time.

use std::ops::Range;

use super::expression::{Expression, Part, PartOfDay, Slice, TimeOfDay};

/// What a mention opens with; that is for a whole list: "last week on Monday and Tuesday", "between 8 and 9
/// on Saturday and Sunday".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// A day, or what needs no day behind it.
    Days,
    /// A time or part of the day.
    Time,
    /// A week, month or year.
    Weeks,
}

/// A mention as it was read, with its tokens.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) expression: Expression,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The tokens between `start` and `end` that are none of it.
    pub(super) gaps: Vec<Range<usize>>,
    pub(super) lead: Lead,
    /// Whether it is taken away from the others: "but not Sunday".
    pub(super) is_left_out: bool,
}

impl Found {
    /// "Not during opening hours on Saturday", "not between 9 and 5 yesterday": with nothing else said, it is the
    /// rest of that day which is meant. Whether it is so.
    pub(super) fn turn_outside(&mut self) -> bool {
        let said = &mut self.expression;
        let has_days = said.days.is_some() || said.every.is_some();
        if !self.is_left_out || !has_days || said.bound.is_some() || said.range.is_some() {
            return false;
        }
        let part = match (said.part.map(|part| part.part), said.time) {
            (Some(Part::BusinessHours), None) => Part::OutsideBusinessHours,
            (Some(Part::OutsideBusinessHours), None) => Part::BusinessHours,
            (None, Some(TimeOfDay::Between(from, to))) if from.of_business.or(to.of_business).is_none() => {
                Part::OutsideHours
            }
            _ => return false,
        };
        said.part = Some(PartOfDay { part, slice: Slice::Whole });
        self.is_left_out = false;
        true
    }

    /// The tokens of a mention in runs, without the words of others between them.
    pub(super) fn pieces(&self) -> Vec<Range<usize>> {
        let starts = std::iter::once(self.start).chain(self.gaps.iter().map(|gap| gap.end));
        let ends = self.gaps.iter().map(|gap| gap.start).chain(std::iter::once(self.end));
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }
}
