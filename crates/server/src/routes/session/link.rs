//! `POST /session/link`.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::TimeDelta;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::ids::PersonId;

use crate::app::App;
use crate::auth::ClientAddress;
use crate::auth::sign_in::may_use_link;
use crate::error::{Problem, ProblemBody};
use crate::keys::token_digest;
use crate::routes::valid::Valid;

use super::enter::{Entered, enter};
use super::view::SessionView;

/// The token of a one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkInput {
    token: String,
}

/// How long a link that nobody used is good.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);

/// Signs in by a one-time link, as the demo prints them. A link is good once, for a day.
#[utoipa::path(post, path = "/api/v1/session/link", tag = "session", request_body = LinkInput,
    responses((status = 201, body = SessionView), (status = 401, body = ProblemBody)))]
pub(crate) async fn link(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Valid(input): Valid<LinkInput>,
) -> Result<Entered, Problem> {
    let now = app.now();
    app.sessions().door().admit(address, now)?;
    let used = app.db().login_link_use(&token_digest(&input.token), now - GOOD_FOR, now).await?;
    let Some((person, goto)) = used else {
        app.sessions().door().failed(address, now);
        return Err(used_up());
    };
    check(&app, person).await?;
    enter(&app, person, &headers, Some(goto)).await
}

async fn check(app: &App, person: PersonId) -> Result<(), Problem> {
    if may_use_link(app, person).await? { Ok(()) } else { Err(used_up()) }
}

fn used_up() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "link_used",
        "这个链接已经用过或已失效。请用账号和密码登录。",
        "This link was used or is out of date. Sign in with account and password.",
    )
}
