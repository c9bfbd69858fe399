//! What a scope means here: which camera codes may be seen, and which words occur on them.

use std::sync::Arc;

use eps_domain::{
    CameraScope, Scope,
    event_store::{CameraActivity, Vocabulary},
};
use jiff::Timestamp;
use moka::sync::Cache;

use super::columns::{
    Columns,
    cameras::{CameraEntry, Field},
    dictionary::Dictionary,
};

/// Scopes remembered; a service sees as many as it has kinds of callers.
const SCOPES_MAX: u64 = 1_000;
/// The most names and plates that a vocabulary lists.
const SUB_LABELS_MAX: usize = 10_000;

/// What makes two scopes the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ScopeKey {
    tenant: Arc<str>,
    patterns: Option<Arc<[String]>>,
}

impl From<&Scope> for ScopeKey {
    fn from(scope: &Scope) -> Self {
        let patterns = match &scope.cameras {
            CameraScope::All => None,
            CameraScope::Matching { patterns, .. } => Some(Arc::clone(patterns)),
        };
        Self { tenant: Arc::clone(&scope.tenant), patterns }
    }
}

/// The cameras of a scope.
#[derive(Debug, Clone)]
pub(super) struct Visible {
    /// For each camera code, whether it may be seen.
    pub(super) cameras: Arc<[bool]>,
    /// Whether that is every camera of every tenant.
    pub(super) everything: bool,
}

struct KnownVocabulary {
    revision: u64,
    terms_version: u64,
    vocabulary: Arc<Vocabulary>,
}

/// Remembers what scopes came to.
pub(super) struct Scopes {
    visible: Cache<ScopeKey, Visible>,
    vocabularies: Cache<ScopeKey, Arc<KnownVocabulary>>,
}

impl Default for Scopes {
    fn default() -> Self {
        Self { visible: Cache::new(SCOPES_MAX), vocabularies: Cache::new(SCOPES_MAX) }
    }
}

impl Scopes {
    /// The cameras that a scope shows. Codes are never reused, so what was found stays right until
    /// there are more of them.
    pub(super) fn visible(&self, scope: &Scope, columns: &Columns) -> Visible {
        let key = ScopeKey::from(scope);
        let entries = columns.cameras.entries();
        if let Some(known) = self.visible.get(&key).filter(|known| known.cameras.len() == entries.len()) {
            return known;
        }
        let mut cameras = vec![false; entries.len()];
        for (id, code) in columns.cameras.of_tenant(&scope.tenant) {
            cameras[code as usize] = scope.allows(id);
        }
        // The first code stands for "no event".
        let everything = cameras.iter().skip(1).all(|visible| *visible);
        let visible = Visible { cameras: cameras.into(), everything };
        self.visible.insert(key, visible.clone());
        visible
    }

    /// The words in use within a scope; the same allocation while nothing was written.
    pub(super) fn vocabulary(&self, scope: &Scope, columns: &Columns) -> Arc<Vocabulary> {
        let key = ScopeKey::from(scope);
        let known = self.vocabularies.get(&key);
        if let Some(known) = known.as_ref().filter(|known| known.revision == columns.revision) {
            return Arc::clone(&known.vocabulary);
        }
        let visible = self.visible(scope, columns);
        let entries: Vec<&CameraEntry> = columns
            .cameras
            .entries()
            .iter()
            .zip(visible.cameras.iter())
            .filter(|(entry, visible)| **visible && entry.events > 0)
            .map(|(entry, _)| entry)
            .collect();
        let terms_version = columns.cameras.terms_version;
        let mut vocabulary = match known.filter(|known| known.terms_version == terms_version) {
            Some(known) => Vocabulary { cameras: Vec::new(), ..(*known.vocabulary).clone() },
            None => terms(columns, &entries),
        };
        vocabulary.cameras = entries.iter().map(|entry| activity(entry)).collect();
        vocabulary.cameras.sort_unstable_by(|a, b| a.camera_id.cmp(&b.camera_id));
        let vocabulary = Arc::new(vocabulary);
        let revision = columns.revision;
        let known = KnownVocabulary { revision, terms_version, vocabulary: Arc::clone(&vocabulary) };
        self.vocabularies.insert(key, Arc::new(known));
        vocabulary
    }
}

fn activity(entry: &CameraEntry) -> CameraActivity {
    let instant = |microseconds| Timestamp::from_microsecond(microseconds).unwrap_or_default();
    CameraActivity {
        camera_id: Arc::clone(&entry.id),
        events: entry.events,
        first_event: instant(entry.first),
        last_event: instant(entry.last),
    }
}

fn terms(columns: &Columns, entries: &[&CameraEntry]) -> Vocabulary {
    let of = |field: Field, dictionary: &Dictionary| {
        let mut used = vec![false; dictionary.len()];
        for (own, code) in entries.iter().flat_map(|entry| entry.uses.keys()) {
            if *own == field {
                used[*code as usize] = true;
            }
        }
        let mut terms: Vec<Arc<str>> = dictionary
            .terms()
            .iter()
            .zip(used)
            .filter(|(_, used)| *used)
            .map(|(term, _)| term.clone())
            .collect();
        terms.sort_unstable();
        terms
    };
    let mut sub_labels = of(Field::SubLabel, &columns.sub_labels);
    sub_labels.truncate(SUB_LABELS_MAX);
    Vocabulary {
        cameras: Vec::new(),
        labels: of(Field::Label, &columns.labels),
        event_types: of(Field::EventType, &columns.event_types),
        zones: of(Field::Zone, &columns.zone_names),
        sub_labels,
    }
}
