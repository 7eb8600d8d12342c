//! Where samples lie: the chunks of all tracks, in the order in which they are copied.

use std::ops::Range;

use super::boxes::{child, number};
use super::tables::{offsets, rows};
use super::track::Track;

/// Tables that are copied row by row.
pub(super) struct SampleTables {
    /// `stts`.
    pub(super) times: Vec<u8>,
    /// `ctts` with its version.
    pub(super) shifts: Option<(u8, Vec<u8>)>,
    /// `stss`: whole pictures.
    pub(super) whole: Option<Vec<u8>>,
}

impl SampleTables {
    pub(super) fn read(table: &[u8]) -> Option<Self> {
        let times = rows(child(table, b"stts")?, 8)?.to_vec();
        let shifts = match child(table, b"ctts") {
            Some(body) => Some(shifts(body)?),
            None => None,
        };
        let whole = match child(table, b"stss") {
            Some(body) => Some(rows(body, 4)?.to_vec()),
            None => None,
        };
        Some(Self { times, shifts, whole })
    }
}

/// QuickTime shifts backwards without saying so; in MP4 that is version 1.
fn shifts(body: &[u8]) -> Option<(u8, Vec<u8>)> {
    let version = *body.first().filter(|version| **version <= 1)?;
    let rows = rows(body, 8)?;
    let backwards = rows.chunks_exact(8).any(|row| row[4] >= 0x80);
    Some((version.max(u8::from(backwards)), rows.to_vec()))
}

/// The chunks of a track: where each begins, and its samples.
pub(super) struct Chunks {
    pub(super) all: Vec<(u64, Range<u32>)>,
}

impl Chunks {
    /// Reads `stsc` and `stco` for so many samples.
    pub(super) fn read(table: &[u8], count: u32) -> Option<Self> {
        let narrow = child(table, b"stco").and_then(|body| offsets(body, false));
        let offsets = narrow.or_else(|| child(table, b"co64").and_then(|body| offsets(body, true)))?;
        let rules: Vec<(u32, u32)> =
            rows(child(table, b"stsc")?, 12)?.chunks_exact(12).map(rule).collect::<Option<_>>()?;
        let rising = rules.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !rising || rules.first().is_some_and(|(first, _)| *first != 1) {
            return None;
        }
        let (mut all, mut next, mut at) = (Vec::with_capacity(offsets.len()), 0_u32, 0);
        for (n, offset) in (1_u32..).zip(offsets) {
            while rules.get(at + 1).is_some_and(|(first, _)| *first <= n) {
                at += 1;
            }
            let end = next.checked_add(rules.get(at)?.1)?.min(count);
            all.push((offset, next..end));
            next = end;
        }
        (next == count).then_some(Self { all })
    }
}

/// First chunk of a rule, and how many samples are in each; all in the only coding.
fn rule(row: &[u8]) -> Option<(u32, u32)> {
    (number(row, 8)? == 1).then_some((number(row, 0)?, number(row, 4)?))
}

/// A chunk to copy.
pub(super) struct Piece {
    /// Which of the tracks.
    pub(super) track: usize,
    /// Which of its chunks.
    pub(super) chunk: usize,
    pub(super) from: u64,
    pub(super) bytes: u64,
    pub(super) samples: Range<u32>,
}

/// The chunks of all tracks by where they lie. `None` if one lies outside the data, or two over each other: a small file could become a large one.
pub(super) fn pieces(tracks: &[Track], data: &[Range<u64>]) -> Option<Vec<Piece>> {
    let mut all = Vec::new();
    for (track, one) in tracks.iter().enumerate() {
        for (chunk, (from, samples)) in one.chunks.all.iter().enumerate() {
            let bytes = one.sizes.sum(samples.clone())?;
            let end = from.checked_add(bytes)?;
            if bytes > 0 && !data.iter().any(|range| range.start <= *from && end <= range.end) {
                return None;
            }
            all.push(Piece { track, chunk, from: *from, bytes, samples: samples.clone() });
        }
    }
    all.sort_by_key(|piece| (piece.from, piece.bytes));
    let apart = all.windows(2).all(|pair| pair[0].from + pair[0].bytes <= pair[1].from || pair[1].bytes == 0);
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
