//! The hot path on PostgreSQL: groups written with one statement for each table, over arrays. Several servers may write at once: cases are locked in
//! the order of their ids, the feed's head last, so its numbers follow the order of commits.

use std::time::Duration;

use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row};
use tokio::sync::mpsc;
use uuid::Uuid;
use yizhi_domain::case::Assignment;

use crate::Error;
use crate::access::parse_principal;
use crate::case_row::{ASSIGNMENT_COLUMNS, AssignmentRow, CASE_COLUMNS, CaseRow, moment};
use crate::rows::{self, Cell, Kind, Table};

use super::batch::{change_cells, counter_cells, grant_cells};
use super::{Batch, Envelope, GROUP_MAX, Loaded, QUEUE_MAX, Queue, Reply, Wanted, answer, plan, wanted};

/// How often a group is tried again after losing against another server.
const TRIES: u32 = 5;

/// Starts the writer task.
pub(crate) fn spawn(pool: PgPool) -> Queue {
    let (send, mut receive) = mpsc::channel(QUEUE_MAX);
    tokio::spawn(async move {
        let mut group = Vec::with_capacity(GROUP_MAX);
        while receive.recv_many(&mut group, GROUP_MAX).await > 0 {
            let held = std::mem::take(&mut group);
            let outcome = group_apply(&pool, &held).await;
            if outcome.is_err() && held.len() > 1 {
                for alone in held {
                    let outcome = group_apply(&pool, std::slice::from_ref(&alone)).await;
                    answer(vec![alone], outcome);
                }
            } else {
                answer(held, outcome);
            }
        }
    });
    Queue(send)
}

async fn group_apply(pool: &PgPool, group: &[Envelope]) -> Result<Vec<Reply>, Error> {
    let mut tried = 1;
    loop {
        match group_try(pool, group).await {
            Err(Error::Sqlx(error)) if tried < TRIES && is_conflict(&error) => {
                tokio::time::sleep(Duration::from_millis(u64::from(tried) * 5)).await;
                tried += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Serialization failure, deadlock, or a key that another server wrote first.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01" | "23505"))
}

async fn group_try(pool: &PgPool, group: &[Envelope]) -> Result<Vec<Reply>, Error> {
    let mut tx = pool.begin().await?;
    let loaded = load(&mut tx, &wanted(group)).await?;
    let (batch, replies) = plan(group, loaded)?;
    write(&mut tx, &batch).await?;
    tx.commit().await?;
    Ok(replies)
}

async fn load(tx: &mut PgConnection, wanted: &Wanted) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    let mut ids: Vec<Uuid> = wanted.cases.iter().copied().collect();
    if !wanted.keys.is_empty() {
        let (principals, names): (Vec<String>, Vec<String>) = wanted.keys.iter().cloned().unzip();
        let hits = sqlx::query(
            "SELECT principal, name, digest, case_id FROM idempotency \
             WHERE (principal, name) IN (SELECT * FROM UNNEST($1::text[], $2::text[]))",
        )
        .bind(principals)
        .bind(names)
        .fetch_all(&mut *tx)
        .await?;
        for hit in hits {
            let case: Uuid = hit.try_get(3)?;
            ids.push(case);
            loaded.keys.insert((hit.try_get(0)?, hit.try_get(1)?), (hit.try_get(2)?, case));
        }
    }
    let numbers: Vec<String> = wanted.numbers.iter().cloned().collect();
    load_cases(tx, ids, numbers, &mut loaded).await?;
    for (day, n) in &wanted.serials {
        let last: i64 = sqlx::query_scalar(
            "INSERT INTO case_serial (day, n) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET n = case_serial.n + excluded.n RETURNING n",
        )
        .bind(day)
        .bind(n)
        .fetch_one(&mut *tx)
        .await?;
        loaded.serials.insert(day.clone(), last);
    }
    Ok(loaded)
}

async fn load_cases(
    tx: &mut PgConnection,
    ids: Vec<Uuid>,
    numbers: Vec<String>,
    loaded: &mut Loaded,
) -> Result<(), Error> {
    let find =
        format!("SELECT {CASE_COLUMNS} FROM cases WHERE id = ANY($1) OR number = ANY($2) ORDER BY id FOR UPDATE");
    let rows = sqlx::query(AssertSqlSafe(find)).bind(ids).bind(numbers).fetch_all(&mut *tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let found: Vec<Uuid> = rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?;
    let mut work = assignments(tx, &found).await?;
    for row in rows {
        let row = case_row(&row)?;
        let (id, own) = (row.id, work.remove(&row.id).unwrap_or_default());
        loaded.cases.insert(id, row.into_case(own)?);
    }
    let parts = sqlx::query("SELECT case_id, principal, since, until FROM case_access WHERE case_id = ANY($1)")
        .bind(found)
        .fetch_all(&mut *tx)
        .await?;
    for part in parts {
        let (principal, since, until): (String, i64, Option<i64>) =
            (part.try_get(1)?, part.try_get(2)?, part.try_get(3)?);
        let access = parse_principal(&principal, moment(since), until.map(moment))?;
        loaded.access.entry(part.try_get(0)?).or_default().push(access);
    }
    Ok(())
}

async fn assignments(
    tx: &mut PgConnection,
    cases: &[Uuid],
) -> Result<std::collections::HashMap<Uuid, Vec<Assignment>>, Error> {
    let find = format!("SELECT {ASSIGNMENT_COLUMNS} FROM assignment WHERE case_id = ANY($1) ORDER BY case_id, n");
    let rows = sqlx::query(AssertSqlSafe(find)).bind(cases).fetch_all(&mut *tx).await?;
    let mut out: std::collections::HashMap<Uuid, Vec<Assignment>> = std::collections::HashMap::new();
    for row in rows {
        let row = assignment_row(&row)?;
        out.entry(row.case_id).or_default().push(row.into_assignment()?);
    }
    Ok(out)
}

fn case_row(r: &PgRow) -> Result<CaseRow, sqlx::Error> {
    Ok(CaseRow {
        id: r.try_get(0)?,
        number: r.try_get(1)?,
        matter: r.try_get(2)?,
        procedure: r.try_get(3)?,
        release: r.try_get(4)?,
        state: r.try_get(5)?,
        version: r.try_get(6)?,
        path: r.try_get(7)?,
        grid: r.try_get(8)?,
        lon: r.try_get(9)?,
        lat: r.try_get(10)?,
        department: r.try_get(11)?,
        confidential: r.try_get(12)?,
        demo: r.try_get(13)?,
        reporter: r.try_get(14)?,
        occurred_at: r.try_get(15)?,
        recorded_at: r.try_get(16)?,
        closed_at: r.try_get(17)?,
        duplicate_of: r.try_get(18)?,
        body: r.try_get(19)?,
    })
}

fn assignment_row(r: &PgRow) -> Result<AssignmentRow, sqlx::Error> {
    Ok(AssignmentRow {
        case_id: r.try_get(0)?,
        n: r.try_get(1)?,
        stage: r.try_get(2)?,
        kind: r.try_get(3)?,
        role: r.try_get(4)?,
        path: r.try_get(5)?,
        department: r.try_get(6)?,
        person: r.try_get(7)?,
        opened_at: r.try_get(8)?,
        due_at: r.try_get(9)?,
        left_at: r.try_get(10)?,
        outcome: r.try_get(11)?,
        version: r.try_get(12)?,
    })
}

async fn write(tx: &mut PgConnection, batch: &Batch) -> Result<(), Error> {
    if batch.is_empty() {
        return Ok(());
    }
    let new: Vec<Vec<Cell>> = batch.new.values().cloned().collect();
    write_rows(tx, &rows::CASES, &new).await?;
    if !batch.search.is_empty() {
        let (ids, tokens): (Vec<Uuid>, Vec<String>) = batch.search.iter().cloned().unzip();
        sqlx::query(
            "INSERT INTO case_search (case_id, tokens) SELECT id, array_to_tsvector(ARRAY(SELECT DISTINCT t FROM UNNEST(string_to_array(text, ' ')) AS t WHERE t <> '')) \
             FROM UNNEST($1::uuid[], $2::text[]) AS new (id, text)",
        )
        .bind(ids)
        .bind(tokens)
        .execute(&mut *tx)
        .await?;
    }
    let changed = batch.changed.values().map(crate::case_row::update_cells).collect::<Result<Vec<_>, _>>()?;
    if !changed.is_empty() {
        let mut kinds: Vec<Kind> = rows::CASE_CHANGES.iter().map(|(_, kind)| *kind).collect();
        kinds.push(Kind::Uuid);
        bind_columns(sqlx::query(AssertSqlSafe(rows::case_update_postgres())), &kinds, &changed)
            .execute(&mut *tx)
            .await?;
    }
    for (principal, case, at) in &batch.ends {
        sqlx::query("UPDATE case_access SET until = $3 WHERE principal = $1 AND case_id = $2 AND until IS NULL")
            .bind(principal)
            .bind(case)
            .bind(at)
            .execute(&mut *tx)
            .await?;
    }
    for (id, uploader, case) in &batch.attached {
        sqlx::query("UPDATE attachment SET case_id = $3 WHERE id = $1 AND uploader = $2 AND case_id IS NULL")
            .bind(id)
            .bind(uploader)
            .bind(case)
            .execute(&mut *tx)
            .await?;
    }
    let work: Vec<Vec<Cell>> = batch.assignments.values().cloned().collect();
    write_rows(tx, &rows::ASSIGNMENT, &work).await?;
    write_rows(tx, &rows::ACCESS, &grant_cells(batch)).await?;
    write_rows(tx, &rows::RECORD, &batch.records).await?;
    write_rows(tx, &rows::IDEMPOTENCY, &batch.keys).await?;
    write_rows(tx, &rows::NOTICE, &batch.notices).await?;
    write_rows(tx, &rows::JOB, &batch.jobs).await?;
    write_rows(tx, &rows::COUNTER, &counter_cells(batch)).await?;
    let changes = i64::try_from(batch.changes.len()).unwrap_or(0);
    let last: i64 = sqlx::query_scalar("UPDATE feed_head SET seq = seq + $1 WHERE id = 1 RETURNING seq")
        .bind(changes)
        .fetch_one(&mut *tx)
        .await?;
    write_rows(tx, &rows::CHANGE, &change_cells(batch, last)).await
}

async fn write_rows(tx: &mut PgConnection, table: &Table, rows: &[Vec<Cell>]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let kinds: Vec<Kind> = table.columns.iter().map(|(_, kind)| *kind).collect();
    bind_columns(sqlx::query(AssertSqlSafe(table.postgres())), &kinds, rows).execute(tx).await?;
    Ok(())
}

type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_columns<'q>(mut query: PgQuery<'q>, kinds: &[Kind], rows: &[Vec<Cell>]) -> PgQuery<'q> {
    for (i, kind) in kinds.iter().enumerate() {
        let column = rows.iter().map(move |row| &row[i]);
        query = bind_column(query, *kind, column);
    }
    query
}

fn bind_column<'q, 'c>(query: PgQuery<'q>, kind: Kind, column: impl Iterator<Item = &'c Cell>) -> PgQuery<'q> {
    match kind {
        Kind::Int => query.bind(column.map(|c| whole(c).and_then(|v| i32::try_from(v).ok())).collect::<Vec<_>>()),
        Kind::Small => query.bind(column.map(|c| whole(c).and_then(|v| i16::try_from(v).ok())).collect::<Vec<_>>()),
        Kind::Big => query.bind(column.map(whole).collect::<Vec<_>>()),
        Kind::Real => {
            query.bind(column.map(|c| if let Cell::Real(v) = c { Some(*v) } else { None }).collect::<Vec<_>>())
        }
        Kind::Text => {
            query.bind(column.map(|c| if let Cell::Text(v) = c { Some(v.clone()) } else { None }).collect::<Vec<_>>())
        }
        Kind::Blob => {
            query.bind(column.map(|c| if let Cell::Blob(v) = c { Some(v.clone()) } else { None }).collect::<Vec<_>>())
        }
        Kind::Uuid => {
            query.bind(column.map(|c| if let Cell::Uuid(v) = c { Some(*v) } else { None }).collect::<Vec<_>>())
        }
        Kind::Bool => {
            query.bind(column.map(|c| if let Cell::Bool(v) = c { Some(*v) } else { None }).collect::<Vec<_>>())
        }
    }
}

fn whole(cell: &Cell) -> Option<i64> {
    if let Cell::Int(v) = cell { Some(*v) } else { None }
}
