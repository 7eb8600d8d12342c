//! The data of the index: rasters of cells, the candidates of a cell, the edges of a candidate, each in one flat list.

/// An edge of a border, lower end first. An edge counts for a point if it passes the point's latitude (lower end
/// included, upper end not) to the right of the point; an odd count means inside. Both grids at a shared edge store
/// the same ends in the same order and so decide alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) low: [f64; 2],
    pub(super) high: [f64; 2],
}

impl Edge {
    pub(super) fn new(a: [f64; 2], b: [f64; 2]) -> Self {
        let swap = (b[1], b[0]) < (a[1], a[0]);
        if swap { Edge { low: b, high: a } } else { Edge { low: a, high: b } }
    }

    pub(super) fn min_x(&self) -> f64 {
        self.low[0].min(self.high[0])
    }

    pub(super) fn max_x(&self) -> f64 {
        self.low[0].max(self.high[0])
    }

    /// Whether the edge counts for the point.
    #[inline]
    pub(super) fn is_right_of(&self, x: f64, y: f64) -> bool {
        self.low[1] <= y && y < self.high[1] && self.side(x, y) > 0.0
    }

    /// The same without branches, so that a processor need not guess: whether the edge counts for the point, and
    /// whether rounding leaves that in doubt. The bound is Shewchuk's for orientation tests (1997), rounded up.
    #[inline]
    pub(super) fn probably_right_of(&self, x: f64, y: f64) -> (bool, bool) {
        let passes = (self.low[1] <= y) & (y < self.high[1]);
        let left = (self.high[0] - self.low[0]) * (y - self.low[1]);
        let right = (self.high[1] - self.low[1]) * (x - self.low[0]);
        let bound = 4e-16 * (left.abs() + right.abs());
        let side = left - right;
        (passes & (side > bound), passes & (side.abs() <= bound))
    }

    /// Whether the point lies exactly on the edge, ends included.
    pub(super) fn touches(&self, x: f64, y: f64) -> bool {
        self.low[1] <= y && y <= self.high[1] && self.min_x() <= x && x <= self.max_x() && self.side(x, y) == 0.0
    }

    /// Positive if the point is to the left of the edge seen from its lower end, exact in sign.
    #[inline]
    fn side(&self, x: f64, y: f64) -> f64 {
        let coord = |[x, y]: [f64; 2]| robust::Coord { x, y };
        robust::orient2d(coord(self.low), coord(self.high), robust::Coord { x, y })
    }
}

/// What is known about a cell.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell {
    /// No grid comes near.
    Empty,
    /// The whole cell lies in the grid of this rank and in no other.
    Inside(u32),
    /// Candidates `start..start + len`.
    Mixed { start: u32, len: u32 },
    /// The raster with this number decides.
    Finer(u32),
}

/// A grid that may own points of a cell, with the picks `start..start + len`, the edges that decide it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) rank: u32,
    pub(super) start: u32,
    pub(super) len: u32,
    /// Whether an odd number of further edges pass to the right of every point of the cell.
    pub(super) odd: bool,
}

/// A rectangle cut into equal cells, row by row from the south-west.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raster {
    pub(super) min: [f64; 2],
    pub(super) max: [f64; 2],
    /// Cells per degree.
    pub(super) scale: [f64; 2],
    pub(super) columns: u32,
    pub(super) rows: u32,
    /// Number of the first cell in the list of all cells.
    pub(super) first: u32,
}

impl Raster {
    /// Number of cells.
    pub(super) fn cells(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Number of the cell holding a point, if the point is within the rectangle.
    #[inline]
    pub(super) fn cell(&self, x: f64, y: f64) -> Option<usize> {
        let within = self.min[0] <= x && x <= self.max[0] && self.min[1] <= y && y <= self.max[1];
        within.then(|| self.clamped_cell(x, y))
    }

    #[inline]
    pub(super) fn clamped_cell(&self, x: f64, y: f64) -> usize {
        let column = (((x - self.min[0]) * self.scale[0]) as u32).min(self.columns - 1);
        let row = (((y - self.min[1]) * self.scale[1]) as u32).min(self.rows - 1);
        self.first as usize + row as usize * self.columns as usize + column as usize
    }
}

/// All rasters; the first covers everything, the others refine single cells.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    pub(super) rasters: Vec<Raster>,
    pub(super) cells: Vec<Cell>,
    pub(super) candidates: Vec<Candidate>,
    /// Edges of candidates, as positions in `edges`.
    pub(super) picks: Vec<u32>,
    pub(super) edges: Vec<Edge>,
}
