//! The view on PostgreSQL: a connection of its own with a read-only transaction that sees one snapshot.

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::{Db, Error};

use super::{
    CASE, CaseStand, FILES_ERASED, HEAD, LOOK, LookStand, RECORD, RecordChunk, RecordView, ReplayHead, Told, headless,
};

pub(super) struct View(PgConnection);

impl View {
    pub(super) async fn open(db: &Db) -> Result<Self, Error> {
        let mut connection = db.read().get_postgres_connection_pool().acquire().await?.detach();
        connection.execute("SET statement_timeout = 0").await?;
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(Self(connection))
    }

    pub(super) async fn head(&mut self) -> Result<ReplayHead, Error> {
        let row = sqlx::query(HEAD).fetch_optional(&mut self.0).await?.ok_or_else(headless)?;
        Ok(ReplayHead {
            size: row.try_get(0)?,
            root: row.try_get(1)?,
            untagged: row.try_get(2)?,
            records: row.try_get(3)?,
            rows: row.try_get(4)?,
            cases: row.try_get(5)?,
            untagged_tag: row.try_get(6)?,
        })
    }

    pub(super) async fn records(&mut self, seq: i64, id: Uuid, limit: u32) -> Result<RecordChunk, Error> {
        let sql = format!(
            "SELECT {RECORD} FROM record WHERE seq >= $1 AND (seq > $1 OR id > $2) ORDER BY seq, id LIMIT {limit}"
        );
        chunk(sqlx::query(AssertSqlSafe(sql)).bind(seq).bind(id).fetch_all(&mut self.0).await?)
    }

    pub(super) async fn unnumbered(&mut self, limit: u32) -> Result<RecordChunk, Error> {
        let sql = format!("SELECT {RECORD} FROM record WHERE seq IS NULL ORDER BY id LIMIT {limit}");
        chunk(sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.0).await?)
    }

    pub(super) async fn cases(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<CaseStand>, Error> {
        let sql =
            format!("SELECT {CASE} FROM cases WHERE id >= $1 AND id IS DISTINCT FROM $2 ORDER BY id LIMIT {limit}");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after.unwrap_or_default()).bind(after);
        let rows = rows.fetch_all(&mut self.0).await?;
        rows.iter().map(case).collect()
    }

    pub(super) async fn files_erased(&mut self) -> Result<Vec<Uuid>, Error> {
        Ok(sqlx::query_scalar(FILES_ERASED).fetch_all(&mut self.0).await?)
    }

    pub(super) async fn looks(&mut self, after: i64, limit: u32) -> Result<Vec<LookStand>, Error> {
        let sql = format!("SELECT {LOOK} FROM look WHERE seq > $1 ORDER BY seq LIMIT {limit}");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).fetch_all(&mut self.0).await?;
        rows.iter().map(look).collect()
    }
}

fn look(row: &PgRow) -> Result<LookStand, Error> {
    Ok(LookStand {
        seq: row.try_get(0)?,
        at: row.try_get(1)?,
        kind: row.try_get(2)?,
        person: row.try_get(3)?,
        case: row.try_get(4)?,
        region: [row.try_get(5)?, row.try_get(6)?, row.try_get(7)?],
    })
}

fn case(row: &PgRow) -> Result<CaseStand, Error> {
    let (lon, lat): (Option<f64>, Option<f64>) = (row.try_get(7)?, row.try_get(8)?);
    let reporter: Option<Uuid> = row.try_get(10)?;
    let told =
        Told { body: row.try_get(6)?, location: lon.zip(lat), contact: row.try_get(9)?, reporter: reporter.is_some() };
    let (entries, told) = told.read();
    Ok(CaseStand {
        id: row.try_get(0)?,
        number: row.try_get(1)?,
        state: row.try_get(2)?,
        version: row.try_get::<i32, _>(3)?.into(),
        procedure: row.try_get(4)?,
        release: row.try_get(5)?,
        entries,
        told,
    })
}

fn chunk(rows: Vec<PgRow>) -> Result<RecordChunk, Error> {
    let mut chunk = RecordChunk::with_capacity(u32::try_from(rows.len()).unwrap_or(0));
    for row in &rows {
        chunk.push(&RecordView {
            seq: row.try_get(0)?,
            id: row.try_get(1)?,
            kind: row.try_get(2)?,
            subject: row.try_get(3)?,
            recorded_at: row.try_get(4)?,
            canonical: row.try_get(5)?,
            salts: row.try_get(6)?,
            commitment: row.try_get(7)?,
            tag: row.try_get(8)?,
        });
    }
    Ok(chunk)
}
