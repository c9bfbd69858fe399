//! Which events hold all of some words, and which of given rows match any of them best.

use std::{cmp::Reverse, collections::BinaryHeap};

use eps_domain::Result;
use tantivy::{
    Score, SegmentReader, Term, fieldnorm::FieldNormReader, postings::BlockSegmentPostings,
    schema::IndexRecordOption,
};

use super::{
    super::row_set::RowSet,
    Text, View,
    index::failed,
    scoring::{LOOK_UP_COST, Scoring, Weighted, worth},
    statistics::{Statistics, Universe},
};

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
    /// The rows whose events hold a term of every group, of whoever they are; there must be a group.
    ///
    /// # Errors
    /// `Unavailable` when the index cannot be read.
    pub(in super::super) fn with_all(&self, groups: &[Vec<String>], rows: usize) -> Result<RowSet> {
        let view = self.view.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut found = RowSet::with_rows(rows);
        for (segment, places) in view.searcher.segment_readers().iter().zip(&view.places) {
            if let Some(documents) = self.documents_with_all(segment, groups).map_err(failed)? {
                places.add_rows(&documents, &mut found);
            }
        }
        for (row, event) in view.tail.iter() {
            found.set(row, event.has_all(groups));
        }
        Ok(found)
    }

    /// The documents of a segment that hold a term of every group, deleted ones included; the rarest
    /// group first.
    fn documents_with_all(
        &self,
        segment: &SegmentReader,
        groups: &[Vec<String>],
    ) -> tantivy::Result<Option<RowSet>> {
        let index = segment.inverted_index(self.field)?;
        let mut all = Vec::with_capacity(groups.len());
        for group in groups {
            let mut blocks = Vec::with_capacity(group.len());
            for text in group {
                let term = Term::from_field_text(self.field, text);
                blocks.extend(index.read_block_postings(&term, IndexRecordOption::Basic)?);
            }
            if blocks.is_empty() {
                return Ok(None);
            }
            all.push(blocks);
        }
        all.sort_by_key(|blocks| blocks.iter().map(BlockSegmentPostings::doc_freq).sum::<u32>());
        let mut among: Option<RowSet> = None;
        for blocks in all {
            let mut of_group: Option<RowSet> = None;
            for block in blocks {
                let holding = holding(block, among.as_ref(), segment.max_doc());
                match &mut of_group {
                    Some(found) => found.add(&holding),
                    None => of_group = Some(holding),
                }
            }
            among = of_group;
        }
        Ok(among)
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
        // In one order everywhere, so that equal texts have equal scores to the last bit.
        let mut terms: Vec<Weighted<'_>> =
            terms.iter().map(|text| Weighted { text, weight: statistics.weight(text) }).collect();
        terms.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut best =
            self.ranked_in_index(&view, &terms, rows, &statistics, times, limit).map_err(failed)?;
        let norms = statistics.norms();
        for (row, event) in view.tail.iter().filter(|(row, _)| rows.contains(*row)) {
            let norm = norms[usize::from(FieldNormReader::fieldnorm_to_id(event.length))];
            let worth = |term: &Weighted<'_>| worth(term.weight, event.frequency(term.text), norm);
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
        terms: &[Weighted<'_>],
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
        let norms = statistics.norms();
        for (segment, places) in view.searcher.segment_readers().iter().zip(&view.places) {
            let allowed = places.documents(&indexed);
            let scoring = Scoring::new(segment, self.field, terms, &norms, &allowed)?;
            scoring.run(best.least(), |document, score| {
                if let Some(row) = places.row(document) {
                    best.take(score, times[row as usize], row);
                }
                best.least()
            });
        }
        Ok(best.heap.into_iter().map(|rank| rank.0).collect())
    }
}

/// The best so far, the worst of them on top.
struct Best {
    heap: BinaryHeap<Reverse<Rank>>,
    limit: usize,
}

impl Best {
    /// Takes over a document if it is among the best.
    fn take(&mut self, score: Score, time: i64, row: u32) {
        let rank = (OrderedScore(score), time, Reverse(row));
        if self.heap.len() < self.limit {
            self.heap.push(Reverse(rank));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && rank > worst.0
        {
            *worst = Reverse(rank);
        }
    }

    /// The least score that may still matter; equal ones do, as time decides between them.
    fn least(&self) -> Score {
        match self.heap.peek() {
            Some(Reverse((worst, ..))) if self.heap.len() >= self.limit => worst.0,
            _ => 0.0,
        }
    }
}

/// Documents of a segment that hold a term and are among some others, if those are given.
fn holding(mut block: BlockSegmentPostings, among: Option<&RowSet>, documents: u32) -> RowSet {
    let mut found = RowSet::with_rows(documents as usize);
    match among {
        Some(among) if among.len() * LOOK_UP_COST < u64::from(block.doc_freq()) => {
            for document in among.iter() {
                let at = block.seek(document);
                if block.docs().get(at) == Some(&document) {
                    found.insert(document);
                }
            }
        }
        _ => {
            while block.block_len() > 0 {
                block.docs().iter().for_each(|document| found.insert(*document));
                block.advance();
            }
            if let Some(among) = among {
                found.keep(among);
            }
        }
    }
    found
}
