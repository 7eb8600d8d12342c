//! Uploads that nobody uses and files that nobody knows go; all others stay.

use std::fs::File;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use chrono::TimeDelta;
use yizhi_domain::ids::{AttachmentId, uuid_v7};
use yizhi_server::jobs::{expire_uploads, remove_orphans};
use yizhi_server::ledger::Sequencer;

use crate::common::on_both;
use crate::scene::{files, photo, report, upload};

#[tokio::test]
async fn what_no_case_uses_goes_after_a_day() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let keyed = citizen.clone().with("idempotency-key", "unused");
        let used = upload(&citizen, "used.jpg", &photo(20, 20), None).await.json;
        let unused = upload(&keyed, "unused.jpg", &photo(20, 20), None).await.json;
        report(&h, &citizen, &used["id"]).await;
        h.pass(TimeDelta::hours(24));
        assert_eq!(expire_uploads(&h.app).await.unwrap(), 0, "whoever still writes has another hour");
        h.pass(TimeDelta::hours(2));
        let citizen = h.as_role("citizen").await;
        let young = upload(&citizen, "young.jpg", &photo(20, 20), None).await.json;
        assert_eq!(expire_uploads(&h.app).await.unwrap(), 1);
        let url = |of: &serde_json::Value| of["url"].as_str().unwrap().to_owned();
        assert_eq!(citizen.fetch(&url(&used)).await.0, StatusCode::OK);
        assert_eq!(citizen.fetch(&url(&young)).await.0, StatusCode::OK);
        assert_eq!(citizen.fetch(&url(&unused)).await.0, StatusCode::NOT_FOUND);
        assert_eq!(files(&h).len(), 4);
        let gone: AttachmentId = unused["id"].as_str().unwrap().parse().unwrap();
        assert!(h.dump().iter().any(|row| format!("{row:?}").contains("attachment.expire")), "{gone} is on record");
        let again =
            upload(&h.as_role("citizen").await.with("idempotency-key", "unused"), "unused.jpg", &photo(20, 20), None)
                .await;
        assert_eq!(again.status, StatusCode::CREATED, "its key is free again");
        let named = upload(&h.as_role("citizen").await, "unused.jpg", &photo(20, 20), Some(gone.0)).await;
        assert_eq!((named.status, named.code()), (StatusCode::CONFLICT, "key_reused"), "its id is not");
        let case = h.as_role("operator").await.get("/api/v1/cases?limit=1").await.1["items"][0]["id"].clone();
        let of_a_case =
            upload(&h.as_role("citizen").await, "a.jpg", &photo(20, 20), case.as_str().unwrap().parse().ok()).await;
        assert_eq!(of_a_case.code(), "key_reused");
    })
    .await;
}

#[tokio::test]
async fn files_that_nobody_knows_go() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let kept = upload(&citizen, "a.jpg", &photo(20, 20), None).await.json;
        let own = upload(&citizen, "b.jpg", &photo(20, 20), Some(uuid_v7(h.app.now(), rand::random()))).await.json;
        let folder = h.app.config().data.join("attachments");
        let old = AttachmentId::at(h.app.now(), rand::random());
        h.pass(TimeDelta::hours(2));
        let young = AttachmentId::at(h.app.now(), rand::random());
        for name in [old.to_string(), format!("{old}-thumbnail"), young.to_string()] {
            std::fs::write(folder.join(name), b"left behind").unwrap();
        }
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_hours(1);
        let incoming = h.app.config().data.join("incoming");
        for path in [folder.join(format!("{young}#1")), incoming.join("left")] {
            File::create(path).unwrap().set_modified(long_ago).unwrap();
        }
        File::create(folder.join(format!("{young}#2"))).unwrap().set_modified(h.app.now().into()).unwrap();
        std::fs::write(folder.join("readme"), b"not ours").unwrap();
        assert_eq!(remove_orphans(&h.app).await.unwrap(), 4);
        let left = files(&h);
        assert!(left.contains(&young.to_string()) && left.contains(&format!("{young}#2")), "may still be noted");
        assert!(left.contains(&"readme".to_owned()));
        assert_eq!(left.len(), 4 + 3);
        let citizen = h.as_role("citizen").await;
        for one in [kept, own] {
            assert_eq!(citizen.fetch(one["url"].as_str().unwrap()).await.0, StatusCode::OK);
        }
    })
    .await;
}

/// As after a restore of the database alone.
#[tokio::test]
async fn nothing_goes_while_the_database_is_older_than_its_log() {
    on_both(async |h| {
        Sequencer::new().turn(&h.app).await.unwrap();
        let old = AttachmentId::at(h.app.now(), rand::random());
        h.pass(TimeDelta::hours(2));
        std::fs::create_dir_all(h.app.config().data.join("attachments")).unwrap();
        std::fs::write(h.app.config().data.join("attachments").join(old.to_string()), b"a photo").unwrap();
        h.sql("UPDATE feed_head SET records = 0");
        assert_eq!(remove_orphans(&h.app).await.unwrap(), 0);
        assert_eq!(files(&h), [old.to_string()]);
    })
    .await;
}
