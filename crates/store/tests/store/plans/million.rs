//! A county with a million cases over three years, laid out in bulk: 600 villages of three grids, most cases closed, a hamlet of another county with a
//! hundred, a clerk who reported thirty thousand. Two hundred thousand looks at them.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

use super::BIG;
use crate::common::Ground;

pub(super) const CASES: i64 = 1_000_000;
/// Microseconds of the first case, and between two.
pub(super) const START: i64 = 1_700_000_000_000_000;
pub(super) const EACH: i64 = 95_000_000;

/// The person with a number, as text of a UUID.
pub(super) fn person(number: i64) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

/// Looks at those cases.
pub(super) const LOOKS: i64 = 200_000;
/// What the record of each says.
const LOOK: &str = r#"{"fields":{"actor":"00000000-0000-7000-8000-000000100007","at":"2026-11-20T02:00:00Z","department":null,"fields":["detail"],"filter":null,"place":"35.03.02.","purpose":null,"region":"35.","role":"leader","rows":null}}"#;

pub(super) const CLERK: i64 = 900_001;
/// Reported the fourth case and a few others.
pub(super) const CITIZEN: i64 = 100_004;

pub(super) async fn lay_out(ground: &Ground, url: &str) {
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let speed = if ground.postgres {
        &["SET synchronous_commit = off", "SET maintenance_work_mem = '512MB'"][..]
    } else {
        &["PRAGMA synchronous = OFF", "PRAGMA temp_store = MEMORY", "PRAGMA cache_size = -800000"][..]
    };
    for setting in speed {
        run(&mut conn, setting).await;
    }
    let later = set_aside(&mut conn, ground.postgres).await;
    for statement in rows(ground.postgres) {
        run(&mut conn, &statement).await;
    }
    for statement in later {
        run(&mut conn, &statement).await;
    }
    if ground.postgres {
        run(&mut conn, "VACUUM (ANALYZE)").await;
    } else {
        ground.db.analyze().await.unwrap();
    }
}

async fn run(conn: &mut AnyConnection, sql: &str) {
    conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// Drops the indexes of big tables, and says how to make them again: after the rows, which is many times faster.
async fn set_aside(conn: &mut AnyConnection, postgres: bool) -> Vec<String> {
    let named = BIG.iter().map(|t| format!("'{t}'")).collect::<Vec<_>>().join(", ");
    let find = if postgres {
        format!(
            "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename IN ({named}) \
             AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        )
    } else {
        format!(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({named})"
        )
    };
    let mut later = Vec::new();
    for row in conn.fetch_all(AssertSqlSafe(find)).await.unwrap() {
        run(conn, &format!("DROP INDEX {}", row.get::<String, _>(0))).await;
        later.push(row.get::<String, _>(1));
    }
    later
}

/// What fills the tables, in words of both databases.
fn rows(postgres: bool) -> Vec<String> {
    let id = |number: &str| {
        if postgres {
            format!("CAST('00000000-0000-7000-8000-' || right('000000000000' || ({number}), 12) AS uuid)")
        } else {
            format!("unhex('00000000000070008000' || substr('000000000000' || ({number}), -12))")
        }
    };
    let bytes = if postgres { "bytea" } else { "BLOB" };
    let blob = if postgres { "'\\x7b7d'::bytea" } else { "x'7b7d'" };
    let numbers = |last: i64| {
        format!(
            "(WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n) AS n"
        )
    };
    let case = id("(i * 7919) % 1000003");
    let open = "(i > 985000 OR i % 199 = 0)";
    let state = format!(
        "CASE WHEN NOT {open} THEN (CASE WHEN i % 25 = 1 THEN 'rejected' ELSE 'closed' END) WHEN i % 61 = 5 THEN 'suspended' \
         WHEN i % 4 = 0 THEN 'reported' WHEN i % 4 = 1 THEN 'registered' WHEN i % 4 = 2 THEN 'handling' ELSE 'finished' END"
    );
    let department = format!("CASE WHEN {open} AND i % 4 < 2 THEN NULL ELSE 'dept-' || (i * 31 % 80 % 9) END");
    let path = "CASE WHEN i % 10000 = 3 THEN '44.04.40.001.201.001.' \
         ELSE '35.03.02.' || (101 + (i / 3) % 20) || '.' || (201 + (i / 60) % 30) || '.' || (301 + (i / 1800) % 3) || '.' END";
    let reporter = format!("CASE WHEN i % 30 = 1 THEN {CLERK} WHEN i % 2 = 0 THEN 100000 + i % 200000 END");
    let recorded = format!("{START} + i / 3 * 3 * {EACH}");
    let due = format!("CASE WHEN {open} AND i % 61 <> 5 THEN {START} + i * {EACH} + 600000000000 END");
    vec![
        format!(
            "INSERT INTO cases (id, number, matter, family, procedure, release, state, version, path, lon, lat, cell, department, confidential, demo, \
             reporter, occurred_at, recorded_at, closed_at, due_at, next_alert_at, alert, paused, provisional, body) \
             SELECT {case}, '350302-' || i, CASE WHEN i % 100000 = 7 THEN 'event-rare' ELSE 'event-' || (i * 31 % 80) END, 'family', 'incident', 'r', \
             {state}, 8, {path}, 118.9 + i * 7 % 1000 / 5000.0, 25.3 + i * 11 % 1000 / 5000.0, i % 160000, {department}, i % 100 = 50, FALSE, \
             {reporter_id}, {recorded}, {recorded}, CASE WHEN {open} THEN NULL ELSE {recorded} + 1 END, \
             {due}, {due}, CASE WHEN {open} THEN i % 3 ELSE 0 END, FALSE, FALSE, '{{\"title\":\"垃圾没人清\",\"description\":\"小区门口堆了三天\"}}' \
             FROM {n}",
            reporter_id = id(&reporter),
            n = numbers(CASES),
        ),
        format!(
            "INSERT INTO case_access (principal, case_id, since, until, why, recorded_at) SELECT 'p:{}' || substr('000000000000' || n, length('000000000000' || n) - 11), \
             {case}, {recorded}, NULL, 'reporter', {recorded} FROM (SELECT i, {reporter} AS n FROM {}) AS r WHERE n IS NOT NULL",
            &person(0)[..24],
            numbers(CASES),
        ),
        format!(
            "INSERT INTO case_access (principal, case_id, since, until, why, recorded_at) SELECT 'd:' || department || '@35.03.02.', id, \
             recorded_at + 1, NULL, 'lead', recorded_at FROM cases WHERE department IS NOT NULL"
        ),
        format!(
            "INSERT INTO look (seq, at, kind, person, case_id, province, city, county) SELECT i, {START} + i / 2 * {EACH}, \
             CASE WHEN i % 500 = 9 THEN 'export' ELSE 'read' END, {looker}, {case}, CASE WHEN {hamlet} THEN '44.' ELSE '35.' END, \
             CASE WHEN {hamlet} THEN '44.04.' ELSE '35.03.' END, CASE WHEN {hamlet} THEN '44.04.40.' ELSE '35.03.02.' END FROM {n}",
            looker = id("100000 + i % 300"),
            hamlet = "i % 10000 = 3",
            n = numbers(LOOKS),
        ),
        format!(
            "INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment, seq) \
             SELECT {}, 'look.read', {case}, {START} + i / 2 * {EACH}, CAST('{LOOK}' AS {bytes}), {blob}, {blob}, i FROM {}",
            id("2000000 + i"),
            numbers(LOOKS),
        ),
        format!(
            "INSERT INTO assignment (case_id, n, stage, kind, role, path, department, person, village, opened_at, due_at, left_at, outcome, version) \
             SELECT id, 1, state, 'lead', CASE WHEN department IS NULL THEN 'operator' ELSE 'department_handler' END, '35.03.02.', department, NULL, \
             village, recorded_at, due_at, closed_at, NULL, 1 FROM cases WHERE recorded_at > {} OR closed_at IS NULL",
            START + 700_000 * EACH,
        ),
        format!(
            "INSERT INTO record (id, kind, subject, recorded_at, canonical, salts, commitment) SELECT {}, 'case.step', {case}, {recorded}, \
             CAST('{{\"fields\":{{}}}}' AS {bytes}), {blob}, {blob} FROM {}",
            id("i"),
            numbers(CASES / 2),
        ),
        format!(
            "INSERT INTO change_feed (seq, kind, id, version, state, path, department, confidential, at) SELECT i, 'case', {case}, 1, 'closed', {path}, \
             NULL, FALSE, {recorded} FROM {}",
            numbers(CASES),
        ),
        format!(
            "INSERT INTO notice (id, principal, case_id, zh, en, at) SELECT {}, CASE WHEN i % 2 = 0 THEN 'r:operator@35.03.02.' ELSE 'r:leader@' || i END, \
             {case}, 'zh', 'en', {recorded} FROM {}",
            id("i"),
            numbers(CASES / 4),
        ),
        format!(
            "INSERT INTO attachment (id, case_id, uploader, name, media_type, bytes, thumbnail, created_at) SELECT {}, {case}, {}, 'n', 'image/jpeg', 1, \
             TRUE, {recorded} FROM {}",
            id("i"),
            id("1"),
            numbers(CASES / 8),
        ),
        format!(
            "INSERT INTO job (id, kind, payload, state, run_at, attempts, done, total, created_at) SELECT {}, 'k', '', CASE WHEN i > 124900 THEN 'queued' \
             WHEN i % 5000 = 0 THEN 'dead' ELSE 'done' END, {recorded}, 0, 0, 0, {recorded} FROM {}",
            id("i"),
            numbers(CASES / 8),
        ),
        "INSERT INTO counter (village, matter, department, state, n) SELECT village, matter, coalesce(department, ''), state, count(*) FROM cases \
         WHERE NOT confidential GROUP BY 1, 2, 3, 4"
            .to_owned(),
        format!(
            "INSERT INTO session (token, person, post, csrf, created_at, seen_at, expires_at) SELECT {}, {}, {}, 'c', i, i, i FROM {}",
            if postgres { "convert_to(CAST(i AS text), 'UTF8')" } else { "CAST(i AS BLOB)" },
            id("i"),
            id("i"),
            numbers(CASES / 50),
        ),
        words(postgres, &case, &numbers(CASES)),
    ]
}

/// The index of words, for the newest fifth: half of the cases are about rubbish, a few about singing, each has a dozen words more.
fn words(postgres: bool, case: &str, numbers: &str) -> String {
    let subject = "CASE WHEN i % 2 = 0 THEN '垃 垃圾 圾' WHEN i % 10000 = 1 THEN 'ktv88' ELSE '路 路灯 灯' END";
    let more: Vec<String> = (0..12).map(|n| format!(" || ' street{n}x' || i * {} % 997", 7 + n)).collect();
    let text = format!("({subject}){}", more.concat());
    let newest = format!("FROM {numbers} WHERE i > {}", CASES / 5 * 4);
    if postgres {
        return format!(
            "INSERT INTO case_search (case_id, tokens) SELECT {case}, array_to_tsvector(string_to_array({text}, ' ')) {newest}"
        );
    }
    format!("INSERT INTO case_search (rowid, tokens) SELECT i, {text} {newest}")
}
