//! What a question says itself, before anything is carried over.

use super::{stop_words::is_stop_word, tokens::Tokens};
use crate::ask::interpretation::{Intent, NameKind, QuestionForm, Unresolved};

/// What the question (or a field of the request) says itself.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one question, read by name")]
pub(super) struct Says {
    pub(super) periods: bool,
    /// "the day before": starts from the period of the previous turn.
    pub(super) relative_period: bool,
    /// Cameras or sites, found or not, or all of them.
    pub(super) places: bool,
    pub(super) zones: bool,
    /// Labels by name; "who" does not count.
    pub(super) labels: bool,
    /// "who", "anyone": a person, as long as nothing better is known.
    pub(super) who: bool,
    /// "anyone", but not "who": changes the subject to people.
    pub(super) someone: bool,
    /// "everybody": all people, whatever was said of them before.
    pub(super) everybody: bool,
    /// "which camera": a place is asked for.
    pub(super) which_place: bool,
    /// "which building": a site is asked for.
    pub(super) which_site: bool,
    /// "it", "they", "the last one": those of before, whatever they did.
    pub(super) of_them: bool,
    /// "only …", "… of these": within what was found.
    pub(super) narrows: bool,
    /// "anyone at all": whatever was said of it before.
    pub(super) at_all: bool,
    /// A thing by name, whether or not the events have a label for it.
    pub(super) thing: bool,
    /// "events", "anything": whatever it was.
    pub(super) everything: bool,
    pub(super) sub_labels: bool,
    pub(super) event_types: bool,
    pub(super) words: bool,
    pub(super) min_confidence: bool,
    pub(super) intent: bool,
    pub(super) form: bool,
}

impl Says {
    pub(super) fn subject(self) -> bool {
        self.labels || self.sub_labels || self.event_types
    }

    pub(super) fn where_to(self) -> bool {
        self.places || self.zones
    }
}

/// "which building", "what site".
pub(super) fn asks_which_site(tokens: &Tokens<'_>) -> bool {
    (1..tokens.row.len()).any(|at| {
        matches!(tokens.before(at), "which" | "what")
            && matches!(tokens.row[at].singular.as_str(), "site" | "building" | "facility")
    })
}

/// "it", "they", "the last one".
pub(super) fn is_of_them(tokens: &Tokens<'_>) -> bool {
    let is_pronoun = |word: &str| matches!(word, "it" | "they" | "them" | "one" | "ones");
    tokens.row.iter().any(|token| is_pronoun(&token.lower))
}

/// "Why was there an alarm?": no event tells why. "Why?" alone asks what the answer rests on.
pub(super) fn asks_why(tokens: &Tokens<'_>, intent: Intent) -> Option<Unresolved> {
    let at = tokens.row.iter().position(|token| token.lower == "why")?;
    let is_opening = (0..at).all(|before| is_stop_word(tokens.lower(before)));
    (is_opening && intent != Intent::Basis).then(|| Unresolved::new(NameKind::Deed, "why"))
}

/// "Which were never picked up?": of which one something did not happen, events do not tell.
pub(super) fn asks_of_never(tokens: &Tokens<'_>, form: QuestionForm) -> Option<Unresolved> {
    let at = tokens.row.iter().position(|token| token.lower == "never")?;
    let is_of_some = matches!(form, QuestionForm::Which | QuestionForm::HowMany | QuestionForm::Who);
    is_of_some.then(|| Unresolved::new(NameKind::Deed, tokens.slice(at..at + 1)))
}

/// "has anyone ever …", "in all recordings": of all time, whatever the last question was about.
pub(super) fn asks_of_all_time(tokens: &Tokens<'_>) -> bool {
    ["ever", "of all time", "all time", "all recordings", "at any time", "all recorded events"]
        .iter()
        .any(|phrase| tokens.find(phrase).is_some())
}

/// "what about …", "how about …": the question words ask nothing.
pub(super) fn is_opened_by_about(tokens: &Tokens<'_>) -> bool {
    tokens.find("what about").or_else(|| tokens.find("how about")).is_some()
}
