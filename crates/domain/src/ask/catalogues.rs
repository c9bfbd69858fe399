//! Names, kept from one question to the next: those of each scope, as long as its events use no others; new
//! events alone change none. Bounded; a scope's names never serve another scope.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{check::Scene, interpret::Catalogue, place::Place};
use crate::{CameraDirectory, Scope, event_store::Vocabulary};

/// Scopes remembered at once: more than the distinct camera sets that a site usually hands out, few
/// enough to search in order.
const CATALOGUES_MAX: usize = 64;

/// What names mean in one scope, and which may be said there.
pub(crate) struct Names {
    /// For reading questions.
    pub catalogue: Catalogue,
    /// For checking answers; made when the first is checked.
    scene: OnceLock<Arc<Scene>>,
}

impl Names {
    /// What answers may name. `place` is of the same scope and vocabulary.
    pub(crate) fn scene(&self, place: &Place<'_>) -> Arc<Scene> {
        Arc::clone(self.scene.get_or_init(|| Arc::new(Scene::new(place))))
    }
}

struct Kept {
    scope: Scope,
    vocabulary: Arc<Vocabulary>,
    names: Arc<Names>,
}

/// The latest names, those used last at the end.
#[derive(Default)]
pub(crate) struct Catalogues {
    kept: Mutex<Vec<Kept>>,
}

impl Catalogues {
    /// The names of a scope over its vocabulary.
    pub(crate) fn of(
        &self,
        directory: &CameraDirectory,
        vocabulary: &Arc<Vocabulary>,
        scope: &Scope,
    ) -> Arc<Names> {
        let is_same = |kept: &Kept| kept.scope == *scope && has_same_names(&kept.vocabulary, vocabulary);
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(index) = kept.iter().rposition(is_same) {
                let found = Kept { vocabulary: Arc::clone(vocabulary), ..kept.remove(index) };
                let names = Arc::clone(&found.names);
                kept.push(found);
                return names;
            }
        }
        // Built without the lock: others go on meanwhile, and building twice does no harm.
        let catalogue = Catalogue::new(directory, vocabulary, scope);
        let names = Arc::new(Names { catalogue, scene: OnceLock::new() });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.scope != *scope);
        if kept.len() >= CATALOGUES_MAX {
            kept.remove(0);
        }
        kept.push(Kept {
            scope: scope.clone(),
            vocabulary: Arc::clone(vocabulary),
            names: Arc::clone(&names),
        });
        names
    }
}

/// Whether events use the same names; how many there are of each, and since when, is no part of a name.
fn has_same_names(a: &Arc<Vocabulary>, b: &Arc<Vocabulary>) -> bool {
    Arc::ptr_eq(a, b)
        || (a.labels == b.labels
            && a.event_types == b.event_types
            && a.zones == b.zones
            && a.sub_labels == b.sub_labels
            && a.cameras
                .iter()
                .map(|camera| &camera.camera_id)
                .eq(b.cameras.iter().map(|camera| &camera.camera_id)))
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::event_store::CameraActivity;

    #[test]
    fn names_are_kept_while_events_come_and_made_anew_for_a_new_name() {
        let activity = |events| CameraActivity {
            camera_id: "dock".into(),
            events,
            first_event: Timestamp::UNIX_EPOCH,
            last_event: Timestamp::UNIX_EPOCH,
        };
        let vocabulary = |events, label: &str| {
            let (cameras, labels) = (vec![activity(events)], vec![label.into()]);
            Arc::new(Vocabulary { cameras, labels, ..Vocabulary::default() })
        };
        let (kept, directory) = (Catalogues::default(), CameraDirectory::empty(TimeZone::UTC));
        let scope = Scope::tenant("default");
        let first = kept.of(&directory, &vocabulary(1, "person"), &scope);
        let again = kept.of(&directory, &vocabulary(2, "person"), &scope);
        assert!(Arc::ptr_eq(&first, &again));
        assert!(!Arc::ptr_eq(&first, &kept.of(&directory, &vocabulary(3, "car"), &scope)));
        assert!(!Arc::ptr_eq(
            &first,
            &kept.of(&directory, &vocabulary(2, "person"), &Scope::tenant("other"))
        ));
    }
}
