//! What was found out about a question: nouns only. Filled by gather, read by everything after it.

use std::sync::Arc;

use super::{
    averages::Average,
    coverage::Coverage,
    hits::MatchQuality,
    path::Path,
    quiet::Quietness,
    ranking::Ranking,
    series::{Step, Stretch},
    shares::Share,
    stays::Stays,
    timeline::Incidents,
};
use crate::{
    ask::{Comparison, Degraded, Evidence, Interpretation, ResponseType},
    event_store::Totals,
    insights::Insight,
};

/// What was found out about a question.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    /// Exact.
    pub totals: Totals,
    /// The same by camera, largest first.
    pub by_camera: Vec<(Arc<str>, Totals)>,
    /// The same by label, largest first; "" for events without one. For timelines.
    pub by_label: Vec<(Arc<str>, Totals)>,
    /// What is shown, with pictures.
    pub evidence: Vec<Evidence>,
    /// No event holds the words; the evidence is only alike.
    pub is_similar_only: bool,
    /// How well the evidence matches.
    pub quality: MatchQuality,
    /// How long a stretch of the series is.
    pub step: Option<Step>,
    /// Counts over time.
    pub series: Vec<Stretch>,
    /// Groups of a "which" or "busiest".
    pub ranking: Option<Ranking>,
    /// Two sides or more.
    pub comparison: Option<Comparison>,
    /// Sides of the comparison beyond those that are counted.
    pub sides_left_out: u64,
    /// What happened, as incidents; for timelines.
    pub incidents: Option<Incidents>,
    /// From camera to camera; for "where next".
    pub path: Option<Path>,
    /// How long visits lasted; for "how long".
    pub stays: Option<Stays>,
    /// The part against the whole; for "what share of".
    pub share: Option<Share>,
    /// The mean of the groups; for "on average".
    pub average: Option<Average>,
    /// When nothing happened.
    pub quiet: Option<Quietness>,
    /// What the cameras searched sent at all.
    pub coverage: Option<Coverage>,
    /// How many there are whatever they say, where no event holds the words.
    pub unworded: Option<Totals>,
    /// What was out of the ordinary; for [`Intent::Unusual`](crate::ask::Intent::Unusual).
    pub insights: Vec<Insight>,
    /// Types of alarms among all that was noticed, with how many events each has.
    pub insight_kinds: Vec<(String, u64)>,
    /// How many more there were than are shown.
    pub insights_left: usize,
    /// How many weeks before the period they were judged by.
    pub insight_weeks: Option<f64>,
    /// What insights could not judge.
    pub insight_notes: Vec<String>,
    /// The event that the time of the question is counted from, where it is not among the evidence; numbered after it.
    pub anchor: Option<Evidence>,
    /// Parts that did not work.
    pub degraded: Vec<Degraded>,
    /// How it ends up being told.
    pub response_type: ResponseType,
}

impl Default for Findings {
    fn default() -> Self {
        Self {
            totals: Totals::default(),
            by_camera: Vec::new(),
            by_label: Vec::new(),
            evidence: Vec::new(),
            is_similar_only: false,
            quality: MatchQuality::EXACT,
            step: None,
            series: Vec::new(),
            ranking: None,
            comparison: None,
            sides_left_out: 0,
            incidents: None,
            path: None,
            stays: None,
            share: None,
            average: None,
            quiet: None,
            coverage: None,
            unworded: None,
            insights: Vec::new(),
            insight_kinds: Vec::new(),
            insights_left: 0,
            insight_weeks: None,
            insight_notes: Vec::new(),
            anchor: None,
            degraded: Vec::new(),
            response_type: ResponseType::Answer,
        }
    }
}

impl Findings {
    /// Notes a part that did not work, once.
    pub(crate) fn degrade(&mut self, part: Degraded) {
        if !self.degraded.contains(&part) {
            self.degraded.push(part);
        }
    }

    /// The events that the text may cite.
    pub(crate) fn citable(&self) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().chain(&self.anchor)
    }

    /// Whether it holds more than counts and events: incidents, a path, durations, shares, several sides.
    pub(crate) fn is_computed(&self) -> bool {
        self.incidents.is_some()
            || self.path.is_some()
            || self.stays.is_some()
            || self.share.is_some()
            || self.average.is_some()
            || self.quiet.is_some()
            || self.ranking.as_ref().is_some_and(|ranking| ranking.bounded.is_some())
            || self
                .comparison
                .as_ref()
                .is_some_and(|c| !c.sides.is_empty() || c.same_stretch.is_some() || !c.a.series.is_empty())
    }

    /// Ids of every camera whose events, or whose silence, went into the answer; sorted.
    pub(crate) fn cameras_used(&self, interpretation: &Interpretation) -> Vec<String> {
        let mut used: Vec<String> = self.by_camera.iter().map(|(id, _)| id.to_string()).collect();
        used.extend(self.evidence.iter().map(|e| e.camera_id.clone()));
        used.extend(self.insights.iter().flat_map(|insight| insight.cameras.iter().cloned()));
        used.extend(interpretation.cameras.iter().cloned());
        let counted_from = interpretation.counted_from.iter().filter_map(|from| from.event.as_ref());
        let referred = interpretation.refers_to.iter().chain(counted_from);
        used.extend(referred.map(|event| event.camera_id.clone()));
        if let Some(coverage) = &self.coverage {
            used.extend(coverage.searched.iter().cloned());
        }
        used.sort_unstable();
        used.dedup();
        used
    }
}
