//! The simulation by its settings, and an event in the making.

use eps_domain::EventDraft;
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// A repeatable stretch of life at the sample site.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Decides every dice roll.
    pub seed: u64,
    /// The day on which the incidents are anchored: the day of the first start.
    pub anchor: Date,
    /// The zone of the site.
    pub timezone: TimeZone,
}

/// An event in the making.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) at: Timestamp,
    pub(super) seconds: i64,
    pub(super) camera: &'static str,
    pub(super) event_type: &'static str,
    pub(super) label: &'static str,
    pub(super) sub_label: Option<String>,
    pub(super) zone: Option<&'static str>,
    pub(super) confidence: f64,
    pub(super) description: String,
    /// Set for planted events, whose ids are written down.
    pub(super) id: Option<String>,
}

impl Sketch {
    pub(super) fn ends(&self) -> Timestamp {
        self.at.saturating_add(self.seconds.seconds()).unwrap_or(self.at)
    }

    pub(super) fn into_draft(self, date: Date, index: usize) -> EventDraft {
        let id = self
            .id
            .clone()
            .unwrap_or_else(|| format!("{}-{}-{index:04}", self.camera, date.strftime("%Y%m%d")));
        EventDraft {
            event_id: Some(id),
            timestamp: Some(self.at.to_string()),
            end_time: Some(self.ends().to_string()),
            camera_id: Some(self.camera.to_owned()),
            event_type: Some(self.event_type.to_owned()),
            label: Some(self.label.to_owned()),
            sub_label: self.sub_label,
            confidence: Some((self.confidence * 100.0).round() / 100.0),
            description: Some(self.description),
            zones: self.zone.map(|zone| vec![zone.to_owned()]),
            source: Some("simulator".to_owned()),
            ..EventDraft::default()
        }
    }
}
