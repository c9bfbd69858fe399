//! What a sentence may state: the numbers, times, days, names and cameras of this turn's record. Made
//! from the findings and from what the tools found; a model adds nothing to it.

mod among;
mod counts;
mod events;
mod parts;
mod quotes;
mod scene;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use jiff::{Timestamp, Zoned, civil::Date};

pub(crate) use self::{
    among::{among, own},
    events::{Known, known},
    parts::{Family, Own, Part, Sides, When, find_words, has_words},
    quotes::Quote,
    scene::Scene,
};
use super::{
    loaded,
    scan::{self, Clock, Token},
};
use crate::{
    Period,
    ask::{Evidence, Interpretation, gather::Findings, place::Place, write::phrases},
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
    /// What they are of.
    pub own: Own,
    /// Parts of them, and what tools counted.
    pub parts: Vec<Part>,
    /// How many families of parts there are.
    families: usize,
    /// Between two sides.
    pub differences: Vec<Totals>,
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
    /// Numbers that are facts by themselves: ratios, how many groups there are.
    pub figures: HashSet<String>,
    /// Whether a sentence without a citation may name a label, in the order of the scene.
    has_counted: Vec<bool>,
    /// Words that sentences without a citation may repeat, beside those of the scene: of the question, periods,
    /// insights.
    words: String,
    /// Today.
    pub today: Date,
    /// How many of the events are those of the question; the rest was found beside.
    pub asked_for: usize,
    /// Whether all events that were counted are among them.
    pub has_all: bool,
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
            own: own(interpretation, place),
            parts: Vec::new(),
            families: 0,
            differences: Vec::new(),
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
            asked_for: findings.evidence.len(),
            has_all: findings.totals.events == findings.evidence.len() as u64,
            has_names: findings.evidence.iter().any(|event| event.sub_label.is_some()),
            is_english: true,
        };
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
        record.add_series(&findings.series, findings.step, &Part::default(), place);
        record.add_groups(findings, place);
        record.add_by_label(findings, place);
        if let Some(comparison) = &findings.comparison {
            record.add_comparison(comparison, &Part::default());
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

    /// A label may be named beside a total where the total counts it.
    fn add_labels(&mut self, interpretation: &Interpretation, findings: &Findings, place: &Place<'_>) {
        let types = interpretation.event_types.iter().map(|kind| phrases::opened(kind).to_lowercase());
        let mut counted: Vec<String> = types.collect();
        counted.extend(self.parts.iter().flat_map(|part| part.names().cloned()));
        let has_all = findings.totals.events == findings.evidence.len() as u64;
        let labels = place.vocabulary.labels.iter().zip(&self.scene.labels);
        let mut borne = Vec::new();
        self.has_counted = labels
            .map(|(label, forms)| {
                let is_asked = interpretation.labels.iter().any(|asked| **asked == **label);
                let is_counted = counted.iter().any(|name| forms.iter().any(|form| has_words(name, form)));
                let shows = |event: &Known| forms.iter().any(|form| event.words.contains(form.as_str()));
                let is_only = has_all && !self.events.is_empty() && self.events.iter().all(shows);
                if is_only {
                    borne.extend(forms.iter().cloned());
                }
                is_asked || is_counted || is_only
            })
            .collect();
        self.own.borne = borne;
    }

    /// Labels in use, one and many, in lower case; whether a sentence without a citation may name it.
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&[String; 2], bool)> {
        self.scene.labels.iter().zip(self.has_counted.iter().copied())
    }

    /// The counts of the camera that goes by a name in lower case; `None` where it was not asked for.
    pub(crate) fn camera_totals(&self, name: &str) -> Option<Totals> {
        let id = self.scene.camera_called(name)?;
        let counted = self.by_camera.iter().find(|(camera, _)| **camera == *id).map(|(_, totals)| *totals);
        let is_asked = self.own.cameras.is_empty() || self.own.cameras.iter().any(|own| *own == *id);
        counted.or_else(|| is_asked.then(Totals::default))
    }

    /// The counts of the cameras of a site, where the question is about every camera.
    pub(crate) fn site_totals(&self, name: &str) -> Option<Totals> {
        let cameras = self.scene.site_called(name).filter(|_| self.own.cameras.is_empty())?;
        let own = self.by_camera.iter().filter(|(id, _)| cameras.contains(id));
        Some(own.fold(Totals::default(), |sum, (_, more)| Totals {
            events: sum.events + more.events,
            visits: sum.visits + more.visits,
        }))
    }

    /// Whether everything that was counted is known to have been on one of these days.
    pub(crate) fn are_all_on(&self, days: &[Date]) -> bool {
        let mut asked_for = self.events.iter().take(self.asked_for);
        self.has_all && asked_for.all(|event| event.days.first().is_some_and(|day| days.contains(day)))
    }

    /// Whether a sentence without a citation says of people or of an incident what nobody asked for and nothing
    /// that was counted says.
    pub(crate) fn says_more(&self, tokens: &[Token]) -> bool {
        let own = [self.words.as_str(), self.scene.words.as_str()].into_iter();
        let labels = self.labels().filter(|(_, is_counted)| *is_counted).flat_map(|(forms, _)| forms);
        let parts = self.parts.iter().flat_map(Part::names);
        let texts = own.chain(labels.chain(parts).map(String::as_str));
        loaded::says_more(tokens, || {
            texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).collect()
        })
    }

    /// What may be repeated of the question, of periods and of insights, in lower case.
    pub(crate) fn words(&self) -> &str {
        &self.words
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
