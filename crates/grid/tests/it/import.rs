//! Files of grids that must be refused, with the reason and the place, and files that must pass.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use yizhi_grid::import::{Imported, Options, Outline, Reason, Report, Warning, check};
use yizhi_grid::shape::{MultiPolygon, area_from_geojson};

use crate::common::outline;

pub(super) const VILLAGE: &str = "350302001001";

/// Four squares of 0.01° around 119.0, 25.4: 001 SW, 002 SE, 003 NW, 004 NE.
pub(super) fn squares() -> Value {
    let square = |(i, (x, y)): (usize, (f64, f64))| {
        let corner = |dx: f64, dy: f64| json!([119.0 + x + dx, 25.4 + y + dy]);
        let ring =
            json!([corner(0.0, 0.0), corner(0.01, 0.0), corner(0.01, 0.01), corner(0.0, 0.01), corner(0.0, 0.0)]);
        feature(&format!("{VILLAGE}{:03}", i + 1), json!({"type": "Polygon", "coordinates": [ring]}))
    };
    let places = [(0.0, 0.0), (0.01, 0.0), (0.0, 0.01), (0.01, 0.01)];
    collection(places.into_iter().enumerate().map(square).collect())
}

pub(super) fn feature(code: &str, geometry: Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code, "name": format!("网格{code}")}, "geometry": geometry})
}

pub(super) fn collection(features: Vec<Value>) -> Value {
    json!({"type": "FeatureCollection", "features": features})
}

fn try_import(file: &Value) -> Result<Imported, Report> {
    check(&file.to_string(), &Options::default(), &|village| village == VILLAGE)
}

/// The squares after an edit of the feature at `index`.
fn edited(index: usize, edit: impl FnOnce(&mut Value)) -> Value {
    let mut file = squares();
    edit(&mut file["features"][index]);
    file
}

fn with_ring(index: usize, ring: Value) -> Value {
    edited(index, |f| f["geometry"]["coordinates"] = json!([ring]))
}

#[test]
fn squares_pass() {
    let imported = try_import(&squares()).unwrap();
    assert_eq!(imported.grids.len(), 4);
    assert_eq!((imported.grids[2].code.as_str(), imported.grids[2].village()), ("350302001001003", VILLAGE));
    assert_eq!(imported.warnings, []);
}

#[test]
fn faulty_features_are_named_with_their_reason() {
    let unknown = "350302009999001";
    let bow = json!([[119.0, 25.4], [119.01, 25.41], [119.01, 25.4], [119.0, 25.41], [119.0, 25.4]]);
    let spike = json!([[119.0, 25.4], [119.01, 25.4], [119.02, 25.4], [119.01, 25.4], [119.01, 25.41], [119.0, 25.4]]);
    let pinched = json!([
        [119.0, 25.4],
        [119.005, 25.405],
        [119.01, 25.4],
        [119.01, 25.41],
        [119.005, 25.405],
        [119.0, 25.41],
        [119.0, 25.4]
    ]);
    let big_hole = json!([[119.001, 25.401], [119.02, 25.401], [119.001, 25.402], [119.001, 25.401]]);
    let far_hole = json!([[119.021, 25.401], [119.025, 25.401], [119.021, 25.402], [119.021, 25.401]]);
    let part = |x: f64| json!([[[x, 25.4], [x + 0.01, 25.4], [x + 0.01, 25.41], [x, 25.4]]]);
    let cases: Vec<(&str, usize, Value, Reason)> = vec![
        ("not a feature", 0, edited(0, |f| f["type"] = json!("Thing")), Reason::NotFeature),
        (
            "a line",
            1,
            edited(1, |f| f["geometry"] = json!({"type": "LineString", "coordinates": [[119.0, 25.4], [119.0, 25.5]]})),
            Reason::WrongGeometry { found: "LineString".into() },
        ),
        ("no geometry", 1, edited(1, |f| f["geometry"] = Value::Null), Reason::NoGeometry),
        ("text for numbers", 2, with_ring(2, json!([["a", "b"]])), Reason::BadCoordinates),
        (
            "three points",
            2,
            with_ring(2, json!([[119.0, 25.4], [119.01, 25.4], [119.0, 25.4]])),
            Reason::TooFewPoints { part: 0, ring: 0, points: 3 },
        ),
        (
            "open ring",
            3,
            with_ring(3, json!([[119.0, 25.4], [119.01, 25.4], [119.01, 25.41], [119.0, 25.41]])),
            Reason::NotClosed { part: 0, ring: 0 },
        ),
        ("bow tie", 0, with_ring(0, bow), Reason::SelfIntersection),
        ("spike", 0, with_ring(0, spike), Reason::SelfIntersection),
        ("touching itself", 0, with_ring(0, pinched), Reason::SelfIntersection),
        (
            "smaller than a centimetre",
            0,
            with_ring(0, json!([[119.0, 25.4], [119.00000001, 25.4], [119.0, 25.40000001], [119.0, 25.4]])),
            Reason::SelfIntersection,
        ),
        (
            "hole crossing the border",
            0,
            edited(0, |f| f["geometry"]["coordinates"].as_array_mut().unwrap().push(big_hole)),
            Reason::SelfIntersection,
        ),
        (
            "hole outside",
            0,
            edited(0, |f| f["geometry"]["coordinates"].as_array_mut().unwrap().push(far_hole)),
            Reason::HoleOutside,
        ),
        (
            "part within part",
            0,
            edited(0, |f| {
                let inner = json!([[[119.004, 25.401], [119.006, 25.401], [119.006, 25.4015], [119.004, 25.401]]]);
                f["geometry"] = json!({"type": "MultiPolygon", "coordinates": [part(119.0), inner]});
            }),
            Reason::PartsOverlap,
        ),
        (
            "swapped axes",
            1,
            with_ring(1, json!([[25.4, 119.0], [25.4, 119.01], [25.41, 119.01], [25.4, 119.0]])),
            Reason::SwappedAxes,
        ),
        (
            "projected metres",
            1,
            with_ring(
                1,
                json!([[501234.0, 2810000.0], [501300.0, 2810000.0], [501300.0, 2810100.0], [501234.0, 2810000.0]]),
            ),
            Reason::NotDegrees,
        ),
        ("elsewhere", 1, with_ring(1, json!([[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]])), Reason::OutOfRange),
        ("no code", 2, edited(2, |f| f["properties"] = json!({"name": "甲"})), Reason::MissingCode),
        ("no properties", 2, edited(2, |f| f["properties"] = Value::Null), Reason::MissingCode),
        ("short code", 2, edited(2, |f| f["properties"]["code"] = json!("350302001001")), Reason::MalformedCode),
        ("letters", 2, edited(2, |f| f["properties"]["code"] = json!("35030200100100A")), Reason::MalformedCode),
        (
            "rounded by a spreadsheet",
            2,
            edited(2, |f| f["properties"]["code"] = json!(3.50302e14)),
            Reason::MalformedCode,
        ),
        ("no name", 2, edited(2, |f| f["properties"]["name"] = json!("  ")), Reason::MissingName),
        (
            "unknown village",
            2,
            edited(2, |f| f["properties"]["code"] = json!(unknown)),
            Reason::UnknownVillage { village: unknown[..12].into() },
        ),
    ];
    for (case, index, file, expect) in cases {
        let report = try_import(&file).unwrap_err();
        let found = report.problems.iter().find(|p| p.reason == expect);
        let problem = found.unwrap_or_else(|| panic!("{case}: {report:?}"));
        assert_eq!(problem.feature.as_ref().map(|f| f.index), Some(index), "{case}");
        assert_eq!(report.features, 4, "{case}");
    }
}

#[test]
fn faulty_files_are_refused_as_a_whole() {
    let cases = [
        (String::new(), Reason::EmptyFile),
        ("\u{feff} \r\n".to_owned(), Reason::EmptyFile),
        ("{\"type\": \n oops".to_owned(), Reason::NotJson { line: 2, column: 2 }),
        (json!({"type": "Feature"}).to_string(), Reason::NotFeatureCollection),
        (json!([1, 2]).to_string(), Reason::NotFeatureCollection),
        (collection(vec![]).to_string(), Reason::NoFeatures),
    ];
    for (text, expect) in cases {
        let report = check(&text, &Options::default(), &|_| true).unwrap_err();
        assert_eq!(report.problems.len(), 1);
        assert_eq!((&report.problems[0].reason, &report.problems[0].feature), (&expect, &None));
    }
}

#[test]
fn a_code_given_as_a_number_is_read() {
    let file = edited(0, |f| f["properties"]["code"] = json!(350302001001001u64));
    assert_eq!(try_import(&file).unwrap().grids[0].code, "350302001001001");
}

#[test]
fn duplicates_name_the_first_and_taken_codes_are_refused() {
    let file = edited(3, |f| f["properties"]["code"] = json!("350302001001002"));
    let report = try_import(&file).unwrap_err();
    let Reason::DuplicateCode { first } = &report.problems[0].reason else { panic!("{report:?}") };
    assert_eq!((first.index, report.problems[0].feature.as_ref().map(|f| f.index)), (1, Some(3)));

    let taken: &dyn Fn(&str) -> bool = &|code| code == "350302001001004";
    let options = Options { taken: Some(taken), ..Options::default() };
    let report = check(&squares().to_string(), &options, &|_| true).unwrap_err();
    assert_eq!(report.problems[0].reason, Reason::CodeTaken);
    assert_eq!(report.problems[0].feature.as_ref().map(|f| f.index), Some(3));
}

#[test]
fn overlaps_name_both_grids_area_and_place() {
    let ring = json!([[119.0, 25.4], [119.011, 25.4], [119.011, 25.41], [119.0, 25.41], [119.0, 25.4]]);
    let report = try_import(&with_ring(0, ring)).unwrap_err();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    let problem = &report.problems[0];
    let Reason::Overlap { other, area_m2, .. } = &problem.reason else { panic!("{report:?}") };
    assert_eq!(problem.feature.as_ref().map(|f| f.index), Some(0));
    assert_eq!((other.index, other.code.as_deref()), (1, Some("350302001001002")));
    let expect = 0.001 * 0.01 * 111_195.0f64.powi(2) * 25.405f64.to_radians().cos();
    assert!((area_m2 / expect - 1.0).abs() < 1e-3, "{area_m2} {expect}");
    let place = problem.position.unwrap();
    assert!((119.01..119.011).contains(&place.lon) && (25.4..25.41).contains(&place.lat), "{place:?}");
}

#[test]
fn overlaps_within_the_tolerance_pass() {
    let ring = json!([[119.0, 25.4], [119.0100005, 25.4], [119.0100005, 25.41], [119.0, 25.41], [119.0, 25.4]]);
    let file = with_ring(0, ring).to_string();
    let at = |tolerance_m2| check(&file, &Options { tolerance_m2, ..Options::default() }, &|_| true);
    assert!(at(100.0).is_ok());
    assert!(at(10.0).is_err());
}

#[test]
fn a_file_of_copies_stops_at_the_limit() {
    let one = squares()["features"][0].clone();
    let report = try_import(&collection(vec![one; 200])).unwrap_err();
    assert_eq!(report.problems.len(), Report::MOST_PROBLEMS);
}

#[test]
fn holes_between_grids_are_gaps() {
    let ring = json!([
        [119.0, 25.4],
        [119.01, 25.4],
        [119.01, 25.409],
        [119.005, 25.405],
        [119.01, 25.41],
        [119.0, 25.41],
        [119.0, 25.4]
    ]);
    let report = try_import(&with_ring(0, ring)).unwrap_err();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert!(matches!(report.problems[0].reason, Reason::Gap { area_m2, .. } if area_m2 > 10_000.0), "{report:?}");
    let place = report.problems[0].position.unwrap();
    assert!((119.005..119.01).contains(&place.lon) && (25.405..25.41).contains(&place.lat), "{place:?}");
}

#[test]
fn a_hole_of_the_county_is_no_gap() {
    let box_around = |from: f64, to: f64| {
        let (west, south, east, north) = (119.0 + from, 25.4 + from, 119.0 + to, 25.4 + to);
        json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
    };
    let ringed = |hole: Value| json!({"type": "Polygon", "coordinates": [box_around(0.0, 0.03), hole]});
    let file = collection(vec![feature("350302001001001", ringed(box_around(0.01, 0.02)))]).to_string();
    let enclave = area_from_geojson(&ringed(box_around(0.01, 0.02))).unwrap();
    let smaller = area_from_geojson(&ringed(box_around(0.012, 0.018))).unwrap();
    let full = area_from_geojson(&json!({"type": "Polygon", "coordinates": [box_around(0.0, 0.03)]})).unwrap();
    let cases = [
        (None, false, true),
        (Some(&full), false, true),
        (Some(&full), true, true),
        (Some(&enclave), false, false),
        (Some(&enclave), true, false),
        (Some(&smaller), true, true),
    ];
    for (outline, cover_outline, refused) in cases {
        let outline = outline.map(|area| Outline { area: area.clone(), exact: cover_outline });
        let options = Options { outline: outline.as_ref(), cover_outline, ..Options::default() };
        let found = check(&file, &options, &|_| true);
        let reasons =
            found.map_or_else(|report| report.problems.into_iter().map(|p| p.reason).collect(), |_| Vec::new());
        assert_eq!(matches!(reasons[..], [Reason::Gap { .. }]), refused, "{outline:?} {cover_outline} {reasons:?}");
        assert!(refused || reasons.is_empty(), "{reasons:?}");
    }
}

#[test]
fn outlines_must_be_filled_and_not_exceeded() {
    let rectangle = |east: f64| {
        let ring = json!([[119.0, 25.4], [east, 25.4], [east, 25.42], [119.0, 25.42], [119.0, 25.4]]);
        area_from_geojson(&json!({"type": "Polygon", "coordinates": [ring]})).unwrap()
    };
    let at = |area: MultiPolygon<f64>| {
        let outline = Outline { area, exact: true };
        let outlines = BTreeMap::from([(VILLAGE.to_owned(), outline.clone())]);
        let village = Options { village_outlines: &outlines, ..Options::default() };
        let county = Options { outline: Some(&outline), cover_outline: true, ..Options::default() };
        [village, county].map(|options| match check(&squares().to_string(), &options, &|_| true) {
            Ok(_) => Vec::new(),
            Err(report) => report.problems.into_iter().map(|p| (p.feature.map(|f| f.index), p.reason)).collect(),
        })
    };
    assert_eq!(at(rectangle(119.02)), [vec![], vec![]]);
    let [village, county] = at(rectangle(119.021));
    assert!(matches!(village[..], [(None, Reason::VillageGap { .. })]), "{village:?}");
    assert!(matches!(county[..], [(None, Reason::CountyGap { .. })]), "{county:?}");
    let [village, county] = at(rectangle(119.019));
    assert!(matches!(village[..], [(Some(1), Reason::BeyondVillage { .. }), (Some(3), _)]), "{village:?}");
    assert!(matches!(county[..], [(Some(1), Reason::BeyondCounty { .. }), (Some(3), _)]), "{county:?}");
}

#[test]
fn the_crs_member_and_strays_are_warned_about() {
    let mut file = squares();
    for (name, warns) in
        [("urn:ogc:def:crs:OGC:1.3:CRS84", false), ("urn:ogc:def:crs:EPSG::4490", false), ("EPSG:4549", true)]
    {
        file["crs"] = json!({"type": "name", "properties": {"name": name}});
        let warnings = try_import(&file).unwrap().warnings;
        assert_eq!(!warnings.is_empty(), warns, "{name}: {warnings:?}");
    }
    let elsewhere = Outline { area: outline("440604"), exact: false };
    let options = Options { outline: Some(&elsewhere), ..Options::default() };
    let warnings = check(&squares().to_string(), &options, &|_| true).unwrap().warnings;
    assert_eq!(warnings.iter().filter(|w| matches!(w, Warning::OutsideOutline { .. })).count(), 4);
}

#[test]
fn findings_speak_both_languages() {
    let file = with_ring(0, json!([[119.0, 25.4], [119.011, 25.4], [119.011, 25.41], [119.0, 25.41], [119.0, 25.4]]));
    let problem = &try_import(&file).unwrap_err().problems[0];
    let zh = problem.zh();
    assert!(
        zh.starts_with("第 1 个要素（网格 350302001001001），119.01")
            && zh.contains("第 2 个要素")
            && zh.ends_with('。'),
        "{zh}"
    );
    let en = problem.en();
    assert!(en.starts_with("Feature 1 (grid 350302001001001), near 119.01") && en.contains("Feature 2"), "{en}");
    let json = serde_json::to_value(problem).unwrap();
    assert_eq!((&json["reason"], &json["other"]["index"]), (&json!("overlap"), &json!(1)));
    assert!(json["areaM2"].as_f64().unwrap() > 100_000.0);
}
