//! What every answer within one scope may name, whatever was found: cameras, places, labels, people. The same from
//! turn to turn, so it is made once for each catalogue.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use aho_corasick::AhoCorasick;

use crate::ask::{place::Place, write::phrases};

/// A camera as sentences call it.
struct Called {
    /// Its name or id, in lower case.
    name: String,
    id: Arc<str>,
}

/// The names of one scope.
pub(crate) struct Scene {
    /// How many cameras may be seen.
    pub cameras: usize,
    /// Labels in use, one and many, in lower case.
    pub labels: Vec<[String; 2]>,
    called: Vec<Called>,
    /// Finds the names of `called`. Only billions of names could not be built.
    finder: Option<AhoCorasick>,
    ids: HashMap<String, Arc<str>>,
    /// Names and plates in use, by their first word.
    people: HashMap<String, Vec<String>>,
    /// Names of sites and zones, in lower case.
    places: Vec<String>,
    /// The cameras of each site, by its name in lower case.
    sites: Vec<(String, Vec<Arc<str>>)>,
    /// Zones, kinds of events, sites and cameras: words that sentences without a citation may repeat.
    pub words: String,
}

impl Scene {
    /// The names that this caller may hear.
    pub(crate) fn new(place: &Place<'_>) -> Self {
        let cameras = place.cameras();
        let called = called(&cameras, place);
        let mut ids = HashMap::with_capacity(called.len());
        for Called { name, id } in &called {
            ids.entry(name.clone()).or_insert_with(|| Arc::clone(id));
        }
        let forms =
            |label: &Arc<str>| [phrases::opened(label).to_lowercase(), phrases::plural(label).to_lowercase()];
        Self {
            cameras: cameras.len(),
            labels: place.vocabulary.labels.iter().map(forms).collect(),
            finder: AhoCorasick::new(called.iter().map(|called| &called.name)).ok(),
            called,
            ids,
            people: people(place),
            places: places(&cameras, place),
            sites: sites(&cameras, place),
            words: words(&cameras, place),
        }
    }

    /// The id of the camera that goes by a name in lower case.
    pub(crate) fn camera_called(&self, name: &str) -> Option<&str> {
        self.ids.get(name).map(|id| &**id)
    }

    /// Every place where a camera's name stands in a text in lower case, as part of other words or not: where it begins,
    /// and the name. The longest names come first.
    pub(crate) fn cameras_in<'a>(&'a self, lower: &str) -> Vec<(usize, &'a str)> {
        let found = self.finder.iter().flat_map(|finder| finder.find_overlapping_iter(lower));
        let mut found: Vec<(usize, usize)> =
            found.map(|found| (found.pattern().as_usize(), found.start())).collect();
        found.sort_unstable();
        found.into_iter().map(|(at, start)| (start, self.called[at].name.as_str())).collect()
    }

    /// The cameras of the site that goes by a name in lower case.
    pub(crate) fn site_called(&self, name: &str) -> Option<&[Arc<str>]> {
        self.sites.iter().find(|(site, _)| site == name).map(|(_, cameras)| cameras.as_slice())
    }

    /// Names of sites, in lower case.
    pub(crate) fn site_names(&self) -> impl Iterator<Item = &str> {
        self.sites.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a name in lower case is that of a camera, a site or a zone.
    pub(crate) fn is_place(&self, name: &str) -> bool {
        self.ids.contains_key(name) || self.places.iter().any(|place| place == name)
    }

    /// Names and plates that begin with a word.
    pub(crate) fn people_called(&self, first_word: &str) -> &[String] {
        self.people.get(first_word).map_or(&[], Vec::as_slice)
    }
}

/// Names and ids in lower case, the longest first.
fn called(cameras: &[&str], place: &Place<'_>) -> Vec<Called> {
    let mut called = Vec::with_capacity(cameras.len() * 2);
    for id in cameras {
        let name = place.camera_name(id);
        let own = (name != *id).then_some(name);
        for name in own.into_iter().chain([*id]).filter(|name| name.chars().count() > 1) {
            called.push(Called { name: name.to_lowercase(), id: Arc::from(*id) });
        }
    }
    called.sort_by_key(|called| Reverse(called.name.len()));
    called
}

fn people(place: &Place<'_>) -> HashMap<String, Vec<String>> {
    let mut people: HashMap<String, Vec<String>> = HashMap::new();
    for name in &place.vocabulary.sub_labels {
        let first: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
        // A name without a capital or a digit is a word like any other.
        if first.chars().any(|c| c.is_uppercase() || c.is_ascii_digit()) {
            people.entry(first).or_default().push(name.to_string());
        }
    }
    people
}

fn sites(cameras: &[&str], place: &Place<'_>) -> Vec<(String, Vec<Arc<str>>)> {
    let mut sites: Vec<(String, Vec<Arc<str>>)> = Vec::new();
    let of_sites =
        cameras.iter().filter_map(|id| Some((place.site_name(place.site_of(id)?).to_lowercase(), id)));
    for (name, id) in of_sites {
        match sites.iter_mut().find(|(known, _)| *known == name) {
            Some((_, cameras)) => cameras.push(Arc::from(*id)),
            None => sites.push((name, vec![Arc::from(*id)])),
        }
    }
    sites
}

fn places(cameras: &[&str], place: &Place<'_>) -> Vec<String> {
    let zones = place.vocabulary.zones.iter().map(|zone| phrases::opened(zone).to_lowercase());
    let sites = cameras.iter().filter_map(|id| place.site_of(id));
    let mut places: Vec<String> =
        sites.map(|site| place.site_name(site).to_lowercase()).chain(zones).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn words(cameras: &[&str], place: &Place<'_>) -> String {
    let zones = place.vocabulary.zones.iter().map(|zone| phrases::opened(zone));
    let types = place.vocabulary.event_types.iter().map(|kind| phrases::opened(kind));
    let sites = cameras.iter().filter_map(|id| place.site_of(id));
    let sites = sites.map(|site| format!("{site} {}", place.site_name(site)));
    let named = cameras.iter().map(|id| format!("{id} {}", place.camera_name(id)));
    let all: Vec<String> = zones.chain(types).chain(sites).chain(named).collect();
    all.join(" ").to_lowercase()
}
