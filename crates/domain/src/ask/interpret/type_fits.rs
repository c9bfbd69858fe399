//! Whether a type of event can be meant by a word of the question: who does what to whom must fit. Must never take
//! what another does for it: `car_enters` is of no ambulance.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use super::{
    catalogue::Catalogue,
    deeds::{Deed, is_state_question},
    event_type::EventType,
    labels::LabelMention,
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};
use crate::ask::stems::is_inflected;

/// A type that can be meant, and why.
pub(super) struct Fit<'c> {
    pub(super) event_type: &'c EventType,
    /// The words of the question that say it.
    pub(super) words: Vec<usize>,
    /// How many of the things mentioned are in it.
    pub(super) covered: usize,
}

fn is_of_any_vehicle(event_type: &EventType) -> bool {
    event_type.subject.as_deref() == Some("vehicle")
}

/// Where each concept is said first, so that a long question is not walked through for every type.
pub(super) struct Said<'a>(FxHashMap<&'a str, usize>);

impl<'a> Said<'a> {
    pub(super) fn of(tokens: &Tokens<'_>, deeds: &'a [Option<Deed<'a>>]) -> Self {
        let mut first = FxHashMap::default();
        for (at, deed) in deeds.iter().enumerate() {
            if let Some(deed) = deed {
                first.entry(deed.concept).or_insert(at);
            }
        }
        let is_thing =
            |at: &usize| matches!(tokens.lower(*at), "something" | "anything" | "thing" | "things" | "item");
        if !first.contains_key("object")
            && let Some(thing) = (0..tokens.row.len()).find(is_thing)
        {
            first.insert("object", thing);
        }
        Self(first)
    }

    fn first(&self, concept: &str) -> Option<usize> {
        self.0.get(concept).copied()
    }
}

/// One word of the question, seen as the deed of a type.
pub(super) struct Context<'a, 'q> {
    pub(super) tokens: &'a Tokens<'q>,
    pub(super) said: &'a Said<'a>,
    pub(super) mentions: &'a [LabelMention],
    /// Whether somebody or a plate is named.
    pub(super) names_someone: bool,
    pub(super) at: usize,
    pub(super) deed: &'a Deed<'a>,
}

impl Context<'_, '_> {
    /// The types that say most of what is said here, with the words that say it.
    pub(super) fn best<'c>(&self, catalogue: &'c Catalogue) -> Vec<Fit<'c>> {
        if self.is_of_a_name() {
            return self.of_whoever(catalogue);
        }
        // What a person enters, a vehicle arrives at.
        let concepts: &[&str] = match self.deed.concept {
            "enter" => &["enter", "arrive"],
            // And people who arrive enter, unless they are visitors.
            "arrive" if self.is_of_people() => &["enter", "arrive"],
            own => &[own],
        };
        for (concept, is_strict) in concepts.iter().flat_map(|concept| [(*concept, true), (*concept, false)])
        {
            let mut best: Vec<Fit<'c>> = Vec::new();
            let is_of_vehicles = (self.deed.concept == "enter" && concept == "arrive") || self.is_coming_to();
            let types = catalogue.types_by_deed(concept);
            for event_type in types.filter(|known| !is_of_vehicles || is_of_any_vehicle(known)) {
                let Some(fit) = self.fit(event_type, is_strict) else { continue };
                let order = best.first().map_or(Ordering::Greater, |top| {
                    (fit.words.len(), fit.covered).cmp(&(top.words.len(), top.covered))
                });
                if order == Ordering::Greater {
                    best.clear();
                }
                if order != Ordering::Less {
                    best.push(fit);
                }
            }
            if !best.is_empty() {
                return best;
            }
        }
        Vec::new()
    }

    /// Whether a name is all that says who does it: nothing tells whether it is that of a person or of a vehicle.
    fn is_of_a_name(&self) -> bool {
        self.names_someone && self.mentions.iter().all(|mention| mention.is_weak || mention.is_left_out)
    }

    /// The types of the deed, whoever does it: those who bear the name do one of them.
    fn of_whoever<'c>(&self, catalogue: &'c Catalogue) -> Vec<Fit<'c>> {
        let concepts: &[&str] = match self.deed.concept {
            "enter" | "arrive" => &["enter", "arrive"],
            own => &[own],
        };
        let types = concepts.iter().flat_map(|concept| catalogue.types_by_deed(concept));
        let mut fits: Vec<Fit<'c>> = types.filter_map(|event_type| self.fit(event_type, false)).collect();
        let most = fits.iter().map(|fit| fit.words.len()).max();
        fits.retain(|fit| Some(fit.words.len()) == most);
        fits
    }

    /// Whether another thing is spoken of than a type has a name for: no stretcher is unloaded where a truck is.
    fn is_of_another_thing(&self, event_type: &EventType) -> bool {
        let is_another = |mention: &LabelMention| {
            let is_said = !mention.is_weak && !mention.is_left_out;
            is_said && event_type.classes().all(|class| *class != mention.class)
        };
        let done_to = self.at.checked_sub(1).and_then(|before| self.tokens.row.get(before));
        let is_done_to_another = || {
            is_state_question(self.tokens)
                && is_inflected(self.tokens.lower(self.at))
                && done_to.is_some_and(|token| {
                    token.role == Role::Free && !is_stop_word(&token.lower) && !token.lower.ends_with("ly")
                })
        };
        event_type.subject.is_none()
            && (self.is_of_a_name() || self.mentions.iter().any(is_another) || is_done_to_another())
    }

    /// "Climbing a ladder" is no climbing of a fence.
    fn has_another_object(&self) -> bool {
        let object = self.at + 2;
        matches!(self.tokens.lower(self.at + 1), "a" | "an" | "the" | "some")
            && self.tokens.row.get(object).is_some_and(|token| {
                token.role == Role::Free
                    && !is_stop_word(&token.lower)
                    && !self.mentions.iter().any(|mention| mention.at == object)
            })
    }

    /// Whether people are meant, and not those of a kind that types have a name for.
    fn is_of_people(&self) -> bool {
        let mut people = self.mentions.iter().filter(|mention| !mention.is_left_out).peekable();
        people.peek().is_some()
            && people.all(|mention| {
                mention.class == "person"
                    && matches!(&*self.tokens.row[mention.at].singular, "person" | "people" | "man" | "woman")
            })
    }

    /// "Came to the car park": of people it says nothing of what they did there.
    fn is_coming_to(&self) -> bool {
        self.deed.companion.is_some_and(|at| self.tokens.lower(at) == "to")
    }

    /// What a type of this deed has in common with the question; nothing when it cannot be meant.
    fn fit<'c>(&self, event_type: &'c EventType, is_strict: bool) -> Option<Fit<'c>> {
        // "Something at the fence" is whatever there was, and not only what is called an object.
        if event_type.verb.is_none()
            && event_type.contents.iter().all(|content| content == "object")
            && matches!(self.tokens.lower(self.at), "something" | "anything" | "thing" | "things" | "stuff")
        {
            return None;
        }
        let mut words = Vec::new();
        if event_type.verb.is_some() {
            if self.deed.is_noun {
                return None;
            }
            words.push(self.at);
        }
        let lacks_all = event_type.contents.iter().all(|content| self.said.first(content).is_none());
        let is_of_another = || self.has_another_object() || self.is_of_another_thing(event_type);
        if lacks_all && !event_type.contents.is_empty() && is_of_another() {
            return None;
        }
        for content in &event_type.contents {
            match self.said.first(content) {
                Some(at) if !words.contains(&at) => words.push(at),
                None if event_type.verb.is_none() => return None,
                Some(_) | None => {}
            }
        }
        for particle in &event_type.particles {
            let near = self.at + 1..self.tokens.row.len().min(self.at + 5);
            words.extend(near.into_iter().find(|at| self.tokens.lower(*at) == particle));
        }
        // A thing that the events have no label for is said by the type alone.
        let unlabelled = self.mentions.iter().filter(|mention| mention.labels.is_empty() && !mention.is_weak);
        words
            .extend(unlabelled.filter(|m| event_type.classes().any(|class| *class == m.class)).map(|m| m.at));
        let covered = self.covered(event_type, is_strict, words.len())?;
        Some(Fit { event_type, words, covered })
    }

    /// How many of the classes mentioned the type speaks of, when who does what to whom fits.
    fn covered(&self, event_type: &EventType, is_strict: bool, words: usize) -> Option<usize> {
        let said = || self.mentions.iter().filter(|mention| !mention.is_left_out);
        let says = |class: &str| said().any(|mention| mention.class == class);
        let has = |class: &str| event_type.classes().any(|other| other == class);
        let after = said().any(|m| m.at > self.at && event_type.objects.contains(&m.class))
            || (!event_type.objects.is_empty() && self.is_mutual());
        let covered = said().filter(|mention| has(&mention.class)).count() + usize::from(after);
        let has_objects = event_type.objects.iter().all(|class| says(class));
        if !has_objects && (is_strict || words < 2) {
            return None;
        }
        let Some(subject) = &event_type.subject else { return Some(covered) };
        if self.is_done_by_others_of_its_class(event_type, subject) {
            return None;
        }
        let is_done_by = says(subject);
        if !is_done_by && !said().all(|mention| has(&mention.class)) {
            return None;
        }
        // The thing before the verb does it, unless it is done to it ("were picked up").
        let before = said().rfind(|mention| mention.at < self.at);
        let is_another = before.is_some_and(|mention| &mention.class != subject);
        if is_strict && !self.is_passive() && is_another && !is_done_by {
            return None;
        }
        let is_to_itself = before.is_some_and(|mention| &mention.class == subject && !mention.is_weak);
        if is_strict
            && self.is_passive()
            && is_to_itself
            && said().count() == 1
            && !event_type.objects.contains(subject)
        {
            let names_a_thing = event_type.contents.iter().any(|content| self.said.first(content).is_some());
            return names_a_thing.then_some(covered);
        }
        Some(covered)
    }

    /// "How many ambulances came in?" asks for no cars, though both are vehicles.
    fn is_done_by_others_of_its_class(&self, event_type: &EventType, subject: &String) -> bool {
        let Some(own) = &event_type.subject_label else { return false };
        let mut of_class = self
            .mentions
            .iter()
            .filter(|mention| !mention.is_left_out && &mention.class == subject)
            .peekable();
        of_class.peek().is_some()
            && !event_type.objects.contains(subject)
            && of_class.all(|mention| !mention.labels.is_empty() && !mention.labels.contains(own))
    }

    /// "talked to each other": done to the same kind of thing that does it.
    fn is_mutual(&self) -> bool {
        ["each other", "one another"].iter().any(|phrase| self.tokens.find(phrase).is_some())
    }

    /// "was opened", "were dropped off", "got stolen".
    fn is_passive(&self) -> bool {
        let token = &self.tokens.row[self.at];
        is_inflected(&token.lower)
            && !token.lower.ends_with("ing")
            && (1..=2).any(|back| {
                let before = self.at.checked_sub(back).map_or("", |at| self.tokens.lower(at));
                matches!(before, "was" | "were" | "been" | "being" | "got" | "gets" | "is" | "are" | "be")
            })
    }
}
