//! "People walking a dog", "did anyone take my package?", "did Anna feed Rex?": who does something and what it is done
//! to are no two things to choose from. Events are of the first; what it was done to is a word that they must say.

use std::ops::Range;

use super::{
    exclusion::is_having,
    labels::{LabelMention, is_listed},
    stop_words::{is_clause_joint, is_determiner, is_stop_word},
    sub_labels::SubLabels,
    tokens::{Role, Token, Tokens},
};

/// So many words may stand between who does something and what it is done to.
const BETWEEN_MAX: usize = 6;

/// And so many between who has a thing and the word that says so: "a boy in a red jacket and blue jeans with a bag".
const HAD_BETWEEN_MAX: usize = 10;
/// A thing that is had stands right behind that word, but for what describes it.
const DESCRIBED_MAX: usize = 3;

/// A thing or a name that is asked for.
struct Asked<'a> {
    at: Range<usize>,
    /// Absent for a name.
    mention: Option<&'a LabelMention>,
    is_plate: bool,
}

impl Asked<'_> {
    fn is_weak(&self) -> bool {
        self.mention.is_some_and(|mention| mention.is_weak)
    }

    /// Whether both stand for the same events, so that nothing is lost by asking for either.
    fn is_same(&self, other: &Self) -> bool {
        match (self.mention, other.mention) {
            (Some(one), Some(other)) => one.labels == other.labels,
            _ => false,
        }
    }
}

/// What becomes of a pair.
enum Pair {
    /// The second is a word that events of the first must say.
    Done(usize),
    /// The first is only who saw the second, or whose it is; or the second hints at whom it was done to.
    Idle(usize),
}

/// Takes from what is asked for whatever something is only done to, and leaves its words to be looked for.
/// Beside a type of event (`only_had`) only what somebody has: the deed itself may be done to the thing.
pub(super) fn settle(
    tokens: &mut Tokens<'_>,
    names: &mut SubLabels,
    mentions: &mut Vec<LabelMention>,
    only_had: bool,
) {
    let mut objects: Vec<Range<usize>> = Vec::new();
    let mut deeds: Vec<usize> = Vec::new();
    let mut idle: Vec<usize> = Vec::new();
    let asked = asked(names, mentions);
    let mut before: Option<usize> = None;
    let mut last_object: Option<usize> = None;
    for (index, one) in asked.iter().enumerate() {
        // "With suitcases or backpacks".
        if let Some(last) = last_object.filter(|last| last + 1 == index)
            && goes_on(tokens, &asked[last].at, &one.at)
        {
            objects.push(one.at.clone());
            last_object = Some(index);
            continue;
        }
        let first = before.filter(|first| !asked[*first].is_same(one));
        let is_had = before.is_some_and(|first| had(tokens, &asked[first], one));
        let pair = |first: usize| {
            if is_had {
                return Some(Pair::Done(index));
            }
            pair(tokens, &asked, first, index).filter(|_| !only_had)
        };
        let (out, stays) = match first.and_then(pair) {
            Some(Pair::Done(object)) => {
                objects.push(asked[object].at.clone());
                last_object = Some(object);
                let between = first.map_or(0, |first| asked[first].at.end)..one.at.start;
                deeds.extend(between.filter(|at| !is_had && is_small_deed(&tokens.row[*at])));
                (Some(object), first)
            }
            Some(Pair::Idle(hint)) => {
                idle.push(asked[hint].at.start);
                (Some(hint), first)
            }
            None => (None, None),
        };
        before = stays.filter(|stays| out != Some(*stays)).or(Some(index));
    }
    let is_object = |at: usize| objects.iter().any(|object| object.contains(&at));
    mentions.retain(|mention| !idle.contains(&mention.at) && !is_object(mention.at));
    for object in &objects {
        if names.places().any(|(at, _)| at == *object) {
            names.look_for_words(tokens, object);
        } else {
            for token in &mut tokens.row[object.clone()] {
                token.is_kept = true;
            }
        }
    }
    // "Took my package" is told as such, or the answer says that it is not.
    for at in deeds {
        (tokens.row[at].is_kept, tokens.row[at].is_perhaps) = (true, true);
    }
}

/// "How many of them had a backpack?": what those of before have is a word that their events must say.
pub(super) fn settle_of_those(tokens: &mut Tokens<'_>, mentions: &mut Vec<LabelMention>) {
    let is_those = |at: usize| {
        matches!(tokens.lower(at), "them" | "they" | "these" | "those" | "he" | "she" | "him" | "her")
    };
    let Some(those) = (0..tokens.row.len()).find(|at| is_those(*at)) else { return };
    let is_had = |mention: &LabelMention| {
        let between = those + 1..mention.words.start;
        let is_of_people = mention.class == "person" || mention.is_weak || mention.labels.is_empty();
        !is_of_people
            && !mention.is_left_out
            && between.len() <= DESCRIBED_MAX + 1
            && between.clone().any(|at| {
                let word = tokens.lower(at);
                is_having(word) || matches!(word, "had" | "has" | "have" | "carried" | "held" | "brought")
            })
    };
    let had: Vec<Range<usize>> =
        mentions.iter().filter(|mention| is_had(mention)).map(|mention| mention.words.clone()).collect();
    mentions.retain(|mention| !had.contains(&mention.words));
    for token in had.into_iter().flatten() {
        tokens.row[token].is_kept = true;
    }
}

/// Whether one more thing that is had stands behind the other, as a choice.
fn goes_on(tokens: &Tokens<'_>, object: &Range<usize>, next: &Range<usize>) -> bool {
    is_listed(tokens, object.end - 1, next.start)
        && (object.end..next.start).any(|at| tokens.lower(at) == "or")
}

/// Everything that is asked for, in the order of the words.
fn asked<'a>(names: &SubLabels, mentions: &'a [LabelMention]) -> Vec<Asked<'a>> {
    let things = mentions
        .iter()
        .filter(|mention| !mention.is_left_out && !mention.labels.is_empty())
        .map(|mention| Asked { at: mention.words.clone(), mention: Some(mention), is_plate: false });
    let names =
        names.places().map(|(at, is_of_letters)| Asked { at, mention: None, is_plate: !is_of_letters });
    let mut asked: Vec<Asked<'a>> = things.chain(names).collect();
    asked.sort_by_key(|one| one.at.start);
    asked
}

fn pair(tokens: &Tokens<'_>, asked: &[Asked<'_>], first: usize, second: usize) -> Option<Pair> {
    let (one, other) = (&asked[first], &asked[second]);
    // "Someone's car".
    if one.is_weak() && one.at.end == other.at.start && is_possessive(tokens, one.at.start) {
        return Some(Pair::Idle(first));
    }
    // "The van with plate B-KL 42": what is called so, and nothing that it does.
    if other.is_plate || !leads(tokens, one, other) {
        return None;
    }
    let between = one.at.end..other.at.start;
    if one.is_weak() && between.clone().any(|at| is_seeing(&tokens.row[at].stem)) {
        return Some(Pair::Idle(first));
    }
    // "A package delivered by UPS".
    let is_done_by =
        other.mention.is_none() && one.mention.is_some() && tokens.before(other.at.start) == "by";
    Some(match (other.is_weak(), is_done_by) {
        (true, _) => Pair::Idle(second),
        (_, true) => Pair::Done(first),
        _ => Pair::Done(second),
    })
}

/// Whether people have the other thing with them: "women with a backpack", "how many people carried bags".
fn had(tokens: &Tokens<'_>, one: &Asked<'_>, other: &Asked<'_>) -> bool {
    let is_person = one.mention.is_some_and(|mention| mention.class == "person" && !mention.is_weak);
    let is_thing = other.mention.is_some_and(|mention| mention.class != "person" && !mention.is_sound);
    let between = one.at.end..other.at.start;
    if !is_person || !is_thing || between.is_empty() || between.len() > HAD_BETWEEN_MAX {
        return false;
    }
    let says = |at: usize| {
        let word = tokens.lower(at);
        tokens.row[at].role == Role::Free
            && (matches!(word, "with" | "carried" | "wore" | "held" | "pushed" | "pulled" | "had" | "has")
                || is_having(word) && word.ends_with("ing") && !matches!(word, "counting" | "including"))
    };
    let Some(word) = between.clone().rev().take(DESCRIBED_MAX + 1).find(|at| says(*at)) else { return false };
    let parts = |at: usize| {
        let token = &tokens.row[at];
        token.follows_break || is_joint(&token.lower) || !matches!(token.role, Role::Free)
    };
    // "People along with cars".
    let is_beside = word > 0 && matches!(tokens.before(word), "along" | "together");
    !tokens.row[other.at.start].follows_break
        && !(word + 1..other.at.start).any(parts)
        && !(one.at.end..=word).any(|at| tokens.row[at].follows_break || tokens.lower(at) == "or")
        && !is_beside
        && !are_compared(tokens, one.at.start)
}

/// Whether words for doing or having lead from one to the other, and nothing that lists or compares them.
fn leads(tokens: &Tokens<'_>, one: &Asked<'_>, other: &Asked<'_>) -> bool {
    let between = one.at.end..other.at.start;
    if between.is_empty()
        || between.len() > BETWEEN_MAX
        || tokens.row[other.at.start].follows_break
        || are_compared(tokens, one.at.start)
    {
        return false;
    }
    let is_told = is_clause(tokens, one);
    let is_of_a_name = one.mention.is_none() || other.mention.is_none();
    let parts = |at: usize| {
        let token = &tokens.row[at];
        token.follows_break
            || is_joint(&token.lower)
            || token.role == Role::Time
            || !is_told && !matches!(token.role, Role::Free | Role::Subject)
            || !is_told && matches!(token.lower.as_str(), "to" | "of" | "how" | "were" | "was" | "did")
            || matches!(token.lower.as_str(), "plate" | "plates" | "called" | "named" | "license" | "licence")
    };
    let is_said = |at: usize| {
        let token = &tokens.row[at];
        let word = token.lower.as_str();
        let is_free = token.role == Role::Free;
        is_having(word)
            || matches!(
                word,
                "on" | "in" | "inside" | "into" | "near" | "beside" | "behind" | "walks" | "walked" | "at"
            ) && (!is_of_a_name || is_told)
            || word.ends_with("ing") && is_free
            || is_told && is_free && (matches!(word, "by" | "to" | "of") || is_deed(word, &token.stem))
    };
    between.clone().any(is_said) && !between.clone().any(parts)
}

/// "Compare people with cars": they are sides.
fn are_compared(tokens: &Tokens<'_>, first: usize) -> bool {
    (0..first).any(|at| tokens.row[at].stem.starts_with("compar"))
}

/// Whether a whole sentence tells what is done, so that a verb between two things is one.
fn is_clause(tokens: &Tokens<'_>, one: &Asked<'_>) -> bool {
    let asks = |word: &str| {
        matches!(
            word,
            "did" | "does" | "do" | "was" | "were" | "is" | "are" | "has" | "have" | "had" | "who" | "which"
        )
    };
    one.is_weak() || (one.at.start.saturating_sub(3)..one.at.start).any(|at| asks(tokens.lower(at)))
}

fn is_deed(word: &str, stem: &str) -> bool {
    let is_order = matches!(word, "first" | "last" | "often" | "home" | "here" | "there" | "today");
    let is_idle = is_determiner(word) || word.ends_with("ly") || is_order;
    !is_idle && (!is_stop_word(word) || is_small(stem) || is_seeing(stem))
}

/// Verbs that say too little to be looked for, but for what they do to a thing.
fn is_small(stem: &str) -> bool {
    matches!(
        stem,
        "tak" | "bring" | "us" | "pull" | "giv" | "hold" | "carry" | "get" | "mov" | "let" | "feed"
    )
}

fn is_small_deed(token: &Token) -> bool {
    token.role == Role::Free && is_small(&token.stem) && !matches!(token.lower.as_str(), "us" | "get" | "got")
}

/// Verbs by which nothing is done to a thing.
fn is_seeing(stem: &str) -> bool {
    matches!(
        stem,
        "see" | "spot" | "notic" | "watch" | "hear" | "heard" | "observ" | "find" | "detect" | "report"
    )
}

fn is_possessive(tokens: &Tokens<'_>, at: usize) -> bool {
    let written = &tokens.text[tokens.row[at].span.clone()];
    tokens.lower(at) != "who" && (written.ends_with("'s") || written.ends_with("\u{2019}s"))
}

fn is_joint(word: &str) -> bool {
    is_clause_joint(word) || matches!(word, "not" | "compared")
}
