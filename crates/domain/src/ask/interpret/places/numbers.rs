//! "camera 5": cameras by the number that they carry.

use std::ops::Range;

use super::{
    super::{
        catalogue::Catalogue,
        stop_words::is_camera_word,
        tokens::{Role, Token, Tokens, join},
    },
    found::{Named, Places},
    mentions::note,
};
use crate::ask::interpretation::{NameKind, Unresolved};

/// The most offers for an ambiguous number.
const OFFERS_MAX: usize = 3;
/// The most cameras of a range "1 to 9".
const RANGE_MAX: u32 = 64;

/// "camera 5": the camera of that id, name, or the only one that carries the number.
pub(super) fn number(
    tokens: &Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    range: Range<usize>,
    is_out: bool,
) -> usize {
    let at = range.end;
    let number = digits(tokens.lower(at));
    if matches!(tokens.lower(at + 1), "to" | "through")
        && tokens.row.get(at + 2).is_some_and(Token::is_number)
        && let (Ok(first), Ok(last)) = (number.parse::<u32>(), tokens.lower(at + 2).parse::<u32>())
        && first < last
        && last - first < RANGE_MAX
    {
        for number in first..=last {
            one_number(catalogue, places, &number.to_string(), &format!("camera {number}"), is_out, at);
        }
        return at + 3;
    }
    let is_headed = is_camera_word(tokens.lower(range.start));
    let written =
        if is_headed { tokens.slice(range.start..at + 1).to_owned() } else { format!("camera {number}") };
    one_number(catalogue, places, number, &written, is_out, at);
    at + 1
}

fn one_number(
    catalogue: &Catalogue,
    places: &mut Places,
    number: &str,
    written: &str,
    is_out: bool,
    at: usize,
) {
    if places.is_reported(written) {
        return;
    }
    let mut cameras: Vec<usize> = [number.to_owned(), format!("camera {number}"), format!("cam {number}")]
        .iter()
        .filter_map(|key| catalogue.meanings(key))
        .flat_map(|meanings| meanings.cameras.iter().copied())
        .collect();
    if cameras.is_empty() {
        let carriers = catalogue.cameras_with_word(number);
        if carriers.len() > 1 {
            let did_you_mean = carriers.iter().take(OFFERS_MAX).map(|at| catalogue.cameras[*at].id.clone());
            places.unresolved.push(Unresolved {
                text: written.to_owned(),
                kind: NameKind::Camera,
                did_you_mean: did_you_mean.collect(),
            });
            return;
        }
        cameras.extend(carriers);
    }
    if cameras.is_empty() {
        places.report(catalogue, written, number, NameKind::Camera);
        return;
    }
    cameras.sort_unstable();
    cameras.dedup();
    places.add(Named::Cameras(cameras), is_out, at..at + 1);
}

/// "Gate no. 2", "door number 3": reads a name of a series with a word before its number; tells where it ends.
pub(super) fn read_with_its_word(
    tokens: &mut Tokens<'_>,
    catalogue: &Catalogue,
    places: &mut Places,
    at: usize,
) -> Option<usize> {
    const STEM_WORDS_MAX: usize = 3;
    if tokens.row[at].role != Role::Free || !catalogue.begins_name(&tokens.row[at].singular) {
        return None;
    }
    let word = (at + 1..=at + STEM_WORDS_MAX)
        .find(|at| matches!(tokens.lower(*at), "no" | "nr" | "num" | "number"))?;
    let number = word + 1;
    let is_one = tokens.row.get(number).is_some_and(Token::is_number) && tokens.is_free(at..number + 1);
    let stem = tokens.key(at..word);
    if !is_one || !tokens.is_one_phrase(at..word + 1) || !catalogue.is_series(&stem) {
        return None;
    }
    let key = join([stem.as_str(), tokens.lower(number)]);
    match catalogue.meanings(&key) {
        Some(meanings) => note(tokens, places, at..number + 1, meanings),
        None => places.report(catalogue, tokens.slice(at..number + 1), &key, NameKind::Camera),
    }
    tokens.take(at..number + 1, Role::Place);
    Some(number + 1)
}

/// Whether a word is a number, in digits or up to twelve.
pub(super) fn is_number_word(word: &str) -> bool {
    digits(word).bytes().all(|b| b.is_ascii_digit())
}

/// Number words up to twelve as digits.
fn digits(word: &str) -> &str {
    match word {
        "one" => "1",
        "two" => "2",
        "three" => "3",
        "four" => "4",
        "five" => "5",
        "six" => "6",
        "seven" => "7",
        "eight" => "8",
        "nine" => "9",
        "ten" => "10",
        "eleven" => "11",
        "twelve" => "12",
        _ => word,
    }
}
