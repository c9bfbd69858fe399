//! The fields of a request: checked, and combined with what the words say by intersection.
//!
//! What a field names that is not in scope simply matches nothing; nobody learns whether it exists.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{catalogue::Catalogue, says::Says};
use crate::{
    Error, Period, Result,
    ask::{interpretation::Interpretation, request::Filters},
    instant,
    text::has_control,
};

/// The most entries of one list of a filter.
pub const FILTER_ENTRIES_MAX: usize = 200;
/// The longest entry, in bytes: as long as the ids and terms that it is compared with.
pub const FILTER_ENTRY_BYTES_MAX: usize = 128;

/// Checks lists and confidence.
pub(super) fn check(filters: &Filters) -> Result<()> {
    for (field, entries) in [
        ("filters.cameras", &filters.cameras),
        ("filters.sites", &filters.sites),
        ("filters.labels", &filters.labels),
        ("filters.event_types", &filters.event_types),
        ("filters.zones", &filters.zones),
    ] {
        if entries.len() > FILTER_ENTRIES_MAX {
            return Err(Error::invalid(
                field,
                format!("`{field}` has more than {FILTER_ENTRIES_MAX} entries"),
            ));
        }
        for entry in entries {
            if entry.is_empty() || entry.len() > FILTER_ENTRY_BYTES_MAX || has_control(entry) {
                let message = format!(
                    "`{field}` has an entry that is empty, longer than {FILTER_ENTRY_BYTES_MAX} bytes or has control characters"
                );
                return Err(Error::invalid(field, message));
            }
        }
    }
    if filters.min_confidence.is_some_and(|least| !(0.0..=1.0).contains(&least)) {
        return Err(Error::invalid(
            "filters.min_confidence",
            "`filters.min_confidence` is not between 0 and 1",
        ));
    }
    Ok(())
}

/// The period of `from` and `to`: without `to` until now, without `from` from the beginning of time.
pub(super) fn period(filters: &Filters, now: Timestamp, timezone: &TimeZone) -> Result<Option<Period>> {
    let read = |value: &Option<String>, field| {
        value.as_deref().map(|value| instant(value, field, timezone)).transpose()
    };
    let from = read(&filters.from, "filters.from")?;
    let to = read(&filters.to, "filters.to")?;
    match (from, to) {
        (None, None) => Ok(None),
        (Some(from), Some(to)) if from >= to => {
            Err(Error::invalid("filters.to", "`filters.to` is not after `filters.from`"))
        }
        (Some(from), None) if from >= now => Ok(Some(Period::new(from, from))),
        (from, to) => Ok(Some(Period::new(from.unwrap_or(Timestamp::UNIX_EPOCH), to.unwrap_or(now)))),
    }
}

/// The parts of some periods that lie inside another; when none does, an empty one, so that nothing
/// matches.
pub(super) fn inside(periods: Vec<Period>, bounds: &Period) -> Vec<Period> {
    let mut inside: Vec<Period> = Vec::with_capacity(periods.len());
    for mut period in periods {
        let start = period.start.max(bounds.start);
        let end = period.end.min(bounds.end);
        if start < end {
            (period.start, period.end) = (start, end);
            inside.push(period);
        }
    }
    if inside.is_empty() {
        inside.push(Period::new(bounds.start, bounds.start));
    }
    inside
}

/// Narrows a list to what is in a field too; an empty one does not restrict. Says whether they exclude
/// each other.
pub(super) fn narrow(words: &mut Vec<String>, field: &[String]) -> bool {
    if field.is_empty() {
        return false;
    }
    let was_empty = words.is_empty();
    let mut both: Vec<String> =
        field.iter().filter(|entry| was_empty || words.contains(entry)).cloned().collect();
    both.sort();
    both.dedup();
    *words = both;
    words.is_empty()
}

/// Fields of the request count as said: they win over what would be carried over.
pub(super) fn add_given(mut says: Says, filters: &Filters) -> Says {
    says.periods |= filters.from.is_some() || filters.to.is_some();
    says.places |= !filters.cameras.is_empty() || !filters.sites.is_empty();
    says.zones |= !filters.zones.is_empty();
    says.labels |= !filters.labels.is_empty();
    says.event_types |= !filters.event_types.is_empty();
    says.min_confidence |= filters.min_confidence.is_some();
    says
}

/// Combines with the fields of the request, by intersection.
pub(super) fn apply(
    it: &mut Interpretation,
    filters: &Filters,
    bounds: Option<&Period>,
    catalogue: &Catalogue,
) {
    // Never wider than the fields.
    it.any_place &= filters.cameras.is_empty() && filters.sites.is_empty() && filters.zones.is_empty();
    if let Some(bounds) = bounds {
        it.periods = match std::mem::take(&mut it.periods) {
            none if none.is_empty() => vec![bounds.clone()],
            periods => inside(periods, bounds),
        };
    }
    if !filters.sites.is_empty() {
        let cameras: Vec<String> = filters
            .sites
            .iter()
            .flat_map(|site| catalogue.cameras_of_site(site))
            .map(|at| catalogue.cameras[*at].id.clone())
            .collect();
        it.matches_nothing |= cameras.is_empty() | narrow(&mut it.cameras, &cameras);
        let known = |site: &&String| !catalogue.cameras_of_site(site).is_empty();
        it.sites = filters.sites.iter().filter(known).cloned().collect::<BTreeSet<_>>().into_iter().collect();
    }
    it.matches_nothing |= narrow(&mut it.cameras, &filters.cameras);
    it.matches_nothing |= narrow(&mut it.labels, &filters.labels);
    it.matches_nothing |= narrow(&mut it.event_types, &filters.event_types);
    it.matches_nothing |= narrow(&mut it.zones, &filters.zones);
    it.min_confidence = match (it.min_confidence, filters.min_confidence) {
        (Some(words), Some(field)) => Some(words.max(field)),
        (words, field) => words.or(field),
    };
}
