//! A request that is sent again gets the first answer; another under its key or id gets none.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::ids::uuid_v7;

use crate::common::ground::point_in;
use crate::common::{Client, Harness, on_both};

const GRID: &str = "350302001001001";

fn asked() -> Value {
    let (lon, lat) = point_in(GRID);
    json!({
        "matter": "event-0194", "title": "后门油烟", "description": "每天中午", "location": { "lon": lon, "lat": lat, "accuracy": 8.5, "source": "gps" },
        "reporter": { "name": "张三", "phone": "13800001234" }, "occurredAt": "2026-11-20T09:00:00+08:00", "confidential": false,
    })
}

/// The request with one thing in it changed, for each thing.
fn others() -> Vec<Value> {
    let (lon, lat) = point_in("350302001001002");
    let changes = [
        json!({ "matter": "event-0110" }),
        json!({ "title": "后门油烟！" }),
        json!({ "description": "每天晚上" }),
        json!({ "description": null }),
        json!({ "location": { "lon": lon, "lat": lat, "accuracy": 8.5, "source": "gps" } }),
        json!({ "location": { "grid": GRID } }),
        json!({ "location": { "lon": asked()["location"]["lon"], "lat": asked()["location"]["lat"] } }),
        json!({ "reporter": { "name": "张三", "phone": "13800001235" } }),
        json!({ "reporter": { "name": "李四", "phone": "13800001234" } }),
        json!({ "reporter": null }),
        json!({ "occurredAt": "2026-11-20T08:00:00+08:00" }),
        json!({ "confidential": true }),
        json!({ "attachments": [Uuid::from_bytes(rand::random())] }),
        json!({ "condition": "c1" }),
    ];
    let changed = |change: Value| {
        let mut body = asked();
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => {
                    body.as_object_mut().unwrap().remove(name);
                }
                value => body[name] = value.clone(),
            }
        }
        body
    };
    changes.into_iter().map(changed).collect()
}

async fn count(h: &Harness) -> u64 {
    h.as_role("operator").await.get("/api/v1/cases?total=true&limit=1").await.1["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_key_used_again_for_something_else_is_refused() {
    on_both(async |h| {
        let clerk = h.as_role("window_clerk").await.with("idempotency-key", "one");
        let (status, first) = clerk.post("/api/v1/cases", asked()).await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        h.pass(TimeDelta::minutes(1));
        let (status, again) = clerk.post("/api/v1/cases", asked()).await;
        assert_eq!((status, &again["number"]), (StatusCode::OK, &first["number"]));
        for other in others() {
            let answer = clerk.send("POST", "/api/v1/cases", &other).await;
            let refused = [(StatusCode::CONFLICT, "key_reused"), (StatusCode::UNPROCESSABLE_ENTITY, "invalid")];
            assert!(refused.contains(&(answer.status, answer.code())), "{other}: {}", answer.json);
        }
        let known = h.as_role("citizen").await.with("idempotency-key", "one");
        let (status, next) = known.post("/api/v1/cases", asked()).await;
        assert_eq!(status, StatusCode::CREATED, "another's key is another");
        let serial =
            |case: &Value| case["number"].as_str().unwrap().rsplit('-').next().unwrap().parse::<u32>().unwrap();
        assert_eq!(serial(&next), serial(&first) + 1, "what is asked again takes no number");
    })
    .await;
}

#[tokio::test]
async fn an_id_used_again_for_something_else_is_refused() {
    on_both(async |h| {
        let (clerk, id) = (h.as_role("window_clerk").await, uuid_v7(h.app.now(), rand::random()));
        let with_id = |mut body: Value| {
            body["id"] = json!(id);
            body
        };
        let (status, first) = clerk.post("/api/v1/cases", with_id(asked())).await;
        assert_eq!((status, &first["id"]), (StatusCode::CREATED, &json!(id)), "{first}");
        let (status, again) = clerk.post("/api/v1/cases", with_id(asked())).await;
        assert_eq!((status, &again["number"]), (StatusCode::OK, &first["number"]));
        for other in others() {
            let answer = clerk.send("POST", "/api/v1/cases", &with_id(other.clone())).await;
            let refused = [(StatusCode::CONFLICT, "key_reused"), (StatusCode::UNPROCESSABLE_ENTITY, "invalid")];
            assert!(refused.contains(&(answer.status, answer.code())), "{other}: {}", answer.json);
        }
        let answer = h.as_role("citizen").await.send("POST", "/api/v1/cases", &with_id(asked())).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "key_reused"), "another's id");
        h.sql("UPDATE cases SET asked = NULL");
        let answer = clerk.send("POST", "/api/v1/cases", &with_id(asked())).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::CONFLICT, "key_reused"),
            "what was asked is not known any more"
        );
        assert_eq!(count(&h).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_step_under_a_used_key_goes_nowhere_else() {
    on_both(async |h| {
        let (citizen, worker) = (h.as_role("citizen").await, h.as_role("grid_worker").await);
        let mut body = asked();
        body.as_object_mut().unwrap().remove("reporter");
        let (_, case) = citizen.post("/api/v1/cases", body).await;
        let take = async |client: &Client, action: &str, step: Value| {
            client
                .send("POST", &format!("/api/v1/cases/{}/actions/{action}", case["id"].as_str().unwrap()), &step)
                .await
        };
        assert_eq!(
            take(&worker, "verify", json!({ "version": 1, "note": "看过", "data": { "found": true } })).await.status,
            StatusCode::OK
        );
        let operator = h.as_role("operator").await;
        assert_eq!(take(&operator, "register", json!({ "version": 2 })).await.status, StatusCode::OK);
        let dispatcher = h.as_role("dispatcher").await.with("idempotency-key", "dispatch-1");
        let step = json!({ "version": 3, "to": { "department": "city_management" }, "note": "请查处" });
        let first = take(&dispatcher, "dispatch", step.clone()).await;
        assert_eq!((first.status, &first.json["department"]), (StatusCode::OK, &json!("city_management")));
        let again = take(&dispatcher, "dispatch", step).await;
        assert_eq!((again.status, &again.json["version"]), (StatusCode::OK, &first.json["version"]));
        for (action, step) in [
            ("dispatch", json!({ "version": 3, "to": { "department": "ecology_environment" }, "note": "请查处" })),
            ("dispatch", json!({ "version": 3, "to": { "department": "city_management" }, "note": "请处理" })),
            ("dispatch", json!({ "version": 3, "note": "请查处" })),
            ("dispatch", json!({ "version": 4, "to": { "department": "city_management" }, "note": "请查处" })),
            ("comment", json!({ "version": 3, "to": { "department": "city_management" }, "note": "请查处" })),
        ] {
            let answer = take(&dispatcher, action, step.clone()).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "key_reused"), "{action} {step}");
        }
        let (_, now) = operator.get(&format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await;
        assert_eq!((&now["version"], &now["department"]), (&first.json["version"], &json!("city_management")));
    })
    .await;
}

#[tokio::test]
async fn keys_that_are_none_are_refused_in_words() {
    on_both(async |h| {
        for key in ["", " ", "a b", &"k".repeat(201), "键"] {
            let citizen = h.as_role("citizen").await;
            let request = axum::http::Request::post("/api/v1/cases")
                .header("content-type", "application/json")
                .header("idempotency-key", axum::http::HeaderValue::from_bytes(key.as_bytes()).unwrap());
            let answer = citizen.call(request.body(asked().to_string().into()).unwrap()).await;
            let said = (answer.status, answer.json["field"].as_str().unwrap_or_default());
            assert_eq!(said, (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key"), "{key:?}");
        }
        let twice = h.as_role("citizen").await.with("idempotency-key", "a");
        let request = axum::http::Request::post("/api/v1/cases")
            .header("content-type", "application/json")
            .header("idempotency-key", "b");
        let answer = twice.call(request.body(asked().to_string().into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(count(&h).await, 0);
    })
    .await;
}

/// Endpoints whose description names the header are the ones that heed it; all others that change something refuse it.
#[tokio::test]
async fn no_endpoint_passes_over_a_key_in_silence() {
    let (_, description) = yizhi_server::router::api();
    let description = serde_json::to_value(description).unwrap();
    let mut heed = BTreeSet::new();
    let mut refuse = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(m, _)| *m != "get" && *m != "parameters") {
            let named = operation["parameters"].as_array().into_iter().flatten();
            let heeds = named.filter_map(|p| p["name"].as_str()).any(|name| name == "Idempotency-Key");
            match path.as_str() {
                "/api/v1/attachments" => {}
                path if heeds => {
                    heed.insert((method.clone(), path.to_owned()));
                }
                path => refuse.push((method.to_uppercase(), path.replace(['{', '}'], ""))),
            }
        }
    }
    let heeding: Vec<&str> = heed.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(heeding, ["/api/v1/cases", "/api/v1/cases/{id}/actions/{action}"]);
    on_both(async |h| {
        let operator = h.as_role("operator").await.with("idempotency-key", "k");
        for (method, path) in &refuse {
            let answer = operator.send(method, path, &json!({})).await;
            let said = (answer.status, answer.json["field"].as_str().unwrap_or_default());
            assert_eq!(said, (StatusCode::UNPROCESSABLE_ENTITY, "Idempotency-Key"), "{method} {path}");
        }
    })
    .await;
}

#[tokio::test]
async fn keys_are_known_for_a_week() {
    on_both(async |h| {
        let clerk = h.as_role("window_clerk").await.with("idempotency-key", "one");
        let first = clerk.post("/api/v1/cases", asked()).await.1;
        h.pass(TimeDelta::days(7));
        assert_eq!(h.app.db().requests_sweep(h.clock.now()).await.unwrap(), 0);
        let clerk = h.as_role("window_clerk").await.with("idempotency-key", "one");
        assert_eq!(clerk.post("/api/v1/cases", asked()).await.1["number"], first["number"]);
        h.pass(TimeDelta::microseconds(1));
        assert_eq!(h.app.db().requests_sweep(h.clock.now()).await.unwrap(), 1);
        let (status, another) = clerk.post("/api/v1/cases", asked()).await;
        assert_eq!(status, StatusCode::CREATED, "{another}");
    })
    .await;
}
