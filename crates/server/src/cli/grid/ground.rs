//! What a file of grids is checked against: the villages, the grids that are there, and the outlines they should fill.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_grid::import::codes::code_written;
use yizhi_grid::import::{ImportedGrid, Outline, Standing};
use yizhi_grid::shape::{area_from_geojson, area_to_geojson, center};
use yizhi_store::{Db, GridRow, RegionRow};

use crate::cli::{CliError, geojson};

const KIND: &str = "基础网格";

/// The ground before an import.
pub(super) struct Ground {
    /// Paths of all villages by code.
    pub(super) villages: HashMap<String, RegionPath>,
    /// Grids in force that the file lacks in villages it names, by village.
    pub(super) lacking: Vec<Lacking>,
    /// Grids that stay beside those of the file.
    pub(super) standing: Vec<Standing>,
    /// Codes in force in another village than their own digits say.
    pub(super) taken: BTreeSet<String>,
    /// Of the county, where the file speaks of one county only.
    pub(super) outline: Option<Outline>,
    pub(super) village_outlines: BTreeMap<String, Outline>,
    /// Whether every village of that county has grids then.
    pub(super) whole: bool,
    /// Villages with grids in the counties that the file speaks of, which it does not name.
    pub(super) other_villages: usize,
}

/// What a file lacks of a village.
pub(super) struct Lacking {
    pub(super) village: String,
    pub(super) name: String,
    /// How many grids the village has.
    pub(super) of: usize,
    pub(super) grids: Vec<GridRow>,
}

impl Ground {
    /// `retire` says that grids which the file lacks do not stay.
    pub(super) async fn read(db: &Db, text: &str, retire: bool) -> Result<Self, CliError> {
        let codes = grids_named(text);
        let named: BTreeSet<&str> = codes.iter().filter_map(|code| code.get(..12)).collect();
        let regions: Vec<RegionRow> =
            db.regions().await?.into_iter().filter(|r| r.level == Level::Village.as_str()).collect();
        let names: HashMap<&str, &str> = regions.iter().map(|r| (r.code.as_str(), r.name.as_str())).collect();
        let villages: HashMap<String, RegionPath> =
            regions.iter().filter_map(|r| Some((r.code.clone(), RegionPath::parse(&r.path)?))).collect();
        let counties: BTreeSet<RegionPath> =
            named.iter().filter_map(|code| villages.get(*code)).map(|path| path.at(Level::County)).collect();
        let mut current = Vec::new();
        for county in &counties {
            current.extend(db.grids(county).await?);
        }
        let paths: Vec<RegionPath> = named.iter().filter_map(|code| villages.get(*code)).cloned().collect();
        let outlines = db.region_outlines(&paths).await?;
        let by_code = |(code, path): (&&str, &RegionPath)| {
            Some(((*code).to_owned(), geojson::outline(outlines.get(path.as_str())?)?))
        };
        let village_outlines = named.iter().filter_map(|code| Some((code, villages.get(*code)?))).filter_map(by_code);
        let village_outlines = village_outlines.collect();
        let one = counties.first().filter(|_| counties.len() == 1);
        let outline = match one {
            Some(county) => {
                let found = db.region_outlines(std::slice::from_ref(county)).await?;
                found.get(county.as_str()).and_then(geojson::outline)
            }
            None => None,
        };
        let mut of_village: HashMap<RegionPath, Vec<&GridRow>> = HashMap::new();
        for grid in &current {
            if let Some(path) = RegionPath::parse(&grid.path) {
                of_village.entry(path.at(Level::Village)).or_default().push(grid);
            }
        }
        let named_paths: HashSet<&RegionPath> = paths.iter().collect();
        let mut lacking = Vec::new();
        for (code, path) in named.iter().filter_map(|code| Some((*code, villages.get(*code)?))) {
            let here = of_village.get(path).map_or(&[][..], Vec::as_slice);
            let grids: Vec<GridRow> = here.iter().filter(|g| !codes.contains(&g.code)).map(|g| (*g).clone()).collect();
            let name = names.get(code).copied().unwrap_or_default().to_owned();
            lacking.push(Lacking { village: code.to_owned(), name, of: here.len(), grids });
        }
        lacking.retain(|village| !village.grids.is_empty());
        let (mut taken, mut stay) = (BTreeSet::new(), Vec::new());
        for (village, grids) in &of_village {
            let is_named = named_paths.contains(village);
            let (theirs, others): (Vec<&GridRow>, Vec<&GridRow>) =
                grids.iter().copied().partition(|grid| codes.contains(&grid.code));
            if !is_named {
                taken.extend(theirs.iter().map(|grid| grid.code.clone()));
            }
            if !(is_named && retire) {
                stay.extend(others.into_iter().filter_map(standing));
            }
        }
        stay.sort_by(|a: &Standing, b| a.code.cmp(&b.code));
        let others = of_village.keys().filter(|path| !named_paths.contains(path)).count();
        let whole = one.is_some_and(|county| {
            let mut all = villages.values().filter(|village| county.contains(village));
            all.all(|village| named_paths.contains(village) || of_village.contains_key(village))
        });
        let standing = stay;
        Ok(Self { lacking, standing, taken, outline, village_outlines, whole, other_villages: others, villages })
    }

    /// A grid as it is kept. Its version is the store's business.
    pub(super) fn row(&self, grid: &ImportedGrid, from: DateTime<Utc>) -> Option<GridRow> {
        let middle = center(&grid.area)?;
        Some(GridRow {
            code: grid.code.clone(),
            version: 0,
            path: self.villages.get(grid.village())?.child(&grid.code[12..]).as_str().to_owned(),
            name: grid.name.clone(),
            kind: KIND.to_owned(),
            schematic: false,
            geometry: area_to_geojson(&grid.area).to_string(),
            center: (middle.lon, middle.lat),
            from,
            until: None,
        })
    }
}

fn standing(grid: &GridRow) -> Option<Standing> {
    let area = area_from_geojson(&serde_json::from_str(&grid.geometry).ok()?).ok()?;
    Some(Standing { code: grid.code.clone(), name: grid.name.clone(), area, schematic: grid.schematic })
}

/// Codes of the file's grids, as far as it can be read; the check says what cannot.
fn grids_named(text: &str) -> BTreeSet<String> {
    let file: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    let features = file["features"].as_array().into_iter().flatten();
    let code = |feature: &serde_json::Value| match &feature["properties"]["code"] {
        serde_json::Value::String(code) => Some(code_written(code)),
        serde_json::Value::Number(code) => Some(code.to_string()),
        _ => None,
    };
    features.filter_map(code).collect()
}
