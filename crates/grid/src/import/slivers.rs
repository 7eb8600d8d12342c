//! Narrow places between grids that are open to the outside. They are no holes of what the grids cover, so they are found
//! by closing it: grown by half a width and shrunk again, it fills every place that is no wider.

use std::collections::BTreeMap;

use geo::{Area, BooleanOps, Buffer, Distance, Euclidean, InteriorPoint, Length, MapCoords, Simplify};

use super::Options;
use super::ground::{Ground, filled};
use super::report::{Problem, Reason, Report, Warning};
use super::topology::{mean_width, mean_width_m, notable};
use crate::crs::EARTH_RADIUS_M;
use crate::shape::{Coord, MultiPolygon, Polygon, polygon_area_m2};

/// Borders that were drawn twice, from pictures or with receivers in the hand, lie within 5 m of where they are, so up to
/// 10 m apart. What is wider may be a river.
pub(super) const NARROW_M: f64 = 10.0;
/// Up to here the author is asked.
const WIDE_M: f64 = 100.0;
/// A place lies between two grids when it runs along each for so many half widths. A corner where two borders meet
/// is filled by closing, too, but only for one half width beside a right angle.
const ALONG: f64 = 3.0;
/// Borders are followed this closely, in metres: growing one that was walked with a receiver would take minutes for its every vertex.
const SMOOTH_M: f64 = TOUCHES_M / 5.0;
/// A side of a place belongs to a grid no further away than this, in metres.
const TOUCHES_M: f64 = 0.1;

/// Reports narrow open places, and warns of wide ones where that is `asked`. `covered` is the union of all grids.
pub(super) fn open(
    ground: &Ground<'_>,
    covered: &MultiPolygon<f64>,
    options: &Options<'_>,
    asked: bool,
    report: &mut Report,
) {
    let Some(flat) = Flat::around(covered) else { return };
    let reached: MultiPolygon<f64> = covered.iter().flat_map(|polygon| filled(polygon.exterior())).collect();
    let reached = flat.down(&geo::unary_union(&reached)).simplify(SMOOTH_M);
    let tolerance_m2 = options.tolerance_m2;
    let mut closed = reached.clone();
    let mut wide = Vec::new();
    // Growing makes corners of straight lines, and shrinking leaves a film on bent borders.
    for (width, least) in [(NARROW_M, NARROW_M / 100.0), (WIDE_M, NARROW_M)] {
        if width > NARROW_M && !asked {
            break;
        }
        let grown = closed.buffer(width / 2.0).buffer(-width / 2.0);
        for piece in grown.difference(&closed) {
            // The film along a border of many vertices is of as many pieces. What is left of one in the county is not much wider than all of it.
            if mean_width(piece.unsigned_area(), Euclidean.length(piece.exterior())) < least / 10.0 {
                continue;
            }
            let Some(piece) = sliver(ground, &flat, piece, width / 2.0, options) else { continue };
            let width_m = mean_width_m(&piece);
            if width_m < least {
                continue;
            }
            let near = ground.names(&ground.beside(&piece));
            let Some((area_m2, position)) = notable(MultiPolygon(vec![piece]), tolerance_m2) else { continue };
            let reason = Reason::OpenSliver { near, width_m, area_m2, tolerance_m2 };
            if width <= NARROW_M {
                report.add(None, position, reason);
            } else {
                wide.push((area_m2, Warning::WideGap { problem: Problem { feature: None, position, reason } }));
            }
        }
        closed = closed.union(&grown);
    }
    report.warn_of(wide);
}

/// A piece in degrees, if it lies between two grids of which one is of the file, and no exact outlines of their villages say
/// more.
fn sliver(
    ground: &Ground<'_>,
    flat: &Flat,
    piece: Polygon<f64>,
    half_width: f64,
    options: &Options<'_>,
) -> Option<Polygon<f64>> {
    let mut along = BTreeMap::<usize, f64>::new();
    let around = ground.around(&MultiPolygon(vec![flat.up_polygon(&piece)]), 2.0 * TOUCHES_M);
    if around.len() < 2 {
        return None;
    }
    let inside = inside_county(ground, flat.up_polygon(&piece), options)?;
    let areas: Vec<(usize, MultiPolygon<f64>)> = around.into_iter().map(|n| (n, flat.down(ground.area(n)))).collect();
    for side in piece.exterior().lines() {
        let middle = geo::Point::from((side.start + side.end) / 2.0);
        let measured = areas.iter().map(|(number, area)| (Euclidean.distance(&middle, area), *number));
        if let Some((distance, number)) = measured.min_by(|a, b| a.0.total_cmp(&b.0))
            && distance <= TOUCHES_M
        {
            *along.entry(number).or_default() += Euclidean.length(&side);
        }
    }
    let long = along.into_iter().filter(|(_, length)| *length >= ALONG * half_width);
    let between: Vec<usize> = long.map(|(number, _)| number).collect();
    let exact = |number: &usize| {
        let village = ground.village(*number).and_then(|village| options.village_outlines.get(village));
        village.is_some_and(|outline| outline.exact)
    };
    let of_file = between.iter().any(|number| ground.is_of_file(*number));
    (between.len() >= 2 && of_file && !between.iter().all(exact)).then_some(inside)
}

/// What of a piece lies in the county; by an outline that is not exact all of it, or nothing.
fn inside_county(ground: &Ground<'_>, piece: Polygon<f64>, options: &Options<'_>) -> Option<Polygon<f64>> {
    let Some(outline) = options.outline else { return Some(piece) };
    let Some(inside) = ground.overlays.intersection(&MultiPolygon(vec![piece.clone()]), &outline.area) else {
        return Some(piece);
    };
    if !outline.exact {
        return (inside.unsigned_area() > piece.unsigned_area() / 2.0).then_some(piece);
    }
    inside.into_iter().max_by(|a, b| polygon_area_m2(a).total_cmp(&polygon_area_m2(b)))
}

/// A plane in metres around a place.
struct Flat {
    at: Coord<f64>,
    aside: f64,
    up: f64,
}

impl Flat {
    fn around(area: &MultiPolygon<f64>) -> Option<Self> {
        let at: Coord<f64> = area.interior_point()?.into();
        let up = EARTH_RADIUS_M.to_radians();
        Some(Self { at, aside: up * at.y.to_radians().cos(), up })
    }

    fn down(&self, area: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        area.map_coords(|c| Coord { x: (c.x - self.at.x) * self.aside, y: (c.y - self.at.y) * self.up })
    }

    fn up_polygon(&self, piece: &Polygon<f64>) -> Polygon<f64> {
        piece.map_coords(|c| Coord { x: c.x / self.aside + self.at.x, y: c.y / self.up + self.at.y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::LonLat;

    #[test]
    fn the_plane_is_in_metres_and_goes_back() {
        let square = |x: f64, y: f64, side: f64| {
            let corner = |dx: f64, dy: f64| Coord { x: x + dx * side, y: y + dy * side };
            let ring = vec![corner(0.0, 0.0), corner(1.0, 0.0), corner(1.0, 1.0), corner(0.0, 1.0), corner(0.0, 0.0)];
            Polygon::new(ring.into(), Vec::new())
        };
        let piece = square(119.0, 25.4, 0.001);
        let flat = Flat::around(&MultiPolygon(vec![piece.clone()])).unwrap();
        let down = flat.down(&MultiPolygon(vec![piece.clone()]));
        let sides: Vec<f64> = down.0[0].exterior().lines().map(|line| Euclidean.length(&line)).collect();
        let apart = |a: (f64, f64), b: (f64, f64)| LonLat::new(a.0, a.1).distance_m(LonLat::new(b.0, b.1));
        assert!((sides[0] - apart((119.0, 25.4), (119.001, 25.4))).abs() < 0.1, "{sides:?}");
        assert!((sides[1] - apart((119.0, 25.4), (119.0, 25.401))).abs() < 0.1, "{sides:?}");
        let back = flat.up_polygon(&down.0[0]);
        assert!(std::iter::zip(back.exterior(), piece.exterior()).all(|(a, b)| (a.x - b.x).abs() < 1e-9));
    }
}
