//! `POST /proposals/{id}/confirm`: the second person.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::ids::PersonId;
use yizhi_domain::role::Permission;
use yizhi_store::{Decision, ProposalRow};

use crate::app::App;
use crate::auth::Who;
use crate::auth::once::{Part, new_code};
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::people::activation::{ActivationView, told};

use super::view::{ProposalView, proposal};
use super::visible;

/// A proposal that was confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Confirmed {
    proposal: ProposalView,
    /// The second half of a code, where the person sets a new password with both halves. It is told this once, to the person and nobody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<ActivationView>,
}

/// Confirms what an administrator of another family proposed. Neither who proposed it nor whom it concerns can; nor an account that one person alone
/// opened or reset.
#[utoipa::path(post, path = "/api/v1/proposals/{id}/confirm", tag = "people", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Confirmed), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn confirm(
    who: Who,
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Confirmed>, Problem> {
    who.must(Permission::ConfirmPeople)?;
    let row = visible(&app, &who, &id).await?;
    in_office(&who, row.proposed_by)?;
    let roles = who.world.catalog.roles();
    let role = row.post.as_ref().and_then(|p| roles.get(&p.role));
    let apart = role.map(|r| roles.kept_apart(r)).unwrap_or_default();
    let (code, kept) = new_code(who.now);
    let decision = Decision { id: row.id, by: who.person.id, family: who.role.family, apart, code: kept.clone() };
    let coded = app.db().proposal_confirm(decision, who.now).await?;
    app.reload_directory().await?;
    let row: ProposalRow = app.db().proposal(row.id).await?.ok_or_else(Problem::not_found)?;
    let activation = coded.then(|| told(&headers, code, &kept, Some(Part::Second)));
    Ok(Json(Confirmed { proposal: proposal(&app, &who, &row).await?, activation }))
}

/// What somebody proposed who is no administrator any more is proposed anew by somebody who is.
fn in_office(who: &Who, proposer: Option<PersonId>) -> Result<(), Problem> {
    let roles = who.world.catalog.roles();
    let holds = |id: PersonId| {
        let mut posts = who.world.directory.posts_of(id, who.now);
        posts.any(|p| roles.get(&p.role).is_some_and(|r| r.family.is_administrative()))
    };
    if proposer.is_none_or(holds) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::CONFLICT,
        "proposer_gone",
        "提出的人已不是管理员，请不予确认，由现任管理员重新提出。",
        "Who proposed this is no administrator any more. Refuse it; a present administrator proposes it anew.",
    ))
}
