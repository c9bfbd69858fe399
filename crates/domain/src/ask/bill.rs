//! What the calls to a model cost in one turn. Counts what the provider tells, of tries that came to nothing as
//! well; where it does not tell, the most that a call can have cost, so that no budget is overrun unseen.

use crate::chat_model::{LostUsage, Usage};

/// The calls of one turn.
#[derive(Default)]
pub(crate) struct Bill {
    told: Usage,
    has_told: bool,
    /// The most that calls can have cost of which the provider told nothing.
    assumed: u64,
    /// The same of the call that is under way.
    open: u64,
    lost: LostUsage,
}

impl Bill {
    /// Where a request of this turn notes what came to nothing.
    pub(crate) fn lost(&self) -> LostUsage {
        self.lost.clone()
    }

    /// A call begins that can cost so many tokens.
    pub(crate) fn begin(&mut self, tokens_max: u64) {
        self.assumed = self.assumed.saturating_add(std::mem::replace(&mut self.open, tokens_max));
    }

    /// It failed before it began: it cost what the tries tell, if anything.
    pub(crate) fn failed(&mut self) {
        self.open = 0;
    }

    /// The provider told what it cost.
    pub(crate) fn tell(&mut self, usage: Usage) {
        (self.open, self.has_told) = (0, true);
        self.told = self.told.plus(usage);
    }

    /// What the provider told, if anything.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let lost = self.lost.sum();
        (self.has_told || lost != Usage::default()).then(|| self.told.plus(lost))
    }

    /// What counts against a budget.
    pub(crate) fn tokens(&self) -> u64 {
        let told = self.told.plus(self.lost.sum()).tokens();
        told.saturating_add(self.assumed).saturating_add(self.open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_counts_and_silence_counts_at_its_most() {
        let usage = |prompt_tokens| Usage { prompt_tokens, completion_tokens: 1 };
        let mut bill = Bill::default();
        assert_eq!((bill.usage(), bill.tokens()), (None, 0));
        bill.begin(500);
        bill.tell(usage(9));
        bill.begin(500);
        bill.failed();
        assert_eq!((bill.usage(), bill.tokens()), (Some(usage(9)), 10), "the first round is not forgotten");
        bill.lost().add(usage(4));
        assert_eq!(bill.tokens(), 15, "nor is what a failed try cost");
        bill.begin(500);
        bill.begin(500);
        assert_eq!(bill.tokens(), 1_015);
        bill.tell(usage(1));
        assert_eq!((bill.usage().map(Usage::tokens), bill.tokens()), (Some(17), 517));
    }
}
