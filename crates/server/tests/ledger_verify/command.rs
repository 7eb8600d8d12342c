//! The command itself: exit codes, what it prints, that it makes nothing, also in a copy without private keys.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use yizhi_store::Db;

use crate::common::{Backend, Harness};
use crate::scene::{Scene, copy};

fn verify(data: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi"));
    command.args(["ledger", "verify", "--data", data.to_str().unwrap()]).args(more).env_remove("YIZHI_DATABASE_URL");
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

/// A data folder as an installation has it, on the embedded database.
async fn installation() -> (Scene, TempDir) {
    let scene = Scene::lay(Harness::new(Backend::Sqlite).await).await;
    let folder = tempfile::tempdir().unwrap();
    copy(&scene.log(), &folder.path().join("files/ledger"));
    let data = &scene.h.app.config().data;
    scene.h.app.db().close().await.unwrap();
    for file in ["yizhi.db", "seal.key", "ledger.key"] {
        fs::copy(data.join(file), folder.path().join(file)).unwrap();
    }
    (scene, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_says_whether_all_holds() {
    let (scene, folder) = installation().await;
    let data = folder.path();
    let (code, said) = verify(data, &[]);
    assert_eq!(code, Some(0), "{said}");
    for part in [&format!("{} 条记录", scene.records.len()), "153 个案件", "核对无误", "Everything fits"] {
        assert!(said.contains(part), "{part}: {said}");
    }

    // An auditor's copy: no private keys, public ones pinned.
    for file in ["seal.key", "ledger.key"] {
        fs::remove_file(data.join(file)).unwrap();
    }
    let pinned = data.join("pinned.keys");
    fs::write(&pinned, scene.h.app.ledger().keys().to_string()).unwrap();
    let (code, said) = verify(data, &["--keys", pinned.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("No tags were checked"), "{said}");
    assert!(!data.join("seal.key").exists() && !data.join("ledger.key").exists(), "checking makes no keys");
    let (code, said) = verify(data, &[]);
    assert_eq!(code, Some(1), "nobody vouches for the checkpoint: {said}");
    assert!(said.contains("缺少密钥"), "{said}");
    fs::copy(scene.h.app.config().data.join("ledger.key"), data.join("ledger.key")).unwrap();
    let (code, said) = verify(data, &[]);
    assert_eq!(code, Some(1), "a restore without seal.key would not start: {said}");
    assert!(said.contains("缺少密钥 seal.key") && said.contains("其余核对无误"), "{said}");
    fs::remove_file(data.join("ledger.key")).unwrap();

    let file = data.join("files/ledger/tile/0/000");
    let mut bytes = fs::read(&file).unwrap();
    bytes[9] ^= 1;
    fs::write(&file, bytes).unwrap();
    let (code, said) = verify(data, &["--keys", pinned.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("[log.tree]") && said.contains("tile/0/000") && said.contains("1 things"), "{said}");
}

#[tokio::test]
async fn what_is_not_there_is_a_matter_of_usage() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = verify(&folder.path().join("none"), &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(!folder.path().join("none").exists(), "nothing is made");
    Db::open_sqlite(&folder.path().join("yizhi.db")).await.unwrap().close().await.unwrap();
    let (code, said) = verify(folder.path(), &["--keys", "no-such-file"]);
    assert_eq!(code, Some(2), "{said}");
    fs::write(folder.path().join("bad.keys"), "no key\n").unwrap();
    let (code, said) = verify(folder.path(), &["--keys", folder.path().join("bad.keys").to_str().unwrap()]);
    assert_eq!((code, said.contains("bad.keys")), (Some(2), true), "{said}");
    let (code, said) = verify(folder.path(), &["--no-such-option"]);
    assert_eq!(code, Some(2), "{said}");
    let (code, said) = verify(folder.path(), &[]);
    assert_eq!(code, Some(0), "an empty installation holds: {said}");
}

/// A hundred lines, then a count.
#[tokio::test(flavor = "multi_thread")]
async fn a_ruined_database_is_summed_up() {
    let (scene, folder) = installation().await;
    let db = folder.path().join("yizhi.db");
    rusqlite::Connection::open(&db).unwrap().execute_batch("UPDATE record SET salts = X'00'").unwrap();
    let (code, said) = verify(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert_eq!(said.lines().filter(|line| line.starts_with('[')).count(), 100);
    let more = format!("And {} more. record.text {}", scene.records.len() - 100, scene.records.len());
    assert!(said.contains(&more), "{more}: {said}");
}
