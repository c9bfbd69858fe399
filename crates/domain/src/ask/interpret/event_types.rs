//! Reads event types: "how many people entered the school" is `person_enters_scene_through_structure`.
//!
//! A type is the words of its name. It is meant when its deed is done in the question and nothing that
//! it is done to is missing there.

use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};

use super::{
    catalogue::Catalogue,
    event_type::EventType,
    exclusion::{is_deed_left_out, is_leaving_out},
    labels::LabelMention,
    nouns::noun,
    stop_words::{is_determiner, is_stop_word},
    tokens::{Role, Token, Tokens},
    verbs::{PHRASES, concept, is_light},
    words::is_remainder,
};
use crate::ask::stems::is_inflected;

/// What the question says of types.
#[derive(Debug, Clone, Default)]
pub(super) struct TypesRead {
    /// Sorted.
    pub(super) names: BTreeSet<Arc<str>>,
    /// Those that are left out.
    pub(super) left_out: BTreeSet<Arc<str>>,
    /// Where things stand that are said by types of their own beside others: "deliveries and visitors".
    pub(super) listed: Vec<usize>,
}

/// Whether these types are things and not deeds ("delivery"), so that another thing named with "and" is
/// wanted beside them.
pub(super) fn are_things(catalogue: &Catalogue, names: &BTreeSet<Arc<str>>) -> bool {
    let mut chosen = catalogue.event_types.iter().filter(|known| names.contains(&known.name)).peekable();
    chosen.peek().is_some() && chosen.all(|known| known.verb.is_none())
}

/// The types that speak of a class of things.
pub(super) fn speaking_of<'c>(
    catalogue: &'c Catalogue,
    class: &'c str,
) -> impl Iterator<Item = Arc<str>> + 'c {
    let speaks = move |known: &&EventType| known.classes().any(|other| other == class);
    catalogue.event_types.iter().filter(speaks).map(|known| Arc::clone(&known.name))
}

/// The types whose names hold this word itself ("visitor" of `visitor_arrives`).
pub(super) fn holding<'c>(catalogue: &'c Catalogue, word: &'c str) -> impl Iterator<Item = Arc<str>> + 'c {
    let holds = move |known: &&EventType| known.words.iter().any(|other| other == word);
    catalogue.event_types.iter().filter(holds).map(|known| Arc::clone(&known.name))
}

/// Whether the types say already what a label would, so that their events need not bear it: the thing
/// that it is done to, or the "who" of a type that tells nothing of persons.
pub(super) fn imply(catalogue: &Catalogue, types: &TypesRead, mention: &LabelMention) -> bool {
    let mut chosen =
        catalogue.event_types.iter().filter(|known| types.names.contains(&known.name)).peekable();
    if chosen.peek().is_none() {
        return false;
    }
    chosen.all(|known| {
        let is_subject = known.subject.as_ref() == Some(&mention.class);
        !is_subject && (mention.is_weak || known.objects.contains(&mention.class))
    })
}

/// What a word of the question says it does, with the word that belongs to it.
struct Deed<'a> {
    concept: &'a str,
    companion: Option<usize>,
    is_noun: bool,
}

/// Reads every type and takes its words.
pub(super) fn read(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    mentions: &[LabelMention],
    left_out: &[usize],
) -> TypesRead {
    let mut read = TypesRead::default();
    if catalogue.event_types.is_empty() {
        return read;
    }
    let deeds: Vec<Option<Deed<'_>>> = (0..tokens.row.len()).map(|at| deed(tokens, at)).collect();
    let mut found: Vec<(usize, Vec<Fit<'_>>)> = Vec::new();
    for (at, deed) in deeds.iter().enumerate() {
        let Some(deed) = deed else { continue };
        let best = Context { tokens, deeds: &deeds, mentions, at, deed }.best(catalogue);
        if !best.is_empty() {
            found.push((at, best));
        }
    }
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    // "When did the delivery arrive?": the thing says which type; of the verb only what speaks of something
    // that was named besides.
    if found.iter().any(|(_, best)| best.iter().all(|fit| fit.event_type.verb.is_none())) {
        for (at, best) in &mut found {
            best.retain(|fit| fit.event_type.verb.is_none() || fit.covered > 0);
            taken.extend(best.is_empty().then_some(*at));
        }
        found.retain(|(_, best)| !best.is_empty());
    }
    // What says most goes first, so that the "left" of "turned left" is no leaving.
    found.sort_by_key(|(at, best)| (std::cmp::Reverse(best[0].words.len()), *at));
    for (at, best) in found {
        if taken.contains(&at) {
            continue;
        }
        let is_out = is_deed_left_out(tokens, at, left_out);
        for fit in best {
            let names = if is_out { &mut read.left_out } else { &mut read.names };
            names.insert(Arc::clone(&fit.event_type.name));
            taken.extend(fit.words);
        }
        taken.extend(deeds[at].as_ref().and_then(|deed| deed.companion));
    }
    for at in taken {
        if tokens.row[at].role == Role::Free {
            tokens.take(at..at + 1, Role::Subject);
        }
    }
    read
}

/// What the word at `at` can be of a type.
fn deed<'a>(tokens: &'a Tokens<'_>, at: usize) -> Option<Deed<'a>> {
    let token = &tokens.row[at];
    if token.role != Role::Free
        || token.quote.is_some()
        || is_leaving_out(tokens, at)
        || is_remainder(tokens, at)
    {
        return None;
    }
    let stem = token.stem.as_str();
    for (verb, companions, meaning) in PHRASES {
        if *verb != stem {
            continue;
        }
        let companion = (at + 1..tokens.row.len().min(at + 4))
            .find(|next| companions.contains(&tokens.lower(*next)) && !tokens.row[*next].follows_break);
        // "Took a break in the hall", "climbing a ladder in the hall": done to a thing there, no way in.
        let is_way = matches!(*meaning, "enter" | "exit" | "arrive");
        let has_object =
            companion.is_some_and(|end| (at + 1..end).any(|between| is_determiner(tokens.lower(between))));
        let is_thing = matches!(tokens.before(at), "a" | "an" | "the" | "some" | "no" | "their");
        if is_way && (has_object || is_thing) {
            continue;
        }
        // "went to", "walked to the gate" is no entering; "put" alone is still putting.
        if companion.is_some() && !(*meaning == "exit" && tokens.lower(at + 1) == "in") {
            return Some(Deed { concept: meaning, companion, is_noun: false });
        }
    }
    if is_light(stem) {
        return None;
    }
    if is_of_a_noun(tokens, at) {
        return None;
    }
    let is_base = !is_inflected(&token.lower) || token.singular != token.lower;
    let is_noun = is_base && is_determiner(tokens.before(at))
        || !is_inflected(&token.lower) && at > 1 && is_state_question(tokens)
        || token.lower == "left" && is_side(tokens, at)
        || matches!(
            (token.lower.as_str(), tokens.lower(at + 1)),
            ("parking", "lot" | "space" | "area" | "garage" | "bay" | "spot")
                | ("loading" | "unloading", "dock" | "bay" | "zone" | "area")
        )
        || matches!((tokens.before(at), token.lower.as_str()), ("car", "park"));
    Some(Deed { concept: concept(stem), companion: None, is_noun })
}

/// "A delivery note", "an exit sign": the word only colours a thing that is none of those who can do it.
fn is_of_a_noun(tokens: &Tokens<'_>, at: usize) -> bool {
    // "Did the crowd stay?": what follows is what it did.
    let is_asked = at >= 2
        && matches!(
            tokens.lower(at - 2),
            "did" | "does" | "do" | "was" | "were" | "is" | "are" | "has" | "will"
        );
    let is_noun_here = is_determiner(tokens.before(at)) && !is_asked && !is_inflected(tokens.lower(at));
    let is_thing = |next: &Token| {
        next.role == Role::Free
            && !next.follows_break
            // "U-turn" is one thing.
            && !next.is_joined
            && next.quote.is_none()
            && !next.is_number()
            && !is_stop_word(&next.lower)
            && !is_inflected(&next.lower)
            && noun(&next.singular).is_none()
            && next.singular.len() > 2
    };
    is_noun_here && tokens.row.get(at + 1).is_some_and(is_thing)
}

/// "was the gate open": a state, not a deed.
fn is_state_question(tokens: &Tokens<'_>) -> bool {
    matches!(tokens.lower(0), "was" | "were" | "is" | "are")
}

/// "on the left", "left hand": a side, not a leaving.
fn is_side(tokens: &Tokens<'_>, at: usize) -> bool {
    // "the vehicle that left": here "that" stands for the vehicle.
    (is_determiner(tokens.before(at)) && !matches!(tokens.before(at), "that" | "this"))
        || matches!(tokens.lower(at + 1), "side" | "hand" | "of" | "lane" | "corner")
}

/// A type that can be meant, and why.
struct Fit<'c> {
    event_type: &'c EventType,
    /// The words of the question that say it.
    words: Vec<usize>,
    /// How many of the things mentioned are in it.
    covered: usize,
}

fn is_of_any_vehicle(event_type: &EventType) -> bool {
    event_type.subject.as_deref() == Some("vehicle")
}

/// One word of the question, seen as the deed of a type.
struct Context<'a, 'q> {
    tokens: &'a Tokens<'q>,
    deeds: &'a [Option<Deed<'a>>],
    mentions: &'a [LabelMention],
    at: usize,
    deed: &'a Deed<'a>,
}

impl Context<'_, '_> {
    /// The types that say most of what is said here, with the words that say it.
    fn best<'c>(&self, catalogue: &'c Catalogue) -> Vec<Fit<'c>> {
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
        let mut words = Vec::new();
        if event_type.verb.is_some() {
            if self.deed.is_noun {
                return None;
            }
            words.push(self.at);
        }
        let lacks_all = event_type.contents.iter().all(|content| self.find(content).is_none());
        if lacks_all && !event_type.contents.is_empty() && self.has_another_object() {
            return None;
        }
        for content in &event_type.contents {
            match self.find(content) {
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

    fn find(&self, concept: &str) -> Option<usize> {
        self.deeds.iter().position(|deed| deed.as_ref().is_some_and(|deed| deed.concept == concept)).or_else(
            || {
                (concept == "object").then(|| {
                    let is_thing =
                        |word: &str| matches!(word, "something" | "anything" | "thing" | "things" | "item");
                    (0..self.tokens.row.len()).find(|at| is_thing(self.tokens.lower(*at)))
                })?
            },
        )
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
            let names_a_thing = event_type.contents.iter().any(|content| self.find(content).is_some());
            return names_a_thing.then_some(covered);
        }
        Some(covered)
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
