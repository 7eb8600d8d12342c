//! A duty as asked for, checked against grids, people and their posts.

use chrono::{DateTime, Utc};
use yizhi_domain::region::Level;
use yizhi_domain::role::Role;
use yizhi_store::DutyRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

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

/// Whether posts of a role stand in grids: others have no duty there.
pub(super) fn is_of_grids(role: &Role) -> bool {
    role.levels.contains(&Level::Grid)
}

/// The duty, if who asks may set it.
///
/// # Errors
/// 422 names the field.
pub(super) fn settle(app: &App, who: &Who, asked: &Asked<'_>) -> Result<DutyRow, Problem> {
    let world = &who.world;
    let places = app.places();
    let grid = places.by_code(asked.grid).filter(|grid| who.post.path.contains(&grid.path)).ok_or_else(|| {
        Problem::invalid(
            "grid",
            "没有这个网格，或不在您的管理范围内。请填 15 位网格编码。",
            "There is no such grid, or you do not manage it. Give its 15 digits.",
        )
    })?;
    let mut roles = world.catalog.roles().iter().filter(|role| is_of_grids(role));
    let role = roles.find(|role| role.code == asked.role || role.name.zh == asked.role).ok_or_else(|| {
        let names: Vec<&str> =
            world.catalog.roles().iter().filter(|r| is_of_grids(r)).map(|r| r.name.zh.as_str()).collect();
        Problem::invalid(
            "role",
            format!("这个角色不在网格值守，可选：{}。", names.join("、")),
            "This role has no duty in grids; choose grid leader, grid worker or grid supervisor.",
        )
    })?;
    let village = grid.path.at(Level::Village);
    let now = who.now;
    let holder = world.directory.by_account(asked.account).filter(|person| {
        let mut posts = world.directory.posts_of(person.id, now).filter(|post| post.role == role.code);
        posts.any(|post| post.path.contains(&grid.path) || village.contains(&post.path))
    });
    let holder = holder.ok_or_else(|| {
        Problem::invalid(
            "account",
            format!("这个账号在网格所在的村（社区）没有{}岗位，请先设岗位，或另选他人。", role.name.zh),
            format!(
                "This account has no post as {} in the grid's village. Give it one, or choose somebody else.",
                role.name.en
            ),
        )
    })?;
    let from = asked.from.unwrap_or(now);
    if asked.until.is_some_and(|until| until <= from || until <= now) {
        return Err(Problem::invalid(
            "until",
            "结束时间要晚于开始时间，也要晚于现在。",
            "The end must be after the beginning, and after now.",
        ));
    }
    Ok(DutyRow {
        path: grid.path.as_str().to_owned(),
        role: role.code.clone(),
        person: holder.id,
        from,
        until: asked.until,
    })
}

/// What the store says of duties that are there already.
pub(super) fn refused(error: yizhi_store::Error) -> Problem {
    match error {
        yizhi_store::Error::Taken(_) => Problem::new(
            axum::http::StatusCode::CONFLICT,
            "already_held",
            "此人在这个网格已有这项值守，时间重叠，不用再设。",
            "This person has that duty in the grid already, at the same time.",
        ),
        other => other.into(),
    }
}
