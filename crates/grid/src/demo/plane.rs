//! The working plane: whole steps of 1e-7 degrees from a corner near the outline, so that every vertex can be stored
//! exactly, and a measure of distance in which a step east counts as much as it is long on the ground.

use geo::{BoundingRect, MapCoords, RemoveRepeatedPoints};

use crate::shape::{Coord, LineString, MultiPolygon, Polygon};

/// A point in steps.
pub(super) type Point = [f64; 2];

const STEPS_PER_DEGREE: f64 = 1e7;

pub(super) struct Plane {
    origin: [f64; 2],
    shrink: f64,
}

/// The outline in steps, with what a step east is worth in steps north.
pub(super) struct Outline {
    pub(super) area: MultiPolygon<f64>,
    pub(super) shrink: f64,
}

impl Plane {
    pub(super) fn around(outline: &MultiPolygon<f64>) -> Option<Plane> {
        let rect = outline.bounding_rect()?;
        let middle = rect.center();
        let finite = [rect.min().x, rect.min().y, rect.max().x, rect.max().y].iter().all(|v| v.is_finite());
        let origin = [(middle.x * STEPS_PER_DEGREE).round(), (middle.y * STEPS_PER_DEGREE).round()];
        let shrink = middle.y.to_radians().cos();
        (finite && shrink > 0.01).then_some(Plane { origin, shrink })
    }

    /// Degrees to whole steps; points that fall together become one, rings without area are dropped.
    pub(super) fn snap(&self, area: &MultiPolygon<f64>) -> Outline {
        let step = |c: Coord<f64>| Coord {
            x: (c.x * STEPS_PER_DEGREE).round() - self.origin[0],
            y: (c.y * STEPS_PER_DEGREE).round() - self.origin[1],
        };
        let snapped = area.map_coords(step).remove_repeated_points();
        let real = |ring: &LineString<f64>| ring.0.len() >= 4;
        let polygons = snapped.into_iter().filter(|polygon| real(polygon.exterior())).map(|polygon| {
            let (exterior, holes) = polygon.into_inner();
            Polygon::new(exterior, holes.into_iter().filter(real).collect())
        });
        Outline { area: polygons.collect(), shrink: self.shrink }
    }

    /// Steps, rounded to whole ones, to degrees.
    pub(super) fn unsnap(&self, area: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        area.map_coords(|c| Coord {
            x: (c.x.round() + self.origin[0]) / STEPS_PER_DEGREE,
            y: (c.y.round() + self.origin[1]) / STEPS_PER_DEGREE,
        })
    }
}

impl Outline {
    /// All rings, closed, outer and inner alike.
    pub(super) fn rings(&self) -> impl Iterator<Item = &LineString<f64>> {
        self.area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
    }
}
