//! `GET` and `PUT /administrations`: which regions have their three administrators held by one above them.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::region::{Region, RegionPath};
use yizhi_domain::role::Permission;
use yizhi_store::Administration;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::page::Page;
use crate::routes::valid::Valid;
use crate::views::time::{Shown, shown};

/// A region without administrators of its own.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdministrationView {
    /// Code of the region.
    region: String,
    region_name: String,
    /// Code of the region above it whose administrators it has.
    held_by: String,
    held_by_name: String,
    at: Shown,
}

/// A choice.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AdministrationInput {
    /// Code of the region.
    region: String,
    /// Code of a region above it; absent: it has administrators of its own again.
    held_by: Option<String>,
}

/// The choices for one's own region and below.
#[utoipa::path(get, path = "/api/v1/administrations", tag = "people",
    responses((status = 200, body = Page<AdministrationView>), (status = 403, body = ProblemBody)))]
pub(crate) async fn administrations(
    who: Who,
    State(app): State<App>,
) -> Result<Json<Page<AdministrationView>>, Problem> {
    who.must(Permission::ConfirmPeople)?;
    let all = app.db().administrations().await?;
    Ok(Json(Page::whole(all.iter().filter_map(|choice| view(&who, choice)).collect())))
}

/// Records that a region's three administrators are held by one above it: a village of three people cannot staff three. It gives nobody a right.
#[utoipa::path(put, path = "/api/v1/administrations", tag = "people", request_body = AdministrationInput,
    responses((status = 200, body = Page<AdministrationView>), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn administration_set(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<AdministrationInput>,
) -> Result<Json<Page<AdministrationView>>, Problem> {
    who.must(Permission::ManagePeople)?;
    let region = named(&who, &input.region).filter(|r| who.post.path.contains(&r.path()));
    let region = region.ok_or_else(|| unknown("region"))?;
    let path = region.path();
    let above = match &input.held_by {
        None => None,
        Some(code) => {
            let above = named(&who, code).filter(|a| a.key != region.key && a.contains(&path));
            Some(above.ok_or_else(|| unknown("heldBy"))?)
        }
    };
    if above.is_some() && has_own(&who, &path) {
        return Err(Problem::new(
            axum::http::StatusCode::CONFLICT,
            "has_administrators",
            format!("{}已有自己的管理员岗位，请先结束这些岗位。", region.name),
            format!("{} has administrators of its own; end their posts first.", region.name),
        ));
    }
    let held_by = above.map(|a| a.key);
    app.db().administration_set(region.key, held_by, who.person.id, who.now).await?;
    administrations(who, State(app)).await
}

fn has_own(who: &Who, path: &RegionPath) -> bool {
    let roles = who.world.catalog.roles();
    let administrative = |role: &str| roles.get(role).is_some_and(|r| r.family.is_administrative());
    let not_ended = |until: Option<chrono::DateTime<chrono::Utc>>| until.is_none_or(|at| who.now < at);
    let mut posts = who.world.directory.posts();
    posts.any(|p| administrative(&p.role) && not_ended(p.until) && path.contains(&p.path))
}

fn named<'a>(who: &'a Who, code: &str) -> Option<Region<'a>> {
    who.world.regions.by_code(code)
}

fn unknown(field: &str) -> Problem {
    Problem::invalid(
        field,
        "请选择您管理范围内的区域，以及它的一个上级区域。",
        "Choose a region that you manage, and one above it.",
    )
}

fn view(who: &Who, choice: &Administration) -> Option<AdministrationView> {
    let path = RegionPath::parse(&choice.path).filter(|p| who.post.path.contains(p))?;
    let above = RegionPath::parse(&choice.held_by)?;
    let (region, above) = (who.world.regions.holding(&path)?, who.world.regions.holding(&above)?);
    Some(AdministrationView {
        region: region.code.to_owned(),
        region_name: region.name.to_owned(),
        held_by: above.code.to_owned(),
        held_by_name: above.name.to_owned(),
        at: shown(choice.at),
    })
}
