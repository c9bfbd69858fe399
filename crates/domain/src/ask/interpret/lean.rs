//! Whether a question leans on the one before it, and on what of it: events of its answer, the two sides
//! of its comparison, or what it was about.

use super::{
    Question, carry_over, follow_up,
    references::{self, References},
    says::Says,
    stop_words::is_stop_word,
    times,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, Interpretation, NameKind};

/// Takes over what the question leaves to the one before it. Says whether it goes on with that one.
pub(super) fn lean(
    it: &mut Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    mut references: References,
    says: Says,
) -> bool {
    let Some(previous) = question.previous else { return false };
    let is_unknown = !references.unresolved.is_empty();
    it.unresolved.append(&mut references.unresolved);
    if follow_up::asks_which_side(tokens, it)
        && let before = question.before_previous.filter(|_| follow_up::asks_of_two(tokens))
        && let Some(sides) = carry_over::sides(previous, before, question.catalogue)
    {
        let timezone = std::mem::take(&mut it.timezone);
        *it = Interpretation { timezone, form: it.form, ..sides };
        return true;
    }
    // "Both?" after two questions that differ in one thing.
    let is_both = tokens.row.len() <= 3 && tokens.find("both").is_some() && !says.subject() && !says.periods;
    if is_both
        && !says.places
        && let Some(sides) = carry_over::sides(previous, question.before_previous, question.catalogue)
    {
        let timezone = std::mem::take(&mut it.timezone);
        *it = Interpretation { timezone, intent: previous.intent, form: previous.form, ..sides };
        return true;
    }
    let intent = says.intent.then_some(it.intent);
    let is_follow_up = is_unknown || follow_up::is_follow_up(tokens, says, intent);
    let is_explicit = !references.events.is_empty();
    if !is_explicit
        && (is_follow_up || it.intent == Intent::Related)
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
        turn_to_other(it, tokens, previous, question);
        if it.carried_over.iter().any(|field| field == "periods") && it.periods.len() == 1 {
            times::go_on(&mut it.periods, question);
        }
    }
    is_follow_up || is_explicit
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
}
