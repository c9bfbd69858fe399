//! What a sentence may state: the numbers, times, days, names and cameras of this turn's record. Made
//! from the findings and from what the tools found; a model adds nothing to it.

mod events;
mod parts;
mod quotes;
mod scene;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp, Zoned, civil::Date};

pub(crate) use self::{
    events::{Known, known},
    parts::{Part, Sides, has_words},
    quotes::Quote,
    scene::Scene,
};
use super::{
    loaded,
    scan::{self, Clock, Token},
};
use crate::{
    Period,
    ask::{
        Comparison, Evidence, Grouping, Interpretation,
        gather::{Findings, Step, Stretch, ranking::GroupKey},
        place::Place,
        write::{groups, phrases},
    },
    event_store::Totals,
};

/// Days of a period that a sentence may name one by one; of longer ones only the ends and the days with
/// events.
const DAYS_NAMED_MAX: i64 = 62;

/// The record of one turn.
#[derive(Clone)]
pub(crate) struct Record {
    /// Evidence.
    pub events: Vec<Known>,
    /// The exact totals of the question.
    pub totals: Totals,
    /// Parts of them, and what tools counted.
    pub parts: Vec<Part>,
    /// Comparisons.
    pub sides: Vec<Sides>,
    /// What may be named whatever was found.
    pub scene: Arc<Scene>,
    /// The counts of the cameras that took part.
    pub by_camera: Vec<(Arc<str>, Totals)>,
    /// Times of periods, stretches and events.
    pub times: HashSet<Clock>,
    /// Days of periods, stretches and events.
    pub days: BTreeSet<Date>,
    /// Numbers of the question, of periods and of insights, in their surroundings.
    pub quotes: Vec<Quote>,
    /// Percentages, without the sign.
    pub percents: HashSet<String>,
    /// Numbers that are facts by themselves: ratios, differences, how many cameras there are.
    pub figures: HashSet<String>,
    /// Whether a sentence without a citation may name a label, in the order of the scene.
    has_counted: Vec<bool>,
    /// Words that sentences without a citation may repeat, beside those of the scene: of the question, periods,
    /// insights.
    words: String,
    /// Today.
    pub today: Date,
    /// Whether any event shown carries a name.
    pub has_names: bool,
    /// Whether the answer is in English, so that capitals mean names.
    pub is_english: bool,
}

impl Record {
    /// The record of these findings. `said` are texts of ours or of the caller that may be repeated: the
    /// question, in English where it was put into it, and what an insight said.
    pub(crate) fn new(
        said: &[&str],
        interpretation: &Interpretation,
        findings: &Findings,
        scene: Arc<Scene>,
        place: &Place<'_>,
    ) -> Self {
        let today = place.now.to_zoned(place.timezone.clone()).date();
        let mut record = Self {
            events: findings
                .evidence
                .iter()
                .chain(&findings.anchor)
                .map(|event| known(event, place))
                .collect(),
            totals: findings.totals,
            parts: Vec::new(),
            sides: Vec::new(),
            by_camera: findings.by_camera.clone(),
            times: HashSet::new(),
            days: BTreeSet::new(),
            quotes: Vec::new(),
            percents: HashSet::new(),
            figures: HashSet::new(),
            has_counted: vec![false; scene.labels.len()],
            scene,
            words: place.timezone.iana_name().unwrap_or("UTC").to_lowercase(),
            today,
            has_names: findings.evidence.iter().any(|event| event.sub_label.is_some()),
            is_english: true,
        };
        record.figures.insert(findings.evidence.len().to_string());
        record.figures.insert(record.scene.cameras.to_string());
        record.add_instant(place.now, place);
        let insights = findings.insights.iter().map(|insight| insight.response.as_str());
        for text in said.iter().copied().chain(insights).chain(interpretation.words.as_deref()) {
            record.add_text(text);
        }
        if let Some(taken) = &interpretation.business_hours {
            record.add_text(&taken.told());
        }
        record.add_periods(&interpretation.periods, place);
        if interpretation.periods.is_empty()
            && let Some(first) = place.first_event(&interpretation.cameras)
        {
            record.add_instant(first, place);
        }
        record.add_series(&findings.series, findings.step, place);
        record.add_groups(findings, place);
        if let Some(comparison) = &findings.comparison {
            record.add_comparison(comparison);
        }
        if let Some(least) = interpretation.min_confidence {
            record.percents.insert(format!("{:.0}", least * 100.0));
        }
        if let Some(below) = interpretation.max_confidence {
            record.percents.insert(format!("{:.0}", below * 100.0));
        }
        record.add_labels(interpretation, findings, place);
        for event in findings.citable() {
            record.add_event_times(event, place);
        }
        record.add_incidents(findings, place);
        record
    }

    /// A text whose numbers, times and words may be repeated.
    pub(crate) fn add_text(&mut self, text: &str) {
        self.quotes.extend(quotes::quotes(text));
        self.times.extend(scan::times(text).into_iter().map(|found| found.clock));
        self.words.push(' ');
        self.words.push_str(&text.to_lowercase());
    }

    /// Periods: their ends, their days and their words.
    pub(crate) fn add_periods(&mut self, periods: &[Period], place: &Place<'_>) {
        for period in periods {
            self.add_instant(period.start, place);
            self.add_instant(period.end, place);
            self.add_text(&period.text);
            let mut day = period.start.to_zoned(place.timezone.clone()).date();
            let last = period.end.to_zoned(place.timezone.clone()).date();
            for _ in 0..DAYS_NAMED_MAX {
                if day > last {
                    break;
                }
                self.days.insert(day);
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
    }

    /// A sentence about an incident cites some of its events, and names its times and cameras.
    fn add_incidents(&mut self, findings: &Findings, place: &Place<'_>) {
        for incident in findings.incidents.iter().flat_map(|incidents| &incidents.items) {
            for instant in [incident.start, incident.end] {
                self.add_instant(instant, place);
            }
            let cited = self.events.iter_mut().filter(|e| incident.references.contains(&e.reference));
            for event in cited {
                for instant in [incident.start, incident.end] {
                    event.times.push(clock(&instant.to_zoned(place.timezone.clone())));
                }
                for id in &incident.cameras {
                    event.cameras.extend([place.camera_name(id).to_lowercase(), id.to_lowercase()]);
                }
            }
        }
    }

    /// An event that a tool found.
    pub(crate) fn add_event(&mut self, event: &Evidence, place: &Place<'_>) {
        self.events.push(known(event, place));
        self.has_names |= event.sub_label.is_some();
        self.add_event_times(event, place);
    }

    fn add_event_times(&mut self, event: &Evidence, place: &Place<'_>) {
        self.add_instant(event.timestamp, place);
        if let Some(end) = event.end_time {
            self.add_instant(end, place);
        }
    }

    fn add_instant(&mut self, instant: Timestamp, place: &Place<'_>) {
        let local = instant.to_zoned(place.timezone.clone());
        self.times.insert(clock(&local));
        self.days.insert(local.date());
    }

    /// Counts over time.
    pub(crate) fn add_series(&mut self, series: &[Stretch], step: Option<Step>, place: &Place<'_>) {
        for stretch in series {
            self.add_instant(stretch.start, place);
            self.add_instant(stretch.end, place);
            let local = stretch.start.to_zoned(place.timezone.clone());
            let mut part = Part { totals: stretch.totals, ..Part::default() };
            match step {
                Some(Step::Hour) => {
                    part.clocks.push(clock(&local));
                    // The day in progress is cut at now; its hour is still called by its beginning.
                    part.clocks.push((clock(&local).0, 0));
                }
                Some(Step::Month) => part.names.push(local.strftime("%B").to_string().to_lowercase()),
                _ => part.days.push(local.date()),
            }
            self.parts.push(part);
        }
    }

    fn add_groups(&mut self, findings: &Findings, place: &Place<'_>) {
        let Some(ranking) = &findings.ranking else { return };
        for group in &ranking.groups {
            self.add_group(ranking.by, &group.key, group.totals, place);
        }
        self.figures.insert(ranking.groups.len().to_string());
    }

    /// One group with its figures.
    pub(crate) fn add_group(&mut self, by: Grouping, key: &GroupKey, totals: Totals, place: &Place<'_>) {
        let name = groups::name(by, key, place);
        let mut part = Part { totals, names: vec![name.to_lowercase()], ..Part::default() };
        match key {
            GroupKey::Text(text) => part.names.push(phrases::opened(text).to_lowercase()),
            GroupKey::Hour(start) => {
                part.clocks.push(clock(&start.to_zoned(place.timezone.clone())));
                self.add_instant(*start, place);
                let end = start.checked_add(SignedDuration::from_hours(1)).unwrap_or(*start);
                self.add_instant(end, place);
            }
            GroupKey::Day(day) => {
                part.days.push(*day);
                self.days.insert(*day);
            }
            GroupKey::HourOfDay(_) | GroupKey::Weekday(_) => {}
        }
        self.add_text(&name);
        self.parts.push(part);
    }

    /// What a tool counted, under the words that it was asked with; without any, in any words.
    pub(crate) fn add_counted(&mut self, names: Vec<String>, totals: Totals) {
        for (forms, is_counted) in self.scene.labels.iter().zip(&mut self.has_counted) {
            *is_counted |= names.iter().any(|name| forms.iter().any(|form| has_words(name, form)));
        }
        let any = ["event", "events", "visit", "visits"].map(str::to_owned).to_vec();
        let names = if names.is_empty() { any } else { names };
        self.parts.push(Part { names, totals, ..Part::default() });
    }

    /// Two sides and what lies between them.
    pub(crate) fn add_comparison(&mut self, comparison: &Comparison) {
        let names = |name: &str| vec![name.to_lowercase()];
        for side in [&comparison.a, &comparison.b] {
            let totals = Totals { events: side.events, visits: side.visits };
            self.parts.push(Part { names: names(&side.name), totals, ..Part::default() });
            self.add_text(&side.name);
            self.figures
                .extend(side.events_each.iter().flat_map(|each| [format!("{each:.1}"), each.to_string()]));
            self.figures.extend(side.mean_of.map(|many| many.to_string()));
        }
        let between = Totals {
            events: comparison.difference.unsigned_abs(),
            visits: comparison.a.visits.abs_diff(comparison.b.visits),
        };
        let said = ["difference", "more", "fewer", "less", "increase", "decrease", "change"];
        let names_of_difference = said.map(str::to_owned).to_vec();
        self.parts.push(Part { names: names_of_difference, totals: between, ..Part::default() });
        if let Some(ratio) = comparison.ratio {
            let share = (ratio - 1.0).abs() * 100.0;
            self.percents.insert(format!("{share:.0}"));
            self.percents.insert(format!("{:.0}", ratio * 100.0));
            self.figures.extend([format!("{ratio:.1}"), format!("{ratio:.2}")]);
            if (ratio - ratio.round()).abs() < 0.05 {
                self.figures.insert(format!("{ratio:.0}"));
            }
        }
        self.sides.push(Sides {
            a: names(&comparison.a.name),
            b: names(&comparison.b.name),
            difference: comparison.difference,
            ratio: comparison.ratio,
        });
    }

    /// A label may be named beside a total where the total counts it.
    fn add_labels(&mut self, interpretation: &Interpretation, findings: &Findings, place: &Place<'_>) {
        let types = interpretation.event_types.iter().map(|kind| phrases::opened(kind).to_lowercase());
        let mut counted: Vec<String> = types.collect();
        counted.extend(self.parts.iter().flat_map(|part| part.names.iter().cloned()));
        let has_all = findings.totals.events == findings.evidence.len() as u64;
        let labels = place.vocabulary.labels.iter().zip(&self.scene.labels);
        self.has_counted = labels
            .map(|(label, forms)| {
                let is_asked = interpretation.labels.iter().any(|asked| **asked == **label);
                let is_counted = counted.iter().any(|name| forms.iter().any(|form| has_words(name, form)));
                let shows = |event: &Known| forms.iter().any(|form| event.words.contains(form.as_str()));
                let is_only = has_all && !self.events.is_empty() && self.events.iter().all(shows);
                is_asked || is_counted || is_only
            })
            .collect();
    }

    /// Labels in use, one and many, in lower case; whether a sentence without a citation may name it.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&[String; 2], bool)> {
        self.scene.labels.iter().zip(self.has_counted.iter().copied())
    }

    /// The counts of the camera that goes by a name in lower case; `None` where it took no part.
    pub(crate) fn camera_totals(&self, name: &str) -> Option<Totals> {
        let id = self.scene.camera_called(name)?;
        self.by_camera.iter().find(|(camera, _)| **camera == *id).map(|(_, totals)| *totals)
    }

    /// Whether a sentence without a citation says of people or of an incident what nobody asked for and nothing
    /// that was counted says.
    pub(crate) fn says_more(&self, tokens: &[Token]) -> bool {
        let own = [self.words.as_str(), self.scene.words.as_str()].into_iter();
        let labels = self.labels().filter(|(_, is_counted)| *is_counted).flat_map(|(forms, _)| forms);
        let parts = self.parts.iter().flat_map(|part| &part.names);
        let texts = own.chain(labels.chain(parts).map(String::as_str));
        loaded::says_more(tokens, || {
            texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).collect()
        })
    }

    /// Whether these words, in lower case, may be repeated without a citation.
    pub(crate) fn has_words(&self, words: &str) -> bool {
        has_words(&self.words, words) || has_words(&self.scene.words, words)
    }
}

/// The local time of day.
pub(crate) fn clock(local: &Zoned) -> Clock {
    (local.hour().unsigned_abs(), local.minute().unsigned_abs())
}
