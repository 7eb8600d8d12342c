//! The one function that changes a case. Pure: the same case, action, actor and context give the same outcome.

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::calendar::Calendar;
use crate::catalog::Catalog;
use crate::directory::Directory;
use crate::expr::Truth;
use crate::ids::{AttachmentId, CaseId, PersonId};
use crate::matter::Matter;
use crate::procedure::{self, By, EffectRule, Procedure, Recipient};
use crate::record::Record;
use crate::region::{Level, RegionPath};
use crate::slice::Principal;
use crate::text::Text;

use super::clocks::CaseClock;
use super::{AccessChange, Assignment, Case, Effect, Outcome, Refusal, input};

/// What a step needs to know besides the case.
pub struct Context<'a> {
    pub catalog: &'a Catalog,
    pub procedure: &'a Procedure,
    pub matter: &'a Matter,
    /// The working calendar of the case's region.
    pub calendar: &'a Calendar,
    pub directory: &'a Directory,
    /// The case named by `data.into` of a merge, if the actor may see it.
    pub merge_target: Option<MergeTarget>,
    pub now: DateTime<Utc>,
}

/// Facts about the case that another is merged into.
#[derive(Clone, Debug)]
pub struct MergeTarget {
    pub id: CaseId,
    pub number: String,
    pub open: bool,
    pub reporter: Option<PersonId>,
}

/// Who acts: a person in a post, or the platform itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: Option<PersonId>,
    pub role: String,
    pub path: RegionPath,
    pub department: Option<String>,
}

impl Actor {
    /// The platform: timers, jobs.
    pub fn system() -> Self {
        Self { person: None, role: "system".to_owned(), path: RegionPath::root(), department: None }
    }
}

/// Whom the work is handed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Department(String),
    Person(PersonId),
}

/// An action with what the actor says.
#[derive(Clone, Debug)]
pub struct Action {
    pub code: String,
    /// The version the actor has seen; `None` for the platform itself.
    pub version: Option<u32>,
    pub note: String,
    pub to: Option<Target>,
    pub data: Map<String, Value>,
    /// Photos and clips that the actor uploaded to show what was found or done.
    pub attachments: Vec<AttachmentId>,
}

impl Action {
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            version: None,
            note: String::new(),
            to: None,
            data: Map::new(),
            attachments: Vec::new(),
        }
    }
}

/// Takes one step.
///
/// # Errors
/// A [`Refusal`] says why the procedure does not allow it; nothing has changed then.
pub fn step(cx: &Context<'_>, case: &Case, action: &Action, actor: &Actor) -> Result<Outcome, Refusal> {
    let rule = cx.procedure.action(&action.code).ok_or_else(|| Refusal::UnknownAction(action.code.clone()))?;
    may_act(cx, case, rule, actor)?;
    // A quiet step may come from an older page, none comes from a page that nobody has seen yet.
    if let Some(seen) = action.version
        && (seen > case.version || (seen != case.version && !rule.quiet))
    {
        return Err(Refusal::VersionConflict { current: case.version });
    }
    let action = &input::of_step(rule, action)?;
    check_guard(rule, case, &action.data, actor)?;

    let mut next = case.clone();
    let was_overdue = case.alert() == super::Alert::Red;
    let mut work = Step::new(cx, &mut next, actor);
    work.hand_over(rule, action)?;
    let attachments = work.attach(action);
    let (told, done): (Vec<_>, Vec<_>) = rule.effects.iter().partition(|e| matches!(e, EffectRule::Notify { .. }));
    for effect in done {
        work.apply(effect, action)?;
    }
    work.go(rule)?;
    for effect in told {
        work.apply(effect, action)?;
    }
    let Step { access, effects, recipient, extended, unattended, .. } = work;
    if !rule.quiet {
        next.version += 1;
    }
    let mut fields = json!({ "data": action.data, "recipient": recipient });
    if !attachments.is_empty() {
        fields["attachments"] = json!(attachments);
    }
    if next.confidential != case.confidential {
        fields["confidential"] = json!(next.confidential);
    }
    if let Some(role) = unattended {
        fields["unattended"] = json!(role);
    }
    if let Some(extended) = extended {
        fields["extended"] = extended;
    }
    let record = record(cx, &mut next, actor, &action.code, Some(&case.state), &action.note, fields);
    Ok(Outcome { from: Some(case.state.clone()), was_overdue, case: next, access, record, effects })
}

/// The actions that a post may take now, as far as can be told before it says anything.
pub fn allowed_actions<'a>(
    cx: &Context<'a>,
    case: &'a Case,
    actor: &'a Actor,
) -> impl Iterator<Item = &'a procedure::Action> {
    let known = OnceCell::new();
    cx.procedure.actions.iter().filter(move |rule| {
        let stands = |guard: &procedure::Guard| {
            guard.expr.truth(known.get_or_init(|| facts(case, &Map::new(), actor))) != Truth::False
        };
        barrier(case, rule, actor).is_none() && rule.guard.as_ref().is_none_or(stands)
    })
}

fn may_act(cx: &Context<'_>, case: &Case, rule: &procedure::Action, actor: &Actor) -> Result<(), Refusal> {
    match barrier(case, rule, actor) {
        None => Ok(()),
        Some(Barrier::Role) => {
            let roles = rule.roles.iter().map(|r| cx.catalog.role_name(r)).collect();
            Err(Refusal::RoleMayNot { action: rule.name.clone(), roles })
        }
        Some(Barrier::State) => {
            let state = cx.procedure.state_name(&case.state);
            Err(Refusal::NotPossibleNow { action: rule.name.clone(), state })
        }
        Some(Barrier::Holder) => Err(Refusal::NotYours { holder: holder_name(cx.catalog, case) }),
    }
}

/// What stands between an actor and an action, whatever the actor says.
enum Barrier {
    /// It is for others.
    Role,
    /// The case is not in a state for it.
    State,
    /// Others hold the work.
    Holder,
}

fn barrier(case: &Case, rule: &procedure::Action, actor: &Actor) -> Option<Barrier> {
    let fits = match rule.by {
        By::System => *actor == Actor::system(),
        By::Reporter => actor.person.is_some() && actor.person == case.reporter,
        By::Anyone | By::Holder => rule.roles.contains(&actor.role),
    };
    if !fits {
        return Some(Barrier::Role);
    }
    if !rule.from.contains(&case.state) {
        return Some(Barrier::State);
    }
    let holds_none = match rule.by {
        By::Anyone => !rule.quiet && !actor.path.contains(&case.path),
        By::Holder => !case.open_assignments().any(|a| holds(a, actor)),
        By::System | By::Reporter => false,
    };
    holds_none.then_some(Barrier::Holder)
}

/// Whether the actor's post holds an assignment. It has the same role (and department), and stands at its region or above it; or the assignment names
/// the actor, wherever the post stands; or both are of one village, where those who see a case stand in for each other.
pub fn holds(assignment: &Assignment, actor: &Actor) -> bool {
    let named = || assignment.person.is_some() && assignment.person == actor.person;
    let neighbour = || {
        let village = assignment.path.at(Level::Village);
        village.level() == Some(Level::Village) && village.contains(&actor.path)
    };
    assignment.role == actor.role
        && assignment.department == actor.department
        && (named() || actor.path.contains(&assignment.path) || neighbour())
}

fn holder_name(catalog: &Catalog, case: &Case) -> Text {
    let open = case.open_assignments().next();
    open.map_or_else(
        || Text::new("（无）", "nobody"),
        |a| {
            let role = catalog.role_name(&a.role);
            a.department.as_deref().map_or(role.clone(), |d| {
                let department = catalog.department_name(d);
                Text::new(format!("{}{}", department.zh, role.zh), format!("{}, {}", role.en, department.en))
            })
        },
    )
}

fn check_guard(rule: &procedure::Action, case: &Case, data: &Map<String, Value>, actor: &Actor) -> Result<(), Refusal> {
    let Some(guard) = &rule.guard else {
        return Ok(());
    };
    match guard.expr.truth(&facts(case, data, actor)) {
        Truth::True => Ok(()),
        Truth::False => Err(Refusal::Guard(guard.message.clone())),
        Truth::Unknown => Err(Refusal::Undecided(guard.expr.text().to_owned())),
    }
}

/// The facts a guard may speak of; their types are [`procedure::guard_schema`].
fn facts(case: &Case, data: &Map<String, Value>, actor: &Actor) -> Value {
    json!({
        "case": {
            "state": case.state,
            "department": case.department,
            "condition": case.body.condition,
            "handlers": case.body.handlers,
            "reporter": case.reporter,
            "confidential": case.confidential,
            "confirmed": case.body.confirmed,
            "data": case.body.data,
        },
        "actor": { "person": actor.person, "role": actor.role, "department": actor.department },
        "data": data,
    })
}

pub(super) fn condition_missing(matter: &Matter) -> Refusal {
    let zh: Vec<&str> = matter.conditions.iter().map(|c| c.name.zh.as_str()).collect();
    let en: Vec<&str> = matter.conditions.iter().map(|c| c.name.en.as_str()).collect();
    Refusal::Invalid {
        field: "condition".to_owned(),
        hint: Text::new(
            format!("“{}”没有这个立案条件，可选：{}。", matter.name.zh, zh.join("、")),
            format!("“{}” has no such condition; choose one of: {}.", matter.name.en, en.join("; ")),
        ),
    }
}

/// The trace of one step.
pub(super) fn record(
    cx: &Context<'_>,
    case: &mut Case,
    actor: &Actor,
    action: &str,
    from: Option<&str>,
    note: &str,
    details: Value,
) -> Record {
    case.body.entries += 1;
    let fields = json!({
        "seq": case.body.entries,
        "action": action,
        "number": case.number,
        "actor": actor.person,
        "role": actor.role,
        "region": actor.path.as_str(),
        "department": actor.department,
        "at": cx.now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "from": from,
        "to": case.state,
        "note": note,
        "details": details,
    });
    let Value::Object(fields) = fields else { unreachable!("a literal object") };
    Record::new("case.step", case.id.0, fields)
}

/// What follows from entering the first state.
pub(super) struct Entered {
    /// Who sees the case for it.
    pub(super) access: Vec<AccessChange>,
    pub(super) effects: Vec<Effect>,
    /// The role that nobody is on duty for in the case's grid.
    pub(super) unattended: Option<String>,
}

/// A step under way.
pub(super) struct Step<'c, 'w> {
    cx: &'c Context<'w>,
    case: &'c mut Case,
    actor: &'c Actor,
    access: Vec<AccessChange>,
    effects: Vec<Effect>,
    recipient: Option<Value>,
    person: Option<PersonId>,
    /// The role that nobody is on duty for in the case's grid, where its work went to others.
    unattended: Option<String>,
    /// By how much a limit was extended, from which deadline to which.
    extended: Option<Value>,
}

impl<'c, 'w> Step<'c, 'w> {
    pub(super) fn new(cx: &'c Context<'w>, case: &'c mut Case, actor: &'c Actor) -> Self {
        Self {
            cx,
            case,
            actor,
            access: Vec::new(),
            effects: Vec::new(),
            recipient: None,
            person: None,
            unattended: None,
            extended: None,
        }
    }

    /// Settles whom the work goes to: the named department, the named person's, or the matter's own.
    fn hand_over(&mut self, rule: &procedure::Action, action: &Action) -> Result<(), Refusal> {
        if rule.recipient == Recipient::None {
            return match action.to {
                None => Ok(()),
                Some(_) => Err(Refusal::Invalid {
                    field: "to".to_owned(),
                    hint: Text::new(
                        format!("“{}”不转交给别人，请去掉部门和人员。", rule.name.zh),
                        format!("“{}” hands the work to nobody: leave out department and person.", rule.name.en),
                    ),
                }),
            };
        }
        let code = match &action.to {
            None => self.cx.matter.department.clone(),
            Some(Target::Department(code)) => code.clone(),
            Some(Target::Person(person)) => {
                self.person = Some(*person);
                self.department_of(*person)?
            }
        };
        if self.cx.catalog.department(&code).is_none() {
            return Err(Refusal::Invalid {
                field: "to.department".to_owned(),
                hint: Text::new(
                    "没有这个部门，请从列表中选择。",
                    "There is no such department; choose one from the list.",
                ),
            });
        }
        self.recipient = Some(match action.to {
            Some(Target::Person(person)) => json!({ "person": person, "department": code }),
            _ => json!({ "department": code }),
        });
        self.case.department = Some(code);
        Ok(())
    }

    /// Adds what the actor shows to what the case has; gives it back with each named once.
    fn attach(&mut self, action: &Action) -> Vec<AttachmentId> {
        let mut shown = Vec::new();
        for id in &action.attachments {
            if !shown.contains(id) {
                shown.push(*id);
            }
        }
        let kept = &mut self.case.body.attachments;
        let new: Vec<AttachmentId> = shown.iter().filter(|id| !kept.contains(id)).copied().collect();
        kept.extend(new);
        shown
    }

    fn department_of(&self, person: PersonId) -> Result<String, Refusal> {
        let posts = self.cx.directory.posts_of(person, self.cx.now);
        let mut fitting = posts.filter(|p| p.path.contains(&self.case.path)).filter_map(|p| p.department.clone());
        fitting.next().ok_or_else(|| Refusal::Invalid {
            field: "to.account".to_owned(),
            hint: Text::new(
                "这个人在本地没有部门处置岗位，请选择其他人或部门。",
                "This person has no department post here; choose another person or a department.",
            ),
        })
    }

    /// Enters the first state.
    pub(super) fn enter_start(mut self) -> Result<Entered, Refusal> {
        let start = self.cx.procedure.start.clone();
        self.enter(&start)?;
        Ok(Entered { access: self.access, effects: self.effects, unattended: self.unattended })
    }

    pub(super) fn grant(&mut self, principal: Principal, why: &'static str) {
        self.access.push(AccessChange::Grant { case: self.case.id, principal, why });
    }

    fn end_access(&mut self, principal: Principal) {
        self.access.push(AccessChange::End { case: self.case.id, principal, since: None });
    }

    /// Starts a clock afresh.
    pub(super) fn start_clock(&mut self, name: &str, stage: Option<&str>) -> Result<(), Refusal> {
        let rule = self.cx.procedure.clocks.get(name).ok_or_else(|| Refusal::NotInCatalog(name.to_owned()))?;
        let limit = match &rule.limit {
            Some(limit) => limit.clone(),
            None => {
                let condition = self.case.body.condition.as_deref().and_then(|id| self.cx.matter.condition(id));
                condition.ok_or_else(|| Refusal::NoLimit(self.cx.matter.name.zh.clone()))?.limit.clone()
            }
        };
        let clock = CaseClock::start(name, stage, limit, self.cx.calendar, self.cx.now);
        self.case.body.clocks.retain(|c| c.name != name);
        self.case.body.clocks.push(clock);
        Ok(())
    }

    /// The stage's clock: it starts, or goes on where it was met before, the time between counting as a pause.
    fn continue_clock(&mut self, name: &str, stage: &str) -> Result<(), Refusal> {
        let (now, calendar) = (self.cx.now, self.cx.calendar);
        match self.case.body.clocks.iter_mut().find(|c| c.name == name) {
            None => self.start_clock(name, Some(stage)),
            Some(clock) => {
                clock.stage = Some(stage.to_owned());
                clock.take_up_again(now, calendar);
                Ok(())
            }
        }
    }

    fn meet(&mut self, name: &str) {
        let now = self.cx.now;
        self.case.body.clocks.iter_mut().filter(|c| c.name == name).for_each(|c| c.meet(now));
    }
}

mod confidential;
mod effects;
mod merge;
mod work;

pub(super) use work::BEFORE_IN_DATA;
