//! `POST /cases/{id}/actions/{action}`: one step.

use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use yizhi_domain::case::{Action, Target};
use yizhi_domain::ids::{AttachmentId, PersonId};
use yizhi_domain::role::Permission;
use yizhi_store::{ApplyError, Command, Intent};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::asked::Asked;
use crate::routes::large::Large;
use crate::views::case::CaseView;

use super::report::check_number;

/// What the actor says.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActInput {
    /// The version the actor has seen.
    pub(crate) version: u32,
    #[serde(default)]
    pub(crate) note: String,
    pub(crate) to: Option<TargetInput>,
    /// What the action's form asks for, and nothing else.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
    /// What one uploaded to show what was found or done, such as the photo after the work.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    pub(crate) attachments: Vec<AttachmentId>,
}

/// Whom the work goes to: one of the two.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TargetInput {
    pub(crate) department: Option<String>,
    pub(crate) account: Option<String>,
}

/// Takes an action in a case. A conflict answers 409 with the case as it is now in `current`.
#[utoipa::path(post, path = "/api/v1/cases/{id}/actions/{action}", tag = "cases", request_body = ActInput,
    params(("id" = String, Path, description = "id or number"), ("action" = String, Path),
           ("Idempotency-Key" = Option<String>, Header, description = "repeating gives the first answer again; known for 7 days")),
    responses((status = 200, body = CaseView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn act(
    who: Who,
    State(app): State<App>,
    Path((name, action)): Path<(String, String)>,
    asked: Asked<ActInput>,
) -> Result<Large<CaseView>, Problem> {
    who.must(Permission::ReadCases)?;
    let case = match name.parse() {
        Ok(id) => id,
        Err(_) => super::found::find(&app, &who, &name).await?.case.id,
    };
    let idempotency = asked.idempotency(&app, &who, false);
    let input = asked.input;
    check_number(&input.attachments)?;
    let action = Action {
        code: action,
        version: Some(input.version),
        to: input.to.as_ref().map(|to| target(&who, to)).transpose()?.flatten(),
        note: input.note,
        data: input.data,
        attachments: input.attachments,
    };
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

/// An account that does not exist is nobody's: it is refused like one that has no post here, so that accounts are not found out.
fn target(who: &Who, to: &TargetInput) -> Result<Option<Target>, Problem> {
    match (&to.department, &to.account) {
        (Some(_), Some(_)) => Err(Problem::invalid(
            "to",
            "部门和人员只能选一样：派给部门，或派给具体的人。",
            "Name a department or a person, not both.",
        )),
        (department, None) => Ok(department.clone().map(Target::Department)),
        (None, Some(account)) => {
            let person = who.world.directory.by_account(account).map_or(PersonId(uuid::Uuid::nil()), |p| p.id);
            Ok(Some(Target::Person(person)))
        }
    }
}
