//! A written answer before it is checked in, with what its writing cost.

use super::Evidence;
use crate::{chat_model::Usage, conversation::MessageStatus};

/// The text of an answer and how it came about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    /// The text, with `[n]` for evidence.
    pub text: String,
    /// Who wrote it; none for the extractive writer.
    pub model: Option<String>,
    /// What the model cost.
    pub usage: Option<Usage>,
    /// Milliseconds spent waiting for the model.
    pub llm_time_ms: f64,
    /// References that were removed.
    pub removed: u32,
    /// Share of the claims that the record bore out.
    pub verified_share: f64,
    /// What was corrected or left out, in words.
    pub warnings: Vec<String>,
    /// Events that the model's tools found, numbered after the evidence.
    pub found: Vec<Evidence>,
    /// Whether their pictures could not be looked up.
    pub lacks_clips: bool,
    /// Cameras that the tools looked at.
    pub cameras_used: Vec<String>,
    /// Whether the model should have written it and could not.
    pub lacks_model: bool,
    /// Whether it is whole.
    pub status: MessageStatus,
}

impl Draft {
    /// A text that the extractive writer wrote: every claim is the record itself.
    pub(crate) fn extractive(text: String) -> Self {
        Self { text, verified_share: 1.0, ..Self::default() }
    }
}
