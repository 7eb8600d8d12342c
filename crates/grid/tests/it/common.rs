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
