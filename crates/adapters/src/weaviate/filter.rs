//! The filter of a question and the scope of its caller as one condition. There is no way to a query that
//! does not pass the scope.

use eps_domain::{CameraScope, Period, Scope, event_store::EventFilter};

use super::graphql::Where;

/// What of a tenant a scope shows. Ids and globs of `*` and `?` are conditions of their own; other globs
/// are looked up among the cameras that are known.
pub(super) enum Visible {
    Condition(Where),
    /// The patterns need the list of cameras.
    NeedsCameras,
}

/// The cameras of a scope, without asking for any.
pub(super) fn visible(scope: &CameraScope) -> Visible {
    let CameraScope::Matching { patterns, .. } = scope else { return Visible::Condition(Where::Everything) };
    if patterns.iter().any(|pattern| pattern.contains(['[', ']', '{', '}', '\\', '!'])) {
        return Visible::NeedsCameras;
    }
    let (globs, ids): (Vec<&str>, Vec<&str>) =
        patterns.iter().map(String::as_str).partition(|pattern| pattern.contains(['*', '?']));
    let like = globs.into_iter().map(|glob| Where::text("camera", "Like", glob));
    Visible::Condition(Where::any(like.chain([Where::any_text("camera", ids)])))
}

/// Cameras by their ids.
pub(super) fn cameras<'a>(ids: impl IntoIterator<Item = &'a str>) -> Where {
    Where::any_text("camera", ids)
}

/// Which events may be an answer: `visible` is what the scope shows.
pub(super) fn condition(scope: &Scope, visible: &Where, filter: &EventFilter) -> Where {
    // Ids are checked here, so that the scope need not be a part of the condition as well.
    let named = filter.cameras.as_ref();
    let named = named.map(|ids| cameras(ids.iter().map(String::as_str).filter(|id| scope.allows(id))));
    let any = |property: &str, values: &[String]| {
        if values.is_empty() {
            return Where::Everything;
        }
        Where::any_text(property, values.iter().map(String::as_str).filter(|value| !value.is_empty()))
    };
    let zones = any("zones", &filter.zones);
    let place = match named {
        Some(named) if filter.any_place && !filter.zones.is_empty() => {
            Where::any([named, visible.and(zones)])
        }
        Some(named) => named.and(zones),
        None => visible.and(zones),
    };
    let periods = match filter.periods.as_slice() {
        [] => Where::Everything,
        periods => Where::any(periods.iter().map(within)),
    };
    let least = filter.min_confidence.map(|least| Where::number("confidence", "GreaterThanEqual", least));
    let most = filter.max_confidence.map(|most| Where::number("confidence", "LessThan", most));
    Where::all([
        place,
        any("label", &filter.labels),
        any("sub_label", &filter.sub_labels),
        any("event_type", &filter.event_types),
        any("severity", &filter.severities),
        periods,
        least.unwrap_or(Where::Everything),
        most.unwrap_or(Where::Everything),
    ])
}

fn within(period: &Period) -> Where {
    if period.start >= period.end {
        return Where::Nothing;
    }
    Where::all([
        Where::date("begins", "GreaterThanEqual", period.start),
        Where::date("begins", "LessThan", period.end),
    ])
}

/// Events that hold a term of every group.
pub(super) fn with_all(groups: &[Vec<String>]) -> Where {
    Where::all(groups.iter().map(|group| with_any(group)))
}

/// Events that hold any of these terms.
pub(super) fn with_any(terms: &[String]) -> Where {
    Where::any_text("terms", terms.iter().map(String::as_str))
}
