//! `yizhi grid import`: the real grids of a place, checked as a whole before anything changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use clap::Subcommand;
use yizhi_domain::clock::{china, is_plausible};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::written::line;
use yizhi_grid::Crs;
use yizhi_grid::import::{Imported, ImportedGrid, Options, Report, Warning, check};
use yizhi_grid::shape::{MultiPolygon, area_from_geojson, area_to_geojson, center};
use yizhi_store::{Db, GridRow};

use super::home::Home;
use super::{CliError, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 导入网格；文件里的每个村（社区）要齐全，原有网格留作旧版本 | Import grids; a file holds all grids of each village it names
    Import {
        /// GeoJSON 文件 | GeoJSON file
        file: PathBuf,
        #[command(flatten)]
        home: Home,
        /// 坐标系：WGS84、CGCS2000、GCJ02、BD09 | Coordinate system of the file
        #[arg(long, default_value = "WGS84")]
        crs: Crs,
        /// 容许的重叠和缝隙，平方米 | Overlaps and gaps accepted, in square metres
        #[arg(long, value_name = "M2", default_value_t = 10.0, value_parser = square_metres)]
        tolerance: f64,
        /// 启用日期，缺省今天 | Date from which they hold; today by default
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
    },
}

/// Longest name of a grid, in characters.
const NAME_MAX: usize = 60;
fn square_metres(text: &str) -> Result<f64, String> {
    let area = text.parse().ok().filter(|area: &f64| (0.0..=1_000_000.0).contains(area));
    area.ok_or_else(|| "面积是0到1000000的数 an area is a number from 0 to 1000000".to_owned())
}

const KIND: &str = "基础网格";

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Import { file, home, crs, tolerance, from } = command;
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(&file).map_err(|source| CliError::File { path: shown.clone(), source })?;
    let db = home.db().await?;
    let now = super::home::now(&db).await?;
    let from = starts(from, now)?;
    let ground = Ground::read(&db, &text).await?;
    let taken = |code: &str| ground.taken.contains(code);
    let options = Options {
        crs,
        tolerance_m2: tolerance,
        outline: ground.outline.as_ref(),
        taken: Some(&taken),
        ..Options::default()
    };
    let mut imported =
        check(&text, &options, &|village| ground.villages.contains_key(village)).map_err(|report| say(&report))?;
    warn(&imported.warnings);
    named(&mut imported.grids)?;
    let count = imported.grids.len();
    for (below, grids) in ground.scopes(imported) {
        let rows = grids.iter().filter_map(|grid| ground.row(grid, from)).collect();
        db.grids_replace(&below, rows, shown.clone(), now).await?;
    }
    db.close().await?;
    out::line(format_args!(
        "已导入 {count} 个网格。正在运行的服务请重启，或发送 SIGHUP。 Imported {count} grids. Restart a running server, or send it SIGHUP."
    ));
    Ok(())
}

/// Makes the names of grids written texts; all that are none are said.
fn named(grids: &mut [ImportedGrid]) -> Result<(), CliError> {
    let mut faults = 0;
    for grid in grids {
        match line(&grid.name, NAME_MAX) {
            Ok(name) => grid.name = name,
            Err(fault) => {
                faults += 1;
                let hint = fault.hint();
                out::note(format_args!("✗ {} 名称 name: {}\n  {}", grid.code, hint.zh, hint.en));
            }
        }
    }
    if faults == 0 { Ok(()) } else { Err(CliError::Findings) }
}

fn starts(date: Option<NaiveDate>, now: DateTime<Utc>) -> Result<DateTime<Utc>, CliError> {
    let today = now.with_timezone(&china()).date_naive();
    let date = date.unwrap_or(today);
    let start = china().from_local_datetime(&date.and_time(NaiveTime::MIN)).single();
    start.filter(|at| date <= today && is_plausible(at.to_utc())).map(|at| at.to_utc()).ok_or_else(|| {
        CliError::Said("启用日期不能在将来，也不能早于1900年：网格导入后立即生效。 The date lies neither in the future nor before 1900: grids hold as soon as they are imported.".to_owned())
    })
}

/// What the file is checked against.
struct Ground {
    /// Paths of all villages by code.
    villages: HashMap<String, RegionPath>,
    /// Villages that have grids now.
    gridded: BTreeSet<RegionPath>,
    /// Codes of grids in villages that the file does not name.
    taken: BTreeSet<String>,
    /// Of the county, where the file speaks of one county only.
    outline: Option<MultiPolygon<f64>>,
    /// The version that the new grids get.
    version: i32,
}

impl Ground {
    async fn read(db: &Db, text: &str) -> Result<Self, CliError> {
        let named = villages_named(text);
        let regions = db.regions().await?;
        let is_village = |r: &&yizhi_store::RegionRow| r.level == Level::Village.as_str();
        let villages: HashMap<String, RegionPath> = regions
            .iter()
            .filter(is_village)
            .filter_map(|r| Some((r.code.clone(), RegionPath::parse(&r.path)?)))
            .collect();
        let counties: BTreeSet<RegionPath> =
            named.iter().filter_map(|code| villages.get(code)).map(|path| path.at(Level::County)).collect();
        let mut current = Vec::new();
        for county in &counties {
            current.extend(db.grids(county).await?);
        }
        let one = counties.first().filter(|_| counties.len() == 1);
        let outline = match one {
            Some(county) => db.region_outline(county).await?,
            None => None,
        };
        let village = |g: &GridRow| RegionPath::parse(&g.path).map(|p| p.at(Level::Village));
        Ok(Self {
            gridded: current.iter().filter_map(village).collect(),
            taken: current
                .iter()
                .filter(|g| !g.code.get(..12).is_some_and(|v| named.contains(v)))
                .map(|g| g.code.clone())
                .collect(),
            outline: outline.and_then(|o| area_from_geojson(&serde_json::from_str(&o).ok()?).ok()),
            version: current.iter().map(|g| g.version).max().unwrap_or(0) + 1,
            villages,
        })
    }

    /// The grids in groups that are replaced at once: a whole county where the file holds all of it, else each village.
    fn scopes(&self, imported: Imported) -> BTreeMap<RegionPath, Vec<ImportedGrid>> {
        let path = |grid: &ImportedGrid| self.villages.get(grid.village()).cloned();
        let named: BTreeSet<RegionPath> = imported.grids.iter().filter_map(path).collect();
        let whole = |county: &RegionPath| self.gridded.iter().filter(|v| county.contains(v)).all(|v| named.contains(v));
        let mut scopes: BTreeMap<RegionPath, Vec<ImportedGrid>> = BTreeMap::new();
        for grid in imported.grids {
            let Some(village) = path(&grid) else { continue };
            let county = village.at(Level::County);
            scopes.entry(if whole(&county) { county } else { village }).or_default().push(grid);
        }
        scopes
    }

    fn row(&self, grid: &ImportedGrid, from: DateTime<Utc>) -> Option<GridRow> {
        let middle = center(&grid.area)?;
        Some(GridRow {
            code: grid.code.clone(),
            version: self.version,
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

/// Village codes that the file's grid codes begin with, as far as it can be read; the check says what cannot.
fn villages_named(text: &str) -> BTreeSet<String> {
    let file: serde_json::Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    let features = file["features"].as_array().into_iter().flatten();
    let code = |feature: &serde_json::Value| match &feature["properties"]["code"] {
        serde_json::Value::String(code) => Some(code.trim().to_owned()),
        serde_json::Value::Number(code) => Some(code.to_string()),
        _ => None,
    };
    features.filter_map(code).filter_map(|code| code.get(..12).map(str::to_owned)).collect()
}

fn say(report: &Report) -> CliError {
    for problem in &report.problems {
        out::note(format_args!("✗ {}\n  {}", problem.zh(), problem.en()));
    }
    warn(&report.warnings);
    let more = if report.truncated { "（还有更多 and more）" } else { "" };
    out::note(format_args!(
        "{} 个图斑，{} 处问题{more}；什么都没有改动。 {} features, {} problems; nothing was changed.",
        report.features,
        report.problems.len(),
        report.features,
        report.problems.len()
    ));
    CliError::Findings
}

fn warn(warnings: &[Warning]) {
    for warning in warnings {
        out::note(format_args!("! {}\n  {}", warning.zh(), warning.en()));
    }
}
