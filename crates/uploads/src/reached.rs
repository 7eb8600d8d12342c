//! How far a decoder reads into the parts of a file: what is behind that is not of the picture.

use std::io::{BufRead, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

/// A part of a file, and how far it was read.
pub(super) struct Part {
    pub(super) range: Range<usize>,
    pub(super) reached: usize,
}

/// A file in memory that is watched while it is read.
pub(super) struct Watched<'a> {
    bytes: Cursor<&'a [u8]>,
    pub(super) parts: Vec<Part>,
}

impl<'a> Watched<'a> {
    pub(super) fn new(bytes: &'a [u8], parts: Vec<Range<usize>>) -> Self {
        let parts = parts.into_iter().map(|range| Part { reached: range.start, range }).collect();
        Self { bytes: Cursor::new(bytes), parts }
    }

    fn note(&mut self) {
        let Ok(at) = usize::try_from(self.bytes.position()) else { return };
        for part in self.parts.iter_mut().filter(|part| part.range.start < at && at <= part.range.end) {
            part.reached = part.reached.max(at);
        }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.note();
        Ok(count)
    }
}

impl BufRead for Watched<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.bytes.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes.consume(count);
        self.note();
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.bytes.seek(to)
    }
}
