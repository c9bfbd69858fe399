//! Event files: NDJSON or CSV, plain or gzip, read record by record with the line and the byte at
//! which each ends, so that an interrupted import goes on where it stopped. Judges nothing but the
//! shape of a record.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use eps_domain::{EventDraft, Media};
use flate2::read::MultiGzDecoder;
use serde_json::{Map, Value};

/// The longest line, in bytes; the largest event there can be is far below.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// Read at once: few calls, little memory.
const BUFFER_BYTES: usize = 256 * 1024;
/// Between the zones of one CSV cell.
const ZONE_SEPARATORS: [char; 2] = [';', '|'];

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

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One JSON object a line.
    Ndjson,
    /// A line of names, then one event a line.
    Csv,
}

/// A file that can be opened at a position.
#[derive(Debug, Clone)]
pub(super) struct EventFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    is_gzip: bool,
}

impl EventFile {
    /// Recognises a file by its name; content that begins like gzip is unpacked whatever its name.
    ///
    /// # Errors
    /// A name that is neither NDJSON nor CSV; a file that cannot be read.
    pub(super) fn recognise(path: &Path) -> io::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let stem = name.strip_suffix(".gz").unwrap_or(&name);
        let format = match stem.rsplit_once('.').map(|(_, ending)| ending) {
            Some("ndjson" | "jsonl" | "json") => Format::Ndjson,
            Some("csv") => Format::Csv,
            _ => return Err(io::Error::other("is neither .ndjson, .jsonl nor .csv (plain or .gz)")),
        };
        let mut magic = [0; 2];
        let read = File::open(path)?.read(&mut magic)?;
        Ok(Self { path: path.to_owned(), format, is_gzip: read == 2 && magic == [0x1f, 0x8b] })
    }

    /// The records from a position on; `progress` counts the bytes of the file itself.
    ///
    /// # Errors
    /// A file that cannot be read, or a CSV file without a line of names.
    pub(super) fn records(&self, from: Position, progress: &Arc<AtomicU64>) -> io::Result<Records> {
        let names = match self.format {
            Format::Ndjson => None,
            Format::Csv => Some(self.names()?),
        };
        let mut text = self.open(progress)?;
        if io::copy(&mut text.by_ref().take(from.bytes), &mut io::sink())? < from.bytes {
            return Err(io::Error::other("has become shorter than it was"));
        }
        Ok(match names {
            None => Records::Ndjson(Lines { text, at: from, buffer: Vec::new() }),
            Some(names) => {
                let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
                let mut rows = Rows { reader, names, base: from, row: csv::StringRecord::new() };
                if from == Position::default() {
                    rows.skip_names()?;
                }
                Records::Csv(rows)
            }
        })
    }

    fn open(&self, progress: &Arc<AtomicU64>) -> io::Result<Box<dyn BufRead + Send>> {
        let counted = Counted { file: File::open(&self.path)?, bytes: Arc::clone(progress) };
        let text: Box<dyn Read + Send> =
            if self.is_gzip { Box::new(MultiGzDecoder::new(counted)) } else { Box::new(counted) };
        Ok(Box::new(BufReader::with_capacity(BUFFER_BYTES, WithoutReturns(text))))
    }

    fn names(&self) -> io::Result<Vec<String>> {
        let text = self.open(&Arc::default())?;
        let mut reader = csv::Reader::from_reader(text.take(LINE_BYTES_MAX));
        let names: Vec<String> = reader
            .headers()
            .map_err(io::Error::other)?
            .iter()
            .map(|name| name.trim().trim_start_matches('\u{FEFF}').to_owned())
            .collect();
        match ["event_id", "timestamp", "camera_id", "event_type"]
            .into_iter()
            .find(|required| !names.iter().any(|name| name == required))
        {
            None => Ok(names),
            Some(missing) => Err(io::Error::other(format!("has no column `{missing}` in its first line"))),
        }
    }
}

/// Counts what is read from a file.
struct Counted {
    file: File,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Drops carriage returns: the CSV reader counts the two halves of a line end at different times, which
/// would put every line number and every position off.
struct WithoutReturns(Box<dyn Read + Send>);

impl Read for WithoutReturns {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            let mut kept = 0;
            for index in 0..read {
                if buffer[index] != b'\r' {
                    buffer[kept] = buffer[index];
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

/// The records of one file.
pub(super) enum Records {
    /// Of lines of JSON.
    Ndjson(Lines),
    /// Of rows.
    Csv(Rows),
}

impl Records {
    /// The next record.
    ///
    /// # Errors
    /// When the file can no longer be read; a record that makes no sense is no error.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        match self {
            Self::Ndjson(lines) => lines.next(),
            Self::Csv(rows) => rows.next(),
        }
    }
}

/// Lines of JSON.
pub(super) struct Lines {
    text: Box<dyn BufRead + Send>,
    at: Position,
    buffer: Vec<u8>,
}

impl Lines {
    fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            self.buffer.clear();
            let mut read = (&mut self.text).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.buffer)? as u64;
            if read == 0 {
                return Ok(None);
            }
            let is_too_long = read == LINE_BYTES_MAX && self.buffer.last() != Some(&b'\n');
            if is_too_long {
                read += skip_line(&mut self.text)?;
            }
            self.at.bytes += read;
            self.at.lines += 1;
            let content = self.buffer.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.buffer).trim_ascii();
            if content.is_empty() {
                continue;
            }
            let draft = if is_too_long {
                Err(format!("the line is longer than {LINE_BYTES_MAX} bytes"))
            } else {
                serde_json::from_slice(content).map_err(|error| shape_error(&error))
            };
            return Ok(Some(Record { draft, line: self.at.lines, end: self.at }));
        }
    }
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
fn shape_error(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line 1 column ") {
        Some((what, column)) => format!("{what} (column {column})"),
        None => text,
    }
}

/// Rows of a CSV file.
pub(super) struct Rows {
    reader: csv::Reader<Box<dyn BufRead + Send>>,
    names: Vec<String>,
    base: Position,
    row: csv::StringRecord,
}

impl Rows {
    fn position(&self) -> Position {
        let position = self.reader.position();
        Position {
            bytes: self.base.bytes + position.byte(),
            lines: self.base.lines + position.line().saturating_sub(1),
        }
    }

    fn skip_names(&mut self) -> io::Result<()> {
        self.reader.read_record(&mut self.row).map(|_| ()).map_err(io::Error::other)
    }

    fn next(&mut self) -> io::Result<Option<Record>> {
        let read = self.reader.read_record(&mut self.row);
        let end = self.position();
        let at = |position: Option<&csv::Position>| self.base.lines + position.map_or(1, csv::Position::line);
        let (draft, line) = match read {
            Ok(false) => return Ok(None),
            Ok(true) => {
                // The position of a record lies before the empty lines that were skipped; its own lines
                // are known from its end, which counts the line breaks inside its cells too.
                let inside = self.row.as_slice().matches('\n').count() as u64;
                let line = at(self.row.position()).max(end.lines.saturating_sub(inside));
                (draft_of(&self.names, &self.row), line)
            }
            Err(error) => match error.kind() {
                csv::ErrorKind::Utf8 { pos, .. } => {
                    (Err("the row is not UTF-8".to_owned()), at(pos.as_ref()))
                }
                _ => return Err(io::Error::other(error)),
            },
        };
        Ok(Some(Record { draft, line, end }))
    }
}

fn draft_of(names: &[String], row: &csv::StringRecord) -> Result<EventDraft, String> {
    if row.len() != names.len() {
        return Err(format!("the row has {} cells, the first line {}", row.len(), names.len()));
    }
    let mut draft = EventDraft::default();
    let (mut media, mut other) = (Media::default(), Map::new());
    for (name, cell) in names.iter().zip(row) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let text = Some(cell.to_owned());
        match name.as_str() {
            "event_id" => draft.event_id = text,
            "timestamp" => draft.timestamp = text,
            "end_time" => draft.end_time = text,
            "camera_id" => draft.camera_id = text,
            "event_type" => draft.event_type = text,
            "label" => draft.label = text,
            "sub_label" => draft.sub_label = text,
            "description" | "details" => draft.description = text,
            "severity" => draft.severity = text,
            "visit_id" => draft.visit_id = text,
            "source" => draft.source = text,
            "clip_url" => media.clip_url = text,
            "thumbnail_url" => media.thumbnail_url = text,
            "confidence" => {
                let number = cell.parse().map_err(|_| format!("`confidence` is not a number: `{cell}`"))?;
                draft.confidence = Some(number);
            }
            "zones" => {
                let zones = cell.split(ZONE_SEPARATORS).map(str::trim).filter(|zone| !zone.is_empty());
                draft.zones = Some(zones.map(str::to_owned).collect());
            }
            "attributes" => {
                let attributes = serde_json::from_str(cell)
                    .map_err(|error| format!("`attributes` is not a JSON object: {}", shape_error(&error)))?;
                draft.attributes = Some(attributes);
            }
            "" => {}
            name => {
                other.insert(name.to_owned(), Value::from(cell));
            }
        }
    }
    draft.media = (media != Media::default()).then_some(media);
    draft.other = other;
    Ok(draft)
}
