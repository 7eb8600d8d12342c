//! Somebody with the database's password edits one cell, any cell of any table on which a decision or a person's right rests: each is named.

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use uuid::Uuid;
use yizhi_domain::role::Family;
use yizhi_server::audit::Finding;
use yizhi_store::{Backend, LoginLink, NewCode, NewProposal, Proposed};

use crate::scene::{Scene, on_scene};
use crate::tampering::{is_whole, verify};

const EDITS: usize = 200;

const NUMBER: &str = "(SELECT number FROM cases WHERE cases.id = case_id)";
/// Tables with their keys, and by what a finding names a row: a column or an expression. Bytes in hexadecimal digits, ids without hyphens.
const TABLES: &[(&str, &str, &str)] = &[
    ("cases", "id", "number"),
    ("assignment", "case_id, n", NUMBER),
    ("case_access", "principal, case_id, since", NUMBER),
    ("attachment", "id", "id"),
    ("person", "id", "id"),
    ("activation", "id", "id"),
    ("post_proposal", "id", "id"),
    ("administration", "path", "path"),
    ("post", "id", "id"),
    ("grid_duty", "path, role, person, from_at", "path"),
    ("api_token", "token", "token"),
    ("login_link", "token", "token"),
    ("session", "token", "token"),
    ("erasure", "id", "id"),
    ("setting", "name", "name"),
    ("counter", "village, matter, department, state", "village"),
    ("region", "path, version", "substr(path, 1, 9)"),
    ("grid", "code, version", "substr(path, 1, 9)"),
];

/// Whatever the scene lacks of those tables.
async fn fill(scene: &Scene) {
    let (db, now) = (scene.h.app.db(), scene.h.app.now());
    let person = scene.h.person("grid_worker");
    let link = LoginLink { token: vec![7; 32], person, goto: "/".to_owned() };
    db.login_links_add(vec![link], now).await.unwrap();
    db.setting_set("county", "350302", now).await.unwrap();
    scene.h.as_program("operator").await;
    let code = |n| NewCode { digest: vec![n; 32], expires_at: now + TimeDelta::days(3) };
    let reset = NewProposal {
        id: Uuid::from_u128(0x1234_5678_9abc),
        what: Proposed::Reset(person),
        path: "35.03.02.".to_owned(),
        reason: Some("忘记密码".to_owned()),
        by: scene.h.person("administrator"),
        family: Family::System,
        code: code(9),
    };
    db.proposal_add(reset, Vec::new(), now).await.unwrap();
    let by = scene.h.person("administrator");
    db.administration_set("35.03.02.001.001.", Some("35.03.02.001."), by, now).await.unwrap();
    scene.erase(&["description"]).await;
    scene.propose(&["title"]).await;
    scene.h.pass(TimeDelta::seconds(1));
    scene.turn().await;
    // What counts nothing says nothing, whatever it is called.
    scene.h.sql("DELETE FROM counter WHERE n = 0");
}

/// Another value of the column's declared type, made from the one that is there, or from none.
fn edited(table: &str, column: &str, of: &str) -> String {
    let bytes = "0102030405060708090a0b0c0d0e0f10";
    match of {
        "text" if (table, column) == ("cases", "body") => {
            format!("replace({column}, '\"assigned\":', '\"assigned\":1')")
        }
        "text" => format!("coalesce({column}, '') || 'x'"),
        "bigint" | "integer" | "smallint" => format!("coalesce({column}, 0) + 1001"),
        "real" | "double precision" => format!("coalesce({column}, 0) + 0.5"),
        "boolean" => format!("NOT {column}"),
        "blob" => format!("X'{bytes}'"),
        "bytea" => format!("'\\x{bytes}'::bytea"),
        "uuid" => format!("'{bytes}'::uuid"),
        other => panic!("{table}.{column} is of type {other}"),
    }
}

/// A row's name as one text on both databases.
fn named(identity: &str, key_is_bytes: bool, postgres: bool) -> String {
    match (key_is_bytes, postgres) {
        (false, _) => identity.to_owned(),
        (true, false) => format!("lower(hex({identity}))"),
        (true, true) if identity == "token" => format!("encode({identity}, 'hex')"),
        (true, true) => format!("replace({identity}::text, '-', '')"),
    }
}

#[tokio::test]
async fn two_hundred_random_cells_edited_by_sql_are_two_hundred_named() {
    on_scene(async |scene| {
        fill(&scene).await;
        is_whole(&scene, "before").await;
        let postgres = scene.h.app.db().backend() == Backend::Postgres;
        for (table, ..) in TABLES {
            let columns = scene.h.columns(table).join(", ");
            scene.h.sql(&format!("CREATE TABLE saved_{table} AS SELECT {columns} FROM {table}"));
        }
        let mut rng = StdRng::seed_from_u64(7);
        let mut missed = Vec::new();
        for n in 0..EDITS {
            // Every table is met, also a small one.
            let (table, key, identity) = TABLES[if n < TABLES.len() { n } else { rng.random_range(0..TABLES.len()) }];
            let mut columns = scene.h.columns_typed(table);
            columns.retain(|(name, _)| !left_alone(table).contains(&name.as_str()));
            let (column, of) = &columns[rng.random_range(0..columns.len())];
            let count: usize = scene.h.ask(&format!("SELECT count(*) FROM {table}"))[0].parse().unwrap();
            assert!(count > 0, "{table} is empty");
            let offset = rng.random_range(0..count);
            let row = format!("({key}) = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {offset})");
            let name = named(identity, matches!(identity, "id" | "token"), postgres);
            let name = scene.h.ask(&format!("SELECT {name} FROM {table} WHERE {row}")).remove(0);
            let to = edited(table, column, of);
            scene.h.sql(&format!("UPDATE {table} SET {column} = {to} WHERE {row}"));
            let report = verify(&scene).await;
            let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
            let all = said.join("\n");
            if !all.contains(&name) && !all.replace('-', "").contains(&name) {
                missed.push(format!("{table}.{column} of {name}: {all}"));
            }
            restore(&scene, table);
        }
        assert!(missed.is_empty(), "{} of {EDITS} were not named:\n{}", missed.len(), missed.join("\n"));
        is_whole(&scene, "after").await;
    })
    .await;
}

/// What a finding is named by, and what nothing rests on; every other column of these tables is proven, a new one too.
fn left_alone(table: &str) -> &'static [&'static str] {
    match table {
        "cases" => &["id"],
        "attachment" => &["id", "sent"],
        "person" => &["failures", "locked_until", "totp_step", "notices_read_at"],
        "activation" => &["failures"],
        "session" => &["token", "seen_at"],
        "region" => &["initials"],
        _ => &[],
    }
}

fn restore(scene: &Scene, table: &str) {
    let columns = scene.h.columns(table).join(", ");
    scene.h.sql(&format!("DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM saved_{table}"));
}
