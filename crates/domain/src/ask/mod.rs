//! The spine: a question flows one way through five verbs, each a file or folder here and each
//! testable alone.
//!
//! interpret (words → meaning) → gather (meaning → findings) → write (findings → draft) → check (claims ↔
//! events) → suggest (what to ask next).

/// Appends formatted text to a string, which cannot fail.
macro_rules! push {
    ($text:expr, $($arguments:tt)+) => {{
        use std::fmt::Write as _;
        let _ = write!($text, $($arguments)+);
    }};
}

mod answer;
mod catalogues;
mod check;
mod confidence;
mod draft;
mod findings;
mod finish;
pub(crate) mod gather;
mod insight;
pub mod interpret;
mod interpretation;
mod listener;
mod memory;
mod narrate;
mod nearby;
mod place;
mod prompt;
mod request;
mod suggest;
mod turn;
pub(crate) mod validate;
mod write;

pub use answer::{
    Answer, AnswerMetadata, AnswerTotals, Bucket, Citation, ClipLink, Comparison, ComparisonSide, Degraded,
    Evidence, ResponseType,
};
pub use interpretation::{
    Intent, Interpretation, InterpretationRecord, NameKind, PeriodRecord, QuestionForm, Unresolved,
};
pub use request::{
    AskRequest, Filters, QUERY_CHARS_MAX, USER_CONTEXT_BYTES_MAX, USER_CONTEXT_DEPTH_MAX, UserContext,
};

pub(crate) use catalogues::Catalogues;
pub(crate) use place::Place;

use std::sync::Arc;

use tokio::sync::mpsc;

use self::listener::Listener;
use crate::{
    Caller, CameraDirectory, Clock, Result,
    chat_model::ChatModel,
    clips::Clips,
    conversation::{ConversationStore, Retention},
    embedder::Embedder,
    event_store::EventStore,
    insights::Insights,
};

/// What a listener hears while an answer is in the making. The whole answer is the return value of
/// [`Asker::ask`], not an event.
#[derive(Debug, Clone, PartialEq)]
pub enum AskEvent {
    /// The conversation has an id.
    ConversationCreated {
        /// The id; absent when nothing is remembered.
        conversation_id: Option<String>,
    },
    /// The question was understood.
    Interpreted(Box<Interpretation>),
    /// The events were found.
    Found(Vec<Evidence>),
    /// Some more text.
    Delta(String),
    /// All text so far is replaced by this.
    Replaced(String),
    /// Questions to ask next.
    FollowUps(Vec<String>),
}

/// What the asker works with.
pub struct AskerParts {
    /// Events.
    pub store: Arc<dyn EventStore>,
    /// Without one, words only.
    pub embedder: Option<Arc<dyn Embedder>>,
    /// Without one, the extractive writer.
    pub model: Option<Arc<dyn ChatModel>>,
    /// Memory.
    pub conversations: Arc<dyn ConversationStore>,
    /// Pictures.
    pub clips: Arc<Clips>,
    /// For questions about an insight.
    pub insights: Arc<Insights>,
    /// Names of cameras and sites.
    pub directory: Arc<CameraDirectory>,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// Figures.
    pub settings: AskSettings,
}

/// Figures that an operator can set.
#[derive(Debug, Clone, PartialEq)]
pub struct AskSettings {
    /// Evidence shown when the request does not say.
    pub limit_default: usize,
    /// Evidence shown at the most.
    pub limit_max: usize,
    /// Detections below it are marked as weak.
    pub confidence_threshold: f32,
    /// The most tokens of an answer of the model.
    pub answer_tokens_max: u32,
    /// Temperature of the model.
    pub temperature: f32,
    /// How long conversations are kept.
    pub retention: Retention,
    /// Whether a new question is answered without memory while the conversation store is out of
    /// order (`MEMORY_ON_OUTAGE=ephemeral`).
    pub ephemeral_on_outage: bool,
}

/// Answers questions.
pub struct Asker {
    parts: AskerParts,
    catalogues: Catalogues,
    /// A mark in the model's instructions that must never come back; one for the life of the service,
    /// so that the instructions stay a prefix that providers can cache.
    canary: String,
}

impl Asker {
    /// The service over its parts.
    pub fn new(parts: AskerParts) -> Self {
        let canary = memory::mint(parts.clock.now()).replace('-', "");
        Self { parts, catalogues: Catalogues::default(), canary }
    }

    /// Answers one question and stores the turn.
    ///
    /// With a `listener` the answer is told as it is made; when the listener is gone, the model is
    /// cancelled and what was said is stored as interrupted.
    ///
    /// # Errors
    /// `InvalidInput` naming the field, `NotFound` (`CONVERSATION_NOT_FOUND`, `INSIGHT_NOT_FOUND`),
    /// `Conflict` (`CONVERSATION_BUSY`), `Unavailable` (`SEARCH_UNAVAILABLE`, `STORE_UNAVAILABLE`,
    /// `LLM_STREAM_INTERRUPTED` when the model broke off after a listener had heard something,
    /// `LISTENER_GONE`).
    pub async fn ask(
        &self,
        caller: &Caller,
        request: AskRequest,
        listener: Option<mpsc::Sender<AskEvent>>,
    ) -> Result<Answer> {
        turn::ask(self, caller, &request, &Listener::new(listener)).await
    }
}
