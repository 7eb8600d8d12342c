//! Generated grids of whole counties through the import: they pass, also converted, and a wrong system is noticed.

use geo::MapCoords;
use yizhi_grid::crs::{Crs, LonLat, from_wgs84};
use yizhi_grid::demo::{DemoPlace, generate};
use yizhi_grid::import::{Options, Outline, Warning, check};
use yizhi_grid::shape::{Coord, area_to_geojson};

use crate::common::{COUNTIES, grids_wanted, outline, villages};
use crate::import::{collection, feature};

fn place(county: &str) -> DemoPlace {
    generate(&outline(county), &villages(county), grids_wanted(county), 7).unwrap()
}

/// The generated grids as a file whose coordinates are in `crs`.
fn exported(place: &DemoPlace, crs: Crs) -> String {
    let shift = |c: Coord<f64>| {
        let p = from_wgs84(LonLat::new(c.x, c.y), crs);
        Coord { x: p.lon, y: p.lat }
    };
    let features = place.grids.iter().map(|grid| feature(&grid.code, area_to_geojson(&grid.area.map_coords(shift))));
    collection(features.collect()).to_string()
}

#[test]
fn generated_grids_of_all_counties_pass() {
    for county in COUNTIES {
        let place = place(county);
        let area = Outline { area: outline(county), exact: true };
        let options = Options { tolerance_m2: 1.0, outline: Some(&area), cover_outline: true, ..Options::default() };
        let known = |village: &str| place.villages.iter().any(|v| v.code == village);
        match check(&exported(&place, Crs::Wgs84), &options, &known) {
            Ok(imported) => {
                assert_eq!(imported.warnings, [], "{county}");
                assert!(std::iter::zip(&imported.grids, &place.grids).all(|(a, b)| a.code == b.code));
            }
            Err(report) => panic!("{county}: {:?}", report.problems.iter().map(|p| p.en()).collect::<Vec<_>>()),
        }
    }
}

#[test]
fn the_declared_system_is_compared_with_the_outline() {
    let place = place("440604");
    let area = Outline { area: outline("440604"), exact: false };
    let import = |file: Crs, declared: Crs| {
        let options = Options { crs: declared, outline: Some(&area), ..Options::default() };
        check(&exported(&place, file), &options, &|_| true).unwrap().warnings
    };
    for (file, declared) in [(Crs::Gcj02, Crs::Wgs84), (Crs::Bd09, Crs::Cgcs2000), (Crs::Wgs84, Crs::Gcj02)] {
        let warnings = import(file, declared);
        let [Warning::CrsFitsBetter { better, metres, .. }] = &warnings[..] else { panic!("{file}: {warnings:?}") };
        assert_eq!(*better, file);
        assert!((400.0..2000.0).contains(metres), "{metres}");
    }
    for crs in Crs::ALL {
        assert_eq!(import(crs, crs), [], "{crs}");
    }
}

#[test]
fn shared_borders_stay_shared_after_conversion() {
    let place = place("440604");
    let options = Options { crs: Crs::Gcj02, tolerance_m2: 0.5, ..Options::default() };
    let imported = check(&exported(&place, Crs::Gcj02), &options, &|_| true).unwrap();
    for (imported, original) in std::iter::zip(&imported.grids, &place.grids) {
        let corners = std::iter::zip(imported.area.0[0].exterior(), original.area.0[0].exterior());
        assert!(corners.map(|(a, b)| LonLat::new(a.x, a.y).distance_m(LonLat::new(b.x, b.y))).all(|m| m < 0.05));
    }
}
