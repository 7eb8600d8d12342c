//! Somebody with the database's password edits one cell, any cell of any table on which a decision or a person's right rests: each is named.

use std::collections::BTreeSet;

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

/// How a column is edited.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Int,
    Real,
    Bool,
    Blob,
    Id,
    /// The body of a case.
    Json,
}

use Type::{Blob, Bool, Id, Int, Json, Real, Text};

struct Table {
    name: &'static str,
    key: &'static str,
    /// By what a finding names a row: a column or an expression. Bytes in hexadecimal digits, ids without hyphens.
    identity: &'static str,
    columns: &'static [(&'static str, Type)],
}

const NUMBER: &str = "(SELECT number FROM cases WHERE cases.id = case_id)";
const TABLES: &[Table] = &[
    Table {
        name: "cases",
        key: "id",
        identity: "number",
        columns: &[
            ("number", Text),
            ("matter", Text),
            ("family", Text),
            ("procedure", Text),
            ("release", Text),
            ("state", Text),
            ("version", Int),
            ("path", Text),
            ("grid", Text),
            ("lon", Real),
            ("lat", Real),
            ("cell", Int),
            ("department", Text),
            ("confidential", Bool),
            ("demo", Bool),
            ("reporter", Id),
            ("occurred_at", Int),
            ("recorded_at", Int),
            ("closed_at", Int),
            ("due_at", Int),
            ("overall_due_at", Int),
            ("next_alert_at", Int),
            ("alert", Int),
            ("paused", Bool),
            ("provisional", Bool),
            ("duplicate_of", Id),
            ("contact", Blob),
            ("body", Json),
            ("asked", Blob),
            ("leaves", Blob),
        ],
    },
    Table {
        name: "assignment",
        key: "case_id, n",
        identity: NUMBER,
        columns: &[
            ("case_id", Id),
            ("n", Int),
            ("stage", Text),
            ("kind", Text),
            ("role", Text),
            ("path", Text),
            ("department", Text),
            ("person", Id),
            ("village", Text),
            ("opened_at", Int),
            ("due_at", Int),
            ("left_at", Int),
            ("left_by", Id),
            ("outcome", Text),
            ("version", Int),
        ],
    },
    Table {
        name: "case_access",
        key: "principal, case_id, since",
        identity: NUMBER,
        columns: &[
            ("principal", Text),
            ("case_id", Id),
            ("since", Int),
            ("until", Int),
            ("why", Text),
            ("recorded_at", Int),
        ],
    },
    Table {
        name: "attachment",
        key: "id",
        identity: "id",
        columns: &[
            ("case_id", Id),
            ("uploader", Id),
            ("name", Text),
            ("media_type", Text),
            ("bytes", Int),
            ("width", Int),
            ("height", Int),
            ("lon", Real),
            ("lat", Real),
            ("taken_at", Int),
            ("thumbnail", Bool),
            ("created_at", Int),
            ("erased_at", Int),
            ("digest", Blob),
            ("thumbnail_digest", Blob),
            ("file", Id),
        ],
    },
    Table {
        name: "person",
        key: "id",
        identity: "id",
        columns: &[
            ("id", Id),
            ("account", Text),
            ("name", Text),
            ("phone", Blob),
            ("password", Text),
            ("totp", Blob),
            ("password_at", Int),
            ("created_at", Int),
            ("disabled_at", Int),
            ("demo", Bool),
            ("vouched_at", Int),
        ],
    },
    Table {
        name: "activation",
        key: "id",
        identity: "id",
        columns: &[
            ("id", Id),
            ("person", Id),
            ("first", Blob),
            ("second", Blob),
            ("halves", Int),
            ("proposal", Id),
            ("made_by", Id),
            ("confirmed_by", Id),
            ("created_at", Int),
            ("expires_at", Int),
            ("ended_at", Int),
        ],
    },
    Table {
        name: "post_proposal",
        key: "id",
        identity: "id",
        columns: &[
            ("id", Id),
            ("kind", Text),
            ("person", Id),
            ("role", Text),
            ("path", Text),
            ("department", Text),
            ("from_at", Int),
            ("until_at", Int),
            ("reason", Text),
            ("state", Text),
            ("proposed_by", Id),
            ("proposed_family", Text),
            ("proposed_at", Int),
            ("decided_by", Id),
            ("decided_at", Int),
            ("note", Text),
        ],
    },
    Table {
        name: "administration",
        key: "path",
        identity: "path",
        columns: &[("path", Text), ("held_by", Text), ("chosen_by", Id), ("at", Int)],
    },
    Table {
        name: "post",
        key: "id",
        identity: "id",
        columns: &[
            ("id", Id),
            ("person", Id),
            ("role", Text),
            ("path", Text),
            ("department", Text),
            ("from_at", Int),
            ("until_at", Int),
        ],
    },
    Table {
        name: "grid_duty",
        key: "path, role, person, from_at",
        identity: "path",
        columns: &[("path", Text), ("role", Text), ("person", Id), ("from_at", Int), ("until_at", Int)],
    },
    Table {
        name: "api_token",
        key: "token",
        identity: "token",
        columns: &[
            ("token", Blob),
            ("person", Id),
            ("post", Id),
            ("created_at", Int),
            ("revoked_at", Int),
            ("name", Text),
            ("scope", Text),
            ("expires_at", Int),
        ],
    },
    Table {
        name: "login_link",
        key: "token",
        identity: "token",
        columns: &[("token", Blob), ("person", Id), ("goto", Text), ("created_at", Int), ("used_at", Int)],
    },
    Table {
        name: "session",
        key: "token",
        identity: "token",
        columns: &[("person", Id), ("post", Id), ("csrf", Text), ("created_at", Int), ("expires_at", Int)],
    },
    Table {
        name: "erasure",
        key: "id",
        identity: "id",
        columns: &[
            ("id", Id),
            ("case_id", Id),
            ("number", Text),
            ("fields", Text),
            ("authority", Id),
            ("authority_number", Text),
            ("reason", Text),
            ("state", Text),
            ("proposed_by", Id),
            ("proposed_at", Int),
            ("decided_by", Id),
            ("decided_at", Int),
            ("note", Text),
        ],
    },
    Table { name: "setting", key: "name", identity: "name", columns: &[("name", Text), ("value", Text)] },
    Table {
        name: "region",
        key: "path, version",
        identity: "substr(path, 1, 9)",
        columns: &[
            ("path", Text),
            ("version", Int),
            ("level", Text),
            ("code", Text),
            ("name", Text),
            ("pinyin", Text),
            ("lon", Real),
            ("lat", Real),
            ("outline", Text),
            ("outline_source", Text),
            ("from_at", Int),
            ("until_at", Int),
        ],
    },
    Table {
        name: "grid",
        key: "code, version",
        identity: "substr(path, 1, 9)",
        columns: &[
            ("code", Text),
            ("version", Int),
            ("path", Text),
            ("name", Text),
            ("kind", Text),
            ("schematic", Bool),
            ("geometry", Text),
            ("lon", Real),
            ("lat", Real),
            ("from_at", Int),
            ("until_at", Int),
        ],
    },
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
}

/// Another value of the column's type, made from the one that is there, or from none.
fn edited(column: &str, of: Type, postgres: bool) -> String {
    let bytes = "0102030405060708090a0b0c0d0e0f10";
    match of {
        Text => format!("coalesce({column}, '') || 'x'"),
        Int => format!("coalesce({column}, 0) + 1001"),
        Real => format!("coalesce({column}, 0) + 0.5"),
        Bool => format!("NOT {column}"),
        Json => format!("replace({column}, '\"assigned\":', '\"assigned\":1')"),
        Blob | Id if !postgres => format!("X'{bytes}'"),
        Blob => format!("'\\x{bytes}'::bytea"),
        Id => format!("'{bytes}'::uuid"),
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
        for table in TABLES {
            let all = scene.h.columns(table.name);
            let listed = table.columns.iter().map(|(name, _)| *name).chain(left_alone(table.name).iter().copied());
            assert_eq!(all.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed.collect(), "{}", table.name);
            scene.h.sql(&format!("CREATE TABLE saved_{0} AS SELECT {1} FROM {0}", table.name, all.join(", ")));
        }
        let mut rng = StdRng::seed_from_u64(7);
        let mut missed = Vec::new();
        for n in 0..EDITS {
            // Every table is met, also a small one.
            let table = &TABLES[if n < TABLES.len() { n } else { rng.random_range(0..TABLES.len()) }];
            let (column, of) = table.columns[rng.random_range(0..table.columns.len())];
            let count: usize = scene.h.ask(&format!("SELECT count(*) FROM {}", table.name))[0].parse().unwrap();
            assert!(count > 0, "{} is empty", table.name);
            let offset = rng.random_range(0..count);
            let row = format!("(SELECT {0} FROM {1} ORDER BY {0} LIMIT 1 OFFSET {offset})", table.key, table.name);
            let row = format!("({}) = {row}", table.key);
            let bytes = matches!(table.identity, "id" | "token");
            let name = named(table.identity, bytes, postgres);
            let name = scene.h.ask(&format!("SELECT {name} FROM {} WHERE {row}", table.name)).remove(0);
            let to = edited(column, of, postgres);
            scene.h.sql(&format!("UPDATE {} SET {column} = {to} WHERE {row}", table.name));
            let report = verify(&scene).await;
            let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
            let all = said.join("\n");
            if !all.contains(&name) && !all.replace('-', "").contains(&name) {
                missed.push(format!("{}.{column} of {name}: {all}", table.name));
            }
            restore(&scene, table);
        }
        assert!(missed.is_empty(), "{} of {EDITS} were not named:\n{}", missed.len(), missed.join("\n"));
        is_whole(&scene, "after").await;
    })
    .await;
}

/// Columns that no edit can use: of keys, what a finding is named by or what nothing rests on.
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

fn restore(scene: &Scene, table: &Table) {
    let (name, columns) = (table.name, scene.h.columns(table.name).join(", "));
    scene.h.sql(&format!("DELETE FROM {name}; INSERT INTO {name} ({columns}) SELECT {columns} FROM saved_{name}"));
}
