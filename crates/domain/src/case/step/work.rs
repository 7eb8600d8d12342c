//! Work as it comes and goes with the stages: who holds a stage, who did it, and who is told when nobody is on duty.

use crate::case::{Assignment, AssignmentKind, ENDED, Effect, Refusal, SUPERSEDED};
use crate::ids::PersonId;
use crate::procedure::{self, Goes};
use crate::region::{Level, RegionPath};
use crate::slice::Principal;
use crate::text::Text;

use super::Step;

/// Where older cases keep the state that `back` leads to.
pub(in crate::case) const BEFORE_IN_DATA: &str = "stateBeforePause";

/// Who got the work of a stage.
pub(super) struct Seated {
    role: String,
    /// Who is told.
    to: Principal,
}

impl Step<'_, '_> {
    pub(super) fn go(&mut self, rule: &procedure::Action) -> Result<(), Refusal> {
        let state = match &rule.goes {
            Goes::Stay => return Ok(()),
            Goes::To(state) => state.clone(),
            Goes::Back => self.state_before(),
        };
        let paused = self.cx.procedure.state(&state).is_some_and(|s| s.tone == procedure::Tone::Paused);
        if paused {
            self.case.body.before = Some(std::mem::replace(&mut self.case.state, state));
            return Ok(());
        }
        if rule.goes == Goes::Back {
            self.case.state = state;
            return Ok(());
        }
        self.leave(&rule.code);
        self.enter(&state)
    }

    /// Cases that were suspended before `body.before` was kept have it among their data.
    fn state_before(&mut self) -> String {
        let data = self.case.body.data.remove(BEFORE_IN_DATA).and_then(|state| state.as_str().map(str::to_owned));
        self.case.body.before.take().or(data).unwrap_or_else(|| self.case.state.clone())
    }

    /// Ends the work of the present stage; joint work ends only with the case. Who acted has done it, for the others it is done.
    fn leave(&mut self, outcome: &str) {
        let (now, actor) = (self.cx.now, self.actor);
        let stage = |a: &Assignment| a.left.is_none() && a.kind != AssignmentKind::Joint;
        let held = self.case.assignments.iter().filter(|a| stage(a) && super::holds(a, actor));
        let acted = held.max_by_key(|a| (a.person.is_some() && a.person == actor.person, a.path.depth())).map(|a| a.n);
        for assignment in self.case.assignments.iter_mut().filter(|a| stage(a)) {
            if Some(assignment.n) == acted {
                assignment.end(now, outcome, actor.person);
            } else {
                assignment.end(now, SUPERSEDED, None);
            }
        }
    }

    pub(super) fn enter(&mut self, code: &str) -> Result<(), Refusal> {
        let procedure = self.cx.procedure;
        let state = procedure.state(code).ok_or_else(|| Refusal::NotInCatalog(code.to_owned()))?;
        let before = procedure.state(&self.case.state).and_then(|s| s.clock.clone());
        if let Some(clock) = before.filter(|name| state.clock.as_ref() != Some(name)) {
            self.meet(&clock);
        }
        code.clone_into(&mut self.case.state);
        if let Some(clock) = &state.clock {
            self.continue_clock(clock, code)?;
        }
        if state.last {
            self.finish_all();
        } else {
            self.case.closed_at = None;
        }
        self.open_holders(state)
    }

    fn finish_all(&mut self) {
        let now = self.cx.now;
        self.case.closed_at = Some(now);
        self.case.body.clocks.iter_mut().for_each(|c| c.meet(now));
        for assignment in self.case.assignments.iter_mut().filter(|a| a.left.is_none()) {
            assignment.end(now, ENDED, None);
        }
    }

    fn open_holders(&mut self, state: &procedure::State) -> Result<(), Refusal> {
        let confidential = self.case.confidential;
        let mut opened = Vec::new();
        for holder in state.holders.iter().filter(|h| h.when.holds(confidential)) {
            if holder.fallback && !opened.is_empty() {
                continue;
            }
            match self.open_holder(state, holder) {
                Some(to) => opened.push(to),
                None if holder.optional || holder.fallback => {}
                None => return Err(self.nobody(state, holder)),
            }
        }
        match state.holders.first() {
            Some(first) if opened.is_empty() => Err(self.nobody(state, first)),
            _ => {
                self.say_unattended(&opened);
                Ok(())
            }
        }
    }

    /// Opens work for a holder of a stage and gives who is told of it; `None` where nobody has the role.
    pub(super) fn open_holder(&mut self, state: &procedure::State, holder: &procedure::Holder) -> Option<Seated> {
        let department = if holder.department { self.case.department.clone() } else { None };
        let place = self.case.path.at(holder.at);
        let attendant = self.cx.directory.attendant(&holder.role, &self.case.path, self.cx.now);
        let attendant = attendant.map(|(person, post)| (person, post.path.clone()));
        let seat = match &attendant {
            Some((_, post)) if holder.at == Level::Grid => Some(post.clone()),
            _ => self.cx.directory.seat(&holder.role, department.as_deref(), &place, self.cx.now),
        };
        // A village may have no grids; somebody with the role in it holds what falls there.
        let held = match place.level() {
            Some(Level::Grid) => seat.as_ref() == Some(&place),
            Some(Level::Village) => seat.is_some(),
            _ => true,
        };
        if holder.at == Level::Grid && attendant.is_none() && !held {
            self.unattended.get_or_insert_with(|| holder.role.clone());
        }
        let seat = seat?;
        let person = self.person.or(attendant.map(|(person, _)| person));
        self.assign(&state.code, holder.kind, &holder.role, seat.clone(), department.clone(), person);
        let role = holder.role.clone();
        let to = match (department, person) {
            (Some(code), _) => {
                let principal = Principal::Department { code, path: seat };
                self.grant(principal.clone(), "lead");
                if let Some(person) = self.person {
                    self.grant(Principal::Person(person), "lead");
                }
                principal
            }
            // Who is on duty in a grid and has the post in another does not see the case by post.
            (None, Some(person)) if !seat.contains(&self.case.path) => {
                self.grant(Principal::Person(person), "duty");
                Principal::Person(person)
            }
            (None, _) => Principal::Role { role: role.clone(), path: seat },
        };
        // Nobody sees a confidential case by post, so those who have work in it take part.
        if self.case.confidential && matches!(to, Principal::Role { .. }) {
            self.grant(to.clone(), "work");
        }
        Some(Seated { role, to })
    }

    /// Tells those who got the work why it came to them.
    fn say_unattended(&mut self, opened: &[Seated]) {
        if self.unattended.is_none() {
            return;
        }
        let names: Vec<Text> = opened.iter().map(|seated| self.cx.catalog.role_name(&seated.role)).collect();
        let zh: Vec<&str> = names.iter().map(|name| name.zh.as_str()).collect();
        let en: Vec<&str> = names.iter().map(|name| name.en.as_str()).collect();
        let text = Text::new(
            format!("案件所在地无人值守，转由{}办理，请及时处理。", zh.join("、")),
            format!("Nobody is on duty where the case is; it has gone to: {}. Please act.", en.join(", ")),
        );
        let to = opened.iter().map(|seated| seated.to.clone());
        self.effects.extend(to.map(|to| Effect::Notify { to, text: text.clone() }));
    }

    pub(super) fn nobody(&self, state: &procedure::State, holder: &procedure::Holder) -> Refusal {
        let role = self.cx.catalog.role_name(&holder.role);
        let who = match self.case.department.as_deref().filter(|_| holder.department) {
            None => role,
            Some(code) => {
                let department = self.cx.catalog.department_name(code);
                Text::new(format!("{}的{}", department.zh, role.zh), format!("{} in {}", role.en, department.en))
            }
        };
        Refusal::NobodyThere { stage: state.name.clone(), who }
    }

    pub(super) fn assign(
        &mut self,
        stage: &str,
        kind: AssignmentKind,
        role: &str,
        path: RegionPath,
        department: Option<String>,
        person: Option<PersonId>,
    ) {
        self.case.body.assigned += 1;
        let due = self.case.due_at();
        self.case.assignments.push(Assignment {
            n: self.case.body.assigned,
            stage: stage.to_owned(),
            kind,
            role: role.to_owned(),
            path,
            department,
            person,
            opened: self.cx.now,
            due,
            left: None,
            outcome: None,
            left_by: None,
            version: 1,
        });
    }
}
