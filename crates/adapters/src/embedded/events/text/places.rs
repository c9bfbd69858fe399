//! Where the rows are in the index: documents of a segment against rows, as runs that ascend together.
//!
//! Documents are indexed in the order of their rows, so that a segment is a few runs and a set of rows
//! becomes a set of documents by copying bits. Deleted documents are in no run and thus never found.

use std::sync::Arc;

use tantivy::{DocId, Opstamp, Searcher, SegmentReader, index::SegmentId};

use super::{super::row_set::RowSet, index::ROW};

/// Documents whose rows follow one another as they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    document: DocId,
    row: u32,
    len: u32,
}

/// The rows of one segment as of one set of deletions.
#[derive(Debug)]
pub(super) struct Places {
    segment: (SegmentId, Option<Opstamp>),
    documents: u32,
    runs: Vec<Run>,
}

impl Places {
    /// Those of all segments, in their order; what is known of the same segments is kept.
    pub(super) fn of(searcher: &Searcher, known: &[Arc<Self>]) -> tantivy::Result<Vec<Arc<Self>>> {
        let place = |segment: &SegmentReader| {
            let same = known.iter().find(|places| places.segment == identity(segment));
            same.map_or_else(|| Self::read(segment).map(Arc::new), |places| Ok(Arc::clone(places)))
        };
        searcher.segment_readers().iter().map(place).collect()
    }

    fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let row_of = segment.fast_fields().column_first_or_default::<u64>(ROW)?;
        let mut runs: Vec<Run> = Vec::new();
        for document in segment.doc_ids_alive() {
            let row = row_of.get_val(document) as u32;
            match runs.last_mut() {
                Some(run) if run.document + run.len == document && run.row + run.len == row => run.len += 1,
                _ => runs.push(Run { document, row, len: 1 }),
            }
        }
        runs.shrink_to_fit();
        Ok(Self { segment: identity(segment), documents: segment.max_doc(), runs })
    }

    /// The row of a document that was not deleted.
    pub(super) fn row(&self, document: DocId) -> Option<u32> {
        let after = self.runs.partition_point(|run| run.document <= document);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let within = document - run.document;
        (within < run.len).then(|| run.row + within)
    }

    /// The documents of rows.
    pub(super) fn documents(&self, rows: &RowSet) -> RowSet {
        let mut documents = RowSet::with_rows(self.documents as usize);
        for run in &self.runs {
            documents.copy_bits(rows, run.row, run.document, run.len);
        }
        documents
    }

    /// Adds the rows of documents to a set.
    pub(super) fn add_rows(&self, documents: &RowSet, rows: &mut RowSet) {
        for run in &self.runs {
            rows.copy_bits(documents, run.document, run.row, run.len);
        }
    }
}

fn identity(segment: &SegmentReader) -> (SegmentId, Option<Opstamp>) {
    (segment.segment_id(), segment.delete_opstamp())
}
