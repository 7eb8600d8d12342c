//! Receiving a case: the first entry of its trace.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::ids::{AttachmentId, CaseId, PersonId};
use crate::region::RegionPath;
use crate::slice::Principal;
use crate::text::Text;

use super::input;
use super::step::{Actor, Context, Step, condition_missing};
use super::{AccessChange, Body, Case, Outcome, Refusal};

/// What a reporter brings. The place is already located and in WGS-84.
#[derive(Clone, Debug)]
pub struct Draft {
    pub id: CaseId,
    pub number: String,
    pub release: String,
    pub title: String,
    pub description: String,
    pub path: RegionPath,
    pub grid: Option<String>,
    /// Longitude, latitude in degrees, WGS-84; none where only the grid or the region is known.
    pub location: Option<(f64, f64)>,
    /// How the place was found, as `position`. Matters have no forms, so reporters fill in nothing else.
    pub data: Map<String, Value>,
    pub attachments: Vec<AttachmentId>,
    pub condition: Option<String>,
    pub occurred_at: DateTime<Utc>,
    pub reporter: Option<PersonId>,
    pub confidential: bool,
    pub demo: bool,
}

/// Receives a draft: opens the first stage and starts the clocks of the whole case.
pub fn report(cx: &Context<'_>, draft: Draft, actor: &Actor) -> Result<Outcome, Refusal> {
    check(cx, &draft)?;
    let draft = input::of_report(draft)?;
    let mut case = Case {
        id: draft.id,
        number: draft.number,
        matter: cx.matter.code.clone(),
        procedure: cx.procedure.code.clone(),
        release: draft.release,
        state: cx.procedure.start.clone(),
        version: 0,
        path: draft.path,
        grid: draft.grid,
        location: draft.location,
        department: None,
        confidential: draft.confidential,
        demo: draft.demo,
        reporter: draft.reporter,
        occurred_at: draft.occurred_at,
        recorded_at: cx.now,
        closed_at: None,
        duplicate_of: None,
        body: Body {
            title: draft.title,
            description: draft.description,
            condition: draft.condition,
            data: draft.data,
            attachments: draft.attachments,
            ..Body::default()
        },
        assignments: Vec::new(),
    };
    let mut access = Vec::new();
    for person in [case.reporter, actor.person].into_iter().flatten() {
        let change = AccessChange::Grant { case: case.id, principal: Principal::Person(person), why: "reporter" };
        if !access.contains(&change) {
            access.push(change);
        }
    }
    let mut step = Step::new(cx, &mut case, actor);
    for clock in &cx.procedure.start_clocks {
        step.start_clock(clock, None)?;
    }
    let entered = step.enter_start()?;
    access.extend(entered.access);
    let mut details = json!({
        "matter": case.matter,
        "place": case.path.as_str(),
        "occurredAt": case.occurred_at.to_rfc3339(),
        "attachments": case.body.attachments,
    });
    if case.confidential {
        details["confidential"] = json!(true);
    }
    if let Some(role) = entered.unattended {
        details["unattended"] = json!(role);
    }
    let mut record = super::step::record(cx, &mut case, actor, "report", None, "", details);
    record.fields.extend(told(&case));
    case.version = 1;
    Ok(Outcome { from: None, was_overdue: false, case, access, record, effects: entered.effects })
}

/// What the reporter told, each a field of the record by itself: any of it may have to be shown or erased alone.
fn told(case: &Case) -> Map<String, Value> {
    let location = case.location.map(|(lon, lat)| json!([lon, lat]));
    let description = Some(&case.body.description).filter(|text| !text.is_empty());
    let told = [
        ("title", Some(json!(case.body.title))),
        ("description", description.map(|text| json!(text))),
        ("location", location),
    ];
    told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

fn check(cx: &Context<'_>, draft: &Draft) -> Result<(), Refusal> {
    if draft.occurred_at > cx.now + chrono::TimeDelta::minutes(10) {
        return Err(Refusal::Invalid {
            field: "occurredAt".to_owned(),
            hint: Text::new("发生时间不能在将来，请检查。", "It cannot have happened in the future; check the time."),
        });
    }
    match &draft.condition {
        Some(id) if cx.matter.condition(id).is_none() => Err(condition_missing(cx.matter)),
        _ => Ok(()),
    }
}
