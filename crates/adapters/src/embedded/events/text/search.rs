//! Which events hold all of some words, and which of given rows match any of them best.

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use eps_domain::Result;
use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader, Term,
    collector::{Collector, SegmentCollector},
    columnar::ColumnValues,
    query::{BooleanQuery, EnableScoring, Occur, Query, TermQuery, Weight},
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
        let query = self.query(terms, Occur::Must, IndexRecordOption::Basic);
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
        let statistics = Statistics::gather(
            &view.searcher,
            self.text_field,
            &view.tail,
            terms,
            universe,
            &self.statistics,
        )
        .map_err(failed)?;
        let mut best = self.ranked_in_index(&view, terms, rows, &statistics, times, limit).map_err(failed)?;
        for (row, event) in view.tail.iter().filter(|(row, _)| rows.contains(*row)) {
            let frequency = |term: &str| event.frequency(term);
            let score = statistics.bm25(self.text_field, terms, frequency, event.length);
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
        let query = self.query(terms, Occur::Should, IndexRecordOption::WithFreqs);
        let scoring = EnableScoring::enabled_from_statistics_provider(statistics, &view.searcher);
        let weight = query.weight(scoring)?;
        let mut best = Best { heap: BinaryHeap::with_capacity(limit + 1), limit };
        for segment in view.searcher.segment_readers() {
            best.collect(&*weight, segment, &indexed, times)?;
        }
        Ok(best.heap.into_iter().map(|rank| rank.0).collect())
    }

    fn query(&self, terms: &[String], occur: Occur, detail: IndexRecordOption) -> BooleanQuery {
        let term = |text: &String| {
            let query = TermQuery::new(Term::from_field_text(self.text_field, text), detail);
            (occur, Box::new(query) as Box<dyn Query>)
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
    /// What a score must exceed to matter. Equal scores matter, as time decides between them.
    fn threshold(&self) -> Score {
        match self.heap.peek() {
            Some(Reverse((worst, ..))) if self.heap.len() >= self.limit => worst.0.next_down(),
            _ => Score::MIN,
        }
    }

    fn collect(
        &mut self,
        weight: &dyn Weight,
        segment: &SegmentReader,
        rows: &RowSet,
        times: &[i64],
    ) -> tantivy::Result<()> {
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        let alive = segment.alive_bitset();
        // Documents that cannot score above the threshold are skipped without being looked at; a row
        // outside the filter never raises it.
        weight.for_each_pruning(self.threshold(), segment, &mut |document, score| {
            let row = row_of.get_val(document) as u32;
            if rows.contains(row) && alive.is_none_or(|alive| alive.is_alive(document)) {
                self.heap.push(Reverse((OrderedScore(score), times[row as usize], Reverse(row))));
                if self.heap.len() > self.limit {
                    self.heap.pop();
                }
            }
            self.threshold()
        })
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
