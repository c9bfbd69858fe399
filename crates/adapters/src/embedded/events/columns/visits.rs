//! Which events start a visit, kept exact while events arrive late, out of order or change.
//!
//! A run holds the events of one camera and label in the order of time (then of arrival). An event
//! starts a visit when it begins more than the gap after the latest end before it in its run. Events
//! that carry the source's own group are kept apart: the first of each group starts its visit.

use std::collections::HashMap;

use super::{super::row_set::RowSet, cells::Cells, dictionary::ABSENT};

/// One run: camera (of one tenant), label, and whether the source grouped its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RunKey {
    camera: u32,
    label: u32,
    grouped: bool,
}

/// Where an event stands within its run. Ungrouped events all have the same group.
type Rank = (u32, i64, u32);

/// All that decides where an event stands in which run, and what it does to those after it.
pub(super) fn place(cells: &Cells) -> (RunKey, u32, i64, i64) {
    (key(cells), cells.visit, cells.time, cells.end)
}

fn key(cells: &Cells) -> RunKey {
    RunKey { camera: cells.camera, label: cells.label, grouped: cells.visit != ABSENT }
}

fn rank(row: u32, cells: &Cells) -> Rank {
    (cells.visit, cells.time, row)
}

/// Rows whose place changed, with the place that the runs still know.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// By row; `None` for a row that no run knows yet.
    rows: HashMap<u32, Option<(RunKey, Rank)>>,
}

impl Moved {
    /// A row is about to change. Only its first change within a batch counts: that is the place
    /// which the runs know.
    pub(super) fn note(&mut self, row: u32, old: Option<&Cells>) {
        self.rows.entry(row).or_insert_with(|| old.map(|old| (key(old), rank(row, old))));
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    row: u32,
    /// The latest end among this and all entries before it.
    latest_end: i64,
}

/// Every run.
#[derive(Debug)]
pub(super) struct Runs {
    gap: i64,
    runs: HashMap<RunKey, Vec<Entry>>,
}

#[derive(Default)]
struct Change {
    leaving: Vec<Rank>,
    entering: Vec<Rank>,
}

impl Runs {
    pub(super) fn new(gap: i64) -> Self {
        Self { gap, runs: HashMap::new() }
    }

    /// Makes all runs of rows that none knows yet.
    pub(super) fn fill(&mut self, rows: &[u32], cells: impl Fn(u32) -> Cells, marks: &mut RowSet) {
        for row in rows {
            let entry = Entry { row: *row, latest_end: i64::MIN };
            self.runs.entry(key(&cells(*row))).or_default().push(entry);
        }
        for (key, run) in &mut self.runs {
            run.sort_by_key(|entry| rank(entry.row, &cells(entry.row)));
            mark(run, 0, usize::MAX, self.gap, key.grouped, &cells, marks);
        }
    }

    /// Puts the moved rows where they belong now and marks anew whatever that touches.
    pub(super) fn settle(&mut self, moved: Moved, cells: impl Fn(u32) -> Cells, marks: &mut RowSet) {
        let mut changes: HashMap<RunKey, Change> = HashMap::new();
        let mut former: HashMap<u32, Rank> = HashMap::new();
        for (row, old) in moved.rows {
            if let Some((key, rank)) = old {
                changes.entry(key).or_default().leaving.push(rank);
                former.insert(row, rank);
            }
            let now = cells(row);
            changes.entry(key(&now)).or_default().entering.push(rank(row, &now));
        }
        // While runs still hold rows that moved, those are compared by the rank they had.
        let known = |row: u32| former.get(&row).copied().unwrap_or_else(|| rank(row, &cells(row)));
        for (key, change) in changes {
            let run = self.runs.entry(key).or_default();
            let (first, last) = rearrange(run, change, known);
            mark(run, first, last, self.gap, key.grouped, &cells, marks);
            if run.is_empty() {
                self.runs.remove(&key);
            }
        }
    }
}

/// Takes entries out of a run and puts others in. Returns the first position whose neighbourhood
/// changed and the last one, of the run as it is afterwards.
fn rearrange(run: &mut Vec<Entry>, change: Change, known: impl Fn(u32) -> Rank) -> (usize, usize) {
    let Change { mut leaving, mut entering } = change;
    leaving.sort_unstable();
    entering.sort_unstable();
    let earliest = leaving.iter().chain(&entering).min().copied().unwrap_or_default();
    let start = run.partition_point(|entry| known(entry.row) < earliest);
    if leaving.is_empty() && start == run.len() {
        let last = run.len() + entering.len() - 1;
        run.extend(entering.iter().map(|rank| Entry { row: rank.2, latest_end: i64::MIN }));
        return (start, last);
    }
    let tail = run.split_off(start);
    let mut leaving = leaving.into_iter().peekable();
    let mut entering = entering.into_iter().peekable();
    let mut last = start;
    for entry in tail {
        let rank = known(entry.row);
        if leaving.next_if_eq(&rank).is_some() {
            last = run.len();
            continue;
        }
        while let Some(new) = entering.next_if(|new| *new < rank) {
            last = run.len() + 1;
            run.push(Entry { row: new.2, latest_end: i64::MIN });
        }
        run.push(entry);
    }
    for new in entering {
        last = run.len();
        run.push(Entry { row: new.2, latest_end: i64::MIN });
    }
    (start, last)
}

/// Marks a run from a position on, and stops behind `last` as soon as nothing changes any more.
fn mark(
    run: &mut [Entry],
    first: usize,
    last: usize,
    gap: i64,
    grouped: bool,
    cells: impl Fn(u32) -> Cells,
    marks: &mut RowSet,
) {
    let mut before = first.checked_sub(1).map(|index| (cells(run[index].row).visit, run[index].latest_end));
    for (index, entry) in run.iter_mut().enumerate().skip(first) {
        let own = cells(entry.row);
        let starts = match before {
            None => true,
            Some((visit, _)) if grouped => visit != own.visit,
            Some((_, latest_end)) => own.time.saturating_sub(latest_end) > gap,
        };
        marks.set(entry.row, starts);
        let latest_end = before.map_or(own.end, |(_, end)| end.max(own.end));
        let settled = index > last && entry.latest_end == latest_end;
        entry.latest_end = latest_end;
        before = Some((own.visit, latest_end));
        if settled {
            break;
        }
    }
}
