//! The grids that will be in force when a file is imported: its own, and those that stay beside them.

use geo::{BoundingRect, Distance, Euclidean};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::Standing;
use super::overlay::{Overlays, sides};
use super::read::Candidate;
use super::report::Feature;
use crate::crs::EARTH_RADIUS_M;
use crate::shape::{LineString, MultiPolygon, Polygon};

/// A grid is near a place when it is no further away than this.
const NEAR_M: f64 = 1.0;
/// As many near grids are named.
const NAMED: usize = 4;

type Boxed = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// All grids with an index of their places.
pub(super) struct Ground<'a> {
    pub(super) file: &'a [Candidate],
    pub(super) standing: &'a [Standing],
    pub(super) overlays: Overlays,
    tree: RTree<Boxed>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(file: &'a [Candidate], standing: &'a [Standing]) -> Self {
        let areas = || file.iter().map(|grid| &grid.area).chain(standing.iter().map(|grid| &grid.area));
        let overlays = Overlays::of_sides(sides(areas()));
        let boxes = areas().enumerate().filter_map(|(number, area)| boxed(number, area));
        Self { file, standing, overlays, tree: RTree::bulk_load(boxes.collect()) }
    }

    /// The grid of a number: those of the file come first.
    pub(super) fn area(&self, number: usize) -> &'a MultiPolygon<f64> {
        match self.file.get(number) {
            Some(grid) => &grid.area,
            None => &self.standing[number - self.file.len()].area,
        }
    }

    pub(super) fn is_of_file(&self, number: usize) -> bool {
        number < self.file.len()
    }

    /// Its code, or its place in the file if it has none.
    pub(super) fn name(&self, number: usize) -> String {
        match self.file.get(number) {
            Some(Candidate { feature: Feature { code: Some(code), .. }, .. }) => code.clone(),
            Some(grid) => format!("#{}", grid.feature.index + 1),
            None => self.standing[number - self.file.len()].code.clone(),
        }
    }

    /// The village it belongs to, as far as its code says.
    pub(super) fn village(&self, number: usize) -> Option<&str> {
        let code = match self.file.get(number) {
            Some(grid) => grid.feature.code.as_deref()?,
            None => &self.standing[number - self.file.len()].code,
        };
        code.get(..12)
    }

    /// Numbers of grids whose boxes come within a distance of an area's, in order.
    pub(super) fn around(&self, area: &MultiPolygon<f64>, metres: f64) -> Vec<usize> {
        let Some(rect) = area.bounding_rect() else { return Vec::new() };
        let up = metres / EARTH_RADIUS_M.to_radians();
        let aside = up / rect.max().y.to_radians().cos().max(0.1);
        let envelope =
            AABB::from_corners([rect.min().x - aside, rect.min().y - up], [rect.max().x + aside, rect.max().y + up]);
        let mut found: Vec<usize> =
            self.tree.locate_in_envelope_intersecting(&envelope).map(|grid| grid.data).collect();
        found.sort_unstable();
        found
    }

    /// Numbers of grids beside a piece, the nearest first.
    pub(super) fn beside(&self, piece: &Polygon<f64>) -> Vec<usize> {
        let piece = MultiPolygon(vec![piece.clone()]);
        let near = NEAR_M / EARTH_RADIUS_M.to_radians();
        let measured = self.around(&piece, NEAR_M).into_iter();
        let mut measured: Vec<(f64, usize)> =
            measured.map(|number| (Euclidean.distance(&piece, self.area(number)), number)).collect();
        measured.retain(|(distance, _)| *distance <= near);
        measured.sort_by(|a, b| a.0.total_cmp(&b.0));
        measured.into_iter().map(|(_, number)| number).collect()
    }

    /// Their names, as many as are worth saying.
    pub(super) fn names(&self, numbers: &[usize]) -> Vec<String> {
        numbers.iter().take(NAMED).map(|number| self.name(*number)).collect()
    }

    /// What grids of these numbers cover together.
    pub(super) fn union(&self, numbers: impl Iterator<Item = usize>) -> Option<MultiPolygon<f64>> {
        self.overlays.union(&numbers.map(|number| self.area(number)).collect::<Vec<_>>())
    }
}

/// The area inside a ring.
pub(super) fn filled(ring: &LineString<f64>) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(ring.clone(), Vec::new())])
}

fn boxed(number: usize, area: &MultiPolygon<f64>) -> Option<Boxed> {
    let rect = area.bounding_rect()?;
    let (min, max) = (rect.min(), rect.max());
    Some(GeomWithData::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), number))
}
