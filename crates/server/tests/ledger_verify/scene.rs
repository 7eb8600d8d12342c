//! An installation with a life in it: some hundred records in the log, some that wait for it, a case that went some way. Tampering is undone again,
//! so that one installation serves a whole table.

use std::fs;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;
use yizhi_ledger::receipt::PinnedKeys;
use yizhi_server::audit::{Audit, Finding, LogFiles, Report};
use yizhi_server::ledger::Sequencer;
use yizhi_store::{Backend, RecordRow};

use crate::common::{Harness, on_both};

/// Columns that are written; the databases compute others.
const SAVED: [&str; 16] = [
    "record",
    "cases",
    "feed_head",
    "ledger",
    "catalog_release",
    "counter",
    "setting",
    "change_feed",
    "look",
    "assignment",
    "case_access",
    "person",
    "post",
    "session",
    "region",
    "grid",
];

/// Reports before the log is brought up to date; each has a session opened, too, so that one tile is full and one is not.
const REPORTS: usize = 150;
/// What somebody does to the first case. A comment leaves the version as it is.
const LIFE: &[(&str, &str, &str)] = &[
    ("grid_worker", "verify", r#"{"note": "到过现场", "data": {"found": true}}"#),
    ("operator", "comment", r#"{"note": "已电话联系"}"#),
    ("operator", "register", "{}"),
    ("dispatcher", "dispatch", r#"{"to": {"department": "city_management"}}"#),
];

pub(crate) struct Scene {
    pub(crate) h: Harness,
    /// All records, by number.
    pub(crate) records: Vec<RecordRow>,
    /// Numbers of the steps of the first case.
    pub(crate) steps: Vec<i64>,
    /// Id and number of that case.
    pub(crate) case: (Uuid, String),
    /// How many records the log has.
    pub(crate) size: i64,
    saved: TempDir,
}

/// Runs a test on every database there is.
pub(crate) async fn on_scene(test: impl AsyncFn(Scene)) {
    on_both(async |h| test(Scene::lay(h).await).await).await;
}

impl Scene {
    pub(crate) async fn lay(h: Harness) -> Self {
        let first = report(&h).await;
        let case: Uuid = first["id"].as_str().unwrap().parse().unwrap();
        for (account, action, body) in LIFE {
            act(&h, account, &case, action, body).await;
        }
        look(&h, &case).await;
        for _ in 1..REPORTS {
            report(&h).await;
        }
        h.pass(TimeDelta::seconds(1));
        Sequencer::new().turn(&h.app).await.unwrap();
        let size = h.app.db().ledger_head().await.unwrap().size;
        for _ in 0..3 {
            h.pass(TimeDelta::seconds(1));
            report(&h).await;
        }
        let records = h.app.db().records_from(0, 100_000).await.unwrap();
        let of_case = |record: &&RecordRow| record.subject == case && record.kind == "case.step";
        let steps: Vec<i64> = records.iter().filter(of_case).map(|record| record.seq).collect();
        assert_eq!(steps.len(), 1 + LIFE.len());
        assert!((257..512).contains(&size) && i64::try_from(records.len()).unwrap() > size, "{size}");
        for table in SAVED {
            h.sql(&format!("CREATE TABLE saved_{table} AS SELECT {} FROM {table}", h.columns(table).join(", ")));
        }
        let number = first["number"].as_str().unwrap().to_owned();
        let scene = Self { h, records, steps, case: (case, number), size, saved: tempfile::tempdir().unwrap() };
        copy(&scene.log(), scene.saved.path());
        scene
    }

    /// Everything as it was.
    pub(crate) fn restore(&self) {
        for table in SAVED {
            let columns = self.h.columns(table).join(", ");
            self.h.sql(&format!("DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT * FROM saved_{table}"));
        }
        self.h.sql("CREATE UNIQUE INDEX IF NOT EXISTS record_seq ON record (seq)");
        fs::remove_dir_all(self.log()).unwrap();
        copy(self.saved.path(), &self.log());
    }

    /// The folder of the log's files.
    pub(crate) fn log(&self) -> PathBuf {
        self.h.app.config().data.join("ledger")
    }

    pub(crate) async fn verify(&self) -> Report {
        self.verify_with(self.h.app.ledger().keys().clone()).await
    }

    pub(crate) async fn verify_with(&self, keys: PinnedKeys) -> Report {
        let (db, files) = (self.h.app.db().clone(), LogFiles::at(self.log()));
        Audit { db, files, keys: Some(keys), simulated: false, contents: None }.run(&mut |_, _| ()).await.unwrap()
    }

    /// Asserts that something was found under a name, and that what is said of it speaks of a thing.
    pub(crate) async fn finds(&self, what: &str, name: &str, of: &str) {
        let report = self.verify().await;
        let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
        let named = |said: &&String| said.starts_with(&format!("[{name}]")) && said.contains(of);
        assert!(said.iter().any(|line| named(&line)), "{what}: {name} of {of} is not among\n{}", said.join("\n"));
    }

    pub(crate) async fn is_whole(&self, what: &str) {
        let report = self.verify().await;
        let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
        assert!(report.findings.is_empty(), "{what}: {}", said.join("\n"));
    }

    pub(crate) fn record(&self, seq: i64) -> &RecordRow {
        &self.records[usize::try_from(seq).unwrap()]
    }

    /// Bytes as this database writes them in SQL.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.h.app.db().backend() {
            Backend::Sqlite => format!("X'{hex}'"),
            Backend::Postgres => format!("'\\x{hex}'::bytea"),
        }
    }

    pub(crate) fn uuid(&self, id: Uuid) -> String {
        match self.h.app.db().backend() {
            Backend::Sqlite => self.bytes(id.as_bytes()),
            Backend::Postgres => format!("'{id}'::uuid"),
        }
    }
}

/// Reports a case as a fresh session.
async fn report(h: &Harness) -> Value {
    let (lon, lat) = crate::common::ground::point_in("350302001001001");
    let body = json!({
        "matter": "event-0194", "title": "饭店油烟", "location": { "lon": lon, "lat": lat },
        "reporter": { "name": "陈大文", "phone": "13900004321" },
    });
    let (status, case) = h.as_role("operator").await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

/// Looks at who reported a case, and exports a list.
async fn look(h: &Harness, case: &Uuid) {
    let operator = h.as_role("operator").await;
    let body = json!({ "fields": ["reporter.phone"], "purpose": "contact_reporter" });
    let (status, shown) = operator.post(&format!("/api/v1/cases/{case}/unmask"), body).await;
    assert_eq!(status, StatusCode::OK, "{shown}");
    let (status, _) = operator.fetch("/api/v1/cases/export?purpose=statistics").await;
    assert_eq!(status, StatusCode::OK);
    h.pass(TimeDelta::seconds(1));
}

async fn act(h: &Harness, account: &str, case: &Uuid, action: &str, body: &str) {
    let client = h.as_account(account).await;
    let (_, seen) = client.get(&format!("/api/v1/cases/{case}")).await;
    let mut body: Value = serde_json::from_str(body).unwrap();
    body["version"] = seen["version"].clone();
    let (status, after) = client.post(&format!("/api/v1/cases/{case}/actions/{action}"), body).await;
    assert_eq!(status, StatusCode::OK, "{account} {action}: {after}");
    h.pass(TimeDelta::seconds(1));
}

/// Copies what a folder holds into another, which is made if it is not there.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
