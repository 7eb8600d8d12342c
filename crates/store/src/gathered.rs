//! Records of a write beside the hot path: gathered while it runs, numbered and written together before it commits. One alone costs the same; thousands share
//! a few statements, and other writers wait for the head of the log only at the end.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use uuid::Uuid;
use yizhi_domain::ids::uuid_v7;
use yizhi_domain::record::{Record, Sealed};

use crate::Error;
use crate::case_row::micros;
use crate::hot;
use crate::tags::Tags;

const COLUMNS: usize = 9;
/// Rows of one statement. Both databases take more parameters than that.
const ROWS: usize = 64;

/// A sealed record that has no place yet.
struct Row {
    id: Uuid,
    kind: String,
    subject: Uuid,
    at: DateTime<Utc>,
    sealed: Sealed,
    tag: Option<Vec<u8>>,
}

#[derive(Default)]
pub(crate) struct Gathered(Mutex<Vec<Row>>);

impl Gathered {
    /// Seals a record and keeps it.
    ///
    /// # Errors
    /// When it has no canonical text.
    pub(crate) fn add(&self, record: Record, at: DateTime<Utc>, tags: &Tags) -> Result<(), Error> {
        let (kind, subject) = (record.kind.clone(), record.subject);
        let sealed = record.seal(&mut hot::salt)?;
        let id = uuid_v7(at, hot::random10());
        let tag = tags.tag(id, &sealed.commitment);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Row { id, kind, subject, at, sealed, tag });
        Ok(())
    }

    /// Gives those that are kept their places and writes them; the last place, if there are any. Other writers wait for the log's head from here until the
    /// commit.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) async fn write(&self, tx: &DatabaseTransaction) -> Result<Option<i64>, Error> {
        let rows = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if rows.is_empty() {
            return Ok(None);
        }
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let first = places(tx, count).await?;
        let mut place = first;
        let mut rows = rows.into_iter();
        loop {
            let values: Vec<Value> =
                rows.by_ref().take(ROWS).zip(place..).flat_map(|(row, place)| row.values(place)).collect();
            if values.is_empty() {
                return Ok(Some(first + count - 1));
            }
            place += i64::try_from(values.len() / COLUMNS).unwrap_or(0);
            let sql = insert(values.len() / COLUMNS);
            tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
        }
    }
}

impl Row {
    fn values(self, place: i64) -> [Value; COLUMNS] {
        let Sealed { canonical, salts, commitment } = self.sealed;
        [
            place.into(),
            self.id.into(),
            self.kind.into(),
            self.subject.into(),
            micros(self.at).into(),
            canonical.into(),
            salts.into(),
            commitment.to_vec().into(),
            self.tag.into(),
        ]
    }
}

/// Takes the next places of the log; the first of them.
async fn places(tx: &DatabaseTransaction, count: i64) -> Result<i64, Error> {
    let sql = "UPDATE feed_head SET records = records + $1 WHERE id = 1 RETURNING records - $1 AS first";
    let query = Statement::from_sql_and_values(tx.get_database_backend(), sql, [count.into()]);
    let row = tx.query_one_raw(query).await?;
    let row = row.ok_or_else(|| Error::Corrupt("the head of records is missing".to_owned()))?;
    Ok(row.try_get("", "first")?)
}

fn insert(rows: usize) -> String {
    let row = |n: usize| {
        let marks: Vec<String> = (1..=COLUMNS).map(|i| format!("${}", n * COLUMNS + i)).collect();
        format!("({})", marks.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!(
        "INSERT INTO record (seq, id, kind, subject, recorded_at, canonical, salts, commitment, tag) VALUES {}",
        rows.join(", ")
    )
}
