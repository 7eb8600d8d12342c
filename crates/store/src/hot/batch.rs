//! What a group of commands writes, gathered so that each table is written once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use yizhi_domain::case::{AccessChange, Case, Effect, Outcome};
use yizhi_domain::ids::{AttachmentId, RecordId, uuid_v7};
use yizhi_domain::matter::Matter;
use yizhi_domain::region::Level;

use crate::Error;
use crate::case_row::{assignment_cells, insert_cells, micros, search_tokens, update_cells};
use crate::rows::{self, Cell};
use crate::tags::Tags;

/// A grant that may be ended before the batch is written.
pub(crate) struct Grant {
    pub(crate) principal: String,
    pub(crate) case: Uuid,
    pub(crate) since: i64,
    pub(crate) until: Option<i64>,
    pub(crate) why: &'static str,
    /// When the case was recorded; known when the group is decided.
    pub(crate) recorded: Option<i64>,
}

/// Rows of one transaction.
#[derive(Default)]
pub(crate) struct Batch {
    /// What tags its records.
    pub(crate) tags: Tags,
    /// New cases by id, as they were received.
    pub(crate) new: BTreeMap<Uuid, Vec<Cell>>,
    /// Cases that were there and changed; their rows are made when the group is decided.
    pub(crate) changed: BTreeSet<Uuid>,
    /// The rows of changed cases in the order of their ids, the id last.
    pub(crate) updates: Vec<Vec<Cell>>,
    pub(crate) assignments: BTreeMap<(Uuid, u32), Vec<Cell>>,
    pub(crate) grants: Vec<Grant>,
    /// Principal, case, moment.
    pub(crate) ends: Vec<(String, Uuid, i64)>,
    pub(crate) records: Vec<Vec<Cell>>,
    /// Rows of the change feed without their numbers.
    pub(crate) changes: Vec<Vec<Cell>>,
    pub(crate) counters: BTreeMap<(String, String, String, String), i64>,
    pub(crate) keys: Vec<Vec<Cell>>,
    pub(crate) notices: Vec<Vec<Cell>>,
    pub(crate) jobs: Vec<Vec<Cell>>,
    pub(crate) search: Vec<(Uuid, String)>,
    /// Attachment, uploader, case.
    pub(crate) attached: Vec<(Uuid, Uuid, Uuid)>,
}

/// Random bytes for an id.
pub(crate) fn random10() -> [u8; 10] {
    let mut bytes = [0; 10];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

pub(crate) fn salt() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds everything that follows from one step and gives back the case as it is now. `before` is the case as it was, `None` on intake.
    pub(crate) fn add(
        &mut self,
        outcome: Outcome,
        before: Option<&Case>,
        matter: &Matter,
        contact: Option<Vec<u8>>,
        now: DateTime<Utc>,
    ) -> Result<Case, Error> {
        let Outcome { case, access, mut record, effects, .. } = outcome;
        if let Some(sealed) = &contact {
            record.fields.insert("contact".to_owned(), contact_digest(sealed).into());
        }
        self.count(&case, before);
        self.add_assignments(&case, before);
        for change in &access {
            self.add_access(change, now);
        }
        self.records.push(record_cells(record, now, &self.tags)?);
        self.add_change(&case, now);
        for effect in &effects {
            self.add_effect(effect, &case, now);
        }
        match before {
            None => {
                self.search.push((case.id.0, search_tokens(&case, &matter.name.zh)));
                self.new.insert(case.id.0, insert_cells(&case, matter, contact)?);
            }
            Some(_) => {
                self.changed.insert(case.id.0);
            }
        }
        Ok(case)
    }

    /// Makes the rows of the cases that changed, from how they stand now, and notes with each grant when its case was recorded.
    pub(crate) fn settle(&mut self, cases: &HashMap<Uuid, Case>) -> Result<(), Error> {
        let changed = self.changed.iter().filter_map(|id| cases.get(id));
        self.updates = changed.map(update_cells).collect::<Result<_, _>>()?;
        for grant in &mut self.grants {
            grant.recorded = cases.get(&grant.case).map(|case| micros(case.recorded_at));
        }
        Ok(())
    }

    /// Notes with a new case what its client asked.
    pub(crate) fn note_asked(&mut self, case: Uuid, asked: &[u8]) {
        let column = rows::CASES.columns.iter().position(|(name, _)| *name == "asked");
        let cell = self.new.get_mut(&case).zip(column).and_then(|(row, at)| row.get_mut(at));
        if let Some(cell) = cell {
            *cell = asked.to_vec().into();
        }
    }

    pub(crate) fn add_key(&mut self, principal: &str, key: &str, digest: &[u8], case: Uuid, now: DateTime<Utc>) {
        let row: Vec<Cell> =
            vec![principal.into(), key.into(), digest.to_vec().into(), case.into(), micros(now).into()];
        self.keys.push(row);
    }

    /// Binds what somebody uploaded to the case, which was checked; what is bound to it already stays as it is.
    pub(crate) fn add_attachments(&mut self, case: Uuid, attachments: &[AttachmentId], uploader: Uuid) {
        self.attached.extend(attachments.iter().map(|a| (a.0, uploader, case)));
    }

    fn count(&mut self, case: &Case, before: Option<&Case>) {
        if case.confidential {
            return;
        }
        let key = |case: &Case| {
            (
                case.path.at(Level::Village).to_string(),
                case.matter.clone(),
                case.department.clone().unwrap_or_default(),
                case.state.clone(),
            )
        };
        let after = key(case);
        if let Some(before) = before.map(key) {
            if before == after {
                return;
            }
            *self.counters.entry(before).or_default() -= 1;
        }
        *self.counters.entry(after).or_default() += 1;
    }

    fn add_assignments(&mut self, case: &Case, before: Option<&Case>) {
        let known = before.map_or(&[][..], |b| &b.assignments);
        for assignment in case.assignments.iter().filter(|a| !known.contains(a)) {
            self.assignments.insert((case.id.0, assignment.n), assignment_cells(case, assignment));
        }
    }

    fn add_access(&mut self, change: &AccessChange, now: DateTime<Utc>) {
        let now = micros(now);
        match change {
            AccessChange::Grant { case, principal, why } => {
                let principal = principal.to_string();
                self.grants.push(Grant { principal, case: case.0, since: now, until: None, why, recorded: None });
            }
            AccessChange::End { case, principal } => {
                let principal = principal.to_string();
                let open = self.grants.iter_mut().filter(|g| g.case == case.0 && g.until.is_none());
                open.filter(|g| g.principal == principal).for_each(|g| g.until = Some(now));
                self.ends.push((principal, case.0, now));
            }
        }
    }

    fn add_change(&mut self, case: &Case, now: DateTime<Utc>) {
        self.changes.push(vec![
            "case".into(),
            case.id.0.into(),
            case.version.into(),
            case.state.clone().into(),
            case.path.as_str().into(),
            case.department.clone().into(),
            case.confidential.into(),
            micros(now).into(),
        ]);
    }

    fn add_effect(&mut self, effect: &Effect, case: &Case, now: DateTime<Utc>) {
        let id = uuid_v7(now, random10());
        match effect {
            Effect::Notify { to, text } => self.notices.push(vec![
                id.into(),
                to.to_string().into(),
                case.id.0.into(),
                text.zh.clone().into(),
                text.en.clone().into(),
                micros(now).into(),
            ]),
            Effect::Job { kind, payload } => self.jobs.push(vec![
                id.into(),
                (*kind).into(),
                payload.to_string().into(),
                "queued".into(),
                micros(now).into(),
                0u32.into(),
                0i64.into(),
                0i64.into(),
                micros(now).into(),
            ]),
        }
    }
}

/// What the record of a report has of the reporter's name and phone: the digest of their ciphertext, so that nobody exchanges it unnoticed.
pub(crate) fn contact_digest(sealed: &[u8]) -> String {
    Sha256::digest(sealed).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A record sealed with fresh salts, as a row without its number.
fn record_cells(record: yizhi_domain::record::Record, now: DateTime<Utc>, tags: &Tags) -> Result<Vec<Cell>, Error> {
    let (kind, subject) = (record.kind.clone(), record.subject);
    let sealed = record.seal(&mut salt)?;
    let id = RecordId::at(now, random10()).0;
    Ok(vec![
        id.into(),
        kind.into(),
        subject.into(),
        micros(now).into(),
        sealed.canonical.into(),
        sealed.salts.into(),
        sealed.commitment.to_vec().into(),
        tags.tag(id, &sealed.commitment).into(),
    ])
}

/// Grants as rows.
pub(crate) fn grant_cells(batch: &Batch) -> Vec<Vec<Cell>> {
    let row = |g: &Grant| {
        vec![g.principal.clone().into(), g.case.into(), g.since.into(), g.until.into(), g.why.into(), g.recorded.into()]
    };
    batch.grants.iter().map(row).collect()
}

/// Counter changes as rows, in the order of their keys, so that two writers never wait for each other in a circle.
pub(crate) fn counter_cells(batch: &Batch) -> Vec<Vec<Cell>> {
    let counters = batch.counters.iter().filter(|(_, n)| **n != 0);
    counters
        .map(|((village, matter, department, state), n)| {
            vec![
                village.clone().into(),
                matter.clone().into(),
                department.clone().into(),
                state.clone().into(),
                (*n).into(),
            ]
        })
        .collect()
}

/// Rows with their numbers, from `first` on.
pub(crate) fn numbered(rows: &[Vec<Cell>], first: i64) -> Vec<Vec<Cell>> {
    let numbered = rows.iter().zip(first..);
    numbered.map(|(cells, seq)| std::iter::once(seq.into()).chain(cells.iter().cloned()).collect()).collect()
}
