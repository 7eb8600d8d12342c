//! `GET /duties`: who is on duty in the grids of a village, and which grids have nobody.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::region::Level;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::Page;
use crate::routes::regions::path_of;
use crate::views::case::{PersonView, person};
use crate::views::text::Text;

use super::input::is_of_grids;
use super::view::{GridDutyView, duty};

/// Where.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct DutyQuery {
    /// Code of a village (12 digits).
    region: String,
}

/// Somebody who may be given a duty here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    role: String,
    #[serde(rename = "roleName")]
    role_name: Text,
    person: PersonView,
}

/// A grid with who is on duty there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GridDuties {
    /// 15 digits.
    grid: String,
    name: String,
    duties: Vec<GridDutyView>,
    /// Those whose posts stand in the village or above the grid, by role and name.
    candidates: Vec<Candidate>,
}

/// The grids of a village in the order of their codes, each with who is on duty, now or later.
#[utoipa::path(get, path = "/api/v1/duties", tag = "duties", params(DutyQuery),
    responses((status = 200, body = Page<GridDuties>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<DutyQuery>,
) -> Result<Json<Page<GridDuties>>, Problem> {
    who.must(Permission::ManageDuties)?;
    let village = path_of(&app, &who, &query.region)?.at(Level::Village);
    if village.level() != Some(Level::Village) {
        return Err(Problem::invalid("region", "请选择一个村（社区）。", "Choose a village."));
    }
    if !who.post.path.contains(&village) {
        return Err(Problem::not_found());
    }
    let mut by_grid: HashMap<String, Vec<GridDutyView>> = HashMap::new();
    for row in app.db().duties_below(&village, who.now).await? {
        if let Some(view) = duty(&who, &row) {
            by_grid.entry(row.path).or_default().push(view);
        }
    }
    let places = app.places();
    let mut grids: Vec<_> = places.iter().filter(|grid| village.contains(&grid.path)).collect();
    grids.sort_by(|a, b| a.code.cmp(&b.code));
    let items = grids.into_iter().map(|grid| GridDuties {
        grid: grid.code.clone(),
        name: grid.name.clone(),
        duties: by_grid.remove(grid.path.as_str()).unwrap_or_default(),
        candidates: candidates(&who, &grid.path, &village),
    });
    Ok(Json(Page::whole(items.collect())))
}

fn candidates(
    who: &Who,
    grid: &yizhi_domain::region::RegionPath,
    village: &yizhi_domain::region::RegionPath,
) -> Vec<Candidate> {
    let world = &who.world;
    let near = world.directory.posts().filter(|post| {
        let of_grids = world.catalog.roles().get(&post.role).is_some_and(is_of_grids);
        of_grids && post.in_force(who.now) && (post.path.contains(grid) || village.contains(&post.path))
    });
    let named = near.filter_map(|post| Some((post, world.directory.person(post.person)?)));
    let mut found: Vec<Candidate> = named
        .map(|(post, holder)| Candidate {
            role: post.role.clone(),
            role_name: world.catalog.role_name(&post.role).into(),
            person: person(holder),
        })
        .collect();
    found.sort_by(|a, b| (&a.role, &a.person.account).cmp(&(&b.role, &b.person.account)));
    found.dedup_by(|a, b| a.role == b.role && a.person.account == b.person.account);
    found
}
