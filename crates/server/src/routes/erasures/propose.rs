//! `POST /cases/{id}/erasures`: proposing that fields of a case be erased.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::erasure::{Field, TEXT_MAX};
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::{CaseFetched, Proposal};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::cases::found;
use crate::routes::valid::Valid;

use super::view::{ErasureView, erasure};

/// What to erase, on whose authority, why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ErasureInput {
    /// `reporter`, `title`, `description`, `location`, `note:SEQ` (a step's number in the timeline), `attachment:ID`.
    fields: Vec<String>,
    /// Id or number of the closed case in which the request was decided.
    authorised_by: String,
    /// Kept for ever: it must not repeat what is to be erased.
    reason: String,
}

/// Proposes an erasure; a security officer of the region decides it. Nothing is erased yet.
#[utoipa::path(post, path = "/api/v1/cases/{id}/erasures", tag = "erasures", request_body = ErasureInput,
    params(("id" = String, Path, description = "id or number")),
    responses((status = 201, body = ErasureView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn erase(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
    Valid(input): Valid<ErasureInput>,
) -> Result<(StatusCode, Json<ErasureView>), Problem> {
    who.must(Permission::ProposeErasure)?;
    let case = found::find(&app, &who, &name).await?;
    let fields: Vec<Field> = input.fields.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
    let authority = authority(&app, &who, &written::line_cut(&input.authorised_by, 64)).await?;
    let reason = written::optional_lines(&input.reason, TEXT_MAX).map_err(|fault| Problem::written("reason", fault))?;
    let proposal = Proposal {
        case: case.case.id,
        fields,
        authority: authority.case.id,
        reason,
        by: who.person.id,
        actor: who.actor(),
        slice: who.slice.clone(),
        world: who.world.clone(),
        now: who.now,
    };
    let proposed = app.db().erasure_propose(proposal).await?;
    Ok((StatusCode::CREATED, Json(erasure(&who, &proposed))))
}

async fn authority(app: &App, who: &Who, name: &str) -> Result<CaseFetched, Problem> {
    let found = found::find_any(app, who, name).await?;
    found.ok_or_else(|| {
        Problem::invalid(
            "authorisedBy",
            "找不到依据案件，或不在您的职责范围内。请填写办理删除请求的案件编号。",
            "The authorising case is not found, or not within your responsibility. Give the number of the case in which the request was decided.",
        )
    })
}
