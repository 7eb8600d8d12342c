//! `PUT /me/totp`: the first code puts the new secret in force.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Arriving;
use crate::auth::sign_in::count_failure;
use crate::auth::totp::{SecondFactor, step_of};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

use super::totp_start::factor;

/// The code that the phone shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TotpCode {
    /// Six digits.
    code: String,
}

/// Puts the secret of `POST /me/totp` in force. One's other sessions end.
#[utoipa::path(put, path = "/api/v1/me/totp", tag = "me", request_body = TotpCode,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn totp_confirm(
    Arriving(who): Arriving,
    State(app): State<App>,
    Valid(input): Valid<TotpCode>,
) -> Result<StatusCode, Problem> {
    who.must_be_in_person()?;
    let (before, held) = factor(&app, &who).await?;
    let secret = held.pending.ok_or_else(nothing_begun)?;
    let Some(step) = step_of(&secret, &who.person.account, &input.code, who.now) else {
        count_failure(&app, who.person.id, &who.person.account).await?;
        return Err(wrong_code());
    };
    let in_force = SecondFactor { active: Some(secret), pending: None };
    let sealed = in_force.seal(app.keys()).ok_or_else(|| Problem::internal(&"a second factor could not be sealed"))?;
    app.db().totp_set(who.person.id, before, Some((sealed, step)), who.digest, who.now).await?;
    app.sessions().remove_person(who.person.id);
    Ok(StatusCode::NO_CONTENT)
}

fn nothing_begun() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "totp_not_begun",
        "还没有开始绑定，请先扫描二维码。",
        "Nothing to confirm: begin by scanning a QR code.",
    )
}

fn wrong_code() -> Problem {
    Problem::invalid(
        "code",
        "动态验证码不对。请检查手机时间是否准确，再输入当前显示的六位数字。",
        "The code is wrong. Check that your phone's clock is right and enter the six digits it shows now.",
    )
    .with_code("wrong_code")
}
