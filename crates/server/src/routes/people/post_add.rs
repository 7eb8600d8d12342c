//! `POST /people/{account}/posts`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::directory::Post;
use yizhi_domain::role::{Permission, Role};
use yizhi_store::PostRow;

use crate::app::App;
use crate::auth::Who;
use crate::auth::once::{Part, new_code};
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::proposals::view::{ProposalView, proposal};
use crate::routes::valid::Valid;

use super::activation::{ActivationView, told};
use super::managed;
use super::post_input::{PostInput, row};
use super::proposed::{apart, new_proposal};
use super::view::{PostView, post};

/// A post that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PostProposed {
    proposal: ProposalView,
    /// The first half of a code, where so far one person alone stood for the account: its holder sets a new password with both halves.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<ActivationView>,
}

/// Gives somebody a post. One that sees people's data or decides about others waits until a second administrator, of another family, confirms it: 202.
/// The three administrators hold no posts of another family.
#[utoipa::path(post, path = "/api/v1/people/{account}/posts", tag = "people", request_body = PostInput,
    params(("account" = String, Path)),
    responses((status = 201, body = PostView), (status = 200, body = PostView, description = "already given"),
              (status = 202, body = PostProposed),
              (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn post_add(
    who: Who,
    State(app): State<App>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Valid(input): Valid<PostInput>,
) -> Result<Response, Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::other(&who, &account)?;
    let asked = input.settle(&app, &who, holder.person.id).await?;
    if let Some(given) = holder.posts.iter().find(|p| p.id == asked.id) {
        // A post that was confirmed begins then, if not later; what was asked for stands in its proposal.
        let proposed = app.db().proposal(asked.id.0).await?.and_then(|proposal| proposal.post);
        return if input.asks_for(&asked, &proposed.unwrap_or_else(|| row(given)), who.now) {
            Ok((StatusCode::OK, Json(post(&app, &who.world, given))).into_response())
        } else {
            Err(yizhi_store::Error::Taken("id").into())
        };
    }
    let roles = who.world.catalog.roles();
    if roles.get(&asked.role).is_none_or(Role::takes_two) {
        return propose(&app, &who, &headers, &input, &asked).await;
    }
    app.db().post_add(row(&asked), apart(&who, &asked), who.person.id, who.now).await?;
    app.reload_directory().await?;
    Ok((StatusCode::CREATED, Json(post(&app, &who.world, &asked))).into_response())
}

async fn propose(
    app: &App,
    who: &Who,
    headers: &HeaderMap,
    input: &PostInput,
    asked: &Post,
) -> Result<Response, Problem> {
    let answer =
        |proposal, activation| (StatusCode::ACCEPTED, Json(PostProposed { proposal, activation })).into_response();
    if let Some(waiting) = app.db().proposal(asked.id.0).await? {
        let same = |post: &PostRow| waiting.proposed_by == Some(who.person.id) && input.asks_for(asked, post, who.now);
        return if waiting.post.as_ref().is_some_and(same) {
            Ok(answer(proposal(app, who, &waiting).await?, None))
        } else {
            Err(yizhi_store::Error::Taken("id").into())
        };
    }
    let (code, kept) = new_code(who.now);
    let new = new_proposal(who, row(asked), kept.clone());
    let coded = app.db().proposal_add(new, apart(who, asked), who.now).await?;
    let waiting = app.db().proposal(asked.id.0).await?.ok_or_else(Problem::not_found)?;
    let activation = coded.then(|| told(headers, code, &kept, Some(Part::First)));
    Ok(answer(proposal(app, who, &waiting).await?, activation))
}
