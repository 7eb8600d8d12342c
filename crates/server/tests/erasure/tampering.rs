//! Somebody with the database's password takes a value out without an erasure, or puts one back after it: found and named.

use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::record::{Record, Sealed};
use yizhi_server::audit::{Audit, Contents, Finding, LogFiles, Report};
use yizhi_store::{Backend, RecordRow};

use crate::scene::{Scene, on_scene};

pub(crate) async fn verify(scene: &Scene) -> Report {
    let app = &scene.h.app;
    let files = LogFiles::at(app.config().data.join("ledger"));
    let keys = Some(app.ledger().keys().clone());
    let contents = Some(Contents::new(app.objects().clone()));
    let audit = Audit { db: app.db().clone(), files, keys, simulated: false, contents };
    audit.run(&mut |_, _| ()).await.unwrap()
}

pub(crate) async fn is_whole(scene: &Scene, when: &str) {
    let report = verify(scene).await;
    let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
    assert!(report.findings.is_empty(), "{when}: {}", said.join("\n"));
}

/// Exactly the findings of these names, the first of which speaks of something.
async fn finds(scene: &Scene, what: &str, names: &[&str], of: &str) {
    let report = verify(scene).await;
    let said: Vec<String> = report.findings.kept().iter().map(Finding::to_string).collect();
    let mut found: Vec<&str> = report.findings.kept().iter().map(Finding::name).collect();
    found.sort_unstable();
    assert_eq!(found, names, "{what}: {}", said.join("\n"));
    assert!(said.iter().any(|line| line.contains(of)), "{what}: {}", said.join("\n"));
}

/// What the database is made to say, and what it said before.
struct Changed {
    table: &'static str,
    column: &'static str,
    to: &'static str,
    found: &'static [&'static str],
    of: &'static str,
}

/// In a case of which nothing is erased.
const TAKEN_OUT: &[Changed] = &[
    Changed {
        table: "cases",
        column: "body",
        to: "replace(body, 'qz7titleword', '')",
        found: &["case.title"],
        of: "body.title",
    },
    Changed {
        table: "cases",
        column: "body",
        to: "replace(body, 'wk8descriptionword', '')",
        found: &["case.description"],
        of: "body.description",
    },
    Changed {
        table: "cases",
        column: "body",
        to: "replace(body, '\"entries\"', '\"erased\":[\"title\"],\"entries\"')",
        found: &["case.erased"],
        of: "“title” is marked as erased",
    },
    Changed { table: "cases", column: "lon", to: "NULL", found: &["case.location"], of: "location" },
    Changed { table: "cases", column: "lat", to: "lat + 0.1", found: &["case.location"], of: "location" },
    Changed { table: "cases", column: "contact", to: "NULL", found: &["case.contact"], of: "contact" },
    Changed {
        table: "attachment",
        column: "erased_at",
        to: "1",
        found: &["attachment.erased"],
        of: "no erasure accounts for it",
    },
];

impl Changed {
    fn key(&self, scene: &Scene) -> String {
        let id = if self.table == "cases" { &scene.case.0 } else { &scene.photo };
        format!("id = {}", uuid(scene, id.parse().unwrap()))
    }

    fn make(&self, scene: &Scene) {
        let Self { table, column, to, .. } = self;
        scene.h.sql(&format!("UPDATE {table} SET {column} = {to} WHERE {}", self.key(scene)));
    }
}

fn keep(scene: &Scene, tables: &[&str]) {
    for table in tables {
        scene.h.sql(&format!("DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
    }
}

/// A column as it was when it was kept.
fn put_back(scene: &Scene, table: &str, columns: &[&str]) {
    for column in columns {
        scene.h.sql(&format!(
            "UPDATE {table} SET {column} = (SELECT kept.{column} FROM kept_{table} AS kept WHERE kept.id = {table}.id) \
             WHERE id IN (SELECT id FROM kept_{table})"
        ));
    }
}

#[tokio::test]
async fn what_is_taken_out_without_an_erasure_is_found() {
    on_scene(async |scene| {
        scene.turn().await;
        keep(&scene, &["cases", "attachment"]);
        for change in TAKEN_OUT {
            change.make(&scene);
            finds(&scene, change.to, change.found, change.of).await;
            put_back(&scene, change.table, &[change.column]);
            is_whole(&scene, change.to).await;
        }
    })
    .await;
}

fn row_of(scene: &Scene, records: &[RecordRow], n: usize) -> RecordRow {
    let of_case = records.iter().filter(|record| record.subject.to_string() == scene.case.0);
    of_case.filter(|record| record.kind == "case.step").nth(n).unwrap().clone()
}

fn write(scene: &Scene, record: &RecordRow) {
    let (text, salts) = (bytes(scene, &record.canonical), bytes(scene, &record.salts));
    scene.h.sql(&format!("UPDATE record SET canonical = {text}, salts = {salts} WHERE seq = {}", record.seq));
}

#[tokio::test]
async fn a_field_of_a_record_that_no_erasure_took_out_is_found() {
    on_scene(async |scene| {
        scene.turn().await;
        let records = scene.h.app.db().records_from(0, 100_000).await.unwrap();
        for (step, field) in [(1, "note"), (1, "actor"), (0, "details"), (0, "description")] {
            let record = row_of(&scene, &records, step);
            let commitment = record.commitment.clone().try_into().unwrap();
            let sealed = Sealed { canonical: record.canonical.clone(), salts: record.salts.clone(), commitment };
            let Sealed { canonical, salts, .. } = sealed.erase(field).unwrap();
            write(&scene, &RecordRow { canonical, salts, ..record.clone() });
            finds(
                &scene,
                field,
                &["record.erased"],
                &format!("record {} (case {}): the value of “{field}”", record.seq, scene.case.1),
            )
            .await;
            write(&scene, &record);
        }
        is_whole(&scene, "written back").await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_back_after_an_erasure_is_found() {
    on_scene(async |scene| {
        scene.turn().await;
        let before = scene.h.app.db().records_from(0, 100_000).await.unwrap();
        keep(&scene, &["cases", "attachment"]);
        scene.erase(&["title", "description", "location", "reporter", "note:2", &scene.photo_field()]).await;
        is_whole(&scene, "a lawful erasure").await;
        let after = scene.h.app.db().records_from(0, 100_000).await.unwrap();

        let (note, erased) = (row_of(&scene, &before, 1), row_of(&scene, &after, 1));
        write(&scene, &note);
        let said = format!("record {} (case {}): “note”", note.seq, scene.case.1);
        finds(&scene, "a note", &["record.returned", "record.returned"], &said).await;
        write(&scene, &erased);

        for (column, found, of) in [
            ("body", vec!["case.facts", "case.returned", "case.returned"], "title was erased"),
            ("contact", vec!["case.returned"], "contact was erased"),
            ("reporter", vec!["case.returned"], "reporter was erased"),
        ] {
            scene.h.sql("DROP TABLE IF EXISTS now_cases; CREATE TABLE now_cases AS SELECT * FROM cases");
            put_back(&scene, "cases", &[column]);
            finds(&scene, column, &found, of).await;
            scene.h.sql(&format!(
                "UPDATE cases SET {column} = (SELECT n.{column} FROM now_cases AS n WHERE n.id = cases.id)"
            ));
        }
        put_back(&scene, "attachment", &["erased_at"]);
        finds(&scene, "a photo", &["attachment.returned", "attachment.row"], &scene.photo).await;
    })
    .await;
}

/// An erasure in the ledger that one person did alone.
#[tokio::test]
async fn an_erasure_by_one_person_is_found() {
    on_scene(async |scene| {
        let one = scene.h.person("operator");
        let fields = json!({
            "erasure": Uuid::nil(), "number": scene.case.1, "fields": [], "proposedBy": one, "confirmedBy": one,
            "row": [], "records": [], "attachments": [],
        });
        let Value::Object(fields) = fields else { panic!("a literal object") };
        let record = Record::new("erasure.done", scene.case.0.parse().unwrap(), fields);
        let db = scene.h.app.db().clone();
        db.write(scene.h.app.now(), |tx| {
            let record = record.clone();
            Box::pin(async move { tx.record(record, ()).await })
        })
        .await
        .unwrap();
        finds(&scene, "alone", &["erasure.people"], &scene.case.1).await;
    })
    .await;
}

fn bytes(scene: &Scene, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match scene.h.app.db().backend() {
        Backend::Sqlite => format!("X'{hex}'"),
        Backend::Postgres => format!("'\\x{hex}'::bytea"),
    }
}

fn uuid(scene: &Scene, id: Uuid) -> String {
    match scene.h.app.db().backend() {
        Backend::Sqlite => bytes(scene, id.as_bytes()),
        Backend::Postgres => format!("'{id}'::uuid"),
    }
}

/// A photo is what was uploaded, byte for byte; so is its small picture.
#[tokio::test]
async fn a_file_that_was_changed_or_taken_away_is_found() {
    on_scene(async |scene| {
        scene.turn().await;
        let folder = scene.h.app.config().data.join("attachments");
        for name in [scene.photo.clone(), format!("{}-thumbnail", scene.photo)] {
            let path = folder.join(&name);
            let bytes = std::fs::read(&path).unwrap();
            let mut changed = bytes.clone();
            *changed.last_mut().unwrap() ^= 1;
            std::fs::write(&path, changed).unwrap();
            finds(&scene, &name, &["file.changed"], &format!("attachments/{name} is not")).await;
            std::fs::remove_file(&path).unwrap();
            finds(&scene, &name, &["file.unreadable"], &format!("attachments/{name} cannot be read")).await;
            std::fs::write(&path, bytes).unwrap();
        }
        let counts = verify(&scene).await.counts;
        assert_eq!((counts.files, counts.older), (2, 0));
        is_whole(&scene, "written back").await;
    })
    .await;
}
