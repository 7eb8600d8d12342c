//! Finding the cells of a raster that a piece of a border touches or covers, row by row.

use super::build::{Entry, MARGIN, Piece, bounds};
use super::raster::{Edge, Raster};

/// Finds the cells of a raster that pieces touch or cover.
pub(super) struct Scan<'a> {
    pub(super) edges: &'a [Edge],
    pub(super) raster: Raster,
    /// Whether a piece may reach every cell, not only those within the bounds of its edges.
    pub(super) whole: bool,
    pub(super) entries: Vec<Entry>,
    /// Edges of the entries, as positions in `edges`.
    pub(super) chosen: Vec<u32>,
}

/// A horizontal band of cells, widened by the margin.
#[derive(Clone, Copy)]
struct Band {
    low: f64,
    high: f64,
    middle: f64,
}

/// An edge as seen from one band: its number and the columns (fractional) it spans there.
#[derive(Clone, Copy)]
struct InBand {
    edge: u32,
    from: f64,
    to: f64,
    /// Whether it passes every latitude of the band.
    passes: bool,
}

impl Scan<'_> {
    /// Emits the entries of one piece.
    pub(super) fn piece(&mut self, number: u32, piece: &Piece<'_>) {
        let (columns, rows) = self.reach(piece);
        let mut in_band = Vec::new();
        for row in rows.0..=rows.1 {
            let band = self.band(row);
            in_band.clear();
            in_band.extend(piece.edges.iter().filter_map(|&edge| self.clip(edge, band)));
            self.row(number, piece, row, columns, band, &in_band);
        }
    }

    /// First and last column and row a piece may have cells in.
    fn reach(&self, piece: &Piece<'_>) -> ((u32, u32), (u32, u32)) {
        let raster = &self.raster;
        let all = ((0, raster.columns - 1), (0, raster.rows - 1));
        if self.whole {
            return all;
        }
        let Some((min, max)) = bounds(piece.edges.iter().map(|&edge| &self.edges[edge as usize])) else {
            return ((1, 0), (1, 0));
        };
        let range = |axis: usize, count: u32| {
            let step =
                |v: f64, margin: f64| (((v - raster.min[axis]) * raster.scale[axis] + margin) as u32).min(count - 1);
            (step(min[axis], -MARGIN), step(max[axis], MARGIN))
        };
        (range(0, raster.columns), range(1, raster.rows))
    }

    fn band(&self, row: u32) -> Band {
        let latitude = |rows: f64| self.raster.min[1] + rows / self.raster.scale[1];
        let row = row as f64;
        Band { low: latitude(row - MARGIN), high: latitude(row + 1.0 + MARGIN), middle: latitude(row + 0.5) }
    }

    fn clip(&self, number: u32, band: Band) -> Option<InBand> {
        let edge = &self.edges[number as usize];
        if edge.high[1] < band.low || edge.low[1] > band.high {
            return None;
        }
        let height = edge.high[1] - edge.low[1];
        let (mut a, mut b) = (edge.low[0], edge.high[0]);
        if height > band.high - band.low {
            let longitude =
                |latitude: f64| edge.low[0] + (edge.high[0] - edge.low[0]) * ((latitude - edge.low[1]) / height);
            if edge.low[1] < band.low {
                a = longitude(band.low);
            }
            if edge.high[1] > band.high {
                b = longitude(band.high);
            }
        }
        let column = |x: f64| (x - self.raster.min[0]) * self.raster.scale[0];
        let passes = edge.low[1] <= band.low && edge.high[1] > band.high;
        Some(InBand { edge: number, from: column(a.min(b)) - MARGIN, to: column(a.max(b)) + MARGIN, passes })
    }

    /// Emits entries for one row of cells.
    fn row(&mut self, number: u32, piece: &Piece<'_>, row: u32, columns: (u32, u32), band: Band, edges: &[InBand]) {
        let mut run_inside: Option<bool> = None;
        for column in columns.0..=columns.1 {
            let (west, east) = (column as f64, column as f64 + 1.0);
            let cell = row * self.raster.columns + column;
            if edges.iter().any(|e| e.from <= east && e.to >= west) {
                run_inside = None;
                self.touched(number, piece, cell, (west, east), edges);
            } else if *run_inside.get_or_insert_with(|| self.middle_is_inside(piece, column, band, edges)) {
                let start = self.chosen.len() as u32;
                self.entries.push(Entry { cell, piece: number, odd: true, start, len: 0 });
            }
        }
    }

    fn touched(&mut self, number: u32, piece: &Piece<'_>, cell: u32, (west, east): (f64, f64), edges: &[InBand]) {
        let start = self.chosen.len() as u32;
        let mut odd = piece.odd;
        for edge in edges.iter().filter(|edge| edge.to >= west) {
            if edge.passes && edge.from > east {
                odd = !odd;
            } else {
                self.chosen.push(edge.edge);
            }
        }
        let len = self.chosen.len() as u32 - start;
        if odd || len > 0 {
            self.entries.push(Entry { cell, piece: number, odd, start, len });
        }
    }

    fn middle_is_inside(&self, piece: &Piece<'_>, column: u32, band: Band, edges: &[InBand]) -> bool {
        let x = self.raster.min[0] + (column as f64 + 0.5) / self.raster.scale[0];
        let crossed = |odd, e: &InBand| odd ^ self.edges[e.edge as usize].is_right_of(x, band.middle);
        edges.iter().fold(piece.odd, crossed)
    }
}
