//! `DELETE /people/{account}/posts/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::managed;

/// Ends somebody's post now; sessions in it end with it. What was done in it stays.
#[utoipa::path(delete, path = "/api/v1/people/{account}/posts/{id}", tag = "people",
    params(("account" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn post_end(
    who: Who,
    State(app): State<App>,
    Path((account, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::other(&who, &account)?;
    let post = holder.posts.iter().find(|p| p.id.to_string() == id.to_lowercase()).ok_or_else(Problem::not_found)?;
    app.db().post_end(post.id, who.person.id, who.now).await?;
    app.reload().await?;
    Ok(StatusCode::NO_CONTENT)
}
