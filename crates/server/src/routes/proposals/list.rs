//! `GET /proposals`: what waits for a second person, and what was decided.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::Page;

use super::is_visible;
use super::view::{ProposalView, proposals};

/// Which of them.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub(crate) struct ProposalsQuery {
    /// `true`: only those that wait; else also what was decided, and what the operator of the machine did.
    waiting: Option<bool>,
}

/// The latest shown at once.
const MOST: u64 = 200;

/// Proposals of one's own region, the newest first, two hundred at most.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "people", params(ProposalsQuery),
    responses((status = 200, body = Page<ProposalView>), (status = 403, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<ProposalsQuery>,
) -> Result<Json<Page<ProposalView>>, Problem> {
    who.must(Permission::ConfirmPeople)?;
    let mut rows = app.db().proposals(query.waiting.unwrap_or(false), MOST, who.now).await?;
    rows.retain(|row| is_visible(&who, row));
    Ok(Json(Page::whole(proposals(&app, &who, &rows).await?)))
}
