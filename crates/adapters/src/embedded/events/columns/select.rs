//! Which rows a caller may see and asked for: one pass over the columns, before anything is ranked
//! or counted.

use eps_domain::{Period, event_store::EventFilter};

use super::{
    super::row_set::RowSet,
    BLOCK_ROWS, Columns,
    cameras::{CameraEntry, NO_CAMERA},
    dictionary::Dictionary,
};

/// For each camera code, whether it may be seen.
pub(in super::super) type VisibleCameras = [bool];

const BLOCK_WORDS: usize = BLOCK_ROWS / 64;

/// Codes of a column that a filter wants. Mostly that is one or all but one: then many rows are compared at
/// once, where looking each of them up would take one at a time.
enum Codes {
    One(u32),
    AllBut(u32),
    /// For each code, whether it is wanted.
    Some(Vec<bool>),
}

impl Codes {
    fn of(wanted: Vec<bool>) -> Self {
        let single = |is_it: bool| {
            let mut found =
                wanted.iter().zip(0..).filter(|(wanted, _)| **wanted == is_it).map(|(_, code)| code);
            found.next().filter(|_| found.next().is_none())
        };
        match (single(true), single(false)) {
            (Some(code), _) => Self::One(code),
            (None, Some(code)) => Self::AllBut(code),
            (None, None) => Self::Some(wanted),
        }
    }

    /// One bit a row.
    fn pack(&self, rows: &[u32]) -> u64 {
        match self {
            Self::One(wanted) => pack(rows, |code| code == wanted),
            Self::AllBut(unwanted) => pack(rows, |code| code != unwanted),
            Self::Some(wanted) => pack(rows, |code| wanted[*code as usize]),
        }
    }
}

/// A filter in terms of codes.
struct Wanted {
    cameras: Codes,
    labels: Option<Codes>,
    sub_labels: Option<Codes>,
    event_types: Option<Codes>,
    severities: Option<Codes>,
    zone_sets: Option<Codes>,
    /// Cameras that are enough without a zone.
    or_cameras: Option<Codes>,
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
            let inside = self.block_inside(&wanted, block);
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

    /// Whether any visible row matches a filter. Mostly a late one does: the rows are nearly in the order of
    /// time, and what is asked about is mostly of late.
    pub(in super::super) fn has_any(&self, visible: &VisibleCameras, filter: &EventFilter) -> bool {
        let wanted = self.wanted(visible, filter);
        let blocks = (0..self.rows().div_ceil(BLOCK_ROWS)).rev();
        let inside = blocks.map(|block| (block, self.block_inside(&wanted, block)));
        inside.filter(|(_, inside)| *inside != Inside::None).any(|(block, inside)| {
            let rows = block * BLOCK_ROWS..self.rows().min((block + 1) * BLOCK_ROWS);
            rows.step_by(64).any(|first| self.select_word(&wanted, first, inside == Inside::All) != 0)
        })
    }

    fn block_inside(&self, wanted: &Wanted, block: usize) -> Inside {
        wanted.periods.as_ref().map_or(Inside::All, |periods| inside(periods, self.spans[block]))
    }

    fn wanted(&self, visible: &VisibleCameras, filter: &EventFilter) -> Wanted {
        let mut cameras = visible.to_vec();
        cameras[NO_CAMERA as usize] = false;
        let named = filter.cameras.as_ref().map(|ids| {
            let is_named =
                |(visible, entry): (&bool, &CameraEntry)| *visible && ids.iter().any(|id| **id == *entry.id);
            cameras.iter().zip(self.cameras.entries()).map(is_named).collect::<Vec<bool>>()
        });
        let zone_sets = codes(&self.zone_names, &filter.zones).map(|zones| {
            self.zone_sets.sets().iter().map(|set| set.iter().any(|zone| zones[*zone as usize])).collect()
        });
        let of = |dictionary, terms| codes(dictionary, terms).map(Codes::of);
        // Where a camera is enough without a zone, a zone can be on any that may be seen.
        let (cameras, or_cameras) = match (named, &zone_sets) {
            (Some(named), Some(_)) if filter.any_place => (cameras, Some(Codes::of(named))),
            (Some(named), _) => (named, None),
            (None, _) => (cameras, None),
        };
        Wanted {
            cameras: Codes::of(cameras),
            or_cameras,
            labels: of(&self.labels, &filter.labels),
            sub_labels: of(&self.sub_labels, &filter.sub_labels),
            event_types: of(&self.event_types, &filter.event_types),
            severities: of(&self.severities, &filter.severities),
            zone_sets: zone_sets.map(Codes::of),
            periods: (!filter.periods.is_empty()).then(|| merged(&filter.periods)),
            min_confidence: filter.min_confidence,
            max_confidence: filter.max_confidence,
        }
    }

    fn select_word(&self, wanted: &Wanted, first: usize, any_time: bool) -> u64 {
        let last = (first + 64).min(self.rows());
        let mut word = wanted.cameras.pack(&self.camera[first..last]);
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
        ] {
            if let (Some(codes), true) = (codes, word != 0) {
                word &= codes.pack(&column[first..last]);
            }
        }
        if let (Some(zones), true) = (&wanted.zone_sets, word != 0) {
            let on_camera = wanted.or_cameras.as_ref().map_or(0, |own| own.pack(&self.camera[first..last]));
            word &= zones.pack(&self.zones[first..last]) | on_camera;
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

/// One bit for each of at most 64 rows. A byte a row first, which compilers do for many rows at once; then
/// one multiplication moves the lowest bits of eight bytes beside each other.
fn pack<T>(rows: &[T], holds: impl Fn(&T) -> bool) -> u64 {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut flags = [0_u8; 64];
    for (flag, value) in flags.iter_mut().zip(rows) {
        *flag = u8::from(holds(value));
    }
    let (eights, _) = flags.as_chunks::<8>();
    eights
        .iter()
        .rev()
        .fold(0, |word, eight| word << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_are_packed_as_they_are_wanted(
            wanted in proptest::collection::vec(any::<bool>(), 1..6),
            rows in proptest::collection::vec(0_usize..100, 0..=64),
        ) {
            let rows: Vec<u32> = rows.into_iter().map(|row| (row % wanted.len()) as u32).collect();
            let bits = rows.iter().enumerate().map(|(bit, code)| u64::from(wanted[*code as usize]) << bit);
            let expected = bits.sum::<u64>();
            prop_assert_eq!(Codes::of(wanted).pack(&rows), expected);
        }
    }
}
