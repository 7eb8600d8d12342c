//! What is shown in the place of what was erased: nothing fails, nothing is found.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::on_scene;

#[tokio::test]
async fn a_case_tells_what_was_erased() {
    on_scene(async |scene| {
        let before = scene.seen().await;
        assert_eq!((&before["erased"], before["reporter"]["name"].is_string()), (&json!([]), true));
        let photo = scene.photo_field();
        scene.erase(&["title", "description", "reporter", "location", "note:2", &photo]).await;
        let after = scene.seen().await;
        assert_eq!(after["erased"], json!(["reporter", "title", "description", "location"]));
        assert_eq!((&after["title"], &after["description"]), (&json!("（已依法删除）"), &json!("（已依法删除）")));
        assert_eq!(
            (&after["reporter"], &after["location"], &after["reportedBy"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
        assert_eq!(after["data"].get("position"), None);
        assert_eq!(
            (&after["grid"], &after["state"], &after["version"]),
            (&before["grid"], &before["state"], &before["version"])
        );
        let steps = scene.timeline().await;
        assert_eq!(steps[0]["erased"], json!(["actor", "contact", "description", "location", "title"]));
        assert_eq!((&steps[1]["erased"], &steps[1]["note"]), (&json!(["actor", "note"]), &json!("")));
        assert_eq!((&steps[0]["actor"], &steps[1]["actor"]), (&Value::Null, &Value::Null));
        let shown = &steps[0]["attachments"][0];
        assert_eq!(
            (&shown["erased"], &shown["name"], &shown["bytes"]),
            (&json!(true), &json!("（已依法删除）"), &json!(0))
        );
        let english = scene.h.as_role("operator").await.with("accept-language", "en");
        let (_, case) = english.get(&format!("/api/v1/cases/{}", scene.case.1)).await;
        assert_eq!(case["title"], "(erased on a lawful request)");
        let (status, _) = english.get(&format!("/api/v1/cases/{}/duplicates", scene.case.0)).await;
        assert_eq!(status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_found_by_what_was_erased() {
    on_scene(async |scene| {
        let operator = scene.h.as_role("operator").await;
        let found = async |query: &str| {
            let (_, page) = operator.get(&format!("/api/v1/cases?q={query}")).await;
            page["items"].as_array().unwrap().len()
        };
        for word in ["qz7titleword", "wk8descriptionword"] {
            assert_eq!(found(word).await, 1, "{word}");
        }
        scene.erase(&["title"]).await;
        assert_eq!((found("qz7titleword").await, found("wk8descriptionword").await), (0, 1), "one by one");
        scene.erase(&["description", "location"]).await;
        assert_eq!(found("wk8descriptionword").await, 0);
        assert_eq!(found(&scene.case.1).await, 1, "by its number still");
        let (_, map) = operator.get("/api/v1/map/cases?bbox=118,25,121,27").await;
        assert_eq!(map["features"], json!([]), "nor on the map");
    })
    .await;
}

#[tokio::test]
async fn a_resident_who_was_forgotten_takes_no_part_any_more() {
    on_scene(async |scene| {
        let citizen = scene.h.as_role("citizen").await;
        let path = format!("/api/v1/cases/{}", scene.case.0);
        assert_eq!(citizen.get(&path).await.0, StatusCode::OK);
        scene.erase(&["reporter"]).await;
        assert_eq!(citizen.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(citizen.get("/api/v1/cases?mine=reported").await.1["items"], json!([]));
        assert_eq!(citizen.get("/api/v1/me/notices").await.1["items"], json!([]));
        scene.act("grid_worker", &scene.case.0, "verify", r#"{"note": "看过", "data": {"found": true}}"#).await;
        assert_eq!(scene.seen().await["state"], "pending_register", "the case goes on");
    })
    .await;
}

/// Who reports in office is named like everybody in office; only the caller is forgotten.
#[tokio::test]
async fn an_operator_who_took_a_call_stays_named() {
    on_scene(async |scene| {
        let operator = scene.h.as_role("operator").await;
        let report = json!({
            "matter": "event-0194", "title": "电话反映", "location": { "grid": "350302001001001" }, "reporter": { "name": "李四", "phone": "13800138000" },
        });
        let (_, case) = operator.post("/api/v1/cases", report).await;
        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        let body = json!({ "fields": ["reporter"], "authorisedBy": scene.authority.1, "reason": "本人依法申请" });
        let (status, proposed) = operator.post(&format!("{path}/erasures"), body.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{proposed}");
        assert_eq!(scene.decide(&proposed, "confirm").await.0, StatusCode::OK);
        let (_, after) = operator.get(&path).await;
        assert_eq!((&after["reporter"], &after["reportedBy"]), (&Value::Null, &json!("operator")));
        let (_, steps) = operator.get(&format!("{path}/timeline")).await;
        assert_eq!((&steps["items"][0]["erased"], &steps["items"][0]["actor"]["account"]), (&json!(["contact"]), &json!("operator")));
        let (status, problem) = operator.post(&format!("{path}/erasures"), body).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("erased_already")));
    })
    .await;
}
