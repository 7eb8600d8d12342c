//! `GET /admin/jobs?state=dead`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::role::Permission;
use yizhi_store::{JobKeeper, JobRow};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery};
use crate::views::time::{Shown, shown};

/// Which jobs.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct JobQuery {
    /// `dead` (default), `queued`, `running` or `done`.
    state: Option<String>,
    /// 1 to 200, 50 if absent.
    limit: Option<u64>,
}

/// A job as administrators see it. What it carries stays out: it may hold personal data.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdminJob {
    id: String,
    kind: String,
    state: String,
    /// Why it failed last, in the language of `Accept-Language`.
    error: Option<String>,
    attempts: i32,
    created_at: Shown,
}

impl From<JobRow> for AdminJob {
    fn from(job: JobRow) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            state: job.state,
            error: job.error.map(|why| why.get(current_language()).to_owned()),
            attempts: job.attempts,
            created_at: shown(job.created_at),
        }
    }
}

/// Whose jobs the one who asks looks after: those of the people whom they manage.
pub(super) fn keeper(who: &Who) -> JobKeeper {
    JobKeeper { region: who.post.path.clone(), at: who.now }
}

const STATES: [&str; 4] = ["dead", "queued", "running", "done"];

/// Jobs in a state, of people whose posts all lie in one's own region, the latest first; those that failed for good unless asked otherwise.
#[utoipa::path(get, path = "/api/v1/admin/jobs", tag = "jobs", params(JobQuery),
    responses((status = 200, body = Page<AdminJob>), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn dead(
    who: Who,
    State(app): State<App>,
    Query(query): Query<JobQuery>,
) -> Result<Json<Page<AdminJob>>, Problem> {
    who.must(Permission::ManageJobs)?;
    let state = query.state.as_deref().unwrap_or(STATES[0]);
    if !STATES.contains(&state) {
        return Err(Problem::invalid(
            "state",
            format!("state 只能是 {}。", STATES.join("、")),
            format!("state is one of {}.", STATES.join(", ")),
        ));
    }
    let limit = PageQuery { cursor: None, limit: query.limit }.limit()?;
    let found = app.db().jobs_in(state, &keeper(&who), limit).await?;
    Ok(Json(Page::whole(found.into_iter().map(Into::into).collect())))
}
