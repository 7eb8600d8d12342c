//! `POST /me/password`.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::sign_in::{Proof, prove};
use crate::auth::{Who, password as rules};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

/// The password one has, and the one to have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    current: String,
    /// At least ten characters, three of: capital letters, small letters, digits, signs.
    password: String,
    /// What the phone shows, where there is a second factor.
    code: Option<String>,
}

/// Changes one's password, which takes the code of the second factor where there is one; one's other sessions and all tokens of one's programs end. A wrong present password counts like a failed sign-in.
#[utoipa::path(post, path = "/api/v1/me/password", tag = "me", request_body = PasswordChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn password(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<PasswordChange>,
) -> Result<StatusCode, Problem> {
    who.must_be_in_person()?;
    if let Some(flaw) = rules::flaw(&input.password, &who.person.account) {
        return Err(Problem::invalid("password", flaw.zh, flaw.en));
    }
    if input.password == input.current {
        return Err(Problem::invalid(
            "password",
            "新密码和现在的密码一样，请换一个。",
            "The new password is the present one; choose another.",
        ));
    }
    prove(&app, who.person.id, Proof { password: input.current, code: input.code }).await?;
    let phc = rules::hash_in_background(input.password).await;
    let phc = phc.ok_or_else(|| Problem::internal(&"a password could not be hashed"))?;
    app.db().password_set(who.person.id, phc, who.digest, who.now).await?;
    app.sessions().remove_person(who.person.id);
    Ok(StatusCode::NO_CONTENT)
}
