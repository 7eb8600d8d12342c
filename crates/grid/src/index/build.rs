//! Building the rasters. Everything here may list an edge or a candidate too many, never one too few: cells are
//! widened by a small margin against rounding, and the exact tests happen when points are looked up.

use super::raster::{Candidate, Cell, Edge, Pyramid, Raster};
use super::scan::Scan;
use crate::shape::MultiPolygon;

/// Cells of the first raster per shape.
const CELLS_PER_SHAPE: f64 = 4.0;
const MOST_CELLS: f64 = 4_000_000.0;
/// A cell with more edges than this is cut finer, into cells for about `EDGES_PER_FINER_CELL` edges each.
const MOST_EDGES_PER_CELL: usize = 64;
const EDGES_PER_FINER_CELL: f64 = 6.0;
const DEEPEST: usize = 4;
/// Widening of cells on each side, as a part of their size.
pub(super) const MARGIN: f64 = 1e-3;
/// Smallest cell as a part of the largest coordinate: keeps rounding errors well below the margin.
const SMALLEST_CELL: f64 = 1e-7;

/// South-west and north-east corner.
type Rectangle = ([f64; 2], [f64; 2]);

/// What a raster is built from: a shape's edges that matter within it, as positions in the list of all edges. `odd` as
/// in [`Candidate`].
pub(super) struct Piece<'a> {
    rank: u32,
    pub(super) odd: bool,
    pub(super) edges: &'a [u32],
}

/// A candidate found for a cell; `start` and `len` say which of the scan's chosen edges are its own.
pub(super) struct Entry {
    pub(super) cell: u32,
    /// Position in the list of pieces.
    pub(super) piece: u32,
    pub(super) odd: bool,
    pub(super) start: u32,
    pub(super) len: u32,
}

pub(super) fn pyramid<'a>(areas: impl Iterator<Item = &'a MultiPolygon<f64>>) -> Pyramid {
    let mut edges = Vec::new();
    let mut ends = Vec::new();
    for area in areas {
        push_edges(area, &mut edges);
        ends.push(edges.len());
    }
    let numbers: Vec<u32> = (0..edges.len() as u32).collect();
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let pieces: Vec<Piece<'_>> = std::iter::zip(starts, &ends)
        .enumerate()
        .map(|(rank, (from, &to))| Piece { rank: rank as u32, odd: false, edges: &numbers[from..to] })
        .collect();
    let mut pyramid = Pyramid::default();
    if let Some((min, max)) = bounds(edges.iter()) {
        let cells = (pieces.len() as f64 * CELLS_PER_SHAPE).min(MOST_CELLS);
        fill(&mut pyramid, &edges, (min, max), cells, &pieces, 0);
    }
    pack(&mut pyramid, &edges);
    pyramid
}

/// Stores the edges in the order of their first use, so that what is near on the ground is near in memory.
fn pack(pyramid: &mut Pyramid, edges: &[Edge]) {
    const UNUSED: u32 = u32::MAX;
    let mut numbers = vec![UNUSED; edges.len()];
    for pick in &mut pyramid.picks {
        let number = &mut numbers[*pick as usize];
        if *number == UNUSED {
            *number = pyramid.edges.len() as u32;
            pyramid.edges.push(edges[*pick as usize]);
        }
        *pick = *number;
    }
}

fn push_edges(area: &MultiPolygon<f64>, edges: &mut Vec<Edge>) {
    let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let lines = rings.flat_map(|ring| ring.lines());
    let finite =
        lines.filter(|line| [line.start.x, line.start.y, line.end.x, line.end.y].iter().all(|v| v.is_finite()));
    edges.extend(finite.map(|line| Edge::new([line.start.x, line.start.y], [line.end.x, line.end.y])));
}

/// The corners of the smallest rectangle around edges.
pub(super) fn bounds<'a>(mut edges: impl Iterator<Item = &'a Edge>) -> Option<Rectangle> {
    let first = edges.next()?;
    let start = ([first.min_x(), first.low[1]], [first.max_x(), first.high[1]]);
    Some(edges.fold(start, |(min, max), e| {
        ([min[0].min(e.min_x()), min[1].min(e.low[1])], [max[0].max(e.max_x()), max[1].max(e.high[1])])
    }))
}

/// Adds a raster over the rectangle and whatever refines it; returns its number.
fn fill(
    to: &mut Pyramid,
    edges: &[Edge],
    (min, max): Rectangle,
    cells: f64,
    pieces: &[Piece<'_>],
    depth: usize,
) -> u32 {
    let raster = lay_out(min, max, cells, to.cells.len());
    let number = to.rasters.len() as u32;
    to.rasters.push(raster);
    to.cells.resize(to.cells.len() + raster.cells(), Cell::Empty);
    let mut scan = Scan { edges, raster, whole: depth > 0, entries: Vec::new(), chosen: Vec::new() };
    for (i, piece) in pieces.iter().enumerate() {
        scan.piece(i as u32, piece);
    }
    let Scan { mut entries, chosen, .. } = scan;
    entries.sort_by_key(|entry| entry.cell);
    for entries in entries.chunk_by(|a, b| a.cell == b.cell) {
        let found: Vec<Piece<'_>> = entries
            .iter()
            .map(|entry| Piece {
                rank: pieces[entry.piece as usize].rank,
                odd: entry.odd,
                edges: &chosen[entry.start as usize..(entry.start + entry.len) as usize],
            })
            .collect();
        let cell = entries[0].cell;
        let total: usize = found.iter().map(|piece| piece.edges.len()).sum();
        let settled = if total > MOST_EDGES_PER_CELL && depth < DEEPEST && can_be_cut(&raster) {
            let cells = (total as f64 / EDGES_PER_FINER_CELL).clamp(4.0, 1024.0);
            Cell::Finer(fill(to, edges, cell_bounds(&raster, cell), cells, &found, depth + 1))
        } else {
            settle(to, &found)
        };
        to.cells[(raster.first + cell) as usize] = settled;
    }
    number
}

/// Stores what was found for a cell, in the order of ranks.
fn settle(to: &mut Pyramid, found: &[Piece<'_>]) -> Cell {
    if let [Piece { rank, odd: true, edges: [] }] = found {
        return Cell::Inside(*rank);
    }
    let start = to.candidates.len() as u32;
    for piece in found {
        let (first, len) = (to.picks.len() as u32, piece.edges.len() as u32);
        to.picks.extend(piece.edges);
        to.candidates.push(Candidate { rank: piece.rank, start: first, len, odd: piece.odd });
    }
    Cell::Mixed { start, len: found.len() as u32 }
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

fn can_be_cut(raster: &Raster) -> bool {
    let smallest = raster.max[0].abs().max(raster.max[1].abs()).max(raster.min[0].abs()) * SMALLEST_CELL;
    raster.scale.iter().all(|scale| 1.0 / scale > 4.0 * smallest)
}

fn cell_bounds(raster: &Raster, cell: u32) -> Rectangle {
    let at = [(cell % raster.columns) as f64, (cell / raster.columns) as f64];
    let corner = |step: f64| std::array::from_fn(|axis| raster.min[axis] + (at[axis] + step) / raster.scale[axis]);
    (corner(0.0), corner(1.0))
}
