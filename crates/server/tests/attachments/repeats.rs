//! An upload that is repeated, one after the other or all at once: one file, and the first answer for everybody.

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::uuid_v7;
use yizhi_server::app::SystemClock;

use crate::common::{Answer, on_both};
use crate::scene::{files, photo, upload};

fn id() -> Uuid {
    uuid_v7(SystemClock.now(), rand::random())
}

fn count(answers: &[Answer], status: StatusCode) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test]
async fn thirty_identical_uploads_at_once_are_one_file() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let file = photo(200, 150);
        for (client, id) in [
            (citizen.clone().with("idempotency-key", "thirty"), None),
            (citizen.clone(), Some(id())),
            (citizen.clone().with("idempotency-key", "both"), Some(id())),
        ] {
            let before = files(&h).len();
            let answers = join_all((0..30).map(|_| upload(&client, "a.jpg", &file, id))).await;
            assert_eq!((count(&answers, StatusCode::CREATED), count(&answers, StatusCode::OK)), (1, 29));
            assert!(answers.iter().all(|answer| answer.json == answers[0].json), "30 equal answers");
            assert_eq!(files(&h).len() - before, 2, "the file and its thumbnail");
            let url = answers[0].json["url"].as_str().unwrap();
            let (status, bytes) = citizen.fetch(url).await;
            assert_eq!((status, Some(bytes.len() as u64)), (StatusCode::OK, answers[0].json["bytes"].as_u64()));
            assert_eq!(citizen.fetch(&format!("{url}/thumbnail")).await.0, StatusCode::OK);
        }
    })
    .await;
}

#[tokio::test]
async fn of_different_files_under_one_id_one_wins_whole() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        for round in 0..4 {
            let (id, before) = (id(), files(&h).len());
            let sent: Vec<Vec<u8>> = (0..8).map(|n| photo(20 + round * 8 + n, 20)).collect();
            let answers = join_all(sent.iter().map(|file| upload(&citizen, "a.jpg", file, Some(id)))).await;
            assert_eq!((count(&answers, StatusCode::CREATED), count(&answers, StatusCode::CONFLICT)), (1, 7));
            let winner = answers.iter().position(|answer| answer.status == StatusCode::CREATED).unwrap();
            let (status, bytes) = citizen.fetch(&format!("/api/v1/attachments/{id}")).await;
            assert_eq!((status, bytes == sent[winner]), (StatusCode::OK, true), "the winner's own bytes");
            assert_eq!(files(&h).len() - before, 2, "nothing of the others");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upload_may_be_repeated_later() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let (id, file) = (id(), photo(20, 20));
        let first = upload(&citizen, "a.jpg", &file, Some(id)).await;
        let again = upload(&citizen, "a.jpg", &file, Some(id)).await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
        assert_eq!(first.json, again.json);
        for (client, name, file) in [
            (citizen.clone(), "a.jpg", photo(21, 20)),
            (citizen.clone(), "b.jpg", file.clone()),
            (h.as_role("operator").await, "a.jpg", file.clone()),
        ] {
            let other = upload(&client, name, &file, Some(id)).await;
            assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "key_reused"));
        }
        assert_eq!(
            citizen.fetch(&format!("/api/v1/attachments/{id}")).await.0,
            StatusCode::OK,
            "the winner's file stays"
        );
        assert_eq!(files(&h).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let keyed = citizen.clone().with("idempotency-key", "one");
        let file = photo(20, 20);
        let first = upload(&keyed, "a.jpg", &file, None).await;
        let again = upload(&keyed, "a.jpg", &file, None).await;
        assert_eq!((first.status, again.status, &first.json), (StatusCode::CREATED, StatusCode::OK, &again.json));
        for (name, file, id) in
            [("a.jpg", photo(21, 20), None), ("b.jpg", file.clone(), None), ("a.jpg", file.clone(), Some(id()))]
        {
            let other = upload(&keyed, name, &file, id).await;
            assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "key_reused"), "{name}");
        }
        let neighbour = h.as_account("citizen-2").await.with("idempotency-key", "one");
        assert_eq!(
            upload(&neighbour, "a.jpg", &file, None).await.status,
            StatusCode::CREATED,
            "a key is its person's own"
        );

        let report = json!({ "matter": "event-0110", "title": "垃圾", "location": { "grid": "350302001001001" } });
        let reported = keyed.send("POST", "/api/v1/cases", &report).await;
        assert_eq!(
            (reported.status, reported.code()),
            (StatusCode::CONFLICT, "key_reused"),
            "an upload's key for a report"
        );
        let other = citizen.clone().with("idempotency-key", "two");
        assert_eq!(other.send("POST", "/api/v1/cases", &report).await.status, StatusCode::CREATED);
        let answer = upload(&other, "a.jpg", &file, None).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::CONFLICT, "key_reused"),
            "a report's key for an upload"
        );
        let long = citizen.with("idempotency-key", &"k".repeat(201));
        assert_eq!(upload(&long, "a.jpg", &file, None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn a_failed_attempt_can_be_repeated() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await.with("idempotency-key", "again");
        for writes in [0, 1] {
            h.brittle.break_after(writes);
            assert_eq!(upload(&citizen, "a.jpg", &photo(20, 20), None).await.status, StatusCode::INTERNAL_SERVER_ERROR);
            h.brittle.mend();
            assert!(files(&h).is_empty(), "after {writes} writes");
        }
        assert_eq!(upload(&citizen, "a.jpg", &photo(20, 20), None).await.status, StatusCode::CREATED);
    })
    .await;
}
