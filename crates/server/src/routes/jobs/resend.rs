//! `POST /admin/jobs/{id}/resend`.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::dead::keeper;

/// Sends a job again that failed for good, of somebody whose posts all lie in one's own region.
#[utoipa::path(post, path = "/api/v1/admin/jobs/{id}/resend", tag = "jobs", params(("id" = String, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn resend(who: Who, State(app): State<App>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    who.must(Permission::ManageJobs)?;
    let id = id.parse().map_err(|_| Problem::not_found())?;
    app.db().job_resend(id, &keeper(&who), who.person.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
