//! Which events hold all of some words, and which of given rows match any of them best.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use eps_domain::Result;
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader, Term,
    collector::{Collector, SegmentCollector},
    columnar::ColumnValues,
    fieldnorm::FieldNormReader,
    query::{BooleanQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    super::row_set::RowSet,
    Text, View,
    index::{ROW, failed},
    statistics::{Statistics, Universe},
};

/// More words than this in one question say nothing more; each costs a look-up.
pub(super) const TERMS_MAX: usize = 64;

/// Orders by score, then the latest, then the first that arrived. Greater is better.
type Rank = (OrderedScore, i64, Reverse<u32>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct OrderedScore(Score);

impl Eq for OrderedScore {}

impl PartialOrd for OrderedScore {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OrderedScore {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Text {
    /// The rows whose events hold all terms, of whoever they are; there must be a term.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    pub(in super::super) fn with_all(&self, terms: &[String], rows: usize) -> Result<RowSet> {
        let view = self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let query = self.query(terms);
        let mut found = view.searcher.search(&query, &AllRows { rows }).map_err(failed)?;
        for (row, event) in view.tail.iter() {
            found.set(row, event.has_all(terms));
        }
        Ok(found)
    }

    /// The best `limit` of the given rows by BM25 over any of the terms, best first; ties by time,
    /// latest first, then by arrival. `universe` is everything the caller may see, if that is less
    /// than everything.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    pub(in super::super) fn ranked(
        &self,
        terms: &[String],
        rows: &RowSet,
        universe: Option<&Universe<'_>>,
        times: &[i64],
        limit: usize,
    ) -> Result<Vec<(u32, Score)>> {
        let view = self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let statistics =
            Statistics::gather(&view.searcher, self.field, &view.tail, terms, universe, &self.statistics)
                .map_err(failed)?;
        let mut best = self.ranked_in_index(&view, terms, rows, &statistics, times, limit).map_err(failed)?;
        let norms = statistics.norms();
        for (row, event) in view.tail.iter().filter(|(row, _)| rows.contains(*row)) {
            let norm = norms[usize::from(FieldNormReader::fieldnorm_to_id(event.length))];
            let worth = |term: &String| {
                let times = event.frequency(term) as f32;
                statistics.weight(term) * times / (times + norm)
            };
            let score: f32 = terms.iter().map(worth).sum();
            if score > 0.0 {
                best.push((OrderedScore(score), times[row as usize], Reverse(row)));
            }
        }
        best.sort_unstable_by(|a, b| b.cmp(a));
        best.truncate(limit);
        Ok(best.into_iter().map(|(score, _, row)| (row.0, score.0)).collect())
    }

    fn ranked_in_index(
        &self,
        view: &View,
        terms: &[String],
        rows: &RowSet,
        statistics: &Statistics,
        times: &[i64],
        limit: usize,
    ) -> tantivy::Result<Vec<Rank>> {
        let mut indexed = rows.clone();
        for (row, _) in view.tail.iter() {
            indexed.remove(row);
        }
        let mut best = Best { heap: BinaryHeap::with_capacity(limit + 1), limit };
        for segment in view.searcher.segment_readers() {
            let scores = self.scores(segment, terms, statistics)?;
            best.take(segment, &scores, &indexed, times)?;
        }
        Ok(best.heap.into_iter().map(|rank| rank.0).collect())
    }

    /// The score of every document of a segment. Term after term in one sweep each: texts are short and
    /// filters often leave out just those documents whose scores would allow to skip others.
    fn scores(
        &self,
        segment: &SegmentReader,
        terms: &[String],
        statistics: &Statistics,
    ) -> tantivy::Result<Vec<Score>> {
        let mut scores = vec![0.0; segment.max_doc() as usize];
        let norms = statistics.norms();
        let lengths = segment.get_fieldnorms_reader(self.field)?;
        let index = segment.inverted_index(self.field)?;
        for text in terms {
            let term = Term::from_field_text(self.field, text);
            let Some(mut block) = index.read_block_postings(&term, IndexRecordOption::WithFreqs)? else {
                continue;
            };
            let weight = statistics.weight(text);
            while block.block_len() > 0 {
                for (document, times) in block.docs().iter().zip(block.freqs()) {
                    let times = *times as f32;
                    let norm = norms[usize::from(lengths.fieldnorm_id(*document))];
                    scores[*document as usize] += weight * times / (times + norm);
                }
                block.advance();
            }
        }
        Ok(scores)
    }

    /// Finds documents that hold all terms.
    fn query(&self, terms: &[String]) -> BooleanQuery {
        let term = |text: &String| {
            let term = Term::from_field_text(self.field, text);
            (Occur::Must, Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>)
        };
        BooleanQuery::new(terms.iter().map(term).collect())
    }
}

/// The best so far, the worst of them on top.
struct Best {
    heap: BinaryHeap<Reverse<Rank>>,
    limit: usize,
}

impl Best {
    /// Takes over what is best of a segment among the rows that may be found.
    fn take(
        &mut self,
        segment: &SegmentReader,
        scores: &[Score],
        rows: &RowSet,
        times: &[i64],
    ) -> tantivy::Result<()> {
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        let alive = segment.alive_bitset();
        // Equal scores matter, as time decides between them.
        let mut least = self.least();
        for (document, score) in (0..).zip(scores) {
            if *score <= 0.0 || *score < least {
                continue;
            }
            let row = row_of.get_val(document) as u32;
            if !rows.contains(row) || alive.is_some_and(|alive| !alive.is_alive(document)) {
                continue;
            }
            self.heap.push(Reverse((OrderedScore(*score), times[row as usize], Reverse(row))));
            if self.heap.len() > self.limit {
                self.heap.pop();
                least = self.least();
            }
        }
        Ok(())
    }

    /// The least score that may still matter.
    fn least(&self) -> Score {
        match self.heap.peek() {
            Some(Reverse((worst, ..))) if self.heap.len() >= self.limit => worst.0,
            _ => 0.0,
        }
    }
}

/// Collects the rows of every document that matches.
struct AllRows {
    rows: usize,
}

struct SegmentRows {
    row_of: Arc<dyn ColumnValues<u64>>,
    rows: RowSet,
}

impl Collector for AllRows {
    type Fruit = RowSet;
    type Child = SegmentRows;

    fn for_segment(&self, _ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentRows> {
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        Ok(SegmentRows { row_of, rows: RowSet::with_rows(self.rows) })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<RowSet>) -> tantivy::Result<RowSet> {
        let mut all = RowSet::with_rows(self.rows);
        for rows in segments {
            all.add(&rows);
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentRows {
    type Fruit = RowSet;

    fn collect(&mut self, document: DocId, _score: Score) {
        self.rows.insert(self.row_of.get_val(document) as u32);
    }

    fn harvest(self) -> RowSet {
        self.rows
    }
}
