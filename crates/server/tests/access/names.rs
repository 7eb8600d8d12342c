//! Who reported is nobody's business: others see a case, not the name of the resident who told of it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::{SEES, on_scene};

const NAME: &str = "测试citizen";

#[tokio::test]
async fn a_resident_is_not_named_to_others() {
    on_scene(async |scene| {
        let case = &scene.told('A').case;
        for (account, _) in SEES.iter().filter(|(account, sees)| sees.contains('A') && *account != "citizen") {
            let client = scene.who(account);
            for path in [
                "/api/v1/cases".to_owned(),
                format!("/api/v1/cases/{}", case.id),
                format!("/api/v1/cases/{}/timeline", case.id),
                format!("/api/v1/cases/{}/duplicates", case.id),
                "/api/v1/map/cases?bbox=118,25,121,27".to_owned(),
                "/api/v1/me/notices".to_owned(),
            ] {
                let answer = client.send("GET", &path, &Value::Null).await;
                let text = String::from_utf8_lossy(&answer.bytes);
                assert!(!text.contains(NAME), "{account} reads at {path} who reported: {text}");
            }
            let (_, shown) = client.get(&format!("/api/v1/cases/{}", case.id)).await;
            assert_eq!(shown["reportedBy"], Value::Null, "{account}");
            let (_, trace) = client.get(&format!("/api/v1/cases/{}/timeline", case.id)).await;
            let first = &trace["items"][0];
            assert_eq!((&first["action"], &first["post"]["role"]), (&json!("report"), &json!("citizen")));
            assert_eq!(first["actor"]["account"], "", "{account}");
            assert_eq!(trace["items"][1]["actor"]["account"], "grid_worker", "officials are named");
        }
    })
    .await;
}

#[tokio::test]
async fn a_resident_sees_their_own_name() {
    on_scene(async |scene| {
        let id = &scene.told('A').case.id;
        let (_, trace) = scene.who("citizen").get(&format!("/api/v1/cases/{id}/timeline")).await;
        assert_eq!(trace["items"][0]["actor"], json!({ "account": "citizen", "name": NAME }));
        let (_, shown) = scene.who("citizen").get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(shown["reportedBy"], "citizen");
    })
    .await;
}

#[tokio::test]
async fn whom_an_operator_wrote_down_is_masked_for_everybody() {
    on_scene(async |scene| {
        let operator = scene.who("operator");
        let body = json!({
            "matter": "event-0110", "title": "来电反映", "location": { "grid": "350302001001001" },
            "reporter": { "name": "林建国", "phone": "13812345678" },
        });
        let (status, case) = operator.post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        let id = case["id"].as_str().unwrap();
        for account in ["operator", "dispatcher", "verifier", "grid_worker", "leader", "leader-city"] {
            for part in ["", "/timeline"] {
                let answer = scene.who(account).send("GET", &format!("/api/v1/cases/{id}{part}"), &Value::Null).await;
                let text = String::from_utf8_lossy(&answer.bytes);
                assert_eq!(answer.status, StatusCode::OK, "{account}");
                assert!(!text.contains("林建国") && !text.contains("13812345678"), "{account}: {text}");
            }
        }
    })
    .await;
}
