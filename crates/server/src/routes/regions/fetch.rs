//! `GET /regions/{code}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::views::region::{RegionView, region};

/// A region with those above it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegionDetail {
    #[serde(flatten)]
    region: RegionView,
    /// Province first.
    ancestors: Vec<RegionView>,
}

/// One region.
#[utoipa::path(get, path = "/api/v1/regions/{code}", tag = "places", params(("code" = String, Path, description = "12 digits")),
    responses((status = 200, body = RegionDetail), (status = 404, body = ProblemBody)))]
pub(crate) async fn fetch(
    who: Who,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Json<RegionDetail>, Problem> {
    let tree = &who.world.regions;
    let path = super::path_of(&app, &who, &code).map_err(|_| Problem::not_found())?;
    let mut chain = tree.chain(&path);
    let last = chain.pop().ok_or_else(Problem::not_found)?;
    let ancestors = chain.iter().map(|r| region(tree, r)).collect();
    Ok(Json(RegionDetail { region: region(tree, &last), ancestors }))
}
