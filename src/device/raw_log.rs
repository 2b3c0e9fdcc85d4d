//! The raw log: every chunk of a port with the moment of its receipt, before decoding.
//!
//! A port has a folder of segments. A segment is named by the stream offset of its first byte
//! (20 digits), begins with [`MAGIC`], and holds records:
//!
//! ```text
//! offset  size  field (little-endian)
//!      0     4  length of the bytes; 0 marks a break of the line
//!      4     8  received_at, microseconds UTC, strictly rising over all ports of a station
//!     12     8  stream offset of the first byte
//!     20     4  CRC-32 (ISO-HDLC) of the 20 bytes above and of the bytes
//!     24     n  the bytes
//! ```
//!
//! A record that is cut or fails its CRC ends its segment for a reader. Opening a log for writing
//! leaves such a segment as it is and goes on in a new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::units::Micros;

/// First bytes of a segment.
pub const MAGIC: &[u8; 8] = b"SYRAW\x01\r\n";

const HEADER_BYTES: usize = 24;
/// The longest chunk that may be appended; a longer record is no record for a reader.
pub const LONGEST_CHUNK: usize = 1 << 20;
/// Sixteen bytes a step: a start goes through all bytes of the last half hour.
static CRC: crc::Crc<u32, crc::Table<16>> =
    crc::Crc::<u32, crc::Table<16>>::new(&crc::CRC_32_ISO_HDLC);

/// One chunk as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRecord {
    /// When.
    pub received_at: Micros,
    /// Stream offset of the first byte.
    pub offset: u64,
    /// The bytes; empty where the line broke.
    pub bytes: Vec<u8>,
}

/// Why the raw log could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
#[error("原始日志 {} 出错 / raw log {0}: {doing}", path.display())]
pub struct RawLogError {
    path: PathBuf,
    doing: &'static str,
    #[source]
    source: io::Error,
}

impl RawLogError {
    fn new(path: &Path, doing: &'static str, source: io::Error) -> Self {
        Self {
            path: path.to_owned(),
            doing,
            source,
        }
    }
}

/// Size limits of a port's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A segment is closed at this size.
    pub segment_bytes: u64,
    /// The oldest segments go when the port holds more.
    pub keep_bytes: u64,
}

/// A port's log, open for writing.
pub struct RawLog {
    folder: PathBuf,
    limits: Limits,
    segment: File,
    segment_path: PathBuf,
    segment_bytes: u64,
    next_offset: u64,
    last_received_at: Option<Micros>,
    dirty: bool,
}

impl RawLog {
    /// Opens the log of a port, makes it when there is none, and passes over a torn tail.
    ///
    /// # Errors
    /// When the folder or a segment can't be made or read.
    pub fn open(folder: &Path, limits: Limits) -> Result<Self, RawLogError> {
        fs::create_dir_all(folder)
            .map_err(|e| RawLogError::new(folder, "创建文件夹 / making the folder", e))?;
        let Some((first_offset, path)) = segments(folder)?.pop() else {
            return Self::start(folder, limits, 0, None);
        };
        let error = |doing| {
            let path = path.clone();
            move |e| RawLogError::new(&path, doing, e)
        };
        let mut reader = SegmentReader::open(&path)?;
        let mut end = MAGIC.len() as u64;
        let (mut next_offset, mut last_received_at) = (first_offset, None);
        while let Some(record) = reader.next_record()? {
            end += (HEADER_BYTES + record.bytes.len()) as u64;
            next_offset = record.offset + record.bytes.len() as u64;
            last_received_at = Some(record.received_at);
        }
        let length = fs::metadata(&path)
            .map_err(error("查看 / looking at"))?
            .len();
        if reader.has_magic && length > end {
            // Behind a record that is cut or damaged there may be good ones: nothing is destroyed,
            // the log goes on in a new segment, at an offset that nothing in the old one has.
            let offset = first_offset.saturating_add(length);
            return Self::start(folder, limits, offset, last_received_at);
        }
        let mut segment = OpenOptions::new()
            .write(true)
            .open(&path)
            .map_err(error("打开 / opening"))?;
        if !reader.has_magic {
            // The process died between making the file and writing its head.
            segment
                .write_all(MAGIC)
                .map_err(error("写入 / writing the head"))?;
        }
        segment
            .set_len(end)
            .map_err(error("定长 / setting the length"))?;
        segment
            .seek(SeekFrom::End(0))
            .map_err(error("定位 / seeking"))?;
        Ok(Self {
            folder: folder.to_owned(),
            limits,
            segment,
            segment_path: path,
            segment_bytes: end,
            next_offset,
            last_received_at,
            dirty: true,
        })
    }

    fn start(
        folder: &Path,
        limits: Limits,
        offset: u64,
        last_received_at: Option<Micros>,
    ) -> Result<Self, RawLogError> {
        let path = folder.join(format!("{offset:020}.raw"));
        let error = |e| RawLogError::new(&path, "新建分段 / starting a segment", e);
        let mut segment = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(error)?;
        let made = segment
            .write_all(MAGIC)
            .and_then(|()| File::open(folder)?.sync_all());
        if let Err(e) = made {
            // A full disk would otherwise leave an empty segment for each chunk that comes.
            let _ = fs::remove_file(&path);
            return Err(error(e));
        }
        Ok(Self {
            folder: folder.to_owned(),
            limits,
            segment,
            segment_path: path.clone(),
            segment_bytes: MAGIC.len() as u64,
            next_offset: offset,
            last_received_at,
            dirty: true,
        })
    }

    /// Stream offset of the next byte.
    pub const fn next_offset(&self) -> u64 {
        self.next_offset
    }

    /// When the latest record was received.
    pub const fn last_received_at(&self) -> Option<Micros> {
        self.last_received_at
    }

    /// Appends a chunk, or with no bytes a break of the line. Yields its stream offset.
    ///
    /// The stream offset goes on even when writing fails: the bytes were received and will be
    /// decoded, the log then has a gap that its offsets show.
    ///
    /// # Errors
    /// When the disk is full or fails; the log stays readable up to the record before.
    pub fn append(&mut self, received_at: Micros, bytes: &[u8]) -> Result<u64, RawLogError> {
        let offset = self.next_offset;
        self.next_offset = offset.saturating_add(bytes.len() as u64);
        if self.segment_bytes >= self.limits.segment_bytes {
            self.rotate(offset)?;
            self.next_offset = offset.saturating_add(bytes.len() as u64);
        }
        let mut record = Vec::with_capacity(HEADER_BYTES + bytes.len());
        record.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        record.extend_from_slice(&received_at.get().to_le_bytes());
        record.extend_from_slice(&offset.to_le_bytes());
        let mut digest = CRC.digest();
        digest.update(&record);
        digest.update(bytes);
        record.extend_from_slice(&digest.finalize().to_le_bytes());
        record.extend_from_slice(bytes);
        if let Err(error) = self.segment.write_all(&record) {
            // What was written of it would hide every later record from a reader.
            let _ = self.segment.set_len(self.segment_bytes);
            let _ = self.segment.seek(SeekFrom::Start(self.segment_bytes));
            return Err(RawLogError::new(
                &self.segment_path,
                "写入 / writing",
                error,
            ));
        }
        self.segment_bytes += record.len() as u64;
        self.last_received_at = Some(received_at);
        self.dirty = true;
        Ok(offset)
    }

    /// Makes durable what was appended. Cheap when nothing was.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&mut self) -> Result<(), RawLogError> {
        if self.dirty {
            self.segment
                .sync_data()
                .map_err(|e| RawLogError::new(&self.segment_path, "落盘 / syncing", e))?;
            self.dirty = false;
        }
        Ok(())
    }

    /// What [`RawLog::sync`] would make durable now, for a thread that may wait for the disk; `None`
    /// when nothing was appended since. It counts as synced from here on.
    ///
    /// # Errors
    /// When the process has no file handle left.
    pub fn take_unsynced(&mut self) -> Result<Option<Unsynced>, RawLogError> {
        if !self.dirty {
            return Ok(None);
        }
        let segment = self
            .segment
            .try_clone()
            .map_err(|e| RawLogError::new(&self.segment_path, "落盘 / syncing", e))?;
        self.dirty = false;
        Ok(Some(Unsynced {
            segment,
            path: self.segment_path.clone(),
        }))
    }

    /// What was taken could not be synced: the next one takes it again.
    pub const fn still_unsynced(&mut self) {
        self.dirty = true;
    }

    fn rotate(&mut self, offset: u64) -> Result<(), RawLogError> {
        self.sync()?;
        *self = Self::start(&self.folder, self.limits, offset, self.last_received_at)?;
        let all = segments(&self.folder)?;
        let mut held = 0;
        for (_, path) in all.iter().rev() {
            held += fs::metadata(path).map_or(0, |metadata| metadata.len());
            if held > self.limits.keep_bytes && *path != self.segment_path {
                // One that can't be removed now is tried again at the next segment's end; the
                // chunk in hand must not be lost for it.
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }
}

/// Appended records that are not durable yet.
#[derive(Debug)]
pub struct Unsynced {
    segment: File,
    path: PathBuf,
}

impl Unsynced {
    /// Makes them durable.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<(), RawLogError> {
        self.segment
            .sync_data()
            .map_err(|e| RawLogError::new(&self.path, "落盘 / syncing", e))
    }
}

/// Segments of a port, oldest first, with the stream offset of their first byte.
fn segments(folder: &Path) -> Result<Vec<(u64, PathBuf)>, RawLogError> {
    let error = |e| RawLogError::new(folder, "列出分段 / listing segments", e);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        let offset = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_suffix(".raw"))
            .and_then(|stem| stem.parse().ok());
        if let Some(offset) = offset {
            found.push((offset, path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

struct SegmentReader {
    path: PathBuf,
    reader: BufReader<File>,
    has_magic: bool,
}

impl SegmentReader {
    fn open(path: &Path) -> Result<Self, RawLogError> {
        let file = File::open(path).map_err(|e| RawLogError::new(path, "打开 / opening", e))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut magic = [0; MAGIC.len()];
        let has_magic = reader.read_exact(&mut magic).is_ok() && magic == *MAGIC;
        Ok(Self {
            path: path.to_owned(),
            reader,
            has_magic,
        })
    }

    /// The next whole record; `None` at the end, torn or not.
    fn next_record(&mut self) -> Result<Option<RawRecord>, RawLogError> {
        if !self.has_magic {
            return Ok(None);
        }
        let mut header = [0; HEADER_BYTES];
        if !self.fill(&mut header)? {
            return Ok(None);
        }
        let (length, rest) = header.split_at(4);
        let (received_at, rest) = rest.split_at(8);
        let (offset, expected) = rest.split_at(8);
        let length = le(length) as usize;
        if length > LONGEST_CHUNK {
            return Ok(None);
        }
        let mut bytes = vec![0; length];
        if !self.fill(&mut bytes)? {
            return Ok(None);
        }
        let mut digest = CRC.digest();
        digest.update(header.get(..20).unwrap_or_default());
        digest.update(&bytes);
        if u64::from(digest.finalize()) != le(expected) {
            return Ok(None);
        }
        let received_at = Micros::new(le(received_at).cast_signed());
        Ok(Some(RawRecord {
            received_at,
            offset: le(offset),
            bytes,
        }))
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<bool, RawLogError> {
        match self.reader.read_exact(buffer) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(e) => Err(RawLogError::new(&self.path, "读取 / reading", e)),
        }
    }
}

/// Little-endian bytes, at most eight, as a number.
fn le(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// A port's records from a moment on, oldest first.
pub struct RawLogReader {
    segments: std::vec::IntoIter<(u64, PathBuf)>,
    current: Option<SegmentReader>,
    from: Micros,
}

impl RawLogReader {
    /// Reads the log in `folder` from `from` on; a folder that is not there is an empty log.
    ///
    /// # Errors
    /// When the folder or a segment can't be read.
    pub fn open(folder: &Path, from: Micros) -> Result<Self, RawLogError> {
        let mut all = if folder.is_dir() {
            segments(folder)?
        } else {
            Vec::new()
        };
        // Segments that end before `from` are passed over: one begins before it is enough.
        let mut first = 0;
        for (index, (_, path)) in all.iter().enumerate() {
            match SegmentReader::open(path)?.next_record()? {
                Some(record) if record.received_at <= from => first = index,
                _ => {}
            }
        }
        all.drain(..first);
        Ok(Self {
            segments: all.into_iter(),
            current: None,
            from,
        })
    }
}

impl Iterator for RawLogReader {
    type Item = Result<RawRecord, RawLogError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(reader) = &mut self.current {
                match reader.next_record() {
                    Ok(Some(record)) if record.received_at < self.from => continue,
                    Ok(Some(record)) => return Some(Ok(record)),
                    Ok(None) => self.current = None,
                    Err(error) => {
                        self.current = None;
                        return Some(Err(error));
                    }
                }
            }
            let (_, path) = self.segments.next()?;
            match SegmentReader::open(&path) {
                Ok(reader) => self.current = Some(reader),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        segment_bytes: 400,
        keep_bytes: 1 << 20,
    };

    fn read(folder: &Path, from: i64) -> Vec<RawRecord> {
        RawLogReader::open(folder, Micros::new(from))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    }

    fn write(folder: &Path, from: i64, until: i64) -> Vec<RawRecord> {
        let mut log = RawLog::open(folder, LIMITS).unwrap();
        (from..until)
            .map(|at| {
                let bytes =
                    vec![u8::try_from(at % 251).unwrap(); usize::try_from(at % 40).unwrap()];
                let received_at = Micros::new(at);
                let offset = log.append(received_at, &bytes).unwrap();
                RawRecord {
                    received_at,
                    offset,
                    bytes,
                }
            })
            .collect()
    }

    #[test]
    fn what_was_appended_is_read_back_over_segments_and_openings() {
        let folder = tempfile::tempdir().unwrap();
        let mut all = write(folder.path(), 1, 100);
        all.extend(write(folder.path(), 100, 200));
        assert!(segments(folder.path()).unwrap().len() > 5);
        assert_eq!(read(folder.path(), 0), all);
        assert_eq!(read(folder.path(), 150), all[149..]);
        let end = all
            .iter()
            .map(|record| record.bytes.len() as u64)
            .sum::<u64>();
        assert_eq!(
            RawLog::open(folder.path(), LIMITS).unwrap().next_offset(),
            end
        );
    }

    #[test]
    fn a_tail_torn_anywhere_leaves_a_prefix_and_writing_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let all = write(folder.path(), 1, 60);
        let (_, last) = segments(folder.path()).unwrap().pop().unwrap();
        let whole = fs::read(&last).unwrap();
        for cut in 0..whole.len() {
            fs::write(&last, &whole[..cut]).unwrap();
            let kept = read(folder.path(), 0);
            assert_eq!(kept, all[..kept.len()], "cut at {cut}");
            let more = write(folder.path(), 1_000, 1_003);
            let both = [&kept[..], &more[..]].concat();
            assert_eq!(read(folder.path(), 0), both, "cut at {cut}");
            for (_, path) in segments(folder.path()).unwrap() {
                if path > last {
                    fs::remove_file(path).unwrap();
                }
            }
        }
    }

    #[test]
    fn a_flipped_bit_never_yields_another_record() {
        let folder = tempfile::tempdir().unwrap();
        let all = write(folder.path(), 1, 12);
        let (_, path) = segments(folder.path()).unwrap().pop().unwrap();
        let whole = fs::read(&path).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            fs::write(&path, &damaged).unwrap();
            let kept = read(folder.path(), 0);
            assert_eq!(kept, all[..kept.len()], "bit {bit}");
        }
    }

    #[test]
    fn what_was_appended_is_handed_out_for_syncing_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = RawLog::open(folder.path(), LIMITS).unwrap();
        log.sync().unwrap();
        assert!(log.take_unsynced().unwrap().is_none());
        log.append(Micros::new(1), b"bytes").unwrap();
        let unsynced = log.take_unsynced().unwrap().unwrap();
        assert!(log.take_unsynced().unwrap().is_none());
        // Bytes that come while it syncs, and a segment that ends, do not disturb it.
        for at in 2..50 {
            log.append(Micros::new(at), &[7; 50]).unwrap();
        }
        unsynced.sync().unwrap();
        assert!(log.take_unsynced().unwrap().is_some());
        log.still_unsynced();
        assert!(log.take_unsynced().unwrap().is_some());
    }

    #[test]
    fn the_oldest_segments_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits {
            segment_bytes: 200,
            keep_bytes: 1_000,
        };
        let mut log = RawLog::open(folder.path(), limits).unwrap();
        for at in 1..200 {
            log.append(Micros::new(at), &[7; 50]).unwrap();
        }
        let kept = read(folder.path(), 0);
        assert!(kept.len() < 30 && kept.last().unwrap().received_at == Micros::new(199));
        assert_eq!(log.next_offset(), 199 * 50);
    }
}
