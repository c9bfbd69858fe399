//! Which hours, silences and firsts are worth a warning.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{
    baseline::{Baseline, Expectation},
    history::{CameraHistory, History, hours_touching},
    insight::{ExpectedRange, InsightType, Severity},
};
use crate::{Event, Period, event_store::EventFilter};

/// Chance of one false warning in a whole reply; divided by the number of hours looked at
/// (Bonferroni), so that looking at more does not warn more.
const FALSE_WARNINGS: f64 = 0.05;
/// Fewer events than this are no spike, however rare.
const SPIKE_EVENTS_MIN: u64 = 5;
/// Where fewer are usual, their absence says nothing.
const DROP_EVENTS_MIN: f64 = 5.0;
/// An hour joins a quiet run when fewer than one in twenty comparable hours were as quiet.
const QUIET_HOUR: f64 = 0.05;
/// Firsts of one camera that are told; more of them are a new source, not news.
const FIRSTS_MAX: usize = 3;
/// How far predictions look.
const PREDICTION_HOURS: i64 = 4;

/// Something worth a warning, not yet in words.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) insight_type: InsightType,
    pub(super) severity: Severity,
    pub(super) camera_id: String,
    /// Empty for events without a label.
    pub(super) label: Option<Arc<str>>,
    pub(super) event_type: Option<Arc<str>>,
    /// What it is about.
    pub(super) period: Period,
    /// What was analysed; the id names it, so that the finding can be computed again.
    pub(super) analysed: Period,
    pub(super) observed: Option<f64>,
    pub(super) expected: Option<ExpectedRange>,
    pub(super) p_value: Option<f64>,
    /// 0 to 1: one minus the chance of a false warning, less where few weeks stand behind it.
    pub(super) confidence: f64,
    /// Whether the earliest events are the telling ones.
    pub(super) evidence_is_earliest: bool,
}

impl Finding {
    /// Which events stand behind it.
    pub(super) fn evidence_filter(&self) -> EventFilter {
        let period = match self.insight_type {
            // What a silent camera sent last.
            InsightType::CameraSilent => Period::new(Timestamp::MIN, self.period.start.max(Timestamp::MIN)),
            _ => self.period.clone(),
        };
        EventFilter {
            cameras: Some(vec![self.camera_id.clone()]),
            labels: self.label.iter().filter(|l| !l.is_empty()).map(ToString::to_string).collect(),
            event_types: self.event_type.iter().map(ToString::to_string).collect(),
            periods: vec![period],
            ..EventFilter::default()
        }
    }

    /// Narrows it to its first event, by whole seconds, so that its id does not move with the range
    /// that was asked for.
    pub(super) fn narrow_to(&mut self, first: &Event) {
        let second = |s: i64| Timestamp::from_second(s).unwrap_or(first.timestamp);
        self.period = Period::new(second(first.timestamp.as_second()), second(first.end().as_second() + 1));
        self.analysed = self.period.clone();
    }

    /// Why its events are evidence.
    pub(super) fn reason(&self) -> String {
        match self.insight_type {
            InsightType::CameraSilent => "the last event before the silence",
            InsightType::FirstSeen => "the first of its kind on this camera",
            _ => "falls into the unusual hours",
        }
        .to_owned()
    }
}

/// Everything noticed in the range.
pub(super) fn findings(history: &History) -> Vec<Finding> {
    let series: usize = history.cameras.iter().map(|camera| camera.by_label.len() + 1).sum();
    let looked_at = (series * history.range_hours.len()).max(1);
    let threshold = FALSE_WARNINGS / looked_at as f64;
    let mut findings = Vec::new();
    for camera in &history.cameras {
        let judge = Judge { history, camera, threshold };
        let silences = judge.silences();
        for (label, counts) in &camera.by_label {
            let baseline = judge.baseline(|hour| counts.get(&hour).copied().unwrap_or(0));
            findings.extend(
                judge.unusual_runs(label, &baseline, &silences, |hour| {
                    counts.get(&hour).copied().unwrap_or(0)
                }),
            );
        }
        findings.extend(silences);
        findings.extend(judge.firsts());
    }
    findings
}

/// What the coming hours usually bring, camera by camera.
pub(super) fn predictions(history: &History, now: Timestamp) -> Vec<Finding> {
    let Ok(end) = now.checked_add(SignedDuration::from_hours(PREDICTION_HOURS)) else { return Vec::new() };
    let coming = Period::new(now, end);
    let hours = hours_touching(&coming, &history.timezone);
    history
        .cameras
        .iter()
        .filter_map(|camera| {
            let judge = Judge { history, camera, threshold: 0.0 };
            let baseline = judge.baseline(|hour| camera.total.get(&hour).copied().unwrap_or(0));
            let expectation = hours.iter().try_fold(Expectation::default(), |sum, (hour, share)| {
                Some(sum.plus(baseline.expectation(*hour, *share, &history.timezone)?))
            })?;
            let (low, high) = expectation.range();
            Some(Finding {
                insight_type: InsightType::Prediction,
                severity: Severity::Low,
                camera_id: camera.camera_id.clone(),
                label: None,
                event_type: None,
                period: coming.clone(),
                analysed: history.range.clone(),
                observed: None,
                expected: Some(ExpectedRange { low, high }),
                p_value: None,
                confidence: 0.98 * experience(history),
                evidence_is_earliest: false,
            })
        })
        .collect()
}

/// How much the weeks of history are worth: half for one week, three quarters for three.
fn experience(history: &History) -> f64 {
    history.weeks() / (history.weeks() + 1.0)
}

struct Judge<'a> {
    history: &'a History,
    camera: &'a CameraHistory,
    threshold: f64,
}

/// Neighbouring hours that are unusual in the same way.
struct Run {
    is_spike: bool,
    period: Period,
    observed: u64,
    expectation: Expectation,
    /// Probability of all its hours together, each by itself.
    p_value: f64,
}

impl Judge<'_> {
    fn baseline(&self, count_of: impl Fn(Timestamp) -> u64) -> Baseline {
        Baseline::new(self.history.pooling, &self.camera.past_hours, count_of, &self.history.timezone)
    }

    /// The part of an hour that lies in the range.
    fn stretch(&self, hour: Timestamp) -> Period {
        let next = hour.checked_add(SignedDuration::from_hours(1)).unwrap_or(hour);
        Period::new(hour.max(self.history.range.start), next.min(self.history.range.end))
    }

    fn unusual_runs(
        &self,
        label: &Arc<str>,
        baseline: &Baseline,
        silences: &[Finding],
        count_of: impl Fn(Timestamp) -> u64,
    ) -> Vec<Finding> {
        let mut runs: Vec<Run> = Vec::new();
        for (hour, share) in &self.history.range_hours {
            let Some(expectation) = baseline.expectation(*hour, *share, &self.history.timezone) else {
                continue;
            };
            // The store counted the whole first hour; judge only an hour that lies inside from its start.
            if *hour < self.history.range.start {
                continue;
            }
            let observed = count_of(*hour);
            let is_spike = observed >= SPIKE_EVENTS_MIN && expectation.at_least(observed) <= self.threshold;
            let quiet = baseline.as_quiet(expectation, observed, *share);
            let is_drop = expectation.mean >= DROP_EVENTS_MIN
                && quiet <= QUIET_HOUR
                && !silences.iter().any(|silence| silence.period.contains(*hour));
            if !is_spike && !is_drop {
                continue;
            }
            let p_value = if is_spike { expectation.at_least(observed) } else { quiet };
            let stretch = self.stretch(*hour);
            match runs.last_mut() {
                Some(run) if run.is_spike == is_spike && run.period.end == stretch.start => {
                    run.period.end = stretch.end;
                    run.observed += observed;
                    run.expectation = run.expectation.plus(expectation);
                    run.p_value *= p_value;
                }
                _ => runs.push(Run { is_spike, period: stretch, observed, expectation, p_value }),
            }
        }
        runs.retain(|run| run.p_value <= self.threshold);
        runs.into_iter().map(|run| self.unusual(label, run)).collect()
    }

    fn unusual(&self, label: &Arc<str>, run: Run) -> Finding {
        let p_value = run.p_value;
        let (low, high) = run.expectation.range();
        let grade = match p_value {
            p if p <= 1e-12 => Severity::High,
            p if p <= 1e-7 => Severity::Medium,
            _ => Severity::Low,
        };
        let is_night = self.is_night(run.period.start);
        let severity = match (run.is_spike, is_night) {
            (true, true) => raised(grade),
            (true, false) => grade,
            (false, _) => grade.min(Severity::Medium),
        };
        Finding {
            insight_type: if run.is_spike { InsightType::ActivitySpike } else { InsightType::ActivityDrop },
            severity,
            camera_id: self.camera.camera_id.clone(),
            label: Some(label.clone()),
            event_type: None,
            analysed: run.period.clone(),
            period: run.period,
            observed: Some(run.observed as f64),
            expected: Some(ExpectedRange { low, high }),
            p_value: Some(p_value),
            confidence: (1.0 - p_value / self.threshold * FALSE_WARNINGS) * experience(self.history),
            evidence_is_earliest: false,
        }
    }

    /// Runs of hours without any event in which events are usual.
    fn silences(&self) -> Vec<Finding> {
        let baseline = self.baseline(|hour| self.camera.total.get(&hour).copied().unwrap_or(0));
        let mut runs: Vec<(Period, Expectation, f64)> = Vec::new();
        for (hour, share) in &self.history.range_hours {
            let is_silent = *hour >= self.history.range.start && !self.camera.total.contains_key(hour);
            let Some(expectation) = baseline.expectation(*hour, *share, &self.history.timezone) else {
                continue;
            };
            if !is_silent {
                continue;
            }
            let quiet = baseline.as_quiet(expectation, 0, *share);
            let stretch = self.stretch(*hour);
            match runs.last_mut() {
                Some((period, sum, p_value)) if period.end == stretch.start => {
                    period.end = stretch.end;
                    *sum = sum.plus(expectation);
                    *p_value *= quiet;
                }
                _ => runs.push((stretch, expectation, quiet)),
            }
        }
        runs.into_iter()
            .filter(|(_, expectation, p_value)| {
                expectation.mean >= DROP_EVENTS_MIN && *p_value <= self.threshold
            })
            .map(|(period, expectation, p_value)| {
                let is_lasting = period.end >= self.history.range.end;
                let (low, high) = expectation.range();
                Finding {
                    insight_type: InsightType::CameraSilent,
                    severity: if is_lasting { Severity::High } else { Severity::Medium },
                    camera_id: self.camera.camera_id.clone(),
                    label: None,
                    event_type: None,
                    observed: Some((period.seconds() / 60.0).round()),
                    analysed: period.clone(),
                    period,
                    expected: Some(ExpectedRange { low, high }),
                    p_value: Some(p_value),
                    confidence: (1.0 - p_value / self.threshold * FALSE_WARNINGS) * experience(self.history),
                    evidence_is_earliest: false,
                }
            })
            .collect()
    }

    /// Labels and types that this camera had never shown. A first label is told before its types.
    fn firsts(&self) -> Vec<Finding> {
        let before = self.camera.events_before as f64;
        let first = |label: Option<&Arc<str>>, event_type: Option<&Arc<str>>| Finding {
            insight_type: InsightType::FirstSeen,
            severity: Severity::Medium,
            camera_id: self.camera.camera_id.clone(),
            label: label.cloned(),
            event_type: event_type.cloned(),
            period: self.history.range.clone(),
            analysed: self.history.range.clone(),
            observed: None,
            expected: None,
            p_value: None,
            // Laplace's rule: after n events without one, the chance of the next being one is 1/(n+2).
            confidence: (before + 1.0) / (before + 2.0) * experience(self.history),
            evidence_is_earliest: true,
        };
        let labels = self.camera.first_labels.iter().map(|label| first(Some(label), None));
        let types = self.camera.first_types.iter().map(|event_type| first(None, Some(event_type)));
        labels.chain(types).take(FIRSTS_MAX).collect()
    }

    /// Between 22:00 and 06:00, when the same thing is graver.
    fn is_night(&self, instant: Timestamp) -> bool {
        !(6..22).contains(&instant.to_zoned(self.history.timezone.clone()).hour())
    }
}

fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}
