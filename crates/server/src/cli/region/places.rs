//! `yizhi region import` of a GeoJSON file of outlines and centres, or of a CSV file of centres: where regions are on the map. A file is kept whole or not at
//! all; regions that it lacks stay as they are.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use yizhi_domain::region::{Level, RegionPath};
use yizhi_grid::import::Outline;
use yizhi_grid::import::regions::{self, Beside, Placed, Read, RegionPlace, center_for};
use yizhi_grid::shape::{area_to_geojson, holds};
use yizhi_grid::{Crs, LonLat};
use yizhi_store::{Db, RegionPlacing, RegionRow};

use crate::cli::home::Home;
use crate::cli::{CliError, geojson, out};
use crate::table::Faults;

use super::centers;

/// Overlaps and overhangs of outlines that are not worth a word, in square metres.
const TOLERANCE_M2: f64 = 10.0;
/// Strays that are named of one region.
const NAMED: usize = 10;

pub(super) async fn run(file: &Path, crs: Crs, home: &Home) -> Result<(), CliError> {
    let shown = file.display().to_string();
    let is_csv = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let text = if is_csv { String::new() } else { geojson::text(file)? };
    let db = home.db().await?;
    let now = crate::cli::home::now(&db).await?;
    let kept = Kept::new(db.regions().await?);
    let known = |code: &str| kept.by_code.contains_key(code);
    let (read, lines) = if is_csv {
        let mut faults = Faults::default();
        let read = centers::read(file, crs, &known, &mut faults)?;
        if !faults.is_empty() {
            return Err(super::say(&faults));
        }
        read
    } else {
        (regions::read(&text, crs, &known), Vec::new())
    };
    let outlines = kept.outlines(&db, &read).await?;
    let parent = |code: &str| kept.parent(code);
    let beside = Beside { crs, tolerance_m2: TOLERANCE_M2, outlines: &outlines, parent: &parent };
    let Placed { places, warnings } = regions::fit(read, &beside).map_err(|report| match is_csv {
        true => super::say(&centers::faults(&shown, &lines, &report)),
        false => geojson::refused(&report),
    })?;
    if is_csv {
        centers::warn(&shown, &lines, &warnings);
    } else {
        geojson::warn(&warnings);
    }
    let strays = kept.strays(&db, &places).await?;
    let placings: Vec<RegionPlacing> = places.iter().filter_map(|place| kept.placing(place)).collect();
    let all = placings.len();
    let changed = db.regions_place(placings, &shown, now).await?;
    db.close().await?;
    strays.iter().for_each(out::note);
    let same = all - changed;
    out::line(format_args!(
        "已更新 {changed} 个区划的位置，{same} 个没有变化。正在运行的服务请重启，或发送 SIGHUP。 \
         {changed} regions were placed, {same} are as they were. Restart a running server, or send it SIGHUP."
    ));
    Ok(())
}

/// The regions as they are kept.
struct Kept {
    by_code: HashMap<String, RegionRow>,
    codes: HashMap<RegionPath, String>,
}

impl Kept {
    fn new(rows: Vec<RegionRow>) -> Self {
        let codes = rows.iter().filter_map(|row| Some((RegionPath::parse(&row.path)?, row.code.clone()))).collect();
        Self { by_code: rows.into_iter().map(|row| (row.code.clone(), row)).collect(), codes }
    }

    fn path(&self, code: &str) -> Option<RegionPath> {
        RegionPath::parse(&self.by_code.get(code)?.path)
    }

    fn parent(&self, code: &str) -> Option<String> {
        self.codes.get(&self.path(code)?.parent()?).cloned()
    }

    /// Outlines of the regions that a file names, and of those above them.
    async fn outlines(&self, db: &Db, read: &Read) -> Result<BTreeMap<String, Outline>, CliError> {
        let mut paths: Vec<RegionPath> = Vec::new();
        for place in &read.places {
            let mut at = self.path(&place.code);
            while let Some(path) = at.filter(|path| path.depth() > 0) {
                at = path.parent();
                paths.push(path);
            }
        }
        paths.sort_unstable();
        paths.dedup();
        let found = db.region_outlines(&paths).await?;
        let by_code =
            |path: &RegionPath| Some((self.codes.get(path)?.clone(), geojson::outline(found.get(path.as_str())?)?));
        Ok(paths.iter().filter_map(by_code).collect())
    }

    fn placing(&self, place: &RegionPlace) -> Option<RegionPlacing> {
        let present = self.by_code.get(&place.code)?.center.map(|(lon, lat)| LonLat::new(lon, lat));
        let center = match &place.outline {
            Some(area) => center_for(area, place.center, present),
            None => place.center,
        };
        Some(RegionPlacing {
            path: self.path(&place.code)?,
            outline: place.outline.as_ref().map(|area| area_to_geojson(area).to_string()),
            center: center.map(|at| (at.lon, at.lat)),
        })
    }

    /// What lies outside the new outline of the region it belongs to: regions and grids that the file does not speak of.
    async fn strays(&self, db: &Db, places: &[RegionPlace]) -> Result<Vec<String>, CliError> {
        let placed: HashMap<&str, &RegionPlace> = places.iter().map(|place| (place.code.as_str(), place)).collect();
        let mut below: HashMap<RegionPath, Vec<&RegionRow>> = HashMap::new();
        for row in self.by_code.values().filter(|row| !placed.contains_key(row.code.as_str())) {
            if let Some(parent) = RegionPath::parse(&row.path).and_then(|path| path.parent()) {
                below.entry(parent).or_default().push(row);
            }
        }
        let mut said = Vec::new();
        for place in places {
            let (Some(area), Some(path)) = (&place.outline, self.path(&place.code)) else { continue };
            let is_outside = |center: (f64, f64)| !holds(area, LonLat::new(center.0, center.1));
            let regions = below.get(&path).map_or(&[][..], Vec::as_slice).iter();
            let regions = regions.filter(|row| row.center.is_some_and(is_outside));
            let mut strays: Vec<(String, String)> = regions.map(|row| (row.code.clone(), row.name.clone())).collect();
            if path.level() == Some(Level::Village) {
                let grids = db.grids(&path).await?.into_iter().filter(|grid| is_outside(grid.center));
                strays.extend(grids.map(|grid| (grid.code, grid.name)));
            }
            strays.sort_unstable();
            said.extend(stray(self.by_code.get(&place.code), &strays));
        }
        Ok(said)
    }
}

fn stray(region: Option<&RegionRow>, strays: &[(String, String)]) -> Option<String> {
    let (RegionRow { code, name, .. }, count) = (region?, strays.len());
    if count == 0 {
        return None;
    }
    let listed: Vec<String> = strays.iter().take(NAMED).map(|(code, name)| format!("{name}（{code}）")).collect();
    let listed = listed.join("、") + if count > NAMED { "……" } else { "" };
    Some(format!(
        "! {name}（{code}）的新界线之外，还有属于它的 {count} 个区划或网格的中心：{listed}。请核实，需要时另行导入它们。\n  \
         The centres of {count} regions or grids of {name} ({code}) lie outside its new outline: {listed}. Please verify, and import those, too, where needed."
    ))
}
