//! "cars but not trucks", "vehicles except red vans", "without Jane": what is left out where no label tells
//! it apart from what is wanted. It is left out by its words. Must never leave out less than was said
//! without a word about it.

use std::{collections::HashSet, sync::Arc};

use super::{
    catalogue::Catalogue,
    event_types,
    labels::{LabelMention, Precision},
    negation,
    stop_words::is_determiner,
    sub_labels::SubLabels,
    tokens::{Role, Tokens, join},
    words,
};
use crate::ask::interpretation::{Interpretation, LeftOut, NameKind, Unresolved};
use crate::ask::stems::is_inflected;

/// Every further one doubles the counts that an exact answer takes.
const LEFT_OUT_MAX: usize = 5;

/// Reads what is left out by its words, once all that has a meaning of its own was read.
pub(super) fn read(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    mentions: &[LabelMention],
    sub_labels: &SubLabels,
    zones: Vec<String>,
) -> Vec<LeftOut> {
    let mut found: Vec<LeftOut> = Vec::new();
    for mention in mentions.iter().filter(|mention| is_by_words(mention, mentions)) {
        let labels: Vec<String> = mention.labels.iter().map(ToString::to_string).collect();
        // What is said only of people says nothing of the vehicles that are asked for.
        let is_of_others = !mention.labels.is_empty()
            && has_named(mentions)
            && !mention.labels.iter().any(|label| is_named(label, mentions));
        // Those who do not drive a truck are people all the same.
        let is_had = is_of_others && is_had(tokens, mention);
        let is_of_all = catalogue.labels.iter().all(|label| mention.labels.contains(label));
        if !is_of_others || is_had {
            let labels = if is_of_all || is_had { Vec::new() } else { labels };
            // A visitor is whoever a type calls one, not who parks in a visitors' bay.
            let word = &tokens.row[mention.at].singular;
            let mut types: Vec<Arc<str>> = Vec::new();
            if mention.words.len() == 1 && *word != mention.class {
                types.extend(event_types::called(tokens, catalogue, mention.at));
            }
            for name in &types {
                let words = name.replace(['_', '-'], " ");
                add(&mut found, LeftOut { labels: labels.clone(), words, ..LeftOut::default() });
            }
            if types.is_empty() {
                let words = join(mention.words.clone().map(|at| tokens.slice(at..at + 1)));
                add(&mut found, LeftOut { labels, words, ..LeftOut::default() });
            }
        }
    }
    for name in &sub_labels.left_out {
        add(&mut found, LeftOut { words: name.to_string(), ..LeftOut::default() });
    }
    for denied in negation::read(tokens) {
        for words in denied.groups {
            add(&mut found, LeftOut { words, is_lack: denied.is_lack, ..LeftOut::default() });
        }
    }
    add_way_back(tokens, &mut found);
    if !zones.is_empty() {
        add(&mut found, LeftOut { zones, ..LeftOut::default() });
    }
    found
}

/// Whether a thing is left out by its words and not by its labels: where they say less than the words, or
/// are those of what is wanted.
pub(super) fn is_by_words(mention: &LabelMention, mentions: &[LabelMention]) -> bool {
    mention.is_left_out
        && !mention.is_weak
        && (mention.labels.is_empty()
            || mention.words.len() > 1 && mention.words.end == mention.at + 1
            || match mention.precision {
                Precision::Whole => false,
                Precision::Loose => mention.labels.iter().any(|label| is_named(label, mentions)),
                Precision::Class => true,
            })
}

/// "Badged in on Tuesday": stores know no "in", but those who badge out did not badge in.
fn add_way_back(tokens: &Tokens<'_>, found: &mut Vec<LeftOut>) {
    for at in 0..tokens.row.len() {
        let token = &tokens.row[at];
        let is_deed =
            token.role == Role::Free && is_inflected(&token.lower) && words::is_content(tokens, at, token);
        let next = tokens.row.get(at + 2);
        let leads_to_a_place = next.is_some_and(|next| {
            !next.follows_break && (is_determiner(&next.lower) || next.role == Role::Place)
        });
        let is_free_behind = next.is_none_or(|next| {
            next.follows_break
                || next.role == Role::Time
                || matches!(next.lower.as_str(), "on" | "at" | "before" | "after")
        });
        if is_deed && tokens.lower(at + 1) == "in" && is_free_behind && !leads_to_a_place {
            add(
                found,
                LeftOut { words: format!("{} out", words::shown(tokens, token)), ..LeftOut::default() },
            );
        }
    }
}

/// "Not driving a truck", "without a dog": what is left out belongs to those who are asked for.
fn is_had(tokens: &Tokens<'_>, mention: &LabelMention) -> bool {
    let before = mention.words.start.saturating_sub(3)..mention.words.start;
    tokens.row.get(before).is_some_and(|before| {
        before.iter().any(|token| {
            token.lower.ends_with("ing")
                || matches!(token.lower.as_str(), "with" | "without" | "in" | "on" | "by")
        })
    })
}

fn has_named(mentions: &[LabelMention]) -> bool {
    mentions.iter().any(|mention| !mention.is_left_out && !mention.labels.is_empty())
}

fn is_named(label: &Arc<str>, mentions: &[LabelMention]) -> bool {
    mentions.iter().any(|mention| !mention.is_left_out && mention.labels.contains(label))
}

/// Single words of the same labels are alternatives: an event that holds one of them is left out.
fn add(found: &mut Vec<LeftOut>, new: LeftOut) {
    let is_single = !new.words.contains(' ') && new.zones.is_empty() && new.severities.is_empty();
    let same = found.iter_mut().find(|known| {
        is_single
            && (&known.labels, known.is_lack, known.zones.len()) == (&new.labels, new.is_lack, 0)
            && known.words.split(" or ").all(|one| !one.contains(' '))
    });
    match same {
        Some(known) if known.words.split(" or ").any(|one| one.eq_ignore_ascii_case(&new.words)) => {}
        Some(known) => {
            known.words.push_str(" or ");
            known.words.push_str(&new.words);
        }
        None => found.push(new),
    }
}

/// Puts what is left out to what was understood; what is too much to be counted is reported.
pub(super) fn settle(it: &mut Interpretation, found: Vec<LeftOut>) {
    let seen: HashSet<LeftOut> = it.without.iter().cloned().collect();
    it.without.extend(found.into_iter().filter(|new| !seen.contains(new)));
    for beyond in it.without.split_off(LEFT_OUT_MAX.min(it.without.len())) {
        it.unresolved.push(Unresolved::new(
            NameKind::Label,
            if beyond.words.is_empty() {
                join(beyond.zones.iter().chain(&beyond.labels).chain(&beyond.severities))
            } else {
                beyond.words
            },
        ));
    }
}
