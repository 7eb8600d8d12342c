//! A post as asked for, checked against roles, regions, grids and departments.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Role;
use yizhi_store::PostRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::keys::random10;
use crate::routes::client_id::made_by_client;
use crate::routes::moment::Moment;

/// A post to be given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostInput {
    /// UUIDv7 made by the client: repeating the request gives the first answer again.
    pub(super) id: Option<Uuid>,
    /// Code of the role.
    pub(super) role: String,
    /// Code of the region; of the village, for a post in a grid.
    region: String,
    /// 15 digits, for a post in a grid.
    grid: Option<String>,
    /// For roles that name one.
    department: Option<String>,
    /// Now if absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Moment>,
}

impl PostInput {
    /// The post, if it can be given by who asks.
    ///
    /// # Errors
    /// 422 names the field.
    pub(super) async fn settle(&self, app: &App, who: &Who, person: PersonId) -> Result<Post, Problem> {
        let role = who.world.catalog.roles().get(&self.role).ok_or_else(|| unknown_role(&self.role))?;
        let path = self.path(app, who)?;
        level_fits(role, &path)?;
        if role.family.is_administrative() {
            not_held_above(app, who, &path).await?;
        }
        let department = self.department(who, role)?;
        let (from, until) = self.period(who)?;
        let id = match self.id {
            Some(id) => PostId(made_by_client(id)?),
            None => PostId::at(who.now, random10()),
        };
        Ok(Post { id, person, role: role.code.clone(), path, department, from, until })
    }

    /// Whether this asked for a post that was given or proposed: it is settled anew, and where no beginning was named, that was the moment of asking.
    pub(super) fn asks_for(&self, asked: &Post, given: &PostRow, now: DateTime<Utc>) -> bool {
        let begins = if self.from.is_some() { given.from == asked.from } else { given.from <= now };
        let same = (given.person, &given.role, &given.department) == (asked.person, &asked.role, &asked.department);
        same && begins && given.path == asked.path.as_str() && given.until == asked.until
    }

    fn path(&self, app: &App, who: &Who) -> Result<RegionPath, Problem> {
        let region = who.world.regions.by_code(&self.region).filter(|r| who.post.path.contains(&r.path()));
        let region = region.ok_or_else(|| {
            Problem::invalid(
                "region",
                format!("没有代码为“{}”的区域，或不在您的管理范围内。", self.region),
                format!("There is no region “{}”, or you do not manage it.", self.region),
            )
        })?;
        let Some(code) = self.grid.as_deref().filter(|g| !g.is_empty()) else {
            return Ok(region.path());
        };
        let places = app.places();
        let grid = places.by_code(code).filter(|g| region.contains(&g.path)).ok_or_else(|| {
            Problem::invalid(
                "grid",
                format!("{}没有代码为“{code}”的网格。", region.name),
                format!("There is no grid “{code}” in {}.", region.name),
            )
        })?;
        Ok(grid.path.clone())
    }

    fn department(&self, who: &Who, role: &Role) -> Result<Option<String>, Problem> {
        let given = self.department.as_deref().filter(|d| !d.is_empty());
        match (role.department, given) {
            (false, None) => Ok(None),
            (true, Some(code)) if who.world.catalog.department(code).is_some() => Ok(Some(code.to_owned())),
            (true, Some(code)) => Err(Problem::invalid(
                "department",
                format!("没有代码为“{code}”的部门，请从列表中选择。"),
                format!("There is no department “{code}”; choose one from the list."),
            )),
            (true, None) => Err(Problem::invalid(
                "department",
                format!("{}的岗位要指明部门。", role.name.zh),
                format!("A post as {} names a department.", role.name.en),
            )),
            (false, Some(_)) => Err(Problem::invalid(
                "department",
                format!("{}的岗位不属于部门，请去掉部门。", role.name.zh),
                format!("A post as {} has no department; leave it out.", role.name.en),
            )),
        }
    }

    fn period(&self, who: &Who) -> Result<(DateTime<Utc>, Option<DateTime<Utc>>), Problem> {
        let from = self.from.map_or(who.now, |Moment(at)| at);
        let until = self.until.map(|Moment(at)| at);
        if until.is_some_and(|until| until <= from || until <= who.now) {
            return Err(Problem::invalid(
                "until",
                "结束时间要晚于开始时间，也要晚于现在。",
                "The end must be after the beginning, and after now.",
            ));
        }
        Ok((from, until))
    }
}

/// A region whose administrators are held by one above it has none of its own.
async fn not_held_above(app: &App, who: &Who, path: &RegionPath) -> Result<(), Problem> {
    let choices = app.db().administrations().await?;
    let held = |c: &&yizhi_store::Administration| path.as_str().starts_with(&c.path);
    let Some(choice) = choices.iter().find(held) else { return Ok(()) };
    let above =
        RegionPath::parse(&choice.held_by).and_then(|p| who.world.regions.holding(&p).map(|r| r.name.to_owned()));
    let above = above.unwrap_or_default();
    Err(Problem::invalid(
        "region",
        format!("这里的三员由{above}代管，不另设管理员。"),
        format!("The three administrators of this place are held by {above}; it has none of its own."),
    ))
}

fn unknown_role(code: &str) -> Problem {
    Problem::invalid(
        "role",
        format!("没有代码为“{code}”的角色，请从列表中选择。"),
        format!("There is no role “{code}”; choose one from the list."),
    )
}

fn level_fits(role: &Role, path: &RegionPath) -> Result<(), Problem> {
    if path.level().is_some_and(|level| role.levels.contains(&level)) {
        return Ok(());
    }
    let allowed = role.levels.iter().map(|l| l.as_str()).collect::<Vec<_>>().join(", ");
    let names = ["省", "市", "县", "乡镇", "村", "网格"];
    let allowed_zh = role.levels.iter().map(|l| names[*l as usize]).collect::<Vec<_>>().join("、");
    Err(Problem::invalid(
        "region",
        format!("{}只能设在这些层级：{allowed_zh}。", role.name.zh),
        format!("Posts as {} are at these levels: {allowed}.", role.name.en),
    ))
}

/// The post as the store keeps it.
pub(super) fn row(post: &Post) -> PostRow {
    PostRow {
        id: post.id,
        person: post.person,
        role: post.role.clone(),
        path: post.path.as_str().to_owned(),
        department: post.department.clone(),
        from: post.from,
        until: post.until,
    }
}
