//! `POST /people/{account}/reset`: a new activation for somebody who lost password or phone.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::role::Permission;
use yizhi_domain::written;
use yizhi_store::ResetAlone;

use crate::app::App;
use crate::auth::Who;
use crate::auth::once::{Part, new_code};
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::proposals::view::{ProposalView, proposal};
use crate::routes::valid::Valid;

use super::activation::{ActivationView, told};
use super::managed;
use super::proposed::new_reset;

const REASON_MAX: usize = 200;

/// Why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetInput {
    reason: String,
}

/// The one-time code, or its first half.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ResetView {
    activation: ActivationView,
    /// Where it takes a second person. Until then the account is as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalView>,
}

/// Gives somebody a new activation: password, second factor, sessions and tokens end. Where the person sees people's data, decides about others, takes part
/// in a case or has a second factor, a second administrator confirms first: 202.
#[utoipa::path(post, path = "/api/v1/people/{account}/reset", tag = "people", request_body = ResetInput,
    params(("account" = String, Path)),
    responses((status = 201, body = ResetView), (status = 202, body = ResetView), (status = 403, body = ProblemBody),
              (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn reset(
    who: Who,
    State(app): State<App>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Valid(input): Valid<ResetInput>,
) -> Result<(StatusCode, Json<ResetView>), Problem> {
    if !who.role.permissions.contains(&Permission::ManageSecurity) {
        who.must(Permission::ManagePeople)?;
    }
    let holder = managed::other(&who, &account)?;
    let reason = written::line(&input.reason, REASON_MAX).map_err(|fault| Problem::written("reason", fault))?;
    let given_alone = who.world.catalog.roles().given_alone();
    let (code, kept) = new_code(who.now);
    let person = holder.person.id;
    if app.db().reset_takes_two(person, &given_alone).await? {
        let new = new_reset(&who, person, reason, kept.clone());
        let id = new.id;
        app.db().proposal_add(new, Vec::new(), who.now).await?;
        let row = app.db().proposal(id).await?.ok_or_else(Problem::not_found)?;
        let proposal = Some(proposal(&app, &who, &row).await?);
        let activation = told(&headers, code, &kept, Some(Part::First));
        return Ok((StatusCode::ACCEPTED, Json(ResetView { activation, proposal })));
    }
    who.must(Permission::ManagePeople)?;
    let alone = ResetAlone { person, by: Some(who.person.id), reason: Some(reason), given_alone, code: kept.clone() };
    app.db().reset_alone(alone, who.now).await?;
    app.sessions().remove_person(person);
    Ok((StatusCode::CREATED, Json(ResetView { activation: told(&headers, code, &kept, None), proposal: None })))
}
