//! Places at the edge of what grids cover, told like holes: between grids, inside an outline, and beyond it.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use yizhi_grid::import::{Imported, Options, Outline, Problem, Reason, Report, Standing, Warning, check};
use yizhi_grid::shape::{MultiPolygon, area_from_geojson};

use crate::common::comb;
use crate::import::{VILLAGE, collection, feature, squares};

/// Degrees of a metre at 25.4° N: eastward, northward.
const EAST: f64 = 1.0 / (111_195.0 * 0.903_33);
const NORTH: f64 = 1.0 / 111_195.0;

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!({"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}

fn area(geometry: &Value) -> MultiPolygon<f64> {
    area_from_geojson(geometry).unwrap()
}

fn village_of(geometry: &Value, exact: bool) -> BTreeMap<String, Outline> {
    BTreeMap::from([(VILLAGE.to_owned(), Outline { area: area(geometry), exact })])
}

fn import(file: &Value, options: &Options<'_>) -> Result<Imported, Report> {
    check(&file.to_string(), options, &|_| true)
}

fn problems(file: &Value, options: &Options<'_>) -> Vec<Problem> {
    import(file, options).map_or_else(|report| report.problems, |_| Vec::new())
}

/// The four squares with those in the east moved by metres.
fn drawn_apart(metres: f64) -> Value {
    let mut file = squares();
    for index in [1, 3] {
        for corner in file["features"][index]["geometry"]["coordinates"][0].as_array_mut().unwrap() {
            corner[0] = json!(corner[0].as_f64().unwrap() + metres * EAST);
        }
    }
    file
}

#[test]
fn a_narrow_place_between_grids_that_is_open_at_both_ends_is_told() {
    for metres in [0.5, 2.0, 9.5] {
        let found = problems(&drawn_apart(metres), &Options::default());
        let [Problem { feature: None, position: Some(at), reason }] = &found[..] else { panic!("{metres}: {found:?}") };
        let Reason::OpenSliver { near, width_m, area_m2, .. } = reason else { panic!("{metres}: {reason:?}") };
        assert!((width_m / metres - 1.0).abs() < 0.05, "{metres}: {width_m}");
        assert!((area_m2 / (metres * 2.0 * 1111.95) - 1.0).abs() < 0.05, "{metres}: {area_m2}");
        assert!((119.01..119.01 + metres * EAST).contains(&at.lon) && (25.4..25.42).contains(&at.lat), "{at:?}");
        assert_eq!(near.len(), 4, "{near:?}");
    }
    let wide = import(&drawn_apart(40.0), &Options::default()).unwrap().warnings;
    assert!(matches!(wide[..], [Warning::WideGap { .. }]), "{wide:?}");
    assert_eq!(import(&drawn_apart(400.0), &Options::default()).unwrap().warnings, []);
    assert_eq!(import(&drawn_apart(0.02), &Options::default()).unwrap().warnings, [], "rounding");
}

/// Borders as a receiver carried along them writes them, a point each half metre, a little beside the line.
#[test]
fn a_narrow_place_between_borders_of_thousands_of_points_is_told() {
    let walked = |lon: f64| {
        let point = |n: i32| json!([lon + f64::from(n % 3) * 0.01 * EAST, 25.4 + f64::from(n) * 0.5 * NORTH]);
        (0..4_000).map(point).collect::<Vec<Value>>()
    };
    let grid = |serial: &str, border: Vec<Value>, end: f64| {
        let north = border.last().unwrap()[1].clone();
        let mut ring = border;
        ring.extend([json!([end, north]), json!([end, 25.4]), ring[0].clone()]);
        json!({
            "type": "Feature",
            "properties": { "code": format!("{VILLAGE}{serial}"), "name": serial },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    let file = collection(vec![grid("001", walked(119.0), 118.99), grid("002", walked(119.0 + 4.0 * EAST), 119.01)]);
    let found = problems(&file, &Options::default());
    let [Problem { reason: Reason::OpenSliver { width_m, .. }, .. }] = &found[..] else { panic!("{found:?}") };
    assert!((width_m / 4.0 - 1.0).abs() < 0.05, "{width_m}");
}

#[test]
fn a_wedge_between_grids_that_is_open_at_one_end_is_told() {
    let mut file = squares();
    file["features"][0]["geometry"]["coordinates"][0][1][0] = json!(119.01 - 3.0 * EAST);
    let found = problems(&file, &Options::default());
    let [Problem { reason: Reason::OpenSliver { near, area_m2, .. }, .. }] = &found[..] else { panic!("{found:?}") };
    assert!((area_m2 / (1.5 * 1111.95) - 1.0).abs() < 0.05, "{area_m2}");
    let mut near = near.clone();
    near.sort();
    assert!(near.starts_with(&[format!("{VILLAGE}001"), format!("{VILLAGE}002")]), "{near:?}");
}

/// Corners of the outer border are shapes, no gaps.
#[test]
fn a_bend_of_the_outer_border_where_two_grids_meet_is_none() {
    let bent = |depth: f64| {
        let corner = |x: f64, y: f64| json!([119.0 + x * EAST, 25.4 + y * NORTH]);
        let ring = |points: &[(f64, f64)]| -> Value { points.iter().map(|(x, y)| corner(*x, *y)).collect() };
        let west = ring(&[(0.0, 0.0), (500.0, depth), (500.0, 500.0), (0.0, 500.0), (0.0, 0.0)]);
        let east = ring(&[(500.0, depth), (1000.0, 0.0), (1000.0, 500.0), (500.0, 500.0), (500.0, depth)]);
        let polygon = |ring| json!({"type": "Polygon", "coordinates": [ring]});
        collection(vec![
            feature(&format!("{VILLAGE}001"), polygon(west)),
            feature(&format!("{VILLAGE}002"), polygon(east)),
        ])
    };
    for depth in [10.0, 100.0, 300.0, 490.0] {
        assert_eq!(import(&bent(depth), &Options::default()).unwrap().warnings, [], "{depth}");
    }
}

#[test]
fn an_exact_outline_refuses_and_another_one_warns() {
    let wider = rectangle(119.0, 25.4, 119.02 + 4.0 * EAST, 25.42);
    let outlines = village_of(&wider, true);
    let options = Options { village_outlines: &outlines, ..Options::default() };
    let found = problems(&squares(), &options);
    let [Problem { position: Some(at), reason: Reason::VillageGap { near, .. }, .. }] = &found[..] else {
        panic!("{found:?}")
    };
    assert!(at.lon > 119.02, "{at:?}");
    assert_eq!(near.len(), 2, "the two in the east: {near:?}");
    let said = found[0].zh() + &found[0].en();
    assert!(said.contains("相邻：") && said.contains("beside ") && said.contains("119.02"), "{said}");

    let outlines = village_of(&wider, false);
    let options = Options { village_outlines: &outlines, ..Options::default() };
    let warnings = import(&squares(), &options).unwrap().warnings;
    assert!(matches!(warnings[..], [Warning::ByRoughOutline { .. }]), "{warnings:?}");
}

#[test]
fn what_stays_is_compared_with_what_comes() {
    let file = |indexes: &[usize]| collection(indexes.iter().map(|i| squares()["features"][*i].clone()).collect());
    let standing = |code: &str, geometry: &Value, schematic: bool| Standing {
        code: code.to_owned(),
        name: "旧网格".to_owned(),
        area: area(geometry),
        schematic,
    };
    let east = rectangle(119.01, 25.4, 119.02, 25.42);
    let over = rectangle(119.01 - 5.0 * EAST, 25.4, 119.02, 25.42);
    let apart = rectangle(119.01 + 5.0 * EAST, 25.4, 119.02, 25.42);
    let found = |standing: Standing| {
        let standing = [standing];
        import(&file(&[0, 2]), &Options { standing: &standing, ..Options::default() })
    };
    assert_eq!(found(standing(&format!("{VILLAGE}009"), &east, false)).unwrap().warnings, []);
    let report = found(standing(&format!("{VILLAGE}009"), &over, true)).unwrap_err();
    assert!(report.problems.iter().all(|p| matches!(p.reason, Reason::OverlapStanding { same_village: true, .. })));
    assert_eq!(report.problems.len(), 2);
    assert!(report.problems[0].zh().contains("--retire-missing"), "{}", report.problems[0].zh());
    let report = found(standing("350302001002009", &over, false)).unwrap_err();
    assert!(matches!(report.problems[0].reason, Reason::OverlapStanding { same_village: false, .. }));
    let warnings = found(standing("350302001002009", &over, true)).unwrap().warnings;
    assert!(matches!(warnings[..], [Warning::OverlapsSchematic { .. }, ..]), "{warnings:?}");
    let report = found(standing("350302001002009", &apart, false)).unwrap_err();
    assert!(matches!(report.problems[0].reason, Reason::OpenSliver { .. }), "{report:?}");
    // A neighbour far from what comes, with a gap of its own, is none of this file's business.
    let far = [
        standing("350302001002008", &rectangle(119.03, 25.4, 119.04, 25.42), false),
        standing("350302001002009", &rectangle(119.04 + 5.0 * EAST, 25.4, 119.05, 25.42), false),
    ];
    let alone = file(&[0]);
    assert!(import(&alone, &Options { standing: &far, ..Options::default() }).is_ok());
}

#[test]
fn more_than_is_read_is_refused_before_it_costs() {
    let corners = |n: usize| -> Vec<Value> {
        let at = |i: usize| std::f64::consts::TAU * i as f64 / n as f64;
        (0..=n).map(|i| json!([119.0 + 0.01 * at(i % n).cos(), 25.4 + 0.01 * at(i % n).sin()])).collect()
    };
    let geometry = json!({"type": "Polygon", "coordinates": [corners(yizhi_grid::import::MOST_POINTS)]});
    let found = problems(&collection(vec![feature(&format!("{VILLAGE}001"), geometry)]), &Options::default());
    assert!(matches!(found[..], [Problem { reason: Reason::TooManyPoints { .. }, .. }]), "{found:?}");
    let many = format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[{}1]}}",
        "1,".repeat(yizhi_grid::import::MOST_FEATURES)
    );
    let report = check(&many, &Options::default(), &|_| true).unwrap_err();
    assert!(matches!(report.problems[..], [Problem { reason: Reason::TooManyFeatures { .. }, .. }]), "{report:?}");
    let deep = "[".repeat(100_000);
    let report = check(&deep, &Options::default(), &|_| true).unwrap_err();
    assert!(matches!(report.problems[..], [Problem { reason: Reason::NotJson { .. }, .. }]), "{report:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A triangle is cut from the outer border of a tiling; the outline knows that it is missing.
    #[test]
    fn a_sliver_cut_from_the_edge_is_told(along in 50.0..1900.0_f64, base in 5.0..40.0_f64, depth in 5.0..300.0_f64, side in 0..4_usize) {
        let width = 0.02 / EAST;
        let height = 0.02 / NORTH;
        let (along, base) = (along.min(width - 60.0), base.min(50.0));
        // On each side: from a point of the border to another, with the tip inside. None straddles two grids.
        let long = if side < 2 { width } else { height };
        let middle = long / 2.0;
        let along = if along < middle && along + base > middle { along - base } else { along };
        let (from, to, tip) = (along, along + base, along + base / 2.0);
        let depth = depth.min(long / 2.0 - 20.0);
        let at = |x: f64, y: f64| [119.0 + x * EAST, 25.4 + y * NORTH];
        let notch = match side {
            0 => [at(from, 0.0), at(tip, depth), at(to, 0.0)],
            1 => [at(from, height), at(tip, height - depth), at(to, height)],
            2 => [at(0.0, from), at(depth, tip), at(0.0, to)],
            _ => [at(width, from), at(width - depth, tip), at(width, to)],
        };
        let outline = rectangle(119.0, 25.4, 119.02, 25.42);
        let mut file = squares();
        let cut = {
            use geo_ops::difference;
            difference(&file, &notch)
        };
        file = cut;
        let outlines = village_of(&outline, true);
        let options = Options { village_outlines: &outlines, ..Options::default() };
        let found = problems(&file, &options);
        prop_assert!(found.len() == 1, "{:?}", found);
        let Reason::VillageGap { area_m2, near, .. } = &found[0].reason else { return Err(TestCaseError::fail(format!("{found:?}"))) };
        prop_assert!((area_m2 / (base * depth / 2.0) - 1.0).abs() < 0.02, "{} {}", area_m2, base * depth / 2.0);
        prop_assert!(!near.is_empty());
        let place = found[0].position.unwrap();
        let (xs, ys): (Vec<f64>, Vec<f64>) = notch.iter().map(|p| (p[0], p[1])).unzip();
        let within = |v: f64, of: &[f64]| of.iter().copied().fold(f64::MAX, f64::min) - 1e-7 <= v && v <= of.iter().copied().fold(f64::MIN, f64::max) + 1e-7;
        prop_assert!(within(place.lon, &xs) && within(place.lat, &ys), "{:?} {:?}", place, notch);
    }

    /// Grids that are moved against each other overlap, or leave a place open: both are told.
    #[test]
    fn grids_that_are_moved_are_told(metres in 0.2..9.5_f64, left in any::<bool>()) {
        let found = problems(&drawn_apart(if left { -metres } else { metres }), &Options::default());
        prop_assert!(!found.is_empty());
        for problem in &found {
            let fits = match problem.reason {
                Reason::Overlap { .. } => left,
                Reason::OpenSliver { .. } => !left,
                _ => false,
            };
            prop_assert!(fits, "{:?}", problem);
        }
    }
}

/// Cutting a triangle out of the grids of a file.
mod geo_ops {
    use geo::BooleanOps;
    use serde_json::Value;
    use yizhi_grid::shape::{Polygon, area_from_geojson, area_to_geojson};

    pub(super) fn difference(file: &Value, triangle: &[[f64; 2]; 3]) -> Value {
        let mut ring: Vec<[f64; 2]> = triangle.to_vec();
        ring.push(triangle[0]);
        let ring: Vec<geo::Coord<f64>> = ring.into_iter().map(|[x, y]| geo::Coord { x, y }).collect();
        let triangle = Polygon::new(ring.into(), Vec::new());
        let mut file = file.clone();
        for feature in file["features"].as_array_mut().unwrap() {
            let area = area_from_geojson(&feature["geometry"]).unwrap();
            feature["geometry"] = area_to_geojson(&area.difference(&triangle));
        }
        file
    }
}

/// Two combs laid crosswise meet in as many places as the product of their teeth. Unbounded, these would take minutes and gigabytes.
#[test]
fn combs_that_cross_everywhere_are_refused_by_name() {
    let place = [119.0, 25.4, 119.1, 25.5];
    let combs = |teeth: usize| {
        let grid = |serial: u32, upright: bool| {
            feature(
                &format!("{VILLAGE}{serial:03}"),
                json!({"type": "Polygon", "coordinates": [comb(teeth, place, upright)]}),
            )
        };
        collection(vec![grid(1, true), grid(2, false)])
    };
    let few = problems(&combs(20), &Options::default());
    assert!(matches!(few[0].reason, Reason::Overlap { .. }), "{few:?}");
    let many = problems(&combs(20_000), &Options::default());
    let [Problem { feature: Some(of), reason: Reason::Tangled, .. }] = &many[..] else { panic!("{many:?}") };
    assert_eq!(of.index, 0);
}

#[test]
fn a_comb_alone_is_compared_with_an_outline_only_as_far_as_that_ends() {
    let place = [119.0, 25.4, 119.1, 25.5];
    let ring = |upright: bool| json!({"type": "Polygon", "coordinates": [comb(20_000, place, upright)]});
    let file = collection(vec![feature(&format!("{VILLAGE}001"), ring(true))]);
    let outline = Outline { area: area(&ring(false)), exact: true };
    let found = problems(&file, &Options { outline: Some(&outline), cover_outline: true, ..Options::default() });
    assert!(found.iter().any(|problem| problem.reason == Reason::Tangled), "{found:?}");
}
