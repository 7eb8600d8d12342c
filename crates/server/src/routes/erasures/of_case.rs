//! `GET /cases/{id}/erasures`.

use axum::Json;
use axum::extract::State;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::page::Page;

use super::view::{ErasureView, erasure};

/// The erasures of a case, the newest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/erasures", tag = "erasures", params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Page<ErasureView>), (status = 404, body = ProblemBody)))]
pub(crate) async fn erasures(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Page<ErasureView>>, Problem> {
    let found = app.db().erasures_of(super::scope(&who)?, &name).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(Page::whole(found.iter().map(|one| erasure(&who, one)).collect())))
}
