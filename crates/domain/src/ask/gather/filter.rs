//! What was understood → which events. Must never widen a question: what was named and cannot be found
//! matches nothing.

use crate::{
    ask::{Interpretation, NameKind},
    event_store::EventFilter,
};

/// The filter of a whole interpretation; recurring periods are a union.
pub(crate) fn event_filter(interpretation: &Interpretation) -> EventFilter {
    EventFilter {
        cameras: cameras(interpretation),
        labels: interpretation.labels.clone(),
        sub_labels: interpretation.sub_labels.clone(),
        event_types: interpretation.event_types.clone(),
        severities: interpretation.severities.clone(),
        zones: interpretation.zones.clone(),
        any_place: interpretation.any_place,
        periods: interpretation.periods.clone(),
        min_confidence: interpretation.min_confidence,
        max_confidence: interpretation.max_confidence,
    }
}

/// Named cameras; a name that could not be resolved, or a site without cameras, restricts to nothing
/// rather than to everything.
fn cameras(interpretation: &Interpretation) -> Option<Vec<String>> {
    let is_place_unknown =
        interpretation.unresolved.iter().any(|u| matches!(u.kind, NameKind::Camera | NameKind::Site));
    if interpretation.matches_nothing {
        return Some(Vec::new());
    }
    let is_restricted =
        !interpretation.cameras.is_empty() || !interpretation.sites.is_empty() || is_place_unknown;
    is_restricted.then(|| interpretation.cameras.clone())
}
