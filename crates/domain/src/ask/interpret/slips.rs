//! Slips of the keyboard in the names of things and deeds: "vistors", "delivries", "how meny". A word that means
//! something by itself is never corrected.

use strsim::osa_distance;

use super::{
    catalogue::Catalogue,
    nearness::is_slip_of,
    nouns::noun,
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
    verbs,
};

/// More misspelt words than anybody writes in one question; looking for each takes all names of types.
const LOOKED_UP_MAX: usize = 24;

/// Shorter labels are too near to other words.
const LABEL_LETTERS_MIN: usize = 5;

/// Things that are asked for most and that no other everyday word is near to (a track is no truck).
const THINGS: [&str; 15] = [
    "people",
    "person",
    "persons",
    "vehicle",
    "vehicles",
    "bicycle",
    "bicycles",
    "forklift",
    "forklifts",
    "visitor",
    "visitors",
    "delivery",
    "deliveries",
    "animals",
    "guards",
];

/// Puts the words that were meant in the place of those that were written.
pub(super) fn correct(tokens: &mut Tokens<'_>, catalogue: &Catalogue) {
    let mut looked_up = 0;
    for at in 0..tokens.row.len() {
        let token = &tokens.row[at];
        if token.role != Role::Free
            || token.quote.is_some()
            || token.is_number()
            || is_known(tokens, at, catalogue)
        {
            continue;
        }
        // "Leakage" is a leak.
        let concept = verbs::concept(&token.stem);
        if concept != token.stem && catalogue.label(concept).is_some() {
            let concept = concept.to_owned();
            tokens.respell(at, &concept);
            continue;
        }
        if tokens.before(at) == "how" && osa_distance(&token.lower, "many") == 1 {
            tokens.respell(at, "many");
            continue;
        }
        if tokens.lower(at + 1) == "many" && osa_distance(&token.lower, "how") == 1 {
            tokens.respell(at, "how");
            continue;
        }
        if looked_up == LOOKED_UP_MAX {
            return;
        }
        looked_up += 1;
        let meant = meant(&token.lower, catalogue);
        if let Some(meant) = meant {
            tokens.respell(at, &meant);
        }
    }
}

fn is_known(tokens: &Tokens<'_>, at: usize, catalogue: &Catalogue) -> bool {
    let token = &tokens.row[at];
    is_stop_word(&token.lower)
        || noun(&token.singular).is_some()
        || catalogue.label(&token.singular).is_some()
        || catalogue.types_by_deed(verbs::concept(&token.stem)).next().is_some()
}

/// The one thing, or the one word of a type, that is near.
fn meant(written: &str, catalogue: &Catalogue) -> Option<String> {
    let is_near = |name: &&str| is_slip_of(written, name);
    if let Some(thing) = THINGS.iter().copied().find(|thing| is_near(thing)) {
        return Some(thing.to_owned());
    }
    let words = catalogue.event_types.iter().flat_map(|known| &known.words).map(String::as_str);
    // "Carts" are no cars.
    let labels =
        || catalogue.labels.iter().map(|label| &**label).filter(|label| label.len() >= LABEL_LETTERS_MIN);
    let mut near = words.chain(labels()).filter(is_near);
    if let Some(first) = near.next() {
        return near.all(|other| other == first).then(|| first.to_owned());
    }
    let mut plurals = labels().map(|label| format!("{label}s"));
    plurals.find(|plural| is_slip_of(written, plural))
}
