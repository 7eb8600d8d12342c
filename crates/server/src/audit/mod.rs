//! `yizhi ledger verify`: replays the database against the log, and names everything that does not fit.
//!
//! | module | what it compares |
//! |---|---|
//! | `finding` | nothing: what can be wrong, in words |
//! | `said` | nothing: what a record's text says |
//! | `files` | nothing: the log's files |
//! | `log` | checkpoint, keys and files with each other |
//! | `walk` | records with themselves, their neighbours, the log |
//! | `cases` | the rows of cases with their steps |
//! | `erased` | values that are gone with the erasures that took them out |
//! | `facts` | the state of a case with what its last record commits to |
//! | `looks` | the rows that find looks with the records of those looks |
//! | `tables` | rows of people, posts and whatever else is only what records say |
//! | `counters` | counters of the overview with the cases that they count |
//! | `uploads` | attachments with their uploads and the steps that show them |
//! | `contents` | the bytes of files with the digests of their rows |
//! | `cores` | nothing: work on many things at once |
//! | `rows` | nothing: what can be wrong with such rows, in words |
//!
//! Reading and checking run side by side: while one chunk of records is checked on all cores, the next is read. Cases are held in memory, about
//! 250 bytes each, and the rows of looks, about as many; records are not.

mod cases;
mod contents;
mod cores;
mod counters;
mod erased;
mod facts;
mod files;
mod finding;
mod log;
mod looks;
mod rows;
mod said;
mod tables;
mod uploads;
mod walk;

use tokio::task::{JoinError, spawn_blocking};
use yizhi_domain::catalog::Catalog;
use yizhi_ledger::receipt::{Evidence, PinnedKeys};
use yizhi_store::{Backend, Db, Replay};

pub use contents::Contents;
pub use files::LogFiles;
pub use finding::{Column, Fact, Finding, Findings, Place, RowFault};
pub use walk::{Counts, TOLERANCE};

use cases::Cases;
use cores::on_all_cores;
use counters::Counters;
use erased::Erased;
use files::Entries;
use log::Known;
use looks::Looks;
use tables::Tables;
use uploads::Uploads;
use walk::{Rows, Walk};

/// Records or cases read at once.
const CHUNK: u32 = 4_096;

/// What is checked against what.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Tags are checked if it was given their key.
    pub db: Db,
    pub files: LogFiles,
    /// Who must have signed; `None` where nothing can have been signed yet.
    pub keys: Option<PinnedKeys>,
    /// The installation is a demo, whose history was told with the clock set back.
    pub simulated: bool,
    /// Where the files of attachments lie, if their bytes are compared too.
    pub contents: Option<Contents>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    pub counts: Counts,
    /// The checkpoint that the pinned keys vouch for.
    pub published: Option<Evidence>,
    pub findings: Findings,
}

/// The check could not be carried through.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error("核对中断 the check was broken off: {0}")]
    Stopped(#[from] JoinError),
}

impl Audit {
    /// Checks everything; `progress` is told how many of how many records are done.
    ///
    /// # Errors
    /// When the database cannot answer. What is wrong with what it answers is in the report.
    pub async fn run(self, progress: &mut (dyn FnMut(u64, u64) + Send)) -> Result<Report, AuditError> {
        let mut findings = Findings::default();
        // First the checkpoint, then the database: a log that grows meanwhile has noted there what it published.
        let checkpoint = self.files.checkpoint();
        let mut replay = self.db.replay().await?;
        let mut head = replay.head().await?;
        if self.db.border_fits(&head) == Some(false) {
            let said = format!("untagged {}", head.untagged);
            findings.add(Finding::Ledger { said, found: "a border that the key of tags has not confirmed".to_owned() });
            head.untagged = 0;
        }
        for what in replay.redefined().await? {
            findings.add(Finding::Schema { what });
        }
        let known = Known::new(checkpoint, &head, self.keys.as_ref(), &mut findings);
        let (heads, files) = (known.heads.clone(), self.files.clone());
        let following = spawn_blocking(move || log::follow(&heads, &files));

        let mut reading = None;
        let uploads = uploads(&mut replay, self.contents.as_ref(), &mut reading).await?;
        let erased = Erased::new(uploads.erased());
        let cases = cases(&self.db, &mut replay, &mut findings).await?;
        for (table, case) in replay.orphans().await? {
            findings.add(Finding::Row(RowFault::Orphan { table, case }));
        }
        let looks = looks(&mut replay).await?;
        let tables = tables(&mut replay).await?;
        let total = u64::try_from(head.rows).unwrap_or(0);
        let entries = Entries::new(self.files, known.size());
        let rows = Rows { cases, looks, erased, tables, uploads };
        let mut walk = Walk::new(self.db, head, entries, rows, self.simulated);
        let mut chunk = replay.records(None, CHUNK).await?;
        while let Some(last) = chunk.last() {
            let checking = spawn_blocking(move || {
                walk.take(&chunk);
                walk
            });
            let next = replay.records(Some(last), CHUNK).await;
            walk = checking.await?;
            chunk = next?;
            progress(walk.counts.records, total);
        }
        walk.take_unnumbered(&replay.unnumbered(CHUNK).await?);
        let (walked, mut counts) = spawn_blocking(move || walk.end()).await?;
        if let Some(contents) = &self.contents {
            let wanted = reading.unwrap_or_default();
            findings.append(contents.check(wanted, &mut counts, progress).await?);
        }
        findings.append(walked);
        findings.append(following.await?);
        Ok(Report { counts, published: known.published, findings })
    }
}

/// All cases as they stand, with what their procedures make of versions.
async fn cases(db: &Db, replay: &mut Replay, findings: &mut Findings) -> Result<Cases, AuditError> {
    let mut cases = Cases::default();
    for (id, files) in db.releases().await? {
        cases.kept(&id);
        match Catalog::load(&files) {
            Ok(catalog) if catalog.id() == id => cases.know(&catalog),
            _ => findings.add(Finding::Release { id }),
        }
    }
    let mut told = (cases, Counters::default(), Findings::default());
    let mut chunk = replay.cases(None, CHUNK).await?;
    while let Some(last) = chunk.last() {
        let standing = spawn_blocking(move || {
            let (cases, counters, findings) = &mut told;
            on_all_cores(
                chunk.len(),
                |nth| chunk.stand(nth),
                |_, mut row| {
                    row.counted.take().into_iter().for_each(|counted| counters.count(counted));
                    cases.add(row, findings);
                },
            );
            told
        });
        let next = replay.cases(Some(last), CHUNK).await;
        told = standing.await?;
        chunk = next?;
    }
    let (cases, counters, found) = told;
    findings.append(found);
    // Virtual columns of a schema that is as it was made follow when they are read.
    if db.backend() == Backend::Postgres || !findings.is_empty() {
        displaced(replay, findings).await?;
    }
    compare(counters, replay, findings).await?;
    Ok(cases)
}

/// Cases of which the columns of regions do not follow from the path.
async fn displaced(replay: &mut Replay, findings: &mut Findings) -> Result<(), AuditError> {
    let mut after = None;
    loop {
        let (wrong, next) = replay.displaced(after, CHUNK).await?;
        wrong.into_iter().for_each(|(number, what)| findings.add(Finding::Row(RowFault::Facts { number, what })));
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

/// Counters, against the cases that were counted.
async fn compare(mut counters: Counters, replay: &mut Replay, findings: &mut Findings) -> Result<(), AuditError> {
    let mut after = None;
    loop {
        let (rows, next) = replay.counters(after, CHUNK).await?;
        rows.into_iter().for_each(|(of, said)| counters.compare(of, said, findings));
        if next.is_none() {
            counters.end(findings);
            return Ok(());
        }
        after = next;
    }
}

/// All rows of attachments; those whose bytes are to be compared are noted, too.
async fn uploads(
    replay: &mut Replay,
    contents: Option<&Contents>,
    reading: &mut Option<contents::Wanted>,
) -> Result<Uploads, AuditError> {
    let (mut uploads, mut after) = (Uploads::default(), None);
    loop {
        let rows = replay.files(after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(uploads) };
        after = Some(last.id);
        for row in rows {
            if contents.is_some() {
                reading.get_or_insert_default().add(&row);
            }
            uploads.add(row);
        }
    }
}

/// All rows of tables that records prove.
async fn tables(replay: &mut Replay) -> Result<Tables, AuditError> {
    let mut tables = Tables::new();
    for (table, _) in yizhi_store::proven_tables() {
        let mut after = None;
        loop {
            let (rows, next) = replay.table(table, after, CHUNK).await?;
            rows.into_iter().for_each(|row| tables.add(row));
            if next.is_none() {
                break;
            }
            after = next;
        }
    }
    Ok(tables)
}

/// All rows by which looks are found.
async fn looks(replay: &mut Replay) -> Result<Looks, AuditError> {
    let (mut looks, mut after) = (Looks::default(), None);
    loop {
        let rows = replay.looks(after, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(looks) };
        after = Some(last.seq);
        rows.into_iter().for_each(|row| looks.add(row));
    }
}
