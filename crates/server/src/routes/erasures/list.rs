//! `GET /erasures`: what waits for a decision, and what was decided.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::erasure::State as Progress;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery, cursor};

use super::view::{ErasureView, erasure};

/// Which of them.
#[derive(Clone, Debug, Deserialize, IntoParams)]
pub(crate) struct ListQuery {
    /// `proposed`, `done` or `refused`; all if absent.
    state: Option<String>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Erasures of the cases of one's slice, for a security officer of one's region, the newest first.
#[utoipa::path(get, path = "/api/v1/erasures", tag = "erasures", params(ListQuery),
    responses((status = 200, body = Page<ErasureView>), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<ErasureView>>, Problem> {
    let scope = super::scope(&who)?;
    let state = query.state.as_deref().map(progress).transpose()?;
    let page = PageQuery { cursor: query.cursor, limit: query.limit };
    let (erasures, next) = app.db().erasures(scope, state, page.after()?, page.limit()?).await?;
    let items = erasures.iter().map(|one| erasure(&who, one)).collect();
    Ok(Json(Page { items, next: next.map(cursor), total: None }))
}

fn progress(text: &str) -> Result<Progress, Problem> {
    Progress::parse(text).ok_or_else(|| {
        Problem::invalid("state", "state 只能是 proposed、done 或 refused。", "state is proposed, done or refused.")
    })
}
