//! What is remembered of the cameras and words of a tenant between two questions. Nothing here asks.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use eps_domain::{
    Event, Scope,
    event_store::{CameraActivity, Vocabulary},
};
use jiff::Timestamp;

/// What other replicas wrote is seen after this long at the latest …
const FRESH_FOR: Duration = Duration::from_secs(15);
/// … or after this many times what it took to read, if that is longer: reading must not be all there is.
const FRESH_FOR_LOADS: u32 = 20;
/// The most names and plates that a vocabulary lists.
const SUB_LABELS_MAX: usize = 10_000;
/// Vocabularies of different scopes that are kept.
const VOCABULARIES_MAX: usize = 200;

/// What kind of word a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    Camera,
    Label,
    EventType,
    SubLabel,
    Zone,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Label => "label",
            Self::EventType => "event_type",
            Self::SubLabel => "sub_label",
            Self::Zone => "zones",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [Self::Camera, Self::Label, Self::EventType, Self::SubLabel, Self::Zone];
        all.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A word on a camera.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Term {
    pub(super) camera: String,
    pub(super) kind: Kind,
    pub(super) word: String,
}

/// The words of an event.
pub(super) fn terms_of(event: &Event) -> impl Iterator<Item = Term> + '_ {
    let single = [
        (Kind::Camera, event.camera_id.as_str()),
        (Kind::Label, event.label.as_deref().unwrap_or_default()),
        (Kind::EventType, event.event_type.as_str()),
        (Kind::SubLabel, event.sub_label.as_deref().unwrap_or_default()),
    ];
    let zones = event.zones.iter().map(|zone| (Kind::Zone, zone.as_str()));
    let all = single.into_iter().chain(zones).filter(|(_, term)| !term.is_empty());
    all.map(|(kind, term)| Term { camera: event.camera_id.clone(), kind, word: term.to_owned() })
}

/// Which cameras are being written, and what has to be read again.
#[derive(Debug, Default)]
pub(super) struct Marks {
    writing: HashMap<String, u32>,
    stale: Stale,
}

/// What has to be read again.
#[derive(Debug, Default)]
pub(super) struct Stale {
    pub(super) cameras: BTreeSet<String>,
    pub(super) terms: bool,
}

impl Marks {
    /// Events of these cameras are about to be written.
    pub(super) fn begin(&mut self, cameras: &BTreeSet<String>) {
        for camera in cameras {
            *self.writing.entry(camera.clone()).or_default() += 1;
        }
    }

    /// They are.
    pub(super) fn end(&mut self, cameras: &BTreeSet<String>) {
        for camera in cameras {
            if let Some(writers) = self.writing.get_mut(camera) {
                *writers -= 1;
                if *writers == 0 {
                    self.writing.remove(camera);
                }
            }
        }
    }

    pub(super) fn is_stale(&self, camera: &str) -> bool {
        self.stale.cameras.contains(camera)
    }

    pub(super) fn note(&mut self, stale: Stale) {
        self.stale.cameras.extend(stale.cameras);
        self.stale.terms |= stale.terms;
    }

    /// Takes what has to be read again. What is being written stays marked, because a read beside a write
    /// may or may not see it.
    pub(super) fn take(&mut self) -> Stale {
        let writing = self.writing.keys().cloned().collect();
        let terms = !self.writing.is_empty();
        std::mem::replace(&mut self.stale, Stale { cameras: writing, terms })
    }
}

/// What was last read of a tenant.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// When all of it was read, and how long that took.
    pub(super) read: Option<(Instant, Duration)>,
    pub(super) terms: BTreeSet<Term>,
    pub(super) activity: BTreeMap<String, CameraActivity>,
    vocabularies: Vec<(Scope, Arc<Vocabulary>)>,
}

impl Directory {
    pub(super) fn is_fresh(&self) -> bool {
        self.read.is_some_and(|(at, took)| at.elapsed() < FRESH_FOR.max(took * FRESH_FOR_LOADS))
    }

    /// Something was read again.
    pub(super) fn changed(&mut self) {
        self.vocabularies.clear();
    }

    pub(super) fn cameras(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|term| term.kind == Kind::Camera).map(|term| term.word.as_str())
    }

    /// The words of a scope; the same allocation while nothing changed.
    pub(super) fn vocabulary(&mut self, scope: &Scope) -> Arc<Vocabulary> {
        if let Some((_, known)) = self.vocabularies.iter().find(|(own, _)| own == scope) {
            return Arc::clone(known);
        }
        let mut cameras: Vec<CameraActivity> = self
            .activity
            .values()
            .filter(|camera| camera.events > 0 && scope.allows(&camera.camera_id))
            .cloned()
            .collect();
        cameras.sort_by(|a, b| a.camera_id.cmp(&b.camera_id));
        let of = |kind: Kind| {
            let own = self.terms.iter().filter(|term| term.kind == kind && scope.allows(&term.camera));
            let distinct: BTreeSet<&str> = own.map(|term| term.word.as_str()).collect();
            distinct.into_iter().map(Arc::from).collect::<Vec<Arc<str>>>()
        };
        let mut sub_labels = of(Kind::SubLabel);
        sub_labels.truncate(SUB_LABELS_MAX);
        let vocabulary = Arc::new(Vocabulary {
            cameras,
            labels: of(Kind::Label),
            event_types: of(Kind::EventType),
            zones: of(Kind::Zone),
            sub_labels,
        });
        if self.vocabularies.len() >= VOCABULARIES_MAX {
            self.vocabularies.clear();
        }
        self.vocabularies.push((scope.clone(), Arc::clone(&vocabulary)));
        vocabulary
    }

    /// Takes in an event that is new, without reading. False for a camera that was never read.
    pub(super) fn take_in(&mut self, event: &Event) -> bool {
        self.vocabularies.clear();
        let Some(camera) = self.activity.get_mut(&event.camera_id) else { return false };
        camera.events += 1;
        camera.first_event = camera.first_event.min(event.timestamp);
        camera.last_event = camera.last_event.max(event.timestamp);
        self.terms.extend(terms_of(event));
        true
    }
}

/// Figures of one camera as they were read.
pub(super) fn activity(camera: &str, events: u64, first: Timestamp, last: Timestamp) -> CameraActivity {
    CameraActivity { camera_id: camera.into(), events, first_event: first, last_event: last }
}
