//! `POST /people/{account}/unlock`.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::auth::guard::account_digest;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::managed;

/// Opens an account that failed tries have closed, to everybody.
#[utoipa::path(post, path = "/api/v1/people/{account}/unlock", tag = "people", params(("account" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn unlock(
    who: Who,
    State(app): State<App>,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::one(&who, &account)?;
    app.db().unlock(holder.person.id, who.person.id, who.now).await?;
    app.db().guard_open(account_digest(&app, &holder.person.account)).await?;
    Ok(StatusCode::NO_CONTENT)
}
