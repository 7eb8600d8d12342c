//! Ways out for a store on which other keys were used, and none for whoever has only the database.

use crate::common::database::Database;
use crate::scene::{Scene, on_both, said};

/// The number of the last record.
async fn last(scene: &Scene) -> i64 {
    let url = scene.url().unwrap_or_else(|| scene.data().join("yizhi.db").to_str().unwrap().to_owned());
    let db = Database::open_at(&url).await;
    let last = db.records_committed().await.unwrap() - 1;
    db.close().await.unwrap();
    last
}

fn verify(scene: &Scene) -> String {
    said(&scene.yizhi(&scene.data(), &["ledger", "verify"]))
}

#[tokio::test]
async fn records_written_with_other_keys_are_named_and_taken_in_by_a_decision() {
    on_both(async |scene| {
        let hurt = last(&scene).await;
        scene.sql(&scene.data(), &format!("UPDATE record SET tag = commitment WHERE seq = {hurt}"));
        assert!(verify(&scene).contains("[record.tag]"), "{}", verify(&scene));

        let asked = scene.yizhi(&scene.data(), &["ledger", "accept", "--reason", "误用了另一目录"]);
        let told = said(&asked);
        assert!(!asked.status.success() && told.contains(&format!("record {hurt} ")), "it asks: {told}");
        let silent = scene.yizhi(&scene.data(), &["ledger", "accept", "--yes"]);
        assert!(!silent.status.success() && said(&silent).contains("--reason"), "{}", said(&silent));
        assert_eq!(last(&scene).await, hurt, "nothing is written before the word is given");

        let done = scene.yizhi(&scene.data(), &["ledger", "accept", "--yes", "--reason", "误用了另一目录"]);
        scene.works(&done);
        assert!(verify(&scene).contains("Everything fits"), "{}", verify(&scene));
        let rows = scene.rows(&scene.data()).await;
        let decision = rows.iter().find(|row| row.starts_with("record") && row.contains("ledger.accept")).unwrap();
        assert!(decision.contains("误用了另一目录") && decision.contains(&format!("\"seq\":{hurt}")), "{decision}");
        let again = scene.yizhi(&scene.data(), &["ledger", "accept", "--yes", "--reason", "x"]);
        assert!(again.status.success() && said(&again).contains("There is nothing to accept"), "{}", said(&again));
    })
    .await;
}

/// What a record says was changed: no decision makes that right.
#[tokio::test]
async fn a_changed_record_is_never_accepted() {
    on_both(async |scene| {
        let hurt = last(&scene).await;
        scene.sql(&scene.data(), &format!("UPDATE record SET tag = commitment, commitment = tag WHERE seq = {hurt}"));
        let done = scene.yizhi(&scene.data(), &["ledger", "accept", "--yes", "--reason", "x"]);
        let told = said(&done);
        assert!(!done.status.success() && told.contains(&format!("Record {hurt} does not say")), "{told}");
        assert_eq!(last(&scene).await, hurt);
    })
    .await;
}

/// Keys that are lost for good: others take their place, by a decision that says so.
#[tokio::test]
async fn lost_keys_are_replaced_only_when_that_is_said() {
    on_both(async |scene| {
        let data = scene.data();
        std::fs::remove_file(data.join("seal.key")).unwrap();
        let before = scene.rows(&data).await;
        let refused = scene.yizhi(&data, &["ledger", "accept", "--yes", "--reason", "x"]);
        assert!(!refused.status.success() && said(&refused).contains("--new-keys"), "{}", said(&refused));
        assert_eq!(scene.rows(&data).await, before);
        // Whatever is refused leaves the folder as it was: a key nobody confirmed could be taken for the lost one.
        let listed = || {
            let names = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<_> = names.collect();
            names.sort();
            names
        };
        let there = listed();
        for (args, told) in [
            (&["--new-keys", "--yes"][..], "--reason"),
            (&["--new-keys", "--reason", "密钥遗失"], "--yes"),
            (&["--new-keys", "--yes", "--reason", "\u{3164}\u{200b}"], "--reason"),
            (&["--new-keys", "--yes", "--reason", &"长".repeat(201)], "200"),
        ] {
            let refused = scene.yizhi(&data, &[&["ledger", "accept"], args].concat());
            assert!(!refused.status.success() && said(&refused).contains(told), "{args:?}: {}", said(&refused));
            assert_eq!((scene.rows(&data).await, listed()), (before.clone(), there.clone()), "{args:?}");
        }
        assert!(!data.join("seal.key").exists());

        let done = scene.yizhi(&data, &["ledger", "accept", "--yes", "--new-keys", "--reason", "密钥遗失"]);
        scene.works(&done);
        assert!(verify(&scene).contains("Everything fits"), "{}", verify(&scene));
        scene.works(&scene.create("second", &data));

        std::fs::remove_file(data.join("ledger.key")).unwrap();
        assert!(!scene.create("third", &data).status.success());
        scene.works(&scene.yizhi(&data, &["ledger", "accept", "--yes", "--new-keys", "--reason", "密钥遗失"]));
        scene.works(&scene.create("third", &data));
        assert!(verify(&scene).contains("Everything fits"), "{}", verify(&scene));
    })
    .await;
}

/// Raising the border of untagged records is no way round the tags.
#[tokio::test]
async fn the_border_of_untagged_records_cannot_be_moved_unseen() {
    on_both(async |scene| {
        let hurt = last(&scene).await;
        scene.sql(&scene.data(), &format!("UPDATE record SET tag = NULL WHERE seq = {hurt}"));
        scene.sql(&scene.data(), &format!("UPDATE ledger SET untagged = {}", hurt + 1));
        let told = verify(&scene);
        assert!(told.contains("[ledger.row]") && told.contains("[record.tag]"), "{told}");
        let url = scene.url().unwrap_or_else(|| scene.data().join("yizhi.db").to_str().unwrap().to_owned());
        let db = Database::open_at(&url).await;
        db.tag_records(yizhi_server::keys::Keys::open(&scene.data()).unwrap().record_tag());
        let leaves = db.ledger_leaves(0, 100).await.unwrap();
        assert_eq!(leaves, Err(yizhi_store::LeafFault::Border { untagged: hurt + 1 }));
        db.close().await.unwrap();
    })
    .await;
}
