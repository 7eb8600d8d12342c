//! `GET /grids/locate`: the grid of a point, its regions, and who is on duty.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::cases::point;
use crate::views::grid::{DutyView, GridView, grid};
use crate::views::mask;
use crate::views::region::{RegionView, region};

/// A point.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct LocateQuery {
    /// Degrees.
    lon: f64,
    lat: f64,
    /// `WGS84` (default), `CGCS2000`, `GCJ02` or `BD09`.
    crs: Option<String>,
}

/// Where a point is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Located {
    grid: GridView,
    /// Province first.
    regions: Vec<RegionView>,
    people: Vec<DutyView>,
}

/// The one grid that holds a point; 404 with code `outside` if none does.
#[utoipa::path(get, path = "/api/v1/grids/locate", tag = "places", params(LocateQuery),
    responses((status = 200, body = Located), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn locate(
    who: Who,
    State(app): State<App>,
    Query(query): Query<LocateQuery>,
) -> Result<Json<Located>, Problem> {
    let at = point(query.lon, query.lat, query.crs.as_deref())?;
    let places = app.places();
    let found = places.locate(at).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "outside", "这个位置不在任何网格内。", "This point is in no grid.")
    })?;
    let tree = &who.world.regions;
    let mut people = Vec::new();
    for duty in who.world.directory.on_duty(&found.path, who.now) {
        let Some(person) = who.world.directory.person(duty.person) else {
            continue;
        };
        let phone = app.db().sealed_phone(person.id).await?.and_then(|sealed| app.keys().open_text(&sealed));
        people.push(DutyView {
            account: person.account.clone(),
            name: person.name.clone(),
            role: duty.role.clone(),
            role_name: who.world.catalog.role_name(&duty.role).into(),
            phone: phone.map(|p| mask::phone(&p)),
        });
    }
    let regions = tree.chain(&found.path).iter().map(|r| region(tree, r)).collect();
    Ok(Json(Located { grid: grid(tree, found), regions, people }))
}
