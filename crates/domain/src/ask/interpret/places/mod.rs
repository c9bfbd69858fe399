//! Reads cameras, sites and zones. A name that is clearly meant as one and is none is reported; it is
//! never dropped, and never guessed at when two things could be meant.

mod alternatives;
mod camera_words;
mod denied;
mod found;
mod lists;
mod mentions;
mod names;
mod numbers;
mod ranked;
mod time_words;

use std::ops::Range;

pub(super) use alternatives::are_alternatives;
pub(super) use found::{Named, Places};
pub(super) use ranked::spell_those_without;

use self::mentions::{note, take_denial};
pub(super) use self::{mentions::outside, time_words::read as read_time_words};
use super::{
    catalogue::Catalogue,
    exclusion::is_left_out,
    name_keys::Meanings,
    nearness::offers,
    nouns::noun,
    stop_words::{is_camera_word, is_determiner, is_place_preposition, is_stop_word},
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{NameKind, Unresolved};

/// Past so many words, misspelt names are no longer looked for: the work stays bounded.
const SLIP_WORDS_MAX: usize = 80;

/// As many words that could be unknown zones and sites are looked up; it costs a walk over all names.
const LOOKED_UP_MAX: usize = 24;

/// Reads every place and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue) -> Places {
    let mut places = Places::default();
    for at in 0..tokens.row.len() {
        lists::read_before(tokens, catalogue, &mut places, at);
    }
    // Misspelt names of several words first: "norht yard" is more than the yard.
    read_slips(tokens, catalogue, &mut places, 2);
    let mut at = 0;
    while at < tokens.row.len() {
        if let Some(end) = numbers::read_with_its_word(tokens, catalogue, &mut places, at) {
            at = end;
            continue;
        }
        at = match tokens.row[at].role {
            Role::Free if is_camera_word(tokens.lower(at)) => {
                camera_words::read_after(tokens, catalogue, &mut places, at)
            }
            Role::Free => read_name(tokens, catalogue, &mut places, at),
            _ => at + 1,
        };
    }
    read_slips(tokens, catalogue, &mut places, 1);
    for at in 0..tokens.row.len() {
        let word = tokens.lower(at).to_owned();
        if tokens.row[at].role != Role::Free {
            continue;
        }
        match word.as_str() {
            _ if is_camera_word(&word) => camera_words::read_before(tokens, catalogue, &mut places, at),
            "zone" | "zones" | "area" => read_unknown(tokens, catalogue, &mut places, at, NameKind::Zone),
            "site" | "sites" => read_unknown(tokens, catalogue, &mut places, at, NameKind::Site),
            "everywhere" | "anywhere" => places.is_everywhere = true,
            _ if is_all_there_is(tokens, at) => {
                tokens.take(at..at + 1, Role::Place);
                places.is_everywhere = true;
            }
            _ => {}
        }
    }
    read_quoted(tokens, catalogue, &mut places);
    ranked::read(tokens, catalogue, &mut places);
    places
}

/// "On campus", "on the premises", "on our property": all that is watched, where nothing is called so.
fn is_all_there_is(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_whole = matches!(
        tokens.lower(at),
        "campus" | "premises" | "property" | "grounds" | "compound" | "estate" | "facility" | "complex"
    );
    let mut before = at;
    while before > 0
        && matches!(tokens.before(before), "the" | "our" | "my" | "whole" | "entire" | "this" | "your")
        && !tokens.row[before].follows_break
    {
        before -= 1;
    }
    // "On the property line" is somewhere.
    let ends = tokens
        .row
        .get(at + 1)
        .is_none_or(|next| next.follows_break || next.role != Role::Free || is_stop_word(&next.lower));
    is_whole
        && ends
        && tokens.row[at].quote.is_none()
        && matches!(tokens.before(before), "on" | "at" | "in" | "across" | "around" | "onto" | "over")
}

/// Words that name a zone and that nothing else needed ("door", unless a door was opened).
pub(super) fn take_zones(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places) {
    for (range, zones) in std::mem::take(&mut places.zones_perhaps) {
        if tokens.is_free(range.clone()) {
            let outside = outside(tokens, range.start);
            if let Some(at) = outside {
                tokens.take(at..at + 1, Role::Place);
            }
            let denied = take_denial(tokens, places, &range);
            let is_out = outside.is_some() || denied || is_left_out(tokens, range.start, &places.left_out);
            // "Door 2": the one camera of that name, rather than what it has a zone for.
            let numbered = range.start..range.end + 1;
            if tokens.is_free(numbered.clone())
                && let Some(camera) = catalogue.camera_ending_with(&tokens.key(numbered.clone()))
            {
                tokens.take(numbered.clone(), Role::Place);
                places.add(Named::Cameras(vec![camera]), is_out, numbered);
                continue;
            }
            tokens.take(range.clone(), Role::Place);
            places.add(Named::Zones(zones), is_out, range);
        }
    }
}

/// "In the lot", "at the back": a word of the names of cameras, used as a place and read as nothing else.
pub(super) fn read_parts_of_names(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places) {
    for at in 1..tokens.row.len() {
        let token = &tokens.row[at];
        // "At both stations", where sites are called stations.
        let are_sites = token.role == Role::Free
            && token.lower != token.singular
            && matches!(tokens.before(at), "both" | "all" | "the" | "our" | "two" | "three");
        if are_sites {
            let is_one = |site: &usize| {
                catalogue.sites[*site]
                    .keys
                    .iter()
                    .any(|key| key.split(' ').any(|word| word == token.singular))
            };
            let sites: Vec<usize> = (0..catalogue.sites.len()).filter(is_one).collect();
            // "In both corridors", where no site is called so.
            let is_all = matches!(tokens.before(at), "both" | "all" | "two" | "three");
            let cameras = catalogue.cameras_with_word(&token.singular);
            let named = match (sites.len() > 1, is_all && cameras.len() > 1) {
                (true, _) => Some(Named::Sites(sites)),
                (false, true) => Some(Named::Cameras(cameras.to_vec())),
                (false, false) => None,
            };
            if let Some(named) = named {
                let is_out = is_left_out(tokens, at, &places.left_out);
                tokens.take(at..at + 1, Role::Place);
                places.add(named, is_out, at..at + 1);
                continue;
            }
        }
        let is_behind = matches!(token.lower.as_str(), "back" | "front")
            && matches!(tokens.before(at), "in" | "out" | "at")
            && !token.follows_break;
        let leads = is_behind
            || at >= 2
                && tokens.before(at) == "the"
                && !token.follows_break
                && matches!(
                    tokens.lower(at - 2),
                    "at" | "in" | "on" | "from" | "near" | "inside" | "outside" | "by" | "to"
                );
        let ends = tokens.row.get(at + 1).is_none_or(|next| {
            next.follows_break
                || next.role == Role::Time
                || (matches!(next.role, Role::Free | Role::Intent)
                    && is_stop_word(&next.lower)
                    && next.lower != "of")
        });
        let is_a_part = token.role == Role::Free && token.quote.is_none() && !token.is_number();
        if !(leads && ends && is_a_part) {
            continue;
        }
        let cameras = catalogue.cameras_with_word(&token.singular).to_vec();
        if !cameras.is_empty() {
            let is_out = is_left_out(tokens, at, &places.left_out);
            tokens.take(at..at + 1, Role::Place);
            places.add(Named::Cameras(cameras), is_out, at..at + 1);
        }
    }
}

/// Reads a name that stands at `at` and returns where to go on.
fn read_name(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, at: usize) -> usize {
    let Some((words, meanings)) = names::exact(tokens, catalogue, at) else {
        return read_series(tokens, catalogue, places, at);
    };
    let range = at..at + words;
    // "Tank farm north", where there is a tank farm east and a tank farm west.
    if meanings.is_stem && lists::tells(tokens, range.end) {
        report_series(tokens, catalogue, places, at..range.end + 1);
        return range.end + 1;
    }
    let token = &tokens.row[at];
    let is_short = words == 1 && (token.is_number() || token.lower.len() < 3);
    let is_short_name = is_short && names::is_short_name(tokens, at);
    let needs_cue = !token.is_name
        && !is_short_name
        && (meanings.is_implied || (words == 1 && names::is_everyday(&token.singular)));
    if (is_short && !is_short_name && !names::is_beside_camera_word(tokens, at, words))
        || (needs_cue && !names::has_cue(tokens, at, words))
        || (needs_cue && is_stop_word(&token.lower) && !names::is_beside_camera_word(tokens, at, words))
    {
        return at + 1;
    }
    if let Some(end) = read_series_end(tokens, catalogue, range.clone()) {
        report_series(tokens, catalogue, places, at..end);
        return lists::read_behind(tokens, catalogue, places, at..end);
    }
    let all = cameras_of_plural(tokens, catalogue, &range, meanings);
    note(tokens, places, range.clone(), all.as_ref().unwrap_or(meanings));
    lists::read_behind(tokens, catalogue, places, range)
}

/// "gate 12" where there are a gate 1 and a gate 2: meant as a camera, but none.
fn read_series(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, at: usize) -> usize {
    if !catalogue.begins_name(&tokens.row[at].singular) {
        return at + 1;
    }
    for words in (1..catalogue.name_words_max()).rev() {
        let range = at..at + words;
        if range.end >= tokens.row.len() || !tokens.is_free(range.clone()) {
            continue;
        }
        if tokens.is_one_phrase(range.clone())
            && catalogue.is_series(&tokens.key(range.clone()))
            && let Some(end) = read_series_end(tokens, catalogue, range)
        {
            report_series(tokens, catalogue, places, at..end);
            return lists::read_behind(tokens, catalogue, places, at..end);
        }
    }
    at + 1
}

/// Where a name of a series ends whose number nobody has.
fn read_series_end(tokens: &Tokens<'_>, catalogue: &Catalogue, stem: Range<usize>) -> Option<usize> {
    let number = tokens.row.get(stem.end)?;
    let counts = tokens.row.get(stem.end + 1).is_some_and(|next| noun(&next.singular).is_some());
    let is_one = number.is_number() && number.role == Role::Free && !number.follows_break && !counts;
    let key = tokens.key(stem.clone());
    let is_letter = key.len() == 1
        && !number.is_joined
        && !tokens.text[tokens.row[stem.start].span.end..].starts_with(|c: char| c.is_ascii_digit());
    (is_one && !is_letter && catalogue.is_series(&key)).then_some(stem.end + 1)
}

/// "At the entrances": the cameras that are called so, where one zone of that name alone would be no plural.
fn cameras_of_plural(
    tokens: &Tokens<'_>,
    catalogue: &Catalogue,
    range: &Range<usize>,
    meanings: &Meanings,
) -> Option<Meanings> {
    let token = &tokens.row[range.start];
    let is_zone = meanings.cameras.is_empty() && meanings.sites.is_empty() && range.len() == 1;
    let alike = catalogue.cameras_with_word(&token.singular);
    (is_zone && token.lower != token.singular && alike.len() > 1)
        .then(|| Meanings { cameras: alike.to_vec(), ..Meanings::default() })
}

fn report_series(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, range: Range<usize>) {
    let key = tokens.key(range.clone());
    places.report(catalogue, tokens.slice(range.clone()), &key, NameKind::Camera);
    tokens.take(range, Role::Place);
}

/// Reads misspelt names of so many words or more among the words that are left.
fn read_slips(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, words_min: usize) {
    for at in 0..tokens.row.len().min(SLIP_WORDS_MAX) {
        if tokens.row[at].role == Role::Free
            && let Some((words, meanings)) = names::with_slip(tokens, catalogue, at, words_min)
        {
            note(tokens, places, at..at + words, meanings);
        }
    }
}

/// "zone X", "the X site" that is none.
fn read_unknown(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    at: usize,
    kind: NameKind,
) {
    let is_name = |tokens: &Tokens<'_>, at: usize| {
        tokens.row.get(at).is_some_and(|t| {
            t.role == Role::Free
                && (t.quote.is_some() || (!is_stop_word(&t.lower) && noun(&t.singular).is_none()))
        })
    };
    let word = tokens.lower(at);
    // "By zone", "per site": how to group.
    if matches!(tokens.before(at), "by" | "per" | "each" | "every") && tokens.lower(at + 1) != "by" {
        let is_quoted = tokens.row.get(at + 1).is_some_and(|next| next.quote.is_some());
        if !is_quoted && !tokens.row.get(at + 1).is_some_and(|next| next.is_number() || next.is_joined) {
            return;
        }
    }
    let mut start = at;
    while start > 0 && at - start < 2 && !tokens.row[start].follows_break && is_name(tokens, start - 1) {
        start -= 1;
    }
    let introduced =
        start > 0 && (is_determiner(tokens.before(start)) || is_place_preposition(tokens.before(start)));
    let range = if start < at && introduced && word != "area" {
        start..at
    } else if word != "area"
        && is_name(tokens, at + 1)
        && !tokens.row[at + 1].follows_break
        && !word.ends_with('s')
    {
        let is_verb = ["ed", "ing"].iter().any(|end| tokens.lower(at + 1).ends_with(end));
        let quote = tokens.row[at + 1].quote;
        let mut end = at + 2;
        while quote.is_some() && tokens.row.get(end).is_some_and(|t| t.quote == quote) {
            end += 1;
        }
        if is_verb {
            return;
        }
        // "Zone intrusions" are what the source calls so.
        if catalogue.event_type(&tokens.key(at..end)).is_some() {
            return;
        }
        at + 1..end
    } else {
        return;
    };
    let written = tokens.slice(range.clone());
    places.looked_up += 1;
    if places.is_reported(written) || places.looked_up > LOOKED_UP_MAX {
        return;
    }
    let did_you_mean = offers(catalogue, &tokens.key(range.clone()), kind);
    let is_name_like = written.contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let is_quoted = tokens.row[range.start].quote.is_some();
    if range.end == at && did_you_mean.is_empty() && !is_name_like && !is_quoted {
        return; // "the construction site", "a danger zone": nobody's name.
    }
    places.unresolved.push(Unresolved { text: written.to_owned(), kind, did_you_mean });
    tokens.take(range.start.min(at)..range.end.max(at + 1), Role::Place);
}

/// A quoted name behind "at", "on" or "from" is meant as a camera.
fn read_quoted(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places) {
    let mut at = 0;
    while at < tokens.row.len() {
        let quote = tokens.row[at].quote;
        let mut end = at + 1;
        while quote.is_some() && tokens.row.get(end).is_some_and(|t| t.quote == quote) {
            end += 1;
        }
        let is_first = at == 0 || tokens.row[at - 1].quote != quote;
        let before = if tokens.before(at) == "the" { at - 1 } else { at };
        if quote.is_some()
            && is_first
            && tokens.is_free(at..end)
            && matches!(tokens.before(before), "at" | "on" | "from")
        {
            let is_out = is_left_out(tokens, at, &places.left_out);
            camera_words::name_or_unresolved(tokens, catalogue, places, at..end, is_out);
            tokens.take(at..end, Role::Place);
        }
        at = end;
    }
}
