//! Words → meaning. Deterministic, no model, no I/O, under a millisecond.
//!
//! Readers take the words in turn, the surest first: periods, places, labels, event types, intent. What
//! no reader takes is searched for. Nothing here may know a name that is out of the caller's scope.

mod carry_over;
mod catalogue;
mod confidence;
mod event_type;
mod event_types;
mod exclusion;
mod fields;
mod grouping;
mod intents;
mod labels;
mod nearness;
mod nouns;
pub mod periods;
mod places;
mod references;
mod says;
mod stems;
mod stop_words;
#[cfg(test)]
mod tests;
mod tokens;
mod verbs;
mod words;

use std::{collections::BTreeSet, sync::Arc};

use jiff::{Timestamp, tz::TimeZone};

pub use catalogue::Catalogue;
pub use fields::{FILTER_ENTRIES_MAX, FILTER_ENTRY_BYTES_MAX};

use self::{
    event_types::TypesRead,
    intents::Holds,
    labels::LabelMention,
    periods::{Mention, PeriodContext},
    places::{Named, Places},
    references::References,
    says::Says,
    tokens::{Role, Tokens},
};
use super::{
    answer::Evidence,
    interpretation::{Intent, Interpretation, NameKind},
    request::Filters,
};
use crate::{Period, Result};

/// Everything that decides what a question means.
pub struct Question<'a> {
    /// The words; may be empty for a search by fields alone.
    pub text: &'a str,
    /// Fields that narrow it.
    pub filters: &'a Filters,
    /// Now.
    pub now: Timestamp,
    /// The zone in which the words are read.
    pub timezone: &'a TimeZone,
    /// What the previous turn was understood to mean.
    pub previous: Option<&'a Interpretation>,
    /// What the previous answer showed, as far as the caller may still see it.
    pub evidence: &'a [Evidence],
    /// What names can mean, within the caller's scope.
    pub catalogue: &'a Catalogue,
}

/// Understands a question.
///
/// # Errors
/// `InvalidInput` naming a field of `filters` that is malformed.
pub fn interpret(question: &Question<'_>) -> Result<Interpretation> {
    fields::check(question.filters)?;
    let bounds = fields::period(question.filters, question.now, question.timezone)?;
    let catalogue = question.catalogue;
    let mut tokens = Tokens::of(question.text);
    let is_fresh_start = carry_over::read_fresh_start(&mut tokens);
    let references = references::read(&mut tokens, question.evidence);
    let mut mentions = read_periods(question, &mut tokens);
    let min_confidence = confidence::read(&mut tokens);
    let mut places = places::read(&mut tokens, catalogue);
    let sub_labels = labels::read_sub_labels(&mut tokens, catalogue);
    mentions.retain(|mention| is_still_time(&tokens, mention));
    let labels = labels::read(&mut tokens, catalogue, &places.left_out);
    let types = event_types::read(&mut tokens, catalogue, &labels, &places.left_out);
    take_zones(&mut tokens, &mut places);
    let types = types_of_things(&mut tokens, catalogue, &labels, types);
    let asked = intents::read(&mut tokens, holds(&mentions, &places, &labels, &types, sub_labels.len()));
    let ranked = grouping::read(&mut tokens, asked.intent, asked.form);
    let mut it = Interpretation {
        intent: asked.intent.unwrap_or_default(),
        form: asked.form.unwrap_or_default(),
        timezone: question.timezone.iana_name().unwrap_or("UTC").to_owned(),
        ..Interpretation::default()
    };
    let mut says = Says {
        intent: asked.intent.is_some(),
        form: asked.form.is_some() && !is_opened_by_about(&tokens),
        ..Says::default()
    };
    let is_about_events = !matches!(it.intent, Intent::SmallTalk | Intent::Help);
    if is_about_events {
        let found = places.resolve(catalogue);
        says.periods = !mentions.is_empty();
        says.relative_period = mentions.iter().any(|mention| mention.is_relative_to_anchor);
        says.zones = !found.zones.is_empty();
        says.places = places.is_everywhere
            || !places.unresolved.is_empty()
            || places.mentions.iter().any(|mention| !matches!(mention.named, Named::Zones(_)));
        it.periods = distinct_periods(mentions);
        (it.cameras, it.sites, it.zones) = (found.cameras, found.sites, found.zones);
        it.matches_nothing = found.is_nothing;
        it.unresolved = places.unresolved;
        it.event_types = names_of_types(catalogue, &types);
        says.event_types = !it.event_types.is_empty();
        says.labels = labels.iter().any(|mention| !mention.is_weak && !mention.labels.is_empty());
        it.labels = names_of_labels(catalogue, &labels, &types);
        it.sub_labels = sub_labels.iter().map(ToString::to_string).collect();
        says.sub_labels = !it.sub_labels.is_empty();
        it.min_confidence = min_confidence;
        says.min_confidence = min_confidence.is_some();
        if it.intent != Intent::ListCameras {
            it.words = words::left_over(&tokens);
        }
        says.words = it.words.is_some();
    }
    let mut leans_on = None;
    if let Some(previous) = question.previous
        && is_about_events
        && !is_fresh_start
    {
        let given = add_given(says, question.filters);
        let is_follow_up = carry_over::is_follow_up(&tokens, says, asked.intent);
        leans_on = lean(&mut it, question, &tokens, references, given, is_follow_up).then_some(previous);
    } else {
        it.unresolved.extend(references.unresolved);
    }
    narrow(&mut it, question.filters, bounds.as_ref(), catalogue);
    let lent = grouping::settle(&mut it, ranked, leans_on, says);
    it.carried_over.extend(lent.into_iter().map(str::to_owned));
    Ok(it)
}

/// Takes over what the question leaves to the one before it: events of its answer, or what it was about.
/// Says whether the question goes on with it.
fn lean(
    it: &mut Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    mut references: References,
    says: Says,
    is_follow_up: bool,
) -> bool {
    let Some(previous) = question.previous else { return false };
    it.unresolved.append(&mut references.unresolved);
    let is_explicit = !references.events.is_empty();
    let is_related = it.intent == Intent::Related;
    let is_follow_up = is_follow_up || it.unresolved.iter().any(|name| name.kind == NameKind::Evidence);
    if !is_explicit
        && (is_follow_up || is_related)
        && !question.evidence.is_empty()
        && references::is_implied(tokens, it, previous, says)
    {
        references.events.push(0);
    }
    if !references.events.is_empty() {
        if is_explicit {
            carry_over::take_over_form(it, previous, says);
        }
        references::narrow(it, &references, question.evidence, says, question.timezone);
    } else if is_follow_up {
        carry_over::take_over(it, previous, says, question.catalogue);
    }
    is_follow_up || is_explicit
}

/// Reads periods and takes their words.
fn read_periods(question: &Question<'_>, tokens: &mut Tokens<'_>) -> Vec<Mention> {
    let context = PeriodContext::new(question.now, question.timezone)
        .after(question.previous.and_then(|previous| previous.periods.first()));
    let mut mentions = periods::read(question.text, &context);
    // "last week compared to the week before": the second starts from the first, whatever went before.
    if let [first, rest @ ..] = mentions.as_slice()
        && !first.is_relative_to_anchor
        && (rest.iter().any(|mention| mention.is_relative_to_anchor) || has_loose_relation(tokens, &mentions))
    {
        let own = PeriodContext::new(question.now, question.timezone).after(first.periods.first());
        let again = periods::read(question.text, &own);
        if again.len() >= mentions.len() {
            mentions = again;
        }
    }
    references::keep_apart(tokens, &mut mentions);
    for token in &mut tokens.row {
        if mentions.iter().any(|m| m.span.start < token.span.end && token.span.start < m.span.end) {
            token.role = Role::Time;
        }
    }
    mentions
}

/// Whether "before", "later" or their like stand outside every mention of time.
fn has_loose_relation(tokens: &Tokens<'_>, mentions: &[Mention]) -> bool {
    tokens.row.iter().any(|token| {
        matches!(
            token.lower.as_str(),
            "before" | "previous" | "prior" | "earlier" | "later" | "after" | "following"
        ) && !mentions.iter().any(|mention| mention.span.contains(&token.span.start))
    })
}

/// Whether none of the words of a period turned out to be a number plate.
fn is_still_time(tokens: &Tokens<'_>, mention: &Mention) -> bool {
    tokens
        .row
        .iter()
        .filter(|token| mention.span.contains(&token.span.start))
        .all(|token| token.role == Role::Time)
}

/// The periods of all mentions, each once, in the order of the words.
fn distinct_periods(mentions: Vec<Mention>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for period in mentions.into_iter().flat_map(|mention| mention.periods) {
        if !periods.iter().any(|known| known.start == period.start && known.end == period.end) {
            periods.push(period);
        }
    }
    periods
}

/// Words that name a zone and that nothing else needed ("door", unless a door was opened).
fn take_zones(tokens: &mut Tokens<'_>, places: &mut Places) {
    for (range, zones) in std::mem::take(&mut places.zones_perhaps) {
        if tokens.is_free(range.clone()) {
            let is_out = exclusion::is_left_out(tokens, range.start, &places.left_out);
            tokens.take(range.clone(), Role::Place);
            places.add(Named::Zones(zones), is_out, range);
        }
    }
}

/// Things that types speak of and labels do not: where the events have no label for a thing, the types
/// that speak of it are meant; and a type that says "visitor" says more than the label of a person.
fn types_of_things(
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
            names.extend(event_types::holding(catalogue, &word));
        }
        if names.is_empty() && mention.labels.is_empty() {
            names.extend(event_types::speaking_of(catalogue, &mention.class));
        }
        if names.is_empty() || (has_deed && !names.iter().any(|name| types.names.contains(name))) {
            continue;
        }
        if !has_deed {
            types.names.extend(names);
        }
        tokens.take(mention.at..mention.at + 1, Role::Subject);
        tokens.row[mention.at].is_kept = false;
    }
    types
}

fn holds(
    mentions: &[Mention],
    places: &Places,
    labels: &[LabelMention],
    types: &TypesRead,
    sub_labels: usize,
) -> Holds {
    let strong = labels.iter().filter(|mention| !mention.is_weak).count();
    Holds {
        a_subject: strong > 0 || !types.names.is_empty() || sub_labels > 0,
        a_place: places.names_a_place(),
        a_period: !mentions.is_empty(),
        two_of_a_kind: strong > 1 || mentions.len() > 1 || places.mentions.len() > 1,
    }
}

/// "what about …", "how about …": the question words ask nothing.
fn is_opened_by_about(tokens: &Tokens<'_>) -> bool {
    tokens.find("what about").or_else(|| tokens.find("how about")).is_some()
}

/// The types that were named, or all but those that were left out.
fn names_of_types(catalogue: &Catalogue, types: &TypesRead) -> Vec<String> {
    let all = || catalogue.event_types.iter().map(|known| Arc::clone(&known.name)).collect::<BTreeSet<_>>();
    let from = if types.names.is_empty() && !types.left_out.is_empty() { all() } else { types.names.clone() };
    from.difference(&types.left_out).map(ToString::to_string).collect()
}

/// The labels that were named, or all but those that were left out. A label that the types speak of as
/// the thing it is done to is no label of their events.
fn names_of_labels(catalogue: &Catalogue, mentions: &[LabelMention], types: &TypesRead) -> Vec<String> {
    let mut named: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut left_out: BTreeSet<Arc<str>> = BTreeSet::new();
    for mention in mentions {
        if mention.is_left_out {
            left_out.extend(mention.labels.iter().cloned());
        } else if !event_types::imply(catalogue, types, mention) {
            named.extend(mention.labels.iter().cloned());
        }
    }
    if named.is_empty() && !left_out.is_empty() {
        named.extend(catalogue.labels.iter().cloned());
    }
    named.difference(&left_out).map(ToString::to_string).collect()
}

/// Fields of the request count as said: they win over what would be carried over.
fn add_given(mut says: Says, filters: &Filters) -> Says {
    says.periods |= filters.from.is_some() || filters.to.is_some();
    says.places |= !filters.cameras.is_empty() || !filters.sites.is_empty();
    says.zones |= !filters.zones.is_empty();
    says.labels |= !filters.labels.is_empty();
    says.event_types |= !filters.event_types.is_empty();
    says.min_confidence |= filters.min_confidence.is_some();
    says
}

/// Combines with the fields of the request, by intersection.
fn narrow(it: &mut Interpretation, filters: &Filters, bounds: Option<&Period>, catalogue: &Catalogue) {
    if let Some(bounds) = bounds {
        it.periods = match std::mem::take(&mut it.periods) {
            none if none.is_empty() => vec![bounds.clone()],
            periods => fields::inside(periods, bounds),
        };
    }
    if !filters.sites.is_empty() {
        let cameras: Vec<String> = filters
            .sites
            .iter()
            .flat_map(|site| catalogue.cameras_of_site(site))
            .map(|at| catalogue.cameras[*at].id.clone())
            .collect();
        it.matches_nothing |= cameras.is_empty() | fields::narrow(&mut it.cameras, &cameras);
        let known = |site: &&String| !catalogue.cameras_of_site(site).is_empty();
        it.sites = filters.sites.iter().filter(known).cloned().collect::<BTreeSet<_>>().into_iter().collect();
    }
    it.matches_nothing |= fields::narrow(&mut it.cameras, &filters.cameras);
    it.matches_nothing |= fields::narrow(&mut it.labels, &filters.labels);
    it.matches_nothing |= fields::narrow(&mut it.event_types, &filters.event_types);
    it.matches_nothing |= fields::narrow(&mut it.zones, &filters.zones);
    it.min_confidence = match (it.min_confidence, filters.min_confidence) {
        (Some(words), Some(field)) => Some(words.max(field)),
        (words, field) => words.or(field),
    };
}
