//! What stands beside the word "camera": numbers, names, groups, and names that mean nothing here.

use std::ops::Range;

use super::{
    super::{
        catalogue::Catalogue,
        exclusion::is_left_out,
        nouns::noun,
        stop_words::{is_camera_word, is_determiner, is_place_preposition, is_stop_word},
        tokens::{Role, Token, Tokens},
    },
    found::{Named, Places},
    lists::next_in_list,
    names::{exact, slip},
    numbers::{is_number_word, number},
};
use crate::ask::interpretation::{NameKind, Unresolved};

/// Reads what follows a camera word at `at`: "camera 5", "cams 1, 2 and 4", "camera 'dok'".
pub(super) fn read_after(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    at: usize,
) -> usize {
    let head = at;
    let mut next = at + 1;
    while matches!(tokens.lower(next), "number" | "no" | "nr" | "id" | "called" | "named") {
        next += 1;
    }
    if tokens.row.get(next).is_none_or(|t| {
        t.follows_break && !tokens.text[..t.span.start].trim_end_matches(['"', '\'', ' ']).ends_with(':')
    }) {
        return at + 1;
    }
    let is_out = is_left_out(tokens, head, &places.left_out);
    let mut start = head;
    while let Some(end) = read_one(tokens, catalogue, places, start..next, is_out) {
        tokens.take(start..end, Role::Place);
        if is_out {
            places.left_out.extend(start..end);
        }
        let with = usize::from(tokens.lower(end) == "with");
        let listed = next_in_list(tokens, end);
        next = listed.unwrap_or(end + with);
        start = next;
        let goes_on = tokens.row.get(next).is_some_and(|token| {
            let is_list = with == 1 || listed.is_some();
            is_list && is_number_word(&token.lower) && !counts_things(tokens, next)
        });
        if !goes_on {
            return end;
        }
    }
    start.max(at + 1)
}

/// Reads one name or number at the end of `range` and returns where it ends.
fn read_one(
    tokens: &Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    range: Range<usize>,
    is_out: bool,
) -> Option<usize> {
    let at = range.end;
    let token = tokens.row.get(at)?;
    if token.role != Role::Free {
        return None;
    }
    if let Some(quote) = token.quote {
        let end =
            tokens.row[at..].iter().position(|t| t.quote != Some(quote)).map_or(tokens.row.len(), |n| at + n);
        name_or_unresolved(tokens, catalogue, places, at..end, is_out);
        return Some(end);
    }
    if is_number_word(&token.lower) && tokens.row.get(at + 1).is_none_or(|t| !t.is_joined) {
        return Some(number(tokens, catalogue, places, range, is_out));
    }
    if let Some((words, meanings)) = exact(tokens, catalogue, at)
        && !meanings.cameras.is_empty()
        && !(words == 1 && is_stop_word(&token.lower) && !token.is_name)
    {
        places.add(Named::Cameras(meanings.cameras.clone()), is_out, at..at + words);
        return Some(at + words);
    }
    let end = joined_end(tokens, at);
    let is_id = tokens.row[at..end].iter().any(Token::is_number);
    if is_id || is_unknown_name(tokens, range.start, at) {
        name_or_unresolved(tokens, catalogue, places, at..end, is_out);
        return Some(end);
    }
    None
}

/// Looks a name up that is meant as a camera, exactly, with a slip, or by its words; else reports it.
pub(super) fn name_or_unresolved(
    tokens: &Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    range: Range<usize>,
    is_out: bool,
) {
    let written = tokens.slice(range.clone());
    if places.is_reported(written) {
        return;
    }
    let key = tokens.key(range.clone());
    let meanings = catalogue.meanings(&key).or_else(|| slip(catalogue, &key));
    if let Some(meanings) = meanings
        && !(meanings.cameras.is_empty() && meanings.sites.is_empty())
    {
        let named = if meanings.cameras.is_empty() {
            Named::Sites(meanings.sites.clone())
        } else {
            Named::Cameras(meanings.cameras.clone())
        };
        places.add(named, is_out, range);
        return;
    }
    let cameras = by_words(catalogue, &key);
    if !cameras.is_empty() {
        places.add(Named::Cameras(cameras), is_out, range);
        return;
    }
    places.report(catalogue, written, &key, NameKind::Camera);
}

/// The cameras whose names hold all of these words ("front" of "Front door").
fn by_words(catalogue: &Catalogue, key: &str) -> Vec<usize> {
    let mut words = key.split(' ').filter(|word| word.len() > 2 || word.bytes().all(|b| b.is_ascii_digit()));
    let Some(first) = words.next() else { return Vec::new() };
    let mut cameras = catalogue.cameras_with_word(first).to_vec();
    for word in words {
        cameras.retain(|at| catalogue.cameras_with_word(word).contains(at));
    }
    cameras
}

/// Reads what stands before a camera word at `at`: "the outdoor cameras", "all cameras", "the dok camera".
pub(super) fn read_before(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, at: usize) {
    let is_out_at =
        |tokens: &Tokens<'_>, places: &Places, start| is_left_out(tokens, start, &places.left_out);
    if at == 0 || tokens.row[at].follows_break {
        return;
    }
    let before = at - 1;
    let is_outdoor = match tokens.lower(before) {
        "outdoor" | "outside" | "exterior" | "external" | "outdoors" => Some(true),
        "indoor" | "inside" | "interior" | "internal" | "indoors" => Some(false),
        _ => None,
    };
    if let Some(is_outdoor) = is_outdoor
        && tokens.row[before].role == Role::Free
    {
        let all = catalogue.cameras.iter().enumerate();
        let cameras: Vec<usize> =
            all.filter(|(_, camera)| camera.is_outdoor == Some(is_outdoor)).map(|(at, _)| at).collect();
        let is_out = is_out_at(tokens, places, before);
        if cameras.is_empty() {
            places
                .unresolved
                .push(Unresolved::new(NameKind::Camera, tokens.slice(before..at + 1).to_owned()));
        } else {
            places.add(Named::Cameras(cameras), is_out, before..at + 1);
        }
        tokens.take(before..at + 1, Role::Place);
        return;
    }
    if is_all(tokens, at) {
        places.is_everywhere = true;
        return;
    }
    let start = name_start(tokens, at);
    if start == at {
        return;
    }
    let is_meant = start > 0
        && (is_determiner(tokens.before(start)) || is_place_preposition(tokens.before(start)))
        || tokens.row[start].quote.is_some()
        || !by_words(catalogue, &tokens.key(start..at)).is_empty();
    if is_meant {
        let is_out = is_out_at(tokens, places, start);
        name_or_unresolved(tokens, catalogue, places, start..at, is_out);
        tokens.take(start..at + 1, Role::Place);
        read_listed_before(tokens, catalogue, places, start);
    }
}

/// "the north and south cameras": the words before the last name, which the word "cameras" serves too.
fn read_listed_before(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places, start: usize) {
    let mut start = start;
    while let Some(before) = (1..=3).filter_map(|back| start.checked_sub(back + 1)).find(|before| {
        tokens.row[*before].role == Role::Free
            && !is_stop_word(tokens.lower(*before))
            && next_in_list(tokens, before + 1) == Some(start)
            && !catalogue.cameras_with_word(&tokens.row[*before].singular).is_empty()
    }) {
        let is_out = is_left_out(tokens, before, &places.left_out);
        name_or_unresolved(tokens, catalogue, places, before..before + 1, is_out);
        tokens.take(before..before + 1, Role::Place);
        start = before;
    }
}

/// "all cameras", "every camera", "all of the cameras".
fn is_all(tokens: &Tokens<'_>, at: usize) -> bool {
    let mut before = at - 1;
    while before > 0 && matches!(tokens.lower(before), "the" | "of" | "our" | "my" | "other" | "available") {
        before -= 1;
    }
    matches!(tokens.lower(before), "all" | "every" | "each" | "any" | "entire")
}

/// Where the words start that could name the camera at `at`; `at` itself when there are none.
fn name_start(tokens: &Tokens<'_>, at: usize) -> usize {
    const NAME_WORDS_MAX: usize = 3;
    let mut start = at;
    while start > 0 && at - start < NAME_WORDS_MAX && !tokens.row[start].follows_break {
        let token = &tokens.row[start - 1];
        let is_name = token.role == Role::Free
            && !is_stop_word(&token.lower)
            && !ADJECTIVES.contains(&token.lower.as_str())
            && (token.quote.is_some() || noun(&token.singular).is_none());
        if !is_name {
            break;
        }
        start -= 1;
    }
    start
}

/// Words before "camera" that do not name it.
#[rustfmt::skip]
const ADJECTIVES: &[&str] = &[
    "active", "and", "busiest", "closest", "compare", "compared", "different", "dome", "exclude",
    "excluding", "first", "ignore", "individual", "ip", "last", "nearest", "new", "offline", "old",
    "online", "ptz", "quietest", "same", "second", "security", "single", "specific", "thermal", "third",
    "versus", "video", "vs", "without", "working", "worst",
];

/// Words behind "camera" that say something of it and do not name it.
#[rustfmt::skip]
const ABOUT_CAMERAS: &[&str] = &[
    "angle", "battery", "compare", "coverage", "down", "error", "failure", "fault", "first", "had", "health",
    "installation", "last", "move", "offline", "online", "outage", "position", "problem", "status", "summary", "up",
    "versus", "vs", "work",
];

/// Whether the word behind "camera" is used as a name: nothing but the end or small words follow it.
fn is_unknown_name(tokens: &Tokens<'_>, head: usize, at: usize) -> bool {
    let token = &tokens.row[at];
    let follows_question = matches!(
        tokens.before(head),
        "which"
            | "what"
            | "any"
            | "every"
            | "each"
            | "many"
            | "no"
            | "whose"
            | "this"
            | "that"
            | "a"
            | "another"
    );
    let is_inflected = ["ed", "ing", "s"].iter().any(|end| token.lower.ends_with(end));
    let is_about_cameras = ABOUT_CAMERAS.contains(&token.lower.as_str());
    let ends = tokens.row.get(at + 1).is_none_or(|next| {
        next.follows_break
            || next.role != Role::Free
            || is_place_preposition(&next.lower)
            || next.lower == "and"
    });
    is_camera_word(tokens.lower(head))
        && !follows_question
        && !is_inflected
        && !is_about_cameras
        && !is_stop_word(&token.lower)
        && noun(&token.singular).is_none()
        && ends
}

/// Where the run of joined words at `at` ends ("G999", "x-9").
fn joined_end(tokens: &Tokens<'_>, at: usize) -> usize {
    let mut end = at + 1;
    while tokens.row.get(end).is_some_and(|token| token.is_joined && token.role == Role::Free) {
        end += 1;
    }
    end
}

/// "camera 5, 3 people": the number counts what follows it.
fn counts_things(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.row.get(at + 1).is_some_and(|next| noun(&next.singular).is_some())
}
