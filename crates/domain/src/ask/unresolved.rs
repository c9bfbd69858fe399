//! What of a question could not be understood or cannot be told. It is never silently dropped.

use serde::{Deserialize, Serialize};

/// Which kind of name could not be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A camera.
    Camera,
    /// A site.
    Site,
    /// A zone.
    Zone,
    /// A label.
    Label,
    /// An event type.
    EventType,
    /// An event of the previous answer: `[7]`, "the ninth one".
    Evidence,
    /// A time that is none, or that cannot be placed: "31 February".
    Period,
    /// The time zone of a time: "9am XYZT".
    TimeZone,
    /// What events cannot be grouped by: "per carrier".
    Grouping,
    /// How many there must be in one event, which no event tells: "more than 2 people".
    Size,
    /// A severity that no event has: "only alerts".
    Severity,
    /// An event that a time is counted from: "after the last fight".
    Anchor,
    /// What was done, where no event tells of it: "enter" of whoever was seen there.
    Deed,
    /// Who did it, where no event tells: "Rex" of a bark.
    Doer,
    /// Whose something is, which no event tells: "our own".
    Belonging,
    /// One and not another, where events do not tell them apart: "different cars".
    Distinct,
    /// The other half of a question for two things: the last of "the first and the last delivery".
    Half,
}

/// A name that means nothing here. Never silently dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Unresolved {
    /// The words of the caller.
    pub text: String,
    /// What they seem to name.
    pub kind: NameKind,
    /// Names in the caller's scope that look like it, best first.
    pub did_you_mean: Vec<String>,
}

impl Unresolved {
    /// A name that nothing looks like.
    pub(crate) fn new(kind: NameKind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, did_you_mean: Vec::new() }
    }
}
