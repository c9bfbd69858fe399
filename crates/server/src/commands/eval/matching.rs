//! Whether an event is one of those that a question is about, by the predicate of the question file
//! and the event's own record. Knows nothing of how the service understood the question.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::questions::{Match, Question, QuestionFile, bounds, zone};

/// The predicates of one question.
pub(super) struct Predicate {
    all: Match,
    zone: TimeZone,
    now: Timestamp,
}

impl Predicate {
    /// What is counted: the question's own `match`, else what its expected fields say.
    pub(super) fn counted(question: &Question, file: &QuestionFile) -> Self {
        let all = question.matches.clone().unwrap_or_else(|| from_fields(question));
        Self { all, zone: zone(question, file), now: file.now }
    }

    /// What may be shown.
    pub(super) fn shown(question: &Question, file: &QuestionFile) -> Self {
        match &question.shows {
            Some(all) => Self { all: all.clone(), zone: zone(question, file), now: file.now },
            None => Self::counted(question, file),
        }
    }

    /// The same without its texts: what is shown as similar when nothing holds the words.
    pub(super) fn without_texts(mut self) -> Self {
        self.all.text.clear();
        self.all.any_text.clear();
        self
    }

    /// Whether the record of an event fits.
    pub(super) fn holds(&self, event: &Value) -> bool {
        self.fits(&self.all, event)
    }

    fn fits(&self, all: &Match, event: &Value) -> bool {
        let text = |field: &str| event[field].as_str().unwrap_or_default();
        let one_of =
            |wanted: &[String], field: &str| wanted.is_empty() || wanted.iter().any(|one| one == text(field));
        let zones = event["zones"].as_array().map(Vec::as_slice).unwrap_or_default();
        let description = text("description").to_lowercase();
        let confidence = event["confidence"].as_f64();
        let on_camera = one_of(&all.cameras, "camera_id");
        let in_zone =
            all.zones.is_empty() || zones.iter().any(|z| all.zones.iter().any(|one| z == one.as_str()));
        let is_there = if all.any_place { on_camera || in_zone } else { on_camera && in_zone };
        is_there
            && one_of(&all.labels, "label")
            && one_of(&all.types, "event_type")
            && one_of(&all.sub_labels, "sub_label")
            && (all.when.is_empty() || self.is_within(&all.when, text("timestamp")))
            // Confidences travel as 32 bits.
            && all.min_confidence.is_none_or(|least| confidence.is_some_and(|c| c >= least - 1e-6))
            && all.max_confidence.is_none_or(|most| confidence.is_some_and(|c| c <= most + 1e-6))
            && all.text.iter().all(|part| description.contains(&part.to_lowercase()))
            && (all.any_text.is_empty()
                || all.any_text.iter().any(|part| description.contains(&part.to_lowercase())))
            && all.not.as_ref().is_none_or(|not| !self.fits(not, event))
    }

    fn is_within(&self, periods: &[String], timestamp: &str) -> bool {
        let Ok(at) = timestamp.parse::<Timestamp>() else { return false };
        periods
            .iter()
            .filter_map(|period| bounds(period, &self.zone, self.now).ok())
            .any(|(start, end)| start <= at && at < end)
    }
}

fn from_fields(question: &Question) -> Match {
    let list = |values: &Option<Vec<String>>| values.clone().unwrap_or_default();
    Match {
        cameras: list(&question.cameras),
        labels: list(&question.labels),
        types: list(&question.event_types),
        zones: list(&question.zones),
        sub_labels: list(&question.sub_labels),
        when: list(&question.periods),
        min_confidence: question.min_confidence,
        ..Match::default()
    }
}
