//! What a sentence may state: the numbers, times and cameras of this turn's record. Made from the
//! findings alone; a model adds nothing to it.

use std::collections::HashSet;

use jiff::{Timestamp, Zoned};

use super::scan::{self, Clock};
use crate::{
    ask::{
        Evidence, Interpretation,
        gather::{Findings, Stretch},
        place::Place,
        write::{groups, phrases},
    },
    event_store::Totals,
};

/// One event as a sentence may speak of it.
pub(crate) struct Known {
    /// `[n]`.
    pub reference: u32,
    /// Names that the camera goes by, in lower case.
    pub camera: [String; 2],
    /// The camera's name as it is written.
    pub camera_name: String,
    /// Begin and end.
    pub times: Vec<Clock>,
    /// Numbers of its description, type, names, zones and date.
    pub numbers: HashSet<String>,
    /// All words that describe it, in lower case.
    pub words: String,
}

/// Counts of events and of visits.
#[derive(Default)]
pub(crate) struct Counts {
    pub events: HashSet<u64>,
    pub visits: HashSet<u64>,
}

impl Counts {
    fn add(&mut self, totals: Totals) {
        self.events.insert(totals.events);
        self.visits.insert(totals.visits);
    }
}

/// The record of one turn.
pub(crate) struct Record {
    pub events: Vec<Known>,
    pub totals: Totals,
    /// Every count that was made, but those of single cameras.
    pub counts: Counts,
    /// Name and id in lower case of each camera that may be seen, the longest first, and its counts.
    pub cameras: Vec<(String, Option<Totals>)>,
    /// How many cameras took part.
    pub cameras_counted: usize,
    /// Times of periods, stretches and events.
    pub times: HashSet<Clock>,
    /// Other numbers: dates, ratios, shares, and those of the question.
    pub numbers: HashSet<String>,
    /// Labels in use, one and many, in lower case.
    pub labels: Vec<[String; 2]>,
}

impl Record {
    /// The record of these findings.
    pub(crate) fn new(
        question: &str,
        interpretation: &Interpretation,
        findings: &Findings,
        place: &Place<'_>,
    ) -> Self {
        let mut record = Self {
            events: findings.evidence.iter().map(|event| known(event, place)).collect(),
            totals: findings.totals,
            counts: Counts::default(),
            cameras: cameras(findings, place),
            cameras_counted: findings.by_camera.len(),
            times: HashSet::new(),
            numbers: scan::numbers(question).collect(),
            labels: labels(place),
        };
        record.counts.add(findings.totals);
        record.counts.events.insert(findings.evidence.len() as u64);
        record.add_series(&findings.series, place);
        record.add_groups(findings, place);
        record.add_comparison(findings);
        for period in &interpretation.periods {
            record.add_instant(period.start, place);
            record.add_instant(period.end, place);
            record.numbers.extend(scan::numbers(&period.text));
        }
        if interpretation.periods.is_empty()
            && let Some(first) = place.first_event(&interpretation.cameras)
        {
            record.add_instant(first, place);
        }
        record.add_instant(place.now, place);
        let said = findings.insights.iter().map(|insight| insight.response.as_str());
        for text in said.chain(interpretation.words.as_deref()) {
            record.numbers.extend(scan::numbers(text));
            record.times.extend(scan::times(text).into_iter().map(|found| found.clock));
        }
        if let Some(least) = interpretation.min_confidence {
            record.numbers.insert(format!("{:.0}", least * 100.0));
        }
        record.numbers.insert(place.cameras().len().to_string());
        record.numbers.insert(findings.by_camera.len().to_string());
        record
    }

    fn add_instant(&mut self, instant: Timestamp, place: &Place<'_>) {
        let local = instant.to_zoned(place.timezone.clone());
        self.times.insert(clock(&local));
        self.numbers.extend(date_numbers(&local));
    }

    fn add_series(&mut self, series: &[Stretch], place: &Place<'_>) {
        for stretch in series {
            self.counts.add(stretch.totals);
            self.add_instant(stretch.start, place);
            self.add_instant(stretch.end, place);
        }
    }

    fn add_groups(&mut self, findings: &Findings, place: &Place<'_>) {
        let Some(ranking) = &findings.ranking else { return };
        for group in &ranking.groups {
            self.counts.add(group.totals);
            let name = groups::name(ranking.by, &group.value, place);
            self.numbers.extend(scan::numbers(&name));
            self.times.extend(scan::times(&name).into_iter().map(|found| found.clock));
        }
        self.numbers.insert(ranking.groups.len().to_string());
    }

    fn add_comparison(&mut self, findings: &Findings) {
        let Some(comparison) = &findings.comparison else { return };
        for side in [&comparison.a, &comparison.b] {
            self.counts.add(Totals { events: side.events, visits: side.visits });
            self.numbers.extend(scan::numbers(&side.name));
        }
        self.counts.events.insert(comparison.difference.unsigned_abs());
        self.counts.visits.insert(comparison.a.visits.abs_diff(comparison.b.visits));
        if let Some(ratio) = comparison.ratio {
            let share = (ratio - 1.0).abs() * 100.0;
            self.numbers.extend([format!("{ratio:.1}"), format!("{ratio:.2}"), format!("{share:.0}")]);
            if (ratio - ratio.round()).abs() < 0.05 {
                self.numbers.insert(format!("{ratio:.0}"));
            }
        }
    }
}

fn known(event: &Evidence, place: &Place<'_>) -> Known {
    let name = place.camera_name(&event.camera_id);
    let begin = event.timestamp.to_zoned(place.timezone.clone());
    let mut times = vec![clock(&begin)];
    if let Some(end) = event.end_time {
        times.push(clock(&end.to_zoned(place.timezone.clone())));
    }
    let mut words = format!("{name} {} {}", event.camera_id, phrases::opened(&event.event_type));
    let more = [&event.label, &event.sub_label, &event.description];
    for part in more.into_iter().flatten().chain(&event.zones) {
        words.push(' ');
        words.push_str(&phrases::opened(part));
    }
    let words = words.to_lowercase();
    let mut numbers: HashSet<String> = scan::numbers(&words).collect();
    numbers.extend(date_numbers(&begin));
    if let Some(sure) = event.confidence {
        numbers.extend([format!("{:.0}", sure * 100.0), format!("{sure:.2}"), format!("{sure:.1}")]);
    }
    times.extend(scan::times(&words).into_iter().map(|found| found.clock));
    Known {
        reference: event.reference,
        camera: [name.to_lowercase(), event.camera_id.to_lowercase()],
        camera_name: name.to_owned(),
        times,
        numbers,
        words,
    }
}

fn clock(local: &Zoned) -> Clock {
    (local.hour().unsigned_abs(), local.minute().unsigned_abs())
}

fn date_numbers(local: &Zoned) -> [String; 3] {
    [local.day().to_string(), local.month().to_string(), local.year().to_string()]
}

fn cameras(findings: &Findings, place: &Place<'_>) -> Vec<(String, Option<Totals>)> {
    let mut cameras = Vec::new();
    for id in place.cameras() {
        let totals = findings.by_camera.iter().find(|(camera, _)| **camera == *id).map(|(_, totals)| *totals);
        let name = place.camera_name(id);
        if name != id {
            cameras.push((name.to_lowercase(), totals));
        }
        cameras.push((id.to_lowercase(), totals));
    }
    cameras.retain(|(name, _)| name.chars().count() > 1);
    cameras.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    cameras
}

fn labels(place: &Place<'_>) -> Vec<[String; 2]> {
    let labels = place.vocabulary.labels.iter();
    labels
        .map(|label| [phrases::opened(label).to_lowercase(), phrases::plural(label).to_lowercase()])
        .collect()
}
