//! Names that share a part and say it once: "north and south yard", "dock door 1 or 2", "north yard or
//! south". A word alone is no name; which name is meant is said by the word that the others have. A part
//! that is missing makes a name that is reported, never one that is dropped.

use std::ops::Range;

use super::{
    super::{
        catalogue::Catalogue,
        exclusion::is_left_out,
        nouns::noun,
        tokens::{Role, Tokens, join, key_of},
    },
    found::{Named, Places},
    mentions::note,
    names,
};
use crate::ask::interpretation::NameKind;

/// More names than anybody lists.
const LISTED_MAX: usize = 12;

/// Words that tell two places of the same kind apart, so that they name one even where nobody has it.
const TELLING: [&str; 20] = [
    "north", "south", "east", "west", "northern", "southern", "eastern", "western", "front", "back", "rear",
    "side", "left", "right", "upper", "lower", "inner", "outer", "main", "middle",
];

/// Where the next name of a list begins: behind "and", "or", "vs", a comma, a slash or an ampersand.
pub(super) fn next_in_list(tokens: &Tokens<'_>, end: usize) -> Option<usize> {
    let is_joint = |at: usize| matches!(tokens.lower(at), "and" | "or" | "nor" | "vs" | "versus");
    let mut next = end;
    if is_joint(next) {
        next += 1;
    } else {
        let between =
            &tokens.text[tokens.row.get(end.checked_sub(1)?)?.span.end..tokens.row.get(end)?.span.start];
        if !between.contains([',', '/', '&', '+'])
            || between.contains([';', ':', '?', '!', '.', '\n', '(', ')'])
        {
            return None;
        }
    }
    while matches!(tokens.lower(next), "the" | "our" | "my" | "at" | "in" | "on") && next < end + 3 {
        next += 1;
    }
    (next < tokens.row.len()).then_some(next)
}

/// "north and south yard": reads the words before the last name of a list. That is read as any other name,
/// unless it is none.
pub(super) fn read_before(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, at: usize) {
    let mut items = vec![at];
    let (last, words) = loop {
        let item = items.last().copied().unwrap_or(at);
        if !is_modifier(tokens, catalogue, item) || items.len() > LISTED_MAX {
            return;
        }
        let next = next_in_list(tokens, item + 1).filter(|next| tokens.is_free(*next..next + 1));
        let Some(next) = next else { return };
        if let Some((words, _)) = names::exact(tokens, catalogue, next).filter(|(words, _)| *words > 1) {
            break (next, words);
        }
        // "North and west yard", where there is no west yard.
        if TELLING.contains(&tokens.lower(next)) && tokens.is_free(next + 1..next + 2) {
            let head = &tokens.row[next + 1].singular;
            if catalogue.meanings(&join([tokens.row[at].singular.as_str(), head])).is_some() {
                break (next, 2);
            }
        }
        items.push(next);
    };
    let head = tokens.key(last + 1..last + words);
    let is_number = head.bytes().all(|b| b.is_ascii_digit());
    let key = |item: usize| join([tokens.row[item].singular.as_str(), &head]);
    let is_known = |item: &usize| catalogue.meanings(&key(*item)).is_some();
    // "Gate and dock 2": the gate is a name by itself, and so may be the number of the dock alone.
    let is_own =
        |item: &usize| catalogue.meanings(&tokens.row[*item].singular).is_some_and(|own| !own.is_implied);
    let tells = |item: &usize| TELLING.contains(&tokens.lower(*item));
    let is_shared = items.iter().all(|item| is_known(item) || tells(item))
        && !(is_number && items.iter().any(is_own))
        && (items.iter().any(is_known) || TELLING.contains(&tokens.lower(last)));
    if !is_shared {
        return;
    }
    let is_last_known = names::exact(tokens, catalogue, last).is_some_and(|(length, _)| length == words);
    let head = tokens.slice(last + 1..last + words).to_owned();
    for item in items {
        name(tokens, catalogue, places, item..item + 1, |own| format!("{own} {head}"));
    }
    if !is_last_known {
        name(tokens, catalogue, places, last..last + words, str::to_owned);
    }
}

/// "dock door 1 or 2", "north yard or south": reads what follows a name of a list; returns where it ends.
pub(super) fn read_behind(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    named: Range<usize>,
) -> usize {
    let last = named.end - 1;
    if named.len() < 2 {
        return named.end;
    }
    let is_numbered = tokens.row[last].is_number() || tokens.lower(last).len() == 1;
    let stem = tokens.slice(named.start..last).to_owned();
    let head = tokens.slice(named.start + 1..named.end).to_owned();
    let (stem_key, head_key) = (tokens.key(named.start..last), tokens.key(named.start + 1..named.end));
    let mut end = named.end;
    let is_compared = tokens.find("compare").is_some();
    for _ in 0..LISTED_MAX {
        let against = is_compared && matches!(tokens.lower(end), "with" | "to" | "against");
        let next = next_in_list(tokens, end).or(against.then_some(end + 1));
        let Some(next) = next.filter(|next| tokens.is_free(*next..next + 1)) else { break };
        let word = &tokens.row[next];
        let is_known = |key: &str| catalogue.meanings(key).is_some();
        if is_numbered {
            let is_series = word.is_number() && catalogue.is_series(&stem_key);
            let is_meant = (is_series || is_known(&join([&stem_key, &word.singular])))
                && (word.is_number() || word.lower.len() == 1)
                && !counts(tokens, next);
            if !is_meant {
                break;
            }
            name(tokens, catalogue, places, next..next + 1, |own| format!("{stem} {own}"));
        } else {
            let is_meant = is_modifier(tokens, catalogue, next)
                && is_known(&join([&word.singular, &head_key]))
                && names::exact(tokens, catalogue, next).is_none();
            if !is_meant {
                break;
            }
            name(tokens, catalogue, places, next..next + 1, |own| format!("{own} {head}"));
        }
        end = next + 1;
    }
    end
}

/// Notes the name that a word and the shared part make, or reports it.
fn name(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    range: Range<usize>,
    whole: impl Fn(&str) -> String,
) {
    let written = whole(tokens.slice(range.clone()));
    let key = key_of(&written);
    match catalogue.meanings(&key) {
        Some(meanings) if meanings.cameras.is_empty() && meanings.sites.is_empty() => {
            let is_out = is_left_out(tokens, range.start, &places.left_out);
            places.add(Named::Zones(meanings.zones.clone()), is_out, range.clone());
        }
        Some(meanings) => note(tokens, places, range.clone(), meanings),
        None => places.report(catalogue, &written, &key, NameKind::Camera),
    }
    tokens.take(range, Role::Place);
}

/// Whether a word that tells two places of a kind apart stands right behind a name.
pub(super) fn tells(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.is_free(at..at + 1) && !tokens.row[at].follows_break && TELLING.contains(&tokens.lower(at))
}

/// Whether a word could be the part of a name that tells it apart.
fn is_modifier(tokens: &Tokens<'_>, catalogue: &Catalogue, at: usize) -> bool {
    let token = &tokens.row[at];
    token.role == Role::Free
        && token.quote.is_none()
        && !token.is_number()
        && noun(&token.singular).is_none()
        && (catalogue.begins_name(&token.singular) || TELLING.contains(&token.lower.as_str()))
}

/// "dock 1 and 2 people", "gate 1, 3 times": the number counts what follows it.
fn counts(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.row.get(at + 1).is_some_and(|next| {
        !next.follows_break
            && (noun(&next.singular).is_some()
                || matches!(
                    next.singular.as_str(),
                    "time" | "event" | "visit" | "delivery" | "hour" | "day" | "more"
                ))
    })
}
