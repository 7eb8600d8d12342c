//! `POST /cases`: reporting.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, FixedOffset, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use yizhi_domain::case::Draft;
use yizhi_domain::ids::{AttachmentId, CaseId};
use yizhi_domain::matter::PlaceRule;
use yizhi_domain::role::{Family, Permission};
use yizhi_store::{Command, Idempotency, Intent};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::keys::random10;
use crate::routes::valid::Valid;
use crate::views::case::{CaseView, contact_text};

use super::place::{PlaceInput, settle};

/// A report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
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
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) data: Map<String, Value>,
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>)]
    pub(crate) attachments: Vec<AttachmentId>,
    /// When it happened, as the reporter says; clocks run on when it was recorded.
    pub(crate) occurred_at: Option<DateTime<FixedOffset>>,
    /// Whom those who handle it may call: who told, when somebody in office takes the report. Of residents the account's own
    /// name and phone are kept unless they give others.
    pub(crate) reporter: Option<ReporterInput>,
    #[serde(default)]
    pub(crate) confidential: bool,
    pub(crate) condition: Option<String>,
}

/// Name and phone of who told; kept sealed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ReporterInput {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) phone: String,
}

/// Most photos and clips of one report or action.
const ATTACHMENTS_MAX: usize = 20;

/// Reports something: it falls into its grid and waits to be verified.
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = ReportInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "instead of a client's id")),
    responses((status = 201, body = CaseView), (status = 200, body = CaseView, description = "already received"),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn report(
    who: Who,
    State(app): State<App>,
    headers: HeaderMap,
    Valid(input): Valid<ReportInput>,
) -> Result<(StatusCode, Json<CaseView>), Problem> {
    who.must(Permission::ReportCase)?;
    let contact = reachable(&app, &who, input.reporter.as_ref()).await?;
    let intent = intent(&app, &who, &input, contact)?;
    let idempotency = idempotency(&who, &headers, &input.matter, &input.title);
    let command = Command { intent, actor: who.actor(), world: who.world.clone(), now: who.now, idempotency };
    let applied = app.db().apply(command).await?;
    let view = super::found::view(&app, &who, &applied.case, None).await?;
    let status = if applied.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(view)))
}

/// Name and phone to call back, sealed. Residents who leave no phone are called on their account's.
async fn reachable(app: &App, who: &Who, given: Option<&ReporterInput>) -> Result<Option<Vec<u8>>, Problem> {
    let seal = |name: &str, phone: &str| app.keys().seal(&contact_text(name, phone));
    let called = given.filter(|given| !given.phone.trim().is_empty() || who.role.family != Family::Citizen);
    if let Some(given) = called {
        let own = if who.role.family == Family::Citizen { &who.person.name } else { "" };
        return Ok(seal(if given.name.trim().is_empty() { own } else { &given.name }, &given.phone));
    }
    if who.role.family != Family::Citizen {
        return Ok(None);
    }
    let sealed = app.db().sealed_phone(who.person.id).await?;
    let Some(phone) = sealed.and_then(|sealed| app.keys().open_text(&sealed)) else {
        return Ok(given.and_then(|given| seal(&given.name, "")));
    };
    let name = given.map(|given| given.name.trim()).filter(|name| !name.is_empty()).unwrap_or(&who.person.name);
    Ok(seal(name, &phone))
}

fn intent(app: &App, who: &Who, input: &ReportInput, contact: Option<Vec<u8>>) -> Result<Intent, Problem> {
    let matter = who.world.catalog.matter(&input.matter).ok_or_else(|| {
        Problem::invalid(
            "matter",
            format!("事项目录里没有“{}”，请从列表中选择。", input.matter),
            format!("The catalog has no matter “{}”; choose one from the list.", input.matter),
        )
    })?;
    check_number(&input.attachments)?;
    let place = settle(app, who, &input.location, matter.place == PlaceRule::Required)?;
    let draft = Draft {
        id: input.id.unwrap_or_else(|| CaseId::at(who.now, random10())),
        number: String::new(),
        release: String::new(),
        title: input.title.trim().to_owned(),
        description: input.description.trim().to_owned(),
        path: place.path,
        grid: place.grid,
        location: place.location,
        data: data_with_position(input)?,
        attachments: input.attachments.clone(),
        condition: input.condition.clone(),
        occurred_at: input.occurred_at.map_or(who.now, |at| at.with_timezone(&Utc)),
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

/// The reporter's data, with how the position was got and what the place is called.
fn data_with_position(input: &ReportInput) -> Result<Map<String, Value>, Problem> {
    let mut data = input.data.clone();
    let place = &input.location;
    let address = place.address()?;
    let mut position = Map::new();
    if place.accuracy.is_some() || place.source.is_some() {
        let got = [("accuracy", json!(place.accuracy)), ("source", json!(place.source)), ("crs", json!(place.crs))];
        position.extend(got.map(|(name, value)| (name.to_owned(), value)));
    }
    position.extend(address.map(|text| ("address".to_owned(), text.into())));
    if !position.is_empty() {
        data.insert("position".to_owned(), position.into());
    }
    Ok(data)
}

/// The idempotency of a request, if it names a key: the digest of what was asked tells a repeat from a clash.
pub(super) fn idempotency(who: &Who, headers: &HeaderMap, what: &str, more: &str) -> Option<Idempotency> {
    let key =
        headers.get("idempotency-key").and_then(|v| v.to_str().ok()).filter(|k| !k.is_empty() && k.len() <= 200)?;
    let digest = Sha256::new().chain_update(what).chain_update([0]).chain_update(more).finalize();
    Some(Idempotency { principal: who.person.id.to_string(), key: key.to_owned(), digest: digest.to_vec() })
}
