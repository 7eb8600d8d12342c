//! The walk over all records in the order of their numbers: each by itself, against its neighbour, against the log, and as a step of its case.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta};
use uuid::Uuid;
use yizhi_domain::look::LookKind;
use yizhi_domain::record::{self, RecordError};
use yizhi_ledger::merkle::leaf_hash;
use yizhi_store::{Db, RecordChunk, RecordView, ReplayHead};

use super::cases::{Cases, Taken};
use super::cores::on_all_cores;
use super::erased::Erased;
use super::files::{Entries, Entry};
use super::finding::{Column, Finding, Findings, Place};
use super::looks::Looks;
use super::said::Said;
use super::tables::Tables;
use super::uploads::Uploads;

/// How far the time of a record may lie before that of its neighbour: what waits is written later, and servers' clocks differ.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(10);
/// Records that differ from the log and are looked for in it elsewhere; more are named without that.
const LOOKED_FOR: usize = 100_000;

/// How much was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub records: u64,
    /// Records that are the log's entry at their place.
    pub logged: u64,
    /// Records that wait for the log.
    pub pending: u64,
    /// Records whose tag is right.
    pub tagged: u64,
    pub cases: u64,
    /// Files whose bytes were compared, and how many bytes they have.
    pub files: u64,
    pub bytes: u64,
    /// Files that are older than content hashes.
    pub older: u64,
}

/// What the walk is about.
pub(super) struct Walk {
    pub(super) db: Db,
    pub(super) head: ReplayHead,
    pub(super) entries: Entries,
    pub(super) rows: Rows,
    pub(super) findings: Findings,
    /// Simulated cases were told with the clock set back: only the steps of one case follow each other in time.
    pub(super) simulated: bool,
    pub(super) counts: Counts,
    trail: Trail,
}

/// Rows that say the same as records.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) cases: Cases,
    pub(super) looks: Looks,
    pub(super) erased: Erased,
    pub(super) tables: Tables,
    pub(super) uploads: Uploads,
}

/// What is remembered from one record to the next.
#[derive(Default)]
struct Trail {
    /// The number that comes next.
    expected: i64,
    /// When the last record was recorded, in microseconds.
    at: Option<i64>,
    /// It was said that the border of untagged records was moved.
    moved: bool,
    /// Integrated records that are not the log's entry at their place.
    odd: Vec<(Place, Entry)>,
}

/// What a record says and whether it holds, seen alone: nearly all the work, and any number of records at once.
struct Alone<'r> {
    said: Option<Said<'r>>,
    /// Whether text and salts lead to the commitment.
    checked: Result<(), RecordError>,
    /// Whether its tag is right; `None` where the key is not known. One older than tags needs none.
    tag: Option<bool>,
}

impl<'r> Alone<'r> {
    fn of(record: &RecordView<'r>, db: &Db) -> Self {
        let checked = record::verify(record.canonical, record.salts, &commitment_of(record));
        Self { said: Said::read(record.canonical, record.kind), checked, tag: db.tag_fits(record) }
    }
}

fn commitment_of(record: &RecordView<'_>) -> Entry {
    record.commitment.try_into().unwrap_or_default()
}

impl Walk {
    pub(super) fn new(db: Db, head: ReplayHead, entries: Entries, rows: Rows, simulated: bool) -> Self {
        let counts = Counts { cases: rows.cases.len() as u64, ..Counts::default() };
        Self { db, head, entries, rows, findings: Findings::default(), simulated, counts, trail: Trail::default() }
    }

    /// Looks at the next records.
    pub(super) fn take(&mut self, chunk: &RecordChunk) {
        let records: Vec<RecordView<'_>> = chunk.iter().collect();
        let db = self.db.clone();
        on_all_cores(
            records.len(),
            |nth| Alone::of(&records[nth], &db),
            |nth, alone| {
                self.counts.records += 1;
                self.record(&records[nth], alone);
            },
        );
    }

    /// Records without a number, which the log cannot know.
    pub(super) fn take_unnumbered(&mut self, chunk: &RecordChunk) {
        for record in chunk.iter() {
            self.counts.records += 1;
            let at = self.place(&record, None);
            self.findings.add(Finding::Unnumbered { at });
        }
    }

    fn record(&mut self, record: &RecordView<'_>, alone: Alone<'_>) {
        let Alone { said, checked, tag } = alone;
        let seq = record.seq.unwrap_or(-1);
        let number = said.as_ref().and_then(|said| said.step).and_then(|step| step.number);
        if !self.number(record, seq, number) {
            return;
        }
        let entry = u64::try_from(seq).ok().and_then(|place| self.entries.at(place, &mut self.findings));
        let sound = self.bytes(record, checked, entry, number);
        if sound {
            self.tag(record, tag, seq, number);
        }
        match said {
            Some(said) => self.said(record, &said, seq),
            None if sound => {
                let at = self.place(record, number);
                self.findings.add(Finding::Text { at, fault: RecordError::Malformed });
            }
            None => {}
        }
    }

    /// Records older than tags have none; one that has says that the border was moved to hide others.
    fn tag(&mut self, record: &RecordView<'_>, tag: Option<bool>, seq: i64, number: Option<&str>) {
        if seq < self.head.untagged {
            if record.tag.is_some() && !std::mem::replace(&mut self.trail.moved, true) {
                let said = format!("untagged {}", self.head.untagged);
                self.findings.add(Finding::Ledger { said, found: format!("record {seq} has a tag") });
            }
            return;
        }
        match tag {
            Some(true) => self.counts.tagged += 1,
            Some(false) => self.findings.add(Finding::Tag { at: self.place(record, number) }),
            None => {}
        }
    }

    /// Whether the record has a number of its own.
    fn number(&mut self, record: &RecordView<'_>, seq: i64, number: Option<&str>) -> bool {
        let expected = self.trail.expected;
        if seq < 0 {
            self.findings.add(Finding::Unnumbered { at: self.place(record, number) });
            return false;
        }
        if seq < expected {
            self.findings.add(Finding::Repeated { at: self.place(record, number) });
            return false;
        }
        if seq > expected {
            self.findings.add(Finding::Gap { from: expected, until: seq });
        }
        self.trail.expected = seq.saturating_add(1);
        if self.trail.expected > i64::try_from(self.entries.size()).unwrap_or(i64::MAX) {
            self.counts.pending += 1;
        }
        true
    }

    /// Text, salts and commitment by themselves and against the log's entry. Whether the commitment is that of the text.
    fn bytes(
        &mut self,
        record: &RecordView<'_>,
        checked: Result<(), RecordError>,
        entry: Option<Entry>,
        number: Option<&str>,
    ) -> bool {
        let commitment = commitment_of(record);
        let differs = entry.is_some_and(|entry| entry != commitment);
        self.counts.logged += u64::from(entry.is_some() && !differs);
        if checked.is_ok() && !differs {
            return true;
        }
        let at = self.place(record, number);
        let meant = entry.is_some_and(|entry| record::verify(record.canonical, record.salts, &entry).is_ok());
        match checked {
            Err(_) if meant => self.findings.add(Finding::Commitment { at }),
            Err(fault) => {
                self.findings.add(Finding::Text { at: at.clone(), fault });
                if differs {
                    self.odd(at, commitment);
                }
            }
            Ok(()) => {
                self.odd(at, commitment);
                return true;
            }
        }
        false
    }

    fn odd(&mut self, at: Place, commitment: Entry) {
        if self.trail.odd.len() < LOOKED_FOR {
            self.trail.odd.push((at, commitment));
        } else {
            self.findings.add(Finding::Unlogged { at });
        }
    }

    /// What the text says, against columns, neighbours and the case.
    fn said(&mut self, record: &RecordView<'_>, said: &Said<'_>, seq: i64) {
        let number = said.step.and_then(|step| step.number);
        let place = || Place { seq: record.seq, id: record.id, case: number.map(str::to_owned) };
        let mut differs = |column, stored: String, told: String| {
            self.findings.add(Finding::Column { at: place(), column, stored, told });
        };
        if said.kind != record.kind {
            differs(Column::Kind, record.kind.to_owned(), said.kind.to_owned());
        }
        if said.subject != record.subject {
            differs(Column::Subject, record.subject.to_string(), said.subject.to_string());
        }
        let told = said.step.and_then(|step| step.micros());
        let told = told.or_else(|| said.look.as_ref().map(|look| look.at.timestamp_micros()));
        let told = told.unwrap_or_else(|| moment_of(record.id, record.recorded_at));
        if told != record.recorded_at {
            differs(Column::RecordedAt, shown(record.recorded_at), shown(told));
        }
        let before = if self.simulated { self.rows.cases.last_at(&said.subject) } else { self.trail.at };
        if let Some(before) = before {
            let back = TimeDelta::microseconds(before.saturating_sub(record.recorded_at));
            if back > TOLERANCE {
                let before = DateTime::from_timestamp_micros(before).unwrap_or_default();
                self.findings.add(Finding::Time { at: place(), before, back });
            }
        }
        self.trail.at = Some(record.recorded_at);
        self.rows.erased.miss(seq, &said.erased, &place);
        if let Some(step) = &said.step {
            let unordered = seq < self.head.untagged;
            let (case, at) = (said.subject, record.recorded_at);
            let taken = Taken { case, at, unordered, place: &place, erased: &said.erased };
            self.rows.cases.step(step, &taken, &mut self.findings);
            self.rows.uploads.shown(case, step.actor, &step.attachments());
            if said.erased.iter().any(|field| field == "details") {
                self.rows.uploads.blind(case);
            }
        }
        if let Some(stated) = &said.stated {
            self.rows.cases.stated(&said.subject, stated, place, &mut self.findings);
        }
        if let Some(proof) = &said.proof {
            self.rows.tables.take(proof);
            if let Some(upload) = &proof.upload {
                let at = record.recorded_at;
                self.rows.uploads.uploaded(said.subject, at, upload, &said.erased, &mut self.findings);
            }
        }
        match &said.look {
            Some(look) => self.rows.looks.look(&self.place(record, None), look, &mut self.findings),
            None if LookKind::of_record(said.kind).is_some() => self.rows.looks.unreadable(seq),
            None => {}
        }
        if let Some(erasing) = &said.erasing {
            let Rows { cases, erased, .. } = &mut self.rows;
            let at = Place { case: cases.number(&said.subject).map(str::to_owned), ..place() };
            erased.account(erasing, said.subject, at, cases, &mut self.findings);
        }
    }

    /// What can be said when all records were seen.
    pub(super) fn end(mut self) -> (Findings, Counts) {
        let (found, said) = (self.trail.expected, self.head.records);
        let logged = i64::try_from(self.entries.size()).unwrap_or(i64::MAX);
        let until = said.max(logged);
        if found < until {
            self.findings.add(Finding::Gap { from: found, until });
        }
        if found != said {
            self.findings.add(Finding::Head { said, found });
        }
        self.explain();
        self.rows.erased.settle(&mut self.findings);
        self.rows.cases.settle(&mut self.findings);
        self.rows.looks.settle(&mut self.findings);
        self.rows.tables.settle(&mut self.findings);
        self.rows.uploads.settle(&mut self.findings);
        (self.findings, self.counts)
    }

    /// Why records are not the log's entry at their place: the log has them elsewhere, nowhere, or only its bundle was changed.
    fn explain(&mut self) {
        let odd = std::mem::take(&mut self.trail.odd);
        if odd.is_empty() {
            return;
        }
        let mut logged: HashMap<Entry, Option<u64>> = odd.iter().map(|(_, commitment)| (*commitment, None)).collect();
        // What cannot be read was said on the walk.
        let mut unread = Findings::default();
        for place in 0..self.entries.size() {
            if let Some(entry) = self.entries.at(place, &mut unread)
                && let Some(at) = logged.get_mut(&entry)
            {
                *at = Some(place);
            }
        }
        for (at, commitment) in odd {
            let place = at.seq.and_then(|seq| u64::try_from(seq).ok()).unwrap_or_default();
            let finding = if self.entries.leaf(place) == Some(leaf_hash(&commitment).0) {
                Finding::Bundle { entry: place, file: self.entries.file(place) }
            } else if let Some(Some(logged)) = logged.get(&commitment) {
                Finding::Order { at, logged: *logged }
            } else {
                Finding::Unlogged { at }
            };
            self.findings.add(finding);
        }
    }

    fn place(&self, record: &RecordView<'_>, number: Option<&str>) -> Place {
        let case = number.or_else(|| self.rows.cases.number(&record.subject)).map(str::to_owned);
        Place { seq: record.seq, id: record.id, case }
    }
}

/// When a record was made, from its id (UUIDv7, milliseconds); the stored time where both agree that far.
fn moment_of(id: Uuid, stored: i64) -> i64 {
    let millis = (id.as_u128() >> 80) as i64;
    if stored.div_euclid(1_000) == millis { stored } else { millis * 1_000 }
}

fn shown(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map_or_else(|| micros.to_string(), |at| at.to_rfc3339())
}
