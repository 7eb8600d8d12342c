//! `POST /session/demo`: the role switch of a demonstration.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::written;

use crate::app::App;
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

use super::enter::{Entered, enter};
use super::view::SessionView;

/// Whom to become.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DemoInput {
    account: String,
}

/// Becomes another account made for demonstration. In a real installation there is no such thing: 404.
#[utoipa::path(post, path = "/api/v1/session/demo", tag = "session", request_body = DemoInput,
    responses((status = 201, body = SessionView), (status = 404, body = ProblemBody)))]
pub(crate) async fn demo(
    State(app): State<App>,
    headers: HeaderMap,
    Valid(input): Valid<DemoInput>,
) -> Result<Entered, Problem> {
    if !app.config().demo {
        return Err(Problem::not_found());
    }
    let found = app.db().credentials(&written::line_cut(&input.account, 64)).await?;
    let other = found.filter(|c| c.demo && !c.disabled).ok_or_else(Problem::not_found)?;
    enter(&app, other.person, &headers, None).await
}
