//! No form, no data; and one bound on what any JSON body may hold.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Client, on_both, on_both_with};

const GRID: &str = "350302001001001";

fn report(more: &Value) -> Value {
    let mut body = json!({ "matter": "event-0194", "title": "油烟", "location": { "grid": GRID } });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
}

#[tokio::test]
async fn a_report_brings_no_data_of_its_own() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        for (data, field) in [
            (json!({ "score": 5 }), "data.score"),
            (json!({ "position": { "source": "gps" } }), "data.position"),
            (json!({ "stateBeforePause": "closed" }), "data.stateBeforePause"),
            (json!({ "found": true }), "data.found"),
            (json!({ "": 1 }), "data."),
        ] {
            let (status, problem) = citizen.post("/api/v1/cases", report(&json!({ "data": data }))).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{problem}");
        }
        let (status, case) = citizen.post("/api/v1/cases", report(&json!({ "data": {} }))).await;
        assert_eq!((status, &case["data"]), (StatusCode::CREATED, &json!({})));
    })
    .await;
}

#[tokio::test]
async fn a_step_brings_only_what_its_form_asks() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let (_, case) = citizen.post("/api/v1/cases", report(&json!({}))).await;
        let path = |action: &str| format!("/api/v1/cases/{}/actions/{action}", case["id"].as_str().unwrap());
        let (worker, operator) = (h.as_role("grid_worker").await, h.as_role("operator").await);
        for (client, action, data, field) in [
            (&citizen, "comment", json!({ "x": 1 }), "data.x"),
            (&citizen, "comment", json!({ "score": 5, "solved": true }), "data.score"),
            (&operator, "reject", json!({ "why": "no" }), "data.why"),
            (&worker, "verify", json!({ "found": true, "position": {} }), "data.position"),
            (&worker, "verify", json!({ "found": true, "score": 5 }), "data.score"),
            (&worker, "verify", json!({ "found": { "deep": [1] } }), "data.found"),
        ] {
            let step = json!({ "version": 1, "note": "说明", "data": data });
            let (status, problem) = client.post(&path(action), step).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{problem}");
        }
        let (_, trace) = citizen.get(&format!("/api/v1/cases/{}/timeline", case["id"].as_str().unwrap())).await;
        assert_eq!(trace["items"].as_array().map(Vec::len), Some(1), "nothing is on record but the report");
    })
    .await;
}

async fn raw(client: &Client, path: &str, body: String) -> (u16, String) {
    let request = Request::post(path).header("content-type", "application/json").body(Body::from(body)).unwrap();
    let answer = client.call(request).await;
    (answer.status.as_u16(), answer.code().to_owned())
}

#[tokio::test]
async fn every_body_has_the_same_bounds() {
    on_both_with(
        |config| config.rate = 100_000,
        async |h| {
            let (operator, citizen, stranger) = (h.as_role("operator").await, h.as_role("citizen").await, h.stranger());
            let deep = nested(200).to_string();
            let long = format!("\"{}\"", "长".repeat(20_001));
            let many = serde_json::to_string(&vec![1; 1_001]).unwrap();
            for (client, path) in [
                (&stranger, "/api/v1/session"),
                (&stranger, "/api/v1/session/link"),
                (&citizen, "/api/v1/cases"),
                (&citizen, "/api/v1/cases/duplicates"),
                (&operator, "/api/v1/cases/x/actions/comment"),
                (&operator, "/api/v1/cases/x/erasures"),
                (&operator, "/api/v1/cases/x/unmask"),
                (&operator, "/api/v1/me/password"),
            ] {
                for value in
                    [deep.as_str(), &long, &many, "1e300", "9007199254740992", r#"{"a":1,"a":2}"#, r#""\u0000""#]
                {
                    let said = raw(client, path, format!("{{\"x\":{value}}}")).await;
                    assert_eq!(said, (422, "invalid".to_owned()), "{path} {}", value.get(..30).unwrap_or(value));
                }
                for text in ["", "{", "[", "nul", r#"{"x":"\ud800"}"#] {
                    assert_eq!(raw(client, path, text.to_owned()).await, (400, "not_json".to_owned()), "{path} {text}");
                }
                let large = format!("{{\"x\":{}}}", "[".repeat(1024 * 1024 + 1));
                assert_eq!(raw(client, path, large).await, (413, "too_large".to_owned()), "{path}");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_list_is_no_object() {
    on_both(async |h| {
        let (operator, citizen, stranger) = (h.as_role("operator").await, h.as_role("citizen").await, h.stranger());
        for (client, path, body) in [
            (&stranger, "/api/v1/session", "[\"operator\",\"password\"]".to_owned()),
            (&citizen, "/api/v1/cases", report(&json!({ "reporter": [] })).to_string()),
            (&citizen, "/api/v1/cases", report(&json!({ "location": [119.0, 25.4] })).to_string()),
            (&citizen, "/api/v1/cases/duplicates", "[]".to_owned()),
            (&operator, "/api/v1/cases/x/unmask", "[]".to_owned()),
            (&operator, "/api/v1/me/notices/read", "[[]]".to_owned()),
        ] {
            assert_eq!(raw(client, path, body.clone()).await, (422, "invalid".to_owned()), "{path} {body}");
        }
    })
    .await;
}

#[tokio::test]
async fn photos_of_a_report_are_ones_own_and_nowhere_else() {
    on_both(async |h| {
        let (citizen, worker) = (h.as_role("citizen").await, h.as_role("grid_worker").await);
        let (own, others, erased) = (photo(&citizen).await, photo(&worker).await, photo(&citizen).await);
        h.sql(&format!("UPDATE attachment SET erased_at = 1 WHERE name = '{}'", erased["name"].as_str().unwrap()));
        let nowhere = json!(Uuid::from_bytes(rand::random()));
        for (named, why) in [
            (json!([others["id"]]), "another's"),
            (json!([own["id"], others["id"]]), "one of two"),
            (json!([erased["id"]]), "erased"),
            (json!([nowhere]), "nowhere"),
        ] {
            let (status, problem) = citizen.post("/api/v1/cases", report(&json!({ "attachments": named }))).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("attachments")), "{why}");
        }
        let twice = report(&json!({ "attachments": [own["id"], own["id"]] }));
        let (status, case) = citizen.post("/api/v1/cases", twice.clone()).await;
        assert_eq!((status, case["attachments"].as_array().map(Vec::len)), (StatusCode::CREATED, Some(1)), "{case}");
        let (status, problem) = citizen.post("/api/v1/cases", twice).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "it is in a case already: {problem}");
    })
    .await;
}

async fn photo(client: &Client) -> Value {
    let picture = image::RgbImage::from_pixel(20, 20, image::Rgb([90, 90, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let name = Uuid::from_bytes(rand::random()).simple().to_string();
    let mut body =
        format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}.jpg\"\r\n\r\n").into_bytes();
    body.extend(bytes.into_inner());
    body.extend(b"\r\n--b--\r\n");
    let request = Request::post("/api/v1/attachments").header("content-type", "multipart/form-data; boundary=b");
    let answer = client.call(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    answer.json
}
