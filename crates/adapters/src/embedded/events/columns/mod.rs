//! What filters and counts look at, as arrays in memory: one entry a row, strings as codes.
//!
//! Derived from the truth, never written but through [`Columns::apply`], which keeps the visits and
//! the figures of the cameras right.

pub(super) mod cameras;
mod cells;
pub(super) mod count;
pub(super) mod dictionary;
pub(super) mod select;
pub(super) mod snapshot;
mod visits;

use std::{collections::BTreeSet, time::Duration};

use eps_domain::Event;

use self::{
    cameras::{Cameras, NO_CAMERA},
    cells::Cells,
    dictionary::{Dictionary, ZoneSets},
    visits::Runs,
};
use super::{row_set::RowSet, truth::Stored};

/// Rows in one block of [`Columns::spans`].
pub(super) const BLOCK_ROWS: usize = 4_096;

/// All rows, column by column.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) time: Vec<i64>,
    pub(super) end: Vec<i64>,
    pub(super) camera: Vec<u32>,
    pub(super) label: Vec<u32>,
    pub(super) event_type: Vec<u32>,
    pub(super) sub_label: Vec<u32>,
    pub(super) severity: Vec<u32>,
    pub(super) zones: Vec<u32>,
    pub(super) visit: Vec<u32>,
    pub(super) confidence: Vec<f32>,
    pub(super) words_revision: Vec<u64>,
    pub(super) starts_visit: RowSet,
    pub(super) cameras: Cameras,
    pub(super) labels: Dictionary,
    pub(super) event_types: Dictionary,
    pub(super) sub_labels: Dictionary,
    pub(super) severities: Dictionary,
    pub(super) zone_names: Dictionary,
    pub(super) visit_ids: Dictionary,
    pub(super) zone_sets: ZoneSets,
    /// The revision of the truth that these columns reflect.
    pub(super) revision: u64,
    /// Events, not rows.
    pub(super) events: u64,
    /// The earliest and latest time that each block of rows ever held; only ever too wide.
    spans: Vec<(i64, i64)>,
    runs: Runs,
}

impl Columns {
    pub(super) fn new(visit_gap: Duration) -> Self {
        let gap = i64::try_from(visit_gap.as_micros()).unwrap_or(i64::MAX);
        Self {
            time: Vec::new(),
            end: Vec::new(),
            camera: Vec::new(),
            label: Vec::new(),
            event_type: Vec::new(),
            sub_label: Vec::new(),
            severity: Vec::new(),
            zones: Vec::new(),
            visit: Vec::new(),
            confidence: Vec::new(),
            words_revision: Vec::new(),
            starts_visit: RowSet::default(),
            cameras: Cameras::default(),
            labels: Dictionary::default(),
            event_types: Dictionary::default(),
            sub_labels: Dictionary::default(),
            severities: Dictionary::default(),
            zone_names: Dictionary::default(),
            visit_ids: Dictionary::default(),
            zone_sets: ZoneSets::default(),
            revision: 0,
            events: 0,
            spans: Vec::new(),
            runs: Runs::new(gap),
        }
    }

    /// Rows, whether or not they hold an event.
    pub(super) fn rows(&self) -> usize {
        self.time.len()
    }

    /// For each block of [`BLOCK_ROWS`] rows instants that none of its events lies before or after.
    pub(super) fn spans(&self) -> &[(i64, i64)] {
        &self.spans
    }

    pub(super) fn holds_event(&self, row: u32) -> bool {
        self.camera.get(row as usize).is_some_and(|camera| *camera != NO_CAMERA)
    }

    fn cells(&self, row: u32) -> Cells {
        let row = row as usize;
        Cells {
            time: self.time[row],
            end: self.end[row],
            camera: self.camera[row],
            label: self.label[row],
            event_type: self.event_type[row],
            sub_label: self.sub_label[row],
            severity: self.severity[row],
            zones: self.zones[row],
            visit: self.visit[row],
            confidence: self.confidence[row],
            words_revision: self.words_revision[row],
        }
    }

    /// Takes over rows as they were written, in the order of their revisions; visits and figures are
    /// right when it returns.
    pub(super) fn apply(&mut self, batch: &[Stored]) {
        let mut moved = visits::Moved::default();
        let mut respan = BTreeSet::new();
        for stored in batch {
            let cells = self.intern(&stored.tenant, &stored.event, stored.words_revision);
            self.revision = self.revision.max(stored.revision);
            let old = self.holds_event(stored.row).then(|| self.cells(stored.row));
            if let Some(old) = old {
                if self.cameras.leave(&old, self.zone_sets.zones(old.zones)) {
                    respan.insert(old.camera);
                }
            } else {
                self.events += 1;
            }
            if old.is_none_or(|old| visits::place(&old) != visits::place(&cells)) {
                moved.note(stored.row, old.as_ref());
            }
            self.cameras.enter(&cells, self.zone_sets.zones(cells.zones));
            self.put(stored.row, &cells);
        }
        self.settle(moved);
        for camera in respan {
            let own = self.camera.iter().zip(&self.time).filter(|(code, _)| **code == camera);
            self.cameras.set_span(camera, own.map(|(_, time)| *time));
        }
    }

    /// Brings the runs and the marks of visits in line with rows that are new or moved.
    fn settle(&mut self, moved: visits::Moved) {
        let mut runs = std::mem::replace(&mut self.runs, Runs::new(0));
        let mut marks = std::mem::take(&mut self.starts_visit);
        runs.settle(moved, |row| self.cells(row), &mut marks);
        (self.runs, self.starts_visit) = (runs, marks);
    }

    /// Computes whatever follows from the columns alone.
    fn derive(&mut self) {
        self.spans.resize(self.rows().div_ceil(BLOCK_ROWS), (i64::MAX, i64::MIN));
        let mut rows: Vec<u32> = Vec::with_capacity(self.rows());
        for row in 0..self.rows() as u32 {
            if !self.holds_event(row) {
                continue;
            }
            let cells = self.cells(row);
            self.cameras.enter(&cells, self.zone_sets.zones(cells.zones));
            let span = &mut self.spans[row as usize / BLOCK_ROWS];
            *span = (span.0.min(cells.time), span.1.max(cells.time));
            rows.push(row);
        }
        self.events = rows.len() as u64;
        let mut runs = std::mem::replace(&mut self.runs, Runs::new(0));
        let mut marks = RowSet::with_rows(self.rows());
        runs.fill(&rows, |row| self.cells(row), &mut marks);
        (self.runs, self.starts_visit) = (runs, marks);
    }

    fn intern(&mut self, tenant: &str, event: &Event, words_revision: u64) -> Cells {
        let zones = event.zones.iter().map(|zone| self.zone_names.intern(zone)).collect();
        Cells {
            time: event.timestamp.as_microsecond(),
            end: event.end().as_microsecond(),
            camera: self.cameras.intern(tenant, &event.camera_id),
            label: self.labels.intern(event.label.as_deref().unwrap_or_default()),
            event_type: self.event_types.intern(&event.event_type),
            sub_label: self.sub_labels.intern(event.sub_label.as_deref().unwrap_or_default()),
            severity: self.severities.intern(&event.severity_told().unwrap_or_default()),
            zones: self.zone_sets.intern(zones),
            visit: self.visit_ids.intern(event.visit_id.as_deref().unwrap_or_default()),
            confidence: event.confidence.unwrap_or(f32::NAN),
            words_revision,
        }
    }

    fn put(&mut self, row: u32, cells: &Cells) {
        let index = row as usize;
        if index >= self.time.len() {
            self.resize(index + 1);
        }
        self.time[index] = cells.time;
        self.end[index] = cells.end;
        self.camera[index] = cells.camera;
        self.label[index] = cells.label;
        self.event_type[index] = cells.event_type;
        self.sub_label[index] = cells.sub_label;
        self.severity[index] = cells.severity;
        self.zones[index] = cells.zones;
        self.visit[index] = cells.visit;
        self.confidence[index] = cells.confidence;
        self.words_revision[index] = cells.words_revision;
        let span = &mut self.spans[index / BLOCK_ROWS];
        *span = (span.0.min(cells.time), span.1.max(cells.time));
    }

    fn resize(&mut self, rows: usize) {
        self.time.resize(rows, 0);
        self.end.resize(rows, 0);
        for codes in [
            &mut self.camera,
            &mut self.label,
            &mut self.event_type,
            &mut self.sub_label,
            &mut self.severity,
            &mut self.zones,
            &mut self.visit,
        ] {
            codes.resize(rows, 0);
        }
        self.confidence.resize(rows, f32::NAN);
        self.words_revision.resize(rows, 0);
        self.spans.resize(rows.div_ceil(BLOCK_ROWS), (i64::MAX, i64::MIN));
    }
}
