//! Events by their meaning: a bit code of every vector in memory to find candidates among the rows of
//! a filter, byte codes on disk to compare them.
//!
//! Derived: a vector belongs to one text of one model and is asked for again when either changes or
//! when its record is lost. Nothing here decides who may see what: every question comes with its rows.

mod codes;
mod kernel;
mod records;

use std::{fs, io, path::Path};

use eps_domain::{Error, Result};
use serde::{Deserialize, Serialize};

use self::{
    codes::{Query, encode},
    records::RecordFile,
};
use super::row_set::{RowSet, bits};
use crate::event_search::VectorSpace;

/// Rows of a filter that are all compared byte by byte; above, bits choose the candidates.
const COMPARED_ALL_MAX: u64 = 2_000;
/// Increased when the layout of the files changes; others are thrown away.
const LAYOUT: u32 = 1;
/// The longest vectors; see [`kernel::dot`].
const DIMENSIONS_MAX: usize = 8_192;

/// What the files hold, written beside them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    layout: u32,
    store_id: String,
    model: String,
    dimensions: usize,
}

/// The vectors of all events.
pub(super) struct Vectors {
    dimensions: usize,
    words: usize,
    /// `words` a row, whether or not it has a vector.
    bits: Vec<u64>,
    /// Rows whose vector is that of their present text.
    embedded: RowSet,
    bit_records: RecordFile,
    byte_records: RecordFile,
}

impl Vectors {
    /// Opens the vectors of a folder, or starts anew when they are of another model or store. A record
    /// counts when its revision is that of the words of its row.
    ///
    /// # Errors
    /// `InvalidInput` for dimensions that cannot be; `Unavailable` with code `STORAGE_FULL`.
    pub(super) fn open(
        folder: &Path,
        store_id: &str,
        space: VectorSpace,
        words_revisions: &[u64],
    ) -> Result<Self> {
        if !(1..=DIMENSIONS_MAX).contains(&space.dimensions) {
            let message = format!("vectors must have 1 to {DIMENSIONS_MAX} dimensions");
            return Err(Error::invalid("dimensions", message));
        }
        let held = Held {
            layout: LAYOUT,
            store_id: store_id.to_owned(),
            model: space.model,
            dimensions: space.dimensions,
        };
        let mut vectors = Self::open_files(folder, &held).map_err(failed)?;
        vectors.load(words_revisions).map_err(failed)?;
        Ok(vectors)
    }

    fn open_files(folder: &Path, held: &Held) -> io::Result<Self> {
        let description = folder.join("space.json");
        let found = fs::read(&description).ok().and_then(|json| serde_json::from_slice::<Held>(&json).ok());
        if found.as_ref() != Some(held) {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => fs::create_dir_all(folder)?,
            }
            fs::write(&description, serde_json::to_vec(held)?)?;
        }
        let words = held.dimensions.div_ceil(64);
        Ok(Self {
            dimensions: held.dimensions,
            words,
            bits: Vec::new(),
            embedded: RowSet::default(),
            bit_records: RecordFile::open(&folder.join("bits"), words * 8)?,
            byte_records: RecordFile::open(&folder.join("bytes"), 4 + held.dimensions)?,
        })
    }

    fn load(&mut self, words_revisions: &[u64]) -> io::Result<()> {
        let Self { words, bits, embedded, bit_records, .. } = self;
        bits.resize(words_revisions.len() * *words, 0);
        bit_records.read_all(|row, revision, payload| {
            if words_revisions.get(row as usize) != Some(&revision) {
                return;
            }
            let own = &mut bits[row as usize * *words..][..*words];
            for (word, bytes) in own.iter_mut().zip(payload.as_chunks::<8>().0) {
                *word = u64::from_le_bytes(*bytes);
            }
            embedded.insert(row);
        })
    }

    pub(super) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Rows that have the vector of their present text.
    pub(super) fn embedded(&self) -> &RowSet {
        &self.embedded
    }

    /// Keeps the vector of a row's present text.
    ///
    /// # Errors
    /// `InvalidInput` for a vector of another length or without a direction; `Unavailable` with code
    /// `STORAGE_FULL`.
    pub(super) fn keep(&mut self, row: u32, revision: u64, vector: &[f32]) -> Result<()> {
        let code = (vector.len() == self.dimensions).then(|| encode(vector)).flatten();
        let code = code.ok_or_else(|| {
            let message = format!("a vector must have {} dimensions and a direction", self.dimensions);
            Error::invalid("vector", message)
        })?;
        self.byte_records.write(row, revision, &code.bytes).map_err(failed)?;
        let bits: Vec<u8> = code.bits.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.bit_records.write(row, revision, &bits).map_err(failed)?;
        let at = row as usize * self.words;
        if self.bits.len() < at + self.words {
            self.bits.resize(at + self.words, 0);
        }
        self.bits[at..at + self.words].copy_from_slice(&code.bits);
        self.embedded.insert(row);
        Ok(())
    }

    /// The text of a row changed, or its record turned out to be damaged.
    pub(super) fn forget(&mut self, row: u32) {
        self.embedded.remove(row);
    }

    /// The nearest of some rows by cosine, nearest first, and rows whose records are damaged. With many
    /// rows the candidates are those whose signs differ least from the query's (recall of the true
    /// nearest ten about 0.97 among a million).
    pub(super) fn nearest(&self, query: &[f32], rows: &RowSet, limit: usize) -> Nearest {
        let Some(query) = Query::new(query) else { return Nearest::default() };
        let mut rows = rows.clone();
        rows.keep(&self.embedded);
        let count = rows.len();
        let candidates: Vec<u32> = if count <= COMPARED_ALL_MAX {
            rows.iter().collect()
        } else {
            self.least_differing(&query, &rows, limit)
        };
        let mut nearest = self.compare(&query, &candidates);
        nearest.found.sort_by(|a, b| b.1.total_cmp(&a.1));
        nearest.found.truncate(limit);
        nearest
    }

    /// The cosines of rows, which ascend; those without a vector are left out.
    pub(super) fn cosines(&self, query: &[f32], rows: &[u32]) -> Nearest {
        let Some(query) = Query::new(query) else { return Nearest::default() };
        let embedded: Vec<u32> = rows.iter().copied().filter(|row| self.embedded.contains(*row)).collect();
        self.compare(&query, &embedded)
    }

    fn compare(&self, query: &Query, rows: &[u32]) -> Nearest {
        let mut nearest = Nearest { found: Vec::with_capacity(rows.len()), damaged: Vec::new() };
        self.byte_records.read(rows, |row, bytes| match bytes.and_then(|bytes| query.cosine(bytes)) {
            Some(cosine) => nearest.found.push((row, cosine)),
            None => nearest.damaged.push(row),
        });
        nearest
    }

    /// The `limit` rows whose bits differ least, ascending by row; among equals the first ones.
    fn least_differing(&self, query: &Query, rows: &RowSet, limit: usize) -> Vec<u32> {
        let mut distances = Vec::with_capacity(rows.len() as usize);
        kernel::differing_bits(&self.bits, &query.bits, rows, &mut distances);
        // Four counters for each: neighbours are often equally far, and one would wait for the other.
        let mut at_distance = vec![[0_u32; 4]; self.words * 64 + 1];
        for distances in distances.chunks(4) {
            for (lane, distance) in distances.iter().enumerate() {
                at_distance[usize::from(*distance)][lane] += 1;
            }
        }
        let at_distance = |distance: usize| at_distance[distance].iter().sum::<u32>() as usize;
        let (mut cutoff, mut nearer) = (0, 0);
        while nearer + at_distance(cutoff) < limit && cutoff < self.words * 64 {
            nearer += at_distance(cutoff);
            cutoff += 1;
        }
        let (cutoff, mut room) = (cutoff as u16, limit - nearer);
        let mut chosen = Vec::with_capacity(limit);
        let mut rest = distances.as_slice();
        for (word, first) in rows.words().iter().zip((0..).step_by(64)) {
            let (distances, after) = rest.split_at(word.count_ones() as usize);
            rest = after;
            // Hardly any word has one near enough. Counted, not searched: without a branch for each
            // this is a few wide comparisons.
            if distances.iter().map(|distance| u16::from(*distance <= cutoff)).sum::<u16>() == 0 {
                continue;
            }
            for (row, distance) in bits(*word, first).zip(distances) {
                if *distance < cutoff || (*distance == cutoff && room > 0) {
                    room -= usize::from(*distance == cutoff);
                    chosen.push(row);
                }
            }
        }
        chosen
    }

    /// Lets what was kept reach the disk.
    pub(super) fn sync(&self) {
        if let Err(error) = self.byte_records.sync().and_then(|()| self.bit_records.sync()) {
            tracing::warn!(%error, "vectors may have to be made again after a power failure");
        }
    }
}

/// Rows and their cosines.
#[derive(Debug, Default)]
pub(super) struct Nearest {
    pub(super) found: Vec<(u32, f32)>,
    pub(super) damaged: Vec<u32>,
}

fn failed(error: io::Error) -> Error {
    Error::unavailable("STORAGE_FULL", "the vectors of events take no writes").caused_by(error)
}
