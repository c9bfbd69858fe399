//! What was found of places, and which cameras it comes to.

use std::{collections::HashSet, ops::Range};

use super::super::{catalogue::Catalogue, nearness::offers};
use crate::ask::interpretation::{NameKind, Unresolved};

/// What a mention names, as indices of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Named {
    /// One camera, or all that share a name or a property.
    Cameras(Vec<usize>),
    /// Sites that share a name.
    Sites(Vec<usize>),
    /// Zones that share a name.
    Zones(Vec<usize>),
}

/// One mention of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Mention {
    pub(in super::super) named: Named,
    pub(in super::super) is_left_out: bool,
    /// Its words.
    pub(in super::super) words: Range<usize>,
}

/// The places of a question.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Places {
    pub(in super::super) mentions: Vec<Mention>,
    /// "all cameras", "everywhere": explicitly no restriction.
    pub(in super::super) is_everywhere: bool,
    pub(in super::super) unresolved: Vec<Unresolved>,
    /// How many words were looked up that could be unknown names.
    pub(in super::super) looked_up: usize,
    /// Words that name a zone unless an event type needs them.
    pub(in super::super) zones_perhaps: Vec<(Range<usize>, Vec<usize>)>,
    /// Which words belong to mentions that are left out.
    pub(in super::super) left_out: Vec<usize>,
}

/// Mentions, as ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Resolved {
    /// Those of sites included.
    pub(in super::super) cameras: Vec<String>,
    pub(in super::super) sites: Vec<String>,
    pub(in super::super) zones: Vec<String>,
    /// Zones that are left out where none is named: events without a zone are in none of them.
    pub(in super::super) zones_left_out: Vec<String>,
    /// Whether the mentions exclude each other.
    pub(in super::super) is_nothing: bool,
}

/// More unknown names than anybody is told of; looking for names like them costs.
const UNRESOLVED_MAX: usize = 12;

impl Places {
    /// Reports a name that means nothing here, once, with names in scope that look like it.
    pub(in super::super) fn report(&mut self, catalogue: &Catalogue, text: &str, key: &str, kind: NameKind) {
        if !self.is_reported(text) {
            let did_you_mean = offers(catalogue, key, kind);
            self.unresolved.push(Unresolved { text: text.to_owned(), kind, did_you_mean });
        }
    }

    /// Whether a name was reported, or so many that no more are.
    pub(in super::super) fn is_reported(&self, text: &str) -> bool {
        self.unresolved.len() >= UNRESOLVED_MAX || self.unresolved.iter().any(|known| known.text == text)
    }

    /// Notes a mention.
    pub(in super::super) fn add(&mut self, named: Named, is_left_out: bool, words: Range<usize>) {
        if is_left_out {
            self.left_out.extend(words.clone());
        }
        self.mentions.push(Mention { named, is_left_out, words });
    }

    /// Whether cameras or sites were named, or the attempt was made.
    pub(in super::super) fn names_a_place(&self) -> bool {
        self.is_everywhere || !self.mentions.is_empty() || !self.unresolved.is_empty()
    }

    /// The cameras, sites and zones that the mentions come to, in the order in which they were named. A
    /// camera that is named together with its site ("the lobby at the school") is that camera alone.
    pub(in super::super) fn resolve(&self, catalogue: &Catalogue) -> Resolved {
        let cameras_of = |site: &usize| catalogue.sites[*site].cameras.iter().copied();
        let mut sites: Vec<usize> = Vec::new();
        let mut zones: Vec<usize> = Vec::new();
        let mut zones_out: HashSet<usize> = HashSet::new();
        let mut out: HashSet<usize> = HashSet::new();
        let mut named: Vec<&[usize]> = Vec::new();
        for mention in &self.mentions {
            match (&mention.named, mention.is_left_out) {
                (Named::Cameras(cameras), false) => named.push(cameras),
                (Named::Cameras(cameras), true) => out.extend(cameras),
                (Named::Sites(these), false) => sites.extend(these),
                (Named::Sites(these), true) => out.extend(these.iter().flat_map(cameras_of)),
                (Named::Zones(these), false) => zones.extend(these),
                (Named::Zones(these), true) => zones_out.extend(these),
            }
        }
        let sites = each_once(sites);
        let mut cameras: Vec<usize> = Vec::new();
        let mut narrowed: HashSet<usize> = HashSet::new();
        for these in &named {
            let site = |at: &usize| catalogue.cameras[*at].site.filter(|site| sites.contains(site));
            let inside: Vec<usize> = these.iter().copied().filter(|at| site(at).is_some()).collect();
            narrowed.extend(inside.iter().filter_map(site));
            cameras.extend(if inside.is_empty() { these.iter() } else { inside.iter() });
        }
        cameras.extend(sites.iter().filter(|site| !narrowed.contains(site)).flat_map(cameras_of));
        let has_named = !named.is_empty() || !sites.is_empty();
        if !out.is_empty() {
            if !has_named {
                cameras = (0..catalogue.cameras.len()).collect();
            }
            cameras.retain(|at| !out.contains(at));
        }
        let name = |at: usize| catalogue.zones[at].name.clone();
        let mut zones_left_out: Vec<String> = Vec::new();
        if zones.is_empty() {
            zones_left_out.extend(zones_out.iter().copied().map(name));
            zones_left_out.sort();
        }
        zones.retain(|at| !zones_out.contains(at));
        Resolved {
            is_nothing: cameras.is_empty() && (has_named || !out.is_empty()),
            cameras: each_once(cameras).into_iter().map(|at| catalogue.cameras[at].id.clone()).collect(),
            sites: sites.into_iter().map(|at| catalogue.sites[at].id.clone()).collect(),
            zones: each_once(zones).into_iter().map(name).collect(),
            zones_left_out,
        }
    }
}

/// What is named twice counts where it was named first.
fn each_once(indices: Vec<usize>) -> Vec<usize> {
    let mut seen = HashSet::with_capacity(indices.len());
    indices.into_iter().filter(|index| seen.insert(*index)).collect()
}
