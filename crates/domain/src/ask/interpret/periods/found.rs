//! A mention as the reader leaves it: what it says and which tokens say so. Gathered and shared before it is
//! placed in time.

use std::ops::Range;

use super::expression::Expression;

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
    /// The tokens of a mention in runs, without the words of others between them.
    pub(super) fn pieces(&self) -> Vec<Range<usize>> {
        let starts = std::iter::once(self.start).chain(self.gaps.iter().map(|gap| gap.end));
        let ends = self.gaps.iter().map(|gap| gap.start).chain(std::iter::once(self.end));
        starts.zip(ends).map(|(start, end)| start..end).collect()
    }
}
