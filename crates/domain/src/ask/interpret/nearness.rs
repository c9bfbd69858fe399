//! Misspelt names: which name was meant, and what to offer when that is not certain.
//!
//! Numbers and short words are never guessed at: "dock 2" is not a misspelt "dock 1".

use strsim::{jaro_winkler, osa_distance};

use super::catalogue::Catalogue;
use crate::ask::interpretation::NameKind;

/// The most names to offer.
const OFFERS_MAX: usize = 3;
/// How alike a name must be to be offered, 0 to 1 (Jaro–Winkler).
const LIKENESS_MIN: f64 = 0.78;
/// Shorter words are not corrected.
const LETTERS_MIN: usize = 5;
/// From this length on, two slips are forgiven.
const LETTERS_FOR_TWO_SLIPS: usize = 8;

/// Longer words are not compared with names.
const WRITTEN_BYTES_MAX: usize = 64;

/// Whether `written` is `name` with a slip or two, word by word.
pub(super) fn is_slip_of(written: &str, name: &str) -> bool {
    if written.len().abs_diff(name.len()) > 2 || written.as_bytes().first() != name.as_bytes().first() {
        return false;
    }
    let mut names = name.split(' ');
    let mut slips = 0;
    for word in written.split(' ') {
        let Some(other) = names.next() else { return false };
        if word == other {
            continue;
        }
        let shorter = word.len().min(other.len());
        let is_another_word = word.starts_with(other) || other.starts_with(word);
        let is_short = shorter + 1 < LETTERS_MIN || word.len().max(other.len()) < LETTERS_MIN;
        if (is_short && !is_swapped(word, other))
            || is_another_word
            || word.as_bytes().first() != other.as_bytes().first()
            || word.contains(|c: char| c.is_ascii_digit())
        {
            return false;
        }
        // What both end in tells nothing apart: "crossing" is no "crowding".
        let ending = ["ing", "ed", "tion"].iter().find(|end| word.ends_with(**end) && other.ends_with(**end));
        let telling = shorter - ending.map_or(0, |ending| ending.len());
        let allowed = if telling >= LETTERS_FOR_TWO_SLIPS { 2 } else { 1 };
        let distance = osa_distance(word, other);
        if distance > allowed {
            return false;
        }
        slips += distance;
    }
    names.next().is_none() && (1..=2).contains(&slips)
}

/// "gaet" for "gate": two letters have changed places, which makes other words of hardly any short name.
fn is_swapped(written: &str, name: &str) -> bool {
    const LETTERS: usize = LETTERS_MIN - 1;
    let differ = || written.bytes().zip(name.bytes()).filter(|(a, b)| a != b).count();
    written.len() == LETTERS && name.len() == LETTERS && differ() == 2 && osa_distance(written, name) == 1
}

/// What to show for names of a kind that look like these words, best first.
pub(super) fn offers(catalogue: &Catalogue, written: &str, kind: NameKind) -> Vec<String> {
    // Nobody's name; comparing it would take its length times that of every name.
    if written.len() > WRITTEN_BYTES_MAX {
        return Vec::new();
    }
    let scored =
        |(key, shown): (&str, &str)| likeness(written, key).map(|likeness| (likeness, shown.to_owned()));
    let mut scored: Vec<(f64, String)> = match kind {
        NameKind::Camera => catalogue.camera_keys().filter_map(scored).collect(),
        NameKind::Site => catalogue.site_keys().filter_map(scored).collect(),
        NameKind::Zone => catalogue.zone_keys().filter_map(scored).collect(),
        NameKind::Label
        | NameKind::EventType
        | NameKind::Evidence
        | NameKind::Period
        | NameKind::TimeZone
        | NameKind::Grouping
        | NameKind::Size
        | NameKind::Severity
        | NameKind::Anchor
        | NameKind::Deed
        | NameKind::Doer
        | NameKind::Belonging
        | NameKind::Distinct
        | NameKind::Half => Vec::new(),
    };
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut offers: Vec<String> = Vec::with_capacity(OFFERS_MAX);
    for (_, shown) in scored {
        if !offers.contains(&shown) {
            offers.push(shown);
        }
        if offers.len() == OFFERS_MAX {
            break;
        }
    }
    offers
}

/// How alike a name is, if it is alike at all; a shared word counts.
fn likeness(written: &str, key: &str) -> Option<f64> {
    let whole = jaro_winkler(written, key);
    let by_word = key
        .split(' ')
        .flat_map(|word| written.split(' ').map(move |w| (w, word)))
        .filter(|(a, b)| a.len() > 2 && b.len() > 2)
        .map(|(a, b)| jaro_winkler(a, b) * 0.95)
        .fold(0.0, f64::max);
    let best = whole.max(by_word);
    (best >= LIKENESS_MIN).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::is_slip_of;

    #[test]
    fn slips_are_forgiven_and_other_words_are_not() {
        assert!(is_slip_of("lodaing dock", "loading dock") && is_slip_of("lobyb", "lobby"));
        assert!(is_slip_of("warehuose", "warehouse") && is_slip_of("parkng lot a", "parking lot a"));
        assert!(is_slip_of("main gaet", "main gate") && is_slip_of("car prak", "car park"));
        for (written, name) in [
            ("dock 2", "dock 1"),
            ("lot a", "lot b"),
            ("officer", "office"),
            ("deck", "dock"),
            ("hobby", "lobby"),
            ("camera", "camera 1"),
            ("crossing", "crowding"),
        ] {
            assert!(!is_slip_of(written, name), "{written}");
        }
    }
}
