//! `GET /cases/{id}/timeline`: the trace of a case.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use yizhi_domain::directory::PersonBrief;
use yizhi_domain::ids::PersonId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::{Family, Permission};
use yizhi_store::{AttachmentRow, CaseFetched, TraceEntry};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::looks;
use crate::routes::address::Path;
use crate::routes::page::Page;
use crate::views::attachment::AttachmentView;
use crate::views::case::{PersonView, person};
use crate::views::mask;
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// The post somebody acted in.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelinePost {
    role: String,
    role_name: Text,
    region_name: String,
    department: Option<String>,
    department_name: Option<Text>,
}

/// More time that was granted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExtensionView {
    /// Name of the limit.
    clock: String,
    more: u32,
    /// `clock_hours`, `working_hours`, `working_days` or `calendar_days`.
    unit: String,
    /// The deadline as it was.
    before: Shown,
    /// The deadline from then on.
    after: Shown,
}

/// One entry of the trace.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineItem {
    seq: u64,
    action: String,
    action_name: Text,
    /// Absent for the platform itself. A resident's name is masked and the account empty, unless it is oneself.
    actor: Option<PersonView>,
    post: TimelinePost,
    at: Shown,
    from: Option<String>,
    to: String,
    from_name: Option<Text>,
    to_name: Text,
    note: String,
    record_id: String,
    /// Its place in the ledger, from which `/cases/{id}/receipts/{seq}` gives the proof.
    ledger: Option<i64>,
    /// Department that the work was handed to.
    recipient: Option<String>,
    recipient_name: Option<Text>,
    /// By how much a limit was extended with this step.
    extension: Option<ExtensionView>,
    /// Fields of the record whose values were erased on request: `note`, `title`, `actor` and so on. The proof holds without them.
    erased: Vec<String>,
    /// Why the work went to others than the case's grid, where it did.
    unattended: Option<Text>,
    /// What was shown with this step.
    attachments: Vec<AttachmentView>,
}

/// Every step of a case, oldest first.
#[utoipa::path(get, path = "/api/v1/cases/{id}/timeline", tag = "cases", params(("id" = String, Path)),
    responses((status = 200, body = Page<TimelineItem>), (status = 404, body = ProblemBody)))]
pub(crate) async fn timeline(
    who: Who,
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Json<Page<TimelineItem>>, Problem> {
    who.must(Permission::ReadCases)?;
    let found = super::found::find(&app, &who, &name).await?;
    looks::read(&app, &who, &found.case, "timeline", None).await?;
    let trace = app.db().case_trace(&found).await?;
    let files = super::found::attachments(&app, &found.case).await?;
    Ok(Json(Page::whole(trace.iter().filter_map(|e| entry(&who, &found, &files, e)).collect())))
}

fn entry(who: &Who, found: &CaseFetched, files: &[AttachmentRow], entry: &TraceEntry) -> Option<TimelineItem> {
    let world = &who.world;
    let text = |name: &str| entry.fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let procedure = world.release(&found.case.release)?.procedure(&found.case.procedure)?;
    let action = text("action")?;
    let (from, to) = (text("from"), text("to")?);
    let (role, department) = (text("role")?, text("department"));
    let path = text("region").and_then(|p| RegionPath::parse(&p)).unwrap_or_else(RegionPath::root);
    let at: DateTime<Utc> = text("at")?.parse().ok()?;
    let actor = text("actor").and_then(|id| id.parse::<PersonId>().ok()).and_then(|id| world.directory.person(id));
    let recipient = entry.fields.pointer("/details/recipient/department").and_then(Value::as_str).map(str::to_owned);
    Some(TimelineItem {
        seq: entry.fields.get("seq").and_then(Value::as_u64)?,
        action_name: match procedure.action(&action) {
            Some(rule) => (&rule.name).into(),
            None => Text { zh: "上报".to_owned(), en: "Report".to_owned() },
        },
        actor: actor.map(|person| named(who, &role, person)),
        post: TimelinePost {
            role_name: world.catalog.role_name(&role).into(),
            region_name: world.regions.holding(&path).map(|r| r.name.to_owned()).unwrap_or_default(),
            department_name: department.as_deref().map(|d| world.catalog.department_name(d).into()),
            role,
            department,
        },
        at: shown(at),
        from_name: from.as_deref().map(|s| procedure.state_name(s).into()),
        to_name: procedure.state_name(&to).into(),
        note: text("note").unwrap_or_default(),
        record_id: entry.id.to_string(),
        ledger: entry.ledger,
        erased: entry.erased.clone(),
        recipient_name: recipient.as_deref().map(|d| world.catalog.department_name(d).into()),
        unattended: unattended(who, entry),
        attachments: shown_with(entry, files),
        extension: extension(&entry.fields),
        action,
        from,
        to,
        recipient,
    })
}

fn unattended(who: &Who, entry: &TraceEntry) -> Option<Text> {
    let role = entry.fields.pointer("/details/unattended").and_then(Value::as_str)?;
    let name = who.world.catalog.role_name(role);
    Some(Text {
        zh: format!("案件所在地没有{}值守，转由他人办理。", name.zh),
        en: format!("No {} is on duty where the case is; the work went to others.", name.en.to_lowercase()),
    })
}

/// More time as the record says it; records of earlier releases say nothing of it.
fn extension(fields: &Value) -> Option<ExtensionView> {
    let said = fields.pointer("/details/extended")?;
    let text = |name: &str| said.get(name).and_then(Value::as_str);
    let at = |name: &str| text(name)?.parse::<DateTime<Utc>>().ok().map(shown);
    Some(ExtensionView {
        clock: text("clock")?.to_owned(),
        more: said.get("more").and_then(Value::as_u64)?.try_into().ok()?,
        unit: text("unit")?.to_owned(),
        before: at("before")?,
        after: at("after")?,
    })
}

/// Officials by name. A resident is masked for everybody else: who told of something is their own affair.
fn named(who: &Who, role: &str, actor: &PersonBrief) -> PersonView {
    let is_resident = who.world.catalog.roles().get(role).is_none_or(|r| r.family == Family::Citizen);
    if is_resident && actor.id != who.person.id {
        return PersonView { account: String::new(), name: mask::name(&actor.name) };
    }
    person(actor)
}

/// The files that an entry names, as far as the case has them.
fn shown_with(entry: &TraceEntry, files: &[AttachmentRow]) -> Vec<AttachmentView> {
    let named = entry.fields.pointer("/details/attachments").and_then(Value::as_array);
    let ids = named.into_iter().flatten().filter_map(Value::as_str);
    ids.filter_map(|id| files.iter().find(|f| f.id.to_string() == id)).cloned().map(Into::into).collect()
}
