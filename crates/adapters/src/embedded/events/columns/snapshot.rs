//! The columns as one file, so that a start does not have to read every event. What can be computed
//! from the columns (visits, figures of cameras) is not in it.
//!
//! A file that is damaged, of another store or of a later position than the truth is ignored.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    time::Duration,
};

use super::{
    Columns,
    dictionary::{Dictionary, ZoneSets},
};

/// Says what the file is; the digit grows with the layout.
const MAGIC: &[u8; 8] = b"EPSCOLS2";
const CHECKSUM_BYTES: usize = 4;

impl Columns {
    /// The file's content.
    pub(in super::super) fn to_snapshot(&self, store_id: &str) -> Vec<u8> {
        let mut out = Output(Vec::with_capacity(64 * self.rows() + 65_536));
        out.0.extend_from_slice(MAGIC);
        out.text(store_id);
        out.number(self.revision);
        out.number(self.rows() as u64);
        let cameras = &self.cameras.entries()[1..];
        out.number(cameras.len() as u64);
        for entry in cameras {
            out.text(&entry.tenant);
            out.text(&entry.id);
        }
        for dictionary in self.dictionaries() {
            out.number(dictionary.len() as u64 - 1);
            dictionary.terms()[1..].iter().for_each(|term| out.text(term));
        }
        let sets = &self.zone_sets.sets()[1..];
        out.number(sets.len() as u64);
        for set in sets {
            out.number(set.len() as u64);
            out.column(set.iter().map(|zone| zone.to_le_bytes()));
        }
        out.column(self.time.iter().map(|value| value.to_le_bytes()));
        out.column(self.end.iter().map(|value| value.to_le_bytes()));
        for codes in [
            &self.camera,
            &self.label,
            &self.event_type,
            &self.sub_label,
            &self.severity,
            &self.zones,
            &self.visit,
        ] {
            out.column(codes.iter().map(|value| value.to_le_bytes()));
        }
        out.column(self.confidence.iter().map(|value| value.to_le_bytes()));
        out.column(self.words_revision.iter().map(|value| value.to_le_bytes()));
        let checksum = crc32fast::hash(&out.0);
        out.0.extend_from_slice(&checksum.to_le_bytes());
        out.0
    }

    /// Columns out of a file's content; `None` when it is not a sound snapshot of this store.
    pub(in super::super) fn from_snapshot(
        content: &[u8],
        store_id: &str,
        visit_gap: Duration,
    ) -> Option<Self> {
        let (content, checksum) = content.split_last_chunk::<CHECKSUM_BYTES>()?;
        let mut input = Input(content.strip_prefix(MAGIC)?);
        if input.text()? != store_id || u32::from_le_bytes(*checksum) != crc32fast::hash(content) {
            return None;
        }
        let mut columns = Self::new(visit_gap);
        columns.revision = input.number()?;
        let rows = usize::try_from(input.number()?).ok()?;
        for _ in 0..input.number()? {
            let (tenant, id) = (input.text()?, input.text()?);
            columns.cameras.intern(tenant, id);
        }
        columns.labels = input.dictionary()?;
        columns.event_types = input.dictionary()?;
        columns.sub_labels = input.dictionary()?;
        columns.severities = input.dictionary()?;
        columns.zone_names = input.dictionary()?;
        columns.visit_ids = input.dictionary()?;
        columns.zone_sets = input.zone_sets()?;
        columns.time = input.column(rows, i64::from_le_bytes)?;
        columns.end = input.column(rows, i64::from_le_bytes)?;
        columns.camera = input.column(rows, u32::from_le_bytes)?;
        columns.label = input.column(rows, u32::from_le_bytes)?;
        columns.event_type = input.column(rows, u32::from_le_bytes)?;
        columns.sub_label = input.column(rows, u32::from_le_bytes)?;
        columns.severity = input.column(rows, u32::from_le_bytes)?;
        columns.zones = input.column(rows, u32::from_le_bytes)?;
        columns.visit = input.column(rows, u32::from_le_bytes)?;
        columns.confidence = input.column(rows, f32::from_le_bytes)?;
        columns.words_revision = input.column(rows, u64::from_le_bytes)?;
        if !input.0.is_empty() {
            return None;
        }
        columns.derive();
        Some(columns)
    }

    fn dictionaries(&self) -> [&Dictionary; 6] {
        [
            &self.labels,
            &self.event_types,
            &self.sub_labels,
            &self.severities,
            &self.zone_names,
            &self.visit_ids,
        ]
    }
}

/// Puts a file in the place of another; after a crash there is the one or the other.
pub(in super::super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_data()?;
    file.persist(path)?;
    fs::File::open(folder)?.sync_all()
}

struct Output(Vec<u8>);

impl Output {
    fn number(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn text(&mut self, value: &str) {
        self.number(value.len() as u64);
        self.0.extend_from_slice(value.as_bytes());
    }

    fn column<const BYTES: usize>(&mut self, values: impl Iterator<Item = [u8; BYTES]>) {
        values.for_each(|value| self.0.extend_from_slice(&value));
    }
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn number(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_le_bytes(*bytes))
    }

    fn text(&mut self) -> Option<&'a str> {
        let bytes = usize::try_from(self.number()?).ok()?;
        std::str::from_utf8(self.bytes(bytes)?).ok()
    }

    fn column<T, const BYTES: usize>(
        &mut self,
        rows: usize,
        value: impl Fn([u8; BYTES]) -> T,
    ) -> Option<Vec<T>> {
        let (values, _) = self.bytes(rows.checked_mul(BYTES)?)?.as_chunks::<BYTES>();
        Some(values.iter().map(|bytes| value(*bytes)).collect())
    }

    fn dictionary(&mut self) -> Option<Dictionary> {
        let mut dictionary = Dictionary::default();
        for _ in 0..self.number()? {
            dictionary.intern(self.text()?);
        }
        Some(dictionary)
    }

    fn zone_sets(&mut self) -> Option<ZoneSets> {
        let mut sets = ZoneSets::default();
        for _ in 0..self.number()? {
            let zones = usize::try_from(self.number()?).ok()?;
            sets.intern(self.column(zones, u32::from_le_bytes)?);
        }
        Some(sets)
    }
}
