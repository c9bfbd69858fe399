//! Reads the names and plates of particular persons and vehicles.

use std::{ops::Range, sync::Arc};

use super::{
    catalogue::Catalogue,
    exclusion::is_thing_left_out,
    labels::{LabelMention, is_listed},
    name_keys::is_title,
    nouns::noun,
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};

/// Names and plates.
#[derive(Debug, Clone, Default)]
pub(super) struct SubLabels {
    /// Those that are asked for, sorted.
    pub(super) named: Vec<Arc<str>>,
    /// Those that are left out: "without the guard" is not about the guard.
    pub(super) left_out: Vec<Arc<str>>,
    /// Where those stand that are asked for, and what each means.
    at: Vec<(Range<usize>, Vec<Arc<str>>)>,
}

impl SubLabels {
    fn add(
        &mut self,
        tokens: &mut Tokens<'_>,
        range: Range<usize>,
        names: Vec<Arc<str>>,
        is_out: bool,
        left_out: &mut Vec<usize>,
    ) {
        tokens.take(range.clone(), Role::Subject);
        if is_out {
            left_out.extend(range);
            self.left_out.extend(names);
        } else {
            self.named.extend(names.iter().cloned());
            self.at.push((range, names));
        }
    }

    /// Where the names stand that are asked for, and whether each is one of letters alone, which no plate is.
    pub(super) fn places(&self) -> impl Iterator<Item = (Range<usize>, bool)> {
        let is_plate = |name: &Arc<str>| name.contains(|c: char| c.is_ascii_digit());
        self.at.iter().map(move |(at, names)| (at.clone(), !names.iter().any(is_plate)))
    }

    /// Takes the name that stands here from those that are asked for; its words are looked for instead.
    pub(super) fn look_for_words(&mut self, tokens: &mut Tokens<'_>, range: &Range<usize>) {
        self.at.retain(|(at, _)| at != range);
        self.named = self.at.iter().flat_map(|(_, names)| names.iter().cloned()).collect();
        self.named.sort();
        self.named.dedup();
        for at in range.clone() {
            tokens.row[at].is_kept = true;
        }
    }
}

/// Reads names and plates: exactly but for case and spaces ("MAR2020" is "mar 2020").
///
/// A plate wins over a period that the same words could name when it is written just as it is kept.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue, left_out: &[usize]) -> SubLabels {
    let mut found = SubLabels::default();
    let mut left_out = left_out.to_vec();
    let mut at = 0;
    while at < tokens.row.len() {
        // "Dr Chen" is Alan Chen.
        if is_title(tokens.lower(at)) && tokens.is_free(at..at + 2) && tokens.row[at + 1].quote.is_none() {
            let names: Vec<Arc<str>> = catalogue.names_ending_with(tokens.lower(at + 1)).cloned().collect();
            if !names.is_empty() {
                let is_out = is_thing_left_out(tokens, at, &left_out);
                found.add(tokens, at..at + 2, names, is_out, &mut left_out);
                at += 2;
                continue;
            }
        }
        if !catalogue.begins_sub_label(tokens.lower(at)) {
            at += 1;
            continue;
        }
        let longest = catalogue.sub_label_words_max().min(tokens.row.len() - at);
        let hit = (1..=longest).rev().find_map(|words| {
            let range = at..at + words;
            let names = sub_labels_at(tokens, catalogue, range.clone());
            (!names.is_empty()).then_some((range, names))
        });
        let hit = hit.or_else(|| first_name_at(tokens, catalogue, at).map(|names| (at..at + 1, names)));
        at += 1;
        if let Some((range, names)) = hit {
            at = range.end;
            let is_out = is_thing_left_out(tokens, range.start, &left_out);
            found.add(tokens, range, names, is_out, &mut left_out);
        }
    }
    found.named.sort();
    found.named.dedup();
    found
}

/// "Leo or cats": of a name and a thing in a list one is enough, which no filter says. Both are looked for by their
/// words, which every event of them holds.
pub(super) fn settle_lists(tokens: &mut Tokens<'_>, names: &mut SubLabels, mentions: &mut Vec<LabelMention>) {
    let is_beside = |mention: &LabelMention, name: &Range<usize>| {
        is_listed(tokens, mention.at, name.start) || is_listed(tokens, name.end - 1, mention.at)
    };
    let is_mixed = |mention: &LabelMention| {
        let is_asked_for = !mention.is_weak && !mention.is_left_out && !mention.labels.is_empty();
        is_asked_for && names.at.iter().any(|(name, _)| is_beside(mention, name))
    };
    let mixed: Vec<usize> = mentions.iter().filter(|mention| is_mixed(mention)).map(|m| m.at).collect();
    if mixed.is_empty() {
        return;
    }
    mentions.retain(|mention| !mixed.contains(&mention.at));
    names.named.clear();
    for at in names.at.drain(..).flat_map(|(name, _)| name).chain(mixed) {
        tokens.row[at].is_kept = true;
    }
}

fn sub_labels_at(tokens: &Tokens<'_>, catalogue: &Catalogue, range: Range<usize>) -> Vec<Arc<str>> {
    let words = &tokens.row[range.clone()];
    if words.iter().any(|t| !matches!(t.role, Role::Free | Role::Time))
        || !tokens.is_one_phrase(range.clone())
    {
        return Vec::new();
    }
    let is_time = words.iter().any(|t| t.role == Role::Time);
    let is_all = words.len() == tokens.row.len();
    let written = tokens.slice(range.clone());
    let compact: String = words.iter().map(|t| t.lower.as_str()).collect();
    let is_everyday = words.len() == 1
        && (is_stop_word(&compact)
            || noun(&words[0].singular).is_some()
            || is_everyday_name(&compact)
            || words[0].is_number());
    // "Any pick ups?"
    if matches!(tokens.before(range.start), "pick" | "push" | "pull" | "line") && compact == "ups" {
        return Vec::new();
    }
    catalogue
        .sub_labels_of(&compact)
        .filter(|name| {
            let is_plate = name.contains(|c: char| c.is_ascii_digit()) && name.contains(char::is_alphabetic);
            let is_same = &***name == written;
            (!is_time || (is_plate && is_same)) && (!is_everyday || (is_same && (range.start > 0 || is_all)))
        })
        .cloned()
        .collect()
}

/// "And Dana?" where Dana Brooks is known: the first name alone, with a capital, or with nothing beside it that says
/// anything.
fn first_name_at(tokens: &Tokens<'_>, catalogue: &Catalogue, at: usize) -> Option<Vec<Arc<str>>> {
    let token = &tokens.row[at];
    let names: Vec<Arc<str>> = catalogue.names_beginning_with(&token.lower).cloned().collect();
    if names.is_empty() || !tokens.is_free(at..at + 1) || token.quote.is_some() || token.is_joined {
        return None;
    }
    let begins = at == 0 || token.follows_break;
    let is_alone = (0..tokens.row.len()).all(|other| other == at || is_stop_word(tokens.lower(other)));
    let is_capital = tokens.slice(at..at + 1).starts_with(char::is_uppercase);
    let is_article = matches!(tokens.before(at), "a" | "an" | "the" | "any" | "which" | "what" | "every");
    // "Dana Smith" is another.
    let goes_on = tokens.row.get(at + 1).is_some_and(|next| {
        let is_surname = tokens.slice(at + 1..at + 2).starts_with(char::is_uppercase);
        next.role == Role::Free && !next.follows_break && is_surname && !is_stop_word(&next.lower)
    });
    // Where others begin small, a capital makes a name of "Grace"; in A Title All Words Have One.
    let is_title = || {
        (1..tokens.row.len()).filter(|other| *other != at).all(|other| {
            tokens.slice(other..other + 1).starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
        })
    };
    let is_meant = is_alone || (is_capital && !begins && (!is_everyday_name(&token.lower) || !is_title()));
    (is_meant && !is_article && !goes_on).then_some(names)
}

/// First names that are words as well: "mark the important ones".
fn is_everyday_name(word: &str) -> bool {
    matches!(
        word,
        "mark"
            | "bill"
            | "will"
            | "may"
            | "rose"
            | "grace"
            | "jack"
            | "rob"
            | "pat"
            | "drew"
            | "art"
            | "hope"
            | "faith"
            | "joy"
            | "sue"
            | "frank"
            | "grant"
            | "chase"
            | "gene"
            | "dean"
            | "ray"
            | "olive"
            | "summer"
            | "april"
            | "june"
            | "august"
            | "dawn"
            | "eve"
            | "ivy"
            | "ruby"
            | "pearl"
            | "amber"
            | "iris"
            | "lily"
            | "daisy"
            | "jasmine"
            | "skip"
            | "buddy"
            | "max"
            | "rusty"
            | "shadow"
            | "ginger"
            | "lucky"
            | "spot"
    )
}
