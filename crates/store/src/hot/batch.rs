//! What a group of commands writes, gathered so that each table is written once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, SecondsFormat, Utc};
use rand::RngCore;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use yizhi_domain::case::{AccessChange, Case, Effect, Outcome};
use yizhi_domain::ids::{AttachmentId, CaseId, RecordId, uuid_v7};
use yizhi_domain::matter::Matter;
use yizhi_domain::record::Gone;
use yizhi_domain::region::Level;

use crate::Error;
use crate::case_row::{assignment_cells, insert_cells, micros, search_tokens, update_cells};
use crate::rows::Cell;
use crate::state::{CaseRows, Stated, hex, position};
use crate::tags::Tags;

/// A grant that may be ended before the batch is written.
pub(crate) struct Grant {
    pub(crate) principal: String,
    pub(crate) case: Uuid,
    pub(crate) since: i64,
    pub(crate) until: Option<i64>,
    pub(crate) why: &'static str,
    /// When the case was recorded; known when the group is decided.
    pub(crate) recorded: Cell,
}

/// Rows of one transaction.
#[derive(Default)]
pub(crate) struct Batch {
    /// What tags its records.
    pub(crate) tags: Tags,
    /// New cases; they are written as they stand when the group is decided.
    pub(crate) new: BTreeSet<Uuid>,
    /// Cases that changed, also new ones.
    pub(crate) changed: BTreeSet<Uuid>,
    pub(crate) assignments: BTreeMap<(Uuid, i64), Vec<Cell>>,
    pub(crate) grants: Vec<Grant>,
    /// Principal, case, moment; the beginning of the one grant meant, or all.
    pub(crate) ends: Vec<(String, Uuid, i64, Option<i64>)>,
    /// Their numbers are given when they are written.
    pub(crate) records: Vec<Vec<Cell>>,
    /// Rows of the change feed; their numbers are given when they are written.
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

/// What only the first step of a case brings.
#[derive(Clone, Default)]
pub(crate) struct Intake<'a> {
    /// Name and phone of who reported, sealed.
    pub(crate) contact: Option<Vec<u8>>,
    /// Digest of the request.
    pub(crate) asked: Option<&'a [u8]>,
}

/// A change for one principal each.
fn each(change: AccessChange, rows: &HashMap<Uuid, CaseRows>) -> Vec<AccessChange> {
    match change {
        AccessChange::EndAll { case, why } => rows.get(&case.0).map(|rows| rows.open_for(why)).unwrap_or_default(),
        one => vec![one],
    }
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds everything that follows from one step and gives back the case as it is now. `before` is the case as it was, `None` on intake; `rows` are those
    /// of all cases that the group has to do with, and change with the step.
    pub(crate) fn add(
        &mut self,
        outcome: Outcome,
        before: Option<&Case>,
        matter: &Matter,
        intake: Intake<'_>,
        now: DateTime<Utc>,
        rows: &mut HashMap<Uuid, CaseRows>,
    ) -> Result<Case, Error> {
        let Outcome { case, access, mut record, effects, .. } = outcome;
        let Intake { contact, asked } = intake;
        let access: Vec<AccessChange> = access.into_iter().flat_map(|change| each(change, rows)).collect();
        if let Some(sealed) = &contact {
            record.fields.insert("contact".to_owned(), contact_digest(sealed).into());
        }
        self.count(&case, before);
        let work = changed_assignments(&case, before);
        let cells = match before {
            None => insert_cells(&case, matter, contact, asked)?,
            Some(_) => update_cells(&case)?,
        };
        let own = rows.entry(case.id.0).or_default();
        let stated = own.restate(case.id.0, Gone::Dropped, &self.tags, |own| {
            match before {
                None => own.case = cells,
                Some(_) => own.put_changes(cells),
            }
            work.iter().cloned().for_each(|cells| own.put_work(cells));
            access.iter().filter(|c| c.case() == case.id).for_each(|c| own.change_access(c, micros(now)));
        });
        record.fields.insert("procedure".to_owned(), case.procedure.clone().into());
        record.fields.insert("release".to_owned(), case.release.clone().into());
        stated.say(&mut record.fields);
        for cells in work {
            let n = cells.get(1).and_then(Cell::int).unwrap_or_default();
            self.assignments.insert((case.id.0, n), cells);
        }
        for change in &access {
            self.add_access(change, now, rows);
        }
        self.records.push(record_cells(record, now, &self.tags)?);
        self.add_others(&case, &access, now, rows)?;
        self.add_change(&case, before, now);
        for effect in &effects {
            self.add_effect(effect, &case, now);
        }
        match before {
            None => {
                self.search.push((case.id.0, search_tokens(&case, &matter.name.zh)));
                self.new.insert(case.id.0);
            }
            Some(_) => {
                self.changed.insert(case.id.0);
            }
        }
        Ok(case)
    }

    /// Each other case in which a step changes who takes part has a record of its own that commits to how it stands then.
    fn add_others(
        &mut self,
        source: &Case,
        access: &[AccessChange],
        now: DateTime<Utc>,
        rows: &mut HashMap<Uuid, CaseRows>,
    ) -> Result<(), Error> {
        let others: BTreeSet<CaseId> = access.iter().map(AccessChange::case).filter(|id| *id != source.id).collect();
        for id in others {
            let other = rows.get_mut(&id.0).filter(|rows| !rows.case.is_empty());
            let other = other.ok_or_else(|| Error::Corrupt(format!("case {} changes unread", id.0)))?;
            let stated = other.restate(id.0, Gone::Dropped, &self.tags, |other| {
                access.iter().filter(|c| c.case() == id).for_each(|c| other.change_access(c, micros(now)));
            });
            let number = other.case.get(position("number")).and_then(Cell::text).unwrap_or_default();
            let record =
                change_record(id, number, &json!({ "case": source.id, "number": source.number }), &stated, now);
            self.records.push(record_cells(record, now, &self.tags)?);
            self.changed.insert(id.0);
        }
        Ok(())
    }

    /// Cases that were there and changed, in the order of their ids.
    pub(crate) fn updates<'r>(&self, rows: &'r HashMap<Uuid, CaseRows>) -> Vec<&'r CaseRows> {
        self.changed.difference(&self.new).filter_map(|id| rows.get(id)).collect()
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
        let key = |case: &Case| {
            (
                case.path.at(Level::Village).to_string(),
                case.matter.clone(),
                case.department.clone().unwrap_or_default(),
                case.state.clone(),
            )
        };
        // Whoever sees a village's counters would learn of a confidential case from them.
        let before = before.filter(|case| !case.confidential).map(key);
        let after = Some(case).filter(|case| !case.confidential).map(key);
        if before == after {
            return;
        }
        for (key, change) in [(before, -1), (after, 1)] {
            if let Some(key) = key {
                *self.counters.entry(key).or_default() += change;
            }
        }
    }

    fn add_access(&mut self, change: &AccessChange, now: DateTime<Utc>, rows: &HashMap<Uuid, CaseRows>) {
        let now = micros(now);
        match change {
            AccessChange::Grant { case, principal, why } => {
                let principal = principal.to_string();
                let row = rows.get(&case.0).and_then(|rows| rows.case.get(position("recorded_at")));
                let recorded = row.cloned().unwrap_or(Cell::Null);
                self.grants.push(Grant { principal, case: case.0, since: now, until: None, why, recorded });
            }
            AccessChange::End { case, principal, since } => {
                let (principal, since) = (principal.to_string(), since.map(micros));
                let open = self.grants.iter_mut().filter(|g| g.case == case.0 && g.until.is_none());
                let meant = open.filter(|g| g.principal == principal && since.is_none_or(|since| g.since == since));
                meant.for_each(|g| g.until = Some(now));
                self.ends.push((principal, case.0, now, since));
            }
            // Taken apart before.
            AccessChange::EndAll { .. } => {}
        }
    }

    /// When confidentiality changes, those who saw the case before are told too, or it would stay on their screens.
    fn add_change(&mut self, case: &Case, before: Option<&Case>, now: DateTime<Utc>) {
        let confidential = case.confidential && before.is_none_or(|before| before.confidential);
        self.changes.push(vec![
            Cell::Null,
            "case".into(),
            case.id.0.into(),
            case.version.into(),
            case.state.clone().into(),
            case.path.as_str().into(),
            case.department.clone().into(),
            confidential.into(),
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

/// Rows of the assignments that a step opened or changed.
fn changed_assignments(case: &Case, before: Option<&Case>) -> Vec<Vec<Cell>> {
    let known = before.map_or(&[][..], |b| &b.assignments);
    let changed = case.assignments.iter().filter(|a| !known.contains(a));
    changed.map(|assignment| assignment_cells(case, assignment)).collect()
}

/// The record that a case was changed by something that happened to another, or to a field of it.
pub(crate) fn change_record(
    case: CaseId,
    number: &str,
    cause: &Value,
    stated: &Stated,
    now: DateTime<Utc>,
) -> yizhi_domain::record::Record {
    let mut fields = Map::new();
    fields.insert("at".to_owned(), now.to_rfc3339_opts(SecondsFormat::Micros, true).into());
    fields.insert("number".to_owned(), number.into());
    fields.insert("by".to_owned(), cause.clone());
    stated.say(&mut fields);
    yizhi_domain::record::Record::new("case.change", case.0, fields)
}

/// What the record of a report has of the reporter's name and phone: the digest of their ciphertext, so that nobody exchanges it unnoticed.
pub(crate) fn contact_digest(sealed: &[u8]) -> String {
    hex(Sha256::digest(sealed))
}

/// A record sealed with fresh salts, as a row whose number is to be given.
fn record_cells(record: yizhi_domain::record::Record, now: DateTime<Utc>, tags: &Tags) -> Result<Vec<Cell>, Error> {
    let (kind, subject) = (record.kind.clone(), record.subject);
    let sealed = record.seal(&mut salt)?;
    let id = RecordId::at(now, random10()).0;
    Ok(vec![
        Cell::Null,
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
        vec![
            g.principal.clone().into(),
            g.case.into(),
            g.since.into(),
            g.until.into(),
            g.why.into(),
            g.recorded.clone(),
        ]
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

/// Gives rows their numbers, from `first` on, in the place that is kept for them.
pub(crate) fn number(rows: &mut [Vec<Cell>], first: i64) {
    for (cells, seq) in rows.iter_mut().zip(first..) {
        if let Some(place) = cells.first_mut() {
            *place = seq.into();
        }
    }
}
