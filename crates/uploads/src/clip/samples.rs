//! Where samples lie: the chunks of all tracks, in the order in which they are copied. Tables stay as they lie in the heading; what is made of them is
//! bounded before it is made.

use std::ops::Range;

use super::boxes::{child, number};
use super::tables::{Offsets, rows};
use super::track::Track;

/// Most chunks of all tracks together: a chunk is half a second in some files and a single picture or piece of sound in others.
pub(super) const CHUNKS_MAX: usize = 500_000;
/// Bytes of memory that a chunk takes: where its samples end, and a piece.
pub(super) const CHUNK: usize = size_of::<u32>() + size_of::<Piece>();

/// Tables that are copied row by row.
pub(super) struct SampleTables<'a> {
    /// `stts`.
    pub(super) times: &'a [u8],
    /// `ctts` with its version.
    pub(super) shifts: Option<(u8, &'a [u8])>,
    /// `stss`: whole pictures.
    pub(super) whole: Option<&'a [u8]>,
}

impl<'a> SampleTables<'a> {
    pub(super) fn read(table: &'a [u8]) -> Option<Self> {
        let times = rows(child(table, b"stts")?, 8)?;
        let shifts = match child(table, b"ctts") {
            Some(body) => Some(shifts(body)?),
            None => None,
        };
        let whole = match child(table, b"stss") {
            Some(body) => Some(rows(body, 4)?),
            None => None,
        };
        Some(Self { times, shifts, whole })
    }
}

/// QuickTime shifts backwards without saying so; in MP4 that is version 1.
fn shifts(body: &[u8]) -> Option<(u8, &[u8])> {
    let version = *body.first().filter(|version| **version <= 1)?;
    let rows = rows(body, 8)?;
    let backwards = rows.chunks_exact(8).any(|row| row[4] >= 0x80);
    Some((version.max(u8::from(backwards)), rows))
}

/// The chunks of a track: where each begins, and its samples.
pub(super) struct Chunks<'a> {
    offsets: Offsets<'a>,
    /// The sample after the last of each chunk. Chunks behind the last sample are none.
    ends: Vec<u32>,
}

impl<'a> Chunks<'a> {
    /// Reads `stsc` and `stco` for so many samples; at most `room` chunks.
    pub(super) fn read(table: &'a [u8], count: u32, room: usize) -> Option<Self> {
        let narrow = child(table, b"stco").and_then(|body| Offsets::read(body, false));
        let offsets = narrow.or_else(|| child(table, b"co64").and_then(|body| Offsets::read(body, true)))?;
        let mut rules = rows(child(table, b"stsc")?, 12)?.chunks_exact(12).map(rule).peekable();
        let mut ends = Vec::with_capacity(offsets.count().min(room).min(usize::try_from(count).ok()?));
        let (mut next, mut in_each, mut first) = (0_u32, 0, 0);
        for n in 1..=u32::try_from(offsets.count()).ok()? {
            if next == count {
                break;
            }
            if rules.peek().is_some_and(|rule| rule.is_none_or(|(first, _)| first <= n)) {
                (first, in_each) = rules.next()??;
                if first != n {
                    return None;
                }
            }
            if in_each == 0 || ends.len() == room {
                return None;
            }
            next = next.checked_add(in_each)?.min(count);
            ends.push(next);
        }
        let rising = rules.try_fold(first, |last, rule| rule.map(|(first, _)| first).filter(|first| *first > last));
        (next == count && rising.is_some()).then_some(Self { offsets, ends })
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// The samples of a chunk.
    pub(super) fn samples(&self, chunk: usize) -> Range<u32> {
        let start = chunk.checked_sub(1).map_or(0, |before| self.ends[before]);
        start..self.ends[chunk]
    }
}

/// First chunk of a rule, and how many samples are in each; all in the only coding.
fn rule(row: &[u8]) -> Option<(u32, u32)> {
    (number(row, 8)? == 1).then_some((number(row, 0)?, number(row, 4)?))
}

/// A chunk to copy.
pub(super) struct Piece {
    pub(super) from: u32,
    pub(super) bytes: u32,
    /// Which of the track's chunks.
    chunk: u32,
    /// Which of the tracks.
    track: u8,
}

impl Piece {
    pub(super) fn track(&self) -> usize {
        usize::from(self.track)
    }

    pub(super) fn chunk(&self) -> usize {
        self.chunk as usize
    }
}

/// The chunks of all tracks by where they lie. `None` if one lies outside the data, or two over each other: a small file could become a large one.
pub(super) fn pieces(tracks: &[Track<'_>], data: &[Range<u64>]) -> Option<Vec<Piece>> {
    let mut all = Vec::with_capacity(tracks.iter().map(|track| track.chunks.count()).sum());
    for (track, one) in (0_u8..).zip(tracks) {
        for (chunk, n) in (0..one.chunks.count()).zip(0_u32..) {
            let from = one.chunks.offsets.of(chunk)?;
            let bytes = one.sizes.sum(one.chunks.samples(chunk))?;
            let end = from.checked_add(bytes)?;
            if bytes > 0 && !data.iter().any(|range| range.start <= from && end <= range.end) {
                return None;
            }
            let (from, bytes) = (u32::try_from(from).ok()?, u32::try_from(bytes).ok()?);
            all.push(Piece { from, bytes, chunk: n, track });
        }
    }
    all.sort_unstable_by_key(|piece| (piece.from, piece.bytes, piece.track, piece.chunk));
    let mut until = 0;
    let apart = all.iter().filter(|piece| piece.bytes > 0).all(|piece| {
        let free = until <= piece.from;
        until = piece.from.saturating_add(piece.bytes);
        free
    });
    apart.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_backwards_are_said() {
        let table =
            |version: u8, shift: i32| [&[version, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1][..], &shift.to_be_bytes()].concat();
        assert_eq!(shifts(&table(0, 7)).map(|(version, _)| version), Some(0));
        assert_eq!(shifts(&table(0, -7)).map(|(version, _)| version), Some(1));
        assert_eq!(shifts(&table(1, 7)).map(|(version, _)| version), Some(1));
        assert_eq!(shifts(&table(2, 7)), None);
    }
}
