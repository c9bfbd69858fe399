//! A file of records of one size, one a row, each with the revision it belongs to and a checksum.
//! A record that was never written, was torn or was damaged reads as absent.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
    path::Path,
};

const REVISION_BYTES: usize = 8;
const CHECKSUM_BYTES: usize = 4;
/// Records between two that are wanted are read along when they are fewer than this: one longer read
/// is cheaper than two.
const GAP_RECORDS: u32 = 8;
/// The most records of one read.
const READ_RECORDS: u32 = 512;

/// One open file.
#[derive(Debug)]
pub(super) struct RecordFile {
    file: File,
    record_bytes: usize,
}

impl RecordFile {
    pub(super) fn open(path: &Path, payload_bytes: usize) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        Ok(Self { file, record_bytes: REVISION_BYTES + payload_bytes + CHECKSUM_BYTES })
    }

    pub(super) fn write(&self, row: u32, revision: u64, payload: &[u8]) -> io::Result<()> {
        let mut record = Vec::with_capacity(self.record_bytes);
        record.extend_from_slice(&revision.to_le_bytes());
        record.extend_from_slice(payload);
        record.extend_from_slice(&crc32fast::hash(&record).to_le_bytes());
        self.file.write_all_at(&record, u64::from(row) * self.record_bytes as u64)
    }

    /// Hands over every record that is there, in the order of the rows.
    pub(super) fn read_all(&mut self, mut each: impl FnMut(u32, u64, &[u8])) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut chunk = vec![0; self.record_bytes * READ_RECORDS as usize];
        let mut row = 0;
        loop {
            let filled = read_full(&mut self.file, &mut chunk)?;
            let records = chunk[..filled].chunks_exact(self.record_bytes);
            let found = records.len();
            for record in records {
                if let Some((revision, payload)) = check(record) {
                    each(row, revision, payload);
                }
                row += 1;
            }
            if found < READ_RECORDS as usize {
                return Ok(());
            }
        }
    }

    /// Hands over the payload of each of the rows, which ascend, or `None` for one that is not there.
    pub(super) fn read(&self, rows: &[u32], mut each: impl FnMut(u32, Option<&[u8]>)) {
        let mut rest = rows;
        let mut buffer = Vec::new();
        while let Some(first) = rest.first().copied() {
            let near = |pair: &[u32]| pair[1] - pair[0] <= GAP_RECORDS && pair[1] - first < READ_RECORDS;
            let together = 1 + rest.windows(2).take_while(|pair| near(pair)).count();
            let (run, after) = rest.split_at(together);
            rest = after;
            let records = (run[together - 1] - first + 1) as usize;
            buffer.resize(records * self.record_bytes, 0);
            let at = u64::from(first) * self.record_bytes as u64;
            let read = self.file.read_exact_at(&mut buffer, at).is_ok();
            for row in run {
                let start = (row - first) as usize * self.record_bytes;
                let record = &buffer[start..start + self.record_bytes];
                each(*row, check(record).filter(|_| read).map(|(_, payload)| payload));
            }
        }
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Revision and payload of a sound record. A hole in the file reads as revision 0, which none has.
fn check(record: &[u8]) -> Option<(u64, &[u8])> {
    let (content, checksum) = record.split_last_chunk::<CHECKSUM_BYTES>()?;
    let (revision, payload) = content.split_first_chunk::<REVISION_BYTES>()?;
    let revision = u64::from_le_bytes(*revision);
    (revision != 0 && u32::from_le_bytes(*checksum) == crc32fast::hash(content))
        .then_some((revision, payload))
}

fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
