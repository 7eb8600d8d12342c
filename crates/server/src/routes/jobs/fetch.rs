//! `GET /jobs/{id}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody, current_language};
use crate::routes::address::Path;

/// A job and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobView {
    id: String,
    kind: String,
    /// `queued`, `running`, `done` or `failed`.
    state: &'static str,
    done: i64,
    total: i64,
    error: Option<String>,
}

/// How a job fares that one started.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "jobs", params(("id" = String, Path)),
    responses((status = 200, body = JobView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn fetch(who: Who, State(app): State<App>, Path(id): Path<String>) -> Result<Json<JobView>, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let job = app.db().job(id).await?.filter(|j| j.owner == Some(who.person.id)).ok_or_else(Problem::not_found)?;
    let state = match job.state.as_str() {
        "queued" => "queued",
        "running" => "running",
        "done" => "done",
        _ => "failed",
    };
    let error = job.error.filter(|_| state == "failed").map(|why| why.get(current_language()).to_owned());
    Ok(Json(JobView { id: job.id.to_string(), kind: job.kind, state, done: job.done, total: job.total, error }))
}
