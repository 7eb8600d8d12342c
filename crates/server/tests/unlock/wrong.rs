//! Every command that opens database and keys, with keys that are missing or others'.

use std::path::Path;

use yizhi_server::keys::Keys;

use crate::scene::{Scene, on_both, said};

/// What is asked of a wrong folder; `{lists}` and `{file}` are a package of divisions and a file of grids.
const COMMANDS: &[&[&str]] = &[
    &["token", "create", "--account", "first"],
    &["person", "create", "--account", "second", "--name", "李四", "--region", "350302000000"],
    &["grid", "import", "{file}"],
    &["region", "import", "{lists}"],
    &["serve", "--listen", "127.0.0.1:0"],
    &["demo", "--load-only"],
    &["ledger", "accept", "--reason", "x", "--yes"],
];

fn filled(scene: &Scene, args: &[&str]) -> Vec<String> {
    let (lists, file) = (scene.folder.path().join("lists"), scene.folder.path().join("grids.geojson"));
    std::fs::write(&file, r#"{"type": "FeatureCollection", "features": []}"#).unwrap();
    let fill = |arg: &&str| arg.replace("{lists}", lists.to_str().unwrap()).replace("{file}", file.to_str().unwrap());
    args.iter().map(fill).collect()
}

fn keys_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned());
    let mut keys: Vec<String> = names.filter(|name| name.contains(".key")).collect();
    keys.sort_unstable();
    keys
}

/// Each command refuses, names the file and the folder, and changes nothing.
async fn all_refuse(scene: &Scene, data: &Path, file: &str) {
    let (before, keys) = (scene.rows(data).await, keys_in(data));
    for args in COMMANDS {
        let args = filled(scene, args);
        let done = scene.yizhi(data, &args.iter().map(String::as_str).collect::<Vec<_>>());
        let told = said(&done);
        assert!(!done.status.success(), "{args:?}: {told}");
        assert!(told.contains(file) && told.contains(data.to_str().unwrap()), "{args:?}: {told}");
        assert!(told.contains("什么都没有写入") && told.contains("Nothing was written"), "{args:?}: {told}");
        assert_eq!(scene.rows(data).await, before, "{args:?}");
        assert_eq!(keys_in(data), keys, "{args:?}");
    }
}

#[tokio::test]
async fn a_folder_without_keys_is_refused() {
    on_both(async |scene| {
        all_refuse(&scene, &scene.elsewhere(), "seal.key").await;
    })
    .await;
}

#[tokio::test]
async fn keys_of_another_installation_are_refused() {
    on_both(async |scene| {
        let other = scene.elsewhere();
        std::fs::create_dir_all(&other).unwrap();
        Keys::open(&other).unwrap();
        all_refuse(&scene, &other, "seal.key").await;
        // Restored by halves.
        std::fs::copy(scene.data().join("seal.key"), other.join("seal.key")).unwrap();
        all_refuse(&scene, &other, "ledger.key").await;
        std::fs::remove_file(other.join("ledger.key")).unwrap();
        all_refuse(&scene, &other, "ledger.key").await;
        let verify = scene.yizhi(&other, &["ledger", "verify"]);
        assert!(said(&verify).contains("缺少密钥 ledger.key"), "it would not start: {}", said(&verify));
        std::fs::copy(scene.data().join("ledger.key"), other.join("ledger.key")).unwrap();
        scene.works(&scene.create("second", &other));
    })
    .await;
}

#[tokio::test]
async fn verify_says_when_the_keys_are_others() {
    on_both(async |scene| {
        let other = scene.elsewhere();
        std::fs::create_dir_all(&other).unwrap();
        Keys::open(&other).unwrap();
        let verify = scene.yizhi(&other, &["ledger", "verify"]);
        assert!(!verify.status.success() && said(&verify).contains("seal.key"), "{}", said(&verify));
    })
    .await;
}

/// Databases of an older program have no fingerprints: keys that open what is there are adopted, others are not.
#[tokio::test]
async fn an_older_database_adopts_the_keys_that_fit() {
    on_both(async |scene| {
        let other = scene.elsewhere();
        std::fs::create_dir_all(&other).unwrap();
        Keys::open(&other).unwrap();
        for data in [scene.data(), other.clone()] {
            scene.sql(&data, "DELETE FROM key_fingerprint");
        }
        all_refuse(&scene, &other, "seal.key").await;
        let adopted = scene.create("second", &scene.data());
        scene.works(&adopted);
        assert!(said(&adopted).contains("their fingerprints are now noted"), "{}", said(&adopted));
        let prints = scene.rows(&scene.data()).await.iter().filter(|row| row.starts_with("key_fingerprint")).count();
        assert_eq!(prints, 3);
        assert!(!said(&scene.create("third", &scene.data())).contains("fingerprints"), "said once");
    })
    .await;
}

/// The keys and the log are here, the database is another, empty one.
#[tokio::test]
async fn an_empty_database_beside_a_published_log_is_refused() {
    use yizhi_ledger::note::Checkpoint;
    use yizhi_ledger::{Hash, TreeHead};

    on_both(async |scene| {
        let data = scene.folder.path().join("restored");
        std::fs::create_dir_all(data.join("files").join("ledger")).unwrap();
        let keys = Keys::open(&data).unwrap();
        let head = TreeHead { size: 3, root: Hash([1; 32]) };
        let origin = keys.log().verifier().name().to_owned();
        let checkpoint = Checkpoint { origin, head, extensions: Vec::new() }.sign(keys.log()).unwrap();
        std::fs::write(data.join("files/ledger/checkpoint"), checkpoint.to_string()).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_yizhi"));
        let lists = scene.folder.path().join("lists");
        command.args(["region", "import"]).arg(lists).arg("--data").arg(&data).env_remove("YIZHI_DATABASE_URL");
        let done = command.output().unwrap();
        assert!(!done.status.success() && said(&done).contains("has published 3 entries"), "{}", said(&done));
        assert!(!data.join("yizhi.db").exists());
    })
    .await;
}

/// A command that needs an installation does not make one in the folder it happens to be called in.
#[test]
fn no_command_makes_an_installation_by_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for args in [
        &["token", "create", "--account", "nobody"][..],
        &["person", "create", "--account", "a", "--name", "甲", "--region", "350302000000"],
        &["ledger", "verify"],
        &["ledger", "accept"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_yizhi"));
        let done = command.args(args).arg("--data").arg(&data).env_remove("YIZHI_DATABASE_URL").output().unwrap();
        assert!(!done.status.success() && said(&done).contains("There is no database"), "{args:?}: {}", said(&done));
        assert!(!data.exists(), "{args:?}");
    }
}
