//! Photos of a case: who may upload and see them.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::on_both;
use crate::scene::{act, photo, report, upload};

#[tokio::test]
async fn a_photo_goes_with_its_case() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let answer = upload(&citizen, "后门.jpg", &photo(640, 480), None).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json);
        let sent = answer.json;
        assert_eq!((&sent["name"], &sent["mediaType"]), (&json!("后门.jpg"), &json!("image/jpeg")));
        assert_eq!((&sent["width"], &sent["height"]), (&json!(640), &json!(480)));
        let (url, small) = (sent["url"].as_str().unwrap(), sent["thumbnailUrl"].as_str().unwrap());

        let own = citizen.send("GET", url, &Value::Null).await;
        assert_eq!((own.status, own.header("content-type")), (StatusCode::OK, "image/jpeg"));
        assert_eq!(own.bytes.len() as u64, sent["bytes"].as_u64().unwrap());
        assert!(own.header("content-disposition").contains("%E5%90%8E%E9%97%A8.jpg"));
        assert!(own.header("cache-control").starts_with("private"));
        assert_eq!(own.header("x-content-type-options"), "nosniff");

        let operator = h.as_role("operator").await;
        assert_eq!(operator.get(url).await.0, StatusCode::NOT_FOUND, "not yet part of a case");
        let case = report(&h, &citizen, &sent["id"]).await;
        assert_eq!(case["attachments"][0]["id"], sent["id"]);

        assert_eq!(operator.get(url).await.0, StatusCode::OK);
        let thumbnail = operator.send("GET", small, &Value::Null).await;
        assert_eq!(thumbnail.status, StatusCode::OK);
        let thumbnail = image::load_from_memory(&thumbnail.bytes).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), (320, 240));

        for account in ["operator-2", "citizen-2"] {
            assert_eq!(h.as_account(account).await.get(url).await.0, StatusCode::NOT_FOUND, "{account}");
            assert_eq!(h.as_account(account).await.get(small).await.0, StatusCode::NOT_FOUND, "{account}");
        }
        assert_eq!(h.as_role("auditor").await.get(url).await.0, StatusCode::FORBIDDEN);
        assert_eq!(h.stranger().get(url).await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_photo_goes_with_a_step() {
    on_both(async |h| {
        let (citizen, worker) = (h.as_role("citizen").await, h.as_role("grid_worker").await);
        let told = upload(&citizen, "后门.jpg", &photo(40, 30), None).await.json;
        h.pass(chrono::TimeDelta::seconds(1));
        let found = upload(&worker, "现场.jpg", &photo(60, 30), None).await.json;
        let case = report(&h, &citizen, &told["id"]).await;
        let step = json!({ "version": case["version"], "data": { "found": true }, "attachments": [found["id"]] });
        let (status, after) = act(&worker, &case, "verify", &step).await;
        assert_eq!((status, &after["state"]), (StatusCode::OK, &json!("pending_register")), "{after}");
        assert_eq!(after["attachments"], json!([told, found]), "in the case");

        let operator = h.as_role("operator").await;
        let (_, trace) = operator.get(&format!("/api/v1/cases/{}/timeline", case["id"].as_str().unwrap())).await;
        let shown: Vec<&Value> = trace["items"].as_array().unwrap().iter().map(|step| &step["attachments"]).collect();
        assert_eq!(shown, [&json!([told]), &json!([found])], "each with its step");
        assert_eq!(operator.get(found["url"].as_str().unwrap()).await.0, StatusCode::OK);

        let again = json!({ "version": after["version"], "note": "同一张", "attachments": [found["id"]] });
        let (status, after) = act(&worker, &case, "comment", &again).await;
        assert_eq!((status, after["attachments"].as_array().map(Vec::len)), (StatusCode::OK, Some(2)), "{after}");
    })
    .await;
}

#[tokio::test]
async fn a_step_takes_only_what_the_actor_may_show() {
    on_both(async |h| {
        let (citizen, worker) = (h.as_role("citizen").await, h.as_role("grid_worker").await);
        let told = upload(&citizen, "a.jpg", &photo(40, 30), None).await.json;
        let case = report(&h, &citizen, &told["id"]).await;
        let used = upload(&worker, "b.jpg", &photo(40, 30), None).await.json;
        report(&h, &worker, &used["id"]).await;
        let others = upload(&h.as_role("operator").await, "c.jpg", &photo(40, 30), None).await.json;
        let many: Vec<Uuid> = (0..21).map(|_| Uuid::from_bytes(rand::random())).collect();
        for (named, why) in [
            (json!([others["id"]]), "another's"),
            (json!([used["id"]]), "in another case"),
            (json!([told["id"]]), "the reporter's"),
            (json!([Uuid::from_bytes(rand::random())]), "nowhere"),
            (json!(many), "too many"),
        ] {
            let step = json!({ "version": case["version"], "data": { "found": true }, "attachments": named });
            let (status, problem) = act(&worker, &case, "verify", &step).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("attachments")), "{why}");
        }
        let (_, now) = worker.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await;
        assert_eq!((&now["version"], &now["attachments"]), (&case["version"], &json!([told])), "nothing happened");
        assert_eq!(citizen.get(others["url"].as_str().unwrap()).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

/// The desk's picker is told by `/meta`.
#[tokio::test]
async fn all_that_is_offered_is_taken() {
    let samples: [(&str, &[u8]); 5] = [
        ("image/jpeg", include_bytes!("../../../uploads/tests/samples/icc-o6.jpg")),
        ("image/png", include_bytes!("../../../uploads/tests/samples/c2pa.png")),
        ("image/webp", include_bytes!("../../../uploads/tests/samples/c2pa.webp")),
        ("video/mp4", include_bytes!("../../../uploads/tests/samples/iphone.mov")),
        ("video/quicktime", include_bytes!("../../../uploads/tests/samples/iphone.mov")),
    ];
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let (_, meta) = citizen.get("/api/v1/meta").await;
        assert_eq!(meta["uploads"]["types"], json!(samples.map(|(kind, _)| kind)));
        assert_eq!(meta["uploads"]["bytesMax"], json!(yizhi_server::uploads::BYTES_MAX));
        for (kind, bytes) in samples {
            let answer = upload(&citizen, "a", bytes, None).await;
            assert_eq!(answer.status, StatusCode::CREATED, "{kind}");
            let kept = if kind == "video/quicktime" { "video/mp4" } else { kind };
            assert_eq!(answer.json["mediaType"], kept);
            let (_, kept) = citizen.fetch(answer.json["url"].as_str().unwrap()).await;
            let secrets = [b"SECRET".as_slice(), b"25.43", b"Exif", b"c2pa"];
            assert!(secrets.iter().all(|s| !kept.windows(s.len()).any(|w| w == *s)), "{kind}");
        }
    })
    .await;
}
