//! `PUT /session/post`: acting in another of one's posts.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Arriving;
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

use super::view::{Held, SessionView, session};

/// Which post.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostChoice {
    /// Id of one of one's own posts.
    post: String,
}

/// Acts in another post from now on: what is seen and allowed is that post's.
#[utoipa::path(put, path = "/api/v1/session/post", tag = "session", request_body = PostChoice,
    responses((status = 200, body = SessionView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn post(
    Arriving(who): Arriving,
    State(app): State<App>,
    Valid(input): Valid<PostChoice>,
) -> Result<Json<SessionView>, Problem> {
    who.must_be_in_person()?;
    let own = input.post.parse().ok().and_then(|id| who.world.directory.post(who.person.id, id, who.now));
    let chosen = own.ok_or_else(Problem::not_found)?;
    app.db().session_post(&who.digest, who.person.id, chosen.id, who.now).await?;
    app.sessions().remove(&who.digest);
    let csrf = who.csrf.as_deref();
    let held = Held { person: &who.person, post: chosen, csrf, expires_at: who.expires_at, now: who.now };
    Ok(Json(session(&app, &who.world, &held)))
}
