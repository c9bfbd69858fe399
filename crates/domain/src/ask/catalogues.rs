//! Names, kept from one question to the next: those of each scope, as long as the store gives the same
//! vocabulary. Bounded; a scope's names never serve another scope.

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
        let is_same = |kept: &Kept| Arc::ptr_eq(&kept.vocabulary, vocabulary) && kept.scope == *scope;
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(index) = kept.iter().rposition(is_same) {
                let found = kept.remove(index);
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
