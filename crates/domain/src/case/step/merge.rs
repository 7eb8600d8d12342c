//! Merging a case into another, and taking that back: what was reported twice is handled once, and a mistake costs nobody anything.

use chrono::TimeDelta;

use crate::case::{AccessChange, MERGED, Merged, Refusal};
use crate::procedure::Audience;
use crate::slice::Principal;
use crate::text::Text;

use super::Step;

impl Step<'_, '_> {
    /// The reporter of a merged case takes part in the one it was merged into.
    pub(super) fn merge_into(&mut self) -> Result<(), Refusal> {
        let invalid = |zh: &str, en: &str| Refusal::Invalid { field: "data.into".to_owned(), hint: Text::new(zh, en) };
        if self.case.confidential {
            return Err(Refusal::Guard(Text::new(
                "保密案件不能并案：并入后对方案件的办理人会知道。确需并案，请先解除保密。",
                "A confidential case cannot be merged: those who handle the other would learn of it. Lift confidentiality first.",
            )));
        }
        let target = self.cx.merge_target.clone().ok_or_else(|| {
            invalid(
                "找不到要并入的案件，请从重复案件中选择。",
                "The case to merge into is not found; choose one of the duplicates.",
            )
        })?;
        if target.id == self.case.id {
            return Err(invalid("不能并入自己。", "A case cannot be merged into itself."));
        }
        if !target.open {
            return Err(invalid("要并入的案件已经办结，请选择在办案件。", "That case is closed; choose an open one."));
        }
        let joins = self.case.reporter.filter(|reporter| target.reporter != Some(*reporter));
        if let Some(reporter) = joins {
            let principal = Principal::Person(reporter);
            self.access.push(AccessChange::Grant { case: target.id, principal, why: MERGED });
        }
        self.case.body.before = Some(self.case.state.clone());
        self.case.body.merged = Some(Merged {
            at: self.cx.now,
            into: target.id,
            assignments: self.case.open_assignments().map(|a| a.n).collect(),
            clocks: self.case.body.clocks.iter().filter(|c| c.met_at.is_none()).map(|c| c.name.clone()).collect(),
            joined: joins.is_some(),
        });
        self.case.duplicate_of = Some(target.id);
        self.notify(
            Audience::Reporter,
            &Text::new(
                format!("您反映的事已并入案件{}一起办理，您可以继续查看进展。", target.number),
                format!("Your report was joined with case {}; you can follow it there.", target.number),
            ),
        );
        Ok(())
    }

    /// The case goes on where it stood: who had work in it has it again, and no clock ran meanwhile.
    pub(super) fn unmerge(&mut self, within_days: u32) -> Result<(), Refusal> {
        let refused = |zh: String, en: String| Err(Refusal::Guard(Text::new(zh, en)));
        let Some(merged) = self.case.body.merged.take() else {
            return refused(
                "这个案件并案时没有留下恢复所需的信息，不能撤销并案，请重新上报。".to_owned(),
                "What this case needs to go on was not kept when it was merged; please report it again.".to_owned(),
            );
        };
        let (now, calendar) = (self.cx.now, self.cx.calendar);
        if now > merged.at + TimeDelta::days(i64::from(within_days)) {
            return refused(
                format!("并案已超过{within_days}天，不能撤销，请重新上报。"),
                format!("The merge is more than {within_days} days old and stays; please report the case again."),
            );
        }
        for clock in self.case.body.clocks.iter_mut().filter(|c| merged.clocks.contains(&c.name)) {
            clock.undo_met(now, calendar);
        }
        self.case.closed_at = None;
        self.case.duplicate_of = None;
        let due = self.case.due_at();
        for assignment in self.case.assignments.iter_mut().filter(|a| merged.assignments.contains(&a.n)) {
            assignment.reopen(due);
        }
        if let Some(reporter) = self.case.reporter.filter(|_| merged.joined) {
            let principal = Principal::Person(reporter);
            self.access.push(AccessChange::End { case: merged.into, principal, since: Some(merged.at) });
        }
        Ok(())
    }
}
