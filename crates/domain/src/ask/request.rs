//! A question, as it arrives.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest question, in characters.
pub const QUERY_CHARS_MAX: usize = 2_000;
/// The largest `user_context`, as JSON bytes.
pub const USER_CONTEXT_BYTES_MAX: usize = 4 * 1024;
/// How deep `user_context` may nest.
pub const USER_CONTEXT_DEPTH_MAX: usize = 3;

/// Fields that narrow a question, a search or a count; they are combined with what the words say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Filters {
    /// Camera ids.
    pub cameras: Vec<String>,
    /// Site ids.
    pub sites: Vec<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Event types.
    pub event_types: Vec<String>,
    /// Zones.
    pub zones: Vec<String>,
    /// First instant, RFC 3339, or local to the time zone of the request.
    pub from: Option<String>,
    /// First instant after it.
    pub to: Option<String>,
    /// 0 to 1.
    pub min_confidence: Option<f32>,
}

/// What the client tells of its user. Data, never instructions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct UserContext {
    /// IANA time zone in which the words are read.
    pub timezone: Option<String>,
    /// Anything else: `location`, `user_role`, `preferences` …
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub other: Map<String, Value>,
}

/// A question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AskRequest {
    /// 1 to [`QUERY_CHARS_MAX`] characters.
    pub query: String,
    /// The conversation to go on with; a new one when absent.
    pub conversation_id: Option<String>,
    /// How much evidence to show; the setting's default when absent.
    pub limit: Option<usize>,
    /// Fields that narrow it.
    pub filters: Filters,
    /// About the user.
    pub user_context: UserContext,
    /// The insight that the question is about.
    pub insight_id: Option<String>,
}
