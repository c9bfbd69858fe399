//! Reads event types: "how many people entered the school" is `person_enters_scene_through_structure`.
//!
//! A type is the words of its name. It is meant when its deed is done in the question and nothing that
//! it is done to is missing there.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    catalogue::Catalogue,
    deeds::{Deed, deed},
    event_type::EventType,
    exclusion::is_deed_left_out,
    labels::LabelMention,
    nouns::noun,
    stop_words::{is_determiner, is_place_preposition},
    tokens::{Role, Token, Tokens},
    type_fits::{Context, Fit, Said},
    verbs::concept,
};

/// What the question says of types.
#[derive(Debug, Clone, Default)]
pub(super) struct TypesRead {
    /// Sorted.
    pub(super) names: BTreeSet<Arc<str>>,
    /// Those that are left out.
    pub(super) left_out: BTreeSet<Arc<str>>,
    /// Where things stand that are said by types of their own beside others: "deliveries and visitors".
    pub(super) listed: Vec<usize>,
    /// Where words stand that say a type.
    pub(super) words: BTreeSet<usize>,
    /// Those of them that are its whole name.
    pub(super) whole: BTreeSet<usize>,
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

/// Those of them that are meant where the word is said of somebody: a type that is no deed names more than the word, which
/// has to be said, too. Not every man is a `man_down`.
pub(super) fn called<'c>(
    tokens: &Tokens<'_>,
    catalogue: &'c Catalogue,
    at: usize,
) -> impl Iterator<Item = Arc<str>> + 'c {
    const REACH: usize = 4;
    let word = tokens.row[at].singular.clone();
    let near = at.saturating_sub(REACH)..tokens.row.len().min(at + 1 + REACH);
    let ends = |at: usize| {
        tokens
            .row
            .get(at)
            .is_none_or(|next| next.follows_break || next.role != Role::Free || next.lower == "on")
    };
    let particles: Vec<String> =
        (at + 1..near.end).filter(|at| ends(at + 1)).map(|at| tokens.lower(at).to_owned()).collect();
    let concepts: Vec<String> =
        tokens.row[near].iter().map(|token| concept(&token.stem).to_owned()).collect();
    let is_said = move |known: &&EventType| {
        let is_thing = known.verb.is_none() && !(known.contents.is_empty() && known.particles.is_empty());
        known.words.contains(&word)
            && (!is_thing
                || known.particles.iter().any(|particle| particles.contains(particle))
                || known.contents.iter().any(|content| concepts.contains(content)))
    };
    catalogue.event_types.iter().filter(is_said).map(|known| Arc::clone(&known.name))
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
        // What forces a door is no door: where no detector knows the thing, its events may bear another label.
        let is_subject = known.subject.as_ref() == Some(&mention.class);
        if is_subject && noun(&mention.class).is_none() {
            return true;
        }
        !is_subject && (mention.is_weak || known.objects.contains(&mention.class))
    })
}

/// Whether a thing is part of the name of one of several types, so that the others need not bear its label:
/// "unattended bags or fights".
pub(super) fn is_part_of_one(catalogue: &Catalogue, types: &TypesRead, mention: &LabelMention) -> bool {
    let chosen = catalogue.event_types.iter().filter(|known| types.names.contains(&known.name));
    let (mut speaking, mut others) = (0, 0);
    for known in chosen {
        if known.classes().any(|class| *class == mention.class) { speaking += 1 } else { others += 1 }
    }
    let near = mention.at.saturating_sub(1)..=mention.at + 1;
    speaking > 0 && others > 0 && types.words.range(near).next().is_some()
}

/// Whether a thing was only part of the whole name of a type, whose events need not bear its label: "person passing
/// and train arrival". Of one type alone it is what the type is about.
pub(super) fn is_of_a_name(types: &TypesRead, mention: &LabelMention) -> bool {
    let is_alone = types.names.len() == 1 && types.left_out.is_empty() && !mention.is_left_out;
    types.whole.contains(&mention.at) && !is_alone
}

/// Reads every type and takes its words.
pub(super) fn read(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    mentions: &[LabelMention],
    names_someone: bool,
    left_out: &[usize],
) -> TypesRead {
    let mut read = TypesRead::default();
    if catalogue.event_types.is_empty() {
        return read;
    }
    read_whole_names(tokens, catalogue, left_out, &mut read);
    let deeds: Vec<Option<Deed<'_>>> = (0..tokens.row.len()).map(|at| deed(tokens, at)).collect();
    let said = Said::of(tokens, &deeds);
    let mut found: Vec<(usize, Vec<Fit<'_>>)> = Vec::new();
    for (at, deed) in deeds.iter().enumerate() {
        let Some(deed) = deed else { continue };
        let best = Context { tokens, said: &said, mentions, names_someone, at, deed }.best(catalogue);
        if !best.is_empty() {
            found.push((at, best));
        }
    }
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    // "When did the delivery arrive?": the thing says which type; of the verb only what speaks of something
    // that was named besides.
    if found.iter().any(|(_, best)| best.iter().all(|fit| fit.event_type.verb.is_none())) {
        let listed: Vec<bool> = (0..found.len()).map(|index| is_beside(tokens, &found, index)).collect();
        for ((at, best), is_listed) in found.iter_mut().zip(listed) {
            best.retain(|fit| is_listed || fit.event_type.verb.is_none() || fit.covered > 0);
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
    // "Was the door forced open?": open is how it was then, and no word of the event.
    let is_outcome = |at: &usize| {
        let is_done = tokens.lower(at - 1).ends_with("ed")
            || matches!(tokens.lower(at - 1), "broken" | "left" | "held" | "blown" | "found" | "swung");
        let ends = tokens.row.get(at + 1).is_none_or(|next| {
            next.role != Role::Free || is_place_preposition(&next.lower) || next.follows_break
        });
        tokens.lower(*at) == "open" && tokens.is_free(*at..at + 1) && is_done && ends
    };
    let is_thought = |at: &usize| {
        let says = |known: &&EventType| known.words.iter().any(|word| word == "suspected");
        tokens.lower(*at) == "suspected"
            && tokens.is_free(*at..at + 1)
            && catalogue.event_types.iter().filter(says).any(|known| read.names.contains(&known.name))
    };
    let thought: Vec<usize> = (0..tokens.row.len()).filter(is_thought).collect();
    let outcomes: Vec<usize> = taken.iter().map(|at| at + 1).filter(is_outcome).collect();
    taken.extend(outcomes.into_iter().chain(thought));
    read.words.extend(taken.iter().copied());
    for at in taken {
        if tokens.row[at].role == Role::Free {
            tokens.take(at..at + 1, Role::Subject);
        }
    }
    read
}

/// "Person passing and train arrival": types by their whole names, whatever their words were read as.
fn read_whole_names(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    left_out: &[usize],
    read: &mut TypesRead,
) {
    let mut at = 0;
    while at < tokens.row.len() {
        let begins = catalogue.begins_type(&tokens.row[at].singular);
        let longest = if begins { catalogue.type_words_max().min(tokens.row.len() - at) } else { 0 };
        let named = (2..=longest).rev().find_map(|words| {
            let range = at..at + words;
            let is_open =
                |token: &Token| matches!(token.role, Role::Free | Role::Subject) && token.quote.is_none();
            let fits = tokens.row[range.clone()].iter().all(is_open) && tokens.is_one_phrase(range.clone());
            let named = fits.then(|| catalogue.event_type(&tokens.key(range.clone())))??;
            Some((range, Arc::clone(&named.name)))
        });
        let Some((range, name)) = named else {
            at += 1;
            continue;
        };
        let is_out = is_deed_left_out(tokens, at, left_out);
        if is_out { &mut read.left_out } else { &mut read.names }.insert(name);
        read.whole.extend(range.clone());
        read.words.extend(range.clone());
        at = range.end;
        for word in range.clone() {
            tokens.row[word].is_kept = false;
        }
        tokens.take(range, Role::Subject);
    }
}

/// "Fights or loitering", "door forced and fights": whether a deed is one of a list of types.
fn is_beside(tokens: &Tokens<'_>, found: &[(usize, Vec<Fit<'_>>)], index: usize) -> bool {
    let words = |(at, best): &(usize, Vec<Fit<'_>>)| {
        let all = || best.iter().flat_map(|fit| fit.words.iter().copied()).chain([*at]);
        (all().min().unwrap_or(*at), all().max().unwrap_or(*at))
    };
    let is_joined = |first: usize, second: usize| {
        let between = first + 1..second;
        let is_joint =
            |at: usize| matches!(tokens.lower(at), "and" | "or" | "nor" | "vs" | "versus" | "than");
        let is_small = |at: usize| {
            let word = tokens.lower(at);
            is_joint(at)
                || is_determiner(word)
                || matches!(word, "no" | "not" | "but" | "how" | "many")
                || tokens.row[at].role == Role::Subject
        };
        between.clone().all(is_small)
            && (between.clone().any(is_joint)
                || between.clone().any(|at| tokens.lower(at) == "but")
                || tokens.row.get(second).is_some_and(|token| token.follows_break))
    };
    let (start, end) = words(&found[index]);
    found.iter().enumerate().any(|(other, one)| {
        let (first, last) = words(one);
        other != index && (is_joined(last, start) || is_joined(end, first))
    })
}
