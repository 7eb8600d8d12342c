//! The five demo counties as the repository's catalog has them.

use std::path::PathBuf;

use yizhi_grid::demo::VillageSeed;
use yizhi_grid::shape::{MultiPolygon, area_from_geojson};

pub(crate) const COUNTIES: [&str; 5] = ["330203", "350128", "350181", "350302", "440604"];

fn read(county: &str, file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../catalog/places").join(county).join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn outline(county: &str) -> MultiPolygon<f64> {
    area_from_geojson(&serde_json::from_str(&read(county, "outline.geojson")).unwrap()).unwrap()
}

pub(crate) fn villages(county: &str) -> Vec<VillageSeed> {
    let divisions = read(county, "divisions.csv");
    let rows = divisions.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let seed = |row: Vec<&str>| match row[..] {
        ["village", code, name, parent] => {
            Some(VillageSeed { code: code.to_owned(), name: name.to_owned(), township: parent.to_owned() })
        }
        _ => None,
    };
    rows.filter_map(seed).collect()
}

/// Number of grids in the demo: as in the real 禅城, elsewhere four for each village.
pub(super) fn grids_wanted(county: &str) -> usize {
    if county == "440604" { 1046 } else { villages(county).len() * 4 }
}

/// A comb of so many teeth over a rectangle, as a ring: its back in the west and teeth to the east, or lying down with teeth to the north.
pub(crate) fn comb(teeth: usize, [west, south, east, north]: [f64; 4], upright: bool) -> Vec<[f64; 2]> {
    let at = |along: f64, across: f64| {
        if upright {
            [west + across * (east - west), south + along * (north - south)]
        } else {
            [west + along * (east - west), south + across * (north - south)]
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let step = |number: usize| number as f64 / (2 * teeth) as f64;
    let edge = (0..teeth).flat_map(|tooth| {
        let (from, to) = (step(2 * tooth), step(2 * tooth + 1));
        [at(from, 0.9), at(to, 0.9), at(to, 0.1), at(step(2 * tooth + 2), 0.1)]
    });
    let mut ring: Vec<[f64; 2]> = edge.collect();
    ring.extend([at(1.0, 0.0), at(0.0, 0.0)]);
    ring.push(ring[0]);
    ring
}
