//! Looking points up.

use super::GridIndex;
use super::raster::{Candidate, Cell, Edge, Pyramid};
use crate::crs::LonLat;

impl GridIndex {
    /// The index of the grid a WGS-84 point belongs to, `None` outside all grids (and for invalid points).
    ///
    /// A point on a border shared by grids belongs to exactly one of them: the one to its right (east), or above it
    /// for a horizontal border. A point on an outer border belongs to the grid it bounds. Ties that overlaps or
    /// inexact borders leave go to the smallest code.
    pub fn locate(&self, point: LonLat) -> Option<usize> {
        let rank = self.pyramid.find(point.lon, point.lat)?;
        Some(self.by_rank[rank as usize] as usize)
    }
}

impl Pyramid {
    /// The rank of the grid owning a point.
    #[inline]
    pub(super) fn find(&self, x: f64, y: f64) -> Option<u32> {
        let mut cell = self.cells[self.rasters.first()?.cell(x, y)?];
        loop {
            match cell {
                Cell::Empty => return None,
                Cell::Inside(rank) => return Some(rank),
                Cell::Mixed { start, len } => return self.decide(start, len, x, y),
                Cell::Finer(raster) => cell = self.cells[self.rasters[raster as usize].clamped_cell(x, y)],
            }
        }
    }

    /// Candidates are in the order of codes, so the first hit is the smallest code.
    fn decide(&self, start: u32, len: u32, x: f64, y: f64) -> Option<u32> {
        let candidates = &self.candidates[start as usize..(start + len) as usize];
        let owner = candidates.iter().find(|candidate| self.contains(candidate, x, y));
        let owner = owner.or_else(|| candidates.iter().find(|candidate| self.borders(candidate, x, y)));
        owner.map(|candidate| candidate.rank)
    }

    #[inline]
    fn contains(&self, candidate: &Candidate, x: f64, y: f64) -> bool {
        let (odd, doubt) = self.edges_of(candidate).fold((candidate.odd, false), |(odd, doubt), edge| {
            let (counts, doubtful) = edge.probably_right_of(x, y);
            (odd ^ counts, doubt | doubtful)
        });
        if doubt { self.contains_exactly(candidate, x, y) } else { odd }
    }

    #[cold]
    fn contains_exactly(&self, candidate: &Candidate, x: f64, y: f64) -> bool {
        self.edges_of(candidate).fold(candidate.odd, |odd, edge| odd ^ edge.is_right_of(x, y))
    }

    fn borders(&self, candidate: &Candidate, x: f64, y: f64) -> bool {
        self.edges_of(candidate).any(|edge| edge.touches(x, y))
    }

    #[inline]
    fn edges_of(&self, candidate: &Candidate) -> impl Iterator<Item = &Edge> {
        let picks = &self.picks[candidate.start as usize..(candidate.start + candidate.len) as usize];
        picks.iter().map(|&pick| &self.edges[pick as usize])
    }
}
