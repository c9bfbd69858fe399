//! Which hours of business are meant: those of the cameras that a question is about, where they have the same.

use super::{
    Question,
    catalogue::{Catalogue, KnownCamera},
    places,
    tokens::Tokens,
};
use crate::{
    ask::interpretation::{BusinessHoursTaken, HoursFrom},
    business_hours::BusinessHours,
};

/// The hours of the places of a question, absent where the usual ones are taken, and how that is told.
pub(super) fn of_places<'q>(
    question: &Question<'q>,
    tokens: &Tokens<'_>,
) -> (Option<&'q BusinessHours>, BusinessHoursTaken) {
    let own = cameras(question, tokens).into_iter().filter_map(|camera| camera.hours.as_ref());
    let mut distinct: Vec<&BusinessHours> = Vec::new();
    for hours in own {
        if !distinct.contains(&hours) {
            distinct.push(hours);
        }
    }
    let (hours, from) = match distinct.as_slice() {
        [hours] => (Some(*hours), HoursFrom::Cameras),
        [] => (None, HoursFrom::Unset),
        _ => (None, HoursFrom::Differing),
    };
    let told = hours.map_or_else(|| BusinessHours::usual().to_string(), ToString::to_string);
    (hours, BusinessHoursTaken { hours: told, from })
}

/// The cameras that a question is about, as far as its own words, its fields or the question before it say.
fn cameras<'q>(question: &Question<'q>, tokens: &Tokens<'_>) -> Vec<&'q KnownCamera> {
    let catalogue: &'q Catalogue = question.catalogue;
    let places = places::read(&mut tokens.clone(), catalogue);
    let filters = question.filters;
    let of_sites = filters.sites.iter().flat_map(|site| catalogue.cameras_of_site(site));
    let given: Vec<&str> = of_sites
        .map(|at| catalogue.cameras[*at].id.as_str())
        .chain(filters.cameras.iter().map(String::as_str))
        .collect();
    let named = places.resolve(catalogue).cameras;
    let before = question.previous.filter(|_| !places.names_a_place());
    let carried = before.map(|previous| previous.cameras.as_slice()).unwrap_or_default();
    let is_meant = |camera: &&KnownCamera| {
        let is_in = |ids: &[String]| ids.is_empty() || ids.contains(&camera.id);
        is_in(&named) && is_in(carried) && (given.is_empty() || given.contains(&camera.id.as_str()))
    };
    catalogue.cameras.iter().filter(is_meant).collect()
}
