//! What names can mean: cameras, sites, zones, labels, types and names, within one caller's scope.
//!
//! Nothing out of scope gets in, so that nothing that reads it can tell of it: not in an answer, not
//! in "did you mean".

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    ops::Bound,
    sync::Arc,
};

use super::{
    event_type::EventType,
    name_keys::{Meanings, NAME_WORDS_MAX, add_run_together, add_stems, is_title, keys},
    nouns::{noun, sound},
    spellings,
    stop_words::{is_camera_word, is_stop_word},
    tokens::{key_of, words_of},
};
use crate::{
    CameraDirectory, Scope, ask::stems::stem, business_hours::BusinessHours, camera::Camera,
    coloured::colour, event_store::Vocabulary,
};

/// Shorter beginnings of ids ("cam", "g") are no names by themselves.
const SERIES_LETTERS_MIN: usize = 4;

/// A camera that may be seen.
#[derive(Debug, Clone)]
pub(super) struct KnownCamera {
    pub(super) id: String,
    pub(super) site: Option<usize>,
    pub(super) is_outdoor: Option<bool>,
    /// When it has business.
    pub(super) hours: Option<BusinessHours>,
    /// Its id, name and aliases, as they are looked up.
    pub(super) keys: Vec<String>,
}

/// A site with a camera that may be seen.
#[derive(Debug, Clone)]
pub(super) struct KnownSite {
    pub(super) id: String,
    pub(super) cameras: Vec<usize>,
    pub(super) keys: Vec<String>,
}

/// A zone of a camera that may be seen.
#[derive(Debug, Clone)]
pub(super) struct KnownZone {
    pub(super) name: String,
    pub(super) key: String,
}

/// The names of one scope, ready for look-up.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub(super) cameras: Vec<KnownCamera>,
    pub(super) sites: Vec<KnownSite>,
    pub(super) zones: Vec<KnownZone>,
    pub(super) labels: Vec<Arc<str>>,
    pub(super) event_types: Vec<EventType>,
    pub(super) sub_labels: Vec<Arc<str>>,
    names: HashMap<String, Meanings>,
    label_names: HashMap<String, usize>,
    /// Labels of sounds, by the one word for each.
    sounds: HashMap<String, usize>,
    /// By their letters and digits, run together; in order, to look for beginnings.
    sub_label_names: BTreeMap<String, Vec<usize>>,
    /// Types by their whole names, of two words or more.
    type_names: HashMap<String, usize>,
    type_words_max: usize,
    type_first_words: HashSet<String>,
    /// Types by their deed.
    deeds: HashMap<String, Vec<usize>>,
    /// The first words of place names: a walk over a long question asks for little else.
    first_words: HashSet<String>,
    /// What stands before a number in names that end in one: "gate" of "Gate 3".
    series: BTreeSet<String>,
    /// Words of camera names, with the cameras that have them.
    name_words: HashMap<String, Vec<usize>>,
    name_words_max: usize,
    sub_label_words_max: usize,
    /// Names of two words or more, by the last of them.
    last_names: HashMap<String, Vec<usize>>,
    /// Names of people of two words or more, by the first of them.
    first_names: HashMap<String, Vec<usize>>,
}

impl Catalogue {
    /// Joins what the operator described with what the events use. Nothing out of `scope` gets in.
    pub fn new(directory: &CameraDirectory, vocabulary: &Vocabulary, scope: &Scope) -> Self {
        let mut catalogue = Self::default();
        let is_ours = directory.tenant() == &*scope.tenant;
        catalogue.add_cameras(is_ours.then_some(directory), vocabulary, scope);
        if is_ours {
            catalogue.add_sites(directory);
        }
        catalogue.add_zones(is_ours.then_some(directory), vocabulary, scope);
        catalogue.add_names();
        catalogue.add_terms(vocabulary);
        catalogue
    }

    fn add_cameras(&mut self, directory: Option<&CameraDirectory>, vocabulary: &Vocabulary, scope: &Scope) {
        let described = directory.into_iter().flat_map(|d| d.cameras().keys().map(String::as_str));
        let active = vocabulary.cameras.iter().map(|activity| &*activity.camera_id);
        let ids: BTreeSet<&str> = described.chain(active).filter(|id| scope.allows(id)).collect();
        let nameless = Camera::default();
        for id in ids {
            let camera = directory.and_then(|d| d.cameras().get(id)).unwrap_or(&nameless);
            let called = camera.name.iter().chain(&camera.aliases).map(String::as_str);
            self.cameras.push(KnownCamera {
                id: id.to_owned(),
                site: None,
                is_outdoor: camera.outdoor,
                // Checked when the file was read.
                hours: camera.business_hours.as_deref().and_then(|text| BusinessHours::parse(text, "").ok()),
                keys: keys(std::iter::once(id).chain(called)),
            });
        }
    }

    fn add_sites(&mut self, directory: &CameraDirectory) {
        for (id, site) in directory.sites() {
            let is_member = |id: &str| site.cameras.iter().any(|camera| camera == id);
            let cameras: Vec<usize> =
                (0..self.cameras.len()).filter(|at| is_member(&self.cameras[*at].id)).collect();
            if cameras.is_empty() {
                continue;
            }
            for at in &cameras {
                self.cameras[*at].site = Some(self.sites.len());
            }
            let called = site.name.iter().chain(&site.aliases).map(String::as_str);
            self.sites.push(KnownSite {
                id: id.clone(),
                cameras,
                keys: keys(std::iter::once(id.as_str()).chain(called)),
            });
        }
    }

    fn add_zones(&mut self, directory: Option<&CameraDirectory>, vocabulary: &Vocabulary, scope: &Scope) {
        let described = directory.into_iter().flat_map(|d| {
            d.cameras()
                .iter()
                .filter(|(id, _)| scope.allows(id))
                .flat_map(|(_, camera)| camera.zones.iter().map(String::as_str))
        });
        let names: BTreeSet<&str> = described.chain(vocabulary.zones.iter().map(|zone| &**zone)).collect();
        self.zones =
            names.into_iter().map(|name| KnownZone { name: name.to_owned(), key: key_of(name) }).collect();
    }

    fn add_names(&mut self) {
        let mut names: HashMap<String, Meanings> = HashMap::new();
        for (at, camera) in self.cameras.iter().enumerate() {
            for key in &camera.keys {
                names.entry(key.clone()).or_default().cameras.push(at);
                for word in key.split(' ').filter(|word| !is_camera_word(word)) {
                    let cameras = self.name_words.entry(word.to_owned()).or_default();
                    if cameras.last() != Some(&at) {
                        cameras.push(at);
                    }
                }
                if let Some((stem, number)) = key.rsplit_once(' ')
                    && number.bytes().all(|b| b.is_ascii_digit())
                {
                    self.series.insert(stem.to_owned());
                }
            }
        }
        for (at, site) in self.sites.iter().enumerate() {
            for key in &site.keys {
                names.entry(key.clone()).or_default().sites.push(at);
            }
        }
        for (at, zone) in self.zones.iter().enumerate() {
            names.entry(zone.key.clone()).or_default().zones.push(at);
        }
        for stem in
            self.series.iter().filter(|stem| stem.len() >= SERIES_LETTERS_MIN && !is_camera_word(stem))
        {
            if !names.contains_key(stem) {
                let prefix = format!("{stem} ");
                let is_member = |camera: &KnownCamera| camera.keys.iter().any(|key| key.starts_with(&prefix));
                let cameras = (0..self.cameras.len()).filter(|at| is_member(&self.cameras[*at])).collect();
                names.insert(stem.clone(), Meanings { cameras, is_implied: true, ..Meanings::default() });
            }
        }
        names.remove("");
        add_stems(&mut names);
        add_run_together(&mut names);
        let longest = names.keys().map(|key| key.split(' ').count()).max();
        self.name_words_max = longest.unwrap_or(0).min(NAME_WORDS_MAX);
        self.first_words = names.keys().filter_map(|key| key.split(' ').next()).map(str::to_owned).collect();
        self.names = names;
    }

    fn add_terms(&mut self, vocabulary: &Vocabulary) {
        self.labels.clone_from(&vocabulary.labels);
        for (at, label) in self.labels.iter().enumerate() {
            let key = key_of(label);
            let own = stem(&key);
            if let Some(sound) = sound(&own) {
                self.sounds.entry(sound.to_owned()).or_insert(at);
            }
            self.label_names.entry(key).or_insert(at);
        }
        self.event_types =
            vocabulary.event_types.iter().map(|name| EventType::of(name, &self.labels)).collect();
        for (at, event_type) in self.event_types.iter().enumerate() {
            if event_type.words.len() > 1 {
                self.type_words_max = self.type_words_max.max(event_type.words.len()).min(NAME_WORDS_MAX);
                let key = key_of(&event_type.name);
                self.type_first_words.extend(key.split(' ').next().map(str::to_owned));
                self.type_names.insert(key, at);
            }
            if let Some(deed) = event_type.deed() {
                self.deeds.entry(deed.clone()).or_default().push(at);
            }
        }
        self.sub_labels.clone_from(&vocabulary.sub_labels);
        for (at, name) in self.sub_labels.iter().enumerate() {
            for words in spellings::of(name).iter().map(|name| words_of(name)) {
                self.sub_label_words_max = self.sub_label_words_max.max(words.len().min(NAME_WORDS_MAX));
                if let Some(last) = words.last().filter(|last| words.len() > 1 && last.len() > 1) {
                    note(&mut self.last_names, last, at);
                }
                if let Some(first) = words.first().filter(|_| is_name_of_person(&words)) {
                    note(&mut self.first_names, first, at);
                }
                self.sub_label_names.entry(words.concat()).or_default().push(at);
            }
        }
        self.sub_label_names.remove("");
    }

    /// What a name means, by its key.
    pub(super) fn meanings(&self, key: &str) -> Option<&Meanings> {
        self.names.get(key)
    }

    /// Whether a name of a place begins with this word, in the singular.
    pub(super) fn begins_name(&self, word: &str) -> bool {
        self.first_words.contains(word)
    }

    /// The event type that is called this.
    pub(super) fn event_type(&self, key: &str) -> Option<&EventType> {
        self.type_names.get(key).map(|at| &self.event_types[*at])
    }

    /// Whether the name of a type begins with this word, in the singular.
    pub(super) fn begins_type(&self, word: &str) -> bool {
        self.type_first_words.contains(word)
    }

    /// The most words that the name of a type has.
    pub(super) fn type_words_max(&self) -> usize {
        self.type_words_max
    }

    /// The event types of this deed.
    pub(super) fn types_by_deed(&self, deed: &str) -> impl Iterator<Item = &EventType> {
        self.deeds.get(deed).into_iter().flatten().map(|at| &self.event_types[*at])
    }

    /// The most words that a place name has.
    pub(super) fn name_words_max(&self) -> usize {
        self.name_words_max
    }

    /// The label with this name.
    pub(super) fn label(&self, key: &str) -> Option<&Arc<str>> {
        self.label_names.get(key).map(|at| &self.labels[*at])
    }

    /// The label of the sound that a word with this stem says.
    pub(super) fn sound(&self, stem: &str) -> Option<&Arc<str>> {
        let sound = sound(stem).filter(|_| !self.sounds.is_empty())?;
        // Who shouts, screams, where no detector tells them apart.
        let near = if sound == "yell" { "scream" } else { sound };
        let at = self.sounds.get(sound).or_else(|| self.sounds.get(near));
        at.map(|at| &self.labels[*at])
    }

    /// Names and plates whose letters and digits, run together, are these.
    pub(super) fn sub_labels_of(&self, compact: &str) -> impl Iterator<Item = &Arc<str>> {
        self.sub_label_names.get(compact).into_iter().flatten().map(|at| &self.sub_labels[*at])
    }

    /// The names of two words or more that end with this one.
    pub(super) fn names_ending_with(&self, last: &str) -> impl Iterator<Item = &Arc<str>> {
        self.last_names.get(last).into_iter().flatten().map(|at| &self.sub_labels[*at])
    }

    /// The names of people of two words or more that begin with this one.
    pub(super) fn names_beginning_with(&self, first: &str) -> impl Iterator<Item = &Arc<str>> {
        self.first_names.get(first).into_iter().flatten().map(|at| &self.sub_labels[*at])
    }

    /// Whether a name or plate begins with this, letters and digits run together.
    pub(super) fn begins_sub_label(&self, compact: &str) -> bool {
        let from = self.sub_label_names.range::<str, _>((Bound::Included(compact), Bound::Unbounded)).next();
        from.is_some_and(|(name, _)| name.starts_with(compact))
    }

    /// The most words that a name or plate has.
    pub(super) fn sub_label_words_max(&self) -> usize {
        self.sub_label_words_max
    }

    /// Whether cameras are called this and a number.
    pub(super) fn is_series(&self, stem: &str) -> bool {
        self.series.contains(stem)
    }

    /// The cameras whose id, name or alias has this word.
    pub(super) fn cameras_with_word(&self, word: &str) -> &[usize] {
        self.name_words.get(word).map_or(&[], Vec::as_slice)
    }

    /// The one camera with a name that ends with these words, the last of them a number: "door 2".
    pub(super) fn camera_ending_with(&self, key: &str) -> Option<usize> {
        let (_, number) = key.rsplit_once(' ')?;
        number.parse::<u32>().ok()?;
        let ends = |name: &String| name.strip_suffix(key).is_some_and(|start| start.ends_with(' '));
        let mut found =
            self.cameras_with_word(number).iter().filter(|at| self.cameras[**at].keys.iter().any(ends));
        found.next().copied().filter(|_| found.next().is_none())
    }

    /// Whether nothing is known of labels and types, so that the usual names serve.
    pub(super) fn has_no_terms(&self) -> bool {
        self.labels.is_empty() && self.event_types.is_empty()
    }

    /// Whether a camera of this id may be seen and is known.
    pub(super) fn has_camera(&self, id: &str) -> bool {
        self.cameras.binary_search_by(|camera| camera.id.as_str().cmp(id)).is_ok()
    }

    /// The cameras of a site, by id, as indices.
    pub(super) fn cameras_of_site(&self, site_id: &str) -> &[usize] {
        self.sites.iter().find(|site| site.id == site_id).map_or(&[], |site| &site.cameras)
    }

    /// The names of places in scope for `did you mean`: key and what to show.
    pub(super) fn camera_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cameras.iter().flat_map(|c| c.keys.iter().map(|key| (key.as_str(), c.id.as_str())))
    }

    /// As [`Self::camera_keys`], for sites.
    pub(super) fn site_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sites.iter().flat_map(|s| s.keys.iter().map(|key| (key.as_str(), s.id.as_str())))
    }

    /// As [`Self::camera_keys`], for zones.
    pub(super) fn zone_keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.zones.iter().map(|zone| (zone.key.as_str(), zone.name.as_str()))
    }
}

/// Notes whose name begins or ends with a word: two spellings of one can do so alike.
fn note(names: &mut HashMap<String, Vec<usize>>, word: &str, at: usize) {
    let same = names.entry(word.to_owned()).or_default();
    if same.last() != Some(&at) {
        same.push(at);
    }
}

/// Whether a name is one of letters, none of its words a thing, a colour or a word of everyday: "Blue Van" is
/// nobody's, and neither is a plate.
fn is_name_of_person(words: &[String]) -> bool {
    let is_everyday = |word: &String| {
        word.len() < 3 || is_stop_word(word) || noun(word).is_some() || colour(word).is_some()
    };
    let first = words.first().map_or("", String::as_str);
    words.len() > 1
        && words.iter().all(|word| word.chars().all(char::is_alphabetic))
        && !words.first().is_some_and(is_everyday)
        && !words.last().is_some_and(|last| noun(last).is_some() || colour(last).is_some())
        && !is_title(first)
}
