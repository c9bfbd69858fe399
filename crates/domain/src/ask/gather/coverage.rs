//! Whether silence means something: cameras that sent nothing at all cannot have seen what was asked
//! for, cameras that were active and did not report it saw nothing. Asked only when nothing was found.

use jiff::tz::TimeZone;

use crate::{
    Result,
    ask::{Interpretation, place::Place},
    event_store::{CountRequest, EventFilter, EventStore, GroupBy, GroupValue},
};

/// What is known of the cameras that were searched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// Ids of the cameras that were searched, sorted.
    pub searched: Vec<String>,
    /// Of those, the ones that sent nothing in the periods asked for.
    pub silent: Vec<String>,
    /// Of the silent ones, those that never sent anything.
    pub unheard: Vec<String>,
    /// Events of any kind that the searched cameras sent in the periods.
    pub events: u64,
}

impl Coverage {
    /// Whether not one of the searched cameras sent anything.
    pub(crate) fn is_none(&self) -> bool {
        self.events == 0
    }

    /// Share of the searched cameras that sent something, 0 to 1.
    pub(crate) fn share(&self) -> f64 {
        if self.searched.is_empty() {
            return 0.0;
        }
        1.0 - self.silent.len() as f64 / self.searched.len() as f64
    }
}

/// The cameras that a question searches.
pub(crate) fn searched(interpretation: &Interpretation, place: &Place<'_>) -> Vec<String> {
    let mut ids: Vec<String> = if interpretation.cameras.is_empty() && interpretation.sites.is_empty() {
        place.cameras().into_iter().map(ToOwned::to_owned).collect()
    } else {
        interpretation.cameras.iter().filter(|id| place.scope.allows(id)).cloned().collect()
    };
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Looks at what the searched cameras sent in the periods, whatever it was.
///
/// # Errors
/// What the store says.
pub(crate) async fn look(
    store: &dyn EventStore,
    place: &Place<'_>,
    interpretation: &Interpretation,
) -> Result<Coverage> {
    let searched = searched(interpretation, place);
    let filter = EventFilter {
        cameras: Some(searched.clone()),
        periods: interpretation.periods.clone(),
        ..EventFilter::default()
    };
    let group_by = vec![GroupBy::Camera];
    let request = CountRequest { filter, words: None, group_by, timezone: TimeZone::UTC };
    let count = store.count(place.scope, &request).await?;
    let has_sent = |id: &str| {
        count
            .groups
            .iter()
            .any(|g| matches!(g.key.first(), Some(GroupValue::Text(camera)) if **camera == *id))
    };
    let silent: Vec<String> = searched.iter().filter(|id| !has_sent(id)).cloned().collect();
    let is_known = |id: &String| place.vocabulary.cameras.iter().any(|camera| *camera.camera_id == **id);
    let unheard = silent.iter().filter(|id| !is_known(id)).cloned().collect();
    Ok(Coverage { searched, silent, unheard, events: count.totals.events })
}
