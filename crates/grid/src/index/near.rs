//! Questions about neighbourhoods: which grids meet a rectangle, which is nearest to a point outside.

use geo::{BoundingRect, Intersects, Rect};
use rstar::AABB;
use rstar::primitives::{GeomWithData, Rectangle};

use super::GridIndex;
use crate::crs::{EARTH_RADIUS_M, LonLat};
use crate::shape::{Coord, GridShape, MultiPolygon};

/// The longest distance on the earth, where the search for the nearest grid gives up widening.
const HALF_ROUND_M: f64 = 20_100_000.0;

pub(super) fn boxes(shapes: &[GridShape]) -> Vec<GeomWithData<Rectangle<[f64; 2]>, u32>> {
    let boxed = |(i, shape): (usize, &GridShape)| {
        let rect = shape.area.bounding_rect()?;
        let corners = [rect.min().x, rect.min().y, rect.max().x, rect.max().y];
        let rectangle = Rectangle::from_corners([corners[0], corners[1]], [corners[2], corners[3]]);
        corners.iter().all(|v| v.is_finite()).then(|| GeomWithData::new(rectangle, i as u32))
    };
    shapes.iter().enumerate().filter_map(boxed).collect()
}

impl GridIndex {
    /// Indices, ascending, of the grids that meet the rectangle between two corners (south-west and north-east),
    /// borders included.
    pub fn intersecting(&self, south_west: LonLat, north_east: LonLat) -> Vec<usize> {
        let rect = Rect::new(to_coord(south_west), to_coord(north_east));
        let mut found = self.boxes_meeting(&rect);
        found.retain(|&i| self.shapes[i].area.intersects(&rect));
        found
    }

    /// The grid nearest to a point and its distance in metres (0 inside); `None` without grids or for an invalid
    /// point. Equal distances go to the smaller code.
    pub fn nearest(&self, point: LonLat) -> Option<(usize, f64)> {
        if !point.valid() {
            return None;
        }
        if let Some(inside) = self.locate(point) {
            return Some((inside, 0.0));
        }
        let mut reach = 500.0;
        loop {
            let best = self.nearest_within(point, reach);
            let found = best.filter(|(_, metres)| *metres <= reach);
            if found.is_some() {
                return found;
            }
            if reach > HALF_ROUND_M {
                return best;
            }
            reach *= 4.0;
        }
    }

    fn nearest_within(&self, point: LonLat, reach: f64) -> Option<(usize, f64)> {
        let high = (reach / EARTH_RADIUS_M).to_degrees();
        let wide = high / point.lat.to_radians().cos().max(0.01);
        let rect = Rect::new(
            Coord { x: point.lon - wide, y: point.lat - high },
            Coord { x: point.lon + wide, y: point.lat + high },
        );
        let measured = self.boxes_meeting(&rect).into_iter().map(|i| (i, distance_m(&self.shapes[i].area, point)));
        measured.min_by(|a, b| a.1.total_cmp(&b.1).then_with(|| self.code(a.0).cmp(self.code(b.0))))
    }

    fn boxes_meeting(&self, rect: &Rect<f64>) -> Vec<usize> {
        let envelope = AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
        let boxes = self.boxes.locate_in_envelope_intersecting(&envelope);
        let mut found: Vec<usize> = boxes.map(|item| item.data as usize).collect();
        found.sort_unstable();
        found
    }
}

fn to_coord(point: LonLat) -> Coord<f64> {
    Coord { x: point.lon, y: point.lat }
}

/// Distance in metres from a point outside an area to its border, on the plane that touches the earth at the point.
fn distance_m(area: &MultiPolygon<f64>, point: LonLat) -> f64 {
    let per_degree = EARTH_RADIUS_M.to_radians();
    let shrink = point.lat.to_radians().cos();
    let local = |c: Coord<f64>| [(c.x - point.lon) * per_degree * shrink, (c.y - point.lat) * per_degree];
    let rings = area.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let lines = rings.flat_map(|ring| ring.lines());
    lines.map(|line| distance_from_origin(local(line.start), local(line.end))).fold(f64::INFINITY, f64::min)
}

fn distance_from_origin(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 { (-(a[0] * dx + a[1] * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (a[0] + along * dx).hypot(a[1] + along * dy)
}
