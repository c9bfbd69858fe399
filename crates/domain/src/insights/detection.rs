//! Which hours, silences and firsts are worth a warning.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{
    baseline::{Baseline, Expectation, Pooling},
    history::{CameraHistory, History, Past, hours_touching},
    insight::{ExpectedRange, InsightType, Severity},
};
use crate::{Event, Period, event_store::EventFilter};

/// Chance of one false warning in a whole reply; divided by the number of hours looked at
/// (Bonferroni), so that looking at more does not warn more.
const FALSE_WARNINGS: f64 = 0.05;
/// Hours that a confidence accounts for: a week of one series, whatever range was asked for.
const HOURS_LOOKED_AT: f64 = 168.0;
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
    /// By which hours it was judged, and how many weeks of them there were.
    pub(super) judged_by: (Pooling, f64),
    /// Of a silence: whether nothing has come since.
    pub(super) is_lasting: bool,
    /// Whether the earliest events are the telling ones.
    pub(super) evidence_is_earliest: bool,
    /// Why it is told, of an alarm.
    pub(super) alarm: Option<Alarm>,
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
            severities: match &self.alarm {
                Some(Alarm::BySource(words)) => words.clone(),
                _ => Vec::new(),
            },
            periods: vec![period],
            ..EventFilter::default()
        }
    }

    /// Narrows it to its first event, by whole seconds, so that neither its id nor its confidence moves
    /// with the range that was asked for.
    pub(super) fn narrow_to(&mut self, first: &Event, history: &History) {
        let second = |s: i64| Timestamp::from_second(s).unwrap_or(first.timestamp);
        self.period = Period::new(second(first.timestamp.as_second()), second(first.end().as_second() + 1));
        self.analysed = self.period.clone();
        if let Some(camera) = history.cameras.iter().find(|camera| camera.camera_id == self.camera_id) {
            self.confidence = confidence_of_first(camera, &camera.past(self.period.start, &history.timezone));
        }
    }

    /// Why its events are evidence.
    pub(super) fn reason(&self) -> String {
        match self.insight_type {
            InsightType::CameraSilent => "the last event before the silence",
            InsightType::FirstSeen => "the first of its kind on this camera",
            InsightType::Rare => "of a kind that is hardly ever seen",
            InsightType::Alarm => match &self.alarm {
                Some(Alarm::BySource(_)) => "its source calls it grave",
                _ => "its kind is an incident by its own words",
            },
            _ => "falls into the unusual hours",
        }
        .to_owned()
    }
}

/// Why an event is told.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Alarm {
    /// Its source calls it so.
    BySource(Vec<String>),
    /// Its type says so; besides, its source may call some of them grave.
    ByType { is_critical: bool },
    /// There were so few before.
    Rare { before: u64, weeks: f64 },
}

/// Everything noticed in the range.
pub(super) fn findings(history: &History) -> Vec<Finding> {
    let series: usize = history.cameras.iter().map(|camera| camera.by_label.len() + 1).sum();
    let looked_at = (series * history.range_hours.len()).max(1);
    let threshold = FALSE_WARNINGS / looked_at as f64;
    let mut findings = Vec::new();
    for camera in &history.cameras {
        let past = camera.past(history.range.start, &history.timezone);
        let judge = Judge { history, camera, past: &past, threshold };
        let silences = judge.silences();
        for (label, counts) in &camera.by_label {
            let count_of = |hour| counts.get(&hour).copied().unwrap_or(0);
            findings.extend(judge.unusual_runs(label, &silences, count_of));
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
            let past = camera.past(history.range.start, &history.timezone);
            let judge = Judge { history, camera, past: &past, threshold: 0.0 };
            let baseline = judge.baseline(|hour| camera.total.get(&hour).copied().unwrap_or(0));
            let expectation = hours.iter().try_fold(Expectation::default(), |sum, (hour, share)| {
                Some(sum.plus(baseline.expectation(*hour, *share, &history.timezone)?))
            })?;
            Some(Finding {
                period: coming.clone(),
                analysed: history.range.clone(),
                expected: Some(expectation.into()),
                confidence: 0.98 * past.experience(),
                ..judge.finding(InsightType::Prediction, Severity::Low)
            })
        })
        .collect()
}

/// Laplace's rule: after n events without one, the chance of the next being one is 1/(n+2).
fn confidence_of_first(camera: &CameraHistory, past: &Past) -> f64 {
    let before: u64 = past.hours.iter().filter_map(|hour| camera.total.get(hour)).sum();
    let before = before as f64;
    (before + 1.0) / (before + 2.0) * past.experience()
}

struct Judge<'a> {
    history: &'a History,
    camera: &'a CameraHistory,
    past: &'a Past,
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

impl From<Expectation> for ExpectedRange {
    fn from(expectation: Expectation) -> Self {
        let (low, high) = expectation.range();
        Self { low, high }
    }
}

impl Judge<'_> {
    fn baseline(&self, count_of: impl Fn(Timestamp) -> u64) -> Baseline {
        Baseline::new(self.past.pooling, &self.past.hours, count_of, &self.history.timezone)
    }

    /// A finding about the range as a whole, to be filled in.
    fn finding(&self, insight_type: InsightType, severity: Severity) -> Finding {
        Finding {
            insight_type,
            severity,
            camera_id: self.camera.camera_id.clone(),
            label: None,
            event_type: None,
            period: self.history.range.clone(),
            analysed: self.history.range.clone(),
            observed: None,
            expected: None,
            p_value: None,
            confidence: 0.0,
            judged_by: (self.past.pooling, self.past.weeks),
            is_lasting: false,
            evidence_is_earliest: false,
            alarm: None,
        }
    }

    /// A run as it is judged from its own beginning, by the weeks before it: the range in which it was
    /// noticed must not change its figures. `None` when it is nothing unusual then.
    fn judged_from_its_beginning(
        &self,
        run: &Run,
        past: &Past,
        count_of: impl Fn(Timestamp) -> u64,
    ) -> Option<(Expectation, f64)> {
        let timezone = &self.history.timezone;
        let baseline = Baseline::new(past.pooling, &past.hours, &count_of, timezone);
        let mut expectation = Expectation::default();
        let mut p_value = 1.0;
        for (hour, share) in hours_touching(&run.period, timezone) {
            let usual = baseline.expectation(hour, share, timezone)?;
            expectation = expectation.plus(usual);
            let observed = count_of(hour);
            p_value *= if run.is_spike {
                usual.at_least(observed)
            } else {
                baseline.as_quiet(usual, observed, share)
            };
        }
        (p_value <= self.threshold).then_some((expectation, p_value))
    }

    /// The part of an hour that lies in the range.
    fn stretch(&self, hour: Timestamp) -> Period {
        let next = hour.checked_add(SignedDuration::from_hours(1)).unwrap_or(hour);
        Period::new(hour.max(self.history.range.start), next.min(self.history.range.end))
    }

    fn unusual_runs(
        &self,
        label: &Arc<str>,
        silences: &[Finding],
        count_of: impl Fn(Timestamp) -> u64,
    ) -> Vec<Finding> {
        let baseline = self.baseline(&count_of);
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
            join(&mut runs, Run { is_spike, period: self.stretch(*hour), observed, expectation, p_value });
        }
        runs.retain(|run| run.p_value <= self.threshold);
        runs.iter().filter_map(|run| self.unusual(label, run, &count_of)).collect()
    }

    fn unusual(&self, label: &Arc<str>, run: &Run, count_of: impl Fn(Timestamp) -> u64) -> Option<Finding> {
        let past = self.camera.past(run.period.start, &self.history.timezone);
        let (expectation, p_value) = self.judged_from_its_beginning(run, &past, count_of)?;
        let grade = match p_value {
            p if p <= 1e-12 => Severity::High,
            p if p <= 1e-7 => Severity::Medium,
            _ => Severity::Low,
        };
        let is_night = self.is_night(run.period.start);
        let (insight_type, severity) = match (run.is_spike, is_night) {
            (true, true) => (InsightType::ActivitySpike, raised(grade)),
            (true, false) => (InsightType::ActivitySpike, grade),
            (false, _) => (InsightType::ActivityDrop, grade.min(Severity::Medium)),
        };
        Some(Finding {
            label: Some(label.clone()),
            ..self.told(insight_type, severity, run, &past, (expectation, p_value))
        })
    }

    /// A run as a finding.
    fn told(
        &self,
        insight_type: InsightType,
        severity: Severity,
        run: &Run,
        past: &Past,
        (expectation, p_value): (Expectation, f64),
    ) -> Finding {
        Finding {
            period: run.period.clone(),
            analysed: run.period.clone(),
            observed: Some(run.observed as f64),
            expected: Some(expectation.into()),
            p_value: Some(p_value),
            confidence: (1.0 - p_value * HOURS_LOOKED_AT).max(0.0) * past.experience(),
            judged_by: (past.pooling, past.weeks),
            ..self.finding(insight_type, severity)
        }
    }

    /// Runs of hours without any event in which events are usual.
    fn silences(&self) -> Vec<Finding> {
        let count_of = |hour| self.camera.total.get(&hour).copied().unwrap_or(0);
        let baseline = self.baseline(count_of);
        let mut runs: Vec<Run> = Vec::new();
        for (hour, share) in &self.history.range_hours {
            let is_silent = *hour >= self.history.range.start && !self.camera.total.contains_key(hour);
            let Some(expectation) = baseline.expectation(*hour, *share, &self.history.timezone) else {
                continue;
            };
            if !is_silent {
                continue;
            }
            let p_value = baseline.as_quiet(expectation, 0, *share);
            let period = self.stretch(*hour);
            join(&mut runs, Run { is_spike: false, period, observed: 0, expectation, p_value });
        }
        runs.retain(|run| run.expectation.mean >= DROP_EVENTS_MIN && run.p_value <= self.threshold);
        runs.iter()
            .filter_map(|run| {
                let past = self.camera.past(run.period.start, &self.history.timezone);
                let judged = self.judged_from_its_beginning(run, &past, count_of)?;
                let is_lasting = self.camera.last_event < run.period.start;
                let severity = if is_lasting { Severity::High } else { Severity::Medium };
                let told = self.told(InsightType::CameraSilent, severity, run, &past, judged);
                Some(Finding { is_lasting, ..told })
            })
            .collect()
    }

    /// Labels and types that this camera had never shown. A first label is told before its types.
    fn firsts(&self) -> Vec<Finding> {
        let first = |label: Option<&Arc<str>>, event_type: Option<&Arc<str>>| Finding {
            label: label.cloned(),
            event_type: event_type.cloned(),
            confidence: confidence_of_first(self.camera, self.past),
            evidence_is_earliest: true,
            ..self.finding(InsightType::FirstSeen, Severity::Medium)
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

/// Adds an hour to the run that it goes on with, or begins another.
fn join(runs: &mut Vec<Run>, hour: Run) {
    match runs.last_mut() {
        Some(run) if run.is_spike == hour.is_spike && run.period.end == hour.period.start => {
            run.period.end = hour.period.end;
            run.observed += hour.observed;
            run.expectation = run.expectation.plus(hour.expectation);
            run.p_value *= hour.p_value;
        }
        _ => runs.push(hour),
    }
}

fn raised(severity: Severity) -> Severity {
    match severity {
        Severity::Low => Severity::Medium,
        Severity::Medium => Severity::High,
        Severity::High | Severity::Critical => Severity::Critical,
    }
}
