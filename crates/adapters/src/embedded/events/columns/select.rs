//! Which rows a caller may see and asked for: one pass over the columns, before anything is ranked
//! or counted.

use eps_domain::{Period, event_store::EventFilter};

use super::{super::row_set::RowSet, BLOCK_ROWS, Columns, cameras::NO_CAMERA, dictionary::Dictionary};

/// For each camera code, whether it may be seen.
pub(in super::super) type VisibleCameras = [bool];

const BLOCK_WORDS: usize = BLOCK_ROWS / 64;

/// A filter in terms of codes.
struct Wanted {
    cameras: Vec<bool>,
    labels: Option<Vec<bool>>,
    sub_labels: Option<Vec<bool>>,
    event_types: Option<Vec<bool>>,
    severities: Option<Vec<bool>>,
    zone_sets: Option<Vec<bool>>,
    /// Sorted, without overlaps. Microseconds, half open.
    periods: Option<Vec<(i64, i64)>>,
    min_confidence: Option<f32>,
    max_confidence: Option<f32>,
}

impl Columns {
    /// The visible rows that match a filter.
    pub(in super::super) fn select(&self, visible: &VisibleCameras, filter: &EventFilter) -> RowSet {
        let wanted = self.wanted(visible, filter);
        let mut words = vec![0_u64; self.rows().div_ceil(64)];
        for (block, words) in words.chunks_mut(BLOCK_WORDS).enumerate() {
            let inside = match &wanted.periods {
                None => Inside::All,
                Some(periods) => inside(periods, self.spans[block]),
            };
            if inside == Inside::None {
                continue;
            }
            for (index, word) in words.iter_mut().enumerate() {
                let first = block * BLOCK_ROWS + index * 64;
                *word = self.select_word(&wanted, first, inside == Inside::All);
            }
        }
        RowSet::from_words(words)
    }

    fn wanted(&self, visible: &VisibleCameras, filter: &EventFilter) -> Wanted {
        let mut cameras = visible.to_vec();
        if let Some(ids) = &filter.cameras {
            for (allowed, entry) in cameras.iter_mut().zip(self.cameras.entries()) {
                *allowed = *allowed && ids.iter().any(|id| **id == *entry.id);
            }
        }
        cameras[NO_CAMERA as usize] = false;
        let zone_sets = codes(&self.zone_names, &filter.zones).map(|zones| {
            self.zone_sets.sets().iter().map(|set| set.iter().any(|zone| zones[*zone as usize])).collect()
        });
        Wanted {
            cameras,
            labels: codes(&self.labels, &filter.labels),
            sub_labels: codes(&self.sub_labels, &filter.sub_labels),
            event_types: codes(&self.event_types, &filter.event_types),
            severities: codes(&self.severities, &filter.severities),
            zone_sets,
            periods: (!filter.periods.is_empty()).then(|| merged(&filter.periods)),
            min_confidence: filter.min_confidence,
            max_confidence: filter.max_confidence,
        }
    }

    fn select_word(&self, wanted: &Wanted, first: usize, any_time: bool) -> u64 {
        let last = (first + 64).min(self.rows());
        let mut word = pack(&self.camera[first..last], |code| wanted.cameras[*code as usize]);
        if word == 0 {
            return 0;
        }
        if let (Some(periods), false) = (&wanted.periods, any_time) {
            word &= match periods.as_slice() {
                [(start, end)] => pack(&self.time[first..last], |time| start <= time && time < end),
                many => pack(&self.time[first..last], |time| {
                    let next = many.partition_point(|(start, _)| start <= time);
                    next > 0 && *time < many[next - 1].1
                }),
            };
        }
        for (column, codes) in [
            (&self.label, &wanted.labels),
            (&self.event_type, &wanted.event_types),
            (&self.sub_label, &wanted.sub_labels),
            (&self.severity, &wanted.severities),
            (&self.zones, &wanted.zone_sets),
        ] {
            if let (Some(codes), true) = (codes, word != 0) {
                word &= pack(&column[first..last], |code| codes[*code as usize]);
            }
        }
        if let (Some(least), true) = (wanted.min_confidence, word != 0) {
            word &= pack(&self.confidence[first..last], |confidence| *confidence >= least);
        }
        if let (Some(most), true) = (wanted.max_confidence, word != 0) {
            word &= pack(&self.confidence[first..last], |confidence| *confidence < most);
        }
        word
    }
}

/// One bit a row.
fn pack<T>(rows: &[T], holds: impl Fn(&T) -> bool) -> u64 {
    rows.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(holds(value)) << bit)
}

/// For each code, whether the filter names it; `None` when the filter does not restrict.
fn codes(dictionary: &Dictionary, terms: &[String]) -> Option<Vec<bool>> {
    (!terms.is_empty()).then(|| {
        let mut wanted = vec![false; dictionary.len()];
        for code in terms.iter().filter(|term| !term.is_empty()).filter_map(|term| dictionary.code(term)) {
            wanted[code as usize] = true;
        }
        wanted
    })
}

/// The union of periods.
fn merged(periods: &[Period]) -> Vec<(i64, i64)> {
    let mut spans: Vec<(i64, i64)> =
        periods.iter().map(|period| (ceil_us(period.start), ceil_us(period.end))).collect();
    spans.retain(|(start, end)| start < end);
    spans.sort_unstable();
    let mut union: Vec<(i64, i64)> = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        match union.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => union.push((start, end)),
        }
    }
    union
}

/// Events are known to the microsecond; a boundary between two of them falls on the later one.
fn ceil_us(instant: jiff::Timestamp) -> i64 {
    let microseconds = instant.as_nanosecond().div_euclid(1_000);
    let exact = instant.as_nanosecond().rem_euclid(1_000) == 0;
    microseconds as i64 + i64::from(!exact)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    None,
    Some,
    All,
}

/// How much of a span of times lies within periods.
fn inside(periods: &[(i64, i64)], (first, last): (i64, i64)) -> Inside {
    let next = periods.partition_point(|(_, end)| *end <= first);
    match periods.get(next) {
        Some((start, end)) if *start <= first && last < *end => Inside::All,
        Some((start, _)) if *start <= last => Inside::Some,
        _ => Inside::None,
    }
}
