//! `POST /erasures/{id}/refuse`: the second person says no, and why.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::erasure::TEXT_MAX;
use yizhi_domain::ids::ErasureId;
use yizhi_domain::role::Permission;
use yizhi_domain::written;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::valid::Valid;

use super::view::{ErasureView, decider, erasure};

/// Why it is refused; who asked must be told (PIPL art. 50).
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalInput {
    note: String,
}

/// Refuses an erasure. Nothing is erased; the fields may be proposed again.
#[utoipa::path(post, path = "/api/v1/erasures/{id}/refuse", tag = "erasures", params(("id" = uuid::Uuid, Path)), request_body = RefusalInput,
    responses((status = 200, body = ErasureView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn refuse(
    who: Who,
    State(app): State<App>,
    Path(id): Path<String>,
    Valid(input): Valid<RefusalInput>,
) -> Result<Json<ErasureView>, Problem> {
    who.must(Permission::DecideErasure)?;
    let id: ErasureId = id.parse().map_err(|_| Problem::not_found())?;
    let note = written::optional_lines(&input.note, TEXT_MAX).map_err(|fault| Problem::written("note", fault))?;
    let refused = app.db().erasure_refuse(id, note, decider(&who)).await?;
    Ok(Json(erasure(&who, &refused)))
}
