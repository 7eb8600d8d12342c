//! `GET /timers/refused`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use yizhi_domain::role::Permission;
use yizhi_store::TimerRefusal;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery, cursor};
use crate::views::time::{Shown, shown};

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct RefusedQuery {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200, 50 if absent.
    limit: Option<u64>,
}

/// A case whose timer was refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefusedTimer {
    case: String,
    number: String,
    /// When the alert was due.
    due: Shown,
    /// Since when it is refused.
    since: Shown,
    /// How often it was tried.
    tries: i32,
    /// When it is tried again.
    next_try: Shown,
    /// Why, and how to mend it, in the language of `Accept-Language`.
    why: String,
}

impl From<TimerRefusal> for RefusedTimer {
    fn from(refusal: TimerRefusal) -> Self {
        Self {
            case: refusal.case.to_string(),
            number: refusal.number,
            due: shown(refusal.due),
            since: shown(refusal.since),
            tries: refusal.tries,
            next_try: shown(refusal.retry_at),
            why: refusal.why.get(current_language()).to_owned(),
        }
    }
}

/// Cases that one sees and whose alerts are due but cannot be raised, the longest refused first. They are tried again by themselves.
#[utoipa::path(get, path = "/api/v1/timers/refused", tag = "timers", params(RefusedQuery),
    responses((status = 200, body = Page<RefusedTimer>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(RefusedQuery { cursor: after, limit }): Query<RefusedQuery>,
) -> Result<Json<Page<RefusedTimer>>, Problem> {
    who.must(Permission::ReadCounters)?;
    let query = PageQuery { cursor: after, limit };
    let (limit, after) = (query.limit()?, query.after::<Uuid>()?);
    let mut found = app.db().timers_refused(&who.slice, who.now, after, limit + 1).await?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| cursor((last.since.timestamp_micros(), last.case)));
    Ok(Json(Page { items: found.into_iter().map(Into::into).collect(), next, total: None }))
}
