//! Reads what the caller wants and how they put it.

mod asides;
mod form;
mod lasting;
mod phrases;
mod taking;

pub(super) use asides::Holds;

pub(super) use self::form::{is_auxiliary, opening};
use self::{
    form::form,
    phrases::{BEGINNINGS, COMPARING, COUNTING, HAPPENING, RELATING, SUMMARY, TIME_UNITS, UNUSUAL, first_of},
    taking::take,
};
use super::{
    grouping::{asks_for_none, groups},
    numbers::number_word,
    thresholds::how_often,
    tokens::{Role, Token, Tokens},
};
use crate::ask::interpretation::{Intent, NameKind, QuestionForm, Unresolved};

/// What was asked; `None` where the words do not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) intent: Option<Intent>,
    pub(super) form: Option<QuestionForm>,
}

/// Reads both and takes the words that say so.
pub(super) fn read(tokens: &mut Tokens<'_>, holds: Holds) -> Asked {
    let start = opening(tokens);
    let form = form(tokens, start);
    if let Some(intent) = asides::read(tokens, holds, start) {
        return Asked { intent: Some(intent), form };
    }
    take_grouping(tokens);
    let intent = lasting::how_long(tokens)
        .or_else(|| counted(tokens, holds))
        .or_else(|| related(tokens))
        .or_else(|| compared(tokens, holds))
        .or_else(|| ranked(tokens))
        .or_else(|| count(tokens))
        .or_else(|| unusual(tokens))
        .or_else(|| first_or_last(tokens))
        .or_else(|| timeline(tokens, holds));
    // "How much time" asks for no number of events.
    let form = form.filter(|form| intent != Some(Intent::HowLong) || *form != QuestionForm::HowMany);
    Asked { intent, form }
}

/// How a question is put, whatever it wants.
pub(super) fn form_of(text: &str) -> QuestionForm {
    let tokens = Tokens::of(text);
    form(&tokens, opening(&tokens)).unwrap_or_default()
}

/// "How far back do recordings go?"
pub(super) fn asks_for_beginnings(tokens: &Tokens<'_>) -> bool {
    first_of(tokens, BEGINNINGS).is_some()
}

/// "per hour", "by camera", "daily": how to group is no content.
fn take_grouping(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_group = matches!(
            tokens.row[at].singular.as_str(),
            "hour" | "day" | "week" | "month" | "camera" | "site" | "zone" | "label" | "type" | "weekday"
        );
        let is_grouping = is_group && matches!(tokens.before(at), "per" | "by" | "each" | "every")
            || matches!(tokens.lower(at), "hourly" | "daily" | "weekly");
        if is_grouping && tokens.row[at].role == Role::Free {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}

/// "how many", "number of".
fn counted(tokens: &mut Tokens<'_>, holds: Holds) -> Option<Intent> {
    let at = tokens.find("how many").or_else(|| tokens.find("how often"))?;
    if tokens.before(at) == "by" {
        return None;
    }
    // "How many days since the last fire?"
    let is_unit = matches!(tokens.lower(at + 2), "days" | "weeks" | "hours" | "months");
    let last = at + 4 + usize::from(tokens.lower(at + 4) == "the");
    if is_unit
        && tokens.lower(at + 3) == "since"
        && tokens.lower(last) == "last"
        && tokens.is_free(last..last + 1)
    {
        tokens.take(at..last, Role::Intent);
        return Some(take(tokens, last, 1, Intent::Last));
    }
    // "How many cars and how many vans": two numbers, side by side.
    let again = (at + 2..tokens.row.len()).find(|at| tokens.has_at(*at, "how many"));
    if let Some(again) = again
        && holds.two_of_a_kind
        && tokens.lower(again + 2) != "of"
    {
        tokens.take(again..again + 2, Role::Intent);
        return Some(take(tokens, at, 2, Intent::Compare));
    }
    // "When did it first come, and how often?": the answer to the first half counts as well.
    let asks_for_an_end = ["first", "last"].iter().any(|word| tokens.find(word).is_some_and(|end| end < at));
    if asks_for_an_end && tokens.find("when").is_some_and(|when| when < at) {
        tokens.take(at..at + 2, Role::Intent);
        return first_or_last(tokens);
    }
    // "How many, and when was the last one?" is answered alike.
    let when = (at + 2..tokens.row.len()).find(|at| tokens.lower(*at) == "when");
    let ends_later = ["first", "last", "latest"].iter().any(|word| {
        tokens.find(word).is_some_and(|end| Some(end) > when && !is_ordinal_of_time(tokens, end + 1))
    });
    if when.is_some() && ends_later {
        tokens.take(at..at + 2, Role::Intent);
        return first_or_last(tokens);
    }
    let is_ranked =
        ["most", "fewest"].iter().any(|word| tokens.find(word).is_some()) && tokens.find("at most").is_none();
    // "Other than trucks" leaves out, "more than 5" bounds.
    let is_than = |at: usize| {
        tokens.lower(at) == "than"
            && !matches!(tokens.before(at), "other" | "rather")
            && !tokens
                .row
                .get(at + 1)
                .is_some_and(|next| next.is_number() || number_word(&next.lower).is_some())
    };
    let is_compared = ["compared", "versus", "vs"].iter().any(|word| tokens.find(word).is_some())
        || (0..tokens.row.len()).any(is_than);
    let is_more = tokens.has_at(at, "how many more") || tokens.has_at(at, "how many fewer");
    (!is_ranked && !is_compared && !is_more).then(|| take(tokens, at, 2, Intent::Count))
}

fn count(tokens: &mut Tokens<'_>) -> Option<Intent> {
    if let Some((at, _)) = first_of(tokens, COUNTING) {
        return Some(take(tokens, at, 2, Intent::Count));
    }
    if let Some(at) = tokens.find("break").or_else(|| tokens.find("broken"))
        && (at + 1..at + 4).any(|down| tokens.lower(down) == "down")
    {
        return Some(take(tokens, at, 1, Intent::Count));
    }
    if let Some(at) = tokens.find("counts").or_else(|| tokens.find("breakdown")) {
        return Some(take(tokens, at, 1, Intent::Count));
    }
    // "Count the vans", "main gate vehicles count".
    let last = tokens.row.len().saturating_sub(1);
    let at = if matches!(tokens.lower(last), "count" | "total") { last } else { opening(tokens) };
    let is_asked = matches!(tokens.lower(at), "count" | "total") && tokens.row[at].role != Role::Subject;
    is_asked.then(|| take(tokens, at, 1, Intent::Count))
}

fn related(tokens: &mut Tokens<'_>) -> Option<Intent> {
    if let Some((at, words)) = first_of(tokens, RELATING)
        // "the same time last week" is a time.
        && (at..at + words).all(|at| tokens.row[at].role != Role::Time || tokens.lower(at) == "after" || tokens.lower(at) == "before" || tokens.lower(at) == "that")
        // "The day before that" is a time, too.
        && (tokens.row[at].role != Role::Time || at == 0 || tokens.row[at - 1].role != Role::Time)
    {
        return Some(take(tokens, at, words, Intent::Related));
    }
    // "Follow the red car": a path, told from its best sighting.
    let start = opening(tokens);
    if matches!(tokens.lower(start), "follow" | "track" | "trace" | "retrace") {
        return Some(take(tokens, start, 1, Intent::Related));
    }
    let at = tokens.find("where did")?;
    let goes = (at + 2..tokens.row.len().min(at + 7))
        .any(|at| matches!(tokens.lower(at), "go" | "walk" | "drive" | "head" | "run"));
    goes.then(|| take(tokens, at, 2, Intent::Related))
}

fn compared(tokens: &mut Tokens<'_>, holds: Holds) -> Option<Intent> {
    if let Some((at, words)) = first_of(tokens, COMPARING) {
        return Some(take(tokens, at, words, Intent::Compare));
    }
    if holds.two_of_a_kind
        && tokens.find("or").is_some()
        // "More than twice" bounds.
        && let Some(at) = (0..tokens.row.len())
            .find(|at| is_comparative(tokens.lower(*at)) && tokens.lower(at + 1) != "than")
    {
        return Some(take(tokens, at, 1, Intent::Compare));
    }
    let than = tokens.find("than")?;
    let compares = (0..than).rev().take(8).find(|at| is_comparative(tokens.lower(*at)))?;
    // "More than medium severity" bounds a grade.
    if tokens.row[compares].role == Role::Confidence {
        return None;
    }
    // "More than five", "less than a minute" only bound a number.
    let bounds = |token: &Token| {
        let is_small =
            how_often(&token.lower).is_some() || matches!(token.lower.as_str(), "a" | "an" | "half");
        token.is_number() || (is_small && token.role != Role::Time)
    };
    let is_bound = compares + 1 == than && tokens.row.get(than + 1).is_some_and(bounds);
    (!is_bound && (holds.a_period || holds.two_of_a_kind || holds.a_place || holds.a_subject)).then(|| {
        tokens.take(compares..compares + 1, Role::Intent);
        take(tokens, than, 1, Intent::Compare)
    })
}

fn is_comparative(word: &str) -> bool {
    matches!(word, "more" | "fewer" | "less" | "busier" | "quieter" | "higher" | "lower")
}

fn ranked(tokens: &mut Tokens<'_>) -> Option<Intent> {
    for word in ["busiest", "quietest", "slowest", "calmest", "peak", "rush"] {
        if let Some(at) = tokens.find(word).filter(|at| tokens.row[*at].role != Role::Time) {
            // "The second busiest": its rank is read with how many are wanted.
            let rank = usize::from(matches!(tokens.before(at), "second" | "third" | "next"));
            return Some(take(tokens, at - rank, 1 + rank, Intent::Busiest));
        }
    }
    if let Some(at) = asks_for_none(tokens) {
        return Some(take(tokens, at, 1, Intent::Busiest));
    }
    // "Which hours of the day are quiet?"
    if let Some(at) = tokens.find("quiet")
        && (0..at).any(|at| matches!(tokens.lower(at), "hours" | "hour" | "days" | "day" | "times"))
        && matches!(tokens.lower(opening(tokens)), "which" | "what" | "when")
    {
        return Some(take(tokens, at, 1, Intent::Busiest));
    }
    if let Some(at) = top(tokens) {
        return Some(take(tokens, at, 1, Intent::Busiest));
    }
    let at = (0..tokens.row.len()).find(|at| {
        matches!(tokens.lower(*at), "most" | "least" | "fewest")
            || is_of_counts(tokens, *at)
            || ranks_subject(tokens, *at)
    })?;
    if tokens.lower(at + 1) == "recent" || matches!(tokens.before(at), "at") {
        return None;
    }
    Some(take(tokens, at, 1, Intent::Busiest))
}

/// "Which worker has maximum violations", "the worst zone", "at what time do mostly people come": said for the most.
fn ranks_subject(tokens: &Tokens<'_>, at: usize) -> bool {
    let token = &tokens.row[at];
    if token.role != Role::Free || token.quote.is_some() {
        return false;
    }
    let asks = || {
        let asking = ["which", "who", "what", "where", "when"];
        (0..at).any(|at| asking.contains(&tokens.lower(at)))
    };
    // "The highest ladder" is high.
    let is_counted = |at: usize| {
        tokens.row.get(at).is_some_and(|next| {
            let is_plural = next.lower != next.singular && next.role == Role::Free;
            let is_of_counts = matches!(tokens.before(at), "maximum" | "minimum")
                || matches!(
                    next.singular.as_str(),
                    "violation" | "incident" | "alarm" | "alert" | "case" | "event"
                );
            next.role == Role::Subject || is_plural && is_of_counts
        })
    };
    match token.lower.as_str() {
        "worst" => groups(tokens, at + 1),
        "mostly" => asks(),
        "maximum" | "max" | "highest" | "minimum" | "lowest" => {
            asks() && is_counted(at + 1 + usize::from(tokens.lower(at + 1) == "of"))
        }
        _ => false,
    }
}

/// "The highest number of", "lowest traffic": the most and the least.
fn is_of_counts(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_extreme =
        matches!(tokens.lower(at), "highest" | "greatest" | "largest" | "biggest" | "lowest" | "smallest");
    // "Maximum trucks per hour", "max forklifts in an hour".
    let is_top = matches!(tokens.lower(at), "maximum" | "max") && tokens.row[at].role == Role::Free;
    let is_per = |at: usize| {
        matches!(tokens.lower(at), "hour" | "day" | "week")
            && matches!(tokens.before(at), "per" | "an" | "one" | "a")
    };
    if is_top && (at + 1..tokens.row.len()).any(is_per) {
        return true;
    }
    is_extreme
        && (at + 1..tokens.row.len().min(at + 3)).any(|at| {
            matches!(
                tokens.row[at].singular.as_str(),
                "number"
                    | "count"
                    | "total"
                    | "volume"
                    | "amount"
                    | "traffic"
                    | "footfall"
                    | "activity"
                    | "figure"
            )
        })
}

/// "top 3 cameras", "the top sites": a rank, and no "top floor".
fn top(tokens: &Tokens<'_>) -> Option<usize> {
    let at =
        (0..tokens.row.len()).find(|at| tokens.lower(*at) == "top" && tokens.row[*at].role == Role::Free)?;
    let next = tokens.row.get(at + 1)?;
    let is_group = |token: &Token| {
        matches!(
            token.singular.as_str(),
            "camera" | "cam" | "site" | "zone" | "hour" | "day" | "label" | "type" | "location" | "place"
        )
    };
    (next.is_number() || number_word(&next.lower).is_some() || is_group(next)).then_some(at)
}

fn unusual(tokens: &mut Tokens<'_>) -> Option<Intent> {
    let (at, words) = first_of(tokens, UNUSUAL)?;
    Some(take(tokens, at, words, Intent::Unusual))
}

fn first_or_last(tokens: &mut Tokens<'_>) -> Option<Intent> {
    if first_of(tokens, BEGINNINGS).is_some() {
        let free = |at: &usize| tokens.row[*at].role == Role::Free && tokens.row[*at].quote.is_none();
        for at in (0..tokens.row.len()).filter(free).collect::<Vec<_>>() {
            tokens.take(at..at + 1, Role::Intent);
        }
        return Some(Intent::First);
    }
    if let Some(at) = tokens.find("most recent") {
        return Some(take(tokens, at, 2, Intent::Last));
    }
    let at = (0..tokens.row.len()).find(|at| {
        tokens.row[*at].role == Role::Free
            && match tokens.lower(*at) {
                "latest" | "newest" | "earliest" | "oldest" => true,
                "last" | "first" => !is_ordinal_of_time(tokens, *at + 1),
                _ => false,
            }
    })?;
    let intent = if matches!(tokens.lower(at), "first" | "earliest" | "oldest") {
        Intent::First
    } else {
        Intent::Last
    };
    let is_counted = tokens.row.get(at + 1).is_some_and(|t| t.is_number() && t.role == Role::Free);
    Some(take(tokens, at, 1 + usize::from(is_counted), intent))
}

/// "The first and the last delivery": one of them is told, and that it is only one.
pub(super) fn other_end(tokens: &Tokens<'_>, intent: Intent) -> Option<Unresolved> {
    let other = match intent {
        Intent::First => "last",
        Intent::Last => "first",
        _ => return None,
    };
    let joins = |at: &usize| {
        let next = at + 1 + usize::from(tokens.lower(at + 1) == "the");
        let is_end = |word: &str| matches!(word, "first" | "last");
        tokens.lower(*at) == "and" && is_end(tokens.before(*at)) && is_end(tokens.lower(next))
    };
    (1..tokens.row.len()).find(joins)?;
    Some(Unresolved::new(NameKind::Half, other.to_owned()))
}

/// "last night", "last 3 hours", "first floor": no order of events.
fn is_ordinal_of_time(tokens: &Tokens<'_>, at: usize) -> bool {
    let word = tokens.row.get(at).map_or("", |token| token.singular.as_str());
    let is_unit = |word: &str| TIME_UNITS.contains(&word);
    let is_few = tokens.row.get(at).is_some_and(Token::is_number)
        || matches!(word, "few" | "couple" | "two" | "three" | "four" | "five" | "six" | "ten" | "half");
    let after = tokens.row.get(at + 1).map_or("", |token| token.singular.as_str());
    is_unit(word) || word == "floor" || word == "name" || (is_few && (is_unit(after) || after == "of"))
}

fn timeline(tokens: &mut Tokens<'_>, holds: Holds) -> Option<Intent> {
    if let Some((at, words)) = first_of(tokens, SUMMARY) {
        return Some(take(tokens, at, words, Intent::Timeline));
    }
    let (at, words) = first_of(tokens, HAPPENING)?;
    let asks_for_all =
        !holds.a_subject || tokens.has_at(at, "what happened") || tokens.has_at(at, "walk me through");
    asks_for_all.then(|| take(tokens, at, words, Intent::Timeline))
}
