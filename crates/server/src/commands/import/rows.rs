//! Rows of a CSV file, each made of as many lines as its quotes need. A quote that is never closed would
//! take the rest of the file into one cell without a word: then its first line alone is refused, and the
//! next line begins a row again.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
};

use eps_domain::{EventDraft, Media};
use serde_json::{Map, Value};

use super::lines::{LINE_BYTES_MAX, Line, Position, Record, read_line, shape_error, too_long};

/// Between the zones of one cell.
const ZONE_SEPARATORS: [char; 2] = [';', '|'];

/// Rows of a CSV file.
pub(super) struct Rows {
    text: Box<dyn BufRead + Send>,
    names: Vec<String>,
    at: Position,
    /// Lines that were read and turned out to be no part of the row before.
    ahead: VecDeque<Line>,
}

impl Rows {
    /// The rows of a text that stands at a position.
    pub(super) fn new(text: Box<dyn BufRead + Send>, names: Vec<String>, at: Position) -> Self {
        Self { text, names, at, ahead: VecDeque::new() }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        match self.ahead.pop_front() {
            Some(line) => Ok(Some(line)),
            None => read_line(&mut self.text),
        }
    }

    fn pass(&mut self, line: &Line) {
        self.at.bytes += line.bytes;
        self.at.lines += 1;
    }

    /// The next row.
    ///
    /// # Errors
    /// When the file can no longer be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Record>> {
        let first = loop {
            match self.line()? {
                None => return Ok(None),
                Some(line) if line.content == b"\n" => self.pass(&line),
                Some(line) => break line,
            }
        };
        let begin = self.at.lines + 1;
        let mut lines = vec![first];
        let row = self.row(&mut lines)?;
        if row.is_err() {
            // Only the first line is known to belong to it.
            for line in lines.drain(1..).rev() {
                self.ahead.push_front(line);
            }
        }
        for line in &lines {
            self.pass(line);
        }
        let draft = row.and_then(|row| draft_of(&self.names, &row?));
        Ok(Some(Record { draft, line: begin, end: self.at }))
    }

    /// The cells of the row that a line begins, or what is wrong with them; and its other lines. The outer
    /// error is for lines that make no row.
    fn row(&mut self, lines: &mut Vec<Line>) -> io::Result<Result<Cells, String>> {
        let (mut record, mut quotes) = (Vec::new(), Quotes::default());
        let mut newest = 0;
        while let Some(line) = lines.get(newest) {
            if line.is_too_long || (record.len() + line.content.len()) as u64 > LINE_BYTES_MAX {
                return Ok(Err(if newest == 0 { too_long() } else { unclosed() }));
            }
            record.extend_from_slice(&line.content);
            quotes.read(&line.content);
            if !quotes.is_open() {
                break;
            }
            match self.line()? {
                Some(next) => lines.push(next),
                None => return Ok(Err(unclosed())),
            }
            newest += 1;
        }
        if quotes.is_odd && lines.len() > 1 {
            return Ok(Err(unclosed()));
        }
        let row = cells(&record);
        match &row {
            Ok(row) if row.len() != self.names.len() => {
                Ok(Err(format!("the row has {} cells, the first line {}", row.len(), self.names.len())))
            }
            _ => Ok(Ok(row)),
        }
    }
}

/// The cells of a row, or that they are no text.
type Cells = Result<csv::StringRecord, String>;

fn unclosed() -> String {
    "a quote that opens in this row is not closed".to_owned()
}

/// Where the quotes of a row stand, as RFC 4180 has it: one opens at the beginning of a cell, and doubled it
/// is a character.
#[derive(Debug, Default)]
struct Quotes {
    place: Place,
    /// Something other than the end of the cell followed a closing quote. Within a line it is taken as it is;
    /// behind a line break it is the beginning of another cell, and the quote before was never closed.
    is_odd: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    CellBegins,
    Plain,
    Open,
    /// Behind a quote inside an open one: doubled or its end.
    Undecided,
}

impl Quotes {
    fn is_open(&self) -> bool {
        self.place == Place::Open
    }

    fn read(&mut self, text: &[u8]) {
        for byte in text {
            self.place = match (self.place, byte) {
                (Place::Open, b'"') => Place::Undecided,
                (Place::CellBegins | Place::Undecided, b'"') | (Place::Open, _) => Place::Open,
                (_, b',' | b'\n') => Place::CellBegins,
                (Place::Undecided, _) => {
                    self.is_odd = true;
                    Place::Plain
                }
                _ => Place::Plain,
            };
        }
    }
}

fn cells(record: &[u8]) -> Cells {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record);
    let mut row = csv::StringRecord::new();
    match reader.read_record(&mut row) {
        Ok(_) => Ok(row),
        Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
            Err("the row is not UTF-8".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn draft_of(names: &[String], row: &csv::StringRecord) -> Result<EventDraft, String> {
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
