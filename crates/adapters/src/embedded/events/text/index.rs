//! The index on disk and its one writer.

use std::{fs, io, path::Path, path::PathBuf, sync::Arc};

use eps_domain::{Error, Result};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, TantivyError,
    Term,
    indexer::IndexWriterOptions,
    schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, TextAnalyzer},
};

use super::super::truth::Truth;
use crate::event_search::analysis::{ANALYSIS, analyzer, each_event_term};

/// Name of the field that holds the row.
pub(super) const ROW: &str = "row";
const TEXT: &str = "text";
/// The least that tantivy accepts is 15 MB; little more keeps the resident memory small.
const WRITER_BYTES: usize = 16_000_000;
/// Rows between two commits while an index is built from the truth.
const REBUILD_ROWS: usize = 50_000;

/// What a commit covers, written into it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Covered {
    store_id: String,
    /// Every row up to this revision is in the index as it was then.
    revision: u64,
    /// Rows from this one on were never added, so nothing has to be deleted for them.
    rows: u32,
}

impl Covered {
    fn write(&self) -> String {
        format!("{ANALYSIS} {} {} {}", self.store_id, self.revision, self.rows)
    }

    fn read(payload: &str) -> Option<Self> {
        let mut parts = payload.split(' ');
        if parts.next()? != ANALYSIS {
            return None;
        }
        Some(Self {
            store_id: parts.next()?.to_owned(),
            revision: parts.next()?.parse().ok()?,
            rows: parts.next()?.parse().ok()?,
        })
    }
}

/// Adds to the index. There is one, owned by the indexing thread.
pub(super) struct Indexer {
    folder: PathBuf,
    index: Index,
    reader: IndexReader,
    /// `None` after an error, until it is opened again.
    writer: Option<IndexWriter>,
    text: Field,
    row: Field,
    covered: Covered,
    analyzer: TextAnalyzer,
}

impl Indexer {
    /// Opens the index of this store or builds it anew, and adds what it lacks.
    pub(super) fn open(folder: &Path, truth: &Truth) -> Result<Self> {
        let latest = truth.revision()?;
        let usable =
            |indexer: &Self| indexer.covered.store_id == truth.store_id && indexer.covered.revision <= latest;
        let mut indexer = match Self::open_existing(folder) {
            Ok(Some(indexer)) if usable(&indexer) => indexer,
            found => {
                if let Err(error) = &found {
                    tracing::warn!(%error, "the text index is damaged and is built anew");
                }
                drop(found);
                Self::create(folder, &truth.store_id).map_err(failed)?
            }
        };
        indexer.catch_up(truth)?;
        Ok(indexer)
    }

    fn open_existing(folder: &Path) -> tantivy::Result<Option<Self>> {
        if !folder.join("meta.json").exists() {
            return Ok(None);
        }
        let index = Index::open_in_dir(folder)?;
        if index.schema() != schema().0 || !index.validate_checksum()?.is_empty() {
            return Ok(None);
        }
        let payload = index.load_metas()?.payload;
        let Some(covered) = payload.as_deref().and_then(Covered::read) else { return Ok(None) };
        Self::over(folder, index, covered).map(Some)
    }

    fn create(folder: &Path, store_id: &str) -> tantivy::Result<Self> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir_all(folder)?,
        }
        let index =
            Index::builder().schema(schema().0).settings(IndexSettings::default()).create_in_dir(folder)?;
        Self::over(folder, index, Covered { store_id: store_id.to_owned(), revision: 0, rows: 0 })
    }

    fn over(folder: &Path, index: Index, covered: Covered) -> tantivy::Result<Self> {
        index.tokenizers().register(ANALYSIS, analyzer());
        let (_, text, row) = schema();
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let writer = Some(open_writer(&index)?);
        Ok(Self {
            folder: folder.to_owned(),
            index,
            reader,
            writer,
            text,
            row,
            covered,
            analyzer: analyzer(),
        })
    }

    fn catch_up(&mut self, truth: &Truth) -> Result<()> {
        let mut batch = Vec::new();
        let after = self.covered.revision;
        truth.written_after(after, |stored| {
            batch.push((stored.row, stored.revision, Arc::from(stored.event.searched_text())));
            if batch.len() >= REBUILD_ROWS {
                self.add(&batch)?;
                batch.clear();
            }
            Ok(())
        })?;
        if batch.is_empty() { Ok(()) } else { self.add(&batch).map(drop) }
    }

    /// Indexes rows in place of what was known of them, durably, and makes them visible to
    /// [`Self::searcher`]. Returns the revision that is covered now.
    ///
    /// # Errors
    /// `Unavailable` with code `STORAGE_FULL`; the index is as before then.
    pub(super) fn add(&mut self, batch: &[(u32, u64, Arc<str>)]) -> Result<u64> {
        let added = self.try_add(batch);
        if let Err(error) = added {
            // What was added halfway goes with the writer.
            self.writer = None;
            return Err(failed(error));
        }
        Ok(self.covered.revision)
    }

    fn try_add(&mut self, batch: &[(u32, u64, Arc<str>)]) -> tantivy::Result<()> {
        let mut covered = self.covered.clone();
        let writer = match &mut self.writer {
            Some(writer) => writer,
            closed => closed.insert(open_writer(&self.index)?),
        };
        for (row, revision, text) in batch {
            if *row < covered.rows {
                writer.delete_term(Term::from_field_u64(self.row, u64::from(*row)));
            }
            let mut document = TantivyDocument::default();
            document.add_u64(self.row, u64::from(*row));
            let mut tokens = Vec::new();
            each_event_term(&mut self.analyzer, text, |token| tokens.push(token.clone()));
            document.add_pre_tokenized_text(self.text, PreTokenizedString { text: String::new(), tokens });
            writer.add_document(document)?;
            covered.revision = covered.revision.max(*revision);
        }
        covered.rows = batch.iter().map(|(row, ..)| row + 1).fold(covered.rows, u32::max);
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&covered.write());
        commit.commit()?;
        self.reader.reload()?;
        self.covered = covered;
        Ok(())
    }

    /// The index as of the last commit.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    pub(super) fn text_field(&self) -> Field {
        self.text
    }

    /// Lets merges end before the process does.
    pub(super) fn finish(self) {
        if let Some(writer) = self.writer
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, folder = %self.folder.display(), "a merge of the text index failed");
        }
    }
}

fn open_writer(index: &Index) -> tantivy::Result<IndexWriter> {
    let options = IndexWriterOptions::builder()
        .memory_budget_per_thread(WRITER_BYTES)
        .num_worker_threads(1)
        .num_merge_threads(1)
        .build();
    index.writer_with_options(options)
}

fn schema() -> (Schema, Field, Field) {
    let mut schema = Schema::builder();
    let terms =
        TextFieldIndexing::default().set_tokenizer(ANALYSIS).set_index_option(IndexRecordOption::WithFreqs);
    let text = schema.add_text_field(TEXT, TextOptions::default().set_indexing_options(terms));
    let row = schema.add_u64_field(ROW, NumericOptions::default().set_indexed().set_fast());
    (schema.build(), text, row)
}

/// Translates what tantivy says.
pub(super) fn failed(error: TantivyError) -> Error {
    Error::unavailable("STORAGE_FULL", "the text index does not answer").caused_by(error)
}
