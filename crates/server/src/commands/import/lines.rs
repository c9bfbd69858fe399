//! What every form of event file is made of: bounded lines, records with their places. Judges nothing.

use std::io::{self, BufRead, Read as _};

use eps_domain::EventDraft;

/// The longest line, in bytes; the largest event there can be is far below.
pub(super) const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// Where a reader stands in the text, unpacked and without carriage returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Position {
    /// Bytes read.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
}

/// One record of a file.
pub(super) struct Record {
    /// The draft, or what is wrong with its shape.
    pub draft: Result<EventDraft, String>,
    /// The line at which it begins, from 1.
    pub line: u64,
    /// Behind it.
    pub end: Position,
}

/// A line of a file, its end included.
pub(super) struct Line {
    /// The text, cut where it is too long.
    pub content: Vec<u8>,
    /// How long it is in the file.
    pub bytes: u64,
    /// Whether it is longer than any event.
    pub is_too_long: bool,
}

/// The next line; `None` at the end of the file.
///
/// # Errors
/// When the file can no longer be read.
pub(super) fn read_line(text: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut content = Vec::new();
    let mut bytes = text.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut content)? as u64;
    if bytes == 0 {
        return Ok(None);
    }
    let is_too_long = bytes == LINE_BYTES_MAX && content.last() != Some(&b'\n');
    if is_too_long {
        bytes += skip_line(text)?;
    }
    Ok(Some(Line { content, bytes, is_too_long }))
}

/// What is said of a line that is too long.
pub(super) fn too_long() -> String {
    format!("the line is longer than {LINE_BYTES_MAX} bytes")
}

fn skip_line(text: &mut impl BufRead) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let chunk = text.fill_buf()?;
        if chunk.is_empty() {
            return Ok(skipped);
        }
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(chunk.len(), |end| end + 1);
        text.consume(used);
        skipped += used as u64;
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

/// The parser counts lines within the record; only the column means something to the reader.
pub(super) fn shape_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((what, column)) => format!("{what} (column {column})"),
        None => text,
    }
}
