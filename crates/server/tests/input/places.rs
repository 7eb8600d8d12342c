//! A place given as a grid stays a grid: nobody said where in it, so nothing points there.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::ground::point_in;
use crate::common::{Harness, on_both};

const GRID: &str = "350302001001001";
const NEXT: &str = "350302001001002";

async fn told(h: &Harness, title: &str, location: Value) -> Value {
    let body = json!({ "matter": "event-0194", "title": title, "location": location });
    let (status, case) = h.as_role("citizen").await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

fn at(grid: &str) -> Value {
    let (lon, lat) = point_in(grid);
    json!({ "lon": lon, "lat": lat })
}

#[tokio::test]
async fn no_point_is_invented() {
    on_both(async |h| {
        let case = told(&h, "后门油烟", json!({ "grid": GRID, "source": "list", "accuracy": 3 })).await;
        let said = (&case["location"], &case["grid"], &case["gridName"], &case["data"]);
        assert_eq!(said, (&Value::Null, &json!(GRID), &json!("兴安社区第1网格"), &json!({})));
        let operator = h.as_role("operator").await;
        let (_, listed) = operator.get("/api/v1/cases").await;
        assert_eq!(
            (&listed["items"][0]["location"], &listed["items"][0]["gridName"]),
            (&Value::Null, &json!("兴安社区第1网格"))
        );
        let (_, map) = operator.get("/api/v1/map/cases?bbox=118,25,121,27").await;
        assert_eq!(map["features"], json!([]), "no pin");
        let (status, _) = operator.get("/api/v1/cases/export?purpose=handle_cases").await;
        assert_eq!(status, StatusCode::OK);
        let (_, found) = operator.get(&format!("/api/v1/cases?region={GRID}")).await;
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "it is in its grid");
    })
    .await;
}

#[tokio::test]
async fn duplicates_by_grid_say_so() {
    on_both(async |h| {
        let by_grid = told(&h, "饭店后门油烟直排", json!({ "grid": GRID })).await;
        let by_point = told(&h, "饭店后门排放油烟", at(GRID)).await;
        told(&h, "饭店后门油烟直排", json!({ "grid": NEXT })).await;
        told(&h, "饭店后门油烟直排", at(NEXT)).await;
        let operator = h.as_role("operator").await;
        for (case, twin) in [(&by_grid, &by_point), (&by_point, &by_grid)] {
            let (_, found) = operator.get(&format!("/api/v1/cases/{}/duplicates", case["id"].as_str().unwrap())).await;
            let said: Vec<_> = found["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| (&d["case"]["id"], &d["distance"], &d["sameGrid"]))
                .collect();
            assert_eq!(said, [(&twin["id"], &Value::Null, &json!(true))], "the one in the same grid, and no distance");
        }
        let draft = json!({ "matter": "event-0194", "title": "后门油烟", "location": { "grid": GRID } });
        let (_, found) = operator.post("/api/v1/cases/duplicates", draft).await;
        let ids: Vec<&Value> = found["items"].as_array().unwrap().iter().map(|d| &d["case"]["id"]).collect();
        assert_eq!(ids.len(), 2, "{found}");
        assert!(found["items"].as_array().unwrap().iter().all(|d| d["distance"].is_null()));
        let draft = json!({ "matter": "event-0194", "title": "后门油烟", "location": at(GRID) });
        let (_, found) = operator.post("/api/v1/cases/duplicates", draft).await;
        assert_eq!((&found["items"][0]["distance"], &found["items"][0]["case"]["id"]), (&json!(0.0), &by_point["id"]));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_place_is_refused() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let (lon, lat) = point_in(GRID);
        for (location, field) in [
            (json!({}), "location"),
            (json!({ "lon": lon }), "location"),
            (json!({ "lat": lat, "grid": GRID }), "location"),
            (json!({ "grid": "1" }), "location.grid"),
            (json!({ "grid": "\u{3164}" }), "location.grid"),
            (json!({ "lon": lon, "lat": lat, "accuracy": -1 }), "location.accuracy"),
            (json!({ "lon": lon, "lat": lat, "accuracy": 1e9 }), "location.accuracy"),
            (json!({ "lon": lon, "lat": lat, "source": "x".repeat(21) }), "location.source"),
            (json!({ "lon": lon, "lat": lat, "source": "a\nb" }), "location.source"),
            (json!({ "lon": lon, "lat": lat, "crs": "MARS" }), "location.crs"),
            (json!({ "lon": "119", "lat": lat }), "location.lon"),
        ] {
            let body = json!({ "matter": "event-0194", "title": "油烟", "location": location });
            for path in ["/api/v1/cases", "/api/v1/cases/duplicates"] {
                let (status, problem) = citizen.post(path, body.clone()).await;
                let only_report = ["location.accuracy", "location.source"].contains(&field) || location == json!({});
                if path == "/api/v1/cases" || !only_report {
                    let said = (status, problem["field"].as_str().unwrap_or_default());
                    assert_eq!(said, (StatusCode::UNPROCESSABLE_ENTITY, field), "{path} {location}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_point_beside_a_grid_or_a_region_lies_in_it() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let report = |more: Value| {
            let mut location = at(GRID);
            location.as_object_mut().unwrap().append(&mut more.as_object().unwrap().clone());
            json!({ "matter": "event-0194", "title": "后门油烟", "location": location })
        };
        for (more, field) in [
            (json!({ "grid": NEXT }), "location.grid"),
            (json!({ "grid": "nowhere" }), "location.grid"),
            (json!({ "region": "350303001001" }), "location.region"),
            (json!({ "grid": GRID, "region": "999999999999" }), "location.region"),
        ] {
            let (status, problem) = citizen.post("/api/v1/cases", report(more)).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{problem}");
        }
        for more in [
            json!({ "grid": GRID }),
            json!({ "region": "350302001001" }),
            json!({ "grid": GRID, "region": "350302000000" }),
        ] {
            let (status, case) = citizen.post("/api/v1/cases", report(more)).await;
            assert_eq!((status, &case["grid"]), (StatusCode::CREATED, &json!(GRID)), "{case}");
        }
    })
    .await;
}
