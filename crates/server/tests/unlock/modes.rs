//! Who may read what lies in a data folder, and what a crash leaves there.

#![cfg(unix)]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use yizhi_server::app::SystemClock;
use yizhi_server::jobs::sweep_left;
use yizhi_server::keys::Keys;
use yizhi_server::witness::{self, Witness};

use crate::scene::{on_both, said};

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn only_the_owner_reads_database_and_keys() {
    on_both(async |scene| {
        let data = scene.data();
        assert_eq!(mode(&data), 0o700);
        // What SQLite lays beside an open database comes and goes; the next test is about it.
        let lasts = |path: &PathBuf| {
            path.is_file() && !["-wal", "-shm"].iter().any(|end| path.to_str().unwrap().ends_with(end))
        };
        let there: Vec<_> = std::fs::read_dir(&data).unwrap().map(|e| e.unwrap().path()).filter(lasts).collect();
        assert!(there.len() >= 2);
        for file in &there {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
        let seal = data.join("seal.key");
        for file in &there {
            std::fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        std::fs::set_permissions(&data, Permissions::from_mode(0o755)).unwrap();
        let done = scene.create("second", &data);
        scene.works(&done);
        let told = said(&done);
        assert!(told.contains(seal.to_str().unwrap()) && told.contains("it is now 600"), "{told}");
        assert!(told.contains("is open to others (mode 755)"), "{told}");
        for file in &there {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
        assert_eq!(mode(&data), 0o755, "a folder is only said");
    })
    .await;
}

/// While the database is open, what SQLite lays beside it is the owner's too.
#[tokio::test]
async fn the_files_beside_an_open_database_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yizhi.db");
    let db = yizhi_store::Db::open_sqlite(&file).await.unwrap();
    db.setting_note("search_folding", "1").await.unwrap();
    for name in ["yizhi.db", "yizhi.db-wal", "yizhi.db-shm"] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
    db.close().await.unwrap();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the times of files are the machine's")]
fn what_a_crash_left_half_written_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = folder.path().join("tile/0");
    std::fs::create_dir_all(tiles.join("000.p")).unwrap();
    std::fs::create_dir_all(tiles.join("001.p")).unwrap();
    for name in ["checkpoint", "checkpoint#1", "tile/0/000", "tile/0/000.p/7", "tile/0/001.p/3", "tile/0/001.p/4#2"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    let now = Utc::now();
    assert_eq!(sweep_left(folder.path(), now - TimeDelta::hours(1)).unwrap(), 0, "somebody may be writing them");
    assert_eq!(sweep_left(folder.path(), now + TimeDelta::hours(1)).unwrap(), 3);
    for (name, there) in [
        ("checkpoint", true),
        ("checkpoint#1", false),
        ("tile/0/000", true),
        ("tile/0/000.p/7", false),
        ("tile/0/001.p/3", true),
        ("tile/0/001.p/4#2", false),
    ] {
        assert_eq!(folder.path().join(name).exists(), there, "{name}");
    }
    assert_eq!(sweep_left(&folder.path().join("none"), now).unwrap(), 0);
}

#[test]
fn a_witness_sweeps_what_its_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    witness::key(folder.path(), Some("w.example/a")).unwrap();
    let left = ["witness.tmp", "state/ab.tmp", "evidence/x.tmp"].map(|name| folder.path().join(name));
    std::fs::create_dir_all(folder.path().join("evidence")).unwrap();
    for file in &left {
        std::fs::write(file, "x").unwrap();
    }
    let other = tempfile::tempdir().unwrap();
    let log = Keys::open(other.path()).unwrap().log().verifier().to_string();
    Witness::open(folder.path(), &[log], Arc::new(SystemClock)).unwrap();
    assert!(left.iter().all(|file| !file.exists()));
    assert!(folder.path().join("witness.key").exists());
}

#[tokio::test]
async fn keys_that_were_being_made_are_swept() {
    on_both(async |scene| {
        let left = scene.data().join("seal.key.01ab23cd");
        let kept = scene.data().join("seal.key.backup-of-mine");
        std::fs::write(&left, "x").unwrap();
        std::fs::write(&kept, "x").unwrap();
        // Of a decision on keys that was killed before it was confirmed.
        let apart = scene.data().join(".accept-01ab23");
        std::fs::create_dir(&apart).unwrap();
        std::fs::write(apart.join("seal.key"), "x").unwrap();
        scene.works(&scene.create("second", &scene.data()));
        assert!(!left.exists() && !apart.exists() && kept.exists());
    })
    .await;
}
