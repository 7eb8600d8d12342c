//! Files of regions' outlines and centres: what is sound is kept, every fault is named by its feature.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yizhi_grid::import::regions::{Beside, Placed, center_for, fit, full_code, read};
use yizhi_grid::import::{Outline, Reason, Report, Warning};
use yizhi_grid::shape::area_from_geojson;
use yizhi_grid::{Crs, LonLat};

use crate::common::comb;

const KNOWN: [&str; 4] = ["350300000000", "350302000000", "350302001000", "350302003000"];

fn feature(code: impl Into<Value>, geometry: Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code.into()}, "geometry": geometry})
}

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!({"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}

fn point(lon: f64, lat: f64) -> Value {
    json!({"type": "Point", "coordinates": [lon, lat]})
}

fn parent(code: &str) -> Option<String> {
    [(9, 6), (6, 4), (4, 2)].into_iter().find_map(|(whole, above)| {
        (code[whole..].bytes().all(|b| b == b'0') && !code[above..whole].bytes().all(|b| b == b'0'))
            .then(|| format!("{:0<12}", &code[..above]))
    })
}

fn import(features: Vec<Value>, kept: &BTreeMap<String, Outline>) -> Result<Placed, Report> {
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    let read = read(&text, Crs::Wgs84, &|code| KNOWN.contains(&code));
    fit(read, &Beside { crs: Crs::Wgs84, tolerance_m2: 10.0, outlines: kept, parent: &parent })
}

fn kept(exact: bool) -> BTreeMap<String, Outline> {
    let area = area_from_geojson(&rectangle(119.0, 25.4, 119.1, 25.5)).unwrap();
    BTreeMap::from([("350302000000".to_owned(), Outline { area, exact })])
}

#[test]
fn outlines_and_centres_by_any_length_of_code() {
    assert_eq!(full_code("350302").as_deref(), Some("350302000000"));
    assert_eq!(full_code("350302001001").as_deref(), Some("350302001001"));
    for odd in ["", "3", "35030", "35030200100100", "35030X", "３５"] {
        assert_eq!(full_code(odd), None, "{odd}");
    }
    let placed = import(
        vec![
            feature("350302", rectangle(119.0, 25.4, 119.1, 25.5)),
            feature(350302001, rectangle(119.0, 25.4, 119.05, 25.5)),
            feature("350302003000", point(119.07, 25.45)),
        ],
        &BTreeMap::new(),
    )
    .unwrap();
    assert_eq!(placed.warnings, []);
    assert_eq!(placed.places[1].code, "350302001000");
    assert_eq!((placed.places[2].center, placed.places[2].outline.is_none()), (Some(LonLat::new(119.07, 25.45)), true));
}

fn with(properties: Value, geometry: Value) -> Value {
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}

#[test]
fn codes_are_taken_as_spreadsheets_and_public_maps_write_them() {
    for (properties, code) in [
        (json!({ "code": "'350302" }), "350302000000"),
        (json!({ "code": "=\"350302001\"" }), "350302001000"),
        (json!({ "code": "３５０３０２" }), "350302000000"),
        (json!({ "code": "\t350302\u{200b}" }), "350302000000"),
        (json!({ "adcode": 350302, "name": "城厢区" }), "350302000000"),
        (json!({ "adcode": "350302", "code": "" }), "350302000000"),
        (json!({ "adcode": "350303", "code": "350302" }), "350302000000"),
    ] {
        let placed = import(vec![with(properties.clone(), point(119.05, 25.45))], &BTreeMap::new());
        assert_eq!(placed.map(|p| p.places[0].code.clone()).ok().as_deref(), Some(code), "{properties}");
    }
}

type Expected = fn(&Reason) -> bool;

#[test]
fn every_fault_is_named_by_its_feature() {
    let sound = feature("350302", rectangle(119.0, 25.4, 119.1, 25.5));
    let cases: Vec<(Value, Expected)> = vec![
        (feature("35030", point(119.05, 25.45)), |r| matches!(r, Reason::MalformedRegionCode)),
        (feature("3.50302E+11", point(119.05, 25.45)), |r| matches!(r, Reason::MalformedRegionCode)),
        (feature("350302001.0", point(119.05, 25.45)), |r| matches!(r, Reason::MalformedRegionCode)),
        (feature(Value::Null, point(119.05, 25.45)), |r| matches!(r, Reason::MissingRegionCode { found: None })),
        (
            with(json!({ "name": "某街道", "CODE": 350302001 }), point(119.05, 25.45)),
            |r| matches!(r, Reason::MissingRegionCode { found: Some(name) } if name == "CODE"),
        ),
        (with(json!({ "adcode": "100000_JD" }), point(119.05, 25.45)), |r| {
            matches!(r, Reason::MissingRegionCode { found: None })
        }),
        (feature("350399", point(119.05, 25.45)), |r| matches!(r, Reason::UnknownRegion { .. })),
        (feature("350302000000", point(119.05, 25.45)), |r| matches!(r, Reason::DuplicateCode { .. })),
        (feature("350302001", json!({"type": "LineString", "coordinates": [[119.0, 25.4], [119.1, 25.4]]})), |r| {
            matches!(r, Reason::NeitherAreaNorPoint { .. })
        }),
        (feature("350302001", Value::Null), |r| matches!(r, Reason::NoGeometry)),
        (feature("350302001", json!({"type": "Point", "coordinates": ["119", "25"]})), |r| {
            matches!(r, Reason::BadCenter)
        }),
        (feature("350302001", point(25.45, 119.05)), |r| matches!(r, Reason::SwappedAxes)),
        (feature("350302001", point(500_000.0, 2_800_000.0)), |r| matches!(r, Reason::NotDegrees)),
        (feature("350302001", point(119.15, 25.45)), |r| matches!(r, Reason::CenterOutside { .. })),
        (feature("350302001", rectangle(119.2, 25.4, 119.25, 25.5)), |r| matches!(r, Reason::OutsideParent { .. })),
        (
            feature(
                "350302001",
                json!({"type": "Polygon", "coordinates": [[[119.0, 25.4], [119.01, 25.41], [119.01, 25.4], [119.0, 25.41], [119.0, 25.4]]]}),
            ),
            |r| matches!(r, Reason::SelfIntersection),
        ),
    ];
    for (faulty, expect) in cases {
        let report = import(vec![sound.clone(), faulty.clone()], &BTreeMap::new()).unwrap_err();
        let [problem] = &report.problems[..] else { panic!("{faulty}: {report:?}") };
        assert!(expect(&problem.reason), "{faulty}: {problem:?}");
        assert_eq!(problem.feature.as_ref().map(|f| f.index), Some(1), "{faulty}");
        assert!(problem.zh().contains("第 2 个要素") && problem.en().contains("Feature 2"), "{}", problem.zh());
    }
}

#[test]
fn what_is_kept_already_counts_as_much_as_it_is_exact() {
    let outside = || vec![feature("350302001", point(119.15, 25.45))];
    let report = import(outside(), &kept(true)).unwrap_err();
    let Reason::CenterOutside { metres, .. } = report.problems[0].reason else { panic!("{report:?}") };
    assert!((metres / 5_022.0 - 1.0).abs() < 0.01, "{metres}");
    let warnings = import(outside(), &kept(false)).unwrap().warnings;
    assert!(matches!(warnings[..], [Warning::ByRoughOutline { .. }]), "{warnings:?}");
}

#[test]
fn overhangs_and_overlaps_are_told() {
    let placed = import(
        vec![
            feature("350302001", rectangle(118.999, 25.4, 119.06, 25.5)),
            feature("350302003", rectangle(119.05, 25.4, 119.1, 25.5)),
        ],
        &kept(true),
    )
    .unwrap();
    let reasons: Vec<&Reason> = placed
        .warnings
        .iter()
        .filter_map(|w| if let Warning::Doubtful { problem } = w { Some(&problem.reason) } else { None })
        .collect();
    assert!(matches!(reasons[..], [Reason::OutlinesOverlap { .. }, Reason::BeyondParent { .. }]), "{reasons:?}");
}

#[test]
fn a_centre_stays_while_it_lies_inside() {
    let area = area_from_geojson(&rectangle(119.0, 25.4, 119.1, 25.5)).unwrap();
    let (inside, outside) = (LonLat::new(119.01, 25.41), LonLat::new(119.2, 25.41));
    assert_eq!(center_for(&area, Some(outside), Some(inside)), Some(outside), "what is given is checked elsewhere");
    assert_eq!(center_for(&area, None, Some(inside)), Some(inside));
    let made = center_for(&area, None, Some(outside)).unwrap();
    assert!((119.0..119.1).contains(&made.lon));
}

#[test]
fn outlines_that_cross_everywhere_are_refused_by_name() {
    let place = [119.0, 25.4, 119.1, 25.5];
    let ring = |upright: bool| json!({"type": "Polygon", "coordinates": [comb(20_000, place, upright)]});
    let beside = import(vec![feature("350302001", ring(true)), feature("350302003", ring(false))], &BTreeMap::new());
    let under = import(vec![feature("350302", ring(true)), feature("350302001", ring(false))], &BTreeMap::new());
    for report in [beside.unwrap_err(), under.unwrap_err()] {
        assert!(report.problems.iter().any(|problem| problem.reason == Reason::Tangled), "{report:?}");
    }
    let before = BTreeMap::from([(
        "350302000000".to_owned(),
        Outline { area: area_from_geojson(&ring(true)).unwrap(), exact: true },
    )]);
    let again = import(vec![feature("350302", ring(false))], &before);
    assert!(again.is_ok_and(|placed| placed.warnings.is_empty()), "no guess at another coordinate system");
}
