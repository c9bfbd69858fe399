//! What an insight is, as callers get it.

use serde::{Deserialize, Serialize};

use crate::ask::{ClipLink, Degraded, Evidence, ResponseType};

/// How grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Worth a look.
    Medium,
    /// Look now.
    High,
    /// Act now.
    Critical,
}

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InsightType {
    /// Far more than usual.
    ActivitySpike,
    /// Far less than usual.
    ActivityDrop,
    /// A camera that sends nothing although it usually does.
    CameraSilent,
    /// The first event of a label or a type on a camera.
    FirstSeen,
    /// Events that their source calls grave, or whose type is an incident by its own words.
    Alarm,
    /// Events of a type that is hardly ever seen.
    Rare,
    /// What the coming hours usually bring (`include_predictions`).
    Prediction,
}

/// The range that the past makes likely.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExpectedRange {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// One thing that was noticed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Insight {
    /// Stable: the same finding of the same period has the same id.
    pub insight_id: String,
    /// What was noticed.
    pub insight_type: InsightType,
    /// How grave.
    pub severity: Severity,
    /// One line.
    pub title: String,
    /// The whole text, with `[n]` for evidence.
    pub response: String,
    /// Always `proactive_insight`.
    pub response_type: ResponseType,
    /// Always absent: a GET stores nothing.
    pub conversation_id: Option<String>,
    /// Events in the period, 0 of a silent camera; absent for a prediction.
    pub observed: Option<f64>,
    /// How long a silent camera sent nothing; absent for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_minutes: Option<f64>,
    /// Events that the past makes likely in the period.
    pub expected: Option<ExpectedRange>,
    /// How likely something at least as far off is by chance; absent where no history supports one.
    pub p_value: Option<f64>,
    /// RFC 3339 with the local offset: start and end.
    pub period: [String; 2],
    /// Whose.
    pub cameras: Vec<String>,
    /// Events behind it.
    pub evidence: Vec<Evidence>,
    /// Clips that can be played now.
    pub clip_links: Vec<ClipLink>,
    /// Questions that have an answer here.
    pub follow_up_questions: Vec<String>,
    /// 0 to 1, computed.
    pub confidence_score: f64,
    /// What one can do.
    pub suggested_actions: Vec<String>,
}

/// How much history stands behind insights.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InsightCoverage {
    /// Cameras looked at.
    pub cameras: usize,
    /// Whole weeks of history before the range.
    pub weeks_of_history: f64,
    /// Events in the range.
    pub events: u64,
    /// What could not be judged and why: "too little history: 3 days, 14 are needed".
    pub notes: Vec<String>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct InsightQuery {
    /// `1h`, `24h`, `7d`, `30d` or an ISO 8601 interval `start/end`; `24h` when absent.
    pub time_range: Option<String>,
    /// The least severity shown; all when absent.
    pub severity_threshold: Option<Severity>,
    /// Whether to say what the coming hours usually bring.
    pub include_predictions: bool,
    /// IANA zone for hours of the week; else the cameras'.
    pub timezone: Option<String>,
}

/// What was noticed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InsightReply {
    /// Alarms first, then the others; the gravest of both first, at most [`INSIGHTS_MAX`].
    pub insights: Vec<Insight>,
    /// RFC 3339 with the local offset: start and end.
    pub time_range: [String; 2],
    /// When it was computed, RFC 3339 with the local offset.
    pub generated_at: String,
    /// How much stands behind it.
    pub coverage: InsightCoverage,
    /// Parts that did not work.
    pub degraded: Vec<Degraded>,
}

/// The most insights of one reply.
pub const INSIGHTS_MAX: usize = 50;

/// Events shown with one insight.
pub(super) const EVIDENCE_MAX: usize = 3;
