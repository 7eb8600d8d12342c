//! Overlaps and gaps between grids, and between grids and the outlines they should fill.

use std::collections::BTreeMap;

use geo::{Area, BooleanOps, BoundingRect, Euclidean, InteriorPoint, Length, Polygon, unary_union};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::Options;
use super::read::Candidate;
use super::report::{Reason, Report};
use crate::crs::{EARTH_RADIUS_M, LonLat};
use crate::shape::{LineString, MultiPolygon, polygon_area_m2};

/// Slivers thinner than this come from rounding vertices to 1e-7 degrees, however long they are.
const ROUNDING_WIDTH_M: f64 = 0.03;

/// Reports every pair of grids that overlap.
pub(super) fn overlaps(grids: &[Candidate], tolerance_m2: f64, report: &mut Report) {
    let tree = RTree::bulk_load(grids.iter().enumerate().filter_map(|(i, grid)| boxed(i, &grid.area)).collect());
    for (i, grid) in grids.iter().enumerate() {
        let Some(own) = boxed(i, &grid.area) else { continue };
        let envelope = AABB::from_corners(own.geom().lower(), own.geom().upper());
        let mut others: Vec<usize> = tree.locate_in_envelope_intersecting(&envelope).map(|other| other.data).collect();
        others.retain(|&other| other > i);
        others.sort_unstable();
        for other in others {
            let shared = grid.area.intersection(&grids[other].area);
            let Some((area_m2, place)) = notable(shared, tolerance_m2) else { continue };
            let other = grids[other].feature.clone();
            report.add(Some(grid.feature.clone()), place, Reason::Overlap { other, area_m2, tolerance_m2 });
            if report.is_full() {
                return;
            }
        }
    }
}

fn boxed(index: usize, area: &MultiPolygon<f64>) -> Option<GeomWithData<Rectangle<[f64; 2]>, usize>> {
    let rect = area.bounding_rect()?;
    let (min, max) = (rect.min(), rect.max());
    Some(GeomWithData::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), index))
}

/// Total area of the pieces that are not mere rounding, if above the tolerance, and a point in the largest.
fn notable(pieces: MultiPolygon<f64>, tolerance_m2: f64) -> Option<(f64, Option<LonLat>)> {
    let mut wide: Vec<(f64, Polygon<f64>)> = pieces.into_iter().filter_map(wider_than_rounding).collect();
    wide.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total = wide.iter().map(|(area, _)| area).sum::<f64>();
    let place = wide.first().and_then(|(_, piece)| piece.interior_point()).map(|p| LonLat::new(p.x(), p.y()).rounded());
    (total > tolerance_m2).then_some((total, place))
}

fn wider_than_rounding(piece: Polygon<f64>) -> Option<(f64, Polygon<f64>)> {
    let area = polygon_area_m2(&piece);
    let around = Euclidean.length(piece.exterior()) * EARTH_RADIUS_M.to_radians();
    (2.0 * area > ROUNDING_WIDTH_M * around).then_some((area, piece))
}

/// The area covered by all grids together.
pub(super) fn union(grids: &[Candidate]) -> MultiPolygon<f64> {
    unary_union(grids.iter().map(|grid| &grid.area))
}

/// Reports holes between grids and places of the outlines that no grid covers. `covered` is the union of the grids.
pub(super) fn gaps(grids: &[Candidate], covered: &MultiPolygon<f64>, options: &Options<'_>, report: &mut Report) {
    let tolerance_m2 = options.tolerance_m2;
    let holes = covered.iter().flat_map(|polygon| polygon.interiors());
    for hole in holes.map(filled) {
        if let Some((area_m2, place)) = notable(missing(hole, options), tolerance_m2) {
            report.add(None, place, Reason::Gap { area_m2, tolerance_m2 });
        }
    }
    if let Some(outline) = options.outline.filter(|_| options.cover_outline) {
        let reached: MultiPolygon<f64> = covered.iter().flat_map(|polygon| filled(polygon.exterior())).collect();
        for piece in outline.difference(&reached) {
            if let Some((area_m2, place)) = notable(MultiPolygon(vec![piece]), tolerance_m2) {
                report.add(None, place, Reason::CountyGap { area_m2, tolerance_m2 });
            }
        }
    }
    villages(grids, options, report);
}

fn filled(ring: &LineString<f64>) -> MultiPolygon<f64> {
    MultiPolygon(vec![Polygon::new(ring.clone(), Vec::new())])
}

/// What of a hole between grids should have grids: all of it, unless the county's outline has a hole there, too. An
/// outline that is not exact decides only whether the hole as a whole is meant.
fn missing(hole: MultiPolygon<f64>, options: &Options<'_>) -> MultiPolygon<f64> {
    let Some(outline) = options.outline else { return hole };
    let inside = hole.intersection(outline);
    let mostly_inside = inside.unsigned_area() > hole.unsigned_area() / 2.0;
    match (options.cover_outline, mostly_inside) {
        (true, _) => inside,
        (false, true) => hole,
        (false, false) => MultiPolygon(Vec::new()),
    }
}

/// Compares each village whose outline is known with its grids.
fn villages(grids: &[Candidate], options: &Options<'_>, report: &mut Report) {
    let mut of_village = BTreeMap::<&str, Vec<&Candidate>>::new();
    for grid in grids {
        if let Some(village) = grid.feature.code.as_ref().and_then(|code| code.get(..12)) {
            of_village.entry(village).or_default().push(grid);
        }
    }
    let tolerance_m2 = options.tolerance_m2;
    for (village, outline) in options.village_outlines {
        let Some(grids) = of_village.get(village.as_str()) else { continue };
        let covered = unary_union(grids.iter().map(|grid| &grid.area));
        for piece in outline.difference(&covered) {
            if let Some((area_m2, place)) = notable(MultiPolygon(vec![piece]), tolerance_m2) {
                report.add(None, place, Reason::VillageGap { village: village.clone(), area_m2, tolerance_m2 });
            }
        }
        for grid in grids {
            if let Some((area_m2, place)) = notable(grid.area.difference(outline), tolerance_m2) {
                let reason = Reason::BeyondVillage { village: village.clone(), area_m2, tolerance_m2 };
                report.add(Some(grid.feature.clone()), place, reason);
            }
        }
    }
}
