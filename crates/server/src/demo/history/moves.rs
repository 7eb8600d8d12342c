//! The next step of a simulated case, from nothing but its fate and how it stands: a history can be taken up again at any point.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use yizhi_domain::calendar::LimitUnit;
use yizhi_domain::case::{Action, Actor, Alert, AssignmentKind, Case, Target};
use yizhi_domain::region::Level;
use yizhi_domain::world::World;

use super::crew::Crew;
use super::fate::{Ending, Fate, Source};
use super::times::{self, Hours, at_work, hours, share};

/// The SLA job looks this often, so an alert is a little late.
const ALERT_LAG: TimeDelta = TimeDelta::seconds(4);
/// Nobody does two things to a case at once.
const APART: TimeDelta = TimeDelta::seconds(45);

/// A step and when it is taken.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) at: DateTime<Utc>,
    pub(super) actor: Actor,
    pub(super) action: Action,
}

/// What the next step depends on besides the case.
pub(super) struct Scene<'a> {
    pub(super) world: &'a World,
    pub(super) crew: &'a Crew,
    pub(super) fate: &'a Fate,
    /// The condition it will be registered under.
    pub(super) condition: Option<&'a str>,
    /// For a repeated report: the number of the case it is merged into, while that is open.
    pub(super) merge_into: Option<&'a str>,
    /// Steps beside the procedure that were taken already.
    pub(super) asides: &'a [&'static str],
}

/// The next step, if there is one.
pub(super) fn next(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let step = planned(scene, case);
    match alert(case) {
        Some(alert) if step.as_ref().is_none_or(|s| alert.at <= s.at) => Some(alert),
        _ => step,
    }
}

/// What the SLA job does next: amber at four fifths of a limit, red when it is over.
fn alert(case: &Case) -> Option<Move> {
    let at = case.next_alert_at().filter(|_| case.closed_at.is_none())? + ALERT_LAG;
    let running = case.body.clocks.iter().filter(|c| c.is_running());
    let red = running.into_iter().any(|c| c.alert_due(at) == Alert::Red && c.alert != Alert::Red);
    Some(Move { at, actor: Actor::system(), action: Action::new(if red { "overdue" } else { "warn" }) })
}

fn planned(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    if let Some(aside) = aside(scene, case) {
        return Some(aside);
    }
    let (fate, paces) = (scene.fate, scene.fate.paces);
    match case.state.as_str() {
        "reported" => match fate.ending {
            Ending::Merged => merge(scene, case),
            _ => holder(
                scene,
                case,
                field_role(scene, case, fate.worker_verifies),
                "verify",
                paces.verify,
                Hours::Daylight,
            ),
        },
        "pending_register" => match fate.ending {
            Ending::Rejected => holder(scene, case, "operator", "reject", paces.register, shift(fate)),
            _ => register(scene, case),
        },
        "pending_dispatch" => dispatch(scene, case),
        "pending_handle" if is_astray(scene, case) => handler(scene, case, "return", paces.accept + 0.1),
        "pending_handle" => handler(scene, case, "accept", paces.accept),
        "handling" => handling(scene, case),
        "suspended" => resume(scene, case),
        "pending_check" => check(scene, case),
        "pending_close" => holder(scene, case, "operator", "close", paces.close, shift(fate)),
        "closed" => after_closing(scene, case),
        _ => None,
    }
}

/// When the present stage began.
fn began(case: &Case) -> DateTime<Utc> {
    let lead = case.open_assignments().filter(|a| a.kind != AssignmentKind::Joint).map(|a| a.opened);
    let resumed = case.body.clocks.iter().flat_map(|c| &c.pauses).filter_map(|p| p.until);
    let paused = case.body.clocks.iter().filter(|c| c.is_paused()).filter_map(|c| c.pauses.last()).map(|p| p.from);
    lead.chain(resumed).chain(paused).max().unwrap_or(case.recorded_at)
}

/// The moment at which a share of the stage's limit is used, in working hours.
fn when(scene: &Scene<'_>, case: &Case, pace: f64, hours_of: Hours) -> DateTime<Utc> {
    let from = began(case);
    let due = case.due_at().filter(|due| *due > from).unwrap_or(from + hours(4.0));
    let calendar = scene.world.calendar(&case.path);
    at_work(share(from, due, pace).max(from + APART), hours_of, calendar, scene.fate.turn)
}

fn step(at: DateTime<Utc>, actor: Actor, code: &str, data: Value) -> Move {
    let mut action = Action::new(code);
    if let Value::Object(data) = data {
        action.data = data;
    }
    Move { at, actor, action }
}

fn nothing() -> Value {
    Value::Object(Map::new())
}

fn holder(scene: &Scene<'_>, case: &Case, role: &str, code: &str, pace: f64, hours: Hours) -> Option<Move> {
    let actor = scene.crew.holder(case, role, scene.fate.turn)?;
    let data = if code == "verify" { json!({ "found": true }) } else { nothing() };
    Some(step(when(scene, case, pace, hours), actor, code, data))
}

/// Some of the office is on duty in the evening and at weekends.
fn shift(fate: &Fate) -> Hours {
    if fate.turn.is_multiple_of(3) { Hours::Daylight } else { Hours::Office }
}

/// Emergencies are handled at night too; what may take days, by day.
fn handler(scene: &Scene<'_>, case: &Case, code: &str, pace: f64) -> Option<Move> {
    let clock = case.body.clocks.iter().find(|c| c.name == "handle");
    let urgent = clock.is_some_and(|c| c.limit.unit == LimitUnit::ClockHours);
    let hours = if urgent { Hours::Always } else { Hours::Daylight };
    holder(scene, case, "department_handler", code, pace, hours)
}

/// Grid worker or verifier, as far as they hold the work.
fn field_role(scene: &Scene<'_>, case: &Case, worker: bool) -> &'static str {
    let holds = |role: &str| scene.crew.holder(case, role, 0).is_some();
    match worker && holds("grid_worker") || !holds("verifier") {
        true => "grid_worker",
        false => "verifier",
    }
}

fn merge(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let operator = scene.crew.at("operator", &case.path.at(Level::Township), scene.fate.turn)?;
    let at = when(scene, case, scene.fate.paces.register.min(0.3) * 0.4, Hours::Office);
    Some(match scene.merge_into {
        Some(number) => step(at, operator, "merge", json!({ "into": number })),
        None => step(at, operator, "reject", nothing()),
    })
}

fn register(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let mut step = holder(scene, case, "operator", "register", scene.fate.paces.register, shift(scene.fate))?;
    if let Some(condition) = scene.condition {
        step.action.data.insert("condition".to_owned(), condition.into());
    }
    Some(step)
}

fn left_by(case: &Case, outcome: &str) -> bool {
    case.assignments.iter().any(|a| a.outcome.as_deref() == Some(outcome))
}

/// Whether the case was just dispatched to a department that is not the right one.
fn is_astray(scene: &Scene<'_>, case: &Case) -> bool {
    scene.fate.astray && !left_by(case, "return") && !left_by(case, "accept")
}

fn dispatch(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let mut step = holder(scene, case, "dispatcher", "dispatch", scene.fate.paces.dispatch, shift(scene.fate))?;
    let right = scene.world.catalog.matter(&case.matter)?.department.clone();
    let others = if right == "city_management" { "sanitation" } else { "city_management" };
    let to = if is_astray(scene, case) { others.to_owned() } else { right };
    step.action.to = Some(Target::Department(to));
    Some(step)
}

fn handling(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let fate = scene.fate;
    let clock = |name: &str| case.body.clocks.iter().find(|c| c.name == name);
    let was_suspended = clock("overall").is_some_and(|c| !c.pauses.is_empty());
    if fate.suspended.is_some() && !was_suspended {
        return office(scene, case, "dispatcher", "suspend", 0.3, nothing());
    }
    let limit = scene.condition_limit(case);
    let extended = clock("handle").is_some_and(|c| limit.is_none_or(|value| c.limit.value > value));
    if fate.extended && !extended {
        let more = limit.unwrap_or(1).clamp(1, 10);
        return office(scene, case, "dispatcher", "extend", 0.5, json!({ "value": more }));
    }
    handler(scene, case, "finish", fate.paces.finish)
}

impl Scene<'_> {
    fn condition_limit(&self, case: &Case) -> Option<u32> {
        let matter = self.world.catalog.matter(&case.matter)?;
        Some(matter.condition(case.body.condition.as_deref()?)?.limit.value)
    }
}

/// A step that the township's office takes without holding the case.
fn office(scene: &Scene<'_>, case: &Case, role: &str, code: &str, pace: f64, data: Value) -> Option<Move> {
    let actor = scene.crew.at(role, &case.path.at(Level::Township), scene.fate.turn)?;
    Some(step(when(scene, case, pace, Hours::Daylight), actor, code, data))
}

fn resume(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let days = scene.fate.suspended.unwrap_or(7);
    let calendar = scene.world.calendar(&case.path);
    let at = at_work(began(case) + TimeDelta::days(days.into()), Hours::Office, calendar, scene.fate.turn);
    let actor = scene.crew.at("dispatcher", &case.path.at(Level::Township), scene.fate.turn)?;
    Some(step(at, actor, "resume", nothing()))
}

fn check(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let role = field_role(scene, case, scene.fate.worker_checks);
    let code = if scene.fate.reworked && !left_by(case, "rework") { "rework" } else { "check" };
    holder(scene, case, role, code, scene.fate.paces.check, Hours::Daylight)
}

fn after_closing(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let closed = case.closed_at?;
    let township = case.path.at(Level::Township);
    let closings = case.assignments.iter().filter(|a| a.outcome.as_deref() == Some("close")).count();
    if scene.fate.reopened && closings < 2 {
        let at =
            at_work(closed + TimeDelta::hours(30), Hours::Office, scene.world.calendar(&case.path), scene.fate.turn);
        return Some(step(at, scene.crew.at("operator", &township, scene.fate.turn)?, "reopen", nothing()));
    }
    let (score, after) = scene.fate.rating.filter(|_| !case.body.data.contains_key("score"))?;
    let reporter = scene.crew.person(case.reporter?)?;
    let data = json!({ "score": score, "solved": score > 2 });
    let at = at_work(closed + times::hours(after), Hours::Daylight, scene.world.calendar(&case.path), scene.fate.turn);
    Some(step(at, reporter, "rate", data))
}

/// Steps beside the procedure: a leader's supervision, a comment.
fn aside(scene: &Scene<'_>, case: &Case) -> Option<Move> {
    let township = case.path.at(Level::Township);
    let due = |code: &'static str, wanted: bool| wanted && case.state == "handling" && !scene.asides.contains(&code);
    if due("supervise", scene.fate.supervised) {
        let leader = scene.crew.at("leader", &township, scene.fate.turn)?;
        return Some(step(when(scene, case, 0.2, Hours::Daylight), leader, "supervise", nothing()));
    }
    if due("comment", scene.fate.commented && scene.fate.source != Source::Citizen) {
        let worker = scene.crew.at("grid_worker", &case.path.at(Level::Village), scene.fate.turn)?;
        return Some(step(when(scene, case, 0.15, Hours::Daylight), worker, "comment", nothing()));
    }
    None
}
