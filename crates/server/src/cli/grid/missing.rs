//! Grids that are there and that a file lacks: they stay, or they are retired by the express wish of whoever imports. Either is said.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use yizhi_domain::region::RegionPath;
use yizhi_store::{Db, GridRow, Occupancy};

use crate::cli::{CliError, out};

use super::ground::Lacking;

/// Grids of a village that are named where they stay.
const NAMED: usize = 10;

/// Grids to retire with their paths, and what stands in them.
type Retired<'a> = (Vec<(&'a GridRow, RegionPath)>, HashMap<String, Occupancy>);

/// Says of each village what the file lacks, and that it stays.
pub(super) fn stay(lacking: &[Lacking]) {
    for Lacking { village, name, of, grids } in lacking {
        let count = grids.len();
        let listed: Vec<String> = grids.iter().take(NAMED).map(|g| format!("{}（{}）", g.name, g.code)).collect();
        let more = if count > NAMED { "……" } else { "" };
        let listed = listed.join("、") + more;
        out::note(format_args!(
            "! {name}（{village}）原有 {of} 个网格，文件里没有其中 {count} 个，照旧保留：{listed}。如已撤销，请加 --retire-missing 再导入一次。\n  \
             {name} ({village}) has {of} grids; the file lacks {count} of them, which stay: {listed}. If they are to be retired, import again with --retire-missing."
        ));
    }
}

/// The grids that are to be retired.
///
/// # Errors
/// When something stands in one of them and that is not `allowed`; each is said then.
pub(super) async fn retired<'a>(
    db: &Db,
    lacking: &'a [Lacking],
    allowed: bool,
    now: DateTime<Utc>,
) -> Result<Retired<'a>, CliError> {
    let grids = lacking.iter().flat_map(|village| &village.grids);
    let retire: Vec<(&GridRow, RegionPath)> =
        grids.filter_map(|grid| Some((grid, RegionPath::parse(&grid.path)?))).collect();
    let paths: Vec<RegionPath> = retire.iter().map(|(_, path)| path.clone()).collect();
    let occupied = db.grids_occupied(&paths, now).await?;
    if occupied.is_empty() || allowed {
        return Ok((retire, occupied));
    }
    for (grid, path) in &retire {
        let Some(Occupancy { cases, duties, posts }) = occupied.get(path.as_str()) else { continue };
        let (name, code) = (&grid.name, &grid.code);
        out::note(format_args!(
            "✗ {name}（{code}）不能撤销：还有未办结案件 {cases} 件、值守 {duties} 人次、岗位 {posts} 个。\n  \
             {name} ({code}) cannot be retired: {cases} open cases, {duties} duties and {posts} posts are in it."
        ));
    }
    out::note(
        "请先办结案件、调整值守和岗位；或加 --retire-occupied：案件仍记在原网格，由原来的人办完；值守随即结束；岗位保留，由管理员调整。什么都没有改动。\n\
         Close the cases and move duties and posts first. Or add --retire-occupied: cases keep their place and are finished by those who have them, duties \
         there end at once, posts stay until an administrator moves them. Nothing was changed.",
    );
    Err(CliError::Findings)
}

/// Says of each grid that it was retired, and what became of what stood in it.
pub(super) fn gone(retired: &[(&GridRow, RegionPath)], occupied: &HashMap<String, Occupancy>) {
    for (grid, path) in retired {
        let (name, code) = (&grid.name, &grid.code);
        match occupied.get(path.as_str()) {
            None => out::note(format_args!("- {name}（{code}）已撤销。\n  {name} ({code}) was retired.")),
            Some(Occupancy { cases, duties, posts }) => out::note(format_args!(
                "! {name}（{code}）已撤销：{cases} 件未办结案件仍记在原网格，由原来的人办完；{duties} 人次值守已结束；{posts} 个岗位保留，请管理员调整。\n  \
                 {name} ({code}) was retired: its {cases} open cases keep their place and are finished by those who have them; {duties} duties have ended; {posts} \
                 posts stay, for an administrator to move."
            )),
        }
    }
}

/// Something came to stand in a grid while the file was checked.
pub(super) fn occupied_meanwhile() -> CliError {
    CliError::Said(
        "检查期间，要撤销的网格里有了新的案件、值守或岗位。什么都没有改动，请再导入一次。\n\
         Meanwhile a case, a duty or a post came into a grid that is to be retired. Nothing was changed; import again."
            .to_owned(),
    )
}
