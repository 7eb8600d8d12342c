//! What one was told about cases.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::ground::point_in;
use crate::common::{Client, Harness, on_both};

/// A citizen's report, rejected by the operator: the citizen is told.
async fn rejected(h: &Harness, citizen: &Client) -> String {
    let (lon, lat) = point_in("350302001001001");
    let (_, matters) = citizen.get("/api/v1/matters?limit=1").await;
    let report = json!({
        "matter": matters["items"][0]["code"],
        "title": "路面积水",
        "description": "路口积水",
        "location": { "lon": lon, "lat": lat },
    });
    let (status, case) = citizen.post("/api/v1/cases", report).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    let id = case["id"].as_str().unwrap();
    let reject = json!({ "version": case["version"], "note": "不属于受理范围" });
    let path = format!("/api/v1/cases/{id}/actions/reject");
    let (status, answer) = h.as_role("operator").await.post(&path, reject).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    id.to_owned()
}

async fn notices(client: &Client) -> Vec<Value> {
    let (status, page) = client.get("/api/v1/me/notices").await;
    assert_eq!((status, &page["next"]), (StatusCode::OK, &Value::Null));
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_reporter_is_told_and_nobody_else() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        assert_eq!(notices(&citizen).await, Vec::<Value>::new());
        let id = rejected(&h, &citizen).await;
        let told = notices(&citizen).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["case"], json!(id));
        assert_eq!(told[0]["at"], "2026-11-20T10:00:00+08:00");
        assert!(told[0]["text"]["zh"].as_str().unwrap().contains("没有立案"));
        for other in ["citizen-2", "leader", "administrator", "auditor"] {
            assert_eq!(notices(&h.as_account(other).await).await, Vec::<Value>::new(), "{other}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_has_its_limits() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        for limit in [0, 201] {
            let answer = citizen.send("GET", &format!("/api/v1/me/notices?limit={limit}"), &Value::Null).await;
            assert_eq!((answer.status, &answer.json["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("limit")));
        }
        rejected(&h, &citizen).await;
        rejected(&h, &citizen).await;
        let (_, page) = citizen.get("/api/v1/me/notices?limit=1").await;
        assert_eq!(page["items"].as_array().unwrap().len(), 1);
    })
    .await;
}
