//! A data folder of an earlier version: it opens, nothing of it is lost, it verifies as what it was, and from its first start on its rows are proven.
//!
//! `data-of-0.1.0.tar.gz` is the folder of a small demo, made and served by commit 259d003: four cases of 城厢区, photos, posts, grids, a log of 47 records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

fn unpacked() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrade/data-of-0.1.0.tar.gz");
    let done = Command::new("tar").arg("-xzf").arg(packed).arg("-C").arg(folder.path()).status().unwrap();
    assert!(done.success());
    folder
}

fn yizhi(args: &[&str], data: &Path) -> Output {
    let program = env!("CARGO_BIN_EXE_yizhi");
    Command::new(program).args(args).arg("--data").arg(data).env_remove("YIZHI_DATABASE_URL").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn sql(data: &Path, text: &str) {
    rusqlite::Connection::open(data.join("yizhi.db")).unwrap().execute_batch(text).unwrap();
}

fn count(data: &Path, table: &str) -> i64 {
    let open = rusqlite::Connection::open(data.join("yizhi.db")).unwrap();
    open.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn an_older_data_folder_opens_with_all_intact_and_verifies() {
    let folder = unpacked();
    let data = folder.path();
    let tables = ["cases", "assignment", "case_access", "person", "post", "region", "grid", "attachment", "notice"];
    let before: Vec<i64> = tables.iter().map(|table| count(data, table)).collect();
    for turn in 0..2 {
        let done = yizhi(&["ledger", "verify", "--files"], data);
        assert!(done.status.success(), "{turn}: {}", said(&done));
        assert!(said(&done).contains("4 cases"), "{turn}: {}", said(&done));
        assert!(said(&done).contains("older than content hashes"), "{turn}: {}", said(&done));
        let after: Vec<i64> = tables.iter().map(|table| count(data, table)).collect();
        assert_eq!(before, after, "{turn}");
        // The first start of a server of this version begins the proofs of rows.
        if turn == 0 {
            let started = yizhi(&["demo", "--load-only", "--place", "350302", "--cases", "3"], data);
            assert!(started.status.success(), "{}", said(&started));
        }
    }
}

#[test]
fn rows_of_an_older_data_folder_are_proven_from_its_first_start_on() {
    let folder = unpacked();
    let data = folder.path();
    let started = yizhi(&["demo", "--load-only", "--place", "350302", "--cases", "3"], data);
    assert!(started.status.success(), "{}", said(&started));
    for (change, named) in [
        ("UPDATE post SET role = 'leader' WHERE rowid = 3", "row.changed"),
        ("UPDATE person SET password = 'x' WHERE rowid = 5", "row.changed"),
        ("DELETE FROM post WHERE rowid = 7", "row.missing"),
        ("UPDATE grid SET path = '35.03.02.001.001.' WHERE rowid = 1", "county.changed"),
        ("UPDATE region SET name = '别处' WHERE rowid = 9", "county.changed"),
    ] {
        let saved = std::fs::read(data.join("yizhi.db")).unwrap();
        sql(data, change);
        let done = yizhi(&["ledger", "verify"], data);
        assert!(!done.status.success() && said(&done).contains(named), "{change}: {}", said(&done));
        for tail in ["yizhi.db-wal", "yizhi.db-shm"] {
            let _gone = std::fs::remove_file(data.join(tail));
        }
        std::fs::write(data.join("yizhi.db"), saved).unwrap();
    }
}
