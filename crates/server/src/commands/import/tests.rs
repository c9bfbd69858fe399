use std::{io::Write as _, path::PathBuf};

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use super::*;

const NDJSON: &str = concat!(
    "{\"event_id\":\"a\",\"timestamp\":\"2026-05-13T09:00:00Z\",\"camera_id\":\"c\",\"event_type\":\"t\"}\n",
    "\n",
    "{\"event_id\":\"b\", broken\n",
    "{\"event_id\":\"ü\",\"timestamp\":\"x\",\"camera_id\":\"c\",\"event_type\":\"t\",\"speed\":3}"
);
const CSV: &str = "\u{FEFF}event_id,timestamp,camera_id,event_type,confidence,zones,details,speed\r\n\
    a,2026-05-13T09:00:00Z,c,t,0.5,ramp;door,\"two\nlines\",3\r\n\
    b,x,c,t,high,,,\n\
    \n\
    short,row\n\
    d,x,c,t,,,,";

fn write(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Line, and id or error, of every record from a position on; and the positions behind them.
fn read(path: &Path, from: Position) -> (Vec<(u64, String)>, Vec<Position>) {
    let file = EventFile::recognise(path).unwrap();
    let mut records = file.records(from, &Arc::default()).unwrap();
    let (mut found, mut ends) = (Vec::new(), Vec::new());
    while let Some(record) = records.next().unwrap() {
        let what = record.draft.map_or_else(|error| error, |draft| draft.event_id.unwrap());
        found.push((record.line, what));
        ends.push(record.end);
    }
    (found, ends)
}

#[test]
fn lines_are_told_apart_and_one_broken_line_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let (found, _) = read(&write(&folder, "e.ndjson", NDJSON.as_bytes()), Position::default());
    assert_eq!(found.len(), 3);
    assert_eq!((&found[0], &found[2]), (&(1, "a".to_owned()), &(4, "ü".to_owned())));
    assert!(found[1].0 == 3 && found[1].1.contains("column"), "{:?}", found[1]);
}

#[test]
fn rows_know_their_lines_across_empty_lines_and_line_breaks_in_cells() {
    let folder = TempDir::new().unwrap();
    let (found, _) = read(&write(&folder, "e.csv", CSV.as_bytes()), Position::default());
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 4, 6, 7]);
    assert_eq!(found[0].1, "a");
    assert!(found[1].1.contains("`confidence` is not a number: `high`"));
    assert!(found[2].1.contains("2 cells"));
}

#[test]
fn a_quote_that_is_not_closed_loses_its_own_line_only() {
    let folder = TempDir::new().unwrap();
    let row = |id: &str, words: &str| format!("{id},2026-05-13T09:00:00Z,c,t,{words}\n");
    let names = "event_id,timestamp,camera_id,event_type,details\n";
    for (first, expected) in [
        ("\"unclosed", vec![(2, "not closed"), (3, "b"), (4, "c")]),
        ("\"two\nlines\"", vec![(2, "a"), (4, "b"), (5, "c")]),
        ("\"a \"\"word\"\" \nand\"", vec![(2, "a"), (4, "b"), (5, "c")]),
        ("5\" wide", vec![(2, "a"), (3, "b"), (4, "c")]),
    ] {
        let text = format!("{names}{}{}{}", row("a", first), row("b", "x"), row("c", "y"));
        let path = write(&folder, "q.csv", text.as_bytes());
        let (found, ends) = read(&path, Position::default());
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for ((line, what), (expected_line, expected)) in found.iter().zip(&expected) {
            assert!(line == expected_line && what.contains(expected), "{first}: {found:?}");
        }
        assert_eq!(read(&path, ends[0]).0, found[1..], "{first}");
    }
    // The next quote only seems to close it.
    let text = format!("{names}{}{}{}", row("a", "\"unclosed"), row("b", "\"x\""), row("c", "y"));
    let (found, _) = read(&write(&folder, "q.csv", text.as_bytes()), Position::default());
    let what: Vec<_> = found.iter().map(|(line, what)| (*line, what.as_str())).collect();
    assert!(what[0].0 == 2 && what[0].1.contains("not closed"), "{what:?}");
    assert_eq!(what[1..], [(3, "b"), (4, "c")]);
}

#[test]
fn a_row_becomes_the_event_that_its_columns_name() {
    let folder = TempDir::new().unwrap();
    let file = EventFile::recognise(&write(&folder, "e.csv", CSV.as_bytes())).unwrap();
    let record = file.records(Position::default(), &Arc::default()).unwrap().next().unwrap().unwrap();
    let draft = record.draft.unwrap();
    assert_eq!(draft.zones.unwrap(), ["ramp", "door"]);
    assert_eq!((draft.confidence, draft.description.as_deref()), (Some(0.5), Some("two\nlines")));
    assert_eq!(draft.other["speed"], "3");
}

#[test]
fn packed_and_plain_files_read_the_same_and_go_on_from_every_position() {
    let folder = TempDir::new().unwrap();
    for (name, content) in [("e.ndjson", NDJSON), ("e.csv", CSV)] {
        let plain = write(&folder, name, content.as_bytes());
        let packed = write(&folder, &format!("{name}.gz"), &gzip(content.as_bytes()));
        let (all, ends) = read(&plain, Position::default());
        for path in [&plain, &packed] {
            for (index, end) in ends.iter().enumerate() {
                assert_eq!(read(path, *end).0, all[index + 1..], "{} after {index}", path.display());
            }
        }
    }
}

#[test]
fn a_line_without_end_is_refused_without_being_kept() {
    let folder = TempDir::new().unwrap();
    let mut content = vec![b'x'; 3 * 1024 * 1024];
    content.extend_from_slice(b"\n{\"event_id\":\"after\"}\n");
    let (found, _) = read(&write(&folder, "e.jsonl", &content), Position::default());
    assert!(found[0].1.contains("longer than"), "{}", found[0].1);
    assert_eq!(found[1], (2, "after".to_owned()));
}

#[test]
fn a_bookmark_is_for_one_state_of_one_file() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, "e.ndjson", b"{}\n");
    let keep = folder.path().join("imports");
    let mut progress = FileProgress { records: 7, ..FileProgress::default() };
    progress.reject(RejectedLine { line: 3, event_id: None, error: "x".to_owned() });
    Bookmark::of(&keep, &path).unwrap().save(&progress).unwrap();
    assert_eq!(Bookmark::of(&keep, &path).unwrap().load(), progress);
    std::fs::write(&path, b"{}\n{}\n").unwrap();
    assert_eq!(Bookmark::of(&keep, &path).unwrap().load(), FileProgress::default());
}

#[test]
fn names_that_are_no_event_file_and_files_without_columns_are_refused() {
    let folder = TempDir::new().unwrap();
    assert!(EventFile::recognise(&write(&folder, "e.xlsx", b"PK")).is_err());
    let file = EventFile::recognise(&write(&folder, "e.csv", b"event_id,when\n")).unwrap();
    let error = file.records(Position::default(), &Arc::default()).err().unwrap();
    assert!(error.to_string().contains("`timestamp`, `camera_id`, `event_type`"), "{error}");
    let twice = "event_id,timestamp,camera_id,event_type,details,description\n";
    let file = EventFile::recognise(&write(&folder, "t.csv", twice.as_bytes())).unwrap();
    let error = file.records(Position::default(), &Arc::default()).err().unwrap();
    assert!(error.to_string().contains("`description` twice"), "{error}");
    for (name, content) in [("a.json", &b" [\n{\"event_id\":\"a\"}]"[..]), ("u.ndjson", b"\xff\xfe{\0}\0")] {
        assert!(EventFile::recognise(&write(&folder, name, content)).is_err(), "{name}");
    }
    assert!(EventFile::recognise(&write(&folder, "o.json", b"{\"zones\":[1]}")).is_ok());
}
