//! `GET /cases/{id}`.

use axum::extract::{Path, State};
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::large::Large;
use crate::views::case::CaseView;

/// A case in full, with what the present post may do now.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody)))]
pub(crate) async fn fetch(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Large<CaseView>, Problem> {
    who.must(Permission::ReadCases)?;
    let found = super::found::find(&app, &who, &name).await?;
    Ok(Large(super::found::view(&app, &who, &found.case, found.contact.as_deref()).await?))
}
