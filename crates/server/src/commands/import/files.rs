//! Event files: NDJSON or CSV, plain or gzip, read record by record with the line and the byte at
//! which each ends, so that an interrupted import goes on where it stopped. Judges nothing but the
//! shape of a record.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;

use super::{
    lines::{LINE_BYTES_MAX, Position, Record, read_line, shape_error, too_long},
    rows::Rows,
};

/// Read at once: few calls, little memory.
const BUFFER_BYTES: usize = 256 * 1024;

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
        let is_gzip = read == 2 && magic == [0x1f, 0x8b];
        let file = Self { path: path.to_owned(), format, is_gzip };
        if read == 2 && matches!(magic, [0xff, 0xfe] | [0xfe, 0xff]) {
            return Err(io::Error::other("is UTF-16: save it as UTF-8"));
        }
        if format == Format::Ndjson && file.is_array() {
            let message = "is one JSON array: write one event a line, as `jq -c '.[]'` does";
            return Err(io::Error::other(message));
        }
        Ok(file)
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
            None => Records::Ndjson(Lines { text, at: from }),
            Some(names) => {
                let mut rows = Rows::new(text, names, from);
                if from == Position::default() {
                    // The names are no event, whatever they look like.
                    rows.next()?;
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

    /// Whether its first line begins an array; what cannot be read is told when it is read.
    fn is_array(&self) -> bool {
        let mut first = Vec::new();
        let text = self.open(&Arc::default());
        let read = text.and_then(|text| text.take(LINE_BYTES_MAX).read_until(b'[', &mut first));
        let first = first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&first);
        read.is_ok() && first.trim_ascii() == b"["
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
        let required = ["event_id", "timestamp", "camera_id", "event_type"];
        let is_there = |name: &str| names.iter().any(|known| known == name);
        let missing: Vec<&str> = required.into_iter().filter(|name| !is_there(name)).collect();
        if !missing.is_empty() {
            let message = format!("has no column `{}` in its first line", missing.join("`, `"));
            let hint = if names.len() == 1 { " (commas stand between columns)" } else { "" };
            return Err(io::Error::other(message + hint));
        }
        // One of two would win without a word.
        let meaning = |name: &str| if name == "details" { "description".to_owned() } else { name.to_owned() };
        let mut known = HashSet::new();
        match names.iter().find(|name| !name.is_empty() && !known.insert(meaning(name))) {
            Some(twice) => Err(io::Error::other(format!("names the column `{twice}` twice"))),
            None => Ok(names),
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
}

impl Lines {
    fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            let Some(line) = read_line(&mut self.text)? else { return Ok(None) };
            self.at.bytes += line.bytes;
            self.at.lines += 1;
            let content = line.content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line.content).trim_ascii();
            if content.is_empty() {
                continue;
            }
            let draft = if line.is_too_long {
                Err(too_long())
            } else {
                serde_json::from_slice(content).map_err(|error| shape_error(&error))
            };
            return Ok(Some(Record { draft, line: self.at.lines, end: self.at }));
        }
    }
}
