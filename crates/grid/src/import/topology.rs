//! Overlaps between grids, and places between them that no grid covers.

use geo::{Area, Euclidean, InteriorPoint, Length, Polygon};

use super::ground::{Ground, filled};
use super::report::{Reason, Report, Warning};
use super::slivers::NARROW_M;
use super::{Options, Outline};
use crate::crs::{EARTH_RADIUS_M, LonLat};
use crate::shape::{MultiPolygon, polygon_area_m2};

/// Slivers thinner than this come from rounding vertices to 1e-7 degrees, however long they are.
const ROUNDING_WIDTH_M: f64 = 0.03;

/// Reports every pair of grids that overlap, one of them in the file.
pub(super) fn overlaps(ground: &Ground<'_>, tolerance_m2: f64, report: &mut Report) {
    let mut over_schematic = Vec::new();
    for (number, grid) in ground.file.iter().enumerate() {
        for other in ground.around(&grid.area, 0.0).into_iter().filter(|other| *other > number) {
            let Some(shared) = ground.overlays.intersection(&grid.area, ground.area(other)) else {
                return report.add(Some(grid.feature.clone()), None, Reason::Tangled);
            };
            let Some((area_m2, place)) = notable(shared, tolerance_m2) else { continue };
            let feature = grid.feature.clone();
            let reason = match other.checked_sub(ground.file.len()).and_then(|at| ground.standing.get(at)) {
                None => Reason::Overlap { other: ground.file[other].feature.clone(), area_m2, tolerance_m2 },
                Some(standing) => {
                    let same_village = ground.village(number) == ground.village(other);
                    let (code, name) = (standing.code.clone(), standing.name.clone());
                    if standing.schematic && !same_village {
                        over_schematic.push((area_m2, Warning::OverlapsSchematic { feature, code, name, area_m2 }));
                        continue;
                    }
                    Reason::OverlapStanding { code, name, same_village, area_m2, tolerance_m2 }
                }
            };
            report.add(Some(feature), place, reason);
            if report.is_full() {
                return;
            }
        }
    }
    report.warn_of(over_schematic);
}

/// Total area of the pieces that are not mere rounding, if above the tolerance, and a point in the largest.
pub(super) fn notable(pieces: MultiPolygon<f64>, tolerance_m2: f64) -> Option<(f64, Option<LonLat>)> {
    let mut wide: Vec<(f64, Polygon<f64>)> = pieces.into_iter().filter_map(wider_than_rounding).collect();
    wide.sort_by(|a, b| b.0.total_cmp(&a.0));
    let total = wide.iter().map(|(area, _)| area).sum::<f64>();
    let place = wide.first().and_then(|(_, piece)| piece.interior_point()).map(|p| LonLat::new(p.x(), p.y()).rounded());
    (total > tolerance_m2).then_some((total, place))
}

fn wider_than_rounding(piece: Polygon<f64>) -> Option<(f64, Polygon<f64>)> {
    let area = polygon_area_m2(&piece);
    (mean_width_m(&piece) > ROUNDING_WIDTH_M).then_some((area, piece))
}

/// How wide a long piece is: twice its area by its border.
pub(super) fn mean_width_m(piece: &Polygon<f64>) -> f64 {
    mean_width(polygon_area_m2(piece), Euclidean.length(piece.exterior()) * EARTH_RADIUS_M.to_radians())
}

pub(super) fn mean_width(area: f64, around: f64) -> f64 {
    if around > 0.0 { 2.0 * area / around } else { 0.0 }
}

/// Reports holes between grids. `covered` is the union of all grids.
pub(super) fn holes(ground: &Ground<'_>, covered: &MultiPolygon<f64>, options: &Options<'_>, report: &mut Report) {
    let tolerance_m2 = options.tolerance_m2;
    for hole in covered.iter().flat_map(|polygon| polygon.interiors()) {
        let piece = Polygon::new(hole.clone(), Vec::new());
        let Some((area_m2, place)) = notable(missing(ground, filled(hole), options), tolerance_m2) else { continue };
        let beside = ground.beside(&piece);
        if is_of_the_file(ground, &piece, &beside) {
            report.add(None, place, Reason::Gap { near: ground.names(&beside), area_m2, tolerance_m2 });
        }
    }
}

/// Whether the file is to be blamed for a hole. Between it and grids that stand already only what is narrow is: a wide
/// place is a village that has no grids yet.
fn is_of_the_file(ground: &Ground<'_>, piece: &Polygon<f64>, beside: &[usize]) -> bool {
    let of_file = beside.iter().filter(|number| ground.is_of_file(**number)).count();
    let of_one_village = beside.windows(2).all(|pair| ground.village(pair[0]) == ground.village(pair[1]));
    of_file > 0 && (of_file == beside.len() || of_one_village || mean_width_m(piece) <= NARROW_M)
}

/// What of a hole between grids should have grids: all of it, unless the county's outline has a hole there, too. An
/// outline that is not exact decides only whether the hole as a whole is meant.
fn missing(ground: &Ground<'_>, hole: MultiPolygon<f64>, options: &Options<'_>) -> MultiPolygon<f64> {
    let Some(Outline { area, exact }) = options.outline else { return hole };
    // A hole that cannot be laid over the outline is told as it is.
    let Some(inside) = ground.overlays.intersection(&hole, area) else { return hole };
    let mostly_inside = inside.unsigned_area() > hole.unsigned_area() / 2.0;
    match (exact, mostly_inside) {
        (true, _) => inside,
        (false, true) => hole,
        (false, false) => MultiPolygon(Vec::new()),
    }
}
