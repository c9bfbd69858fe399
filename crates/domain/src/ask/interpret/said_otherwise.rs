//! Types of events by what they mean and not by their words: who is "without PPE" is a `ppe_violation`, who falls is a
//! `man_down`. Only where no word of the question says a type, and such a type is there.

use std::sync::Arc;

use super::{
    catalogue::Catalogue,
    event_types::TypesRead,
    tokens::{Role, Tokens},
};

/// Adds the type that is said so, where none was read, and takes the words.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue, types: &mut TypesRead) {
    if !types.names.is_empty() || !types.left_out.is_empty() {
        return;
    }
    let found = (0..tokens.row.len())
        .find_map(|at| lack(tokens, catalogue, at).or_else(|| fall(tokens, catalogue, at)));
    if let Some((words, name)) = found {
        types.words.extend(words.clone());
        types.names.insert(name);
        tokens.take(words, Role::Subject);
    }
}

type Found = (std::ops::Range<usize>, Arc<str>);

/// "Without PPE", "not wearing ppe": the type that is called a violation or a lack of it.
fn lack(tokens: &Tokens<'_>, catalogue: &Catalogue, at: usize) -> Option<Found> {
    let words = match tokens.lower(at) {
        "without" | "lacking" => 1,
        "not" if matches!(tokens.lower(at + 1), "wearing" | "using") => 2,
        "no" if matches!(tokens.before(at), "with" | "wearing" | "have" | "has" | "had") => 1,
        _ => return None,
    };
    let end = at + words + 1;
    let thing =
        tokens.row.get(end - 1).filter(|_| tokens.is_free(at..end) && tokens.is_one_phrase(at..end))?;
    let thing = thing.singular.as_str();
    let called = [
        format!("{thing} violation"),
        format!("{thing} missing"),
        format!("missing {thing}"),
        format!("no {thing}"),
        format!("without {thing}"),
    ];
    let known = called.iter().find_map(|name| catalogue.event_type(name))?;
    Some((at..end, Arc::clone(&known.name)))
}

/// "Did anybody fall down?", "who collapsed": the type of somebody who is down.
fn fall(tokens: &Tokens<'_>, catalogue: &Catalogue, at: usize) -> Option<Found> {
    let is_fall = matches!(
        tokens.lower(at),
        "fall" | "fell" | "fallen" | "falling" | "collapsed" | "collapse" | "fainted"
    );
    // "The fall of last year", "something fell on the floor."
    let is_of_things = (0..at).any(|at| {
        matches!(
            tokens.lower(at),
            "something" | "anything" | "box" | "boxes" | "pallet" | "pallets" | "load" | "tree"
        )
    });
    if !is_fall
        || is_of_things
        || !tokens.is_free(at..at + 1)
        || matches!(tokens.before(at), "the" | "a" | "last" | "in")
    {
        return None;
    }
    let is_down = |name: &&str| catalogue.event_type(name).is_some();
    let name = ["man down", "person down", "worker down"].into_iter().find(is_down)?;
    let end = at + 1 + usize::from(tokens.lower(at + 1) == "down");
    Some((at..end, Arc::clone(&catalogue.event_type(name)?.name)))
}
