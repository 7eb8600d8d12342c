//! Values that are gone: each was taken out by an erasure that two people decided, and none has come back.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use super::cases::Cases;
use super::finding::{Finding, Findings, Place};
use super::said::{Done, Erasing};

/// What is missing, until an erasure accounts for it.
#[derive(Debug, Default)]
pub(super) struct Erased {
    /// Fields without a value, by the place of their record.
    fields: BTreeMap<(i64, String), Place>,
    /// Attachments that are marked as erased.
    files: HashSet<Uuid>,
    /// Who proposed which erasure.
    proposed: HashMap<Uuid, Uuid>,
}

impl Erased {
    pub(super) fn new(files: impl IntoIterator<Item = Uuid>) -> Self {
        Self { files: files.into_iter().collect(), ..Self::default() }
    }

    /// Takes note of fields of a record that have no value.
    pub(super) fn miss(&mut self, seq: i64, fields: &[String], place: &dyn Fn() -> Place) {
        self.fields.extend(fields.iter().map(|field| ((seq, field.clone()), place())));
    }

    /// An erasure, proposed or done. It comes later than everything it took out.
    pub(super) fn account(
        &mut self,
        erasing: &Erasing,
        case: Uuid,
        at: Place,
        cases: &mut Cases,
        findings: &mut Findings,
    ) {
        match erasing {
            Erasing::Proposed { erasure, by } => {
                self.proposed.insert(*erasure, *by);
            }
            Erasing::Done(done) => {
                let proposer = self.proposed.remove(&done.erasure);
                if proposer.is_none_or(|by| by == done.confirmed_by || by != done.proposed_by) {
                    findings.add(Finding::Alone { at });
                }
                cases.account(&case, &done.fields);
                self.strike(done, case, cases, findings);
            }
        }
    }

    fn strike(&mut self, done: &Done, case: Uuid, cases: &mut Cases, findings: &mut Findings) {
        let number = cases.number(&case).map(str::to_owned);
        for record in &done.records {
            for field in &record.fields {
                if self.fields.remove(&(record.seq, field.clone())).is_none() {
                    findings.add(Finding::Returned { seq: record.seq, case: number.clone(), field: field.clone() });
                }
            }
        }
        for column in done.row.iter().filter(|column| cases.has(&case, column)).cloned().collect::<Vec<_>>() {
            cases.name_part(&case, &column);
            findings.add(Finding::Back { number: number.clone().unwrap_or_default(), column });
        }
        for file in done.attachments.iter().filter(|file| !self.files.remove(file)) {
            findings.add(Finding::FileBack { id: *file });
        }
    }

    /// What no erasure accounts for.
    pub(super) fn settle(self, findings: &mut Findings) {
        for ((_, field), at) in self.fields {
            findings.add(Finding::Erased { at, field });
        }
        for id in self.files {
            findings.add(Finding::FileErased { id });
        }
    }
}
