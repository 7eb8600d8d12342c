//! Grids in memory: which one holds a point.

use std::collections::HashMap;
use std::sync::Arc;

use yizhi_domain::region::RegionPath;
use yizhi_grid::shape::area_from_geojson;
use yizhi_grid::{GridIndex, GridShape, LonLat};
use yizhi_store::GridRow;

/// A current grid without its geometry.
#[derive(Clone, Debug)]
pub struct Grid {
    pub code: String,
    pub path: RegionPath,
    pub name: String,
    pub kind: String,
    pub schematic: bool,
    pub version: i32,
    pub center: (f64, f64),
}

/// The current grids with their index.
pub struct Places {
    index: GridIndex,
    grids: HashMap<String, Arc<Grid>>,
}

impl Places {
    /// Builds the index; a grid whose stored geometry cannot be read is left out and named.
    pub fn new(rows: &[GridRow]) -> (Self, Vec<String>) {
        let (mut shapes, mut grids, mut damaged) = (Vec::new(), HashMap::new(), Vec::new());
        for row in rows {
            let area = serde_json::from_str(&row.geometry).ok().and_then(|g| area_from_geojson(&g).ok());
            let (Some(area), Some(path)) = (area, RegionPath::parse(&row.path)) else {
                damaged.push(row.code.clone());
                continue;
            };
            shapes.push(GridShape { code: row.code.clone(), area });
            let grid = Grid {
                code: row.code.clone(),
                path,
                name: row.name.clone(),
                kind: row.kind.clone(),
                schematic: row.schematic,
                version: row.version,
                center: row.center,
            };
            grids.insert(row.code.clone(), Arc::new(grid));
        }
        (Self { index: GridIndex::new(shapes), grids }, damaged)
    }

    pub fn by_code(&self, code: &str) -> Option<&Arc<Grid>> {
        self.grids.get(code)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<Grid>> {
        self.grids.values()
    }

    /// The one grid that holds a point in WGS-84.
    pub fn locate(&self, point: LonLat) -> Option<&Arc<Grid>> {
        let found = self.index.locate(point)?;
        self.grids.get(self.index.code(found))
    }

    pub fn len(&self) -> usize {
        self.grids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.grids.is_empty()
    }
}
