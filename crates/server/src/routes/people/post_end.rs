//! `DELETE /people/{account}/posts/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::directory::Post;
use yizhi_domain::role::{Family, Permission};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::managed;

/// Ends somebody's post now; sessions and tokens in it end with it. What was done in it stays. The last administrator of a family stays.
#[utoipa::path(delete, path = "/api/v1/people/{account}/posts/{id}", tag = "people",
    params(("account" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub(crate) async fn post_end(
    who: Who,
    State(app): State<App>,
    Path((account, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::other(&who, &account)?;
    let post = holder.posts.iter().find(|p| p.id.to_string() == id.to_lowercase()).ok_or_else(Problem::not_found)?;
    if is_last(&who, post) {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "last_of_family",
            "这是本地区最后一位这类管理员，结束后就没有第二个人能确认授权。请先安排接替的人。",
            "This is the last administrator of this family here; nobody could confirm any more. Appoint somebody else first.",
        ));
    }
    app.db().post_end(post.id, who.person.id, who.now).await?;
    app.reload_directory().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether nobody else of a family of the three administrators is in office for this place.
fn is_last(who: &Who, post: &Post) -> bool {
    let roles = who.world.catalog.roles();
    let family = |p: &Post| roles.get(&p.role).map(|r| r.family).filter(|f: &Family| f.is_administrative());
    let Some(own) = family(post).filter(|_| post.in_force(who.now)) else {
        return false;
    };
    let mut others = who.world.directory.posts().filter(|p| p.person != post.person && p.in_force(who.now));
    !others.any(|p| family(p) == Some(own) && p.path.contains(&post.path))
}
