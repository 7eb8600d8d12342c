//! `POST /erasures/{id}/confirm`: the second person, and the erasure itself.

use axum::Json;
use axum::extract::State;
use yizhi_domain::ids::ErasureId;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::view::{ErasureView, decider, erasure};

/// Carries an erasure out: the values leave the database now, files within seconds. There is no way back.
#[utoipa::path(post, path = "/api/v1/erasures/{id}/confirm", tag = "erasures", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = ErasureView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody)))]
pub(crate) async fn confirm(
    who: Who,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Json<ErasureView>, Problem> {
    who.must(Permission::DecideErasure)?;
    let id: ErasureId = id.parse().map_err(|_| Problem::not_found())?;
    let done = app.db().erasure_confirm(id, decider(&who)).await?;
    Ok(Json(erasure(&who, &done)))
}
