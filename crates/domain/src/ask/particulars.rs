//! Particulars of a question that lists of names cannot say: what is left out by its words, on which clock
//! a time was meant, how much there must be.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Period, event_store::Totals};

/// What a question asks beyond whether there was any: "did nobody fall?", "was it only Tom?"
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Nothing beyond.
    #[default]
    Plain,
    /// That there was none: "did nobody fall?"
    None,
    /// That there was each of those named: "were Tom and Ruth both home?"
    Each,
    /// That all, or no others, were so: "were all from UPS?", "was it only Tom?" No count tells that.
    All,
    /// That it is so now: "is there a car in the driveway?", "how many are still inside?" No event tells that.
    Now,
    /// That it becomes more or fewer: "are deliveries going up?"
    Trend,
    /// That it is more or fewer than usual.
    Usual,
}

impl Claim {
    /// Whether nothing is asked beyond.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::Plain
    }
}

/// Events that are left out by what they say, where no label tells them apart: "cars but not trucks" among
/// vehicles. An event is left out when it has one of the labels and holds the words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LeftOut {
    /// Of events with one of these labels; empty = of any. Labels without words are left out as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// All of these words; of those with "or" between them at least one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Of events in one of these zones; empty = wherever they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// Of events that their source thought so grave: "except low severity".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<String>,
    /// Of events that bear a name or a plate: what is left is unknown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_named: bool,
    /// Whether it was put as a lack, which events may say themselves: "a van without markings".
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_lack: bool,
}

/// Words of a question that say no more than that somebody came, was there or left: "did anyone enter the shop?" asks
/// for those who enter where events tell of it, and for whoever was seen there where none does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Perhaps {
    /// The words of the question with them.
    pub words: String,
    /// The words without them.
    pub surely: Option<String>,
    /// They themselves, as they were said.
    pub said: Vec<String>,
}

/// An event of the previous answer that the question speaks of: "the second one", `[2]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Referred {
    /// Its `ref` in the previous answer.
    #[serde(rename = "ref")]
    pub reference: u32,
    /// Its id, as that answer's evidence has it; never read from words.
    pub event_id: String,
    /// The camera that saw it.
    pub camera_id: String,
    /// When it began.
    pub timestamp: Timestamp,
}

/// An event that the time of a question is counted from: "after the last fight".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CountedFrom {
    /// The words of the caller.
    pub text: String,
    /// Which event it was; `ref` is its number in this answer. Absent when none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Referred>,
}

/// Which of the events that match, and the time beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one question, read by name")]
pub struct Beside {
    /// Whether the earliest is meant and not the latest.
    pub is_first: bool,
    /// Which one in that order.
    pub nth: usize,
    /// Whether what was before it is asked for …
    pub is_before: bool,
    /// … or what was after it.
    pub is_after: bool,
    /// How much time is meant; without it, all until now.
    pub length: Option<SignedDuration>,
    /// Whether it is asked of the camera that saw it.
    pub is_there: bool,
    /// What the fields of the request bound the time to.
    pub within: Option<Period>,
}

/// A time zone that a question names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NamedTimeZone {
    /// The words of the caller: "CET".
    pub text: String,
    /// What they were read as: "UTC+01:00". An abbreviation is its offset, the whole year round; a place has
    /// its own clock: "Europe/London".
    pub zone: String,
}

/// The hours of business that were taken for a question that speaks of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BusinessHoursTaken {
    /// "Mon–Sat 08:00–20:00".
    pub hours: String,
    /// Whose they are.
    pub from: HoursFrom,
}

/// Whose hours of business were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoursFrom {
    /// Those of the cameras that the question is about.
    Cameras,
    /// The usual ones: none are set for these cameras.
    Unset,
    /// The usual ones: these cameras have different ones.
    Differing,
    /// Those of the question before, whose time was taken over.
    Earlier,
}

impl BusinessHoursTaken {
    /// As an answer tells it.
    pub(crate) fn told(&self) -> String {
        let hours = &self.hours;
        match self.from {
            HoursFrom::Cameras => format!("Business hours there are {hours}."),
            HoursFrom::Earlier => format!("Business hours are those of the question before: {hours}."),
            HoursFrom::Unset => format!("No business hours are set for these cameras: {hours} was taken."),
            HoursFrom::Differing => format!(
                "These cameras have different business hours, so {hours} was taken; name a camera or site for its own."
            ),
        }
    }
}

/// How much there must be: "more than 100 events", "at least 3 visits", "fewer than 10 deliveries".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Threshold {
    /// The words of the caller: "more than 100".
    pub text: String,
    /// The least that is enough; 101 for "more than 100".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// The most that is few enough; 9 for "fewer than 10".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
    /// Whether visits are counted and not events.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_visits: bool,
}

impl Threshold {
    /// What is measured against it.
    pub(crate) fn size(&self, totals: Totals) -> u64 {
        if self.of_visits { totals.visits } else { totals.events }
    }

    /// Whether this is enough and not too much.
    pub(crate) fn holds(&self, totals: Totals) -> bool {
        let size = self.size(totals);
        self.at_least.is_none_or(|least| size >= least) && self.at_most.is_none_or(|most| size <= most)
    }

    /// Whether nothing at all is few enough, so that groups without events count.
    pub(crate) fn holds_of_nothing(&self) -> bool {
        self.holds(Totals::default())
    }
}

/// How long a visit must have lasted: "longer than 10 minutes".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StayBound {
    /// The words of the caller: "longer than 10 minutes".
    pub text: String,
    /// The least that is enough, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least_seconds: Option<u64>,
    /// The most that is short enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_seconds: Option<u64>,
}

impl StayBound {
    /// Whether a visit of this length is within it.
    pub(crate) fn holds(&self, length: SignedDuration) -> bool {
        let seconds = u64::try_from(length.as_secs()).unwrap_or(0);
        self.at_least_seconds.is_none_or(|least| seconds >= least)
            && self.at_most_seconds.is_none_or(|most| seconds <= most)
    }
}

/// Which of several quiet stretches is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuietOrder {
    /// The longest ones.
    #[default]
    Longest,
    /// The latest: "when was it last quiet for an hour?"
    Latest,
    /// The earliest.
    Earliest,
}

/// Stretches without any event of the question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quiet {
    /// How long a stretch must be at least, in seconds; 0 when the words do not say.
    pub at_least_seconds: u64,
    /// Which of them.
    pub order: QuietOrder,
}
