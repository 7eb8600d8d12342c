//! `DELETE /me/totp`.

use axum::extract::State;
use axum::http::StatusCode;

use crate::app::App;
use crate::auth::Who;
use crate::auth::families::is_administrative;
use crate::error::{Problem, ProblemBody};

/// Signs in by password alone from now on. The three administrators cannot: they change phones by `POST` and `PUT`.
#[utoipa::path(delete, path = "/api/v1/me/totp", tag = "me",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn totp_remove(who: Who, State(app): State<App>) -> Result<StatusCode, Problem> {
    who.must_be_in_person()?;
    if !app.config().demo && holds_administrative_post(&who) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "totp_demanded",
            "管理员必须使用动态验证码，不能解除；换手机请直接重新绑定。",
            "Administrators must use a second factor. To change phones, set it up again.",
        ));
    }
    app.db().totp_set(who.person.id, None, who.digest.clone(), who.now).await?;
    app.sessions().remove_person(who.person.id);
    Ok(StatusCode::NO_CONTENT)
}

/// In any post: acting in a harmless one must not open the other.
fn holds_administrative_post(who: &Who) -> bool {
    let roles = who.world.catalog.roles();
    let mut posts = who.world.directory.posts_of(who.person.id, who.now);
    posts.any(|p| roles.get(&p.role).is_some_and(|r| is_administrative(r.family)))
}
