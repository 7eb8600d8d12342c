//! The tables of a clip's heading, each of exactly the length that its count says.

use super::MovieHead;
use super::boxes::{long, number, short};

/// Most rows of an edit list: where sound and picture begin.
const EDITS_MAX: usize = 64;

/// Units in a second, and length.
fn timed(body: &[u8]) -> Option<(u32, u64)> {
    let (scale, length) = match body.first()? {
        0 => (number(body, 12)?, u64::from(number(body, 16)?)),
        1 => (number(body, 20)?, long(body, 24)?),
        _ => return None,
    };
    (scale > 0).then_some((scale, length))
}

pub(super) fn movie_head(body: &[u8]) -> Option<MovieHead> {
    timed(body).map(|(scale, length)| MovieHead { scale, length })
}

/// Of a track's media (`mdhd`).
pub(super) fn media_head(body: &[u8]) -> Option<(u32, u64)> {
    timed(body)
}

/// What a track's heading (`tkhd`) says of how it is shown.
pub(super) struct TrackHead {
    pub(super) id: u32,
    pub(super) enabled: bool,
    pub(super) length: u64,
    /// Which side is up.
    pub(super) matrix: [u32; 9],
    /// In pixels.
    pub(super) width: u32,
    pub(super) height: u32,
}

pub(super) const UPRIGHT: [u32; 9] = [ONE, 0, 0, 0, ONE, 0, 0, 0, 0x4000_0000];
const ONE: u32 = 0x0001_0000;
const SIDE_MAX: u32 = 16_384;

pub(super) fn track_head(body: &[u8]) -> Option<TrackHead> {
    let (id, length, rest) = match body.first()? {
        0 => (number(body, 12)?, u64::from(number(body, 20)?), 24),
        1 => (number(body, 20)?, long(body, 28)?, 36),
        _ => return None,
    };
    let mut matrix = [0; 9];
    for (n, cell) in matrix.iter_mut().enumerate() {
        *cell = number(body, rest + 16 + n * 4)?;
    }
    let side = |at: usize| short(body, rest + at).map(u32::from).filter(|side| *side <= SIDE_MAX);
    let enabled = body.get(3)? & 1 == 1;
    Some(TrackHead { id, enabled, length, matrix: upright(matrix), width: side(52)?, height: side(56)? })
}

/// A quarter turn or a mirror, with whole numbers of pixels to move by; anything else is upright.
fn upright(matrix: [u32; 9]) -> [u32; 9] {
    let turns = [0, ONE, ONE.wrapping_neg()];
    let moves = |n: u32| n & 0xffff == 0 && (n >> 16 <= SIDE_MAX || n.wrapping_neg() >> 16 <= SIDE_MAX);
    let [a, b, u, c, d, v, x, y, w] = matrix;
    let known =
        [a, b, c, d].iter().all(|n| turns.contains(n)) && [u, v, w] == [0, 0, UPRIGHT[8]] && moves(x) && moves(y);
    if known { matrix } else { UPRIGHT }
}

/// The rows of a table with a heading of version and flags, and a count at its end.
pub(super) fn rows(body: &[u8], width: usize) -> Option<&[u8]> {
    let count = usize::try_from(number(body, 4)?).ok()?;
    body.get(8..count.checked_mul(width)?.checked_add(8)?)
}

/// The edit list (`elst`) with its version.
pub(super) fn edits(body: &[u8]) -> Option<(u8, &[u8])> {
    let version = *body.first().filter(|version| **version <= 1)?;
    let width = if version == 0 { 12 } else { 20 };
    let rows = rows(body, width).filter(|rows| rows.len() / width <= EDITS_MAX)?;
    Some((version, rows))
}

/// Lengths of samples.
#[derive(Clone, Copy)]
pub(super) enum Sizes<'a> {
    Equal {
        each: u32,
        count: u32,
    },
    /// Rows of four bytes, as they lie in the heading: a copy of them would take as much again.
    Each(&'a [u8]),
}

impl<'a> Sizes<'a> {
    pub(super) fn read(body: &'a [u8]) -> Option<Self> {
        let (each, count) = (number(body, 4)?, number(body, 8)?);
        if each > 0 {
            return Some(Self::Equal { each, count });
        }
        body.get(12..usize::try_from(count).ok()?.checked_mul(4)?.checked_add(12)?).map(Self::Each)
    }

    pub(super) fn count(&self) -> u32 {
        match self {
            Self::Equal { count, .. } => *count,
            Self::Each(rows) => u32::try_from(rows.len() / 4).unwrap_or(u32::MAX),
        }
    }

    /// The length of one sample; 0 for one that is not there.
    pub(super) fn of(&self, n: u32) -> u64 {
        match self {
            Self::Equal { each, .. } => u64::from(*each),
            Self::Each(rows) => usize::try_from(n).ok().and_then(|n| number(rows, n * 4)).map_or(0, u64::from),
        }
    }

    /// The length of the longest.
    pub(super) fn largest(&self) -> u64 {
        match self {
            Self::Equal { each, .. } => u64::from(*each),
            Self::Each(rows) => rows.chunks_exact(4).filter_map(|row| number(row, 0)).max().map_or(0, u64::from),
        }
    }

    /// The length of some samples that follow each other.
    pub(super) fn sum(&self, range: std::ops::Range<u32>) -> Option<u64> {
        match self {
            Self::Equal { each, .. } => u64::from(*each).checked_mul(u64::from(range.end - range.start)),
            Self::Each(_) => range.map(|n| self.of(n)).try_fold(0_u64, u64::checked_add),
        }
    }
}

/// Where chunks begin (`stco`, `co64`): rows as they lie in the heading.
#[derive(Clone, Copy)]
pub(super) struct Offsets<'a> {
    rows: &'a [u8],
    width: usize,
}

impl<'a> Offsets<'a> {
    pub(super) fn read(body: &'a [u8], wide: bool) -> Option<Self> {
        let width = if wide { 8 } else { 4 };
        rows(body, width).map(|rows| Self { rows, width })
    }

    pub(super) fn count(&self) -> usize {
        self.rows.len() / self.width
    }

    pub(super) fn of(&self, n: usize) -> Option<u64> {
        let at = n.checked_mul(self.width)?;
        if self.width == 8 { long(self.rows, at) } else { number(self.rows, at).map(u64::from) }
    }
}
