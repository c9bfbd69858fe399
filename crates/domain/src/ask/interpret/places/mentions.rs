//! What a name that was found means where it stands: a camera, a site or a zone. Takes its words.

use std::ops::Range;

use super::{
    super::{
        exclusion::is_left_out,
        name_keys::Meanings,
        stop_words::{is_camera_word, is_determiner, is_footage},
        tokens::{Role, Tokens},
    },
    denied::way_denied,
    found::{Named, Places},
    names,
};
use crate::ask::interpretation::{NameKind, Unresolved};

/// Notes what a name means: a camera before a site before a zone, unless the words beside it say which.
pub(super) fn note(tokens: &mut Tokens<'_>, places: &mut Places, range: Range<usize>, meanings: &Meanings) {
    let beside = [tokens.before(range.start), tokens.lower(range.end)];
    let says = |words: [&str; 2]| beside.iter().any(|word| words.contains(word));
    let is_out = is_left_out(tokens, range.start, &places.left_out);
    let wants_zone = says(["zone", "zones"]) && !meanings.zones.is_empty();
    let wants_site =
        (says(["site", "sites"]) || tokens.lower(range.end) == "cameras") && !meanings.sites.is_empty();
    let named = if wants_zone {
        Named::Zones(meanings.zones.clone())
    } else if !meanings.cameras.is_empty() && !wants_site {
        Named::Cameras(meanings.cameras.clone())
    } else if !meanings.sites.is_empty() {
        Named::Sites(meanings.sites.clone())
    } else if range.len() > 1 || names::has_cue(tokens, range.start, 1) {
        Named::Zones(meanings.zones.clone())
    } else {
        places.zones_perhaps.push((range, meanings.zones.clone()));
        return;
    };
    // Outside a part of the picture is not in it; outside a building may still be before its camera.
    let outside = outside(tokens, range.start).filter(|_| matches!(named, Named::Zones(_)));
    let end = range.end + usize::from(is_tail(tokens, range.end, &named));
    let start = range.start - usize::from(is_footage(beside[0]) && range.start > 0);
    let is_out = take_denial(tokens, places, &range) || is_out || outside.is_some();
    tokens.take(start..end, Role::Place);
    if let Some(at) = outside {
        tokens.take(at..at + 1, Role::Place);
    }
    places.add(named, is_out, start..end);
}

/// Takes the words by which something did not go to a place. Who was seen elsewhere may have been there all the same,
/// and the answer says so.
pub(super) fn take_denial(tokens: &mut Tokens<'_>, places: &mut Places, place: &Range<usize>) -> bool {
    let Some(words) = way_denied(tokens, place.start) else { return false };
    let text = tokens.slice(words.start..place.end).to_owned();
    if !places.is_reported(&text) {
        places.unresolved.push(Unresolved::new(NameKind::Deed, text));
    }
    tokens.take(words, Role::Place);
    true
}

/// "Outside aisle a", "outside of the ramp": where the word stands.
pub(in super::super) fn outside(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let mut before = at;
    while before > 0 && (is_determiner(tokens.before(before)) || tokens.before(before) == "of") {
        before -= 1;
    }
    (tokens.before(before) == "outside").then(|| before - 1)
}

/// Whether the word behind a name belongs to it: "the dock camera", "the admin building".
fn is_tail(tokens: &Tokens<'_>, at: usize, named: &Named) -> bool {
    let Some(token) = tokens.row.get(at).filter(|t| !t.follows_break && t.role == Role::Free) else {
        return false;
    };
    match token.lower.as_str() {
        "zone" | "area" | "site" => true,
        "building" | "campus" | "complex" => matches!(named, Named::Sites(_)),
        word => is_camera_word(word) && tokens.row.get(at + 1).is_none_or(|next| !next.is_number()),
    }
}
