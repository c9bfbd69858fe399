//! How grave a source thought an event, in its own words, and which of these words mean what.

use serde_json::Value;

use crate::{Event, insights::Severity};

/// Attributes that say it where the event has no severity of its own.
const ATTRIBUTES: [&str; 2] = ["severity", "priority"];

/// The words of sources, with what they mean. Numbers mean another thing at every source and are no words.
#[rustfmt::skip]
const WORDS: [(&str, Severity); 25] = [
    ("info", Severity::Low), ("informational", Severity::Low), ("low", Severity::Low), ("minor", Severity::Low),
    ("normal", Severity::Low), ("notice", Severity::Low), ("detection", Severity::Low),
    ("medium", Severity::Medium), ("moderate", Severity::Medium), ("warning", Severity::Medium),
    ("elevated", Severity::Medium),
    ("high", Severity::High), ("severe", Severity::High), ("major", Severity::High), ("serious", Severity::High),
    ("important", Severity::High), ("urgent", Severity::High), ("alert", Severity::High), ("alarm", Severity::High),
    ("error", Severity::High),
    ("critical", Severity::Critical), ("emergency", Severity::Critical), ("fatal", Severity::Critical),
    ("extreme", Severity::Critical), ("panic", Severity::Critical),
];

impl Event {
    /// How grave the source thought it, in its own word and in lower case: the severity, else what it attached as its
    /// severity or priority.
    pub fn severity_told(&self) -> Option<String> {
        let attached = |wanted: &str| {
            let named = self.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            named.and_then(|(_, value)| Value::as_str(value))
        };
        let told = self.severity.as_deref().or_else(|| ATTRIBUTES.iter().copied().find_map(attached))?;
        let told = told.trim().to_lowercase();
        (!told.is_empty()).then_some(told)
    }
}

/// What a word of a source means.
pub(crate) fn grade(word: &str) -> Option<Severity> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, grade)| *grade)
}

/// The words of sources for what is at least as grave.
pub(crate) fn words_from(least: Severity) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |(_, grade)| *grade >= least).map(|(word, _)| *word)
}
