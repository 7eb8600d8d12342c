//! `GET /matters/{code}`.

use axum::Json;

use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::views::matter::{MatterDetail, matter_detail};

/// A matter with its conditions and their limits.
#[utoipa::path(get, path = "/api/v1/matters/{code}", tag = "catalog", params(("code" = String, Path)),
    responses((status = 200, body = MatterDetail), (status = 404, body = ProblemBody)))]
pub(crate) async fn fetch(who: Who, Path(code): Path<String>) -> Result<Json<MatterDetail>, Problem> {
    let catalog = &who.world.catalog;
    let found = catalog.matter(&code).ok_or_else(Problem::not_found)?;
    Ok(Json(matter_detail(catalog, found)))
}
