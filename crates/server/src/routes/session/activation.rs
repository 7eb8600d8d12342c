//! `POST /session/activation`: the one-time code by which somebody sets a password of their own.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_store::Activated;

use crate::app::App;
use crate::auth::{ClientAddress, once, password};
use crate::error::{Problem, ProblemBody};
use crate::routes::valid::Valid;

/// The code, or both halves of it, and the password to have. Without a password: only what the code opens.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActivationInput {
    /// The whole code, or its first half.
    code: String,
    /// The second half, where there is one.
    confirmation: Option<String>,
    /// At least ten characters, three of: capital letters, small letters, digits, signs.
    password: Option<String>,
}

/// Whose account it is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivationState {
    account: String,
    name: String,
    /// Whether the code has a second half, told by another person.
    in_halves: bool,
    /// Whether the password is set now.
    done: bool,
}

/// Sets one's password by a code that an administrator handed over. A code is good once, for seven days; where it is told in halves, by both of them
/// only, and for ten wrong second halves at most. Sessions, tokens and second factor of the account end.
#[utoipa::path(post, path = "/api/v1/session/activation", tag = "session", request_body = ActivationInput,
    responses((status = 200, body = ActivationState), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub(crate) async fn activation(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Valid(input): Valid<ActivationInput>,
) -> Result<Json<ActivationState>, Problem> {
    let (door, now) = (app.sessions().door(), app.now());
    door.admit(address, now)?;
    let Some(found) = app.db().activation(&once::digest(&input.code), now).await? else {
        door.failed(address, now);
        return Err(gone());
    };
    let state = |done| ActivationState {
        account: found.account.clone(),
        name: found.name.clone(),
        in_halves: found.in_halves,
        done,
    };
    let Some(wanted) = input.password else {
        return Ok(Json(state(false)));
    };
    if found.in_halves && !found.is_confirmed {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "not_confirmed",
            "第二位管理员还没有确认，确认后由他把第二个激活码交给您，再一起填写。",
            "The second administrator has not confirmed yet. They will give you the second code; then enter both.",
        ));
    }
    let second = input.confirmation.as_deref().map(str::trim).filter(|s| !s.is_empty());
    if found.in_halves && second.is_none() {
        return Err(Problem::invalid(
            "confirmation",
            "请再填写第二位管理员交给您的激活码。",
            "Enter the second code too, which the other administrator gave you.",
        ));
    }
    if let Some(flaw) = password::flaw(&wanted, &found.account) {
        return Err(Problem::invalid("password", flaw.zh, flaw.en));
    }
    let phc = {
        let _turn = door.turn(false).await?;
        password::hash_in_background(wanted).await
    };
    let phc = phc.ok_or_else(|| Problem::internal(&"a password could not be hashed"))?;
    match app.db().activation_use(found.id, second.map(once::digest), phc, now).await? {
        Activated::Done(person) => {
            app.sessions().remove_person(person);
            app.reload_directory().await?;
            Ok(Json(state(true)))
        }
        Activated::WrongSecond => {
            door.failed(address, now);
            Err(Problem::invalid(
                "confirmation",
                "第二个激活码不对，请核对后再填。",
                "The second code is not right; check it and try again.",
            )
            .with_code("wrong_code"))
        }
        Activated::Gone => Err(gone()),
    }
}

fn gone() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "activation_over",
        "激活码不对、已经用过或已过期。请核对后再填，或请管理员重新发放。",
        "The code is wrong, used, or out of date. Check it, or ask an administrator for a new one.",
    )
    .with_field("code")
}
