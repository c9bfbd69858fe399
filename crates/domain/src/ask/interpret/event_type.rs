//! An event type by the words of its name: who does what to whom.

use std::sync::Arc;

use super::{
    nouns::noun,
    tokens::{key_of, words_of},
    verbs::{concept, is_light},
};
use crate::ask::stems::{is_inflected, stem};

/// An event type, taken apart.
#[derive(Debug, Clone)]
pub(super) struct EventType {
    pub(super) name: Arc<str>,
    /// The words of its name.
    pub(super) words: Vec<String>,
    /// What the deed is, unless the type is a thing ("delivery").
    pub(super) verb: Option<String>,
    /// The other words that say what it is, the verb left out.
    pub(super) contents: Vec<String>,
    /// "up", "off": they count only with the verb.
    pub(super) particles: Vec<String>,
    /// Who does it.
    pub(super) subject: Option<String>,
    /// The label that says just who does it: "car" of `car_enters`, whose events are of no truck.
    pub(super) subject_label: Option<Arc<str>>,
    /// The classes that it is done to.
    pub(super) objects: Vec<String>,
}

impl EventType {
    /// Takes a type's name apart; words that are labels say who or to whom.
    pub(super) fn of(name: &Arc<str>, labels: &[Arc<str>]) -> Self {
        let mut it = Self {
            name: Arc::clone(name),
            words: Vec::new(),
            verb: None,
            contents: Vec::new(),
            particles: Vec::new(),
            subject: None,
            subject_label: None,
            objects: Vec::new(),
        };
        let words = words_of(name);
        let mut deeds: Vec<String> = Vec::new();
        let mut things: Vec<String> = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let stem = stem(word);
            if let Some(class) = class_of(word, at == 0, labels) {
                if at == 0 {
                    it.subject = Some(class);
                    it.subject_label = labels.iter().find(|label| key_of(label) == *word).map(Arc::clone);
                } else {
                    it.objects.push(class);
                }
            } else if is_particle(word) {
                it.particles.push(word.clone());
            } else if !matches!(
                word.as_str(),
                "to" | "on" | "with" | "through" | "of" | "a" | "the" | "at" | "from"
            ) && !is_light(&stem)
                // Whoever asks for thefts asks for what is thought to be one.
                && stem != "suspect"
            {
                let is_deed = deeds.is_empty() && is_inflected(word);
                let concept = concept(&stem).to_owned();
                if is_deed { deeds.push(concept) } else { things.push(concept) }
            }
        }
        it.verb = deeds.pop();
        it.contents = things;
        it.words = words;
        it
    }

    /// What must be done in a question that means it: the verb, or for a type that is a thing ("delivery")
    /// what comes of it.
    pub(super) fn deed(&self) -> Option<&String> {
        self.verb.as_ref().or_else(|| self.contents.first())
    }

    /// The classes that its name speaks of.
    pub(super) fn classes(&self) -> impl Iterator<Item = &String> {
        self.subject.iter().chain(&self.objects)
    }
}

/// The class of things that a word of a type's name stands for.
fn class_of(word: &str, is_first: bool, labels: &[Arc<str>]) -> Option<String> {
    let thing = noun(word);
    let is_label = labels.iter().any(|label| key_of(label) == word);
    match thing {
        Some(noun) if is_label || is_first || matches!(noun.class, "person" | "vehicle") => {
            Some(noun.class.to_owned())
        }
        None if is_label => Some(word.to_owned()),
        _ => None,
    }
}

pub(super) fn is_particle(word: &str) -> bool {
    matches!(word, "up" | "down" | "off" | "out" | "in" | "over" | "away")
}
