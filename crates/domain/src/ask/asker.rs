//! The asker and what it works with; what it does is in `turn`.

use std::{sync::Arc, time::Duration};

use super::{
    catalogues::Catalogues, gather::Sources, interpret::DateOrder, memory, model_budget::ModelBudget, prompt,
    tools,
};
use crate::{
    CameraDirectory, Clock,
    chat_model::{ChatModel, ToolSpec},
    clips::Clips,
    conversation::{ConversationStore, Retention},
    embedder::Embedder,
    event_store::EventStore,
    insights::Insights,
    token_ledger::TokenLedger,
};

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
    /// What tenants have used up of the model's tokens.
    pub token_ledger: Arc<dyn TokenLedger>,
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
    /// The longest gap within a visit; the one by which the store counts visits.
    pub visit_gap: Duration,
    /// How dates in figures are written.
    pub date_order: DateOrder,
    /// The most tokens of an answer of the model.
    pub answer_tokens_max: u32,
    /// Temperature of the model.
    pub temperature: f32,
    /// The most tokens of a prompt; what does not fit is left out in a stated order.
    pub prompt_tokens_max: usize,
    /// The most tokens of the model that a tenant's questions may cost in a day of UTC; none for any number.
    pub tenant_tokens_per_day: Option<u64>,
    /// Whether the model is offered tools to look further with.
    pub offers_tools: bool,
    /// How long conversations are kept.
    pub retention: Retention,
    /// Whether a new question is answered without memory while the conversation store is out of
    /// order (`MEMORY_ON_OUTAGE=ephemeral`).
    pub ephemeral_on_outage: bool,
}

/// Answers questions.
pub struct Asker {
    pub(super) parts: AskerParts,
    pub(super) catalogues: Catalogues,
    /// A mark in the model's instructions that must never come back; one for the life of the service,
    /// so that the instructions stay a prefix that providers can cache.
    pub(super) canary: String,
    /// What the model may still cost today.
    pub(super) budget: ModelBudget,
    /// The tools as a model sees them.
    pub(super) tools: Arc<[ToolSpec]>,
    /// About how many tokens they take of a prompt.
    pub(super) tools_tokens: usize,
}

impl Asker {
    /// The service over its parts.
    pub fn new(parts: AskerParts) -> Self {
        let canary = memory::mint(parts.clock.now()).replace('-', "");
        let budget = ModelBudget::new(parts.settings.tenant_tokens_per_day, Arc::clone(&parts.token_ledger));
        let tools = tools::specs();
        let tools_tokens = prompt::tokens_of(&tools);
        Self { parts, catalogues: Catalogues::default(), canary, budget, tools, tools_tokens }
    }

    /// What findings are gathered from.
    pub(super) fn sources(&self) -> Sources<'_> {
        Sources {
            store: &*self.parts.store,
            embedder: self.parts.embedder.as_deref(),
            clips: &self.parts.clips,
            visit_gap: self.parts.settings.visit_gap,
        }
    }
}
