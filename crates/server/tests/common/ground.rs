//! The ground: a province, a city, two counties, townships and villages with true names, and two square grids in each village.

use serde_json::json;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_store::{Db, GridRow, RegionRow};

use super::start;

/// Code, path and name of every region.
pub const REGIONS: &[(&str, &str, &str)] = &[
    ("350000000000", "35.", "福建省"),
    ("350300000000", "35.03.", "莆田市"),
    ("350302000000", "35.03.02.", "城厢区"),
    ("350302001000", "35.03.02.001.", "龙桥街道"),
    ("350302001001", "35.03.02.001.001.", "兴安社区"),
    ("350302001002", "35.03.02.001.002.", "泗华社区"),
    ("350302003000", "35.03.02.003.", "霞林街道"),
    ("350302003001", "35.03.02.003.001.", "沟头社区"),
    ("350302003002", "35.03.02.003.002.", "木兰社区"),
    ("350303000000", "35.03.03.", "涵江区"),
    ("350303001000", "35.03.03.001.", "涵东街道"),
    ("350303001001", "35.03.03.001.001.", "宫下社区"),
    ("350303001002", "35.03.03.001.002.", "后度社区"),
];

/// South-west corner of the first village, and the side of a village, in degrees.
const ORIGIN: (f64, f64) = (119.0, 25.4);
const SIDE: f64 = 0.02;

/// The path of a region by its code.
pub fn path(code: &str) -> RegionPath {
    let (_, path, _) = REGIONS.iter().find(|(c, ..)| *c == code).unwrap();
    RegionPath::parse(path).unwrap()
}

/// A point in the middle of a grid, longitude and latitude.
pub fn point_in(grid: &str) -> (f64, f64) {
    let (west, south) = corner(grid);
    (west + SIDE / 4.0, south + SIDE / 2.0)
}

pub(super) async fn lay(db: &Db) {
    let regions = REGIONS.iter().map(|(code, path, name)| region(code, path, name)).collect();
    db.regions_import(regions, start()).await.unwrap();
    let villages =
        REGIONS.iter().filter(|(_, path, _)| RegionPath::parse(path).unwrap().level() == Some(Level::Village));
    let grids = villages.flat_map(|(code, path, name)| ["001", "002"].map(|n| grid(code, path, name, n))).collect();
    db.grids_replace(&RegionPath::root(), grids, "test".to_owned(), start()).await.unwrap();
}

fn region(code: &str, path: &str, name: &str) -> RegionRow {
    RegionRow {
        path: path.to_owned(),
        level: RegionPath::parse(path).unwrap().level().unwrap().as_str().to_owned(),
        code: code.to_owned(),
        name: name.to_owned(),
        pinyin: yizhi_domain::codes::pinyin_full(name),
        initials: yizhi_domain::codes::pinyin_initials(name),
        center: None,
        outline: None,
    }
}

fn grid(village: &str, path: &str, name: &str, n: &str) -> GridRow {
    let code = format!("{village}{n}");
    let (west, south) = corner(&code);
    let (east, north) = (west + SIDE / 2.0, south + SIDE);
    let ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
    GridRow {
        path: format!("{path}{n}."),
        version: 1,
        name: format!("{name}第{}网格", n.trim_start_matches('0')),
        kind: "community".to_owned(),
        schematic: true,
        geometry: json!({ "type": "Polygon", "coordinates": [ring] }).to_string(),
        center: point_in(&code),
        from: start(),
        until: None,
        code,
    }
}

/// Villages lie in a row from west to east, their two grids side by side.
fn corner(grid: &str) -> (f64, f64) {
    let (village, n) = grid.split_at(12);
    let at = REGIONS.iter().filter(|(_, path, _)| path.len() > 14).position(|(code, ..)| *code == village).unwrap();
    let half = if n == "001" { 0.0 } else { SIDE / 2.0 };
    (ORIGIN.0 + f64::from(u32::try_from(at).unwrap()) * SIDE + half, ORIGIN.1)
}
