//! Comparing grids with a reference outline: would they fit better if the coordinates were in another system?

use geo::{Area, Intersects, MapCoords};

use super::overlay::Overlays;
use super::read::Candidate;
use super::report::{Report, Warning};
use crate::crs::{Crs, LonLat, from_wgs84, to_wgs84};
use crate::shape::{Coord, MultiPolygon, center};

/// Another system is proposed when it leaves at most this part of the declared one's mismatch.
const MUCH_BETTER: f64 = 0.6;
/// What does not fit is at least this part of the covered area: the systems lie 300 m and more apart, a border that was rounded does not.
const NOTICED: f64 = 0.01;
/// Grids that fill at least this part of the outline should also leave nothing of it uncovered.
const NEARLY_ALL: f64 = 0.8;

/// Warns when `covered`, read as `declared`, fits `outline` much worse than it would in another system. Silent where borders meet too often to say.
pub(super) fn better_crs(
    covered: &MultiPolygon<f64>,
    outline: &MultiPolygon<f64>,
    declared: Crs,
    overlays: &Overlays,
) -> Option<Warning> {
    let whole = covered.unsigned_area() > NEARLY_ALL * outline.unsigned_area();
    let mismatch = |area: &MultiPolygon<f64>| {
        let beyond = overlays.difference(area, outline)?.unsigned_area();
        Some(if whole { beyond + overlays.difference(outline, area)?.unsigned_area() } else { beyond })
    };
    let others = [Crs::Wgs84, Crs::Gcj02, Crs::Bd09].into_iter();
    let others = others.filter(|crs| *crs != declared && !(crs.is_stored_as_is() && declared.is_stored_as_is()));
    let declared_mismatch = mismatch(covered)?;
    if declared_mismatch < NOTICED * covered.unsigned_area() {
        return None;
    }
    let measured = others.filter_map(|crs| Some((mismatch(&reread(covered, declared, crs))?, crs)));
    let (best, better) = measured.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let place = center(covered)?;
    let metres = to_wgs84(from_wgs84(place, declared), better).distance_m(place).round();
    (best < MUCH_BETTER * declared_mismatch).then_some(Warning::CrsFitsBetter { declared, better, metres })
}

/// An area that was converted from `declared`, as if it had been converted from `other`.
fn reread(area: &MultiPolygon<f64>, declared: Crs, other: Crs) -> MultiPolygon<f64> {
    area.map_coords(|c| {
        let p = to_wgs84(from_wgs84(LonLat::new(c.x, c.y), declared), other);
        Coord { x: p.lon, y: p.lat }
    })
}

/// Warns for each grid that does not even touch the outline, up to a limit.
pub(super) fn outsiders(grids: &[Candidate], outline: &MultiPolygon<f64>) -> Vec<Warning> {
    let outside = grids.iter().filter(|grid| !grid.area.intersects(outline));
    let warnings = outside.map(|grid| Warning::OutsideOutline { feature: grid.feature.clone() });
    warnings.take(Report::MOST_PROBLEMS).collect()
}
