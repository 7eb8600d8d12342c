//! `POST /cases/{id}/unmask`: the fields of a case that everybody else sees masked.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::look::LookKind;
use yizhi_domain::purpose::PurposeKind;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::looks::{self, Sight};
use crate::routes::address::Path;
use crate::routes::valid::Valid;
use crate::views::case::{Contact, contact};

const NAME: &str = "reporter.name";
const PHONE: &str = "reporter.phone";

/// What to show, and what for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnmaskInput {
    /// Of `reporter.name` and `reporter.phone`.
    #[serde(default)]
    fields: Vec<String>,
    /// Code of a purpose that the present post may claim.
    #[serde(default)]
    purpose: String,
}

/// The fields in clear.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Unmasked {
    fields: BTreeMap<String, String>,
}

/// Shows masked fields of a case to somebody who says what for. The look is recorded before the answer leaves.
#[utoipa::path(post, path = "/api/v1/cases/{id}/unmask", tag = "cases", request_body = UnmaskInput,
    params(("id" = String, Path, description = "id or number")),
    responses((status = 200, body = Unmasked), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
              (status = 422, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn unmask(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
    Valid(input): Valid<UnmaskInput>,
) -> Result<Json<Unmasked>, Problem> {
    who.must(Permission::ReadCases)?;
    let purpose = looks::claim(&who, &input.purpose, PurposeKind::Unmask)?;
    check(&input.fields)?;
    let found = super::found::find(&app, &who, &name).await?;
    crate::ledger::gate(&app).await?;
    let contact = contact(&app, found.contact.as_deref()).ok_or_else(nothing)?;
    let unmasked = Unmasked { fields: chosen(&input.fields, &contact) };
    let fields = unmasked.fields.keys().cloned().collect();
    let sight = Sight { purpose: Some(purpose), case: Some(&found.case), fields, ..Sight::default() };
    Ok(Json(looks::shown(&app, &who, LookKind::Unmask, sight, unmasked).await?))
}

fn check(fields: &[String]) -> Result<(), Problem> {
    if !fields.is_empty() && fields.iter().all(|field| [NAME, PHONE].contains(&field.as_str())) {
        return Ok(());
    }
    Err(Problem::invalid(
        "fields",
        format!("fields 请填 {NAME}、{PHONE} 中的一个或两个。"),
        format!("Name one or both of {NAME} and {PHONE} in fields."),
    ))
}

fn chosen(fields: &[String], contact: &Contact) -> BTreeMap<String, String> {
    let value = |field: &String| if field == NAME { contact.name.clone() } else { contact.phone.clone() };
    fields.iter().map(|field| (field.clone(), value(field))).collect()
}

fn nothing() -> Problem {
    Problem::invalid(
        "fields",
        "这个案件没有留下反映人的姓名和电话。",
        "This case holds no name and phone of who told of it.",
    )
    .with_code("nothing_masked")
}
