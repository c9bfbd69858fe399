//! Findings in words. Every figure comes from the finding; what events and cameras are called is told
//! without markup and links.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    baseline::Pooling,
    detection::{Alarm, Finding},
    history::History,
    insight::{ExpectedRange, Insight, InsightType},
};
use crate::{
    CameraDirectory,
    ask::{Evidence, ResponseType, is_plain, plain, sentence_case, shortened},
};

/// The longest description quoted, in characters.
const QUOTED_CHARS_MAX: usize = 200;

/// The whole insight, without pictures yet.
pub(super) fn tell(
    finding: &Finding,
    insight_id: String,
    evidence: Vec<Evidence>,
    directory: &CameraDirectory,
    history: &History,
) -> Insight {
    let called = directory.camera_name(&finding.camera_id);
    let words = Words { finding, camera: plain(called), called, history };
    let mut response = words.response(&evidence);
    for item in &evidence {
        let _ = write!(response, " [{}]", item.reference);
    }
    let (start, end) = finding.period.local(&history.timezone);
    Insight {
        insight_id,
        insight_type: finding.insight_type,
        severity: finding.severity,
        title: words.title(),
        response,
        response_type: ResponseType::ProactiveInsight,
        conversation_id: None,
        observed: finding.observed,
        silent_minutes: (finding.insight_type == InsightType::CameraSilent).then(|| minutes(finding)),
        expected: finding.expected,
        p_value: finding.p_value,
        period: [start, end],
        cameras: vec![finding.camera_id.clone()],
        evidence,
        clip_links: Vec::new(),
        follow_up_questions: words.follow_ups(),
        confidence_score: (finding.confidence.clamp(0.0, 1.0) * 100.0).round() / 100.0,
        suggested_actions: words.actions(),
    }
}

struct Words<'a> {
    finding: &'a Finding,
    /// As it may be told.
    camera: String,
    /// As it is found.
    called: &'a str,
    history: &'a History,
}

impl Words<'_> {
    fn kind(&self) -> String {
        let named = self.finding.label.as_deref().filter(|label| !label.is_empty());
        plain(&named.or(self.finding.event_type.as_deref()).unwrap_or("event").replace('_', " "))
    }

    fn title(&self) -> String {
        let camera = &self.camera;
        match self.finding.insight_type {
            InsightType::ActivitySpike => format!("Unusually many {} events at {camera}", self.kind()),
            InsightType::ActivityDrop => format!("Unusually few {} events at {camera}", self.kind()),
            InsightType::CameraSilent if self.finding.is_lasting => format!("{camera} has gone silent"),
            InsightType::CameraSilent => format!("{camera} was silent"),
            InsightType::FirstSeen => format!("First {} at {camera}", self.kind()),
            InsightType::Alarm => format!("{} at {camera}", sentence_case(&self.kind())),
            InsightType::Rare => format!("A rare {} at {camera}", self.kind()),
            InsightType::Prediction => format!("What to expect at {camera}"),
        }
    }

    fn response(&self, evidence: &[Evidence]) -> String {
        let finding = self.finding;
        let when = stretch(finding.period.start, finding.period.end, &self.history.timezone);
        let camera = &self.camera;
        let usual = finding.expected.map(|range| self.usual(range)).unwrap_or_default();
        match finding.insight_type {
            InsightType::ActivitySpike | InsightType::ActivityDrop => format!(
                "{camera} sent {:.0} {} events {when}; {usual}. {}",
                finding.observed.unwrap_or_default(),
                self.kind(),
                chance(finding.p_value)
            ),
            InsightType::CameraSilent => format!(
                "{camera} sent nothing {when} ({:.0} minutes); {usual}. {}",
                minutes(finding),
                chance(finding.p_value)
            ),
            InsightType::FirstSeen => {
                let first = evidence.first().map(|e| moment(e.timestamp, &self.history.timezone));
                format!(
                    "{camera} showed a {} {}for the first time.",
                    self.kind(),
                    first.map(|at| format!("{at} ")).unwrap_or_default()
                )
            }
            InsightType::Alarm | InsightType::Rare => self.alarm(&when, evidence),
            InsightType::Prediction => {
                format!("{when}, {camera} is likely to send {}.", range(finding.expected))
            }
        }
    }

    /// "Gate told of 2 “door forced” events on Monday, 1 June between 02:14 and 02:19; their source calls them high."
    fn alarm(&self, when: &str, evidence: &[Evidence]) -> String {
        let finding = self.finding;
        let observed = finding.observed.unwrap_or_default();
        let (events, them) = if observed < 1.5 { ("event", "it") } else { ("events", "them") };
        let told = format!("{} told of {observed:.0} “{}” {events} {when}", self.camera, self.kind());
        let why = match &finding.alarm {
            Some(Alarm::BySource(words)) => {
                let words: Vec<String> = words.iter().map(|word| format!("“{}”", plain(word))).collect();
                format!("; the source calls {them} {}", words.join(" or "))
            }
            Some(Alarm::ByType { is_critical: true }) if observed < 1.5 => {
                "; the source calls it critical".to_owned()
            }
            Some(Alarm::ByType { is_critical: true }) => {
                "; the source calls some of them critical".to_owned()
            }
            Some(Alarm::Rare { before, weeks }) => {
                format!("; the {weeks:.1} weeks before hold {before} of that kind")
            }
            _ => String::new(),
        };
        // What happened, where one event is all of it.
        let shown =
            evidence.first().filter(|_| observed < 1.5).and_then(|event| event.description.as_deref());
        let shown =
            shown.map(|text| format!(": {}", shortened(text.trim_end_matches('.'), QUOTED_CHARS_MAX)));
        format!("{told}{why}{}.", shown.unwrap_or_default())
    }

    fn usual(&self, expected: ExpectedRange) -> String {
        let (pooling, weeks) = self.finding.judged_by;
        let basis = match pooling {
            Pooling::HourOfWeek => "at these hours of the week",
            Pooling::HourOfDay => "at these hours on such days",
        };
        format!("{} would be usual {basis}, judging by {:.1} weeks before", range(Some(expected)), weeks)
    }

    /// Questions that name camera and hours as the question grammar reads them. A name that had to be
    /// cleaned would not be found again, so that only the others are asked about then.
    fn follow_ups(&self) -> Vec<String> {
        let timezone = &self.history.timezone;
        let local = |instant: Timestamp| instant.to_zoned(timezone.clone());
        let (start, end) = (self.finding.period.start, self.finding.period.end);
        // Questions name whole minutes; the last of them is in the period.
        let minute = |instant: Timestamp, seconds: i64| {
            let whole = (instant.as_second() + seconds).div_euclid(60) * 60;
            Timestamp::from_second(whole).unwrap_or(instant)
        };
        let (start, end) = (local(minute(start, 0)), local(minute(end, 59)));
        let when = format!("from {} to {}", start.strftime("%Y-%m-%d %H:%M"), end.strftime("%Y-%m-%d %H:%M"));
        let camera = self.called;
        let mut questions = match self.finding.insight_type {
            InsightType::Prediction => return Vec::new(),
            InsightType::CameraSilent => {
                vec![format!(
                    "What was the last event at {camera} before {}?",
                    start.strftime("%Y-%m-%d %H:%M")
                )]
            }
            _ => vec![
                format!("What happened at {camera} {when}?"),
                format!("Show me the events at {camera} {when}"),
            ],
        };
        questions.retain(|question| is_plain(question));
        questions.push(format!("What happened on the other cameras {when}?"));
        questions
    }

    fn actions(&self) -> Vec<String> {
        let camera = &self.camera;
        match self.finding.insight_type {
            InsightType::ActivitySpike | InsightType::FirstSeen | InsightType::Alarm | InsightType::Rare => {
                vec![
                    format!("Look at the events shown for {camera}"),
                    format!("Check the cameras next to {camera}"),
                ]
            }
            InsightType::ActivityDrop => {
                vec![
                    format!("Check that the view of {camera} is clear"),
                    format!("Check the detector of {camera}"),
                ]
            }
            InsightType::CameraSilent => {
                vec![format!("Check power, network and recorder of {camera}")]
            }
            InsightType::Prediction => Vec::new(),
        }
    }
}

fn minutes(finding: &Finding) -> f64 {
    (finding.period.seconds() / 60.0).round()
}

fn range(expected: Option<ExpectedRange>) -> String {
    match expected {
        Some(ExpectedRange { low, high }) if high - low < 0.5 => format!("{low:.0} events"),
        Some(ExpectedRange { low, high }) => format!("{low:.0} to {high:.0} events"),
        None => String::new(),
    }
}

fn chance(p_value: Option<f64>) -> String {
    match p_value {
        Some(p) if p < 1e-9 => "The chance of that by accident is below one in a billion.".to_owned(),
        Some(p) if p > 0.0 => {
            format!("The chance of that by accident is about one in {:.0}.", round_two(1.0 / p))
        }
        _ => String::new(),
    }
}

/// Two significant digits: more would pretend to a precision that a model of counts does not have.
fn round_two(value: f64) -> f64 {
    let scale = 10_f64.powf(value.abs().log10().floor() - 1.0);
    (value / scale).round() * scale
}

fn moment(instant: Timestamp, timezone: &TimeZone) -> String {
    instant.to_zoned(timezone.clone()).strftime("on %A, %-d %B at %H:%M").to_string()
}

fn stretch(start: Timestamp, end: Timestamp, timezone: &TimeZone) -> String {
    let (from, to) = (start.to_zoned(timezone.clone()), end.to_zoned(timezone.clone()));
    if end.duration_since(start) <= SignedDuration::from_secs(60) {
        return moment(start, timezone);
    }
    if from.date() == to.date() {
        return format!(
            "on {} between {} and {}",
            from.strftime("%A, %-d %B"),
            from.strftime("%H:%M"),
            to.strftime("%H:%M")
        );
    }
    format!("between {} and {}", from.strftime("%A, %-d %B %H:%M"), to.strftime("%A, %-d %B %H:%M"))
}
