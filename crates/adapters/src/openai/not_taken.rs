//! What a provider does not take of a request, learnt from its refusals. Nothing is left out that it did not
//! refuse itself, and after a time it is asked anew: models are exchanged behind an address.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a refusal is remembered.
const REMEMBERED_FOR: Duration = Duration::from_hours(1);

/// A part of a request that compatible servers differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    Tools,
    /// The name of the most tokens it may write: the other one is used.
    TokensField,
    Temperature,
    StreamOptions,
}

/// What a server calls the most tokens it may write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokensField {
    /// `max_tokens`: every compatible server knows it.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`: models that think before they answer insist on it.
    MaxCompletionTokens,
}

impl TokensField {
    /// The name that is not this one.
    pub(super) fn other(self) -> Self {
        match self {
            Self::MaxTokens => Self::MaxCompletionTokens,
            Self::MaxCompletionTokens => Self::MaxTokens,
        }
    }
}

impl Feature {
    /// What a provider calls it: the beginnings of parameters, and what its prose says.
    pub(super) fn names(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Tools => (
                &["tool", "function"],
                &[
                    "tools",
                    "tool_choice",
                    "tool choice",
                    "tool use",
                    "tool calling",
                    "function call",
                    "functions",
                ],
            ),
            Self::TokensField => {
                (&["max_tokens", "max_completion_tokens"], &["max_tokens", "max_completion_tokens"])
            }
            Self::Temperature => (&["temperature"], &["temperature"]),
            Self::StreamOptions => (&["stream_options"], &["stream_options"]),
        }
    }
}

/// What a request holds of what servers differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) tools: bool,
    pub(super) tokens_field: TokensField,
    pub(super) temperature: bool,
    pub(super) stream_options: bool,
}

impl Shape {
    /// The same without a feature; none when it is without it already.
    pub(super) fn without(mut self, feature: Feature) -> Option<Self> {
        match feature {
            Feature::TokensField => {
                self.tokens_field = self.tokens_field.other();
                return Some(self);
            }
            Feature::Tools => self.tools.then(|| self.tools = false),
            Feature::Temperature => self.temperature.then(|| self.temperature = false),
            Feature::StreamOptions => self.stream_options.then(|| self.stream_options = false),
        }
        .map(|()| self)
    }
}

/// The memory of one provider.
#[derive(Debug, Default)]
pub(super) struct NotTaken(Mutex<Vec<(Feature, Instant)>>);

impl NotTaken {
    /// The shape without what is remembered.
    pub(super) fn apply(&self, shape: Shape, now: Instant) -> Shape {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(_, until)| *until > now);
        known.iter().fold(shape, |shape, (feature, _)| shape.without(*feature).unwrap_or(shape))
    }

    /// It refused a request with these and took the same without.
    pub(super) fn learn(&self, refused: &[Feature], now: Instant) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for feature in refused {
            // Two requests at once learn it once: the name of a field would be changed back.
            if !known.iter().any(|(known, _)| known == feature) {
                tracing::info!(?feature, "the language model's provider does not take it; it is left out");
                known.push((*feature, now + REMEMBERED_FOR));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_left_out_for_a_time() {
        let (known, now) = (NotTaken::default(), Instant::now());
        let whole = Shape {
            tools: true,
            tokens_field: TokensField::MaxTokens,
            temperature: true,
            stream_options: true,
        };
        assert_eq!(known.apply(whole, now), whole);
        (0..2).for_each(|_| known.learn(&[Feature::Tools, Feature::TokensField], now));
        let less = Shape { tools: false, tokens_field: TokensField::MaxCompletionTokens, ..whole };
        assert_eq!(known.apply(whole, now), less);
        assert!(!known.apply(less, now).tools, "it is not asked for anyway");
        assert_eq!(known.apply(whole, now + REMEMBERED_FOR), whole);
    }
}
