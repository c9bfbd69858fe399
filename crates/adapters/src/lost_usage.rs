//! What tries cost that came to nothing, told to a counter. A look at it must be taken before the model is asked;
//! it counts when it is dropped, so that it also does where the caller leaves.

use eps_domain::chat_model::{ChatRequest, LostUsage, Usage};

/// Counts what is lost while it lives.
pub(crate) struct LostCount<C: Fn(Usage)> {
    lost: LostUsage,
    before: Usage,
    count: C,
}

impl<C: Fn(Usage)> LostCount<C> {
    pub(crate) fn begin(request: &ChatRequest, count: C) -> Self {
        Self { lost: request.lost.clone(), before: request.lost.sum(), count }
    }
}

impl<C: Fn(Usage)> Drop for LostCount<C> {
    fn drop(&mut self) {
        let now = self.lost.sum();
        (self.count)(Usage {
            prompt_tokens: now.prompt_tokens.saturating_sub(self.before.prompt_tokens),
            completion_tokens: now.completion_tokens.saturating_sub(self.before.completion_tokens),
        });
    }
}
