//! Which grid a point falls in, among hundreds of thousands, in some tens of nanoseconds.
//!
//! The plane is cut into a raster. A cell that lies within one grid says so; a cell that borders cross keeps the few
//! edges needed to decide between its candidates, and is cut finer where there are many. Decisions use exact
//! orientation tests and half-open edges, so that of two grids sharing a border exactly one owns each point of it.

mod build;
mod bulk;
mod locate;

mod near;
mod raster;
mod scan;

use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use crate::shape::GridShape;
use raster::Pyramid;

/// An immutable index over grids; build a new one when grids change. Indices in answers refer to the list it was
/// built from.
#[derive(Debug)]
pub struct GridIndex {
    shapes: Vec<GridShape>,
    /// Position in `shapes` by rank in the order of codes: ties go to the lowest rank.
    by_rank: Vec<u32>,
    pyramid: Pyramid,
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
}

impl GridIndex {
    /// Builds the index. Shapes should be valid areas that do not overlap; where they do, a point of the overlap
    /// belongs to the shape with the smallest code. Non-finite vertices make a shape unfindable, nothing worse.
    pub fn new(shapes: Vec<GridShape>) -> Self {
        let mut by_rank: Vec<u32> = (0..shapes.len() as u32).collect();
        by_rank.sort_by(|&a, &b| shapes[a as usize].code.cmp(&shapes[b as usize].code).then(a.cmp(&b)));
        let pyramid = build::pyramid(by_rank.iter().map(|&i| &shapes[i as usize].area));
        let boxes = RTree::bulk_load(near::boxes(&shapes));
        GridIndex { shapes, by_rank, pyramid, boxes }
    }

    /// The shapes the index was built from, in their order.
    pub fn shapes(&self) -> &[GridShape] {
        &self.shapes
    }

    /// The code of the grid at `index`, which must come from this index.
    pub fn code(&self, index: usize) -> &str {
        &self.shapes[index].code
    }

    /// Number of grids.
    pub fn len(&self) -> usize {
        self.shapes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }
}
