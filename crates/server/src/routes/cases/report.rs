//! `POST /cases`: reporting.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use yizhi_domain::case::Draft;
use yizhi_domain::codes::Phone;
use yizhi_domain::ids::{AttachmentId, CaseId};
use yizhi_domain::matter::PlaceRule;
use yizhi_domain::role::{Family, Permission};
use yizhi_domain::written;
use yizhi_store::{Command, Intent};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::keys::random10;
use crate::routes::asked::Asked;
use crate::routes::client_id::made_by_client;
use crate::routes::moment::Moment;
use crate::views::case::{CaseView, contact_text};

use super::place::{PlaceInput, settle};

/// A report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReportInput {
    /// UUIDv7 made by the client: repeating the request gives the first answer again.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(crate) id: Option<CaseId>,
    /// Code of the matter.
    pub(crate) matter: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) description: String,
    pub(crate) location: PlaceInput,
    /// What the matter's form asks for. Matters have none at present: leave it out.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
    /// What one uploaded for this report, and for no other.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    pub(crate) attachments: Vec<AttachmentId>,
    /// When it happened, as the reporter says; clocks run on when it was recorded.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) occurred_at: Option<Moment>,
    /// Whom those who handle it may call: who told, when somebody in office takes the report. Of residents the account's own
    /// name and phone are kept unless they give others.
    pub(crate) reporter: Option<ReporterInput>,
    #[serde(default)]
    pub(crate) confidential: bool,
    pub(crate) condition: Option<String>,
}

/// Name and phone of who told; kept sealed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReporterInput {
    /// One line, at most 50 characters.
    #[serde(default)]
    pub(crate) name: String,
    /// Mobile number or landline: 5 to 20 digits, with `+`, `-`, brackets, blanks and an extension.
    #[serde(default)]
    pub(crate) phone: String,
}

/// Longest name of who told, in characters.
const NAME_MAX: usize = 50;

/// Most photos and clips of one report or action.
const ATTACHMENTS_MAX: usize = 20;

/// Reports something: it falls into its grid and waits to be verified.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = ReportInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "instead of a client's id, or besides; known for 7 days")),
    responses((status = 201, body = CaseView), (status = 200, body = CaseView, description = "already received"),
              (status = 409, body = ProblemBody, description = "`key_reused`: key or id was used for another request"),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn report(
    who: Who,
    State(app): State<App>,
    asked: Asked<ReportInput>,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    who.must(Permission::ReportCase)?;
    let contact = reachable(&app, &who, asked.input.reporter.as_ref())?;
    let intent = intent(&app, &who, &asked.input, contact)?;
    let idempotency = asked.idempotency(&app, &who, asked.input.id.is_some());
    let command = Command { intent, actor: who.actor(), world: who.world.clone(), now: who.now, idempotency };
    let applied = app.db().apply(command).await?;
    let view = super::found::view(&app, &who, &applied.case, None).await?;
    let status = if applied.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(view)))
}

fn intent(app: &App, who: &Who, input: &ReportInput, contact: Option<Vec<u8>>) -> Result<Intent, Problem> {
    let matter = who.world.catalog.matter(&input.matter).ok_or_else(|| {
        Problem::invalid(
            "matter",
            format!("事项目录里没有“{}”，请从列表中选择。", written::line_cut(&input.matter, 40)),
            format!("The catalog has no matter “{}”; choose one from the list.", written::line_cut(&input.matter, 40)),
        )
    })?;
    check_number(&input.attachments)?;
    no_data(&input.data)?;
    let place = settle(app, who, &input.location, matter.place == PlaceRule::Required)?;
    let draft = Draft {
        id: match input.id {
            Some(CaseId(id)) => CaseId(made_by_client(id)?),
            None => CaseId::at(who.now, random10()),
        },
        number: String::new(),
        release: String::new(),
        title: input.title.clone(),
        description: input.description.clone(),
        path: place.path,
        grid: place.grid,
        location: place.location,
        data: place.position.map(|p| Map::from_iter([("position".to_owned(), p)])).unwrap_or_default(),
        attachments: input.attachments.clone(),
        condition: input.condition.clone(),
        occurred_at: input.occurred_at.map_or(who.now, |Moment(at)| at),
        reporter: Some(who.person.id),
        confidential: input.confidential,
        demo: app.config().demo,
    };
    Ok(Intent::Report { matter: input.matter.clone(), draft: Box::new(draft), contact })
}

/// Refuses more photos and clips than anybody can look through.
pub(super) fn check_number(attachments: &[AttachmentId]) -> Result<(), Problem> {
    if attachments.len() <= ATTACHMENTS_MAX {
        return Ok(());
    }
    Err(Problem::invalid(
        "attachments",
        format!("照片和视频最多{ATTACHMENTS_MAX}个。"),
        format!("At most {ATTACHMENTS_MAX} photos and clips."),
    ))
}

/// A report has no data but for what its matter asks, and matters have no forms.
fn no_data(data: &Map<String, Value>) -> Result<(), Problem> {
    let Some(name) = data.keys().next() else {
        return Ok(());
    };
    let name = written::line_cut(name, 40);
    Err(Problem::invalid(
        format!("data.{name}"),
        format!("这个事项不用填“{name}”，请去掉后再提交。"),
        format!("This matter has no field “{name}”; leave it out."),
    ))
}

/// Name and phone to call back, sealed. Residents who leave no phone are called on their account's.
fn reachable(app: &App, who: &Who, given: Option<&ReporterInput>) -> Result<Option<Vec<u8>>, Problem> {
    let (mut name, mut phone) = given.map(told).transpose()?.unwrap_or_default();
    if who.role.family == Family::Citizen {
        if phone.is_empty() {
            phone = who.phone.as_deref().and_then(|sealed| app.keys().open_text(sealed)).unwrap_or_default();
        }
        if name.is_empty() && !phone.is_empty() {
            name.clone_from(&who.person.name);
        }
    }
    if name.is_empty() && phone.is_empty() {
        return Ok(None);
    }
    let sealed = app.keys().seal(&contact_text(&name, &phone));
    sealed.map(Some).ok_or_else(|| Problem::internal(&"name and phone could not be sealed"))
}

/// Name and phone as somebody wrote them.
fn told(given: &ReporterInput) -> Result<(String, String), Problem> {
    let name =
        written::optional_line(&given.name, NAME_MAX).map_err(|fault| Problem::written("reporter.name", fault))?;
    let phone = written::optional_line(&given.phone, NAME_MAX).ok().map(|text| {
        if text.is_empty() { Ok(String::new()) } else { Phone::parse(&text).map(|p| p.as_str().to_owned()) }
    });
    let Some(Ok(phone)) = phone else {
        return Err(Problem::invalid(
            "reporter.phone",
            "电话号码有误：请填5到20位数字，固定电话可加区号和分机，如 0594-2345678转12。",
            "The phone number is not right: 5 to 20 digits, with area code and extension for a landline, as 0594-2345678 ext 12.",
        ));
    };
    Ok((name, phone))
}
