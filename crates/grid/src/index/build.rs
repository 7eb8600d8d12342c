//! Building the rasters. Everything here may list an edge or a candidate too many, never one too few: cells are
//! widened by a small margin against rounding, and the exact tests happen when points are looked up.

use super::raster::{Candidate, Cell, Edge, Pyramid, Raster};
use crate::shape::MultiPolygon;

/// Cells of the first raster per shape.
const CELLS_PER_SHAPE: f64 = 4.0;
const MOST_CELLS: f64 = 4_000_000.0;
/// A cell with more edges than this is cut finer, into cells for about `EDGES_PER_FINER_CELL` edges each.
const MOST_EDGES_PER_CELL: usize = 24;
const EDGES_PER_FINER_CELL: f64 = 4.0;
const DEEPEST: usize = 4;
/// Widening of cells on each side, as a part of their size.
const MARGIN: f64 = 1e-3;
/// Smallest cell as a part of the largest coordinate: keeps rounding errors well below the margin.
const SMALLEST_CELL: f64 = 1e-7;

/// What a raster is built from: a shape's edges that matter within it. `odd` as in [`Candidate`].
struct Piece<'a> {
    rank: u32,
    odd: bool,
    edges: &'a [Edge],
}

/// A candidate found for a cell, its edges as positions in the list `chosen`.
struct Entry {
    cell: u32,
    piece: u32,
    odd: bool,
    start: u32,
    len: u32,
}

pub(super) fn pyramid<'a>(areas: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Pyramid {
    let mut edges = Vec::new();
    let mut ends = Vec::new();
    for area in areas {
        push_edges(area, &mut edges);
        ends.push(edges.len());
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let spans = starts.zip(&ends).enumerate();
    let pieces: Vec<Piece<'_>> =
        spans.map(|(rank, (from, &to))| Piece { rank: rank as u32, odd: false, edges: &edges[from..to] }).collect();
    let mut pyramid = Pyramid::default();
    if let Some((min, max)) = bounds(&edges) {
        let cells = (pieces.len() as f64 * CELLS_PER_SHAPE).min(MOST_CELLS);
        fill(&mut pyramid, min, max, cells, &pieces, 0);
    }
    pyramid
}

fn push_edges(area: &MultiPolygon<f64>, edges: &mut Vec<Edge>) {
    let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let lines = rings.flat_map(|ring| ring.lines());
    let finite =
        lines.filter(|line| [line.start.x, line.start.y, line.end.x, line.end.y].iter().all(|v| v.is_finite()));
    edges.extend(finite.map(|line| Edge::new([line.start.x, line.start.y], [line.end.x, line.end.y])));
}

fn bounds(edges: &[Edge]) -> Option<([f64; 2], [f64; 2])> {
    let first = edges.first()?;
    let start = ([first.min_x(), first.low[1]], [first.max_x(), first.high[1]]);
    Some(edges.iter().fold(start, |(min, max), e| {
        ([min[0].min(e.min_x()), min[1].min(e.low[1])], [max[0].max(e.max_x()), max[1].max(e.high[1])])
    }))
}

/// Adds a raster over the rectangle and whatever refines it; returns its number.
fn fill(to: &mut Pyramid, min: [f64; 2], max: [f64; 2], cells: f64, pieces: &[Piece<'_>], depth: usize) -> u32 {
    let raster = lay_out(min, max, cells, to.cells.len());
    let number = to.rasters.len() as u32;
    to.rasters.push(raster);
    to.cells.resize(to.cells.len() + (raster.columns * raster.rows) as usize, Cell::Empty);
    let mut scan = Scan { raster, whole: depth > 0, entries: Vec::new(), chosen: Vec::new() };
    for (i, piece) in pieces.iter().enumerate() {
        scan.piece(i as u32, piece);
    }
    let Scan { mut entries, chosen, .. } = scan;
    entries.sort_by_key(|entry| entry.cell);
    for group in entries.chunk_by(|a, b| a.cell == b.cell) {
        let cell = group[0].cell;
        to.cells[(raster.first + cell) as usize] = settle(to, &raster, group, &chosen, pieces, depth);
    }
    number
}

fn lay_out(min: [f64; 2], max: [f64; 2], cells: f64, first: usize) -> Raster {
    let smallest = [min[0], min[1], max[0], max[1]].iter().fold(1e-9, |m: f64, v| m.max(v.abs())) * SMALLEST_CELL;
    let size = [(max[0] - min[0]).max(smallest), (max[1] - min[1]).max(smallest)];
    let side = (size[0] * size[1] / cells.max(1.0)).sqrt().max(smallest);
    let count = |length: f64| (length / side).ceil().clamp(1.0, MOST_CELLS.sqrt() * 2.0);
    let (columns, rows) = (count(size[0]), count(size[1]));
    let scale = [columns / size[0], rows / size[1]];
    Raster { min, max, scale, columns: columns as u32, rows: rows as u32, first: first as u32 }
}

/// Decides what to keep for a cell from its entries, which are in the order of ranks.
fn settle(
    to: &mut Pyramid,
    raster: &Raster,
    entries: &[Entry],
    chosen: &[u32],
    pieces: &[Piece<'_>],
    depth: usize,
) -> Cell {
    if let [Entry { odd: true, len: 0, piece, .. }] = entries {
        return Cell::Inside(pieces[*piece as usize].rank);
    }
    let edges_of = |entry: &Entry| {
        let source = pieces[entry.piece as usize].edges;
        let picks = &chosen[entry.start as usize..(entry.start + entry.len) as usize];
        picks.iter().map(move |&i| source[i as usize])
    };
    let total: usize = entries.iter().map(|entry| entry.len as usize).sum();
    if total > MOST_EDGES_PER_CELL && depth < DEEPEST && can_be_cut(raster) {
        let copies: Vec<Vec<Edge>> = entries.iter().map(|entry| edges_of(entry).collect()).collect();
        let finer: Vec<Piece<'_>> = std::iter::zip(entries, &copies)
            .map(|(entry, edges)| Piece { rank: pieces[entry.piece as usize].rank, odd: entry.odd, edges })
            .collect();
        let (min, max) = cell_bounds(raster, entries[0].cell);
        let cells = (total as f64 / EDGES_PER_FINER_CELL).clamp(4.0, 1024.0);
        return Cell::Finer(fill(to, min, max, cells, &finer, depth + 1));
    }
    let start = to.candidates.len() as u32;
    for entry in entries {
        let first = to.edges.len() as u32;
        to.edges.extend(edges_of(entry));
        let rank = pieces[entry.piece as usize].rank;
        to.candidates.push(Candidate { rank, start: first, len: entry.len, odd: entry.odd });
    }
    Cell::Mixed { start, len: entries.len() as u32 }
}

fn can_be_cut(raster: &Raster) -> bool {
    let smallest = raster.max[0].abs().max(raster.max[1].abs()).max(raster.min[0].abs()) * SMALLEST_CELL;
    raster.scale.iter().all(|scale| 1.0 / scale > 4.0 * smallest)
}

fn cell_bounds(raster: &Raster, cell: u32) -> ([f64; 2], [f64; 2]) {
    let at = [(cell % raster.columns) as f64, (cell / raster.columns) as f64];
    let corner = |step: f64| std::array::from_fn(|axis| raster.min[axis] + (at[axis] + step) / raster.scale[axis]);
    (corner(0.0), corner(1.0))
}

/// Finds the cells of a raster that pieces touch or cover.
struct Scan {
    raster: Raster,
    /// Whether a piece may reach every cell, not only those within the bounds of its edges.
    whole: bool,
    entries: Vec<Entry>,
    chosen: Vec<u32>,
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

impl Scan {
    fn piece(&mut self, number: u32, piece: &Piece<'_>) {
        let (columns, rows) = self.reach(piece);
        let mut in_band = Vec::new();
        for row in rows.0..=rows.1 {
            let band = self.band(row);
            in_band.clear();
            in_band.extend((0u32..).zip(piece.edges).filter_map(|(i, edge)| self.clip(i, edge, band)));
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
        let Some((min, max)) = bounds(piece.edges) else { return ((1, 0), (1, 0)) };
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

    fn clip(&self, number: u32, edge: &Edge, band: Band) -> Option<InBand> {
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
        let crossed = |odd, e: &InBand| odd ^ piece.edges[e.edge as usize].is_right_of(x, band.middle);
        edges.iter().fold(piece.odd, crossed)
    }
}
