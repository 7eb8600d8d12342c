//! `GET /admin/timers`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::role::Permission;
use yizhi_store::TimersRefused;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::page::Page;
use crate::views::time::{Shown, shown};

/// A reason for which timers are refused. It names no case: administrators see none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TimersWhy {
    /// Why, and how to mend it, in the language of `Accept-Language`.
    why: String,
    /// How many cases wait for that.
    cases: i64,
    since: Shown,
}

impl From<TimersRefused> for TimersWhy {
    fn from(refused: TimersRefused) -> Self {
        Self { why: refused.why.get(current_language()).to_owned(), cases: refused.cases, since: shown(refused.since) }
    }
}

/// Why alerts of cases in one's region cannot be raised, and how many for each reason.
#[utoipa::path(get, path = "/api/v1/admin/timers", tag = "timers",
    responses((status = 200, body = Page<TimersWhy>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn counted(who: Who, State(app): State<App>) -> Result<Json<Page<TimersWhy>>, Problem> {
    who.must(Permission::ManageJobs)?;
    let found = app.db().timers_refused_counted(&who.post.path, who.now).await?;
    Ok(Json(Page::whole(found.into_iter().map(Into::into).collect())))
}
