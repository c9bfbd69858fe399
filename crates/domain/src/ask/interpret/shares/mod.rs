//! "What share of the visits were vehicles?": the part against the whole. Splits the question at its verb and
//! has both halves read like questions of their own. Must never let the part reach beyond the whole.

mod earlier;
mod last;
mod split;

use std::ops::Range;

use jiff::{Timestamp, tz::TimeZone};

use self::earlier::{visible, within};
pub(super) use self::split::{Split, split};
use super::{Question, tokens::Tokens};
use crate::{
    Period, Result,
    ask::interpretation::{Intent, Interpretation, QuestionForm},
};

/// Words for the whole that restrict nothing.
const EVERYTHING: [&str; 20] = [
    "all",
    "the",
    "total",
    "our",
    "traffic",
    "activity",
    "footfall",
    "event",
    "events",
    "visit",
    "visits",
    "detection",
    "detections",
    "sighting",
    "sightings",
    "everything",
    "alert",
    "alerts",
    "overall",
    "recorded",
];
/// Words that stand for what was asked before.
const BACK: [&str; 5] = ["them", "those", "these", "it", "ones"];

/// Understands a question for a share.
///
/// # Errors
/// See [`super::interpret`].
pub(super) fn interpret(
    question: &Question<'_>,
    split: &Split<'_>,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Interpretation> {
    if split.is_of_the_last {
        return last::interpret(question, understand);
    }
    let base = understand(&Question { text: &split.text, ..*question })?;
    let read = |range: &Range<usize>, previous, evidence| {
        let text = split.text.get(range.clone()).unwrap_or_default().trim();
        if Tokens::of(text).row.iter().all(|token| EVERYTHING.contains(&token.lower.as_str())) {
            return Ok(Interpretation::default());
        }
        understand(&Question { text, previous, evidence, before_previous: None, ..*question })
    };
    let points_back = |range: &Range<usize>| {
        let text = split.text.get(range.clone()).unwrap_or_default();
        Tokens::of(text).row.iter().any(|token| BACK.contains(&token.lower.as_str()))
    };
    let mut it = base.clone();
    it.words = None;
    let mut whole = match &split.whole {
        Some(range) if points_back(range) => read(range, question.previous, question.evidence)?,
        Some(range) => read(range, None, &[])?,
        None if split.part.is_some() && question.previous.is_some() => visible(question.previous, question),
        None => without_subject(&base),
    };
    whole.share_of = None;
    match &split.part {
        Some(range) => {
            let part = read(range, Some(&whole).filter(|whole| !whole.periods.is_empty()), &[])?;
            narrow(&mut it, &mut whole, part, &base, (question.timezone, question.now));
        }
        None => it.words.clone_from(&base.words),
    }
    (it.intent, it.form) = (Intent::Count, QuestionForm::HowMany);
    (whole.intent, whole.form) = (Intent::Count, QuestionForm::HowMany);
    (whole.min_confidence, whole.max_confidence) = (base.min_confidence, base.max_confidence);
    whole.timezone.clone_from(&base.timezone);
    whole.matches_nothing |= base.matches_nothing;
    (whole.group_by, whole.top, whole.is_least) = (None, None, false);
    whole.refers_to.clear();
    whole.carried_over.clear();
    whole.unresolved.clear();
    it.is_average = false;
    it.share_of = Some(Box::new(whole));
    Ok(it)
}

/// All that the question is about but for what is said of its subject, else but for the subject; without one, but for its place.
fn without_subject(base: &Interpretation) -> Interpretation {
    let mut whole = base.clone();
    let has_subject = !base.labels.is_empty()
        || !base.event_types.is_empty()
        || !base.sub_labels.is_empty()
        || base.words.is_some()
        || !base.without.is_empty();
    let is_described = base.words.is_some() || !base.without.is_empty();
    let is_of_things = !base.labels.is_empty() || !base.event_types.is_empty() || !base.sub_labels.is_empty();
    if is_described && is_of_things {
        // "Of the people, those who pushed a wheelchair": what is said of them is the part.
        whole.words = None;
        whole.without.clear();
    } else if has_subject {
        (whole.labels, whole.event_types, whole.sub_labels, whole.words) = Default::default();
        whole.without.clear();
    } else {
        (whole.cameras, whole.sites, whole.zones) = Default::default();
    }
    whole
}

/// What is said itself, else what the whole says.
fn settle(own: Vec<String>, whole: &[String]) -> Vec<String> {
    if own.is_empty() { whole.to_vec() } else { own }
}

/// The part is what it says itself, and what the whole says where it does not.
fn narrow(
    it: &mut Interpretation,
    whole: &mut Interpretation,
    mut part: Interpretation,
    base: &Interpretation,
    (zone, now): (&TimeZone, Timestamp),
) {
    // "Seen after dark": the verb says nothing of the part.
    part.words = part.words.filter(|words| !matches!(words.as_str(), "seen" | "recorded" | "detected"));
    // "What share of people carried a backpack?": what they have is said of them.
    let is_had = !part.labels.is_empty()
        && !whole.labels.is_empty()
        && base.words.is_some()
        && base.labels.iter().all(|label| whole.labels.contains(label))
        && !part.labels.iter().any(|label| base.labels.contains(label));
    if is_had {
        part.labels.clear();
        part.words.clone_from(&base.words);
    }
    let is_only_time = names_nothing(&part) && !base.periods.is_empty();
    if part.cameras.is_empty() && part.sites.is_empty() {
        (it.cameras, it.sites) = (whole.cameras.clone(), whole.sites.clone());
    } else {
        (it.cameras, it.sites) = (part.cameras, part.sites);
    }
    it.zones = settle(part.zones, &whole.zones);
    it.sub_labels = settle(part.sub_labels, &whole.sub_labels);
    it.event_types = settle(part.event_types, &whole.event_types);
    // "Vehicles" are the whole of "trucks", although both are read as the label of a vehicle.
    it.labels = settle(part.labels, &whole.labels);
    it.without = part.without;
    it.without
        .extend(whole.without.iter().filter(|out| !it.without.contains(out)).cloned().collect::<Vec<_>>());
    it.words = match (&whole.words, part.words) {
        (Some(all), Some(own)) if !own.contains(all.as_str()) => Some(format!("{all} {own}")),
        (all, own) => own.or_else(|| all.clone()),
    };
    let is_by_time = !whole.periods.is_empty()
        && !part.periods.is_empty()
        && !part.carried_over.iter().any(|field| field == "periods")
        && within(&part.periods, &whole.periods);
    if is_by_time {
        it.periods = part.periods;
        return;
    }
    let periods = if base.periods.is_empty() { &whole.periods } else { &base.periods };
    it.periods.clone_from(periods);
    let around = || whole_days(periods, zone, now).or_else(|| whole_weeks(periods, now));
    whole.periods = match Some(is_only_time).filter(|is| *is).and_then(|_| around()) {
        Some(days) => vec![days],
        None => it.periods.clone(),
    };
}

/// Whether it says nothing but when.
fn names_nothing(part: &Interpretation) -> bool {
    part.cameras.is_empty()
        && part.sites.is_empty()
        && part.zones.is_empty()
        && part.labels.is_empty()
        && part.sub_labels.is_empty()
        && part.event_types.is_empty()
        && part.words.is_none()
        && part.without.is_empty()
}

/// "What share was in the morning yesterday?" is of the day: the days that hold hours of them.
fn whole_days(periods: &[Period], zone: &TimeZone, now: Timestamp) -> Option<Period> {
    let (first, last) = (periods.first()?, periods.last()?);
    let is_part = |period: &Period| period.seconds() < 82_800.0;
    if !periods.iter().all(is_part) {
        return None;
    }
    let day = |instant: Timestamp| instant.to_zoned(zone.clone()).date();
    let midnight = |date: jiff::civil::Date| Some(date.to_zoned(zone.clone()).ok()?.timestamp());
    let end = midnight(day(last.start).tomorrow().ok()?)?;
    Some(Period::new(midnight(day(first.start))?, end.min(now)))
}

/// "What share happened on a Saturday?" is of the weeks that these Saturdays are of.
fn whole_weeks(periods: &[Period], now: Timestamp) -> Option<Period> {
    let week = 7 * 24 * 3600;
    // A change of the clock makes an hour of difference.
    let is_weekly = |pair: &[Period]| {
        let apart = pair[1].start.as_second() - pair[0].start.as_second();
        (week - 3600..=week + 3600).contains(&apart)
    };
    let (first, last) = (periods.first()?, periods.last()?);
    if periods.len() < 2 || !periods.windows(2).all(is_weekly) {
        return None;
    }
    let start = Timestamp::from_second(first.end.as_second() - week).ok()?;
    Some(Period::new(start, last.end.min(now)))
}

/// "and people?", "and the day before?" after a share: of the same whole, moved along where it was the same.
pub(super) fn go_on(it: &mut Interpretation, previous: &Interpretation, question: &Question<'_>) {
    let goes_on = it.intent == Intent::Count && it.carried_over.iter().any(|field| field == "intent");
    let Some(before) = previous.share_of.as_ref().filter(|_| goes_on && it.share_of.is_none()) else {
        return;
    };
    let mut whole = visible(Some(before), question);
    if before.periods == previous.periods {
        whole.periods.clone_from(&it.periods);
    }
    if before.cameras == previous.cameras && before.sites == previous.sites {
        (whole.cameras, whole.sites) = (it.cameras.clone(), it.sites.clone());
        whole.matches_nothing = it.matches_nothing;
    }
    if before.zones == previous.zones {
        whole.zones.clone_from(&it.zones);
    }
    if before.labels == previous.labels {
        whole.labels.clone_from(&it.labels);
    }
    if before.sub_labels == previous.sub_labels {
        whole.sub_labels.clone_from(&it.sub_labels);
    }
    if before.event_types == previous.event_types {
        whole.event_types.clone_from(&it.event_types);
    }
    if before.words == previous.words {
        whole.words.clone_from(&it.words);
    }
    if before.without == previous.without {
        whole.without.clone_from(&it.without);
    }
    it.share_of = Some(Box::new(whole));
    it.carried_over.push("share_of".to_owned());
}
