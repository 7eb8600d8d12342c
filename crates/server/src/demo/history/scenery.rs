//! Where simulated cases happen: points in the county's grids, the busy ones more often, with the names people use.

use rand::Rng;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rand::rngs::StdRng;
use serde_json::Value;
use yizhi_domain::region::{Level, RegionPath, RegionTree};
use yizhi_grid::LonLat;
use yizhi_store::GridRow;

use crate::divisions::short_village;
use crate::places::Places;

/// A grid as a stage.
pub(super) struct Ground {
    pub(super) code: String,
    pub(super) path: RegionPath,
    /// As people say it.
    pub(super) village: String,
    pub(super) urban: bool,
    center: (f64, f64),
    /// West, south, east, north.
    bounds: (f64, f64, f64, f64),
}

/// All grids of the county.
pub(super) struct Scenery {
    grounds: Vec<Ground>,
    weights: WeightedIndex<u32>,
}

/// How often a point in the grid's bounding box is tried before its centre is taken.
const TRIES: usize = 6;

impl Scenery {
    /// `None` when the county has no grids.
    pub(super) fn new(grids: &[GridRow], regions: &RegionTree, rng: &mut StdRng) -> Option<Self> {
        let grounds: Vec<Ground> = grids.iter().filter_map(|g| ground(g, regions)).collect();
        let busy = |ground: &Ground| {
            let base = if ground.urban { 40.0 } else { 14.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "14 to some thousands")]
            let weight = (base / rng.random_range(0.05_f64..1.0)) as u32;
            weight.max(1)
        };
        let weights = WeightedIndex::new(grounds.iter().map(busy).collect::<Vec<_>>()).ok()?;
        Some(Self { grounds, weights })
    }

    pub(super) fn pick(&self, rng: &mut StdRng) -> &Ground {
        &self.grounds[self.weights.sample(rng)]
    }
}

impl Ground {
    /// A point of the grid.
    pub(super) fn point(&self, places: &Places, rng: &mut StdRng) -> (f64, f64) {
        let (west, south, east, north) = self.bounds;
        for _ in 0..TRIES {
            let point = LonLat::new(rng.random_range(west..=east), rng.random_range(south..=north)).rounded();
            if self.holds(places, point) {
                return (point.lon, point.lat);
            }
        }
        self.center
    }

    /// A point some metres away, still in the grid.
    pub(super) fn beside(&self, place: (f64, f64), places: &Places, rng: &mut StdRng) -> (f64, f64) {
        let mut shift = || rng.random_range(-0.000_15..0.000_15);
        let point = LonLat::new(place.0 + shift(), place.1 + shift()).rounded();
        if self.holds(places, point) { (point.lon, point.lat) } else { place }
    }

    fn holds(&self, places: &Places, point: LonLat) -> bool {
        places.locate(point).is_some_and(|grid| grid.code == self.code)
    }
}

fn ground(grid: &GridRow, regions: &RegionTree) -> Option<Ground> {
    let path = RegionPath::parse(&grid.path)?;
    let village = regions.by_path(&path.at(Level::Village))?;
    let township = regions.by_path(&path.at(Level::Township))?;
    Some(Ground {
        code: grid.code.clone(),
        village: short_village(village.name),
        urban: township.name.ends_with("街道"),
        center: grid.center,
        bounds: bounds(&serde_json::from_str(&grid.geometry).ok()?)?,
        path,
    })
}

/// The bounding box of a GeoJSON geometry.
fn bounds(geometry: &Value) -> Option<(f64, f64, f64, f64)> {
    let mut out: Option<(f64, f64, f64, f64)> = None;
    let mut open = vec![&geometry["coordinates"]];
    while let Some(value) = open.pop() {
        let items = value.as_array()?;
        match (items.first().and_then(Value::as_f64), items.get(1).and_then(Value::as_f64)) {
            (Some(x), Some(y)) => {
                let (w, s, e, n) = out.unwrap_or((x, y, x, y));
                out = Some((w.min(x), s.min(y), e.max(x), n.max(y)));
            }
            _ => open.extend(items),
        }
    }
    out
}
