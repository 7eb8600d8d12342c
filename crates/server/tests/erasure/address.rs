//! A place told by its village and a street or landmark: enough where a matter has a place, on one line, and erased like a point.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::on_scene;

const ADDRESS: &str = "兴安名城3号楼 tn2addressword";

fn at(location: &Value) -> Value {
    json!({ "matter": "event-0194", "title": "路灯不亮", "location": location })
}

#[tokio::test]
async fn a_village_is_a_place_with_a_street_or_landmark() {
    on_scene(async |scene| {
        let citizen = scene.h.as_role("citizen").await;
        for (location, field) in [
            (json!({ "region": "350302001001" }), "location.address"),
            (json!({ "region": "350302001001", "address": " \u{3164}" }), "location.address"),
            (json!({ "region": "350302001001", "address": "a\nb" }), "location.address"),
            (json!({ "region": "350302001001", "address": "路".repeat(121) }), "location.address"),
            (json!({ "region": "350302001000", "address": ADDRESS }), "location"),
            (json!({ "region": "350302009009", "address": ADDRESS }), "location.region"),
            (json!({ "address": ADDRESS }), "location"),
            (json!({ "grid": "350302001001001", "address": "a\u{0}b" }), "location.address"),
        ] {
            let (status, problem) = citizen.post("/api/v1/cases", at(&location)).await;
            assert_eq!(
                (status, &problem["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
                "{location}: {problem}"
            );
        }
        let village = json!({ "region": "350302001001", "address": format!(" {ADDRESS}\u{200b}") });
        let (status, case) = citizen.post("/api/v1/cases", at(&village)).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        assert_eq!(
            (&case["region"]["code"], &case["grid"], &case["location"], &case["data"]["position"]),
            (&json!("350302001001"), &Value::Null, &Value::Null, &json!({ "address": ADDRESS }))
        );
        let worker = scene.h.as_role("grid_worker").await;
        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        assert_eq!(worker.get(&path).await.0, StatusCode::OK, "the village's grid worker has it");
        let grid = json!({ "grid": "350302001001001", "address": ADDRESS });
        let (status, case) = citizen.post("/api/v1/cases", at(&grid)).await;
        assert_eq!((status, &case["data"]["position"]["address"]), (StatusCode::CREATED, &json!(ADDRESS)));
    })
    .await;
}

#[tokio::test]
async fn a_street_is_erased_with_the_location() {
    on_scene(async |scene| {
        let village = json!({ "region": "350302001001", "address": ADDRESS });
        let (_, case) = scene.h.as_role("citizen").await.post("/api/v1/cases", at(&village)).await;
        let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        let operator = scene.h.as_role("operator").await;
        let body = json!({ "fields": ["location"], "authorisedBy": scene.authority.1, "reason": "本人依法申请" });
        let (status, proposed) = operator.post(&format!("{path}/erasures"), body.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{proposed}");
        assert_eq!(scene.decide(&proposed, "confirm").await.0, StatusCode::OK);
        let (_, after) = operator.get(&path).await;
        assert_eq!((&after["data"], &after["erased"]), (&json!({}), &json!(["location"])));
        let left = scene.h.dump().into_iter().filter(|row| row.text.contains("tn2addressword"));
        assert_eq!(left.map(|row| row.text).collect::<Vec<_>>(), Vec::<String>::new());
        let (status, problem) = operator.post(&format!("{path}/erasures"), body).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("erased_already")));
    })
    .await;
}
