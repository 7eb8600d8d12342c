//! Grids against the outlines they should fill: places inside that no grid covers, and grids that reach beyond.
//!
//! Where an outline is exact, both refuse the file like a hole between grids, and by the same measure: grids whose border
//! was taken over from the outline differ from it by rounding alone (3 cm wide), and what is more than the tolerance is
//! ground on which a report falls into no grid, or into another county's. Where the outline is not known to be exact,
//! both are warnings.

use std::collections::BTreeMap;

use geo::Intersects;

use super::ground::{Ground, filled};
use super::report::{Feature, Problem, Reason, Report, Warning};
use super::topology::notable;
use super::{Options, Outline};
use crate::crs::LonLat;
use crate::shape::MultiPolygon;

/// What was found with an outline, and how much it is.
#[derive(Clone)]
struct Found {
    area_m2: f64,
    exact: bool,
    problem: Problem,
}

/// Compares villages and the county with their grids. `rough` says whether outlines that are not exact are worth a word.
pub(super) fn compare(
    ground: &Ground<'_>,
    covered: &MultiPolygon<f64>,
    options: &Options<'_>,
    rough: bool,
    report: &mut Report,
) {
    let county = || match options.outline {
        Some(outline) => county(ground, covered, outline, options),
        None => Some(Vec::new()),
    };
    let Some(found) = villages(ground, options).and_then(|found| Some([found, county()?].concat())) else {
        return report.add(None, None, Reason::Tangled);
    };
    let (exact, others): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|found| found.exact);
    for Found { problem, .. } in exact {
        report.add(problem.feature, problem.position, problem.reason);
    }
    if rough {
        let warning = |found: Found| (found.area_m2, Warning::ByRoughOutline { problem: found.problem });
        report.warn_of(others.into_iter().map(warning).collect());
    }
}

/// `None` where borders meet too often to say.
fn villages(ground: &Ground<'_>, options: &Options<'_>) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let mut of_village = BTreeMap::<&str, Vec<usize>>::new();
    for number in 0..ground.file.len() + ground.standing.len() {
        if let Some(village) = ground.village(number) {
            of_village.entry(village).or_default().push(number);
        }
    }
    let tolerance_m2 = options.tolerance_m2;
    for (village, Outline { area, exact }) in options.village_outlines {
        let grids = of_village.get(village.as_str()).map_or(&[][..], Vec::as_slice);
        if !grids.iter().any(|number| ground.is_of_file(*number)) {
            continue;
        }
        let covered = ground.union(grids.iter().copied())?;
        for piece in ground.overlays.difference(area, &covered)? {
            let near = ground.names(&ground.beside(&piece));
            if let Some((area_m2, place)) = notable(MultiPolygon(vec![piece]), tolerance_m2) {
                let reason = Reason::VillageGap { village: village.clone(), near, area_m2, tolerance_m2 };
                found.push(told(None, place, reason, area_m2, *exact));
            }
        }
        for grid in grids.iter().filter_map(|number| ground.file.get(*number)) {
            if let Some((area_m2, place)) = notable(ground.overlays.difference(&grid.area, area)?, tolerance_m2) {
                let reason = Reason::BeyondVillage { village: village.clone(), area_m2, tolerance_m2 };
                found.push(told(Some(grid.feature.clone()), place, reason, area_m2, *exact));
            }
        }
    }
    Some(found)
}

fn county(
    ground: &Ground<'_>,
    covered: &MultiPolygon<f64>,
    outline: &Outline,
    options: &Options<'_>,
) -> Option<Vec<Found>> {
    let mut found = Vec::new();
    let tolerance_m2 = options.tolerance_m2;
    let has_outline = |village: Option<&str>| village.is_some_and(|v| options.village_outlines.contains_key(v));
    if options.cover_outline {
        let reached: MultiPolygon<f64> = covered.iter().flat_map(|polygon| filled(polygon.exterior())).collect();
        for piece in ground.overlays.difference(&outline.area, &reached)? {
            let beside = ground.beside(&piece);
            let by_village = !beside.is_empty() && beside.iter().all(|number| has_outline(ground.village(*number)));
            let near = ground.names(&beside);
            let notable = notable(MultiPolygon(vec![piece]), tolerance_m2).filter(|_| !by_village);
            if let Some((area_m2, place)) = notable {
                found.push(told(
                    None,
                    place,
                    Reason::CountyGap { near, area_m2, tolerance_m2 },
                    area_m2,
                    outline.exact,
                ));
            }
        }
    }
    for (number, grid) in ground.file.iter().enumerate() {
        if has_outline(ground.village(number)) || !grid.area.intersects(&outline.area) {
            continue;
        }
        if let Some((area_m2, place)) = notable(ground.overlays.difference(&grid.area, &outline.area)?, tolerance_m2) {
            let reason = Reason::BeyondCounty { area_m2, tolerance_m2 };
            found.push(told(Some(grid.feature.clone()), place, reason, area_m2, outline.exact));
        }
    }
    Some(found)
}

fn told(feature: Option<Feature>, position: Option<LonLat>, reason: Reason, area_m2: f64, exact: bool) -> Found {
    Found { area_m2, exact, problem: Problem { feature, position, reason } }
}
