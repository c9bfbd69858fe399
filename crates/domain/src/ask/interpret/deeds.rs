//! What the words of a question say is done: the deeds by which types of event are known.

use super::{
    exclusion::is_leaving_out,
    nouns::noun,
    stop_words::{is_determiner, is_place_preposition, is_stop_word},
    tokens::{Role, Token, Tokens},
    verbs::{PHRASES, concept, is_light},
    words::is_remainder,
};
use crate::ask::stems::is_inflected;

/// What a word of the question says it does, with the word that belongs to it.
pub(super) struct Deed<'a> {
    pub(super) concept: &'a str,
    pub(super) companion: Option<usize>,
    pub(super) is_noun: bool,
}

/// What the word at `at` can be of a type.
pub(super) fn deed<'a>(tokens: &'a Tokens<'_>, at: usize) -> Option<Deed<'a>> {
    let token = &tokens.row[at];
    if token.role != Role::Free
        || token.quote.is_some()
        || is_leaving_out(tokens, at)
        || is_remainder(tokens, at)
    {
        return None;
    }
    let stem = token.stem.as_str();
    for (verb, companions, meaning) in PHRASES {
        if *verb != stem {
            continue;
        }
        let companion = (at + 1..tokens.row.len().min(at + 4))
            .find(|next| companions.contains(&tokens.lower(*next)) && !tokens.row[*next].follows_break);
        // "Took a break in the hall", "climbing a ladder in the hall": done to a thing there, no way in.
        let is_way = matches!(*meaning, "enter" | "exit" | "arrive");
        let has_object =
            companion.is_some_and(|end| (at + 1..end).any(|between| is_determiner(tokens.lower(between))));
        let is_thing = matches!(tokens.before(at), "a" | "an" | "the" | "some" | "no" | "their");
        if is_way && (has_object || is_thing) {
            continue;
        }
        // "went to", "walked to the gate" is no entering; "put" alone is still putting.
        if companion.is_some() && !(*meaning == "exit" && tokens.lower(at + 1) == "in") {
            return Some(Deed { concept: meaning, companion, is_noun: false });
        }
    }
    if is_light(stem) {
        return None;
    }
    if stem == "footfall" {
        return Some(Deed { concept: "enter", companion: None, is_noun: false });
    }
    if is_of_a_noun(tokens, at) || token.lower == "left" && is_left_behind(tokens, at) {
        return None;
    }
    let is_base = !is_inflected(&token.lower) || token.singular != token.lower;
    // "Any falls": as often as somebody fell.
    let is_counted = matches!(tokens.before(at), "any" | "all")
        && token.singular != token.lower
        && is_last_of_its_phrase(tokens, at);
    let is_noun = is_base && is_determiner(tokens.before(at)) && !is_counted
        || !is_inflected(&token.lower) && at > 1 && is_state_question(tokens)
        || token.lower == "left" && is_side(tokens, at)
        || matches!(
            (token.lower.as_str(), tokens.lower(at + 1)),
            ("parking", "lot" | "space" | "area" | "garage" | "bay" | "spot")
                | ("loading" | "unloading", "dock" | "bay" | "zone" | "area")
        )
        || matches!((tokens.before(at), token.lower.as_str()), ("car", "park"));
    Some(Deed { concept: concept(stem), companion: None, is_noun })
}

fn is_last_of_its_phrase(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.row.get(at + 1).is_none_or(|next| {
        next.follows_break
            || matches!(next.role, Role::Time | Role::Place)
            || matches!(next.lower.as_str(), "in" | "at" | "on" | "from" | "since" | "near" | "today" | "by")
    })
}

/// "A delivery note", "an exit sign": the word only colours a thing that is none of those who can do it.
fn is_of_a_noun(tokens: &Tokens<'_>, at: usize) -> bool {
    // "Did the crowd stay?": what follows is what it did.
    let is_asked = at >= 2
        && matches!(
            tokens.lower(at - 2),
            "did" | "does" | "do" | "was" | "were" | "is" | "are" | "has" | "will"
        );
    let is_noun_here = is_determiner(tokens.before(at)) && !is_asked && !is_inflected(tokens.lower(at));
    let is_thing = |next: &Token| {
        next.role == Role::Free
            && !next.follows_break
            // "U-turn" is one thing.
            && !next.is_joined
            && next.quote.is_none()
            && !next.is_number()
            && !is_stop_word(&next.lower)
            && !is_inflected(&next.lower)
            && noun(&next.singular).is_none()
            && next.singular.len() > 2
    };
    is_noun_here && tokens.row.get(at + 1).is_some_and(is_thing)
}

/// "was the gate open": a state, not a deed.
pub(super) fn is_state_question(tokens: &Tokens<'_>) -> bool {
    matches!(tokens.lower(0), "was" | "were" | "is" | "are")
}

/// "A bag left under a seat": somebody left it.
fn is_left_behind(tokens: &Tokens<'_>, at: usize) -> bool {
    // "Where are trolleys left most often?"
    let is_passive = matches!(tokens.before(at), "was" | "were" | "been" | "being" | "get" | "gets" | "got")
        || at >= 2
            && matches!(tokens.lower(at - 2), "are" | "is" | "were" | "was")
            && at + 1 < tokens.row.len()
        // "Was a bag left in the hall?"
        || is_state_question(tokens)
            && is_determiner(tokens.lower(1))
            && at > 2
            && noun(&tokens.row[at - 1].singular).is_none_or(|noun| !matches!(noun.class, "person" | "vehicle"))
            && is_place_preposition(tokens.lower(at + 1));
    is_passive
        || matches!(tokens.lower(at + 1), "under" | "behind" | "unattended" | "alone" | "lying" | "standing")
}

/// "on the left", "left hand": a side, not a leaving.
fn is_side(tokens: &Tokens<'_>, at: usize) -> bool {
    // "the vehicle that left": here "that" stands for the vehicle.
    (is_determiner(tokens.before(at)) && !matches!(tokens.before(at), "that" | "this"))
        || matches!(tokens.lower(at + 1), "side" | "hand" | "of" | "lane" | "corner")
}

/// "Cars that left the car park": a deed that no type names is looked for in its other forms; "on the left" is none.
pub(super) fn tell_deeds_from_sides(tokens: &mut Tokens<'_>) {
    for at in 1..tokens.row.len() {
        let is_free =
            tokens.lower(at) == "left" && tokens.is_free(at..at + 1) && tokens.row[at].quote.is_none();
        let is_done_by = matches!(
            tokens.before(at),
            "that" | "who" | "which" | "they" | "he" | "she" | "it" | "has" | "have" | "just" | "many"
        ) || tokens.row[at - 1].role == Role::Subject;
        let next = tokens.row.get(at + 1);
        let is_deed = next.is_none_or(|next| {
            next.follows_break
                || matches!(next.role, Role::Place | Role::Time)
                || matches!(next.lower.as_str(), "the" | "a" | "from" | "through" | "by" | "at" | "on")
        });
        if is_free && is_done_by && is_deed {
            tokens.respell(at, "leave");
        }
    }
}
