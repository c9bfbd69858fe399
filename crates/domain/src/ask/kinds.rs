//! The kinds of questions and of groups: what an interpretation is made of.

use serde::{Deserialize, Serialize};

/// What the caller wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Show what matches: "who was at the dock last night?"
    #[default]
    Find,
    /// How many.
    Count,
    /// Two or more periods, cameras or labels against each other.
    Compare,
    /// When or who was the first.
    First,
    /// When or who was the last.
    Last,
    /// Which camera, hour, day or label had the most.
    Busiest,
    /// How long something lasted or stayed.
    HowLong,
    /// When nothing happened: "the longest quiet stretch", "an hour without a vehicle".
    Quiet,
    /// "Why?", "how do you know?": what the previous answer rests on.
    Basis,
    /// What happened, in order; a summary.
    Timeline,
    /// What else happened around something.
    Related,
    /// What was out of the ordinary.
    Unusual,
    /// Which cameras there are.
    ListCameras,
    /// What the service can do.
    Help,
    /// A greeting, thanks, or something that has nothing to do with cameras.
    SmallTalk,
}

/// Which form the question had; it decides the form of the sentence that answers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuestionForm {
    /// "Show me …", "find …", or only key words.
    #[default]
    Show,
    /// "How many …"
    HowMany,
    /// "When …", "at what time …"
    When,
    /// "Where …"
    Where,
    /// "Which …", "what …"
    Which,
    /// "Who …"
    Who,
    /// "Was there any …", "did …": yes or no comes first.
    Whether,
}

/// What an answer is grouped by: the dimension of "which camera", "busiest hour", "per day".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grouping {
    /// Camera.
    Camera,
    /// Site.
    Site,
    /// Zone.
    Zone,
    /// Label.
    Label,
    /// Event type.
    EventType,
    /// Name or plate.
    SubLabel,
    /// Local hour of one day.
    Hour,
    /// Hour of any day: "at which time of the day".
    HourOfDay,
    /// Local day.
    Day,
    /// Day of the week.
    Weekday,
    /// Local week, from Monday.
    Week,
    /// Local month.
    Month,
}
