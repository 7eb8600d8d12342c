//! What is left to do after the transaction of an erasure: deleting files, which no transaction covers, and clearing what the database itself keeps of
//! values: its statistics, and on SQLite the pages where they lay. It is noted in the transaction and struck out when done, so that a process that dies
//! in between loses nothing.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, Statement};
use uuid::Uuid;
use yizhi_domain::ids::AttachmentId;

use crate::db::Touch;
use crate::entity::erasure_rest;
use crate::{Backend, Db, Error, Tx};

const FILE: &str = "file";
const PAGES: &str = "pages";
/// Tables that an erasure takes values out of, and whose statistics may quote them.
const QUOTED: [&str; 7] = ["cases", "record", "case_access", "notice", "attachment", "idempotency", "case_search"];
/// Pages of the search index that are merged at once, so that others get to write in between.
const MERGED: u32 = 500;

/// One thing to do. Doing it twice does no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Delete the file of an attachment, and its small picture.
    File(AttachmentId),
    /// Clear the database's pages: [`Db::erasure_clear`]. Each erasure asks for itself, so that striking out one request does not strike out another
    /// that came while the pages were being cleared.
    Pages(Uuid),
}

/// Notes what an erasure leaves to do.
pub(super) async fn note(tx: &Tx, files: &[AttachmentId]) -> Result<(), Error> {
    let pages = Rest::Pages(Uuid::from_bytes(rand::random()));
    let rows: Vec<_> = files.iter().copied().map(Rest::File).chain([pages]).map(row).collect();
    let there = OnConflict::columns([erasure_rest::Column::Kind, erasure_rest::Column::Name]).do_nothing().to_owned();
    erasure_rest::Entity::insert_many(rows).on_conflict(there).exec_without_returning(tx.connection()).await?;
    Ok(())
}

fn row(rest: Rest) -> erasure_rest::ActiveModel {
    let (kind, name) = key(rest);
    erasure_rest::ActiveModel { kind: Set(kind.to_owned()), name: Set(name) }
}

fn key(rest: Rest) -> (&'static str, String) {
    match rest {
        Rest::File(id) => (FILE, id.to_string()),
        Rest::Pages(id) if id.is_nil() => (PAGES, String::new()),
        Rest::Pages(id) => (PAGES, id.to_string()),
    }
}

impl Db {
    /// What erasures have left to do.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn erasure_rest(&self) -> Result<Vec<Rest>, Error> {
        let rows = erasure_rest::Entity::find().all(self.read()).await?;
        let rest = |row: erasure_rest::Model| match row.kind.as_str() {
            FILE => row.name.parse().ok().map(Rest::File),
            // Noted without an id before.
            PAGES if row.name.is_empty() => Some(Rest::Pages(Uuid::nil())),
            PAGES => row.name.parse().ok().map(Rest::Pages),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(rest).collect())
    }

    /// Strikes out what was done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn erasure_rest_done(&self, rest: Rest) -> Result<(), Error> {
        let (kind, name) = key(rest);
        let touch = self.touch().await?;
        erasure_rest::Entity::delete_by_id((kind.to_owned(), name)).exec(touch.connection).await?;
        Ok(())
    }

    /// Clears what the database still has of deleted values. Its statistics quote some: PostgreSQL makes them anew, SQLite lets go of samples (averages
    /// stay). SQLite merges the search index, which keeps words of deleted rows until then, and folds the write-ahead log into the file and cuts it off;
    /// `false`: a reader was in the way, try again later. PostgreSQL clears its pages by itself.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn erasure_clear(&self) -> Result<bool, Error> {
        if self.backend() == Backend::Postgres {
            let touch = self.touch().await?;
            touch.connection.execute_unprepared(&format!("ANALYZE {}", QUOTED.join(", "))).await?;
            return Ok(true);
        }
        let touch = self.touch().await?;
        if number(&touch, "SELECT count(*) AS n FROM sqlite_schema WHERE name = 'sqlite_stat4'", "n").await? > 0 {
            let sql = format!("DELETE FROM sqlite_stat4 WHERE tbl IN ('{}')", QUOTED.join("', '"));
            touch.connection.execute_unprepared(&sql).await?;
        }
        drop(touch);
        while merge(&self.touch().await?).await? {}
        let touch = self.touch().await?;
        Ok(number(&touch, "PRAGMA wal_checkpoint(TRUNCATE)", "busy").await? == 0)
    }
}

/// Merges some pages of the index into one segment. Whether there was something to do is told by the count of changes, says the manual of FTS5.
async fn merge(touch: &Touch<'_>) -> Result<bool, Error> {
    const CHANGES: &str = "SELECT total_changes() AS n";
    let before = number(touch, CHANGES, "n").await?;
    let sql = format!("INSERT INTO case_search (case_search, rank) VALUES ('merge', -{MERGED})");
    touch.connection.execute_unprepared(&sql).await?;
    Ok(number(touch, CHANGES, "n").await? - before >= 2)
}

async fn number(touch: &Touch<'_>, sql: &str, column: &str) -> Result<i64, Error> {
    let query = Statement::from_string(touch.connection.get_database_backend(), sql);
    let row = touch.connection.query_one_raw(query).await?;
    Ok(row.ok_or_else(|| Error::Corrupt(format!("no answer to {sql}")))?.try_get("", column)?)
}
