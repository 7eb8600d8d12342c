//! `POST /cases/{id}/actions/{action}`: one step.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use yizhi_domain::case::{Action, Target};
use yizhi_domain::role::Permission;
use yizhi_store::{ApplyError, Command, Intent};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::large::Large;
use crate::routes::valid::Valid;
use crate::views::case::CaseView;

use super::report::idempotency;

/// What the actor says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ActInput {
    /// The version the actor has seen.
    pub(crate) version: u32,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) to: Option<TargetInput>,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
}

/// Whom the work goes to: one of the two.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TargetInput {
    pub(crate) department: Option<String>,
    pub(crate) account: Option<String>,
}

/// Takes an action in a case. A conflict answers 409 with the case as it is now in `current`.
#[utoipa::path(post, path = "/api/v1/cases/{id}/actions/{action}", tag = "cases", request_body = ActInput,
    params(("id" = String, Path, description = "id or number"), ("action" = String, Path)),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn act(
    who: Who,
    State(app): State<App>,
    Path((name, action)): Path<(String, String)>,
    headers: HeaderMap,
    Valid(input): Valid<ActInput>,
) -> Result<Large<CaseView>, Problem> {
    who.must(Permission::ReadCases)?;
    let case = match name.parse() {
        Ok(id) => id,
        Err(_) => super::found::find(&app, &who, &name).await?.case.id,
    };
    let asked = format!("{name} {} {}", input.version, input.note);
    let action = Action {
        code: action,
        version: Some(input.version),
        to: input.to.as_ref().map(|to| target(&who, to)).transpose()?.flatten(),
        note: input.note.trim().to_owned(),
        data: input.data,
    };
    let idempotency = idempotency(&who, &headers, &action.code, &asked);
    let intent = Intent::Act { case, action, slice: Some(who.slice.clone()) };
    let command = Command { intent, actor: who.actor(), world: who.world.clone(), now: who.now, idempotency };
    let applied = match app.db().apply(command).await {
        Ok(applied) => applied,
        Err(ApplyError::Refused { refusal, current }) => {
            let current = match current {
                Some(case) => serde_json::to_value(super::found::view(&app, &who, &case, None).await?).ok(),
                None => None,
            };
            return Err(Problem::refused(&refusal, current));
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Large(super::found::view(&app, &who, &applied.case, None).await?))
}

fn target(who: &Who, to: &TargetInput) -> Result<Option<Target>, Problem> {
    if let Some(account) = &to.account {
        let person = who.world.directory.by_account(account).ok_or_else(|| {
            Problem::invalid(
                "to.account",
                format!("没有账号“{account}”。"),
                format!("There is no account “{account}”."),
            )
        })?;
        return Ok(Some(Target::Person(person.id)));
    }
    Ok(to.department.clone().map(Target::Department))
}
