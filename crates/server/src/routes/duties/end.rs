//! `DELETE /duties/{grid}/{role}/{account}`.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

/// Ends somebody's duty in a grid, now. Work that names them stays theirs; what falls into the grid from now on goes to others.
#[utoipa::path(delete, path = "/api/v1/duties/{grid}/{role}/{account}", tag = "duties",
    params(("grid" = String, Path, description = "15 digits"), ("role" = String, Path), ("account" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn end(
    who: Who,
    State(app): State<App>,
    Path((grid, role, account)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    who.must(Permission::ManageDuties)?;
    let path = app.places().by_code(&grid).map(|grid| grid.path.clone());
    let path = path.filter(|path| who.post.path.contains(path)).ok_or_else(Problem::not_found)?;
    let person = who.world.directory.by_account(&account).ok_or_else(Problem::not_found)?.id;
    let role = who.world.catalog.roles().get(&role).ok_or_else(Problem::not_found)?;
    let ended = app.db().duty_end(&path, &role.code, person, who.person.id, who.now).await;
    ended.map_err(|error| match error {
        yizhi_store::Error::Missing(_) => Problem::not_found(),
        other => other.into(),
    })?;
    app.reload_directory().await?;
    Ok(StatusCode::NO_CONTENT)
}
