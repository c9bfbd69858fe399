//! "cars but not trucks", "vehicles except red vans", "without Jane": what is left out where no label tells
//! it apart from what is wanted. It is left out by its words. Must never leave out less than was said
//! without a word about it.

use std::{collections::HashSet, sync::Arc};

use super::{
    catalogue::Catalogue,
    exclusion,
    labels::{LabelMention, Precision, SubLabels},
    tokens::{Role, Tokens, join},
    words,
};
use crate::ask::interpretation::{Interpretation, LeftOut, NameKind, Unresolved};

/// Every further one doubles the counts that an exact answer takes.
const LEFT_OUT_MAX: usize = 5;

/// Reads what is left out by its words, once all that has a meaning of its own was read.
pub(super) fn read(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    mentions: &[LabelMention],
    sub_labels: &SubLabels,
) -> Vec<LeftOut> {
    let mut found: Vec<LeftOut> = Vec::new();
    for mention in mentions.iter().filter(|mention| is_by_words(mention, mentions)) {
        let labels: Vec<String> = mention.labels.iter().map(ToString::to_string).collect();
        // What is said only of people says nothing of the vehicles that are asked for.
        let is_of_others = !mention.labels.is_empty()
            && has_named(mentions)
            && !mention.labels.iter().any(|label| is_named(label, mentions));
        let is_of_all = catalogue.labels.iter().all(|label| mention.labels.contains(label));
        if !is_of_others {
            let words = join(mention.words.clone().map(|at| tokens.slice(at..at + 1)));
            add(&mut found, LeftOut { labels: if is_of_all { Vec::new() } else { labels }, words });
        }
    }
    for name in &sub_labels.left_out {
        add(&mut found, LeftOut { labels: Vec::new(), words: name.to_string() });
    }
    let mut at = 0;
    while at < tokens.row.len() {
        at += 1;
        let Some(start) = exclusion::behind(tokens, at - 1) else { continue };
        let mut end = start;
        while tokens.row.get(end).is_some_and(|token| {
            (end == start || !token.follows_break) && !token.is_kept && words::is_content(tokens, end, token)
        }) {
            end += 1;
        }
        if start < end {
            let told = join((start..end).map(|at| tokens.slice(at..at + 1)));
            tokens.take(start..end, Role::Subject);
            add(&mut found, LeftOut { labels: Vec::new(), words: told });
            at = end;
        }
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

fn has_named(mentions: &[LabelMention]) -> bool {
    mentions.iter().any(|mention| !mention.is_left_out && !mention.labels.is_empty())
}

fn is_named(label: &Arc<str>, mentions: &[LabelMention]) -> bool {
    mentions.iter().any(|mention| !mention.is_left_out && mention.labels.contains(label))
}

/// Single words of the same labels are alternatives: an event that holds one of them is left out.
fn add(found: &mut Vec<LeftOut>, new: LeftOut) {
    let is_single = !new.words.contains(' ');
    let same = found.iter_mut().find(|known| {
        is_single && known.labels == new.labels && known.words.split(" or ").all(|one| !one.contains(' '))
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
        it.unresolved.push(Unresolved {
            text: beyond.words,
            kind: NameKind::Label,
            did_you_mean: Vec::new(),
        });
    }
}
