//! What a follow-up takes over from the question before it, as far as it may still be seen.

use super::{catalogue::Catalogue, left_out, nouns::noun, says::Says, tokens::words_of};
use crate::ask::{
    interpretation::{BusinessHoursTaken, Claim, HoursFrom, Intent, Interpretation, QuestionForm},
    stems::singular,
};

/// The longest words that turn after turn may add up to, in bytes: those of one question.
const WORDS_BYTES_MAX: usize = 2_000;

/// Takes over what the question does not say itself, and lists it. Only what may still be seen is taken
/// over; when nothing of a field is left, nothing matches.
pub(super) fn take_over(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
) {
    let mut carried: Vec<&str> = Vec::new();
    if !says.periods && !previous.periods.is_empty() {
        it.periods.clone_from(&previous.periods);
        it.time_zones.clone_from(&previous.time_zones);
        it.business_hours = previous
            .business_hours
            .clone()
            .map(|taken| BusinessHoursTaken { from: HoursFrom::Earlier, ..taken });
        carried.push("periods");
    }
    // "Which camera had the most?" looks at more than the one camera of before.
    let is_of_one_site = previous.sites.len() == 1 && says.which_site;
    let asks_for_another = says.which_place && (previous.cameras.len() == 1 || is_of_one_site);
    if !says.places && !asks_for_another {
        take_over_places(it, previous, says, catalogue, &mut carried);
    }
    if !says.everything && (it.intent != Intent::Related || it.form == QuestionForm::Where) {
        take_over_subject(it, previous, says, catalogue, &mut carried);
    }
    if it.severities.is_empty() && !says.everything && !previous.severities.is_empty() {
        it.severities.clone_from(&previous.severities);
        carried.push("severities");
    }
    if !says.min_confidence {
        if previous.min_confidence.is_some() {
            it.min_confidence = previous.min_confidence;
            carried.push("min_confidence");
        }
        if previous.max_confidence.is_some() {
            it.max_confidence = previous.max_confidence;
            carried.push("max_confidence");
        }
    }
    let asks_for_an_end = matches!(it.intent, Intent::First | Intent::Last);
    if says.intent && asks_for_an_end && !says.form && previous.form != QuestionForm::Show {
        it.form = previous.form;
        carried.push("form");
    }
    if !says.intent && !says.form && !is_aside(previous.intent) && previous.intent != Intent::Basis {
        if previous.intent != Intent::Find {
            carried.push("intent");
        }
        if previous.form != QuestionForm::Show {
            carried.push("form");
        }
        (it.intent, it.form) = (previous.intent, previous.form);
        // "Where is he now?" – "And yesterday?"
        it.claim = if says.periods && previous.claim == Claim::Now { Claim::Plain } else { previous.claim };
        if previous.stay.is_some() {
            it.stay.clone_from(&previous.stay);
            carried.push("stay");
        }
    }
    if says.intent && it.intent == Intent::Compare && it.claim.is_plain() {
        set_against(it, previous, says, catalogue, &mut carried);
    }
    it.carried_over = carried.into_iter().map(str::to_owned).collect();
}

/// Takes over when, and nothing else: a new question in the same conversation.
pub(super) fn take_over_time(it: &mut Interpretation, previous: &Interpretation) {
    if it.periods.is_empty() && !previous.periods.is_empty() {
        it.periods.clone_from(&previous.periods);
        it.carried_over.push("periods".to_owned());
    }
}

/// "and the second one?" after "when was the first one?": asked in the same way of another event.
pub(super) fn take_over_form(it: &mut Interpretation, previous: &Interpretation, says: Says) {
    let is_of_one = matches!(previous.intent, Intent::Find | Intent::HowLong | Intent::Related);
    if says.intent || says.form || !is_of_one {
        return;
    }
    if previous.intent != Intent::Find {
        it.carried_over.push("intent".to_owned());
    }
    if previous.form != QuestionForm::Show {
        it.carried_over.push("form".to_owned());
    }
    (it.intent, it.form) = (previous.intent, previous.form);
}

/// "compared with the day before?": what is named is set against what the last question was about.
fn set_against(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    if says.periods && it.periods.len() == 1 && !previous.periods.is_empty() {
        let mut both = previous.periods.clone();
        both.append(&mut it.periods);
        it.periods = both;
        carried.push("periods");
    } else if says.places && it.unresolved.is_empty() && !previous.cameras.is_empty() {
        put_before(&mut it.cameras, &previous.cameras, |id| catalogue.has_camera(id));
        put_before(&mut it.sites, &previous.sites, |id| !catalogue.cameras_of_site(id).is_empty());
        carried.push("cameras");
    } else if says.labels && !says.periods && !previous.labels.is_empty() {
        put_before(&mut it.labels, &previous.labels, |label| {
            catalogue.has_no_terms() || catalogue.labels.iter().any(|known| **known == *label)
        });
        carried.push("labels");
    }
}

fn is_aside(intent: Intent) -> bool {
    matches!(intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras)
}

fn take_over_places(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    // Behind "the stock room or the ramp", "and the yard?" is another place.
    if previous.any_place && says.zones {
        return;
    }
    let before = it.matches_nothing;
    if carry(&mut it.cameras, &previous.cameras, |id| catalogue.has_camera(id), &mut it.matches_nothing) {
        carried.push("cameras");
    }
    let mut ignored = false;
    if carry(&mut it.sites, &previous.sites, |id| !catalogue.cameras_of_site(id).is_empty(), &mut ignored) {
        carried.push("sites");
    }
    // What matched nothing before still matches nothing, even where no camera is left to say so.
    it.matches_nothing |=
        before || (previous.matches_nothing && previous.cameras.is_empty() && !says.subject());
    let is_known = |zone: &str| catalogue.zones.iter().any(|known| known.name == zone);
    if !says.zones && carry(&mut it.zones, &previous.zones, is_known, &mut it.matches_nothing) {
        carried.push("zones");
    }
    it.any_place |= previous.any_place;
}

fn take_over_subject(
    it: &mut Interpretation,
    previous: &Interpretation,
    says: Says,
    catalogue: &Catalogue,
    carried: &mut Vec<&str>,
) {
    let any = catalogue.has_no_terms();
    let is_label = |label: &str| any || catalogue.labels.iter().any(|known| &**known == label);
    let is_type = |name: &str| any || catalogue.event_types.iter().any(|known| &*known.name == name);
    let is_name = |name: &str| any || catalogue.sub_labels.iter().any(|known| &**known == name);
    // Where somebody is now is not asked of what they did.
    let is_of_now = it.claim == Claim::Now && !previous.sub_labels.is_empty();
    let mut types = if is_of_now { Vec::new() } else { previous.event_types.clone() };
    // "Anyone?" after vehicles asks for people.
    let is_other = says.someone
        && !previous.labels.is_empty()
        && !previous.labels.iter().any(|label| it.labels.contains(label));
    // "How many left?" after the red cars that arrived: they do something else, and are as red.
    let mut does_another = false;
    let says_labels = says.labels || is_other || says.everybody;
    if says_labels && says.narrows {
        types.retain(|name| fits(name, &it.labels, catalogue));
    } else if says_labels {
        // "Any people?" after deliveries is no question about deliveries by people.
        types.retain(|name| fits_surely(name, &it.labels, catalogue) && !is_of_fewer(name, &it.labels));
    } else if says.thing && !says.event_types {
        // "Any bicycles?" where no label says so is no question about the people of before.
        return;
    } else if !says.sub_labels && !previous.labels.is_empty() {
        let is_done_by = |name: &&String| fits_surely(name, &previous.labels, catalogue);
        let fitting: Vec<String> = it.event_types.iter().filter(is_done_by).cloned().collect();
        if !says.event_types || !fitting.is_empty() {
            if says.event_types {
                it.event_types = fitting;
            }
            if carry(&mut it.labels, &previous.labels, is_label, &mut it.matches_nothing) {
                carried.push("labels");
                does_another = says.event_types && !says.thing;
            }
        }
    } else if !says.sub_labels && says.event_types && !says.thing {
        does_another = !previous.sub_labels.is_empty();
    }
    if !says.labels && !previous.without.is_empty() {
        let own = std::mem::replace(&mut it.without, previous.without.clone());
        left_out::settle(it, own);
        carried.push("without");
    }
    if says.event_types && !does_another {
        return;
    }
    if !says.event_types && carry(&mut it.event_types, &types, is_type, &mut it.matches_nothing) {
        carried.push("event_types");
        // "who brought it?" after deliveries: their events are labelled as they are, whoever did it.
        if !says_labels && previous.labels.is_empty() {
            it.labels.clear();
        }
    }
    let is_narrowed = says.narrows && previous.labels == it.labels;
    if says_labels && !is_narrowed {
        return;
    }
    if !says.sub_labels && carry(&mut it.sub_labels, &previous.sub_labels, is_name, &mut it.matches_nothing) {
        carried.push("sub_labels");
    }
    let Some(before) = previous.words.as_deref().filter(|_| !says.sub_labels) else { return };
    let own = it.words.as_deref().filter(|_| says.words).unwrap_or_default();
    let kept =
        if own.is_empty() && !says.at_all { before.to_owned() } else { kept_beside(before, own, says) };
    if !kept.is_empty() && kept.len() + own.len() < WORDS_BYTES_MAX {
        it.words = Some(format!("{kept} {own}").trim_end().to_owned());
        carried.push("words");
    }
}

/// The words of before that new ones do not replace. "Only the blue ones" after "only trucks" are blue trucks,
/// "and in blue?" after "anyone in red?" is in blue: the thing remains unless another is named, what is said of
/// it remains where the question narrows.
fn kept_beside(before: &str, own: &str, says: Says) -> String {
    let is_thing = |word: &str| noun(&singular(&word.to_lowercase())).is_some();
    let names_thing = own.split(' ').any(is_thing);
    if before.contains('(') {
        // Of phrases to choose from none is torn apart.
        return if says.narrows && !names_thing { before.to_owned() } else { String::new() };
    }
    let remains = |word: &str| {
        let is_kept = if is_thing(word) { !names_thing } else { says.narrows };
        is_kept && !own.split(' ').any(|other| other.eq_ignore_ascii_case(word))
    };
    let is_joint = |word: &str| matches!(word, "or" | "and");
    let mut kept: Vec<&str> = Vec::new();
    for word in before.split(' ').filter(|word| is_joint(word) || remains(word)) {
        // A joint stands between two words.
        if !is_joint(word) || kept.last().is_some_and(|last| !is_joint(last)) {
            kept.push(word);
        }
    }
    kept.pop_if(|last| is_joint(last));
    kept.join(" ")
}

/// Whether a type can be done by one of these labels.
fn fits(event_type: &str, labels: &[String], catalogue: &Catalogue) -> bool {
    let words = words_of(event_type);
    let Some(subject) = words.first() else { return true };
    let is_thing = catalogue.labels.iter().any(|label| &**label == subject) || noun(subject).is_some();
    let class = noun(subject).map_or(subject.as_str(), |noun| noun.class);
    !is_thing || labels.iter().any(|label| label == subject || label == class)
}

/// Whether a type says that one of these labels does it: "vehicle departs", but not "delivery".
fn fits_surely(event_type: &str, labels: &[String], catalogue: &Catalogue) -> bool {
    let words = words_of(event_type);
    let is_of_thing = words.first().is_some_and(|subject| {
        noun(subject).is_some() || catalogue.labels.iter().any(|label| **label == **subject)
    });
    is_of_thing && fits(event_type, labels, catalogue)
}

/// Whether a type is of fewer than all that these labels mean: visitors are some of the people.
fn is_of_fewer(event_type: &str, labels: &[String]) -> bool {
    let words = words_of(event_type);
    let subject = words.first().filter(|subject| !labels.contains(subject));
    subject.and_then(|subject| noun(subject)).is_some_and(|noun| noun.is_narrower)
}

/// Takes a list over as far as it may still be seen; says whether there was one.
fn carry(
    into: &mut Vec<String>,
    from: &[String],
    is_known: impl Fn(&str) -> bool,
    is_nothing: &mut bool,
) -> bool {
    if from.is_empty() {
        return false;
    }
    *into = from.iter().filter(|entry| is_known(entry)).cloned().collect();
    *is_nothing |= into.is_empty();
    !into.is_empty()
}

/// All that a turn was about, as far as it may still be seen.
pub(super) fn whole(previous: &Interpretation, catalogue: &Catalogue) -> Interpretation {
    let mut it = Interpretation::default();
    take_over(&mut it, previous, Says::default(), catalogue);
    it
}

/// The two sides that "which of them" is asked of: those of the comparison before, or the two questions
/// before where they differ in one thing ("at dock 1?", "and at dock 2?").
pub(super) fn sides(
    previous: &Interpretation,
    before: Option<&Interpretation>,
    catalogue: &Catalogue,
) -> Option<Interpretation> {
    let mut it = whole(previous, catalogue);
    if previous.intent == Intent::Compare {
        return Some(it);
    }
    let before = before.filter(|before| !is_aside(before.intent) && before.intent != Intent::Compare)?;
    let mut earlier = whole(before, catalogue);
    let differs = |a: &[String], b: &[String]| !a.is_empty() && !b.is_empty() && a != b;
    let by_place = differs(&it.cameras, &earlier.cameras);
    let by_label = differs(&it.labels, &earlier.labels);
    let by_time = !it.periods.is_empty() && !earlier.periods.is_empty() && it.periods != earlier.periods;
    match (by_place, by_label, by_time) {
        (true, false, false) => {
            put_before(&mut it.cameras, &earlier.cameras, |_| true);
            put_before(&mut it.sites, &earlier.sites, |_| true);
        }
        (false, true, false) => put_before(&mut it.labels, &earlier.labels, |_| true),
        (false, false, true) => {
            earlier.periods.append(&mut it.periods);
            it.periods = earlier.periods;
        }
        _ => return None,
    }
    it.intent = Intent::Compare;
    Some(it)
}

/// What the last question was about comes first, as far as it is known; what is named now comes after it.
fn put_before(names: &mut Vec<String>, previous: &[String], is_known: impl Fn(&str) -> bool) {
    let mut all: Vec<String> = previous.iter().filter(|name| is_known(name)).cloned().collect();
    let more: Vec<String> = names.drain(..).filter(|name| !all.contains(name)).collect();
    all.extend(more);
    *names = all;
}
