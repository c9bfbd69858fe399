//! The best documents of one segment by BM25, of those that may be found.
//!
//! Documents are gone through in windows, term after term, the rarest term first. Once the common terms
//! together cannot lift a document among the best found so far, they are only looked up where the rare
//! ones already speak for it (the idea of `MaxScore`: Turtle and Flood, "Query evaluation: strategies
//! and optimizations", 1995); and where a filter leaves few documents, just those are looked up. Every
//! way adds the same numbers in the same order, so that a score never depends on the way taken.

use tantivy::{
    DocId, Score, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    postings::BlockSegmentPostings,
    schema::{Field, IndexRecordOption},
};

use super::super::row_set::{RowSet, bits};

/// Documents of one window: their scores fit into the second cache of any processor.
const WINDOW: u32 = 1 << 14;
const WINDOW_WORDS: usize = WINDOW as usize / 64;
/// Looking up one document costs about as much as going through this many.
pub(super) const LOOK_UP_COST: u64 = 8;
/// Sums of bounds are rounded in another order than sums of scores.
const ROUNDING: f32 = 1.000_01;

/// A term of a question and what one occurrence of it is worth.
pub(super) struct Weighted<'a> {
    pub(super) text: &'a str,
    pub(super) weight: f32,
}

/// What a number of occurrences of a term adds to a score, never more than its weight.
pub(super) fn worth(weight: f32, times: u32, norm: f32) -> Score {
    let times = times as f32;
    weight * times / (times + norm)
}

/// The postings of one term, gone through once.
struct Cursor {
    block: BlockSegmentPostings,
    weight: f32,
    /// The worth of a single occurrence by the code of the length.
    once: [Score; 256],
    /// The most that this term and all later ones add.
    bound: Score,
    /// How many of a window's documents have the term, on average.
    per_window: u64,
}

impl Cursor {
    fn worth(&self, times: u32, length: u8, norms: &[f32; 256]) -> Score {
        match times {
            1 => self.once[usize::from(length)],
            _ => worth(self.weight, times, norms[usize::from(length)]),
        }
    }
}

/// One segment, ready to be gone through.
pub(super) struct Scoring<'a> {
    cursors: Vec<Cursor>,
    lengths: FieldNormReader,
    norms: &'a [f32; 256],
    allowed: &'a RowSet,
    documents: u32,
    /// Of the window, by place in it.
    scores: Vec<Score>,
    /// Places in the window that may still be among the best.
    open: Vec<u32>,
}

impl<'a> Scoring<'a> {
    /// `terms` in the order of falling weight; `allowed` are the documents that may be found.
    pub(super) fn new(
        segment: &SegmentReader,
        field: Field,
        terms: &[Weighted<'_>],
        norms: &'a [f32; 256],
        allowed: &'a RowSet,
    ) -> tantivy::Result<Self> {
        let index = segment.inverted_index(field)?;
        let documents = segment.max_doc();
        let mut cursors = Vec::with_capacity(terms.len());
        for Weighted { text, weight } in terms {
            let term = Term::from_field_text(field, text);
            let Some(block) = index.read_block_postings(&term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            let once = norms.map(|norm| worth(*weight, 1, norm));
            let per_window = u64::from(block.doc_freq()) * u64::from(WINDOW) / u64::from(documents.max(1));
            cursors.push(Cursor { block, weight: *weight, once, bound: 0.0, per_window });
        }
        let mut bound = 0.0;
        for cursor in cursors.iter_mut().rev() {
            bound += cursor.weight;
            cursor.bound = bound * ROUNDING;
        }
        let lengths = segment.get_fieldnorms_reader(field)?;
        let scores = vec![0.0; WINDOW as usize];
        Ok(Self { cursors, lengths, norms, allowed, documents, scores, open: Vec::new() })
    }

    /// Hands over the documents that score at least `least`, ascending; `found` returns what counts
    /// from then on, which never falls.
    pub(super) fn run(mut self, mut least: Score, mut found: impl FnMut(DocId, Score) -> Score) {
        if self.cursors.is_empty() {
            return;
        }
        for first in (0..self.documents).step_by(WINDOW as usize) {
            self.score_window(first, least);
            for place in &self.open {
                let score = self.scores[*place as usize];
                if score > 0.0 && score >= least {
                    least = found(first + place, score);
                }
            }
        }
    }

    /// Leaves in `open` those of a window that may score `least`, with their scores.
    fn score_window(&mut self, first: DocId, least: Score) {
        let words = first as usize / 64..(first as usize / 64 + WINDOW_WORDS).min(self.allowed.words().len());
        let allowed: u64 =
            self.allowed.words()[words.clone()].iter().map(|word| u64::from(word.count_ones())).sum();
        self.open.clear();
        if allowed == 0 {
            return;
        }
        self.scores.fill(0.0);
        // The terms from here on cannot lift a document up to `least` without those before.
        let common = self.cursors.partition_point(|cursor| cursor.bound >= least);
        let mut next = 0;
        if allowed * LOOK_UP_COST >= u64::from(WINDOW) {
            for index in 0..common {
                self.sweep(index, first);
            }
            next = common;
        }
        let rest = self.cursors.get(next).map_or(0.0, |cursor| cursor.bound);
        self.open_allowed(words, rest, least);
        for index in next..self.cursors.len() {
            if index > next {
                let rest = self.cursors[index].bound;
                let Self { open, scores, .. } = self;
                open.retain(|place| scores[*place as usize] + rest >= least);
            }
            if self.open.is_empty() {
                return;
            }
            if self.open.len() as u64 * LOOK_UP_COST < self.cursors[index].per_window {
                self.look_up(index, first);
            } else {
                self.sweep(index, first);
            }
        }
    }

    /// Opens the allowed documents that may come to `least` by at most `rest` more.
    fn open_allowed(&mut self, words: std::ops::Range<usize>, rest: Score, least: Score) {
        let Self { open, scores, allowed, .. } = self;
        for (index, word) in allowed.words()[words].iter().enumerate() {
            let scores = &scores[index * 64..][..64];
            // Counted, not searched: without a branch for each this is a few wide comparisons.
            let near = scores.iter().map(|score| u32::from(*score + rest >= least)).sum::<u32>();
            if *word == 0 || near == 0 {
                continue;
            }
            let promising = |place: &u32| scores[(*place % 64) as usize] + rest >= least;
            open.extend(bits(*word, index as u32 * 64).filter(promising));
        }
    }

    /// Adds the worth of a term to every document of the window.
    fn sweep(&mut self, index: usize, first: DocId) {
        let end = first.saturating_add(WINDOW);
        let cursor = &mut self.cursors[index];
        let mut from = cursor.block.seek(first);
        loop {
            let (documents, times) = (cursor.block.docs(), cursor.block.freqs());
            let Some(last) = documents.last() else { return };
            let inside =
                if *last < end { documents.len() } else { documents.partition_point(|one| *one < end) };
            for (document, times) in documents[..inside].iter().zip(times).skip(from) {
                let length = self.lengths.fieldnorm_id(*document);
                self.scores[(document - first) as usize] += cursor.worth(*times, length, self.norms);
            }
            if inside < documents.len() {
                return;
            }
            cursor.block.advance();
            from = 0;
        }
    }

    /// Adds the worth of a term to the open documents of the window.
    fn look_up(&mut self, index: usize, first: DocId) {
        let Self { cursors, open, scores, lengths, norms, .. } = self;
        let cursor = &mut cursors[index];
        for place in open {
            let document = first + *place;
            let at = cursor.block.seek(document);
            if cursor.block.docs().get(at) == Some(&document) {
                let times = cursor.block.freq(at);
                scores[*place as usize] += cursor.worth(times, lengths.fieldnorm_id(document), norms);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cmp::Reverse, collections::BTreeSet};

    use tantivy::{
        Index, IndexWriter, doc,
        schema::{Schema, TextFieldIndexing, TextOptions},
    };

    use super::*;

    /// Several windows and a part of one.
    const DOCUMENTS: u32 = 3 * WINDOW + 500;
    const BEST: usize = 50;

    /// How often each of 24 terms occurs in a document; the first in nearly all, the last hardly ever.
    fn occurrences(document: u32) -> Vec<u32> {
        let mut state = u64::from(document).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut below = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        (0..24_u32).map(|term| if below(1 << (term / 2)) == 0 { 1 + below(3) as u32 } else { 0 }).collect()
    }

    fn filled() -> (Index, Field) {
        let mut schema = Schema::builder();
        let terms = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqs);
        let field = schema.add_text_field("text", TextOptions::default().set_indexing_options(terms));
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 100_000_000).unwrap();
        for document in 0..DOCUMENTS {
            let words = occurrences(document).into_iter().enumerate();
            let text: String =
                words.map(|(term, times)| format!("t{term} ").repeat(times as usize)).collect();
            writer.add_document(doc!(field => text)).unwrap();
        }
        writer.commit().unwrap();
        (index, field)
    }

    /// Every document scored and sorted: the latest first among equals.
    fn by_sorting(question: &[(usize, f32)], norms: &[f32; 256], allowed: &RowSet) -> Vec<(Score, DocId)> {
        let score = |document: DocId| {
            let times = occurrences(document);
            let norm = norms[usize::from(FieldNormReader::fieldnorm_to_id(times.iter().sum()))];
            question.iter().map(|(term, weight)| worth(*weight, times[*term], norm)).sum::<f32>()
        };
        let mut all: Vec<(Score, DocId)> =
            allowed.iter().map(|document| (score(document), document)).filter(|one| one.0 > 0.0).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
        all.truncate(BEST);
        all
    }

    #[test]
    fn no_way_through_the_windows_changes_a_score_or_loses_one_of_the_best() {
        let (index, field) = filled();
        let searcher = index.reader().unwrap().searcher();
        assert_eq!(searcher.segment_readers().len(), 1);
        let norms = std::array::from_fn(|code| {
            1.2 * (0.25 + 0.75 * FieldNormReader::id_to_fieldnorm(code as u8) as f32 / 8.0)
        });
        let filters: [fn(DocId) -> bool; 5] = [
            |_| true,
            |document| document % 3 == 0,
            |document| document % 97 == 5,
            |document| (20_000..20_400).contains(&document),
            |_| false,
        ];
        let questions: [&[usize]; 4] = [&[23, 17, 6, 1, 0], &[1, 0], &[20], &[22, 21, 20, 19, 18, 2]];
        for (filter, terms) in filters.iter().flat_map(|filter| questions.map(|terms| (filter, terms))) {
            let mut allowed = RowSet::with_rows(DOCUMENTS as usize);
            (0..DOCUMENTS).filter(|document| filter(*document)).for_each(|document| allowed.insert(document));
            let question: Vec<(usize, f32)> = terms.iter().map(|term| (*term, 0.1 + *term as f32)).collect();
            let texts: Vec<String> = terms.iter().map(|term| format!("t{term}")).collect();
            let weighted: Vec<Weighted<'_>> = texts
                .iter()
                .zip(&question)
                .map(|(text, (_, weight))| Weighted { text, weight: *weight })
                .collect();
            let mut best: BTreeSet<Reverse<(u32, DocId)>> = BTreeSet::new();
            Scoring::new(searcher.segment_reader(0), field, &weighted, &norms, &allowed).unwrap().run(
                0.0,
                |document, score| {
                    best.insert(Reverse((score.to_bits(), document)));
                    if best.len() > BEST {
                        best.pop_last();
                    }
                    let full = best.last().filter(|_| best.len() == BEST);
                    full.map_or(0.0, |worst| f32::from_bits(worst.0.0))
                },
            );
            let best: Vec<(Score, DocId)> =
                best.into_iter().map(|one| (f32::from_bits(one.0.0), one.0.1)).collect();
            assert_eq!(best, by_sorting(&question, &norms, &allowed), "{terms:?}");
        }
    }
}
