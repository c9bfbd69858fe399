//! A request as the steps of a turn pass it on.

use std::time::Instant;

use jiff::{Timestamp, tz::TimeZone};

use super::{AskRequest, interpret::DateOrder};
use crate::{Caller, chat_model::Usage};

/// A request, checked.
pub(crate) struct Asking<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// What arrived.
    pub request: &'a AskRequest,
    /// The question, cleaned.
    pub question: String,
    /// The same as our interpreter reads it: in English, where it had to be put into it.
    pub reading: String,
    /// What putting it into English cost, as far as the provider told.
    pub translation: Option<Usage>,
    /// How much evidence to show.
    pub limit: usize,
    /// The zone in which words are read.
    pub timezone: TimeZone,
    /// How dates in figures are written.
    pub date_order: DateOrder,
    /// When it was asked.
    pub now: Timestamp,
    /// For durations.
    pub started: Instant,
}

impl Asking<'_> {
    /// Whether the question was put into English.
    pub(crate) fn is_translated(&self) -> bool {
        self.reading != self.question
    }
}
