//! A stretch of time: half open, `[start, end)`.

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// `[start, end)`, with the words that it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant outside; never before `start`.
    pub end: Timestamp,
    /// The words that named it ("last night"); empty when it came from a field.
    #[serde(default)]
    pub text: String,
}

impl Period {
    /// A period without words; the two instants are put in order.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self { start: start.min(end), end: start.max(end), text: String::new() }
    }

    /// The same period, named by these words.
    #[must_use]
    pub fn named(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Whether an instant lies inside.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// How long it lasts, in seconds.
    pub fn seconds(&self) -> f64 {
        self.end.duration_since(self.start).as_secs_f64()
    }

    /// Start and end as RFC 3339 in a time zone, with the offset of that moment.
    pub fn local(&self, timezone: &TimeZone) -> (String, String) {
        (local_rfc3339(self.start, timezone), local_rfc3339(self.end, timezone))
    }
}

/// An instant as RFC 3339 with the offset that the zone has at that moment.
pub fn local_rfc3339(instant: Timestamp, timezone: &TimeZone) -> String {
    instant.display_with_offset(timezone.to_offset(instant)).to_string()
}
