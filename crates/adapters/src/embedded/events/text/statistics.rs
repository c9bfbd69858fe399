//! How common words are, for BM25. Common among the events that the caller may see: what a caller may
//! not see must not even move the ranks of what they see.

use std::collections::HashMap;

use moka::sync::Cache as Moka;
use tantivy::{
    DocSet, Searcher, SegmentReader, TERMINATED, Term,
    fieldnorm::FieldNormReader,
    query::Bm25StatisticsProvider as _,
    schema::{Field, IndexRecordOption},
};

use super::{
    super::{row_set::RowSet, scope::ScopeKey},
    index::ROW,
    tail::Tail,
};

/// How soon repetition stops to count, and how much length does: the constants in general use.
const K1: f32 = 1.2;
const B: f32 = 0.75;
/// Entries of scopes and terms kept; a term costs about 200 bytes.
const CACHED_MAX: u64 = 10_000;

/// Everything a caller may see, where that is not everything there is.
pub(in super::super) struct Universe<'a> {
    /// Names the scope.
    pub(in super::super) scope: ScopeKey,
    pub(in super::super) rows: &'a RowSet,
}

/// Figures of scopes that are narrower than the store; good for one generation of the index.
pub(super) struct Cache {
    /// Documents and terms, by generation and scope.
    sizes: Moka<(u64, ScopeKey), (u64, u64)>,
    /// Documents with a term, by generation, scope and term.
    frequencies: Moka<(u64, ScopeKey, Box<str>), u64>,
}

impl Default for Cache {
    fn default() -> Self {
        Self { sizes: Moka::new(CACHED_MAX), frequencies: Moka::new(CACHED_MAX) }
    }
}

/// The figures that BM25 needs for one question.
#[derive(Debug)]
pub(super) struct Statistics {
    documents: u64,
    terms: u64,
    frequencies: HashMap<String, u64>,
}

impl Statistics {
    /// Gathers them for the terms of a question, waiting events included.
    pub(super) fn gather(
        searcher: &Searcher,
        field: Field,
        tail: &Tail,
        terms: &[String],
        universe: Option<&Universe<'_>>,
        cache: &Cache,
    ) -> tantivy::Result<Self> {
        let (mut documents, mut length) = match universe {
            None => (searcher.total_num_docs()?, searcher.total_num_tokens(field)?),
            Some(universe) => {
                let key = (searcher.generation().generation_id(), universe.scope.clone());
                if let Some(known) = cache.sizes.get(&key) {
                    known
                } else {
                    let sizes = sizes(searcher, field, universe.rows)?;
                    cache.sizes.insert(key, sizes);
                    sizes
                }
            }
        };
        let visible = |row| universe.is_none_or(|universe| universe.rows.contains(row));
        for (_, event) in tail.iter().filter(|(row, _)| visible(*row)) {
            documents += 1;
            length += u64::from(event.length);
        }
        let mut frequencies = HashMap::with_capacity(terms.len());
        for text in terms {
            let term = Term::from_field_text(field, text);
            let mut frequency = match universe {
                None => searcher.doc_freq(&term)?,
                Some(universe) => {
                    let generation = searcher.generation().generation_id();
                    let key = (generation, universe.scope.clone(), text.as_str().into());
                    if let Some(known) = cache.frequencies.get(&key) {
                        known
                    } else {
                        let frequency = frequency(searcher, &term, universe.rows)?;
                        cache.frequencies.insert(key, frequency);
                        frequency
                    }
                }
            };
            let waiting = tail.iter().filter(|(row, event)| visible(*row) && event.frequency(text) > 0);
            frequency += waiting.count() as u64;
            frequencies.insert(text.clone(), frequency.min(documents));
        }
        Ok(Self { documents, terms: length, frequencies })
    }

    /// What one occurrence of a term is worth: its rarity, by the formula of BM25 (Robertson and
    /// Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009).
    pub(super) fn weight(&self, term: &str) -> f32 {
        let with = self.frequencies.get(term).copied().unwrap_or_default();
        let without = self.documents.saturating_sub(with);
        (1.0 + K1) * ((without as f32 + 0.5) / (with as f32 + 0.5)).ln_1p()
    }

    /// How much the length of a text dampens its occurrences, by the code that the index keeps of it.
    pub(super) fn norms(&self) -> [f32; 256] {
        let average = (self.terms as f32 / self.documents.max(1) as f32).max(1.0);
        std::array::from_fn(|code| {
            let length = FieldNormReader::id_to_fieldnorm(code as u8);
            K1 * (1.0 - B + B * length as f32 / average)
        })
    }
}

/// How many documents and terms the rows hold.
fn sizes(searcher: &Searcher, field: Field, rows: &RowSet) -> tantivy::Result<(u64, u64)> {
    let (mut documents, mut terms) = (0, 0);
    for segment in searcher.segment_readers() {
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        let lengths = segment.get_fieldnorms_reader(field)?;
        for document in segment.doc_ids_alive() {
            if rows.contains(row_of.get_val(document) as u32) {
                documents += 1;
                terms += u64::from(lengths.fieldnorm(document));
            }
        }
    }
    Ok((documents, terms))
}

/// How many documents of the rows hold a term.
fn frequency(searcher: &Searcher, term: &Term, rows: &RowSet) -> tantivy::Result<u64> {
    let mut found = 0;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(term.field())?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else { continue };
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        while postings.doc() != TERMINATED {
            let document = postings.doc();
            if is_alive(segment, document) && rows.contains(row_of.get_val(document) as u32) {
                found += 1;
            }
            postings.advance();
        }
    }
    Ok(found)
}

fn is_alive(segment: &SegmentReader, document: u32) -> bool {
    segment.alive_bitset().is_none_or(|alive| alive.is_alive(document))
}
