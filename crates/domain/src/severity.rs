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
    words_where(move |grade| grade >= least)
}

/// The words of sources for the grades that are wanted.
pub(crate) fn words_where(is_wanted: impl Fn(Severity) -> bool) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |(_, grade)| is_wanted(*grade)).map(|(word, _)| *word)
}

/// "“high” or above", "“medium” or below": what words of sources come to, where they are all on one side of a grade.
pub(crate) fn told(words: &[String]) -> Option<String> {
    const GRADES: [(Severity, &str); 4] = [
        (Severity::Low, "low"),
        (Severity::Medium, "medium"),
        (Severity::High, "high"),
        (Severity::Critical, "critical"),
    ];
    let are = |is_wanted: &dyn Fn(Severity) -> bool| {
        let mut wanted = words_where(is_wanted);
        words.len() > 1
            && words_where(is_wanted).count() == words.len()
            && wanted.all(|wanted| words.iter().any(|word| word == wanted))
    };
    GRADES.iter().find_map(|(grade, name)| {
        if are(&|other| other >= *grade) {
            return Some(format!("“{name}” or above"));
        }
        are(&|other| other <= *grade).then(|| format!("“{name}” or below"))
    })
}
