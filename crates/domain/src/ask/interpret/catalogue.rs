//! What names can mean: cameras, sites, zones, labels, types and names, within one caller's scope.

use crate::{CameraDirectory, Scope, event_store::Vocabulary};

/// The names of one scope, ready for look-up.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {}

impl Catalogue {
    /// Joins what the operator described with what the events use. Nothing out of `scope` gets in.
    pub fn new(directory: &CameraDirectory, vocabulary: &Vocabulary, scope: &Scope) -> Self {
        let _ = (directory, vocabulary, scope);
        Self {}
    }
}
