//! One row of the columns, taken together.

/// The columns of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in super::super) struct Cells {
    /// Microseconds since 1970.
    pub(in super::super) time: i64,
    pub(in super::super) end: i64,
    pub(in super::super) camera: u32,
    pub(in super::super) label: u32,
    pub(in super::super) event_type: u32,
    pub(in super::super) sub_label: u32,
    pub(in super::super) severity: u32,
    pub(in super::super) zones: u32,
    pub(in super::super) visit: u32,
    /// NaN when there is none, so that no threshold is ever met.
    pub(in super::super) confidence: f32,
    pub(in super::super) words_revision: u64,
}
