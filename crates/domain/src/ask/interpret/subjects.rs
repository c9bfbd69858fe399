//! What a question is about, put together from the labels and the types of event that its words name.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use super::{
    catalogue::Catalogue,
    event_types::{self, TypesRead},
    labels::LabelMention,
    left_out,
    tokens::{Role, Tokens},
};

/// Things that types speak of and labels do not: where the events have no label for a thing, the types
/// that speak of it are meant; and a type that says "visitor" says more than the label of a person.
pub(super) fn types_of_things(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    labels: &[LabelMention],
    mut types: TypesRead,
) -> TypesRead {
    let has_deed = !types.names.is_empty();
    for mention in labels.iter().filter(|m| !m.is_weak && !m.is_left_out) {
        let word = tokens.row[mention.at].singular.clone();
        let is_own_word = word != mention.class && !mention.labels.iter().any(|label| **label == *word);
        let mut names: Vec<Arc<str>> = Vec::new();
        if is_own_word {
            names.extend(event_types::called(tokens, catalogue, mention.at));
        }
        if names.is_empty() && mention.labels.is_empty() {
            names.extend(event_types::speaking_of(catalogue, &mention.class));
        }
        let is_named = names.iter().any(|name| types.names.contains(name));
        let is_beside = has_deed
            && !is_named
            && tokens.find("and").or_else(|| tokens.find("or")).is_some()
            && event_types::are_things(catalogue, &types.names);
        if names.is_empty() || (has_deed && !is_named && !is_beside) {
            continue;
        }
        if is_beside {
            types.listed.push(mention.at);
        }
        if !has_deed || is_beside {
            types.names.extend(names);
        }
        tokens.take(mention.at..mention.at + 1, Role::Subject);
        tokens.row[mention.at].is_kept = false;
    }
    types
}

/// The types that were named, or all but those that were left out.
pub(super) fn names_of_types(catalogue: &Catalogue, types: &TypesRead) -> Vec<String> {
    let all = || catalogue.event_types.iter().map(|known| Arc::clone(&known.name)).collect::<BTreeSet<_>>();
    let from = if types.names.is_empty() && !types.left_out.is_empty() { all() } else { types.names.clone() };
    from.difference(&types.left_out).map(ToString::to_string).collect()
}

/// The labels that were named, without those that were left out. A label that the types speak of as the thing it is
/// done to is no label of their events.
pub(super) fn names_of_labels(
    catalogue: &Catalogue,
    mentions: &[LabelMention],
    types: &TypesRead,
) -> Vec<String> {
    let left_out: HashSet<&Arc<str>> = left_out_by_label(mentions).collect();
    let named: Vec<&Arc<str>> = mentions
        .iter()
        .filter(|mention| !mention.is_left_out && !types.listed.contains(&mention.at))
        .filter(|mention| !event_types::imply(catalogue, types, mention))
        .filter(|mention| !event_types::is_part_of_one(catalogue, types, mention))
        .flat_map(|mention| &mention.labels)
        .collect();
    // "Trucks, no vehicles": what is named stays.
    let mut seen: HashSet<&Arc<str>> = HashSet::new();
    if named.iter().any(|label| !left_out.contains(label)) {
        seen = left_out;
    }
    named.into_iter().filter(|label| seen.insert(label)).map(ToString::to_string).collect()
}

/// "Did more cars enter than leave?": of types that say who does it, those of others are not meant.
pub(super) fn keep_to_doers(catalogue: &Catalogue, types: &mut Vec<String>, labels: &[&str]) {
    let is_of_others = |name: &String| doer(catalogue, name).is_some_and(|doer| !labels.contains(&doer));
    if !labels.is_empty() && !types.iter().all(is_of_others) {
        types.retain(|name| !is_of_others(name));
    }
}

/// Who does what a type tells, where it begins with a label: the car of `car_enters`.
pub(super) fn doer<'a>(catalogue: &Catalogue, name: &'a str) -> Option<&'a str> {
    let first = name.split(['_', '-', ' ']).next()?;
    catalogue.labels.iter().any(|label| **label == *first).then_some(first)
}

/// What is left out by its label alone, where nothing is named: "everything except cars". Events without a label
/// are none.
pub(super) fn labels_left_out(mentions: &[LabelMention]) -> Vec<String> {
    let is_named = mentions.iter().any(|m| !m.is_left_out && !m.labels.is_empty());
    let labels: BTreeSet<&Arc<str>> = left_out_by_label(mentions).filter(|_| !is_named).collect();
    labels.into_iter().map(ToString::to_string).collect()
}

fn left_out_by_label(mentions: &[LabelMention]) -> impl Iterator<Item = &Arc<str>> {
    let is_out = |m: &&LabelMention| m.is_left_out && !left_out::is_by_words(m, mentions);
    mentions.iter().filter(is_out).flat_map(|mention| &mention.labels)
}
