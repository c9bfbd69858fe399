//! Takes over what a question leaves to the turn before it: events of its answer, the two sides of its
//! comparison, what a clarification offered, or what it was about.

use std::collections::BTreeSet;

use super::{
    Question, carry_over,
    catalogue::Catalogue,
    deeds_of_others, earlier,
    follow_up::{self, Bond},
    namesakes, pointing, readmitted,
    references::{self, References},
    says::Says,
    stop_words::is_stop_word,
    times,
    tokens::{Role, Tokens, key_of},
    windows,
};
use crate::ask::{
    interpretation::{Intent, Interpretation, NameKind, QuestionForm},
    request::Filters,
};

/// Takes over what the question leaves to an earlier turn. Says with which turn it goes on.
pub(super) fn lean<'a>(
    it: &mut Interpretation,
    question: &Question<'a>,
    tokens: &Tokens<'_>,
    mut references: References,
    says: Says,
) -> Option<&'a Interpretation> {
    let previous = ground(question, says, &references)?;
    let is_unknown = !references.unresolved.is_empty();
    it.unresolved.append(&mut references.unresolved);
    if let Some(sides) = both_turns(it, question, tokens, previous, says) {
        let timezone = std::mem::take(&mut it.timezone);
        *it = Interpretation { timezone, ..sides };
        return Some(previous);
    }
    let mut says = says;
    if follow_up::asks_which_side(tokens, it) || follow_up::asks_for_both(tokens, says) {
        it.words = it.words.as_deref().and_then(follow_up::without_joints);
        says.words = it.words.is_some();
    }
    if follow_up::asks_for_both(tokens, says)
        && let Some(cameras) = pair(tokens, previous, question.catalogue)
    {
        it.cameras = cameras;
        it.zones.clear();
        (says.places, says.zones) = (true, false);
    }
    let joins = has_both_of_them(tokens) || follow_up::asks_for_both(tokens, says);
    if joins && says_nothing_of_whom(says) {
        says = put_together(it, question, previous, says);
    }
    let bond = if is_unknown { Bond::Everything } else { follow_up::bond(tokens, says, it) };
    let is_explicit = !references.events.is_empty();
    // "And after?": the other side of what was looked at, whatever was found on this one.
    let is_bare = tokens.row.len() <= 2 && !is_explicit;
    if is_bare && references::turn(it, &references, previous, question.timezone) {
        return Some(previous);
    }
    if !is_explicit
        && (bond == Bond::Everything || it.intent == Intent::Related)
        && !question.evidence.is_empty()
        && references::is_implied(tokens, it, previous, says)
    {
        references.events.push(0);
    }
    if references.events.is_empty() {
        take_over(it, question, tokens, previous, (bond, says));
    } else {
        if is_explicit {
            carry_over::take_over_form(it, previous, says);
        }
        references::narrow(it, &references, question.evidence, says, question.timezone);
    }
    (bond == Bond::Everything || is_explicit).then_some(previous)
}

/// Takes over what the bond says. A time that was still running then runs on.
fn take_over(
    it: &mut Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    previous: &Interpretation,
    (bond, mut says): (Bond, Says),
) {
    says.periods |= bond != Bond::Nothing && earlier::read(it, previous, question, tokens, says);
    match bond {
        Bond::Everything => {
            let is_doubtful = previous.words_stand_alone || !previous.refers_to.is_empty();
            let is_lost = is_doubtful && question.evidence.is_empty();
            if previous.refers_to.is_empty() {
                earlier::keep_within(it, previous, tokens, says);
                windows::keep(it, previous, question, tokens);
            }
            let is_placed = previous.words_say_where && says.where_to();
            let lost = (is_lost || is_placed).then(|| Interpretation { words: None, ..previous.clone() });
            let mut says = says;
            let before = lost.as_ref().unwrap_or(previous);
            deeds_of_others::leave(it, before, tokens, &mut says, question.catalogue);
            namesakes::turn_to_sibling(it, before, tokens, &mut says, question.catalogue);
            let readmitted = readmitted::read(it, before, tokens, &mut says);
            carry_over::take_over(it, readmitted.as_ref().unwrap_or(before), says, question.catalogue);
            namesakes::turn_to(it, previous, tokens, question.catalogue);
            turn_to_other(it, tokens, previous, question);
            it.words_say_where |= !says.words && it.words.is_some() && before.words_say_where;
            it.words_stand_alone = says.words && pointing::is_bare_word(tokens);
        }
        Bond::Time if says.periods => {}
        Bond::Time => carry_over::take_over_time(it, previous),
        Bond::Nothing => {}
    }
    if it.carried_over.iter().any(|field| field == "periods") && it.periods.len() == 1 {
        times::go_on(&mut it.periods, question);
    }
}

/// The turn that a question goes on with: the last one; behind one that only showed single events, a question
/// with something of its own goes on with what was asked before.
fn ground<'a>(question: &Question<'a>, says: Says, references: &References) -> Option<&'a Interpretation> {
    let previous = question.previous?;
    let has_own = says.where_to()
        || says.subject()
        || says.thing
        || says.everything
        || says.words
        || (says.periods && !says.relative_period);
    let is_of_single_events = !previous.refers_to.is_empty() && references.events.is_empty();
    if !(is_of_single_events && has_own) {
        return Some(previous);
    }
    question.before_previous.filter(|before| before.refers_to.is_empty()).or(Some(previous))
}

/// "Which one had more?", "compare the two", "both?" after two questions that differ in one thing.
fn both_turns(
    it: &Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    previous: &Interpretation,
    says: Says,
) -> Option<Interpretation> {
    if follow_up::asks_which_side(tokens, it) {
        if follow_up::asks_of_its_times(tokens, previous) {
            let sides = carry_over::whole(previous, question.catalogue);
            return Some(Interpretation { intent: Intent::Compare, form: it.form, ..sides });
        }
        let sides = carry_over::sides(previous, question.before_previous, question.catalogue);
        if let Some(sides) = sides.filter(|sides| follow_up::asks_of_two(tokens, previous, sides)) {
            return Some(Interpretation { form: it.form, ..sides });
        }
    }
    if !follow_up::asks_for_both(tokens, says) {
        return None;
    }
    let sides = carry_over::sides(previous, question.before_previous, question.catalogue)?;
    let (intent, form) = match (previous.intent, question.before_previous) {
        (Intent::Compare, Some(before)) if before.intent != Intent::Compare => (before.intent, before.form),
        (Intent::Compare, _) => (Intent::Count, QuestionForm::HowMany),
        _ => (previous.intent, previous.form),
    };
    Some(Interpretation { intent, form, ..sides })
}

/// "Both doors": what was offered in place of a name that is none, else the two cameras of that name.
fn pair(tokens: &Tokens<'_>, previous: &Interpretation, catalogue: &Catalogue) -> Option<Vec<String>> {
    let ids = |cameras: &[usize]| {
        let ids = cameras.iter().filter_map(|at| catalogue.cameras.get(*at));
        ids.map(|camera| camera.id.clone()).collect::<Vec<_>>()
    };
    let offers = previous.unresolved.iter().flat_map(|name| &name.did_you_mean);
    let offered: Vec<String> = offers
        .filter_map(|name| catalogue.meanings(&key_of(name)))
        .flat_map(|meanings| ids(&meanings.cameras))
        .collect();
    if offered.len() > 1 {
        return Some(offered);
    }
    let thing = &tokens.row.get(tokens.find("both")? + 1)?.singular;
    let named = catalogue.cameras_with_word(thing);
    (named.len() == 2).then(|| ids(named))
}
/// "Both of them on Friday", "and both?": those of the two questions before.
fn has_both_of_them(tokens: &Tokens<'_>) -> bool {
    tokens.find("both of them").is_some() || tokens.find("both").is_some() && tokens.row.len() <= 3
}

fn says_nothing_of_whom(says: Says) -> bool {
    !says.subject() && !says.thing && !says.places
}

/// Where the two questions before differ in whom they were about, it is both.
fn put_together(
    it: &mut Interpretation,
    question: &Question<'_>,
    previous: &Interpretation,
    mut says: Says,
) -> Says {
    let Some(earlier) = question.before_previous else { return says };
    let both = |now: &[String], before: &[String]| -> Option<Vec<String>> {
        let differ = !now.is_empty() && !before.is_empty() && now != before;
        differ.then(|| before.iter().chain(now).cloned().collect::<BTreeSet<_>>().into_iter().collect())
    };
    if let Some(names) = both(&previous.sub_labels, &earlier.sub_labels) {
        (it.sub_labels, says.sub_labels) = (names, true);
    } else if let Some(zones) = both(&previous.zones, &earlier.zones) {
        (it.zones, says.zones) = (zones, true);
    } else if let Some(types) = both(&previous.event_types, &earlier.event_types) {
        (it.event_types, says.event_types) = (types, true);
    } else if let Some(labels) = both(&previous.labels, &earlier.labels) {
        (it.labels, says.labels) = (labels, true);
    } else if let (Some(now), Some(before)) = (&previous.words, &earlier.words)
        && now != before
        && ![now, before].iter().any(|words| words.contains(' '))
    {
        (it.words, says.words) = (Some(format!("{before} or {now}")), true);
    } else {
        return says;
    }
    if !says.words {
        it.words = None;
    }
    says
}

/// "What about the other gate?": of a site with two cameras, the one that was not asked of.
fn turn_to_other(
    it: &mut Interpretation,
    tokens: &Tokens<'_>,
    previous: &Interpretation,
    question: &Question<'_>,
) {
    let Some(at) = tokens.find("other") else { return };
    let is_place = matches!(
        tokens.row.get(at + 1).map_or("", |token| token.singular.as_str()),
        "one" | "camera" | "cam" | "door" | "gate" | "side" | "entrance" | "yard" | "" | "dock" | "hall"
    );
    if namesakes::turn_to_other(it, tokens, at, previous, question.catalogue) {
        return;
    }
    let [asked] = previous.cameras.as_slice() else { return };
    let catalogue = question.catalogue;
    let Some(camera) = catalogue.cameras.iter().find(|camera| camera.id == *asked).filter(|_| is_place)
    else {
        return;
    };
    let Some(site) = camera.site.and_then(|site| catalogue.sites.get(site)) else { return };
    let others = site.cameras.iter().filter_map(|at| catalogue.cameras.get(*at));
    let others: Vec<&str> = others.map(|other| other.id.as_str()).filter(|id| id != asked).collect();
    if let [other] = others.as_slice() {
        it.cameras = vec![(*other).to_owned()];
        (it.sites, it.zones) = (Vec::new(), previous.zones.clone());
        it.carried_over.retain(|field| field != "cameras" && field != "sites");
        it.matches_nothing = false;
    }
}

/// "Why?" with nothing before it, "start over" with nothing behind it: there is nothing to search for.
pub(super) fn settle_asides(
    it: &mut Interpretation,
    tokens: &Tokens<'_>,
    question: &Question<'_>,
    is_fresh: bool,
) {
    let is_aside = |previous: &Interpretation| {
        matches!(previous.intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras)
    };
    let has_ground = !is_fresh && question.previous.is_some_and(|previous| !is_aside(previous));
    let says_nothing =
        is_fresh && tokens.row.iter().all(|token| token.role == Role::Intent || is_stop_word(&token.lower));
    let is_reported = it.unresolved.iter().any(|name| name.kind == NameKind::Evidence);
    if (it.intent == Intent::Basis && !has_ground) || (says_nothing && !is_reported) {
        it.intent = Intent::SmallTalk;
    }
    // "That one", "more" with nothing before it: asked back, rather than answered with everything.
    let is_lost = question.previous.is_none()
        && !is_fresh
        && !is_aside(it)
        && it.words.is_none()
        && pointing::only_points(tokens)
        && *question.filters == Filters::default();
    if is_lost && it.intent != Intent::Unusual {
        it.intent = Intent::Related;
        it.labels.clear();
    }
}
