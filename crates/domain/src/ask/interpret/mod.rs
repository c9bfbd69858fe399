//! Words → meaning. Deterministic, no model, no I/O, under a millisecond.
//!
//! Readers take the words in turn, the surest first: periods, places, labels, event types, intent. What
//! no reader takes is searched for. Nothing here may know a name that is out of the caller's scope.

pub(crate) mod anchors;
mod answered;
mod averages;
mod carry_over;
mod catalogue;
mod changes;
mod chatter;
mod choices;
mod claims;
mod clauses;
mod confidence;
mod deeds;
mod deeds_of_others;
mod earlier;
mod event_type;
mod event_types;
mod exclusion;
mod fields;
mod follow_up;
mod grouping;
mod halves;
mod holds;
mod hours;
mod idioms;
mod intents;
mod labels;
mod language;
mod lean;
mod left_out;
mod name_keys;
mod nameless;
mod namesakes;
mod nearness;
mod negation;
mod nouns;
mod numbers;
mod objects;
mod ordinals;
mod pairs;
pub mod periods;
mod places;
mod pointing;
mod presence;
mod quiet;
mod quiet_stretches;
mod readmitted;
mod references;
mod said_otherwise;
mod says;
mod severity;
mod shares;
mod shown_list;
mod since_then;
mod sizes;
mod slips;
mod sounds;
mod spellings;
mod states;
mod stays;
mod stop_words;
mod sub_labels;
mod subjects;
#[cfg(test)]
mod tests;
mod thresholds;
mod times;
mod tokens;
mod told_with;
mod type_fits;
mod vague_times;
mod verbs;
mod windows;
mod words;

use jiff::{Timestamp, tz::TimeZone};

pub use catalogue::Catalogue;
pub(crate) use nouns::{class_of, is_sound};

pub use fields::{FILTER_ENTRIES_MAX, FILTER_ENTRY_BYTES_MAX};
pub use periods::DateOrder;
pub(crate) use vague_times::is_one as is_vague_time;

use self::{
    claims::Names,
    intents::{Asked, Holds},
    places::Named,
    says::Says,
    subjects::{keep_to_doers, labels_left_out, names_of_labels, names_of_types, types_of_things},
    tokens::Tokens,
};
use super::{
    answer::Evidence,
    interpretation::{Claim, Intent, Interpretation, LeftOut, QuestionForm},
    request::Filters,
};
use crate::Result;

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
    /// What the turn before that one was understood to mean.
    pub before_previous: Option<&'a Interpretation>,
    /// What the previous answer showed, as far as the caller may still see it.
    pub evidence: &'a [Evidence],
    /// How dates in figures are written.
    pub date_order: DateOrder,
    /// What names can mean, within the caller's scope.
    pub catalogue: &'a Catalogue,
}

/// Understands a question.
///
/// # Errors
/// `InvalidInput` naming a field of `filters` that is malformed.
pub fn interpret(question: &Question<'_>) -> Result<Interpretation> {
    let text = idioms::spelt_out(question.text);
    let question = &Question { text: &text, ..*question };
    halves::interpret(question, interpret_one)
}

fn interpret_one(question: &Question<'_>) -> Result<Interpretation> {
    let mut it = match shares::split(question.text) {
        Some(split) => shares::interpret(question, &split, understand)?,
        None => match quiet::read(question.text) {
            Some(read) => quiet_stretches::interpret(question, &read, understand)?,
            None => match anchors::read(question) {
                Some(read) => match anchors::interpret(question, &read, understand)? {
                    Some(it) => it,
                    None => understand(question)?,
                },
                None => match clauses::interpret(question, understand)? {
                    Some(it) => it,
                    None => pairs::settle(understand(question)?, question, understand)?,
                },
            },
        },
    };
    if it.intent != Intent::Compare {
        // Only the sides of a comparison have an order.
        for names in [&mut it.cameras, &mut it.sites, &mut it.zones, &mut it.labels] {
            names.sort();
        }
    }
    Ok(it)
}

fn understand(question: &Question<'_>) -> Result<Interpretation> {
    fields::check(question.filters)?;
    let bounds = fields::period(question.filters, question.now, question.timezone)?;
    let catalogue = question.catalogue;
    let mut tokens = Tokens::of(question.text);
    chatter::close_choices(&mut tokens);
    chatter::open_speech(&mut tokens);
    grouping::spell_out_wise(&mut tokens);
    let is_fresh_start = follow_up::read_fresh_start(&mut tokens);
    let named = answered::of_ranking(&tokens, question);
    let question = &Question { previous: named.as_ref().or(question.previous), ..*question };
    if question.previous.is_some() {
        pointing::read(&mut tokens);
    }
    let before = references::Before {
        is_conversation: question.previous.is_some(),
        is_after_date: times::is_after_date(question),
    };
    let drops_words = question.previous.is_some() && follow_up::read_dropped(&mut tokens);
    let references = references::read(&mut tokens, question.evidence, before);
    let times::Times { mut mentions, unresolved: impossible, time_zones, business_hours, .. } =
        times::read(question, &mut tokens);
    told_with::take(&mut tokens);
    chatter::take_whereabouts(&mut tokens);
    let is_judged = question.previous.is_some_and(|it| changes::asks_whether_usual(&mut tokens, it));
    let claim = if is_judged { Claim::Usual } else { claims::read(&mut tokens) };
    places::spell_those_without(&mut tokens, catalogue);
    grouping::read_lacking(&mut tokens);
    tokens.excepted = exclusion::lists(&tokens);
    let sure = confidence::read(&mut tokens);
    namesakes::read_which(&mut tokens, catalogue);
    let mut places = places::read(&mut tokens, catalogue);
    let mut sub_labels = sub_labels::read(&mut tokens, catalogue, &places.left_out);
    mentions.retain(|mention| times::is_still_time(&tokens, mention));
    let language = language::read(&tokens);
    let size = sizes::read(&mut tokens);
    slips::correct(&mut tokens, catalogue);
    let severities = severity::read(&mut tokens);
    let mut labels = labels::read(&mut tokens, catalogue, &places.left_out);
    sub_labels::settle_lists(&mut tokens, &mut sub_labels, &mut labels);
    sounds::settle(&mut tokens, &mut labels);
    let nameless = nameless::read(&mut tokens, catalogue);
    let mut types =
        event_types::read(&mut tokens, catalogue, &labels, !sub_labels.named.is_empty(), &places.left_out);
    said_otherwise::read(&mut tokens, catalogue, &mut types);
    labels.retain(|mention| !event_types::is_of_a_name(&types, mention));
    sounds::take_ringing(&mut tokens, &labels);
    objects::settle(&mut tokens, &mut sub_labels, &mut labels, !types.names.is_empty());
    if question
        .previous
        .is_some_and(|previous| previous.labels.iter().any(|label| class_of(label) == Some("person")))
    {
        objects::settle_of_those(&mut tokens, &mut labels);
    }
    places::take_zones(&mut tokens, catalogue, &mut places);
    let types = types_of_things(&mut tokens, catalogue, &labels, types);
    places::read_parts_of_names(&mut tokens, catalogue, &mut places);
    deeds::tell_deeds_from_sides(&mut tokens);
    chatter::take(&mut tokens);
    presence::mark(&mut tokens, !sub_labels.named.is_empty());
    let asks_for_names = nameless::read_recognized(&mut tokens) && sub_labels.named.is_empty();
    let stay = stays::read(&mut tokens);
    let goes_on = question.previous.is_some();
    let held = Holds { goes_on, ..holds::of(&mentions, &places, &labels, &types, sub_labels.named.len()) };
    let ordinal = ordinals::read(&mut tokens);
    let mut asked = intents::read(&mut tokens, held);
    let ordinal =
        ordinal.filter(|_| matches!(asked.intent, None | Some(Intent::Find | Intent::Last | Intent::First)));
    asked.intent = ordinal.map(|ordinal| ordinal.from).or(asked.intent);
    if goes_on && named.is_none() && pointing::asks_what_followed(&tokens, question) {
        asked.intent = Some(Intent::Related);
        earlier::take_nearness(&mut tokens);
    }
    if goes_on && earlier::asks_for_others(&tokens, question) {
        asked = Asked { intent: Some(Intent::Related), form: Some(QuestionForm::Which) };
    }
    if asked.intent == Some(Intent::Related) && pointing::follows_someone(&tokens) {
        asked.form = Some(QuestionForm::Where);
    }
    if stay.is_some() {
        asked.intent = Some(Intent::HowLong);
    }
    let has_bounds = |it: &Interpretation| it.threshold.is_some() || it.group_by.is_some();
    if asked == Asked::default()
        && !question.previous.is_some_and(has_bounds)
        && grouping::opens_with_bound(&tokens)
    {
        asked.form = Some(QuestionForm::Whether);
    }
    let is_of_before = matches!(claim, Claim::Trend | Claim::Usual);
    let is_of_now = !is_of_before
        && asked == Asked { intent: None, form: Some(QuestionForm::Whether) }
        && mentions.is_empty()
        && states::read(&mut tokens, goes_on)
        || asked.intent == Some(Intent::Count) && mentions.is_empty() && states::read_number(&mut tokens);
    let is_whereabouts = !is_of_before
        && asked == Asked { intent: None, form: Some(QuestionForm::Where) }
        && states::asks_where_now(&tokens, &mentions);
    if is_whereabouts {
        mentions.clear();
    }
    let is_of_now = is_of_now || is_whereabouts;
    let claim = if is_of_now { Claim::Now } else { claim };
    if is_of_now {
        asked.intent = Some(Intent::Last);
    }
    let has_types = !types.names.is_empty();
    let claim = claims::of_empty_place(&mut tokens, claim);
    let times = mentions.iter().filter(|mention| mention.periods.len() == 1).count();
    let of_several = Names { labels: &labels, sub_labels: &sub_labels, places: &places, has_types, times };
    let claim = claims::settle(claim, &mut asked, &tokens, &of_several);
    let average = averages::read(&mut tokens, asked.intent);
    let asked = if average.is_some() { Asked { intent: Some(Intent::Count), ..asked } } else { asked };
    let ranked =
        grouping::read(&mut tokens, asked.intent, asked.form).or_average(average).or_names(asks_for_names);
    let ungrouped = grouping::read_unknown(&mut tokens, asked.intent);
    if mentions.is_empty() && impossible.is_empty() {
        mentions = times::of_summary(question, &mut tokens, asked.intent.unwrap_or_default());
    }
    if asked.intent == Some(Intent::Compare) {
        mentions = times::as_sides(question, mentions);
    }
    let mut it = Interpretation {
        intent: asked.intent.unwrap_or_default(),
        form: asked.form.unwrap_or_default(),
        claim,
        timezone: question.timezone.iana_name().unwrap_or("UTC").to_owned(),
        language: language.map(str::to_owned),
        starts_over: is_fresh_start,
        is_average: average.is_some() || averages::is_of_lengths_or_sides(&tokens, asked.intent),
        nth: ordinal.map(|ordinal| ordinal.nth),
        stay,
        ..Interpretation::default()
    };
    let mut says = Says {
        intent: asked.intent.is_some(),
        form: asked.form.is_some() && !says::is_opened_by_about(&tokens),
        ..Says::default()
    };
    let is_about_events = !matches!(it.intent, Intent::SmallTalk | Intent::Help);
    if is_about_events {
        let found = places.resolve(catalogue);
        says.periods = !mentions.is_empty() || is_of_now;
        says.relative_period = mentions.iter().any(|mention| mention.is_relative_to_anchor);
        says.zones = !found.zones.is_empty();
        says.places = places.is_everywhere
            || !places.unresolved.is_empty()
            || places.mentions.iter().any(|mention| !matches!(mention.named, Named::Zones(_)));
        it.periods = times::distinct(mentions);
        (it.time_zones, it.business_hours) = (time_zones, business_hours);
        (it.cameras, it.sites, it.zones) = (found.cameras, found.sites, found.zones);
        it.any_place = places::are_alternatives(&tokens, &places, it.intent == Intent::Compare);
        it.matches_nothing = found.is_nothing;
        it.unresolved = places.unresolved;
        it.unresolved.extend(impossible);
        it.unresolved.extend(ungrouped);
        it.unresolved.extend(size.into_iter().chain(nameless::read_belonging(&mut tokens, &labels)));
        it.unresolved.extend(nameless::read_distinct(&mut tokens));
        it.unresolved.extend(intents::other_end(&tokens, it.intent));
        it.unresolved.extend(grouping::ends_of_each(&tokens, it.intent));
        it.unresolved.extend(says::asks_why(&tokens, it.intent));
        it.unresolved.extend(says::asks_of_never(&tokens, it.form).filter(|_| !types.left_out.is_empty()));
        it.event_types = names_of_types(catalogue, &types);
        if it.intent == Intent::Compare {
            let words = || tokens.row.iter().map(|token| token.singular.as_str());
            let named =
                catalogue.labels.iter().map(|label| &**label).filter(|label| words().any(|w| w == *label));
            keep_to_doers(catalogue, &mut it.event_types, &named.collect::<Vec<_>>());
        }
        says.event_types = !it.event_types.is_empty();
        says.labels = labels.iter().any(|mention| {
            !mention.is_weak && !mention.labels.is_empty() && !left_out::is_by_words(mention, &labels)
        });
        it.labels = names_of_labels(catalogue, &labels, &types);
        it.sub_labels = sub_labels.named.iter().map(ToString::to_string).collect();
        says.sub_labels = !it.sub_labels.is_empty();
        (it.min_confidence, it.max_confidence) = (sure.least, sure.below);
        says.min_confidence = sure.is_said();
        it.severities = severities.wanted;
        let without = left_out::read(&mut tokens, catalogue, &labels, &sub_labels, found.zones_left_out);
        let by_label = labels_left_out(&labels);
        let by_label = (!by_label.is_empty()).then(|| LeftOut { labels: by_label, ..LeftOut::default() });
        let without = without.into_iter().chain(by_label).chain(severities.left_out);
        left_out::settle(&mut it, without.chain(nameless).collect());
        if it.intent != Intent::ListCameras {
            it.words = words::left_over(&tokens, it.intent == Intent::Compare)
                .filter(|_| !goes_on || !shown_list::is_of_list(&tokens));
        }
        it.perhaps = words::perhaps(&mut tokens, &it);
        says.words = it.words.is_some();
        it.words_say_where = says.words && words::say_where(&tokens);
        claims::set_words_against(&mut it, &tokens);
        if goes_on {
            pointing::note(&mut says, &tokens, &labels);
            (says.which_site, says.of_them) = (says::asks_which_site(&tokens), says::is_of_them(&tokens));
            says.at_all |= drops_words;
        }
    }
    says.periods |= question.previous.is_some() && says::asks_of_all_time(&tokens);
    lean::settle_asides(&mut it, &tokens, question, is_fresh_start);
    let is_about_events = !matches!(it.intent, Intent::SmallTalk | Intent::Help);
    let mut leans_on = None;
    if is_about_events && !is_fresh_start && question.previous.is_some() {
        let given = fields::add_given(says, question.filters);
        leans_on = lean::lean(&mut it, question, &tokens, references, given);
    } else if is_about_events {
        it.unresolved.extend(references.unresolved);
    }
    fields::apply(&mut it, question.filters, bounds.as_ref(), catalogue);
    if let Some(previous) = leans_on {
        shares::go_on(&mut it, previous, question);
    }
    changes::set_period(&mut it, question);
    if leans_on.is_none() {
        since_then::settle(&mut it, question, &tokens);
    }
    claims::settle_both(&mut it, &tokens);
    let lent = grouping::settle(&mut it, ranked, leans_on, says);
    it.carried_over.extend(lent.into_iter().map(str::to_owned));
    grouping::keep_to_plates(&mut it, &tokens, catalogue);
    if let Some(previous) = leans_on.filter(|_| it.group_by.is_none() && !question.evidence.is_empty()) {
        it.top = shown_list::length(&tokens, previous, question.evidence.len()).or(it.top);
    }
    // "Which of these days had most?" names its sides.
    if it.intent == Intent::Compare && it.form == QuestionForm::Which {
        it.group_by = None;
    }
    Ok(it)
}
