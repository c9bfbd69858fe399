//! The answer, as every caller gets it: whole, as the end of a stream, and stored with the turn.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[cfg(feature = "schema")]
use super::interpretation::InterpretationRecord;
use super::{
    Interpretation,
    figures::{Average, Bucket, Comparison, Durations, Incidents, Path, QuietStretch, Share},
};
use crate::{Event, chat_model::Usage, clip::Clip};

/// What kind of reply this is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ResponseType {
    /// It answers.
    #[default]
    Answer,
    /// It asks back.
    Clarification,
    /// It warns unasked.
    ProactiveInsight,
}

/// A part of the service that did not work; the answer is right, but poorer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Degraded {
    /// The model did not answer; the text is the extractive one.
    Llm,
    /// No vectors: words only.
    VectorSearch,
    /// Clips could not be looked up.
    Clips,
    /// The conversation is not remembered.
    Memory,
    /// Requests are counted locally.
    RateLimit,
}

/// An event that stands behind the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// `[n]` in the text refers to it; from 1.
    #[serde(rename = "ref")]
    pub reference: u32,
    /// Its id.
    pub event_id: String,
    /// When it began.
    pub timestamp: Timestamp,
    /// When it ended.
    pub end_time: Option<Timestamp>,
    /// The camera that saw it.
    pub camera_id: String,
    /// What kind of thing happened.
    pub event_type: String,
    /// What was seen.
    pub label: Option<String>,
    /// Which one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_label: Option<String>,
    /// How sure the detector was, 0 to 1.
    #[serde(serialize_with = "crate::short_float::serialize_option")]
    pub confidence: Option<f32>,
    /// Whether `confidence` lies below the configured threshold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_weak: bool,
    /// What happened, in words.
    pub description: Option<String>,
    /// The zones that it touched.
    pub zones: Vec<String>,
    /// How well it matches, 0 to 1, comparable within one answer.
    #[serde(serialize_with = "crate::short_float::serialize")]
    pub score: f32,
    /// Why it is here, in words.
    pub why: Vec<String>,
    /// Its clip.
    pub clip: Option<Clip>,
    /// A still.
    pub thumbnail_url: Option<String>,
}

impl Evidence {
    /// Shows an event as evidence, without its pictures yet.
    pub fn of(event: &Event, reference: u32, score: f32, why: Vec<String>) -> Self {
        Self {
            reference,
            event_id: event.event_id.clone(),
            timestamp: event.timestamp,
            end_time: event.end_time,
            camera_id: event.camera_id.clone(),
            event_type: event.event_type.clone(),
            label: event.label.clone(),
            sub_label: event.sub_label.clone(),
            confidence: event.confidence,
            is_weak: false,
            description: event.description.clone(),
            zones: event.zones.clone(),
            score,
            why,
            clip: None,
            thumbnail_url: None,
        }
    }
}

/// A claim of the text and the events behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Citation {
    /// The sentence.
    pub text: String,
    /// Its evidence by `ref`.
    pub refs: Vec<u32>,
    /// The same by event id.
    pub event_ids: Vec<String>,
}

/// A playable clip of the answer; kept beside the evidence for older clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ClipLink {
    /// Whose clip.
    pub event_id: String,
    /// Where to play it.
    pub url: String,
    /// When the event began.
    pub timestamp: Timestamp,
    /// The camera.
    pub camera_id: String,
    /// Until when the link works.
    pub expires_at: Option<Timestamp>,
}

/// Exact totals of what was asked for; never changed by `limit`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AnswerTotals {
    /// Events.
    pub events: u64,
    /// Visits.
    pub visits: u64,
    /// Whether the totals could not be counted whole.
    pub truncated: bool,
}

/// Times, model and cost of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AnswerMetadata {
    /// Milliseconds spent on search and counts.
    pub search_time_ms: f64,
    /// Milliseconds spent waiting for the model; 0 without one.
    pub llm_time_ms: f64,
    /// Milliseconds in all.
    pub total_time_ms: f64,
    /// The same as `totals.events`, for older clients.
    pub total_events_found: u64,
    /// Which turn of the conversation this is, from 1.
    pub conversation_turn: u64,
    /// The model that wrote the text; absent for the extractive writer.
    pub model: Option<String>,
    /// What the model cost.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub usage: Option<Usage>,
    /// Citations that held and that were removed.
    pub citations_verified: u32,
    /// See `citations_verified`.
    pub citations_removed: u32,
    /// What was corrected or left out, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A whole answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Answer {
    /// Give this back to go on; absent when nothing is remembered.
    pub conversation_id: Option<String>,
    /// The text, with `[n]` for evidence.
    pub response: String,
    /// What kind of reply this is.
    pub response_type: ResponseType,
    /// How the question was understood.
    #[cfg_attr(feature = "schema", schema(value_type = InterpretationRecord))]
    pub interpretation: Interpretation,
    /// Exact totals.
    pub totals: AnswerTotals,
    /// Events behind the answer.
    pub evidence: Vec<Evidence>,
    /// Claims and their events.
    pub citations: Vec<Citation>,
    /// Clips that can be played now.
    pub clip_links: Vec<ClipLink>,
    /// Questions that have an answer here.
    pub follow_up_questions: Vec<String>,
    /// 0 to 1, computed and never taken from a model: a product of the share of statements that the
    /// record bears out, of how far the evidence stands above the rest and how far words and meaning agree
    /// on it, of the share of cameras that can be spoken for, of the mean confidence of the detections
    /// shown, and of 0.9 for each part that did not work. More of anything good never lowers it.
    pub confidence_score: f64,
    /// What it was computed from, in words.
    pub confidence_basis: Vec<String>,
    /// Parts that did not work.
    pub degraded: Vec<Degraded>,
    /// Counts over time, for counts, comparisons and timelines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Bucket>,
    /// Two sides or more, for comparisons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// What happened, as incidents, for timelines and summaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<Incidents>,
    /// From camera to camera, for "where did they go next?".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Path>,
    /// How long visits lasted, for "how long …".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durations: Option<Durations>,
    /// The part against the whole, for "what share of …".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Share>,
    /// The mean, for "on average …".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<Average>,
    /// Stretches without events, for "the longest quiet stretch", in the order of time; where none is as long as
    /// asked, the longest one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<QuietStretch>,
    /// Times, model, cost.
    pub metadata: AnswerMetadata,
}
