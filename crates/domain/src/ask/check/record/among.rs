//! Where, what and when something was counted: the whole question, and what a tool's count differs from it
//! in. Only words; counts nothing.

use jiff::ToSpan;

use super::{Own, Part, When, clock};
use crate::{
    Period,
    ask::{Interpretation, place::Place, write::phrases},
};

/// What a count over every camera is called.
const EVERYWHERE: [&str; 8] = [
    "all cameras",
    "every camera",
    "all the cameras",
    "all sites",
    "everywhere",
    "anywhere",
    "all locations",
    "all areas",
];

/// Names in lower case.
pub(super) fn lower(names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    names.into_iter().map(|name| name.as_ref().to_lowercase()).filter(|name| !name.is_empty()).collect()
}

fn camera_names(id: &str, place: &Place<'_>) -> Vec<String> {
    lower([place.camera_name(id), id])
}

fn forms(label: &str) -> Vec<String> {
    lower([phrases::opened(label), phrases::plural(label)])
}

/// What the question is about.
pub(crate) fn own(asked: &Interpretation, place: &Place<'_>) -> Own {
    let zones = asked.zones.iter().map(|zone| lower([phrases::opened(zone)]));
    let sites = asked.sites.iter().map(|site| lower([place.site_name(site), site]));
    let cameras = asked.cameras.iter().map(|id| camera_names(id, place));
    // The cameras of a site are parts of it.
    let mut places: Vec<Vec<String>> =
        if asked.sites.is_empty() { cameras.collect() } else { sites.collect() };
    places.extend(zones);
    let whats = vec![
        asked.labels.iter().map(|label| forms(label)).collect(),
        asked.event_types.iter().map(|kind| forms(kind)).collect(),
        asked.sub_labels.iter().map(|name| lower([name])).collect(),
    ];
    Own {
        places,
        whats,
        borne: Vec::new(),
        when: when(&asked.periods, place),
        cameras: asked.cameras.clone(),
    }
}

/// Periods as one time: where there are several, only what all of them share names it.
fn when(periods: &[Period], place: &Place<'_>) -> When {
    let Some(first) = periods.first() else { return When::default() };
    let local = |instant: jiff::Timestamp| instant.to_zoned(place.timezone.clone());
    let is_one = periods.iter().all(|period| period.text == first.text);
    if !is_one {
        let texts: Vec<&str> = periods.iter().map(|period| period.text.as_str()).collect();
        return When { names: lower([phrases::list(&texts, "and")]), ..When::default() };
    }
    let mut told = When { names: lower([&first.text]), ..When::default() };
    if let [only] = periods {
        let (start, end) = (local(only.start), local(only.end));
        let last = local(only.end.checked_sub(1.nanosecond()).unwrap_or(only.end).max(only.start)).date();
        told.clocks = vec![clock(&start), clock(&end)];
        told.until = Some(clock(&end));
        if start.date() == last {
            told.days.push(last);
        }
    }
    told
}

/// Among what a tool counted, as far as that differs from the question.
pub(crate) fn among(asked: &Interpretation, meant: &Interpretation, place: &Place<'_>) -> Part {
    let mut part = Part::default();
    let is_place =
        (&asked.cameras, &asked.sites, &asked.zones) == (&meant.cameras, &meant.sites, &meant.zones);
    if !is_place {
        part.place = Some(if !meant.zones.is_empty() {
            lower([phrases::list(&meant.zones.iter().map(|z| phrases::opened(z)).collect::<Vec<_>>(), "and")])
        } else if let [site] = meant.sites.as_slice() {
            lower([place.site_name(site), site])
        } else if let [camera] = meant.cameras.as_slice() {
            camera_names(camera, place)
        } else if meant.cameras.is_empty() {
            lower(EVERYWHERE)
        } else {
            // Each of the cameras has a figure of its own.
            Vec::new()
        });
    }
    let is_what = (&asked.labels, &asked.event_types, &asked.sub_labels, &asked.words)
        == (&meant.labels, &meant.event_types, &meant.sub_labels, &meant.words)
        && asked.without == meant.without;
    if !is_what {
        let labels: Vec<String> = meant.labels.iter().map(|label| phrases::plural(label)).collect();
        part.what = Some(match meant.labels.as_slice() {
            [label] => forms(label),
            [] => Vec::new(),
            _ => lower([phrases::list(&labels, "and")]),
        });
        let told = meant.event_types.iter().map(|kind| phrases::opened(kind));
        let told = told.chain(meant.sub_labels.iter().cloned()).chain(meant.words.clone());
        let left_out = meant.without.iter().map(|left_out| left_out.words.clone());
        part.told = told
            .chain(left_out)
            .flat_map(|text| lower(text.split(|c: char| !c.is_alphanumeric())))
            .filter(|word| word.chars().count() > 2 && word != "and")
            .collect();
    }
    let is_when = asked.periods.len() == meant.periods.len()
        && asked.periods.iter().zip(&meant.periods).all(|(a, b)| (a.start, a.end) == (b.start, b.end));
    if !is_when {
        part.when = Some(when(&meant.periods, place));
    }
    part
}
