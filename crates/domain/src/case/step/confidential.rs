//! A case becomes confidential, or is so no longer. The holders of a stage differ: those of open cases give up what they have of a confidential one.

use crate::case::{AccessChange, MERGED, Refusal, SUPERSEDED};
use crate::procedure::{Holder, HolderCases};
use crate::slice::Principal;

use super::Step;

impl Step<'_, '_> {
    pub(super) fn set_confidential(&mut self, on: bool) -> Result<(), Refusal> {
        self.case.body.confirmed = on;
        if self.case.confidential == on {
            return Ok(());
        }
        self.case.confidential = on;
        let gone = self.end_work_of_others();
        if on {
            self.hide_from(&gone);
            // Reporters of cases that were merged into it told of something else.
            self.access.push(AccessChange::EndAll { case: self.case.id, why: MERGED });
        }
        let procedure = self.cx.procedure;
        let stage = self.case.body.before.as_ref().unwrap_or(&self.case.state);
        let Some(state) = procedure.state(stage) else {
            return Ok(());
        };
        let fits = |h: &&Holder| h.when != HolderCases::Always && h.when.holds(on);
        for holder in state.holders.iter().filter(fits) {
            let has = self.case.open_assignments().any(|a| a.role == holder.role && a.kind == holder.kind);
            let others = self.case.open_assignments().any(|a| a.kind == holder.kind);
            let covered = has || (holder.fallback && others);
            if !covered {
                self.open_holder(state, holder);
            }
        }
        match state.holders.first() {
            Some(first) if self.case.open_assignments().next().is_none() => Err(self.nobody(state, first)),
            _ => Ok(()),
        }
    }

    /// Ends open work that cases of this kind are not given; gives the numbers of all work, open or done, of such holders.
    fn end_work_of_others(&mut self) -> Vec<u32> {
        let (procedure, confidential, now) = (self.cx.procedure, self.case.confidential, self.cx.now);
        let mut others = Vec::new();
        for assignment in &mut self.case.assignments {
            let rules = procedure.state(&assignment.stage).map_or(&[][..], |state| &state.holders);
            let mut same = rules.iter().filter(|h| h.role == assignment.role && h.kind == assignment.kind).peekable();
            if same.peek().is_none() || same.any(|h| h.when.holds(confidential)) {
                continue;
            }
            others.push(assignment.n);
            if assignment.left.is_none() {
                assignment.end(now, SUPERSEDED, None);
            }
        }
        others
    }

    /// Whoever had work of open cases takes part no more, the reporter excepted; whoever has work now does.
    fn hide_from(&mut self, gone: &[u32]) {
        let (gone, kept): (Vec<_>, Vec<_>) = self.case.assignments.iter().cloned().partition(|a| gone.contains(&a.n));
        for assignment in gone {
            self.end_access(Principal::Role { role: assignment.role, path: assignment.path });
            for person in [assignment.person, assignment.left_by].into_iter().flatten() {
                if Some(person) != self.case.reporter {
                    self.end_access(Principal::Person(person));
                }
            }
        }
        for assignment in kept.into_iter().filter(|a| a.left.is_none() && a.department.is_none()) {
            self.grant(Principal::Role { role: assignment.role, path: assignment.path }, "work");
        }
    }
}
