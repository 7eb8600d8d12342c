//! Photos of a case: who may upload and see them, what is refused, and that nothing of a failed upload stays.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

pub mod common;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use common::{Answer, Client, Harness, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

const BOUNDARY: &str = "a-boundary-of-the-test";

fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

async fn upload(client: &Client, name: &str, bytes: &[u8], id: Option<Uuid>) -> Answer {
    let mut body = Vec::new();
    if let Some(id) = id {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n{id}\r\n").into_bytes(),
        );
    }
    body.extend(
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
            .into_bytes(),
    );
    body.extend(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    let request = Request::post("/api/v1/attachments")
        .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::from(body));
    client.call(request.unwrap()).await
}

async fn report(h: &Harness, client: &Client, attachment: &Value) -> Value {
    let (lon, lat) = common::ground::point_in("350302001001001");
    let body = json!({
        "matter": "event-0194", "title": "后门油烟", "location": { "lon": lon, "lat": lat }, "attachments": [attachment],
    });
    let (status, case) = client.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    h.pass(chrono::TimeDelta::seconds(1));
    case
}

async fn act(client: &Client, case: &Value, action: &str, step: &Value) -> (StatusCode, Value) {
    client.post(&format!("/api/v1/cases/{}/actions/{action}", case["id"].as_str().unwrap()), step.clone()).await
}

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

#[tokio::test]
async fn an_upload_may_be_repeated() {
    on_both(async |h| {
        let (citizen, id) = (h.as_role("citizen").await, Uuid::from_bytes(rand::random()));
        let first = upload(&citizen, "a.jpg", &photo(20, 20), Some(id)).await;
        let again = upload(&citizen, "a.jpg", &photo(20, 20), Some(id)).await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
        assert_eq!(first.json, again.json);
        let other = upload(&h.as_role("operator").await, "b.jpg", &photo(20, 20), Some(id)).await;
        assert_eq!((other.status, other.code()), (StatusCode::CONFLICT, "key_reused"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_and_named() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let big = [photo(20, 20), vec![0; yizhi_server::media::BYTES_MAX]].concat();
        for (bytes, status, code) in [
            (b"%PDF-1.7 not a photo".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media"),
            (b"<script>alert(1)</script>".to_vec(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media"),
            (Vec::new(), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            (photo(90, 90)[..300].to_vec(), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            (big, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        ] {
            let answer = upload(&citizen, "photo.jpg", &bytes, None).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{} bytes", bytes.len());
            assert_eq!(answer.json["field"], "file");
        }
        let form =
            Request::post("/api/v1/attachments").header("content-type", "application/json").body(Body::from("{}"));
        assert!(citizen.call(form.unwrap()).await.status.is_client_error());
    })
    .await;
}

#[tokio::test]
async fn only_those_who_report_or_handle_upload() {
    on_both(async |h| {
        for (role, status) in [
            ("citizen", StatusCode::CREATED),
            ("grid_worker", StatusCode::CREATED),
            ("department_handler", StatusCode::CREATED),
            ("leader", StatusCode::FORBIDDEN),
            ("administrator", StatusCode::FORBIDDEN),
        ] {
            let answer = upload(&h.as_role(role).await, "a.jpg", &photo(20, 20), None).await;
            assert_eq!(answer.status, status, "{role}");
        }
        assert_eq!(upload(&h.stranger(), "a.jpg", &photo(20, 20), None).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_failed_upload_leaves_nothing() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let folder = h.app.config().data.join("attachments");
        // A file where the folder should be: nothing can be kept.
        std::fs::write(&folder, b"").unwrap();
        let answer = upload(&citizen, "a.jpg", &photo(20, 20), None).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        std::fs::remove_file(&folder).unwrap();
        let answer = upload(&citizen, "a.jpg", &photo(20, 20), None).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2, "the file and its thumbnail");
    })
    .await;
}
