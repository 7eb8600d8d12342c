//! A duty as asked for, checked against grids, people and their posts.

use chrono::{DateTime, Utc};
use yizhi_domain::clock::china;
use yizhi_domain::directory::{PersonBrief, Post};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::role::Role;
use yizhi_grid::import::codes::{code_written, is_number};
use yizhi_store::{DutyRow, Held};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::places::{Grid, Places};
use crate::table::excerpt;

/// A duty in words and codes, as a form or a line of a file has it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked<'a> {
    pub(super) grid: &'a str,
    /// Code or Chinese name of the role.
    pub(super) role: &'a str,
    pub(super) account: &'a str,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
}

/// Accounts that are named of people with one name.
const NAMESAKES: usize = 3;

/// Whether posts of a role stand in grids: others have no duty there.
pub(super) fn is_of_grids(role: &Role) -> bool {
    role.levels.contains(&Level::Grid)
}

/// The duty, if who asks may set it.
///
/// # Errors
/// 422 for everything that is wrong, in the order of the fields, which each names.
pub(super) fn settle(app: &App, who: &Who, asked: &Asked<'_>) -> Result<DutyRow, Vec<Problem>> {
    let places = app.places();
    let (grid, role, holder) = (grid(&places, who, asked.grid), role(who, asked.role), holder(who, asked.account));
    let (grid, role, holder) = match (grid, role, holder) {
        (Ok(grid), Ok(role), Ok(holder)) => (grid, role, holder),
        (grid, role, holder) => return Err([grid.err(), role.err(), holder.err()].into_iter().flatten().collect()),
    };
    let post = post(who, holder, role, &grid.path).map_err(|problem| vec![problem])?;
    let asked_from = asked.from.unwrap_or(who.now);
    let (from, mut problems) = match begins(post, role, asked_from) {
        Ok(from) => (from, Vec::new()),
        Err(problem) => (asked_from, vec![problem]),
    };
    if asked.until.is_some_and(|until| until <= from || until <= who.now) {
        problems.push(Problem::invalid(
            "until",
            "结束时间要晚于开始时间，也要晚于现在。",
            "The end must be after the beginning, and after now.",
        ));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(DutyRow {
        path: grid.path.as_str().to_owned(),
        role: role.code.clone(),
        person: holder.id,
        from,
        until: asked.until,
    })
}

fn grid<'a>(places: &'a Places, who: &Who, written: &str) -> Result<&'a Grid, Problem> {
    let code = code_written(written);
    let found = places.by_code(&code).filter(|grid| who.post.path.contains(&grid.path));
    found.map(|grid| &**grid).ok_or_else(|| {
        let shown = excerpt(written);
        if is_number(&code) {
            return Problem::invalid(
                "grid",
                format!("网格编码“{shown}”已被表格软件变成了数字，末尾几位可能丢失。请把这一列设为文本，重新填写 15 位编码，再按文本保存。"),
                format!("A spreadsheet has made a number of the grid's code “{shown}”, and its last digits may be lost. Make the column text, enter the 15 digits again, and save."),
            );
        }
        Problem::invalid(
            "grid",
            format!("没有网格“{shown}”，或不在您的管理范围内。请填 15 位网格编码。"),
            format!("There is no grid “{shown}”, or you do not manage it. Give its 15 digits."),
        )
    })
}

fn role<'a>(who: &'a Who, written: &str) -> Result<&'a Role, Problem> {
    let roles = || who.world.catalog.roles().iter().filter(|role| is_of_grids(role));
    roles().find(|role| role.code == written || role.name.zh == written).ok_or_else(|| {
        let names: Vec<&str> = roles().map(|role| role.name.zh.as_str()).collect();
        Problem::invalid(
            "role",
            format!("角色“{}”不在网格值守，可选：{}。", excerpt(written), names.join("、")),
            format!("“{}” has no duty in grids; choose grid leader, grid worker or grid supervisor.", excerpt(written)),
        )
    })
}

fn holder<'a>(who: &'a Who, written: &str) -> Result<&'a PersonBrief, Problem> {
    who.world.directory.by_account(written).ok_or_else(|| {
        let (shown, namesakes) = (excerpt(written), namesakes(who, written));
        let (zh, en) = if namesakes.is_empty() {
            (
                format!("没有账号“{shown}”。这里填登录账号，不填姓名；请核对，或先为此人建立账号。"),
                format!("There is no account “{shown}”. Give the account, not the name; check it, or make one first."),
            )
        } else {
            (
                format!("“{shown}”是姓名，这里要填登录账号。叫这个名字的有：{}。", namesakes.join("、")),
                format!(
                    "“{shown}” is a name, but the account is needed. Of that name there are: {}.",
                    namesakes.join(", ")
                ),
            )
        };
        Problem::invalid("account", zh, en)
    })
}

/// Accounts of people of a name who work in grids below whoever asks.
fn namesakes<'a>(who: &'a Who, name: &str) -> Vec<&'a str> {
    let (directory, roles) = (&who.world.directory, who.world.catalog.roles());
    let near = directory.posts().filter(|post| {
        let of_grids = roles.get(&post.role).is_some_and(is_of_grids);
        of_grids && post.in_force(who.now) && who.post.path.contains(&post.path)
    });
    let people = near.filter_map(|post| directory.person(post.person)).filter(|person| person.name == name);
    let mut accounts: Vec<&str> = people.map(|person| person.account.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts.truncate(NAMESAKES);
    accounts
}

/// The post that carries the duty: of those in the grid's village or above the grid, the one that began first.
fn post<'a>(who: &'a Who, holder: &PersonBrief, role: &Role, grid: &RegionPath) -> Result<&'a Post, Problem> {
    let village = grid.at(Level::Village);
    let posts = who.world.directory.posts_of(holder.id, who.now).filter(|post| post.role == role.code);
    let near = posts.filter(|post| post.path.contains(grid) || village.contains(&post.path));
    near.min_by_key(|post| post.from).ok_or_else(|| {
        Problem::invalid(
            "account",
            format!("账号“{}”在网格所在的村（社区）没有{}岗位，请先设岗位，或另选他人。", holder.account, role.name.zh),
            format!(
                "The account “{}” has no post as {} in the grid's village. Give it one, or choose somebody else.",
                holder.account, role.name.en
            ),
        )
    })
}

/// When the duty begins: not before its post, but a day is as good as the hour.
fn begins(post: &Post, role: &Role, asked: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let day = |at: DateTime<Utc>| at.with_timezone(&china()).date_naive();
    let first = day(post.from);
    if day(asked) >= first {
        return Ok(asked.max(post.from));
    }
    Err(Problem::invalid(
        "from",
        format!(
            "值守不能早于岗位：此人的{}岗位从{}开始，值守请从这一天或以后开始。",
            role.name.zh,
            first.format("%Y-%m-%d")
        ),
        format!(
            "The duty begins before the post as {}, which began on {first}; begin on that day or later.",
            role.name.en
        ),
    ))
}

/// What is said of a duty that the person has, or had, at that time.
pub(super) fn already(held: Held) -> Problem {
    match held {
        Held::Still => refused(yizhi_store::Error::Taken("duty")),
        Held::Until(_) => refused(yizhi_store::Error::Taken("ended duty")),
    }
}

/// What the store says of duties that are there already.
pub(super) fn refused(error: yizhi_store::Error) -> Problem {
    let (zh, en) = match error {
        yizhi_store::Error::Taken("ended duty") => (
            "此人在这个网格有过这项值守，已经结束，时间与它重叠。已有的记录不能改写：请从它结束以后开始，或不填开始时间，从现在开始。",
            "This person had that duty in the grid at that time; it has ended, and what is recorded stays. Begin after its end, or leave the beginning out to begin now.",
        ),
        yizhi_store::Error::Taken(_) => (
            "此人在这个网格已有这项值守，时间重叠，不用再设。",
            "This person has that duty in the grid already, at the same time.",
        ),
        other => return other.into(),
    };
    Problem::new(axum::http::StatusCode::CONFLICT, "already_held", zh, en)
}
