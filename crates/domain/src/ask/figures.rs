//! Figures that an answer carries beside its text: counts over time, comparisons, incidents, paths,
//! durations. Nouns only; all of them are computed in `gather`, none by a model.

use serde::{Deserialize, Serialize};

use super::Grouping;

/// One stretch of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Bucket {
    /// First instant, RFC 3339 with the local offset.
    pub start: String,
    /// First instant after it.
    pub end: String,
    /// Events in it.
    pub events: u64,
    /// Visits that begin in it.
    pub visits: u64,
}

/// One side of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ComparisonSide {
    /// What it is: "Tuesday", "dock-1".
    pub name: String,
    /// Its period, when the sides are periods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The end of its period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Events.
    pub events: u64,
    /// Visits.
    pub visits: u64,
    /// Events per hour of its period, to two places; present where the sides are not as long as each
    /// other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_per_hour: Option<f64>,
    /// Over how many stretches its mean is meant: "a normal Friday". The figures above are those of all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_of: Option<u64>,
    /// The mean, to one place: what is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events_each: Option<f64>,
    /// Cameras asked for that sent nothing of any kind in its period: their silence is no zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silent_cameras: Vec<String>,
    /// Counts over time, where the question asks for them: "compare … hour by hour".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Bucket>,
}

/// Two sides or more, computed by us.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// The one named first.
    pub a: ComparisonSide,
    /// The one it is compared with.
    pub b: ComparisonSide,
    /// `a.events - b.events`; of a mean, in whole events.
    pub difference: i64,
    /// `a.events / b.events`; absent when b is zero.
    pub ratio: Option<f64>,
    /// The same of the events per hour, to two places, where the sides are not as long as each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio_per_hour: Option<f64>,
    /// Where one side still runs ("today"): the part of the other that is as long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_stretch: Option<ComparisonSide>,
    /// All sides in the order of the question, where there are more than two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<ComparisonSide>,
}

/// Visits that belong together: at one place or on the way between neighbours, close in time, of the
/// same or of related subjects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Incident {
    /// What happened, in the words of the event that says most.
    pub headline: String,
    /// When it began, RFC 3339 with the local offset.
    pub start: String,
    /// When its last event was over.
    pub end: String,
    /// Ids of its cameras, in the order in which they saw it.
    pub cameras: Vec<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// How many events it has.
    pub events: u64,
    /// How many visits those form.
    pub visits: u64,
    /// Its evidence by `ref`; empty when it is not among the evidence.
    pub refs: Vec<u32>,
    /// Ids of its first events, at most 20.
    pub event_ids: Vec<String>,
}

/// What happened, as incidents; of timelines and summaries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Incidents {
    /// How many there are among the events that were grouped.
    pub total: u64,
    /// How many events were grouped, at most 400: where a question has more, those of the rarest types.
    pub events_grouped: u64,
    /// Whether all events of the question were grouped. Totals are exact either way.
    pub is_whole: bool,
    /// The ones that stand out most, at most 50, in the order of time.
    pub items: Vec<Incident>,
}

/// One step from camera to camera.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hop {
    /// The camera that the subject was seen at before, in the order of time.
    pub from_camera: String,
    /// The camera that saw it next.
    pub to_camera: String,
    /// The event that says so, by `ref`.
    #[serde(rename = "ref")]
    pub reference: u32,
    /// The same by id.
    pub event_id: String,
    /// Seconds between the two sightings; 0 when they overlap.
    pub gap_seconds: f64,
    /// How likely it is the same subject, 0 to 1: computed from time, way and likeness, shared among the
    /// cameras that come into question.
    pub strength: f64,
    /// The reasons, in words.
    pub why: Vec<String>,
}

/// Where something went, or where it came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Path {
    /// The sighting that it is told from, by `ref`.
    pub from_ref: u32,
    /// In the order of time.
    pub hops: Vec<Hop>,
}

/// How long one visit lasted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stay {
    /// The first sighting, RFC 3339 with the local offset.
    pub start: String,
    /// The last one.
    pub end: String,
    /// From the one to the other; absent for a single sighting without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
    /// The camera.
    pub camera_id: String,
    /// Its events.
    pub events: u64,
    /// Its evidence by `ref`.
    pub refs: Vec<u32>,
}

/// How long visits lasted, from their first to their last sighting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Durations {
    /// Visits with a beginning and an end.
    pub measured: u64,
    /// Visits of a single sighting without an end: nothing is known of their length.
    pub unmeasured: u64,
    /// Of the measured ones together.
    pub total_seconds: i64,
    /// The longest of them.
    pub longest_seconds: i64,
    /// The middle one; the mean of the two in the middle.
    pub median_seconds: i64,
    /// Whether all events of the question were looked at; else the latest 200.
    pub is_whole: bool,
    /// The longest ones, in the order of time.
    pub stays: Vec<Stay>,
}

/// A part of a whole, both counted exactly.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Share {
    /// Events of the part; the same as `totals.events`.
    pub part_events: u64,
    /// Visits of the part.
    pub part_visits: u64,
    /// Events of the whole: of `interpretation.share_of`.
    pub whole_events: u64,
    /// Visits of the whole.
    pub whole_visits: u64,
    /// `100 × part_events / whole_events`, to one place; absent of nothing.
    pub percent_of_events: Option<f64>,
    /// The same of the visits.
    pub percent_of_visits: Option<f64>,
}

/// A mean over stretches of time, cameras or other groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Average {
    /// Of what it is the mean.
    pub per: Grouping,
    /// Over how many: hours, days and weeks that lie wholly within the question and the recordings.
    pub groups: u64,
    /// Events in these.
    pub events: u64,
    /// Visits in these.
    pub visits: u64,
    /// `events / groups`, to one place.
    pub events_each: f64,
    /// `visits / groups`.
    pub visits_each: f64,
}

/// A stretch without any event of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QuietStretch {
    /// When the last event before it was over, RFC 3339 with the local offset; else where the question begins.
    pub start: String,
    /// When the next event began, or where the question ends.
    pub end: String,
    /// How long it lasted.
    pub seconds: i64,
}
