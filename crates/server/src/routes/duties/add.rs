//! `POST /duties`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use yizhi_domain::role::Permission;
use yizhi_grid::import::codes::code_written;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::moment::Moment;
use crate::routes::valid::Valid;

use super::input::{Asked, refused, settle};
use super::view::{GridDutyView, duty};

/// A duty to be given.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DutyInput {
    /// 15 digits.
    grid: String,
    /// Code of the role.
    role: String,
    account: String,
    /// Now if absent; not before the person's post began.
    #[schema(value_type = Option<String>, format = DateTime)]
    from: Option<Moment>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Moment>,
}

/// A duty that was given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DutyGiven {
    /// 15 digits.
    grid: String,
    #[serde(flatten)]
    duty: GridDutyView,
}

/// Sets who is on duty in a grid. The person has a post of the role in the grid's village, or above it.
#[utoipa::path(post, path = "/api/v1/duties", tag = "duties", request_body = DutyInput,
    responses((status = 201, body = DutyGiven), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn add(
    who: Who,
    State(app): State<App>,
    Valid(input): Valid<DutyInput>,
) -> Result<(StatusCode, Json<DutyGiven>), Problem> {
    who.must(Permission::ManageDuties)?;
    let asked = Asked {
        grid: &input.grid,
        role: &input.role,
        account: &input.account,
        from: input.from.map(|Moment(at)| at),
        until: input.until.map(|Moment(at)| at),
    };
    let row = settle(&app, &who, &asked).map_err(first)?;
    app.db().duties_add(vec![row.clone()], Some(who.person.id), who.now).await.map_err(refused)?;
    app.reload_directory().await?;
    let duty = duty(&who, &row).ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, Json(DutyGiven { grid: code_written(&input.grid), duty })))
}

/// A form shows one fault at a time, at its field.
fn first(problems: Vec<Problem>) -> Problem {
    problems.into_iter().next().unwrap_or_else(Problem::not_found)
}
