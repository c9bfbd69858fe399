//! What a question asks beyond whether there was any: "did nobody fall?", "was it only Tom?", "were Tom and Ruth both
//! home?", "are deliveries going up?" A "yes" to any of these that only means "there were some" would be false.

use std::ops::Range;

use super::{
    changes,
    intents::{Asked, is_auxiliary, opening},
    labels::LabelMention,
    places::{Named, Places},
    stop_words::{is_determiner, is_place_preposition, is_stop_word},
    sub_labels::SubLabels,
    tokens::{Role, Tokens, join},
    words,
};
use crate::ask::{
    interpretation::{Claim, Intent, Interpretation, QuestionForm},
    word_sides,
};

/// Reads it before anything else is, and puts a denial in the words of a plain question: "did anybody fall?"
pub(super) fn read(tokens: &mut Tokens<'_>) -> Claim {
    let start = opening(tokens);
    if changes::read(tokens, start) {
        return Claim::Trend;
    }
    if changes::compares_with_usual(tokens) {
        return Claim::Usual;
    }
    if !is_auxiliary(tokens.lower(start)) {
        return Claim::Plain;
    }
    if denies(tokens, start) {
        Claim::None
    } else if is_of_all(tokens, start) {
        Claim::All
    } else {
        Claim::Plain
    }
}

/// "Was there no delivery?", "did nobody fall?", "has Tom never come?", "did Tom not come?"
fn denies(tokens: &mut Tokens<'_>, start: usize) -> bool {
    let mut next = start + 1;
    while matches!(tokens.lower(next), "there" | "been") {
        next += 1;
    }
    if tokens.row.get(next).is_some_and(|token| token.quote.is_some() || token.role != Role::Free) {
        return false;
    }
    let after = tokens.lower(next + 1);
    match tokens.lower(next) {
        "no" if matches!(after, "more" | "fewer" | "less" | "longer" | "later" | "sooner") => false,
        "no" if after == "one" => {
            tokens.take(next..next + 1, Role::Intent);
            tokens.respell(next, "any");
            tokens.respell(next + 1, "anyone");
            true
        }
        // "Nobody but Tom", "no others than": that is a claim of all.
        "no" | "nobody" | "noone" | "nothing" if matches!(after, "but" | "except" | "other" | "else") => {
            false
        }
        "no" | "none" => {
            tokens.respell(next, "any");
            true
        }
        "nobody" | "noone" => {
            tokens.respell(next, "anyone");
            true
        }
        "nothing" => {
            tokens.respell(next, "anything");
            true
        }
        "not" if matches!(after, "a" | "any" | "anyone" | "anybody" | "one" | "anything") => {
            tokens.respell(next, "really");
            if tokens.lower(next + 2) == "single" {
                tokens.take(next + 2..next + 3, Role::Intent);
            }
            true
        }
        _ => denies_a_deed(tokens, start),
    }
}

/// "Did Tom never come?", "did Tom not come?": not of who "never left", nor of people "not wearing" something.
fn denies_a_deed(tokens: &mut Tokens<'_>, start: usize) -> bool {
    let relates = |at: usize| matches!(tokens.lower(at), "who" | "that" | "which" | "but" | "or" | "why");
    let does = matches!(tokens.lower(start), "did" | "do" | "does" | "has" | "have" | "had");
    let end = (start + 1..tokens.row.len()).find(|at| relates(*at) || tokens.row[*at].follows_break);
    let found = (start + 2..end.unwrap_or(tokens.row.len())).find(|at| match tokens.lower(*at) {
        "never" => true,
        "not" if does => {
            let verb = tokens.lower(at + 1);
            let is_of_thing = is_place_preposition(verb)
                || is_determiner(verb)
                || matches!(verb, "with" | "without" | "only" | "just" | "all" | "yet" | "")
                || verb.ends_with("ing");
            !is_of_thing && tokens.row[at + 1].role == Role::Free
        }
        _ => false,
    });
    let Some(at) = found.filter(|at| tokens.row[*at].quote.is_none()) else { return false };
    tokens.respell(at, "really");
    tokens.take(at..at + 1, Role::Intent);
    true
}

/// "Was the atrium empty at 8?": that there was nobody and nothing. Of a box or a shelf it is another question.
pub(super) fn of_empty_place(tokens: &mut Tokens<'_>, claim: Claim) -> Claim {
    let asks = matches!(tokens.lower(0), "was" | "were" | "is" | "are");
    let found = (2..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "empty" | "deserted"));
    let Some(at) = found.filter(|at| asks && claim.is_plain() && tokens.is_free(*at..*at + 1)) else {
        return claim;
    };
    let before =
        (1..at).rev().find(|before| !matches!(tokens.lower(*before), "really" | "completely" | "totally"));
    if before.is_some_and(|before| tokens.row[before].role == Role::Place) {
        tokens.take(at..at + 1, Role::Intent);
        return Claim::None;
    }
    claim
}

/// "Were all deliveries from UPS?", "was it only Tom?", "is it always the same car?": no count tells that.
fn is_of_all(tokens: &Tokens<'_>, start: usize) -> bool {
    let is_free =
        |at: usize| tokens.row.get(at).is_some_and(|token| token.quote.is_none() && token.role == Role::Free);
    let is_time = |at: usize| {
        tokens.row.get(at).is_none_or(|token| {
            token.role == Role::Time
                || matches!(
                    token.singular.as_str(),
                    "day"
                        | "night"
                        | "week"
                        | "month"
                        | "morning"
                        | "evening"
                        | "afternoon"
                        | "time"
                        | "hour"
                )
        })
    };
    let subject = start + 1 + usize::from(tokens.lower(start + 1) == "there");
    let is_pronoun = matches!(tokens.lower(subject), "they" | "these" | "those" | "we" | "it");
    let of_all = subject + usize::from(is_pronoun);
    let is_whole = |at: usize| match tokens.lower(at) {
        "all" | "every" | "each" => !is_time(at + 1),
        "everyone" | "everybody" => true,
        _ => false,
    };
    is_free(of_all) && is_whole(of_all)
        || matches!(tokens.lower(subject), "nobody" | "nothing" | "no")
            && matches!(tokens.lower(subject + 1), "but" | "except" | "other" | "else")
        || (start + 1..tokens.row.len())
            .any(|at| matches!(tokens.lower(at), "every" | "each") && tokens.row[at].role == Role::Time)
        || (start + 1..tokens.row.len()).any(|at| {
            is_free(at)
                && match tokens.lower(at) {
                    "only" | "always" | "exclusively" | "solely" => true,
                    "same" => tokens.before(at) == "the" && !is_time(at + 1),
                    _ => false,
                }
        })
}

/// What is named in a question, as far as "both" can mean it.
pub(super) struct Names<'a> {
    pub(super) labels: &'a [LabelMention],
    pub(super) sub_labels: &'a SubLabels,
    pub(super) places: &'a Places,
    pub(super) has_types: bool,
    /// How many times are named that come once.
    pub(super) times: usize,
}

/// Settles what was read once all names are known: each of several is told by itself, as the sides of a comparison are.
pub(super) fn settle(claim: Claim, asked: &mut Asked, tokens: &Tokens<'_>, names: &Names<'_>) -> Claim {
    let is_whether = asked.form == Some(QuestionForm::Whether);
    match claim {
        Claim::Trend | Claim::Usual => {
            let is_open = matches!(
                asked.intent,
                None | Some(Intent::Find | Intent::Count | Intent::Unusual | Intent::Compare | Intent::Last)
            );
            if is_open {
                asked.intent = Some(Intent::Compare);
            }
            if is_open { claim } else { Claim::Plain }
        }
        Claim::Plain if is_whether && asked.intent.is_none() && joins(tokens) => match several(names) {
            0 => Claim::Plain,
            1 => {
                asked.intent = Some(Intent::Compare);
                Claim::Each
            }
            _ => Claim::All,
        },
        Claim::None | Claim::All if !is_whether => Claim::Plain,
        known => known,
    }
}

/// "Nurses vs doctors in both corridors": what stands on both sides of the word is compared, and not the places.
pub(super) fn set_words_against(it: &mut Interpretation, tokens: &Tokens<'_>) {
    let Some(words) = it.words.as_deref().filter(|_| it.intent == Intent::Compare) else { return };
    let is_word = |at: usize| {
        let token = tokens.row.get(at);
        token.is_some_and(|t| !matches!(t.role, Role::Time | Role::Place) && !is_stop_word(&t.lower))
    };
    let joint = (1..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "vs" | "versus" | "against"));
    if joint.is_none_or(|at| !is_word(at - 1) || !is_word(at + 1)) || it.periods.len() > 1 {
        return;
    }
    let mut sides = word_sides::of(words);
    let content = |range: Range<usize>| {
        let is_content = |at: &usize| words::is_content(tokens, *at, &tokens.row[*at]);
        join(range.filter(is_content).map(|at| words::shown(tokens, &tokens.row[at])))
    };
    if sides.len() < 2 && it.cameras.len() < 2 {
        // "Red cars vs blue cars."
        sides = joint.map(|at| vec![content(0..at), content(at + 1..tokens.row.len())]).unwrap_or_default();
        sides.retain(|side| !side.is_empty());
    }
    if sides.len() > 1 {
        let with = |words: String| (words.clone(), Interpretation { words: Some(words), ..it.clone() });
        it.sides = sides.into_iter().map(with).collect();
    }
}

/// "Were both of them there?" behind two questions for one each.
pub(super) fn settle_both(it: &mut Interpretation, tokens: &Tokens<'_>) {
    let is_plain = it.form == QuestionForm::Whether && it.intent == Intent::Find && it.claim.is_plain();
    if is_plain && it.sub_labels.len() > 1 && tokens.find("both").is_some() {
        (it.intent, it.claim) = (Intent::Compare, Claim::Each);
    }
}

/// "Tom and Ruth", "at two and at four", "both": and no "or".
fn joins(tokens: &Tokens<'_>) -> bool {
    let is_skipped = |word: &str| is_determiner(word) || is_place_preposition(word) || word == "both";
    let joins_names = || {
        (1..tokens.row.len()).filter(|at| tokens.lower(*at) == "and").any(|and| {
            let next = (and + 1..tokens.row.len()).find(|at| !is_skipped(tokens.lower(*at)));
            let role = tokens.row[and - 1].role;
            matches!(role, Role::Subject | Role::Place | Role::Time)
                && next.is_some_and(|next| tokens.row[next].role == role)
        })
    };
    tokens.find("or").is_none() && (tokens.find("both").is_some() || joins_names())
}

/// In how many ways several are named: by name, by label, by place, by time.
fn several(names: &Names<'_>) -> usize {
    let mut labels: Vec<_> =
        names.labels.iter().filter(|label| !label.is_weak && !label.is_left_out).collect();
    labels.dedup_by(|a, b| a.labels == b.labels);
    let are_single = labels.iter().all(|label| label.labels.len() == 1);
    let places = names.places.mentions.iter().filter(|place| !matches!(place.named, Named::Zones(_))).count();
    let are_labels = labels.len() > 1 && are_single;
    // "Did people and animals enter?": what people do is of another type than what animals do.
    let are_times = names.times > 1;
    [names.sub_labels.named.len() > 1, are_labels, are_labels && names.has_types, places > 1, are_times]
        .into_iter()
        .filter(|is_several| *is_several)
        .count()
}
