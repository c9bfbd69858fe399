//! "Trucks at the north gate on Monday against the south gate on Tuesday": where both sides name a time and something
//! else of their own, each is a question of its own. Must never count one side's time for the other's place.

use super::{Question, tokens::Tokens};
use crate::{
    Period, Result,
    ask::interpretation::{Intent, Interpretation},
};

/// Each takes reading both halves.
const CUTS_MAX: usize = 3;
/// Whoever compares two things says so in a sentence.
const TEXT_BYTES_MAX: usize = 300;
/// What stands between two sides, the surest first.
const JOINTS: [&str; 11] = [
    "compared to",
    "compared with",
    "versus",
    "vs",
    "against",
    "than",
    "or",
    "with",
    "and",
    "as opposed to",
    "compared against",
];

/// Sets a comparison of two times and two of something else side by side, where its words pair them.
///
/// # Errors
/// What `understand` says.
pub(super) fn settle(
    mut it: Interpretation,
    question: &Question<'_>,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Interpretation> {
    let lists = [&it.cameras, &it.sites, &it.zones, &it.labels, &it.sub_labels, &it.event_types];
    let is_one = it.intent != Intent::Compare
        || !it.sides.is_empty()
        || !it.claim.is_plain()
        || it.periods.len() < 2
        || question.text.len() > TEXT_BYTES_MAX
        || lists.iter().all(|list| list.len() < 2);
    if is_one {
        return Ok(it);
    }
    let tokens = Tokens::of(question.text);
    let found = JOINTS.iter().flat_map(|joint| {
        let words = joint.split(' ').count();
        let tokens = &tokens;
        (1..tokens.row.len()).filter(move |at| tokens.has_at(*at, joint)).map(move |at| (at, at + words))
    });
    for (end, start) in found.take(CUTS_MAX) {
        if start >= tokens.row.len() {
            continue;
        }
        let texts = [tokens.slice(0..end), tokens.slice(start..tokens.row.len())];
        let read = |text| {
            understand(&Question { text, previous: None, before_previous: None, evidence: &[], ..*question })
        };
        let (mut first, mut second) = (read(texts[0])?, read(texts[1])?);
        if are_sides(&first, &second, &it.periods) {
            lend(&mut first, &second);
            lend(&mut second, &first);
            it.sides = texts.iter().map(|text| name(text)).zip([first, second]).collect();
            break;
        }
    }
    Ok(it)
}

/// Whether each half names a time and something else of its own, and both together the times of the whole.
fn are_sides(first: &Interpretation, second: &Interpretation, periods: &[Period]) -> bool {
    let is_known = |side: &Interpretation| side.unresolved.is_empty() && !side.matches_nothing;
    let holds = |all: &[Period], period: &Period| {
        all.iter().any(|one| one.start == period.start && one.end == period.end)
    };
    let are_of_whole = |side: &Interpretation| {
        !side.periods.is_empty() && side.periods.iter().all(|period| holds(periods, period))
    };
    let are_all = periods.iter().all(|of| holds(&first.periods, of) || holds(&second.periods, of));
    let own = |of: fn(&Interpretation) -> &Vec<String>| {
        !of(first).is_empty() && !of(second).is_empty() && of(first) != of(second)
    };
    let differ = own(|side| &side.cameras)
        || own(|side| &side.zones)
        || own(|side| &side.labels)
        || own(|side| &side.sub_labels)
        || own(|side| &side.event_types);
    is_known(first)
        && is_known(second)
        && are_of_whole(first)
        && are_of_whole(second)
        && are_all
        && !first.periods.iter().any(|period| holds(&second.periods, period))
        && differ
}

/// What one half leaves open is that of the other: "trucks at the gate on Monday against the ramp on Tuesday".
fn lend(to: &mut Interpretation, from: &Interpretation) {
    let is_someone = !to.labels.is_empty() || !to.sub_labels.is_empty() || !to.event_types.is_empty();
    if !is_someone {
        to.labels.clone_from(&from.labels);
        to.sub_labels.clone_from(&from.sub_labels);
        to.event_types.clone_from(&from.event_types);
        if to.words.is_none() {
            to.words.clone_from(&from.words);
        }
    }
    if to.cameras.is_empty() && to.zones.is_empty() {
        to.cameras.clone_from(&from.cameras);
        to.sites.clone_from(&from.sites);
        to.zones.clone_from(&from.zones);
        to.any_place = from.any_place;
    }
    if to.severities.is_empty() {
        to.severities.clone_from(&from.severities);
    }
    if to.without.is_empty() {
        to.without.clone_from(&from.without);
    }
}

/// What a side is called: the words of the caller without those that only ask.
fn name(text: &str) -> String {
    let tokens = Tokens::of(text);
    let asks = |word: &str| {
        matches!(
            word,
            "compare"
                | "please"
                | "how"
                | "many"
                | "did"
                | "do"
                | "does"
                | "was"
                | "were"
                | "is"
                | "are"
                | "there"
                | "more"
                | "fewer"
                | "less"
                | "on"
                | "the"
                | "at"
        )
    };
    let start = (0..tokens.row.len()).find(|at| !asks(tokens.lower(*at))).unwrap_or(0);
    tokens.slice(start..tokens.row.len()).trim().trim_end_matches(['?', ',', '.', ':']).to_owned()
}
