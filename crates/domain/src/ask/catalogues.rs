//! Catalogues of names, kept from one question to the next: one for each scope, as long as the store
//! gives the same vocabulary. Bounded; a scope's names never serve another scope.

use std::sync::{Arc, Mutex, PoisonError};

use super::interpret::Catalogue;
use crate::{CameraDirectory, Scope, event_store::Vocabulary};

/// Scopes remembered at once: more than the distinct camera sets that a site usually hands out, few
/// enough to search in order.
const CATALOGUES_MAX: usize = 64;

struct Kept {
    scope: Scope,
    vocabulary: Arc<Vocabulary>,
    catalogue: Arc<Catalogue>,
}

/// The latest catalogues, the one used last at the end.
#[derive(Default)]
pub(crate) struct Catalogues {
    kept: Mutex<Vec<Kept>>,
}

impl Catalogues {
    /// The catalogue of a scope over its vocabulary.
    pub(crate) fn of(
        &self,
        directory: &CameraDirectory,
        vocabulary: &Arc<Vocabulary>,
        scope: &Scope,
    ) -> Arc<Catalogue> {
        let is_same = |kept: &Kept| Arc::ptr_eq(&kept.vocabulary, vocabulary) && kept.scope == *scope;
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(index) = kept.iter().rposition(is_same) {
                let found = kept.remove(index);
                let catalogue = Arc::clone(&found.catalogue);
                kept.push(found);
                return catalogue;
            }
        }
        // Built without the lock: others go on meanwhile, and building twice does no harm.
        let catalogue = Arc::new(Catalogue::new(directory, vocabulary, scope));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.scope != *scope);
        if kept.len() >= CATALOGUES_MAX {
            kept.remove(0);
        }
        kept.push(Kept {
            scope: scope.clone(),
            vocabulary: Arc::clone(vocabulary),
            catalogue: Arc::clone(&catalogue),
        });
        catalogue
    }
}
