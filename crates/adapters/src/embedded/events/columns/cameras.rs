//! The cameras of all tenants as small numbers, with what each has sent. A code means one camera of
//! one tenant, so that whoever looks at the camera column cannot forget the tenant.

use std::{collections::HashMap, sync::Arc};

use super::cells::Cells;

/// The code of rows that hold no event; no scope ever allows it.
pub(in super::super) const NO_CAMERA: u32 = 0;

/// A field whose terms make up the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) enum Field {
    Label,
    EventType,
    SubLabel,
    Zone,
}

/// One camera of one tenant.
#[derive(Debug)]
pub(in super::super) struct CameraEntry {
    pub(in super::super) tenant: Arc<str>,
    pub(in super::super) id: Arc<str>,
    pub(in super::super) events: u64,
    /// Microseconds; meaningless without events.
    pub(in super::super) first: i64,
    pub(in super::super) last: i64,
    /// How many of its events use a term.
    pub(in super::super) uses: HashMap<(Field, u32), u32>,
}

/// Codes of cameras, from 1.
#[derive(Debug)]
pub(in super::super) struct Cameras {
    entries: Vec<CameraEntry>,
    codes: HashMap<Arc<str>, HashMap<Arc<str>, u32>>,
    /// Grows whenever a camera or a term appears on, or goes from, any camera.
    pub(in super::super) terms_version: u64,
}

impl Default for Cameras {
    fn default() -> Self {
        let mut cameras = Self { entries: Vec::new(), codes: HashMap::new(), terms_version: 0 };
        cameras.push("".into(), "".into());
        cameras
    }
}

impl Cameras {
    fn push(&mut self, tenant: Arc<str>, id: Arc<str>) -> u32 {
        let code = self.entries.len() as u32;
        let (events, first, last) = (0, i64::MAX, i64::MIN);
        self.entries.push(CameraEntry { tenant, id, events, first, last, uses: HashMap::new() });
        code
    }

    pub(in super::super) fn intern(&mut self, tenant: &str, id: &str) -> u32 {
        if let Some(code) = self.code(tenant, id) {
            return code;
        }
        let known = self.codes.get_key_value(tenant).map(|(tenant, _)| Arc::clone(tenant));
        let tenant = known.unwrap_or_else(|| tenant.into());
        let id: Arc<str> = id.into();
        let code = self.push(Arc::clone(&tenant), Arc::clone(&id));
        self.codes.entry(tenant).or_default().insert(id, code);
        code
    }

    pub(in super::super) fn code(&self, tenant: &str, id: &str) -> Option<u32> {
        self.codes.get(tenant)?.get(id).copied()
    }

    /// The cameras of a tenant, in no order.
    pub(in super::super) fn of_tenant(&self, tenant: &str) -> impl Iterator<Item = (&Arc<str>, u32)> {
        self.codes.get(tenant).into_iter().flatten().map(|(id, code)| (id, *code))
    }

    pub(in super::super) fn entry(&self, code: u32) -> &CameraEntry {
        &self.entries[code as usize]
    }

    pub(in super::super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(in super::super) fn entries(&self) -> &[CameraEntry] {
        &self.entries
    }

    /// Counts an event in.
    pub(super) fn enter(&mut self, cells: &Cells, zones: &[u32]) {
        let entry = &mut self.entries[cells.camera as usize];
        if entry.events == 0 {
            (entry.first, entry.last) = (i64::MAX, i64::MIN);
            self.terms_version += 1;
        }
        entry.events += 1;
        entry.first = entry.first.min(cells.time);
        entry.last = entry.last.max(cells.time);
        for term in terms(cells, zones) {
            let uses = entry.uses.entry(term).or_default();
            *uses += 1;
            self.terms_version += u64::from(*uses == 1);
        }
    }

    /// Counts an event out. Returns whether the camera's first or last event must be looked for again.
    pub(super) fn leave(&mut self, cells: &Cells, zones: &[u32]) -> bool {
        let entry = &mut self.entries[cells.camera as usize];
        entry.events -= 1;
        self.terms_version += u64::from(entry.events == 0);
        for term in terms(cells, zones) {
            if let Some(uses) = entry.uses.get_mut(&term) {
                *uses -= 1;
                if *uses == 0 {
                    entry.uses.remove(&term);
                    self.terms_version += 1;
                }
            }
        }
        cells.time == entry.first || cells.time == entry.last
    }

    /// Sets the first and last event of a camera after one of them left.
    pub(super) fn set_span(&mut self, camera: u32, times: impl Iterator<Item = i64>) {
        let entry = &mut self.entries[camera as usize];
        (entry.first, entry.last) = (i64::MAX, i64::MIN);
        for time in times {
            entry.first = entry.first.min(time);
            entry.last = entry.last.max(time);
        }
    }
}

fn terms<'a>(cells: &Cells, zones: &'a [u32]) -> impl Iterator<Item = (Field, u32)> + 'a {
    let single = [
        (Field::Label, cells.label),
        (Field::EventType, cells.event_type),
        (Field::SubLabel, cells.sub_label),
    ];
    let single = single.into_iter().filter(|(_, code)| *code != super::dictionary::ABSENT);
    single.chain(zones.iter().map(|zone| (Field::Zone, *zone)))
}
