//! The hot path on SQLite: one writer thread on one rusqlite connection, a transaction for each group.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{CachedStatement, Connection, OptionalExtension, ToSql, params};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use crate::Error;
use crate::cells;
use crate::rows::{self, Cell, Table};
use crate::state::{CaseRows, changed};
use crate::tags::Tags;

use super::batch::number;
use super::{
    Batch, Envelope, GROUP_MAX, Known, Loaded, Planned, Queue, Recent, Reply, Upload, Wanted, answer, plan, wanted,
};

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Int(v) => ToSqlOutput::Owned(Value::Integer(*v)),
            Self::Real(v) => ToSqlOutput::Owned(Value::Real(*v)),
            Self::Text(v) => ToSqlOutput::Borrowed(ValueRef::Text(v.as_bytes())),
            Self::Blob(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v)),
            Self::Uuid(v) => ToSqlOutput::Borrowed(ValueRef::Blob(v.as_bytes())),
            Self::Bool(v) => ToSqlOutput::Owned(Value::Integer(i64::from(*v))),
        })
    }
}

/// Pages of the write-ahead log (64 MB) before they are folded into the file: pages that many groups change are folded in once. Every connection that
/// writes must know it, or the one with SQLite's own 1,000 folds for all.
pub(crate) const CHECKPOINT_PAGES: u32 = 16_000;

static FIND_CASE: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM cases WHERE id = ?1", rows::CASES.list()));
static FIND_ASSIGNMENTS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM assignment WHERE case_id = ?1", rows::ASSIGNMENT.list()));
static FIND_ACCESS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM case_access WHERE case_id = ?1", rows::ACCESS.list()));

/// Starts the writer thread. `gate` keeps the other write door out while a group is written.
pub(crate) fn spawn(path: &Path, gate: Arc<Mutex<()>>, tags: Tags) -> Result<Queue, Error> {
    let conn = open(path)?;
    let (queue, receive, recent) = Queue::new();
    std::thread::Builder::new()
        .name("yizhi-writer".to_owned())
        .spawn(move || run(conn, receive, &gate, &tags, &recent))
        .map_err(|e| Error::Start(e.to_string()))?;
    Ok(queue)
}

fn open(path: &Path) -> Result<Connection, Error> {
    let conn = Connection::open(path)?;
    conn.busy_timeout(std::time::Duration::from_secs(30))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "cache_size", -65_536)?;
    conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    conn.pragma_update(None, "foreign_keys", "ON")?;
    // What is replaced within a page is overwritten with zeros; pages that are freed whole are not, which would cost writes.
    conn.pragma_update(None, "secure_delete", "FAST")?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

fn run(conn: Connection, mut receive: mpsc::Receiver<Envelope>, gate: &Mutex<()>, tags: &Tags, recent: &Known) {
    while let Some(first) = receive.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX {
            match receive.try_recv() {
                Ok(next) => group.push(next),
                Err(_) => break,
            }
        }
        let _held = gate.blocking_lock();
        let outcome = group_apply(&conn, &group, tags, recent);
        if outcome.is_err() && group.len() > 1 {
            for alone in group {
                let outcome = group_apply(&conn, std::slice::from_ref(&alone), tags, recent);
                answer(vec![alone], outcome);
            }
        } else {
            answer(group, outcome);
        }
    }
}

fn group_apply(conn: &Connection, group: &[Envelope], tags: &Tags, recent: &Known) -> Result<Vec<Reply>, Error> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    // It changes with what other connections write, and with nothing else.
    let version = conn.prepare_cached("PRAGMA data_version")?.query_row([], |r| r.get(0))?;
    let loaded = {
        let mut recent = recent.lock();
        recent.begin(version);
        load(conn, &wanted(group), &mut recent)
    };
    let planned = loaded.and_then(|loaded| plan(group, loaded, tags));
    let done = planned.and_then(|Planned { batch, replies, loaded }| {
        write(conn, batch, &loaded.rows)?;
        conn.prepare_cached("COMMIT")?.execute([])?;
        recent.lock().keep(loaded.standing());
        Ok(replies)
    });
    if done.is_err() && !conn.is_autocommit() {
        conn.prepare_cached("ROLLBACK")?.execute([])?;
    }
    done
}

fn load(conn: &Connection, wanted: &Wanted, recent: &mut Recent) -> Result<Loaded, Error> {
    let mut loaded = Loaded::default();
    for (principal, key) in &wanted.keys {
        let mut find =
            conn.prepare_cached("SELECT digest, case_id FROM idempotency WHERE principal = ?1 AND name = ?2")?;
        let hit: Option<(Vec<u8>, Uuid)> =
            find.query_row(params![principal, key], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
        if let Some(hit) = hit {
            load_case(conn, hit.1, &mut loaded, recent)?;
            loaded.keys.insert((principal.clone(), key.clone()), hit);
        }
    }
    for id in &wanted.cases {
        load_case(conn, *id, &mut loaded, recent)?;
    }
    for number in &wanted.numbers {
        let mut find = conn.prepare_cached("SELECT id FROM cases WHERE number = ?1")?;
        if let Some(id) = find.query_row([number], |r| r.get(0)).optional()? {
            load_case(conn, id, &mut loaded, recent)?;
        }
    }
    for id in loaded.joined() {
        load_case(conn, id, &mut loaded, recent)?;
    }
    for id in loaded.reported(wanted) {
        let mut find = conn.prepare_cached("SELECT asked FROM cases WHERE id = ?1")?;
        if let Some(asked) = find.query_row([id], |r| r.get::<_, Option<Vec<u8>>>(0))? {
            loaded.asked.insert(id, asked);
        }
    }
    for id in &wanted.uploads {
        let mut find =
            conn.prepare_cached("SELECT uploader, case_id, erased_at IS NOT NULL FROM attachment WHERE id = ?1")?;
        let found = find.query_row([id], |r| Ok(Upload { uploader: r.get(0)?, case: r.get(1)?, erased: r.get(2)? }));
        if let Some(upload) = found.optional()? {
            loaded.uploads.insert(*id, upload);
        }
    }
    for (day, n) in &loaded.lacking(wanted) {
        let mut take = conn.prepare_cached(
            "INSERT INTO case_serial (day, n) VALUES (?1, ?2) ON CONFLICT (day) DO UPDATE SET n = n + excluded.n RETURNING n",
        )?;
        loaded.serials.insert(day.clone(), take.query_row(params![day, n], |r| r.get(0))?);
    }
    Ok(loaded)
}

fn load_case(conn: &Connection, id: Uuid, loaded: &mut Loaded, recent: &mut Recent) -> Result<(), Error> {
    if loaded.cases.contains_key(&id) {
        return Ok(());
    }
    if let Some(current) = recent.take_current(id) {
        debug_assert!(read_case(conn, id)?.is_some_and(|read| current.is(&read)), "nobody has changed it");
        return loaded.add_standing(id, current);
    }
    read_case(conn, id)?.map_or(Ok(()), |rows| loaded.add(id, rows, recent))
}

fn read_case(conn: &Connection, id: Uuid) -> Result<Option<CaseRows>, Error> {
    let mut find = conn.prepare_cached(&FIND_CASE)?;
    let Some(case) = find.query_row([id], |r| cells::of_sqlite(r, &rows::CASES)).optional()? else {
        return Ok(None);
    };
    let mut own = CaseRows::new(case);
    cells_of(conn, &FIND_ASSIGNMENTS, id, &rows::ASSIGNMENT)?.into_iter().for_each(|cells| own.put_work(cells));
    cells_of(conn, &FIND_ACCESS, id, &rows::ACCESS)?.into_iter().for_each(|cells| own.put_access(cells));
    Ok(Some(own))
}

fn cells_of(conn: &Connection, sql: &str, id: Uuid, table: &Table) -> Result<Vec<Vec<Cell>>, Error> {
    let mut find = conn.prepare_cached(sql)?;
    let rows = find.query_map([id], |r| cells::of_sqlite(r, table))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn write(conn: &Connection, mut batch: Batch, cases: &HashMap<Uuid, CaseRows>) -> Result<(), Error> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut insert = conn.prepare_cached(&rows::CASES.sqlite())?;
    let mut index = conn.prepare_cached("INSERT INTO case_search (rowid, tokens) VALUES (?1, ?2)")?;
    for (id, tokens) in &batch.search {
        if let Some(rows) = cases.get(id) {
            execute(&mut insert, &rows.case)?;
            index.execute(params![conn.last_insert_rowid(), tokens])?;
        }
    }
    let mut update = conn.prepare_cached(&rows::case_update_sqlite())?;
    for rows in batch.updates(cases) {
        update.execute(rusqlite::params_from_iter(changed().map(|at| rows.cell(at))))?;
    }
    let mut end = conn.prepare_cached(
        "UPDATE case_access SET until = ?3 WHERE principal = ?1 AND case_id = ?2 AND until IS NULL AND (?4 IS NULL OR since = ?4)",
    )?;
    for (principal, case, at, since) in &batch.ends {
        end.execute(params![principal, case, at, since])?;
    }
    let mut attach =
        conn.prepare_cached("UPDATE attachment SET case_id = ?3 WHERE id = ?1 AND uploader = ?2 AND case_id IS NULL")?;
    for (id, uploader, case) in &batch.attached {
        attach.execute(params![id, uploader, case])?;
    }
    write_rows(conn, &rows::ASSIGNMENT, batch.assignments.values())?;
    write_rows(conn, &rows::ACCESS, super::batch::grant_cells(&batch).iter())?;
    write_rows(conn, &rows::COUNTER, super::batch::counter_cells(&batch).iter())?;
    write_rows(conn, &rows::IDEMPOTENCY, batch.keys.iter())?;
    write_rows(conn, &rows::NOTICE, batch.notices.iter())?;
    write_rows(conn, &rows::JOB, batch.jobs.iter())?;
    let (records, changes) = (batch.records.len() as i64, batch.changes.len() as i64);
    let mut places = conn.prepare_cached(
        "UPDATE feed_head SET records = records + ?1, seq = seq + ?2 WHERE id = 1 RETURNING records - ?1, seq - ?2 + 1",
    )?;
    let (record, change) = places.query_row([records, changes], |r| Ok((r.get(0)?, r.get(1)?)))?;
    number(&mut batch.records, record);
    number(&mut batch.changes, change);
    write_rows(conn, &rows::RECORD, batch.records.iter())?;
    write_rows(conn, &rows::CHANGE, batch.changes.iter())
}

fn write_rows<'a>(conn: &Connection, table: &Table, rows: impl Iterator<Item = &'a Vec<Cell>>) -> Result<(), Error> {
    let mut statement = None;
    for row in rows {
        if statement.is_none() {
            statement = Some(conn.prepare_cached(&table.sqlite())?);
        }
        if let Some(statement) = &mut statement {
            execute(statement, row)?;
        }
    }
    Ok(())
}

fn execute(statement: &mut CachedStatement<'_>, cells: &[Cell]) -> Result<(), Error> {
    statement.execute(rusqlite::params_from_iter(cells))?;
    Ok(())
}
