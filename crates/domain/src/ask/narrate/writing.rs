//! A text of a model in the making: cleaned, checked and told as far as it holds.

use std::sync::Arc;

use super::{
    end::End,
    thoughts::{Heard, Thoughts},
};
use crate::{
    ask::{
        AskEvent, Asker,
        bill::Bill,
        check::{Checker, Guard, Record, western},
        draft::Draft,
        listener::Listener,
    },
    conversation::MessageStatus,
};

/// The longest text that is taken from a model, in bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A model that writes more than so many times what it was allowed is stopped.
const TOKENS_FACTOR_MAX: usize = 2;
/// Bytes of a token, for that bound; generous, so that no honest answer is cut.
const TOKEN_BYTES_MAX: usize = 6;

/// The text of one round, on its way to the listener.
struct Round {
    /// How many events can be cited, and what can be stated.
    references: u32,
    record: Arc<Record>,
    thoughts: Thoughts,
    guard: Guard,
    checker: Checker,
    /// How much came in, for the bound.
    bytes: usize,
    /// The end of what was no thought, for the canary: thoughts are shown to nobody.
    tail: String,
}

/// What was written over all rounds.
pub(super) struct Writing<'a> {
    pub(super) listener: &'a Listener,
    canary: &'a str,
    lead: String,
    bytes_max: usize,
    round: Option<Round>,
    /// What the listener has now.
    told: String,
    /// What its calls cost.
    pub(super) bill: Bill,
    removed: u32,
    /// Who writes.
    pub(super) model: String,
}

impl<'a> Writing<'a> {
    pub(super) fn new(asker: &'a Asker, listener: &'a Listener, lead: String) -> Self {
        let tokens_max = asker.parts.settings.answer_tokens_max as usize;
        Self {
            listener,
            canary: &asker.canary,
            lead,
            bytes_max: (tokens_max * TOKENS_FACTOR_MAX * TOKEN_BYTES_MAX).min(ANSWER_BYTES_MAX),
            round: None,
            told: String::new(),
            bill: Bill::default(),
            removed: 0,
            model: String::new(),
        }
    }

    /// Begins the text of a round; what an earlier one said before it called tools is forgotten.
    pub(super) fn begin_round(&mut self, references: u32, record: &Arc<Record>) {
        let checker = Checker::new(Arc::clone(record), self.lead.clone());
        self.round = Some(Round {
            references,
            record: Arc::clone(record),
            thoughts: Thoughts::default(),
            guard: Guard::new(references),
            checker,
            bytes: 0,
            tail: String::new(),
        });
    }

    /// Forgets the text of a round that called tools.
    pub(super) fn drop_round(&mut self) {
        self.round = None;
    }

    /// Takes a piece; `Some` when it was the last that is taken.
    pub(super) async fn take(&mut self, piece: &str) -> Option<End> {
        let round = self.round.as_mut()?;
        let room = self.bytes_max.saturating_sub(round.bytes);
        let taken = piece.get(..piece.floor_char_boundary(room)).unwrap_or_default();
        round.bytes += taken.len();
        let Heard { was_thought, text } = round.thoughts.push(taken);
        if was_thought {
            // It never said when it began to think: what was taken for its answer is none.
            round.guard = Guard::new(round.references);
            round.checker = Checker::new(Arc::clone(&round.record), self.lead.clone());
            round.tail.clear();
        }
        round.tail.push_str(&text);
        if round.tail.contains(self.canary) {
            return Some(End::Leaked);
        }
        let kept = round.tail.floor_char_boundary(round.tail.len().saturating_sub(self.canary.len()));
        round.tail.drain(..kept);
        let clean = round.guard.push(&western(&text));
        round.checker.push(&clean);
        // Nobody hears what is in the making: the whole answer is enough.
        if self.listener.is_present() {
            let shown = round.checker.shown();
            self.show(shown).await;
        }
        (taken.len() < piece.len()).then_some(End::TooLong)
    }

    /// Brings the listener to this text: by what is new in it, or by all of it.
    async fn show(&mut self, text: String) {
        if text.is_empty() || text == self.told {
            return;
        }
        match text.strip_prefix(self.told.as_str()) {
            Some(delta) => self.listener.tell(|| AskEvent::Delta(delta.to_owned())).await,
            None => self.listener.tell(|| AskEvent::Replaced(text.clone())).await,
        }
        self.told = text;
    }

    /// Whether the listener has left.
    pub(super) fn is_left(&self) -> bool {
        self.listener.is_gone()
    }

    /// Whether a listener heard something.
    pub(super) fn was_heard(&self) -> bool {
        self.listener.is_present() && !self.told.is_empty()
    }

    /// Whether a whole sentence held so far.
    pub(super) fn has_settled(&self) -> bool {
        self.round.as_ref().is_some_and(|round| round.checker.has_held())
    }

    /// Judges the rest and settles what is shown; the extractive text where too little holds.
    pub(super) async fn settle(
        mut self,
        is_count: bool,
        extractive: impl Fn() -> String,
        mut warnings: Vec<String>,
    ) -> Draft {
        let Some(mut round) = self.round.take() else {
            return self.give_up(extractive(), "the language model did not answer").await;
        };
        let held = round.thoughts.finish();
        let rest = round.guard.push(&western(&held)) + &round.guard.finish();
        round.checker.push(&rest);
        let mut checked = round.checker.finish();
        let (verified, removed) = (round.guard.verified, round.guard.removed);
        self.removed = removed;
        if checked.is_too_little() {
            let reason =
                "too little of what the language model wrote could be checked; its text was replaced";
            return self.replace(extractive(), reason).await;
        }
        if is_count && !checked.states_total {
            checked.text = format!("{} {}", self.lead, checked.text);
        }
        warnings.append(&mut checked.warnings);
        let references_share = f64::from(verified.max(1)) / f64::from(verified.max(1) + removed);
        self.show(checked.text.clone()).await;
        Draft {
            verified_share: checked.share() * references_share,
            text: checked.text,
            model: Some(self.model),
            usage: self.bill.usage(),
            removed,
            warnings,
            ..Draft::default()
        }
    }

    /// The extractive text in place of everything that the model wrote.
    pub(super) async fn replace(mut self, text: String, reason: &str) -> Draft {
        self.show(text.clone()).await;
        let mut draft = Draft::extractive(text);
        draft.warnings.push(reason.to_owned());
        draft.removed = self.removed;
        draft.usage = self.bill.usage();
        draft
    }

    /// The same, because the model did not work at all.
    pub(super) async fn give_up(self, text: String, reason: &str) -> Draft {
        let mut draft = self.replace(text, reason).await;
        draft.lacks_model = true;
        draft
    }

    /// What was said before it broke off.
    pub(super) fn broken(self, status: MessageStatus) -> Draft {
        Draft {
            text: self.told,
            model: Some(self.model),
            usage: self.bill.usage(),
            status,
            ..Draft::default()
        }
    }
}
