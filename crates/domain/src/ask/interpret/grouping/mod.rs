//! Reads by what an answer is grouped ("which camera", "per day"), whether the least is wanted, and how
//! many ("top 3", "the last five"). Must never take a number that counts something else.

mod bounds;
mod lacking;
mod things;
mod top;
mod unknown;
mod wise;

use std::sync::Arc;

use self::{
    bounds::bounded,
    things::{Group, thing},
    top::top,
};
pub(super) use self::{
    lacking::read as read_lacking, things::is_superlative, unknown::read as read_unknown,
    wise::spell_out as spell_out_wise,
};
use super::{
    averages::Mean,
    catalogue::Catalogue,
    nouns::class_of,
    numbers::number_word,
    says::Says,
    stop_words::{is_determiner, is_place_preposition},
    thresholds,
    tokens::{Role, Tokens},
};
use crate::{
    Period,
    ask::interpretation::{Grouping, Intent, Interpretation, NameKind, QuestionForm, Threshold, Unresolved},
};

/// Longer than this, "when was it busiest" is answered by days.
const HOURS_SECONDS_MAX: f64 = 2.0 * 86_400.0;
/// Words between "which" and what is asked for: "which of the two busiest hours".
const BETWEEN_WORDS_MAX: usize = 6;

/// What the words say of groups and of how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranked {
    group: Option<Group>,
    is_least: bool,
    top: Option<usize>,
    threshold: Option<Threshold>,
}

impl Ranked {
    /// By names and plates, where they are asked for and the words name no other group.
    pub(super) fn or_names(mut self, asks_for_names: bool) -> Self {
        let names = asks_for_names.then_some(Group::Named(Grouping::SubLabel));
        self.group = self.group.or(names);
        self
    }

    /// By the unit of a mean, where the words name no other group.
    pub(super) fn or_average(mut self, average: Option<Mean>) -> Self {
        match average {
            Some(Mean::Per(unit)) => self.group = Some(Group::Named(unit)),
            Some(Mean::OfGroups) => self.group = self.group.or(Some(Group::ByLength)),
            None => {}
        }
        self
    }
}

/// Reads all three and takes the words that say them.
pub(super) fn read(tokens: &mut Tokens<'_>, intent: Option<Intent>, form: Option<QuestionForm>) -> Ranked {
    let intent = intent.unwrap_or_default();
    if matches!(intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras) {
        return Ranked::default();
    }
    let top = top(tokens, form);
    let group = group(tokens, intent, form).map(|(group, at)| {
        if let Some(at) = at.filter(|at| tokens.is_free(*at..at + 1)) {
            let is_license = matches!(tokens.before(at), "license" | "licence" | "registration");
            let is_of_plate = is_license && tokens.row[at].singular == "plate";
            tokens.take(at - usize::from(is_of_plate)..at + 1, Role::Intent);
        }
        group
    });
    let (group, threshold) = bounded(tokens, group, form);
    Ranked { group, is_least: is_least(tokens), top, threshold }
}

/// "More than 15 visitors on Monday?", "yesterday at most 3 vans?": a bound that opens the question asks whether
/// it holds. Behind what was seen it bounds that: "vehicles with more than 3 people".
pub(super) fn opens_with_bound(tokens: &Tokens<'_>) -> bool {
    let is_setting = |at: usize| {
        matches!(tokens.row[at].role, Role::Time | Role::Place)
            || is_place_preposition(tokens.lower(at))
            || is_determiner(tokens.lower(at))
            || matches!(tokens.lower(at), "and" | "so")
    };
    thresholds::find(tokens).is_some_and(|found| {
        let end = found.words.end;
        // "More than 3 cameras" counts no events.
        let is_of_events = end < tokens.row.len() && thing(tokens, end).is_none();
        is_of_events && (0..found.words.start).all(is_setting)
    })
}

/// Puts it into the interpretation, with what the previous question lends. Says what was lent.
pub(super) fn settle(
    it: &mut Interpretation,
    ranked: Ranked,
    previous: Option<&Interpretation>,
    says: Says,
) -> Vec<&'static str> {
    let mut carried = Vec::new();
    let is_busiest = it.intent == Intent::Busiest;
    it.is_least = (is_busiest || it.intent == Intent::HowLong) && ranked.is_least;
    it.top = ranked.top;
    it.threshold = ranked.threshold;
    let mut group = ranked.group;
    if let Some(previous) = previous {
        let is_same = it.intent == previous.intent && it.intent != Intent::Find;
        let goes_on = !says.intent && !says.form;
        if group.is_none() && (goes_on || is_same) && previous.group_by.is_some() {
            let is_by_length = previous.form == QuestionForm::When && says.periods;
            group = if is_by_length { Some(Group::ByLength) } else { previous.group_by.map(Group::Named) };
            carried.push("group_by");
        }
        if goes_on {
            if previous.threshold.is_some() && it.threshold.is_none() {
                it.threshold.clone_from(&previous.threshold);
                carried.push("threshold");
            }
            if previous.is_least && is_busiest && !ranked.is_least {
                it.is_least = true;
                carried.push("is_least");
            }
            if previous.top.is_some() && it.top.is_none() {
                it.top = previous.top;
                carried.push("top");
            }
            if previous.is_average && it.intent == Intent::Count && it.share_of.is_none() {
                it.is_average = true;
                carried.push("is_average");
            }
        }
    }
    it.group_by = match group {
        // "The busiest hour on Saturdays" is one of the day, and of no single Saturday.
        Some(Group::Named(Grouping::Hour)) if is_busiest && is_habit(it) => Some(Grouping::HourOfDay),
        Some(Group::Named(grouping)) => Some(grouping),
        Some(Group::ByLength) => Some(by_length(it)),
        Some(Group::Clock) => Some(by_clock(it)),
        Some(Group::OfSubject) => Some(of_subject(it)),
        None if !is_busiest => None,
        // "Which company delivered most?", where events know of no companies: ranked by cameras, it would be another
        // question.
        None if it.unresolved.iter().any(|name| name.kind == NameKind::Grouping) => None,
        None => Some(match it.form {
            QuestionForm::Who => Grouping::SubLabel,
            QuestionForm::When => by_length(it),
            // Of one camera, only its times can be ranked.
            _ if it.cameras.len() == 1 => by_length(it),
            _ => Grouping::Camera,
        }),
    };
    carried
}

/// "On Saturdays", "on weekdays": several times of one name in the plural.
fn is_habit(it: &Interpretation) -> bool {
    const TIMES_MIN: usize = 3;
    let name = it.periods.first().map_or("", |period| period.text.as_str());
    let is_plural =
        name.split(' ').next_back().is_some_and(|word| word.ends_with("days") || word == "weekends");
    it.periods.len() >= TIMES_MIN && is_plural && it.periods.iter().all(|period| period.text == name)
}

/// "Which plate came most often?" asks for no people, who have names: plates are those of vehicles.
pub(super) fn keep_to_plates(it: &mut Interpretation, tokens: &Tokens<'_>, catalogue: &Catalogue) {
    let says_plate = || ["plate", "plates"].iter().any(|word| tokens.find(word).is_some());
    if it.group_by != Some(Grouping::SubLabel) || !it.labels.is_empty() || !says_plate() {
        return;
    }
    let bears_one = |label: &&Arc<str>| class_of(label) == Some("vehicle") || label.contains("plate");
    it.labels = catalogue.labels.iter().filter(bears_one).map(ToString::to_string).collect();
}

/// "At what time are there most?": of the day, where more than a day or two is asked of.
fn by_clock(it: &Interpretation) -> Grouping {
    match by_length(it) {
        Grouping::Day => Grouping::HourOfDay,
        other => other,
    }
}

/// "Which car came most often?": which of the cars, by name or plate; of several kinds, which kind.
fn of_subject(it: &Interpretation) -> Grouping {
    if it.labels.len() > 1 { Grouping::Label } else { Grouping::SubLabel }
}

fn by_length(it: &Interpretation) -> Grouping {
    let seconds: f64 = it.periods.iter().map(Period::seconds).sum();
    if !it.periods.is_empty() && seconds <= HOURS_SECONDS_MAX { Grouping::Hour } else { Grouping::Day }
}

/// By what to group, where the words say so, and the word that does.
fn group(tokens: &Tokens<'_>, intent: Intent, form: Option<QuestionForm>) -> Option<(Group, Option<usize>)> {
    let is_ranked = intent == Intent::Busiest;
    let is_of_one_event =
        matches!(intent, Intent::First | Intent::Last | Intent::Unusual | Intent::Related | Intent::Compare);
    if let Some((found, at)) = each(tokens) {
        return Some((Group::Named(found), Some(at)));
    }
    if is_of_one_event {
        return None;
    }
    // "At what time did she come?" asks for a moment, and for no groups.
    let asked = ranked_one(tokens)
        .filter(|_| is_ranked)
        .or_else(|| asked_for(tokens))
        .filter(|(found, _)| is_ranked || !matches!(found, Group::ByLength | Group::Clock));
    if let Some((found, at)) = asked {
        return Some((found, Some(at)));
    }
    if is_ranked && asks_which_subject(tokens) {
        return Some((Group::OfSubject, None));
    }
    if is_ranked {
        if let Some((found, at)) = ranked_thing(tokens) {
            return Some((found, Some(at)));
        }
        if form == Some(QuestionForm::When) {
            return Some((Group::ByLength, None));
        }
    }
    (form == Some(QuestionForm::Where)).then_some((Group::Named(Grouping::Camera), None))
}

/// "per hour", "by camera", "for each site", "daily".
fn each(tokens: &Tokens<'_>) -> Option<(Grouping, usize)> {
    (0..tokens.row.len()).find_map(|at| {
        let token = &tokens.row[at];
        if matches!(token.role, Role::Time | Role::Place | Role::Subject) || token.quote.is_some() {
            return None;
        }
        let is_bare = tokens.row.get(at + 1).is_none_or(|next| !next.is_number());
        let is_each = matches!(tokens.before(at), "per" | "by" | "each" | "every") && is_bare;
        let grouping = match token.lower.as_str() {
            "hourly" => Grouping::Hour,
            "daily" => Grouping::Day,
            "weekly" => Grouping::Week,
            "monthly" => Grouping::Month,
            _ if is_each => match thing(tokens, at)? {
                Group::Named(grouping) => grouping,
                _ => Grouping::Hour,
            },
            _ => return None,
        };
        Some((grouping, at))
    })
}

/// "Which person was seen most", "which car came most often": one of them is known by its name or plate.
fn ranked_one(tokens: &Tokens<'_>) -> Option<(Group, usize)> {
    let at = 1 + (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "which" | "what"))?;
    let token = tokens.row.get(at)?;
    let is_one =
        token.lower == token.singular && matches!(class_of(&token.lower), Some("person" | "vehicle"));
    is_one.then_some((Group::Named(Grouping::SubLabel), at))
}

/// "which camera", "on what days", "which of the two busiest hours", "what kinds of activity".
fn asked_for(tokens: &Tokens<'_>) -> Option<(Group, usize)> {
    let at = (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "which" | "what" | "whats"))?;
    for next in at + 1..tokens.row.len().min(at + 1 + BETWEEN_WORDS_MAX) {
        let token = &tokens.row[next];
        if matches!(token.role, Role::Time | Role::Place) {
            return None;
        }
        if let Some(found) = thing(tokens, next) {
            // "At which hour do most come?" is asked of any day.
            let is_habit = matches!(tokens.lower(next + 1), "do" | "does" | "are" | "is");
            let found = match found {
                Group::Named(Grouping::Hour) if is_habit => Group::Named(Grouping::HourOfDay),
                found => found,
            };
            return Some((found, next));
        }
        let is_of_plate = matches!(token.lower.as_str(), "license" | "licence" | "registration")
            && tokens.row.get(next + 1).is_some_and(|next| next.singular == "plate");
        let is_between = token.is_number()
            || is_of_plate
            || number_word(&token.lower).is_some()
            || is_superlative(&token.lower)
            || matches!(
                token.lower.as_str(),
                "of" | "the" | "our" | "my" | "was" | "were" | "is" | "are" | "top" | "single" | "other"
            );
        if !is_between {
            return None;
        }
    }
    None
}

/// "Which car came most often?", "which of the ambulances": one of those that are named.
fn asks_which_subject(tokens: &Tokens<'_>) -> bool {
    let Some(at) = (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "which" | "what")) else {
        return false;
    };
    let next = (at + 1..tokens.row.len()).find(|at| {
        let word = tokens.lower(*at);
        word != "of" && !is_determiner(word)
    });
    next.is_some_and(|next| tokens.row[next].role == Role::Subject)
}

/// "The first truck each day": the first and the last are told of all the time that is asked for.
pub(super) fn ends_of_each(tokens: &Tokens<'_>, intent: Intent) -> Option<Unresolved> {
    let is_each = |at: &usize| {
        let unit = tokens.row.get(at + 1).map_or("", |token| token.singular.as_str());
        matches!(tokens.lower(*at), "each" | "every" | "per")
            && matches!(
                unit,
                "day" | "night" | "morning" | "evening" | "afternoon" | "week" | "weekday" | "hour" | "month"
            )
    };
    let at =
        (0..tokens.row.len()).find(is_each).filter(|_| matches!(intent, Intent::First | Intent::Last))?;
    Some(Unresolved::new(NameKind::Grouping, tokens.slice(at..at + 2)))
}

/// "the busiest camera", "most common type", "top 3 cameras", "peak hour": what a ranking names, wherever
/// it stands.
fn ranked_thing(tokens: &Tokens<'_>) -> Option<(Group, usize)> {
    // "The worst zone for intrusions": the word may belong to the name of a type, too.
    if let Some(worst) = tokens.find("worst").filter(|worst| tokens.row[*worst].role == Role::Intent) {
        return Some((thing(tokens, worst + 1)?, worst + 1));
    }
    let free = |at: &usize| matches!(tokens.row[*at].role, Role::Free | Role::Intent);
    (0..tokens.row.len()).filter(free).find_map(|at| Some((thing(tokens, at)?, at)))
}

/// Whether a word is a noun that answers can be grouped by.
pub(super) fn groups(tokens: &Tokens<'_>, at: usize) -> bool {
    thing(tokens, at).is_some()
}

/// Whether the smallest group is wanted: "the quietest hour", "the fewest people".
fn is_least(tokens: &Tokens<'_>) -> bool {
    (0..tokens.row.len()).any(|at| match tokens.lower(at) {
        "quietest" | "quiet" | "fewest" | "slowest" | "calmest" | "lowest" | "minimum" | "smallest"
        | "rarest" | "shortest" => true,
        "least" => tokens.before(at) != "at",
        _ => false,
    }) || asks_for_none(tokens).is_some()
}

/// "Which cameras saw no people?", "on which days did nothing happen?": those with the least are those with
/// none, where there are any. The word that says so.
pub(super) fn asks_for_none(tokens: &Tokens<'_>) -> Option<usize> {
    let (_, group) = asked_for(tokens)?;
    let is_seeing = |word: &str| {
        matches!(
            word,
            "had" | "has" | "have" | "saw" | "see" | "sees" | "sent" | "recorded" | "record" | "got"
        ) || matches!(word, "was" | "were" | "is" | "are" | "did" | "detected" | "detect" | "with" | "there")
    };
    (group + 1..tokens.row.len()).find(|at| match tokens.lower(*at) {
        // "No more than five" is a bound.
        "no" if matches!(tokens.lower(at + 1), "more" | "fewer" | "less") => false,
        "no" | "nothing" | "zero" | "none" => is_seeing(tokens.before(*at)),
        "not" | "didnt" => is_seeing(tokens.lower(at + 1)),
        _ => false,
    })
}
