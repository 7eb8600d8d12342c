//! `yizhi grid import`: the real grids of a place, checked as a whole before anything changes. What a file lacks stays, unless it is retired expressly.

mod ground;
mod missing;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};
use clap::Subcommand;
use yizhi_domain::clock::{china, is_plausible};
use yizhi_domain::written::line;
use yizhi_grid::Crs;
use yizhi_grid::import::{ImportedGrid, Options, check};
use yizhi_store::{Error, GridImport};

use super::home::Home;
use super::{CliError, geojson, out};

use ground::Ground;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 导入网格；文件里没有的原有网格保留，原有版本留作历史 | Import grids; present grids that the file lacks stay, old versions are kept
    Import {
        /// GeoJSON 文件 | GeoJSON file
        file: PathBuf,
        #[command(flatten)]
        home: Home,
        /// 坐标系：WGS84、CGCS2000、GCJ02、BD09 | Coordinate system of the file
        #[arg(long, default_value = "WGS84")]
        crs: Crs,
        /// 容许的重叠和缝隙，0 到 1000000 平方米 | Overlaps and gaps accepted, 0 to 1000000 square metres
        #[arg(long, value_name = "M2", default_value_t = 10.0, value_parser = geojson::square_metres, allow_negative_numbers = true)]
        tolerance: f64,
        /// 启用日期，如 2026-01-05，缺省今天 | Date from which they hold, such as 2026-01-05; today by default
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
        /// 撤销文件里各村（社区）缺少的原有网格 | Retire the present grids that the file lacks in the villages it names
        #[arg(long)]
        retire_missing: bool,
        /// 其中还有未办结案件、值守人员或岗位的也撤销 | Retire them even where open cases, people on duty or posts stand in them
        #[arg(long, requires = "retire_missing")]
        retire_occupied: bool,
    },
}

/// Longest name of a grid, in characters.
const NAME_MAX: usize = 60;

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Import { file, home, crs, tolerance, from, retire_missing, retire_occupied } = command;
    let shown = file.display().to_string();
    let text = geojson::text(&file)?;
    let db = home.db().await?;
    let now = super::home::now(&db).await?;
    let from = starts(from, now)?;
    let ground = Ground::read(&db, &text, retire_missing).await?;
    let taken = |code: &str| ground.taken.contains(code);
    let options = Options {
        crs,
        tolerance_m2: tolerance,
        outline: ground.outline.as_ref(),
        cover_outline: ground.whole,
        village_outlines: &ground.village_outlines,
        taken: Some(&taken),
        standing: &ground.standing,
    };
    if !retire_missing {
        missing::stay(&ground.lacking);
    }
    let mut imported = check(&text, &options, &|village| ground.villages.contains_key(village))
        .map_err(|report| geojson::refused(&report))?;
    geojson::warn(&imported.warnings);
    named(&mut imported.grids)?;
    let (retire, occupied) = if retire_missing {
        missing::retired(&db, &ground.lacking, retire_occupied, now).await?
    } else {
        Default::default()
    };
    let count = imported.grids.len();
    let rows = imported.grids.iter().filter_map(|grid| ground.row(grid, from)).collect();
    let paths = retire.iter().map(|(_, path)| path.clone()).collect();
    let import = GridImport { rows, retire: paths, occupied_too: retire_occupied, source: shown };
    db.grids_import(import, now).await.map_err(|error| match error {
        Error::Taken(_) => missing::occupied_meanwhile(),
        other => other.into(),
    })?;
    db.close().await?;
    missing::gone(&retire, &occupied);
    if ground.other_villages > 0 {
        let n = ground.other_villages;
        out::line(format_args!(
            "同县另有 {n} 个村（社区）不在文件里，没有改动。 {n} other villages of the county are not in the file and were left as they are."
        ));
    }
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
