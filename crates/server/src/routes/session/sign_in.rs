//! `POST /session`.

use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;
use yizhi_domain::written;

use crate::app::App;
use crate::auth::sign_in::{Attempt, sign_in as decide};
use crate::auth::{ClientAddress, device};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

use super::enter::{Entered, cookie_add, enter};
use super::view::SessionView;

/// Account and password, and the code of the second factor where the account has one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    account: String,
    password: String,
    /// Six digits.
    totp: Option<String>,
}

/// Longer than any account, in characters.
const ACCOUNT_MAX: usize = 64;

/// Signs in. After failed tries an account is closed to where they came from for 30 seconds, then twice as long each time, a day at most.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 201, body = SessionView, description = "with the cookie `yizhi_session`, over HTTPS `__Host-yizhi_session`"),
              (status = 401, body = ProblemBody, description = "`wrong_credentials` or `totp_required`"),
              (status = 429, body = ProblemBody, description = "`locked_out` or `slow_down`, with `Retry-After`")))]
pub(crate) async fn sign_in(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Valid(input): Valid<SignIn>,
) -> Result<Entered, Problem> {
    let account = written::line(&input.account, ACCOUNT_MAX).map_err(|fault| Problem::written("account", fault))?;
    let device = device::known(&app, &headers, &account);
    let known_as = device::cookie(&app, &headers, &account);
    let attempt = Attempt { account, password: input.password, totp: input.totp, address, device };
    let person = decide(&app, attempt).await?;
    let mut entered = enter(&app, person, &headers, None).await?;
    cookie_add(&mut entered.1, &known_as)?;
    Ok(entered)
}
