//! What actions do beyond changing the state.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::case::{Action, AssignmentKind, Effect, Refusal};
use crate::directory::Directory;
use crate::procedure::{Audience, EffectRule};
use crate::region::{Level, RegionPath};
use crate::slice::Principal;
use crate::text::Text;

use super::{Step, condition_missing};

impl Step<'_, '_> {
    pub(super) fn apply(&mut self, effect: &EffectRule, action: &Action) -> Result<(), Refusal> {
        let (now, calendar) = (self.cx.now, self.cx.calendar);
        match effect {
            EffectRule::FixCondition => return self.fix_condition(action),
            EffectRule::DropDepartment => self.drop_department(),
            EffectRule::RememberHandler => self.remember_handler(),
            EffectRule::KeepData => self.keep_data(action),
            EffectRule::RestartClock(name) => return self.restart_clock(name),
            EffectRule::MeetClock(name) => self.meet(name),
            EffectRule::PauseClocks => self.case.body.clocks.iter_mut().for_each(|c| c.pause(now)),
            EffectRule::ResumeClocks => self.case.body.clocks.iter_mut().for_each(|c| c.resume(now, calendar)),
            EffectRule::ExtendClock(name) => return self.extend_clock(name, action),
            EffectRule::MergeInto => return self.merge_into(),
            EffectRule::Unmerge { within_days } => return self.unmerge(*within_days),
            EffectRule::SetConfidential(on) => return self.set_confidential(*on),
            EffectRule::RaiseTo(role) => return self.raise(role),
            EffectRule::Involve { role, at } => self.involve(role, *at),
            EffectRule::RaiseAlerts => self.raise_alerts(),
            EffectRule::Notify { who, text } => self.notify(*who, text),
        }
        Ok(())
    }

    fn fix_condition(&mut self, action: &Action) -> Result<(), Refusal> {
        let matter = self.cx.matter;
        let named = action.data.get("condition").and_then(Value::as_str);
        let id = named.or(self.case.body.condition.as_deref()).or(matter.default_condition.as_deref());
        let Some(id) = id else {
            return Err(Refusal::Missing {
                field: "data.condition",
                hint: Text::new(
                    "请选择立案条件：它决定处置时限。",
                    "Choose the condition: it decides the limit for handling.",
                ),
            });
        };
        let condition = matter.condition(id).ok_or_else(|| condition_missing(matter))?;
        self.case.body.condition = Some(condition.id.clone());
        Ok(())
    }

    /// A stage's clock starts afresh with the next stage that has it; one of the whole case starts now.
    fn restart_clock(&mut self, name: &str) -> Result<(), Refusal> {
        self.case.body.clocks.retain(|c| c.name != name);
        let of_stage = self.cx.procedure.states.values().any(|s| s.clock.as_deref() == Some(name));
        if of_stage { Ok(()) } else { self.start_clock(name, None) }
    }

    fn drop_department(&mut self) {
        let Some(code) = self.case.department.take() else {
            return;
        };
        let seats: Vec<RegionPath> = self
            .case
            .open_assignments()
            .filter(|a| a.department.as_deref() == Some(&code))
            .map(|a| a.path.clone())
            .collect();
        for path in seats {
            let principal = Principal::Department { code: code.clone(), path };
            self.end_access(principal);
        }
        let people: Vec<_> = self.case.open_assignments().filter_map(|a| a.person).collect();
        for person in people {
            if Some(person) != self.case.reporter {
                self.end_access(Principal::Person(person));
            }
        }
    }

    fn remember_handler(&mut self) {
        if let Some(person) = self.actor.person
            && !self.case.body.handlers.contains(&person)
        {
            self.case.body.handlers.push(person);
        }
    }

    fn keep_data(&mut self, action: &Action) {
        for (key, value) in &action.data {
            self.case.body.data.insert(key.clone(), value.clone());
        }
    }

    fn extend_clock(&mut self, name: &str, action: &Action) -> Result<(), Refusal> {
        let more = action.data.get("value").and_then(Value::as_u64).and_then(|v| u32::try_from(v).ok());
        let Some(more) = more.filter(|v| *v > 0) else {
            return Err(Refusal::Missing {
                field: "data.value",
                hint: Text::new("请填写延长多少。", "Say by how much to extend."),
            });
        };
        let (now, calendar) = (self.cx.now, self.cx.calendar);
        for clock in self.case.body.clocks.iter_mut().filter(|c| c.name == name) {
            let before = clock.until;
            clock.extend(more, calendar, now);
            self.extended = Some(json!({
                "clock": clock.name,
                "more": more,
                "unit": clock.limit.unit,
                "before": micros(before),
                "after": micros(clock.until),
            }));
        }
        let due = self.case.due_at();
        for assignment in self.case.assignments.iter_mut().filter(|a| a.left.is_none()) {
            assignment.due = due;
        }
        Ok(())
    }

    /// Opens joint work for a role one level above the highest where this case has work, or at the highest level that has the role.
    fn raise(&mut self, role: &str) -> Result<(), Refusal> {
        let highest = self.case.open_assignments().map(|a| a.path.depth()).min().unwrap_or(Level::Village.depth());
        let village = self.case.path.at(Level::Village);
        let above = Level::from_depth(highest.saturating_sub(1)).map_or_else(RegionPath::root, |l| village.at(l));
        let (directory, now) = (self.cx.directory, self.cx.now);
        let seat = directory.seat(role, None, &above, now).or_else(|| highest_seat(directory, role, &village, now));
        let seat = seat.ok_or_else(|| Refusal::NobodyThere {
            stage: Text::new("上报", "Escalation"),
            who: self.cx.catalog.role_name(role),
        })?;
        self.join(role, seat, "escalated");
        Ok(())
    }

    fn involve(&mut self, role: &str, at: Level) {
        if let Some(seat) = self.cx.directory.seat(role, None, &self.case.path.at(at), self.cx.now) {
            self.join(role, seat, "involved");
        }
    }

    /// Joint work for a role at a region, unless it has some already.
    fn join(&mut self, role: &str, seat: RegionPath, why: &'static str) {
        let there = self.case.open_assignments().any(|a| a.role == role && a.path == seat);
        if there {
            return;
        }
        let stage = self.case.state.clone();
        self.grant(Principal::Role { role: role.to_owned(), path: seat.clone() }, why);
        self.assign(&stage, AssignmentKind::Joint, role, seat, None, None);
    }

    fn raise_alerts(&mut self) {
        let now = self.cx.now;
        for clock in self.case.body.clocks.iter_mut().filter(|c| c.is_running()) {
            clock.alert = clock.alert.max(clock.alert_due(now));
        }
    }

    pub(super) fn notify(&mut self, who: Audience, text: &Text) {
        let to: Vec<Principal> = match who {
            Audience::Reporter => self.case.reporter.map(Principal::Person).into_iter().collect(),
            Audience::Department | Audience::Holders => self
                .case
                .open_assignments()
                .filter(|a| who == Audience::Holders || a.department.is_some())
                .map(|a| match (&a.department, a.person) {
                    (_, Some(person)) => Principal::Person(person),
                    (Some(code), None) => Principal::Department { code: code.clone(), path: a.path.clone() },
                    (None, None) => Principal::Role { role: a.role.clone(), path: a.path.clone() },
                })
                .collect(),
        };
        self.effects.extend(to.into_iter().map(|to| Effect::Notify { to, text: text.clone() }));
    }
}

fn micros(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The highest region above a village where somebody has a role.
fn highest_seat(directory: &Directory, role: &str, village: &RegionPath, now: DateTime<Utc>) -> Option<RegionPath> {
    let mut seat = directory.seat(role, None, village, now)?;
    while let Some(higher) = seat.parent().and_then(|above| directory.seat(role, None, &above, now)) {
        seat = higher;
    }
    Some(seat)
}
