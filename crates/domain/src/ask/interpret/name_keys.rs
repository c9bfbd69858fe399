//! The keys by which the names of places are looked up.

use std::collections::{BTreeSet, HashMap};

use super::{
    spellings,
    stop_words::is_camera_word,
    tokens::{join, key_of},
};

/// The most words that a name is looked up by; longer names are found by their beginning.
pub(super) const NAME_WORDS_MAX: usize = 6;

/// Everything that one name can mean, by index.
#[derive(Debug, Clone, Default)]
pub(super) struct Meanings {
    pub(super) cameras: Vec<usize>,
    pub(super) sites: Vec<usize>,
    pub(super) zones: Vec<usize>,
    /// Whether nobody gave this name: it is what ids of a series have in common ("fence" of fence-1).
    pub(super) is_implied: bool,
    /// Whether it is what several names begin with: "tank farm" of "Tank farm east" and "Tank farm west".
    pub(super) is_stem: bool,
}

/// Lets two words or more that the names of several cameras begin with mean all of them, unless they have a meaning of
/// their own.
pub(super) fn add_stems(names: &mut HashMap<String, Meanings>) {
    const STEM_WORDS_MIN: usize = 2;
    let mut stems: HashMap<String, Meanings> = HashMap::new();
    for (key, meanings) in names.iter().filter(|(_, meanings)| !meanings.cameras.is_empty()) {
        let Some((stem, last)) = key.rsplit_once(' ') else { continue };
        let is_number = last.bytes().all(|b| b.is_ascii_digit());
        if !is_number && stem.split(' ').count() >= STEM_WORDS_MIN && !names.contains_key(stem) {
            let known = stems.entry(stem.to_owned()).or_default();
            known.cameras.extend(&meanings.cameras);
            known.is_stem = true;
        }
    }
    for (stem, mut meanings) in stems {
        meanings.cameras.sort_unstable();
        meanings.cameras.dedup();
        if meanings.cameras.len() > 1 {
            names.insert(stem, meanings);
        }
    }
}

/// Lets "carpark" mean "car park", unless it has a meaning of its own.
pub(super) fn add_run_together(names: &mut HashMap<String, Meanings>) {
    const LETTERS_MIN: usize = 6;
    let runs: Vec<(String, Meanings)> = names
        .iter()
        .filter(|(key, _)| key.contains(' ') && key.bytes().all(|b| !b.is_ascii_digit()))
        .map(|(key, meanings)| (key.replace(' ', ""), meanings.clone()))
        .filter(|(run, _)| run.len() >= LETTERS_MIN && !names.contains_key(run))
        .collect();
    for (run, meanings) in runs {
        let known = names.entry(run).or_default();
        for (all, more) in [
            (&mut known.cameras, meanings.cameras),
            (&mut known.sites, meanings.sites),
            (&mut known.zones, meanings.zones),
        ] {
            all.extend(more);
            all.sort_unstable();
            all.dedup();
        }
    }
}

/// The keys of some names: without an article in front and also without a word for "camera" at
/// either end (`front_door_cam` is called "front door").
pub(super) fn keys<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    for name in names.flat_map(spellings::of) {
        let whole = key_of(&name);
        let mut words: Vec<&str> = whole.split(' ').filter(|word| !word.is_empty()).collect();
        words.truncate(NAME_WORDS_MAX);
        if words.len() > 1 && words[0] == "the" {
            words.remove(0);
        }
        keys.insert(join(&words));
        if words.len() > 1 && words.last().is_some_and(|word| is_camera_word(word)) {
            words.pop();
        } else if words.len() > 1 && is_camera_word(words[0]) && !words[1].bytes().all(|b| b.is_ascii_digit())
        {
            words.remove(0);
        }
        keys.insert(join(&words));
    }
    keys.remove("");
    keys.into_iter().collect()
}

/// What stands before a surname.
pub(super) fn is_title(word: &str) -> bool {
    matches!(
        word,
        "dr" | "doctor"
            | "mr"
            | "mrs"
            | "ms"
            | "miss"
            | "prof"
            | "professor"
            | "nurse"
            | "officer"
            | "coach"
            | "captain"
            | "sergeant"
            | "sir"
            | "father"
            | "sister"
            | "principal"
    )
}
