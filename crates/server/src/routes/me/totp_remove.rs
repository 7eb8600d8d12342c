//! `POST /me/totp/remove`.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::auth::Who;
use crate::auth::sign_in::{Proof, prove};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

use super::totp_start::{TotpProof, factor};

/// Signs in by password alone from now on; password and code are shown first. The three administrators cannot: they change phones by `POST` and `PUT`.
#[utoipa::path(post, path = "/api/v1/me/totp/remove", tag = "me", request_body = TotpProof,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn totp_remove(
    who: Who,
    State(app): State<App>,
    Valid(proof): Valid<TotpProof>,
) -> Result<StatusCode, Problem> {
    who.must_be_in_person()?;
    if !app.config().demo && holds_administrative_post(&who) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "totp_demanded",
            "管理员必须使用动态验证码，不能解除；换手机请直接重新绑定。",
            "Administrators must use a second factor. To change phones, set it up again.",
        ));
    }
    let (before, held) = factor(&app, &who).await?;
    if held.active.is_none() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "no_second_factor",
            "您没有绑定动态验证码，不用解除。",
            "There is no second factor to remove.",
        ));
    }
    prove(&app, who.person.id, Proof { password: proof.current.unwrap_or_default(), code: proof.code }).await?;
    app.db().totp_set(who.person.id, before, None, who.digest.clone(), who.now).await?;
    app.sessions().remove_person(who.person.id);
    Ok(StatusCode::NO_CONTENT)
}

/// In any post: acting in a harmless one must not open the other.
fn holds_administrative_post(who: &Who) -> bool {
    let roles = who.world.catalog.roles();
    let mut posts = who.world.directory.posts_of(who.person.id, who.now);
    posts.any(|p| roles.get(&p.role).is_some_and(|r| r.family.is_administrative()))
}
