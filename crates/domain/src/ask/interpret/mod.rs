//! Words → meaning. Deterministic, no model, no I/O, under a millisecond.

mod catalogue;
pub mod periods;

use jiff::{Timestamp, tz::TimeZone};

pub use catalogue::Catalogue;

use super::{Filters, Interpretation};
use crate::Result;

/// Everything that decides what a question means.
pub struct Question<'a> {
    /// The words; may be empty for a search by fields alone.
    pub text: &'a str,
    /// Fields that narrow it.
    pub filters: &'a Filters,
    /// Now.
    pub now: Timestamp,
    /// The zone in which the words are read.
    pub timezone: &'a TimeZone,
    /// What the previous turn was understood to mean.
    pub previous: Option<&'a Interpretation>,
    /// What names can mean, within the caller's scope.
    pub catalogue: &'a Catalogue,
}

/// Understands a question.
///
/// # Errors
/// `InvalidInput` naming a field of `filters` that is malformed.
pub fn interpret(question: &Question<'_>) -> Result<Interpretation> {
    let _ = (
        question.text,
        question.filters,
        question.now,
        question.timezone,
        question.previous,
        question.catalogue,
    );
    Ok(Interpretation::default())
}
