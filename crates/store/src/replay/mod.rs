//! The whole trace as it stood at one moment, in chunks, for checking it against the ledger while the server goes on working.
//!
//! Rows are given as they lie there, without looking whether they make sense: that is what the reader is about to find out.

mod chunk;
mod postgres;
mod schema;
mod sqlite;
mod stand;

use std::collections::BTreeMap;

use uuid::Uuid;

pub use chunk::{RecordChunk, RecordView};

use crate::bulk::blocking;
use crate::hot::contact_digest;
use crate::proven::{PROVEN, TableRow};
use crate::rows::{COUNTER, Cell, Table};
use crate::state::CaseRows;
use crate::tags::Tags;
use crate::{Backend, Db, Error};

/// What the database says about its own records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayHead {
    /// Records below this number are integrated, says the ledger's row.
    pub size: i64,
    /// The root of that many.
    pub root: Option<Vec<u8>>,
    /// Records below this number are older than tags.
    pub untagged: i64,
    /// What binds that number to the key of tags.
    pub untagged_tag: Option<Vec<u8>>,
    /// How many numbers were given to records, says the head of the feed.
    pub records: i64,
    /// How many records there are.
    pub rows: i64,
    /// How many cases there are.
    pub cases: i64,
}

/// Where a case stands, says its row.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseStand {
    pub id: Uuid,
    pub number: String,
    pub state: String,
    pub version: i64,
    pub procedure: String,
    pub release: String,
    pub matter: String,
    pub path: String,
    /// How many entries its trace has; `None` where the body cannot be read.
    pub entries: Option<u32>,
    pub told: CaseTold,
    pub facts: CaseFacts,
    /// Under which counter it is counted; `None` for a confidential case.
    pub counted: Option<CountedAs>,
}

/// What a counter counts: cases of a village, matter, department (empty: none) and state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CountedAs {
    pub village: String,
    pub matter: String,
    pub department: String,
    pub state: String,
}

/// What a case's rows have of what its records commit to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFacts {
    /// Whether there is anything where the leaves are kept.
    pub kept: bool,
    /// The digest that the leaves lead to; `None` where there are none that can be read.
    pub digest: Option<[u8; 32]>,
    /// Whether this installation made the leaves, or does not know its key.
    pub own: bool,
    /// Leaves whose values are not those of the rows; columns instead, where they do not follow from what they are made from.
    pub differs: Vec<&'static str>,
}

/// Many cases as they lie in the database.
#[derive(Debug)]
pub struct CaseChunk {
    rows: Vec<CaseRows>,
    tags: Tags,
}

/// What the row of an attachment says.
#[derive(Clone, Debug, PartialEq)]
pub struct FileStand {
    pub id: Uuid,
    pub case: Option<Uuid>,
    pub uploader: Option<Uuid>,
    /// Microseconds since 1970.
    pub created_at: Option<i64>,
    pub erased: bool,
    pub digest: Option<[u8; 32]>,
    pub thumbnail_digest: Option<[u8; 32]>,
    pub thumbnail: bool,
    /// Under which name the bytes lie, if not under the id.
    pub file: Option<Uuid>,
    /// By the names that the record of its upload has for them, as canonical texts.
    pub fields: [(&'static str, String); 9],
}

/// Where reading a table has got to.
#[derive(Clone, Debug)]
pub struct TableKey(Vec<Cell>);

/// What the row of a case has of what the reporter told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseTold {
    pub title: String,
    pub description: String,
    /// Longitude, latitude.
    pub location: Option<(f64, f64)>,
    /// The digest of name and phone as they are sealed, in hexadecimal digits.
    pub contact: Option<String>,
    /// Whether it names an account.
    pub reporter: bool,
    /// Fields that it says were erased.
    pub erased: Vec<String>,
}

/// Where a look is to be found, says its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookStand {
    pub seq: i64,
    /// Microseconds since 1970.
    pub at: i64,
    pub kind: String,
    pub person: Uuid,
    pub case: Option<Uuid>,
    /// Its region as province, city and county.
    pub region: [String; 3],
}

/// A view of the database that does not move.
pub struct Replay(View, Tags);

enum View {
    Sqlite(sqlite::View),
    Postgres(postgres::View),
}

impl Db {
    /// Takes a view of everything committed by now. It keeps a connection until it is dropped.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn replay(&self) -> Result<Replay, Error> {
        let view = match self.backend() {
            Backend::Sqlite => View::Sqlite(sqlite::View::open(self).await?),
            Backend::Postgres => View::Postgres(postgres::View::open(self).await?),
        };
        Ok(Replay(view, self.tags().clone()))
    }

    /// Whether a record's tag is that of its id and commitment; `None` where this process does not know the key.
    pub fn tag_fits(&self, record: &RecordView<'_>) -> Option<bool> {
        let commitment = record.commitment.try_into().unwrap_or(&[0; 32]);
        let tag = self.tags().tag(record.id, commitment)?;
        Some(record.tag == Some(tag.as_slice()))
    }

    /// Whether the border of untagged records is bound to the key of tags; `None` where this process does not know the key. One at zero needs none.
    pub fn border_fits(&self, head: &ReplayHead) -> Option<bool> {
        if head.untagged <= 0 {
            return Some(true);
        }
        self.tags().border_fits(head.untagged, head.untagged_tag.as_deref())
    }
}

impl Replay {
    /// # Errors
    /// When the database cannot answer, or one of its single rows is missing.
    pub async fn head(&mut self) -> Result<ReplayHead, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.head().await,
            View::Postgres(view) => view.head().await,
        }
    }

    /// The next records in the order of their numbers, at most `limit`; `after` is the number and id of the last one seen.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn records(&mut self, after: Option<(i64, Uuid)>, limit: u32) -> Result<RecordChunk, Error> {
        let (seq, id) = after.unwrap_or((i64::MIN, Uuid::nil()));
        match &mut self.0 {
            View::Sqlite(view) => view.records(seq, id, limit).await,
            View::Postgres(view) => view.records(seq, id, limit).await,
        }
    }

    /// Records that have no number, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn unnumbered(&mut self, limit: u32) -> Result<RecordChunk, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.unnumbered(limit).await,
            View::Postgres(view) => view.unnumbered(limit).await,
        }
    }

    /// The next cases in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn cases(&mut self, after: Option<Uuid>, limit: u32) -> Result<CaseChunk, Error> {
        let rows = match &mut self.0 {
            View::Sqlite(view) => view.cases(after, limit).await?,
            View::Postgres(view) => view.cases(after, limit).await?,
        };
        Ok(CaseChunk { rows, tags: self.1.clone() })
    }

    /// The next attachments in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn files(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<FileStand>, Error> {
        let after = after.map(|id| vec![id.into()]);
        let rows = self.rows(&stand::ATTACHMENT, after, limit).await?;
        Ok(rows.iter().map(|cells| stand::file(cells)).collect())
    }

    /// The next rows of a table that records prove, in the order of its key, and where to go on.
    ///
    /// # Errors
    /// When the database cannot answer, or no records prove the table.
    pub async fn table(
        &mut self,
        table: &str,
        after: Option<TableKey>,
        limit: u32,
    ) -> Result<(Vec<TableRow>, Option<TableKey>), Error> {
        let proven = PROVEN.iter().find(|proven| proven.table.name == table).ok_or(Error::Missing("table"))?;
        let rows = self.rows(&proven.table, after.map(|key| key.0), limit).await?;
        let next = rows.last().map(|last| TableKey(last.iter().take(proven.table.key).cloned().collect()));
        let rows = rows.iter().map(|cells| proven.row(cells)).filter(|row| proven.counts(row));
        Ok((rows.collect(), next))
    }

    /// The next counters with what they say, in the order of their keys, at most `limit`, and where to go on.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn counters(
        &mut self,
        after: Option<TableKey>,
        limit: u32,
    ) -> Result<(Vec<(CountedAs, i64)>, Option<TableKey>), Error> {
        let rows = self.rows(&COUNTER, after.map(|key| key.0), limit).await?;
        let next = rows.last().map(|last| TableKey(last.iter().take(COUNTER.key).cloned().collect()));
        Ok((rows.iter().map(|cells| stand::counter(cells)).collect(), next))
    }

    /// Tables, columns and whatever acts on them that are not as the migrations make them, by name.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn redefined(&mut self) -> Result<Vec<String>, Error> {
        let (found, backend) = match &mut self.0 {
            View::Sqlite(view) => (view.definitions().await?, Backend::Sqlite),
            View::Postgres(view) => (view.definitions().await?, Backend::Postgres),
        };
        blocking(move || schema::differing(&found, backend)).await
    }

    /// The next cases, at most `limit`, of which a column that should follow from the path does not: number and column; and where to go on.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn displaced(
        &mut self,
        after: Option<TableKey>,
        limit: u32,
    ) -> Result<(Vec<(String, &'static str)>, Option<TableKey>), Error> {
        let rows = self.rows(&stand::PLACED, after.map(|key| key.0), limit).await?;
        let next = rows.last().map(|last| TableKey(last.iter().take(stand::PLACED.key).cloned().collect()));
        Ok((rows.iter().flat_map(|cells| stand::displaced(cells)).collect(), next))
    }

    async fn rows(
        &mut self,
        table: &'static Table,
        after: Option<Vec<Cell>>,
        limit: u32,
    ) -> Result<Vec<Vec<Cell>>, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.rows(table, after, limit).await,
            View::Postgres(view) => view.rows(table, after, limit).await,
        }
    }

    /// Assignments and participation whose case is not there: table and id of the case, some of them.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn orphans(&mut self) -> Result<Vec<(&'static str, Uuid)>, Error> {
        let mut out = Vec::new();
        for table in ["assignment", "case_access"] {
            let sql = format!(
                "SELECT DISTINCT case_id FROM {table} WHERE NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = {table}.case_id) LIMIT 1000"
            );
            let found = match &mut self.0 {
                View::Sqlite(view) => view.ids(sql).await?,
                View::Postgres(view) => view.ids(sql).await?,
            };
            out.extend(found.into_iter().map(|id| (table, id)));
        }
        Ok(out)
    }

    /// The next rows of looks in the order of their numbers, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn looks(&mut self, after: Option<i64>, limit: u32) -> Result<Vec<LookStand>, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.looks(after.unwrap_or(i64::MIN), limit).await,
            View::Postgres(view) => view.looks(after.unwrap_or(i64::MIN), limit).await,
        }
    }
}

impl CaseChunk {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Where one of them stands. Its leaves are made again for it, which is most of the work.
    ///
    /// # Panics
    /// When there are not that many.
    pub fn stand(&self, nth: usize) -> CaseStand {
        stand::case(&self.rows[nth], &self.tags)
    }

    /// The id of the last case, to go on from.
    pub fn last(&self) -> Option<Uuid> {
        self.rows.last().map(|rows| rows.case.first().and_then(Cell::uuid).unwrap_or_default())
    }
}

/// In the order in which [`chunk`] takes them.
const RECORD: &str = "seq, id, kind, subject, recorded_at, canonical, salts, commitment, tag";
const LOOK: &str = "seq, at, kind, person, case_id, province, city, county";
const HEAD: &str = "SELECT ledger.size, ledger.root, ledger.untagged, feed_head.records, \
     (SELECT COUNT(*) FROM record), (SELECT COUNT(*) FROM cases), ledger.untagged_tag FROM ledger, feed_head WHERE ledger.id = 1 AND feed_head.id = 1";

/// Gives a case a row of its assignments or participation. Rows of no case are found apart.
fn add_part(cases: &mut BTreeMap<Uuid, CaseRows>, table: &Table, cells: Vec<Cell>) {
    let at = table.columns.iter().position(|(name, _)| *name == "case_id");
    let case = at.and_then(|at| cells.get(at)).and_then(Cell::uuid);
    let Some(own) = case.and_then(|id| cases.get_mut(&id)) else { return };
    if table.name == "assignment" {
        own.put_work(cells);
    } else {
        own.put_access(cells);
    }
}

impl Table {
    /// The next rows in the order of the key; where to go on from is bound to `mark`ed parameters.
    fn after(&self, on: bool, mark: &str, limit: u32) -> String {
        let key: Vec<&str> = self.columns.iter().take(self.key).map(|(name, _)| *name).collect();
        let marks: Vec<String> = (1..=key.len()).map(|n| format!("{mark}{n}")).collect();
        let key = key.join(", ");
        let from = if on { format!(" WHERE ({key}) > ({})", marks.join(", ")) } else { String::new() };
        format!("SELECT {} FROM {}{from} ORDER BY {key} LIMIT {limit}", self.list(), self.name)
    }
}

fn headless() -> Error {
    Error::Corrupt("the row of the ledger or the head of the feed is missing".to_owned())
}

/// The cells of a case that are read for what the reporter told.
struct Told<'a> {
    body: &'a str,
    location: Option<(f64, f64)>,
    contact: Option<&'a [u8]>,
    reporter: bool,
}

impl Told<'_> {
    /// The number of entries that the body tells, and what the reporter told.
    fn read(self) -> (Option<u32>, CaseTold) {
        #[derive(Default, serde::Deserialize)]
        #[serde(default)]
        struct Body {
            title: String,
            description: String,
            entries: u32,
            erased: Vec<String>,
        }
        let body = serde_json::from_str::<Body>(self.body).ok();
        let entries = body.as_ref().map(|body| body.entries);
        let Body { title, description, erased, .. } = body.unwrap_or_default();
        let contact = self.contact.map(contact_digest);
        (entries, CaseTold { title, description, location: self.location, contact, reporter: self.reporter, erased })
    }
}
