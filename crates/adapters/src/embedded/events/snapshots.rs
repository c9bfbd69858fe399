//! When snapshots of the columns are taken: after enough has changed, and when the store is closed.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use eps_domain::Result;

use super::{
    super::sqlite::damaged,
    columns::{Columns, snapshot},
    truth::{Stored, Truth},
};

/// So many writes are caught up with in a small part of a second; fewer are not worth a file.
const WRITES_MIN: u64 = 20_000;
/// A large store is written again only after this share of it has changed.
const WRITES_SHARE: u64 = 8;
/// Rows taken over at once while catching up.
const LOAD_ROWS: usize = 10_000;

/// The file and the thread that writes it, if one does.
pub(super) struct Snapshots {
    path: PathBuf,
    /// The revision that the file covers.
    saved: AtomicU64,
    running: Mutex<Option<JoinHandle<()>>>,
}

impl Snapshots {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, saved: AtomicU64::new(0), running: Mutex::default() }
    }

    /// Refuses to begin anew where a snapshot says that there were events: a database that was lost or emptied would
    /// otherwise be answered with "nothing happened".
    pub(super) fn refuse_orphan_of(&self, truth: &Path) -> Result<()> {
        if self.path.exists() && std::fs::metadata(truth).map_or(0, |file| file.len()) == 0 {
            let (truth, snapshot) = (truth.display(), self.path.display());
            return Err(damaged(format!(
                "{truth} is gone, and {snapshot} was made of it: put {truth} back with its -wal file, or remove \
                 {snapshot} to begin with no events"
            )));
        }
        Ok(())
    }

    /// The columns as the truth has them now: the snapshot, if it is sound, and what was written since.
    pub(super) fn load(&self, truth: &Truth, visit_gap: Duration) -> Result<Columns> {
        let latest = truth.revision()?;
        let content = std::fs::read(&self.path).ok();
        let known = content
            .and_then(|content| Columns::from_snapshot(&content, &truth.store_id, visit_gap))
            .filter(|columns| columns.revision <= latest);
        let mut columns = known.unwrap_or_else(|| Columns::new(visit_gap));
        self.saved.store(columns.revision, Ordering::Relaxed);
        let mut batch: Vec<Stored> = Vec::with_capacity(LOAD_ROWS);
        truth.written_after(columns.revision, |stored| {
            batch.push(stored);
            if batch.len() == LOAD_ROWS {
                columns.apply(&batch);
                batch.clear();
            }
            Ok(())
        })?;
        columns.apply(&batch);
        Ok(columns)
    }

    /// Writes the file in a thread of its own when enough has changed since.
    pub(super) fn save_when_due(self: &Arc<Self>, columns: &Arc<RwLock<Columns>>, store_id: &str) {
        let Ok(current) = columns.read() else { return };
        let writes = current.revision.saturating_sub(self.saved.load(Ordering::Relaxed));
        let due = writes >= WRITES_MIN.max(current.rows() as u64 / WRITES_SHARE);
        drop(current);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !due || running.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        let thread = std::thread::Builder::new().name("events-snapshot".into()).spawn({
            let (own, columns, store_id) = (Arc::clone(self), Arc::clone(columns), store_id.to_owned());
            move || own.save(&columns, &store_id)
        });
        *running = thread.ok();
    }

    /// Writes the file. A failure costs time at the next start and nothing else.
    pub(super) fn save(&self, columns: &RwLock<Columns>, store_id: &str) {
        let Ok(columns) = columns.read() else { return };
        let revision = columns.revision;
        if revision == self.saved.load(Ordering::Relaxed) {
            return;
        }
        let content = columns.to_snapshot(store_id);
        drop(columns);
        match snapshot::replace(&self.path, &content) {
            Ok(()) => self.saved.store(revision, Ordering::Relaxed),
            Err(error) => tracing::warn!(%error, "no snapshot of the columns could be written"),
        }
    }

    /// Waits for the thread that writes the file.
    pub(super) fn wait(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if running.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that writes snapshots had failed");
        }
    }
}
