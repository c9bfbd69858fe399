//! Reads labels, by their own names and by what people call them.

use std::{ops::Range, sync::Arc};

use super::{
    catalogue::Catalogue,
    chatter::says,
    exclusion::{is_having, is_leaving_word, is_thing_left_out, left_out_behind},
    nouns::{Noun, is_sound, noun},
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};

/// The most words of a label's name.
const LABEL_WORDS_MAX: usize = 3;

/// Words before a thing that is left out in which it can be said what is done with it: "not driving a truck".
const HAVING_MAX: usize = 3;

/// One mention of a label.
#[derive(Debug, Clone)]
pub(super) struct LabelMention {
    /// Where it stands.
    pub(super) at: usize,
    /// The class of things, or the label itself where it is in no class.
    pub(super) class: String,
    /// The labels that it means here; empty when the events have none for it.
    pub(super) labels: Vec<Arc<str>>,
    /// Whether it is a sound or a deed and no thing: "bark".
    pub(super) is_sound: bool,
    /// Whether it only hints ("who").
    pub(super) is_weak: bool,
    pub(super) is_left_out: bool,
    /// The words that name it when it is left out, with what describes it: "red trucks".
    pub(super) words: Range<usize>,
    pub(super) precision: Precision,
}

/// How much of what a noun says its labels say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    /// All of it: a label of its own, or the whole class.
    Whole,
    /// All of it as people speak, who call any vehicle a car.
    Loose,
    /// The class alone: a truck is a vehicle.
    Class,
}

/// Reads every label and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue, left_out: &[usize]) -> Vec<LabelMention> {
    let mut mentions = Vec::new();
    let mut left_out = left_out.to_vec();
    let mut at = 0;
    while at < tokens.row.len() {
        let words = read_one(tokens, catalogue, at, &mut mentions, &mut left_out);
        at += words.max(1);
    }
    settle_lists(tokens, &mentions);
    mentions
}

/// "cars and trucks", "people and dogs": of things in a list, each is wanted by itself, so that the word
/// for one must not narrow the others. Where each has a word ("cats and dogs"), one of them is enough.
fn settle_lists(tokens: &mut Tokens<'_>, mentions: &[LabelMention]) {
    let named: Vec<usize> =
        mentions.iter().filter(|m| !m.is_weak && !m.labels.is_empty()).map(|m| m.at).collect();
    let mut start = 0;
    while start < named.len() {
        let mut end = start + 1;
        while end < named.len() && is_listed(tokens, named[end - 1], named[end]) {
            end += 1;
        }
        let list = &named[start..end];
        if list.len() > 1 && !list.iter().all(|at| tokens.row[*at].is_kept) {
            for at in list {
                tokens.row[*at].is_kept = false;
            }
        }
        start = end;
    }
}

/// Whether nothing but "and", "or", a comma or an article stands between two things.
pub(super) fn is_listed(tokens: &Tokens<'_>, first: usize, second: usize) -> bool {
    const BETWEEN_MAX: usize = 3;
    let is_filler = |word: &str| matches!(word, "a" | "an" | "the" | "any" | "how" | "many");
    if second <= first {
        return false;
    }
    let between = first + 1..second;
    let is_joint = |at: usize| matches!(tokens.lower(at), "and" | "or" | "nor");
    between.len() <= BETWEEN_MAX
        && between.clone().all(|at| is_joint(at) || is_filler(tokens.lower(at)))
        && (between.clone().any(is_joint)
            || (between.is_empty() && tokens.row[second].follows_break)
            || tokens.text[tokens.row[first].span.end..tokens.row[second].span.start].contains(['/', '&']))
}

fn read_one(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    at: usize,
    mentions: &mut Vec<LabelMention>,
    left_out: &mut Vec<usize>,
) -> usize {
    if tokens.row[at].role != Role::Free || tokens.row[at].quote.is_some() || is_part_of_a_noun(tokens, at) {
        return 0;
    }
    let longest = LABEL_WORDS_MAX.min(tokens.row.len() - at);
    let own = (1..=longest).rev().find_map(|words| {
        let range = at..at + words;
        let fits = tokens.is_free(range.clone()) && tokens.is_one_phrase(range.clone());
        fits.then(|| catalogue.label(&tokens.key(range)).map(|label| (words, label)))?
    });
    let singular = &tokens.row[at].singular;
    // "Was a dog barking?" where the label is `bark`.
    let own = own.or_else(|| {
        let is_thing = noun(singular).is_some();
        catalogue.sound(&tokens.row[at].stem).filter(|_| !is_thing).map(|label| (1, label))
    });
    let (words, class, labels, is_weak, precision) = if let Some((words, label)) = own {
        let class = noun(label).map_or_else(|| label.to_string(), |noun| noun.class.to_owned());
        // "vehicles" are all that are vehicles, whatever else a detector tells apart.
        let labels = match noun(singular) {
            Some(noun) if words == 1 && noun.label == noun.class && !noun.is_narrower => {
                labels_of(noun, catalogue).0
            }
            _ => vec![Arc::clone(label)],
        };
        (words, class, labels, false, Precision::Whole)
    } else {
        let Some(noun) = noun(singular) else { return 0 };
        // "My son says there was a dog": who tells it.
        let tells = matches!(singular.as_str(), "son" | "daughter")
            && (says(tokens.lower(at + 1)) || matches!(tokens.lower(at + 1), "wants" | "asked" | "asks"));
        if tells {
            return 0;
        }
        let (labels, is_kept) = labels_of(noun, catalogue);
        let is_own = labels.iter().any(|label| **label == *noun.label);
        let precision = match is_kept {
            true => Precision::Class,
            false if noun.label != noun.class && !is_own => Precision::Loose,
            false => Precision::Whole,
        };
        (1, noun.class.to_owned(), labels, noun.is_weak, precision)
    };
    let is_kept = precision == Precision::Class;
    let range = at..at + words;
    let described = described_from(tokens, at);
    let behind = left_out_behind(tokens, range.end);
    // Of "non-white vehicles" the vehicles are wanted.
    let is_only_described = described < at && tokens.before(described) == "non";
    let is_out = !is_only_described && (is_thing_left_out(tokens, described, left_out) || behind > 0);
    let named = if is_out { described..range.end } else { range.clone() };
    if is_out {
        left_out.extend(named.clone());
    }
    if is_out && !is_weak {
        for had in described.saturating_sub(HAVING_MAX)..described {
            if is_having(tokens.lower(had)) && tokens.row[had].role == Role::Free {
                tokens.take(had..had + 1, Role::Subject);
            }
        }
        tokens.take(named.start..named.end + behind, Role::Subject);
    }
    if !labels.is_empty() {
        tokens.take(range.clone(), Role::Subject);
        for token in &mut tokens.row[range] {
            token.is_kept = is_kept && !is_out;
            // Where no event tells visitors from others, they are whoever came.
            token.is_perhaps |= token.is_kept && token.singular == "visitor";
            // Also what they did: they came in.
            if token.lower == "footfall" && !is_out {
                token.role = Role::Free;
            }
        }
        // Of size and age everyone says what they please: "a little boy" is told as a boy.
        let is_of_size = |word: &str| matches!(word, "little" | "young" | "small" | "tiny");
        if class == "person"
            && is_kept
            && !is_out
            && is_of_size(tokens.before(at))
            && tokens.is_free(at - 1..at)
        {
            tokens.row[at - 1].is_perhaps = true;
        }
    }
    let is_sound = labels.iter().any(|label| is_sound(label));
    mentions.push(LabelMention {
        at,
        class,
        labels,
        is_sound,
        is_weak,
        is_left_out: is_out,
        words: named,
        precision,
    });
    words
}

/// Where the words that describe a thing begin: "red" of "except red trucks".
fn described_from(tokens: &Tokens<'_>, at: usize) -> usize {
    const DESCRIBING_MAX: usize = 2;
    let describes = |at: usize| {
        let token = &tokens.row[at];
        token.role == Role::Free
            && token.quote.is_none()
            && !token.is_number()
            && !tokens.row[at + 1].follows_break
            && !is_stop_word(&token.lower)
            && !is_leaving_word(&token.lower)
            && noun(&token.singular).is_none()
    };
    let from = at.saturating_sub(DESCRIBING_MAX);
    (from..at).rev().take_while(|at| describes(*at)).last().unwrap_or(at)
}

/// The labels that a noun means, and whether it says more than they do.
fn labels_of(noun: Noun, catalogue: &Catalogue) -> (Vec<Arc<str>>, bool) {
    if catalogue.has_no_terms() {
        let is_hint = noun.is_weak && noun.class == "person";
        return (if is_hint { Vec::new() } else { vec![noun.class.into()] }, noun.is_narrower);
    }
    let own = noun.label.replace('_', " ");
    if let Some(label) = catalogue.label(&own)
        && noun.label != noun.class
    {
        return (vec![Arc::clone(label)], false);
    }
    let of_class = || -> Vec<Arc<str>> {
        let is_member = |label: &Arc<str>| {
            super::nouns::noun(&label.to_lowercase()).is_some_and(|other| other.class == noun.class)
        };
        catalogue.labels.iter().filter(|label| is_member(label)).cloned().collect()
    };
    match catalogue.label(noun.class) {
        // A plain word means every label of its class; a narrower one the class's own label.
        _ if noun.label == noun.class && !noun.is_narrower => (of_class(), false),
        Some(label) => (vec![Arc::clone(label)], noun.is_narrower),
        None if noun.is_narrower => (of_class(), true),
        None => (Vec::new(), false),
    }
}

/// "car park", "bus stop": the noun only colours another one.
fn is_part_of_a_noun(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_next = tokens.row.get(at + 1).is_some_and(|next| !next.follows_break);
    is_next
        && matches!(
            (tokens.row[at].singular.as_str(), tokens.row[at + 1].singular.as_str()),
            (
                "car" | "bus" | "truck" | "bike",
                "park" | "port" | "wash" | "station" | "stop" | "rack" | "lane"
            ) | (
                "staff" | "guard" | "visitor" | "kid",
                "room" | "house" | "entrance" | "parking" | "area" | "door"
            )
        )
}
