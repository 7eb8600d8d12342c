//! The view on PostgreSQL: a connection of its own with a read-only transaction that sees one snapshot.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::cells;
use crate::rows::{self, Cell, Table};
use crate::state::CaseRows;
use crate::{Db, Error};

use super::schema::{Definitions, OF_POSTGRES, definition};
use super::{HEAD, LOOK, LookStand, RECORD, RecordChunk, RecordView, ReplayHead, add_part, headless};

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

    pub(super) async fn cases(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<CaseRows>, Error> {
        let sql = format!(
            "SELECT {} FROM cases WHERE id >= $1 AND id IS DISTINCT FROM $2 ORDER BY id LIMIT {limit}",
            rows::CASES.list()
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after.unwrap_or_default()).bind(after);
        let mut all = BTreeMap::new();
        for row in query.fetch_all(&mut self.0).await? {
            let case = cells::of_postgres(&row, &rows::CASES)?;
            all.insert(row.try_get(0)?, CaseRows::new(case));
        }
        let Some(last) = all.keys().next_back().copied() else { return Ok(Vec::new()) };
        for table in [&rows::ASSIGNMENT, &rows::ACCESS] {
            let sql = format!(
                "SELECT {} FROM {} WHERE case_id >= $1 AND case_id IS DISTINCT FROM $2 AND case_id <= $3",
                table.list(),
                table.name
            );
            let query = sqlx::query(AssertSqlSafe(sql)).bind(after.unwrap_or_default()).bind(after).bind(last);
            for row in query.fetch_all(&mut self.0).await? {
                add_part(&mut all, table, cells::of_postgres(&row, table)?);
            }
        }
        Ok(all.into_values().collect())
    }

    pub(super) async fn definitions(&mut self) -> Result<Definitions, Error> {
        let rows = sqlx::query(OF_POSTGRES).fetch_all(&mut self.0).await?;
        rows.iter().map(|r| Ok(definition(r.try_get(0)?, r.try_get(1)?, r.try_get(2)?))).collect()
    }

    pub(super) async fn rows(
        &mut self,
        table: &'static Table,
        after: Option<Vec<Cell>>,
        limit: u32,
    ) -> Result<Vec<Vec<Cell>>, Error> {
        let sql = table.after(after.is_some(), "$", limit);
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for cell in after.into_iter().flatten() {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Int(n) => query.bind(n),
                Cell::Real(x) => query.bind(x),
                Cell::Text(text) => query.bind(text),
                Cell::Blob(bytes) => query.bind(bytes),
                Cell::Uuid(id) => query.bind(id),
                Cell::Bool(b) => query.bind(b),
            };
        }
        let found = query.fetch_all(&mut self.0).await?;
        found.iter().map(|row| Ok(cells::of_postgres(row, table)?)).collect()
    }

    pub(super) async fn ids(&mut self, sql: String) -> Result<Vec<Uuid>, Error> {
        Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut self.0).await?)
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
