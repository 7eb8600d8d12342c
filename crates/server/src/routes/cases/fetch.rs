//! `GET /cases/{id}`.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::looks;
use crate::routes::address::{Path, Query};
use crate::routes::large::Large;
use crate::views::case::CaseView;

/// What for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct FetchQuery {
    /// Code of a purpose, kept with the record of the look where reading the case is one.
    purpose: Option<String>,
}

/// A case in full, with what the present post may do now.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path, description = "id or number"), FetchQuery),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody)))]
pub(crate) async fn fetch(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query<FetchQuery>,
) -> Result<Large<CaseView>, Problem> {
    who.must(Permission::ReadCases)?;
    let found = super::found::find(&app, &who, &name).await?;
    looks::read(&app, &who, &found.case, "detail", query.purpose.as_deref()).await?;
    Ok(Large(super::found::view(&app, &who, &found.case, found.contact.as_deref()).await?))
}
