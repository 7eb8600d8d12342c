//! The hot path on PostgreSQL: groups written with few statements, over arrays. Several writers, here and in other servers, may work at once: cases
//! are locked in the order of their ids, the feed's head last, so its numbers follow the order of commits.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use crate::Error;
use crate::cells;
use crate::db::postgres_pool;
use crate::rows::{self, Cell, Kind, Table};
use crate::state::{CaseRows, changed};
use crate::tags::Tags;

use super::batch::{counter_cells, grant_cells, number};
use super::{Batch, Envelope, GROUP_MAX, Known, Loaded, Planned, Queue, Reply, Upload, Wanted, answer, plan, wanted};

/// How often a group is tried again after losing against another writer.
const TRIES: u32 = 5;
/// How long a group may take, waiting for other writers' locks included: a network that died without a word would hold the writer for good.
const GROUP_WITHIN: Duration = Duration::from_secs(10);
/// Groups under way at once: one is read and decided while another is written and made durable.
const WRITERS: u32 = 2;
/// The hot path finds every row by its key. Told nothing, the planner trusts statistics that are older than the rows (none, in a new installation)
/// and reads whole tables; nor need it weigh the same statements again each time.
const PLANNER: [(&str, &str); 4] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("plan_cache_mode", "force_generic_plan"),
];

static FIND_CASES: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM cases WHERE id = ANY($1) ORDER BY id FOR UPDATE", rows::CASES.list()));
static FIND_ASSIGNMENTS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM assignment WHERE case_id = ANY($1)", rows::ASSIGNMENT.list()));
static FIND_ACCESS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM case_access WHERE case_id = ANY($1)", rows::ACCESS.list()));
static INSERT_CASES: LazyLock<String> = LazyLock::new(|| rows::CASES.postgres(0));
static UPDATE_CASES: LazyLock<String> = LazyLock::new(rows::case_update_postgres);
static INSERT_NUMBERED: LazyLock<String> = LazyLock::new(rows::numbered_postgres);
/// What follows from the steps of a group goes in one statement. Counters come in the order of their keys, so that two writers never wait for each
/// other in a circle.
static INSERT_REST: LazyLock<String> = LazyLock::new(|| rows::together_postgres(&REST));
const REST: [&Table; 6] =
    [&rows::ASSIGNMENT, &rows::ACCESS, &rows::IDEMPOTENCY, &rows::NOTICE, &rows::JOB, &rows::COUNTER];

/// Where groups are written.
struct Writer {
    pool: PgPool,
    /// One connection that does not wait for the disk: a serial is only used by a case that is committed after it, and durable only with it.
    serials: PgPool,
    waiting: Mutex<mpsc::Receiver<Envelope>>,
    tags: Tags,
    recent: Known,
}

/// Starts the writer tasks, with connections of their own.
pub(crate) fn spawn(options: &PgConnectOptions, tags: Tags) -> Queue {
    let (queue, receive, recent) = Queue::new();
    let options = options.clone().options(PLANNER);
    let pool = postgres_pool(WRITERS).connect_lazy_with(options.clone());
    let lazy = options.options([("synchronous_commit", "off")]);
    let serials = postgres_pool(1).connect_lazy_with(lazy);
    let writer = Arc::new(Writer { pool, serials, waiting: Mutex::new(receive), tags, recent });
    for _ in 0..WRITERS {
        tokio::spawn(run(writer.clone()));
    }
    queue
}

async fn run(writer: Arc<Writer>) {
    loop {
        let Some(group) = next_group(&writer).await else { return };
        match group_apply(&writer, &group).await {
            Err(error) if group.len() > 1 && !is_gone(&error) => each_alone(&writer, group).await,
            outcome => answer(group, outcome),
        }
    }
}

/// One command may be at fault: each is tried by itself, until the database turns out to be gone.
async fn each_alone(writer: &Writer, group: Vec<Envelope>) {
    let mut waiting = group.into_iter();
    while let Some(alone) = waiting.next() {
        let outcome = group_apply(writer, std::slice::from_ref(&alone)).await;
        let gone = outcome.as_ref().is_err_and(is_gone);
        answer(vec![alone], outcome);
        if gone {
            return answer(waiting.collect(), Err(sqlx::Error::PoolTimedOut.into()));
        }
    }
}

/// No connection was to be had in time: the next would wait as long.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Sqlx(sqlx::Error::PoolTimedOut))
}

/// Waits for a command and takes those that wait with it.
async fn next_group(writer: &Writer) -> Option<Vec<Envelope>> {
    let mut waiting = writer.waiting.lock().await;
    let mut group = vec![waiting.recv().await?];
    while group.len() < GROUP_MAX {
        match waiting.try_recv() {
            Ok(next) => group.push(next),
            Err(_) => break,
        }
    }
    Some(group)
}

async fn group_apply(writer: &Writer, group: &[Envelope]) -> Result<Vec<Reply>, Error> {
    let mut tried = 1;
    loop {
        let tried_once = tokio::time::timeout(GROUP_WITHIN, group_try(writer, group)).await;
        match tried_once.unwrap_or_else(|_| Err(sqlx::Error::PoolTimedOut.into())) {
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

async fn group_try(writer: &Writer, group: &[Envelope]) -> Result<Vec<Reply>, Error> {
    let wanted = wanted(group);
    let mut tx = writer.pool.begin().await?;
    let mut loaded = load(&mut tx, &wanted, &writer.recent).await?;
    loaded.serials = take_serials(&writer.serials, &loaded.lacking(&wanted)).await?;
    let Planned { mut batch, replies, loaded } = plan(group, loaded, &writer.tags)?;
    write(&mut tx, &mut batch, &loaded.rows).await?;
    tx.commit().await?;
    writer.recent.lock().keep(loaded.standing());
    Ok(replies)
}

/// Takes a range of serials for each county and day: apart from the group's transaction, which would keep other writers waiting for the next number.
async fn take_serials(pool: &PgPool, lacking: &BTreeMap<String, i64>) -> Result<BTreeMap<String, i64>, Error> {
    let mut taken = BTreeMap::new();
    for (day, n) in lacking {
        let last: i64 = sqlx::query_scalar(
            "INSERT INTO case_serial (day, n) VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET n = case_serial.n + excluded.n RETURNING n",
        )
        .bind(day)
        .bind(n)
        .fetch_one(pool)
        .await?;
        taken.insert(day.clone(), last);
    }
    Ok(taken)
}

async fn load(tx: &mut PgConnection, wanted: &Wanted, recent: &Known) -> Result<Loaded, Error> {
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
    if !wanted.numbers.is_empty() {
        let numbers: Vec<String> = wanted.numbers.iter().cloned().collect();
        let named: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM cases WHERE number = ANY($1)").bind(numbers).fetch_all(&mut *tx).await?;
        ids.extend(named);
    }
    load_cases(tx, ids, &mut loaded, recent).await?;
    let joined = loaded.joined();
    load_cases(tx, joined, &mut loaded, recent).await?;
    load_asked(tx, wanted, &mut loaded).await?;
    load_uploads(tx, wanted, &mut loaded).await?;
    Ok(loaded)
}

async fn load_asked(tx: &mut PgConnection, wanted: &Wanted, loaded: &mut Loaded) -> Result<(), Error> {
    let there = loaded.reported(wanted);
    if there.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query("SELECT id, asked FROM cases WHERE id = ANY($1) AND asked IS NOT NULL").bind(there);
    for row in rows.fetch_all(&mut *tx).await? {
        loaded.asked.insert(row.try_get(0)?, row.try_get(1)?);
    }
    Ok(())
}

/// Locked, so that no other writer shows them elsewhere and nobody sweeps them away.
async fn load_uploads(tx: &mut PgConnection, wanted: &Wanted, loaded: &mut Loaded) -> Result<(), Error> {
    if wanted.uploads.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = wanted.uploads.iter().copied().collect();
    let rows = sqlx::query(
        "SELECT id, uploader, case_id, erased_at IS NOT NULL FROM attachment WHERE id = ANY($1) ORDER BY id FOR UPDATE",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let upload = Upload { uploader: row.try_get(1)?, case: row.try_get(2)?, erased: row.try_get(3)? };
        loaded.uploads.insert(row.try_get(0)?, upload);
    }
    Ok(())
}

async fn load_cases(tx: &mut PgConnection, ids: Vec<Uuid>, loaded: &mut Loaded, recent: &Known) -> Result<(), Error> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(AssertSqlSafe(FIND_CASES.as_str())).bind(ids).fetch_all(&mut *tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let found: Vec<Uuid> = rows.iter().map(|r| r.try_get(0)).collect::<Result<_, _>>()?;
    let mut all: HashMap<Uuid, CaseRows> = HashMap::with_capacity(found.len());
    for row in &rows {
        let case = cells::of_postgres(row, &rows::CASES)?;
        all.insert(row.try_get(0)?, CaseRows::new(case));
    }
    let work = sqlx::query(AssertSqlSafe(FIND_ASSIGNMENTS.as_str())).bind(&found).fetch_all(&mut *tx).await?;
    for row in &work {
        let cells = cells::of_postgres(row, &rows::ASSIGNMENT)?;
        if let Some(own) = cells.first().and_then(Cell::uuid).and_then(|id| all.get_mut(&id)) {
            own.put_work(cells);
        }
    }
    let parts = sqlx::query(AssertSqlSafe(FIND_ACCESS.as_str())).bind(&found).fetch_all(&mut *tx).await?;
    for row in &parts {
        let cells = cells::of_postgres(row, &rows::ACCESS)?;
        if let Some(own) = cells.get(1).and_then(Cell::uuid).and_then(|id| all.get_mut(&id)) {
            own.put_access(cells);
        }
    }
    let mut recent = recent.lock();
    all.into_iter().try_for_each(|(id, own)| loaded.add(id, own, &mut recent))
}

async fn write(tx: &mut PgConnection, batch: &mut Batch, cases: &HashMap<Uuid, CaseRows>) -> Result<(), Error> {
    if batch.is_empty() {
        return Ok(());
    }
    if !batch.new.is_empty() {
        let new: Vec<&[Cell]> = batch.new.iter().filter_map(|id| Some(cases.get(id)?.case.as_slice())).collect();
        bind_table(sqlx::query(AssertSqlSafe(INSERT_CASES.as_str())), &rows::CASES, &new).execute(&mut *tx).await?;
        write_search(tx, batch).await?;
    }
    let updates = batch.updates(cases);
    if !updates.is_empty() {
        let kinds = rows::CASE_CHANGES.iter().map(|(_, kind)| *kind).chain([Kind::Uuid]);
        let bound =
            kinds.zip(changed()).fold(sqlx::query(AssertSqlSafe(UPDATE_CASES.as_str())), |query, (kind, at)| {
                bind_column(query, kind, updates.iter().map(move |rows| rows.cell(at)))
            });
        bound.execute(&mut *tx).await?;
    }
    for (principal, case, at, since) in &batch.ends {
        let ended = "UPDATE case_access SET until = $3 WHERE principal = $1 AND case_id = $2 AND until IS NULL AND ($4::int8 IS NULL OR since = $4)";
        sqlx::query(ended).bind(principal).bind(case).bind(at).bind(since).execute(&mut *tx).await?;
    }
    for (id, uploader, case) in &batch.attached {
        sqlx::query("UPDATE attachment SET case_id = $3 WHERE id = $1 AND uploader = $2 AND case_id IS NULL")
            .bind(id)
            .bind(uploader)
            .bind(case)
            .execute(&mut *tx)
            .await?;
    }
    write_rest(tx, batch).await?;
    number(&mut batch.records, 0);
    number(&mut batch.changes, 1);
    let query = sqlx::query(AssertSqlSafe(INSERT_NUMBERED.as_str()));
    let query = bind_table(query, &rows::RECORD, &slices(&batch.records));
    bind_table(query, &rows::CHANGE, &slices(&batch.changes)).execute(tx).await?;
    Ok(())
}

async fn write_search(tx: &mut PgConnection, batch: &Batch) -> Result<(), Error> {
    let (ids, tokens): (Vec<Uuid>, Vec<&str>) = batch.search.iter().map(|(id, tokens)| (*id, tokens.as_str())).unzip();
    sqlx::query(
        "INSERT INTO case_search (case_id, tokens) SELECT id, array_to_tsvector(ARRAY(SELECT DISTINCT t FROM UNNEST(string_to_array(text, ' ')) AS t WHERE t <> '')) \
         FROM UNNEST($1::uuid[], $2::text[]) AS new (id, text)",
    )
    .bind(ids)
    .bind(tokens)
    .execute(tx)
    .await?;
    Ok(())
}

/// The rows of [`REST`], in its order.
async fn write_rest(tx: &mut PgConnection, batch: &Batch) -> Result<(), Error> {
    let (grants, counters) = (grant_cells(batch), counter_cells(batch));
    let work: Vec<&[Cell]> = batch.assignments.values().map(Vec::as_slice).collect();
    let rows: [Vec<&[Cell]>; REST.len()] =
        [work, slices(&grants), slices(&batch.keys), slices(&batch.notices), slices(&batch.jobs), slices(&counters)];
    let mut query = sqlx::query(AssertSqlSafe(INSERT_REST.as_str()));
    for (table, rows) in REST.iter().zip(&rows) {
        query = bind_table(query, table, rows);
    }
    query.execute(tx).await?;
    Ok(())
}

fn slices(rows: &[Vec<Cell>]) -> Vec<&[Cell]> {
    rows.iter().map(Vec::as_slice).collect()
}

type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_table<'q>(query: PgQuery<'q>, table: &Table, rows: &[&'q [Cell]]) -> PgQuery<'q> {
    let columns = table.columns.iter().enumerate();
    columns.fold(query, |query, (i, (_, kind))| bind_column(query, *kind, rows.iter().map(move |row| &row[i])))
}

fn bind_column<'q>(query: PgQuery<'q>, kind: Kind, column: impl Iterator<Item = &'q Cell>) -> PgQuery<'q> {
    match kind {
        Kind::Int => query.bind(column.map(|c| whole(c).and_then(|v| i32::try_from(v).ok())).collect::<Vec<_>>()),
        Kind::Small => query.bind(column.map(|c| whole(c).and_then(|v| i16::try_from(v).ok())).collect::<Vec<_>>()),
        Kind::Big => query.bind(column.map(whole).collect::<Vec<_>>()),
        Kind::Real => {
            query.bind(column.map(|c| if let Cell::Real(v) = c { Some(*v) } else { None }).collect::<Vec<_>>())
        }
        Kind::Text => {
            query.bind(column.map(|c| if let Cell::Text(v) = c { Some(v.as_str()) } else { None }).collect::<Vec<_>>())
        }
        Kind::Blob => query
            .bind(column.map(|c| if let Cell::Blob(v) = c { Some(v.as_slice()) } else { None }).collect::<Vec<_>>()),
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
