//! The whole trace as it stood at one moment, in chunks, for checking it against the ledger while the server goes on working.
//!
//! Rows are given as they lie there, without looking whether they make sense: that is what the reader is about to find out.

mod chunk;
mod postgres;
mod sqlite;

use uuid::Uuid;

pub use chunk::{RecordChunk, RecordView};

use crate::hot::contact_digest;
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
    /// How many entries its trace has; `None` where the body cannot be read.
    pub entries: Option<u32>,
    pub told: CaseTold,
}

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
pub struct Replay(View);

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
        Ok(Replay(view))
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
    pub async fn cases(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<CaseStand>, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.cases(after, limit).await,
            View::Postgres(view) => view.cases(after, limit).await,
        }
    }

    /// Attachments that are marked as erased.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn files_erased(&mut self) -> Result<Vec<Uuid>, Error> {
        match &mut self.0 {
            View::Sqlite(view) => view.files_erased().await,
            View::Postgres(view) => view.files_erased().await,
        }
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

/// In the order in which [`chunk`] takes them.
const RECORD: &str = "seq, id, kind, subject, recorded_at, canonical, salts, commitment, tag";
const LOOK: &str = "seq, at, kind, person, case_id, province, city, county";
const CASE: &str = "id, number, state, version, procedure, release, body, lon, lat, contact, reporter";
const FILES_ERASED: &str = "SELECT id FROM attachment WHERE erased_at IS NOT NULL";
const HEAD: &str = "SELECT ledger.size, ledger.root, ledger.untagged, feed_head.records, \
     (SELECT COUNT(*) FROM record), (SELECT COUNT(*) FROM cases), ledger.untagged_tag FROM ledger, feed_head WHERE ledger.id = 1 AND feed_head.id = 1";

fn headless() -> Error {
    Error::Corrupt("the row of the ledger or the head of the feed is missing".to_owned())
}

/// The columns of [`CASE`] beside those that are what they are.
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
