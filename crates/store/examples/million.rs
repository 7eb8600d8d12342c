//! Fills an embedded database up to a number of cases for `bench/steps`: the closed cases of a demo, with all that belongs to them, are copied again
//! and again, each round ninety days further back. `million FILE CASES`

use std::path::Path;

use rusqlite::{Connection, params};
use yizhi_domain::search;

type Failure = Box<dyn std::error::Error>;

/// How far back each round lies, in microseconds.
const ROUND: i64 = 90 * 24 * 3_600 * 1_000_000;

const PREPARE: &str = "
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000; PRAGMA temp_store = MEMORY;
    CREATE TEMP TABLE origin (old BLOB PRIMARY KEY, new BLOB) WITHOUT ROWID;
    INSERT INTO origin SELECT id, NULL FROM cases WHERE closed_at IS NOT NULL AND NOT confidential;
    BEGIN";

/// Copies of one round, the `?1`th, `?2` microseconds earlier. Ids keep their random bits behind the earlier time.
const COPIES: &[&str] = &[
    "UPDATE origin SET new = (SELECT CAST(unhex(printf('%012x', (recorded_at - ?2) / 1000)) || substr(id, 7) AS BLOB) FROM cases WHERE id = old)
    ",
    "INSERT INTO cases SELECT new, number || '-' || ?1, matter, family, procedure, release, state, version, path, grid, lon, lat, cell,
       department, confidential, demo, reporter, occurred_at - ?2, recorded_at - ?2, closed_at - ?2, due_at, overall_due_at,
       next_alert_at, alert, paused, provisional, duplicate_of, contact, body, NULL
     FROM origin CROSS JOIN cases ON id = old",
    "INSERT INTO assignment SELECT new, n, stage, kind, role, path, department, person, village, opened_at - ?2, due_at - ?2,
       left_at - ?2, outcome, version
     FROM origin CROSS JOIN assignment ON case_id = old",
    "INSERT INTO case_access (principal, case_id, since, until, why, recorded_at)
     SELECT principal, new, since - ?2, until - ?2, why, recorded_at - ?2
     FROM origin CROSS JOIN case_access ON case_id = old",
    "INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq)
     SELECT CAST(unhex(printf('%012x', (recorded_at - ?2) / 1000)) || substr(id, 7) AS BLOB), kind, new, recorded_at - ?2,
       canonical, salts, commitment, (SELECT records FROM feed_head) + ROW_NUMBER() OVER (ORDER BY seq) - 1
     FROM origin CROSS JOIN record ON subject = old",
    "INSERT INTO notice SELECT CAST(unhex(printf('%012x', (at - ?2) / 1000)) || substr(id, 7) AS BLOB), principal, new, zh, en, at - ?2
     FROM origin CROSS JOIN held_notice ON case_id = old",
    "INSERT INTO change_feed SELECT seq + ?1 * (SELECT seq FROM feed_head), kind, new, version, state, path, department, confidential, at - ?2
     FROM origin CROSS JOIN held_change ON id = old",
];

/// The two tables that have no index by case are read through one.
const HELD: &str = "
    CREATE TEMP TABLE held_notice AS SELECT * FROM notice WHERE case_id IN (SELECT old FROM origin);
    CREATE INDEX temp.held_notice_case ON held_notice (case_id);
    CREATE TEMP TABLE held_change AS SELECT * FROM change_feed WHERE id IN (SELECT old FROM origin);
    CREATE INDEX temp.held_change_case ON held_change (id)";

/// Indexes that are made anew afterwards. Those by case serve the copying.
const INDEXES: &str = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
    AND (tbl_name IN ('cases', 'assignment', 'notice') OR name = 'case_access_recent')";

fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let (Some(file), Some(wanted)) = (words.next(), words.next()) else {
        return Err("million FILE CASES".into());
    };
    fill(Path::new(&file), wanted.parse()?)
}

fn fill(file: &Path, wanted: i64) -> Result<(), Failure> {
    let conn = Connection::open(file)?;
    conn.execute_batch(PREPARE)?;
    conn.execute_batch(HELD)?;
    let (there, origins): (i64, i64) =
        conn.query_row("SELECT (SELECT COUNT(*) FROM cases), (SELECT COUNT(*) FROM origin)", [], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    if origins == 0 {
        return Err("no closed case to copy".into());
    }
    let rounds = ((wanted - there).max(0) + origins - 1) / origins;
    let indexes: Vec<(String, String)> =
        conn.prepare(INDEXES)?.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<Result<_, _>>()?;
    for (name, _) in &indexes {
        conn.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    let last: i64 = conn.query_row("SELECT MAX(rowid) FROM cases", [], |r| r.get(0))?;
    for round in 1..=rounds {
        for copy in COPIES {
            conn.execute(copy, params![round, round * ROUND])?;
        }
        conn.execute_batch("UPDATE feed_head SET records = (SELECT MAX(seq) + 1 FROM record)")?;
    }
    conn.execute_batch("UPDATE ledger SET untagged = (SELECT records FROM feed_head)")?;
    conn.execute("UPDATE feed_head SET seq = seq * (?1 + 1)", [rounds])?;
    conn.execute(
        "UPDATE counter SET n = n * (?1 + 1) WHERE state IN (SELECT state FROM cases WHERE closed_at IS NOT NULL)",
        [rounds],
    )?;
    find(&conn, last)?;
    for (_, sql) in &indexes {
        conn.execute_batch(sql)?;
    }
    conn.execute_batch("COMMIT; ANALYZE; PRAGMA journal_mode = WAL")?;
    Ok(())
}

/// Makes the copies findable by their words.
fn find(conn: &Connection, last: i64) -> Result<(), Failure> {
    let mut copies = conn.prepare(
        "SELECT rowid, number || ' ' || (body ->> 'title') || ' ' || (body ->> 'description') FROM cases WHERE rowid > ?1",
    )?;
    let mut index = conn.prepare("INSERT INTO case_search (rowid, tokens) VALUES (?1, ?2)")?;
    let mut rows = copies.query([last])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        index.execute(params![row.get::<_, i64>(0)?, search::index_tokens(&text)])?;
    }
    // As it is after a life of small additions; filled at one stroke, the merging would be left to the steps that are measured.
    conn.execute_batch("INSERT INTO case_search (case_search) VALUES ('optimize')")?;
    Ok(())
}
