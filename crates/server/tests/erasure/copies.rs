//! Every column of every table, and every byte of every file in the data folder, is searched for what was erased.

use std::fs;
use std::path::Path;

use serde_json::json;
use yizhi_domain::ids::PersonId;
use yizhi_domain::slice::Slice;

use crate::common::database::Row;
use crate::scene::{DESCRIPTION, FILE, NOTE, PHONE, Scene, TITLE, on_scene};

/// Words by which a text is known. A file of the search index leaves out what a word shares with the one before it.
const WORDS: &[&str] = &["7titleword", "8descriptionword", "9noteword", "4fileword"];

fn mentions(rows: &[Row], words: &[&str]) -> Vec<String> {
    let hits = rows.iter().filter(|row| words.iter().any(|word| row.text.contains(word)));
    hits.map(|row| format!("{}: {}", row.table, row.text)).collect()
}

/// Rows that name both the case, or something of it, and somebody. A row of statistics quotes many rows, of which none leads to another.
fn links(scene: &Scene, rows: &[Row], person: PersonId) -> Vec<String> {
    let (of_case, person) = ([&scene.case.0, &scene.case.1, &scene.photo], person.to_string());
    let both = |row: &&Row| row.text.contains(&person) && of_case.iter().any(|name| row.text.contains(*name));
    let hits = rows.iter().filter(|row| row.table != "pg_stats").filter(both);
    hits.map(|row| format!("{}: {}", row.table, row.text)).collect()
}

/// Files that hold one of the words.
fn files_with(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            out.extend(files_with(&entry.path(), words));
            continue;
        }
        let bytes = fs::read(entry.path()).unwrap();
        let found = |word: &&&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
        out.extend(words.iter().filter(found).map(|word| format!("{}: {word}", entry.path().display())));
    }
    out
}

/// Name and phone as they are kept, in hexadecimal digits.
async fn sealed_contact(scene: &Scene) -> String {
    let who = scene.h.first_post("citizen");
    let world = scene.h.app.world();
    let post = world.directory.post(scene.h.person("citizen"), who, scene.h.app.now()).unwrap();
    let slice = Slice::of_post(world.catalog.roles().get("citizen").unwrap(), post, scene.h.app.now());
    let found = scene.h.app.db().case_fetch_by_number(&scene.case.1, &slice).await.unwrap().unwrap();
    found.contact.unwrap().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn no_table_and_no_file_has_what_was_erased() {
    on_scene(async |scene| {
        let (data, citizen) = (scene.h.app.config().data.clone(), scene.h.person("citizen"));
        let before = scene.h.dump();
        for text in [TITLE, DESCRIPTION, NOTE, FILE] {
            assert!(!mentions(&before, &[text]).is_empty(), "{text} is kept");
        }
        let tables = |rows: &[Row]| rows.iter().map(|row| row.table.clone()).collect::<std::collections::BTreeSet<_>>();
        let linked: Vec<Row> = before.iter().filter(|row| row.text.contains(&citizen.to_string())).cloned().collect();
        for table in ["cases", "case_access", "record", "attachment", "idempotency"] {
            assert!(tables(&linked).contains(table), "{table} leads to the resident");
        }
        assert!(links(&scene, &before, citizen).len() >= 5);
        let contact = sealed_contact(&scene).await;
        scene.h.app.db().analyze().await.unwrap();

        scene.erase(&["title", "description", "note:2", "reporter", "location", &scene.photo_field()]).await;

        let after = scene.h.dump();
        assert_eq!(mentions(&after, WORDS), [""; 0]);
        assert_eq!(mentions(&after, &["老王", "争吵", PHONE]), [""; 0]);
        assert!(!mentions(&before, &[&contact]).is_empty());
        assert_eq!(mentions(&after, &[&contact]), [""; 0], "name and phone, sealed");
        assert_eq!(links(&scene, &after, citizen), [""; 0]);
        assert_eq!(files_with(&data, WORDS), [""; 0]);
        let seen = scene.seen().await.to_string();
        assert!(!WORDS.iter().any(|word| seen.contains(word)));
    })
    .await;
}

/// What others wrote stays: erasing takes out what was named, and nothing else.
#[tokio::test]
async fn what_was_not_named_stays() {
    on_scene(async |scene| {
        scene.erase(&["title"]).await;
        let case = scene.seen().await;
        assert_eq!(case["description"], DESCRIPTION);
        assert!(case["reporter"]["name"].is_string() && case["location"].is_object());
        assert_eq!(scene.timeline().await[1]["note"], NOTE);
        let after = scene.h.dump();
        assert_eq!(mentions(&after, &["7titleword"]), [""; 0]);
        for word in &WORDS[1..] {
            assert!(!mentions(&after, &[word]).is_empty(), "{word}");
        }
        scene.act("citizen", &scene.case.0, "comment", &json!({ "note": "还在" }).to_string()).await;
    })
    .await;
}
