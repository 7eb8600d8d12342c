//! `DELETE /people/{account}/tokens`: an administrator ends all tokens of somebody's programs.

use axum::extract::State;
use axum::http::StatusCode;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

use super::managed;

/// Ends all tokens of a person's programs.
#[utoipa::path(delete, path = "/api/v1/people/{account}/tokens", tag = "people", params(("account" = String, Path)),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn tokens_end(
    who: Who,
    State(app): State<App>,
    Path(account): Path<String>,
) -> Result<StatusCode, Problem> {
    who.must(Permission::ManagePeople)?;
    let holder = managed::one(&who, &account)?;
    app.db().api_token_revoke(holder.person.id, None, who.person.id, who.now).await?;
    app.sessions().remove_person(holder.person.id);
    Ok(StatusCode::NO_CONTENT)
}
