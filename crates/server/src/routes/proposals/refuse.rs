//! `POST /proposals/{id}/refuse`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::role::Permission;
use yizhi_domain::written;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::valid::Valid;

use super::view::{ProposalView, proposal};
use super::visible;

const NOTE_MAX: usize = 200;

/// Why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProposalRefusal {
    note: String,
}

/// Refuses a proposal, or takes one's own back. Nothing changes for the person; the code given with it is void.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/refuse", tag = "people", params(("id" = uuid::Uuid, Path)), request_body = ProposalRefusal,
    responses((status = 200, body = ProposalView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn refuse(
    who: Who,
    State(app): State<App>,
    Path(id): Path<String>,
    Valid(input): Valid<ProposalRefusal>,
) -> Result<Json<ProposalView>, Problem> {
    who.must(Permission::ConfirmPeople)?;
    let row = visible(&app, &who, &id).await?;
    let note = written::line(&input.note, NOTE_MAX).map_err(|fault| Problem::written("note", fault))?;
    app.db().proposal_refuse(row.id, who.person.id, Some(note), who.now).await?;
    let row = app.db().proposal(row.id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(proposal(&app, &who, &row).await?))
}
