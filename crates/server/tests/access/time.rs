//! Time as people see it: a day holds all its moments, an extension says from when to when, duplicates are compared by when things happened, and a clock
//! that jumps back hides nothing from anybody.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::ground::point_in;
use crate::scene::{SEES, on_scene};

/// A purpose that a leader may claim for an export.
const EXPORT: &str = "statistics";

/// A range of days is half-open: all of its last day belongs to it, nothing of the next.
#[tokio::test]
async fn a_case_at_the_last_moment_of_a_day_is_in_its_day() {
    on_scene(async |scene| {
        let late: chrono::DateTime<chrono::Utc> = "2026-11-25T23:59:59.5+08:00".parse().unwrap();
        scene.h.clock.set(late);
        let told = scene.h.as_account("citizen").await;
        let body =
            serde_json::json!({ "matter": "event-0194", "title": "油烟", "location": { "grid": "350302001001001" } });
        let (status, case) = told.post("/api/v1/cases", body).await;
        assert_eq!(status, 201, "{case}");
        let number = case["number"].as_str().unwrap();
        let leader = scene.h.as_account("leader").await;
        for (range, inside) in [
            ("since=2026-11-25&until=2026-11-25", true),
            ("until=2026-11-24", false),
            ("since=2026-11-26", false),
            ("since=2026-11-26&until=2026-11-26", false),
            ("until=2026-11-25T23:59:59.5%2B08:00", false),
            ("until=2026-11-25T23:59:59.500001%2B08:00", true),
            ("since=2026-11-25T23:59:59.5%2B08:00", true),
        ] {
            let (status, list) = leader.get(&format!("/api/v1/cases?{range}&total=true")).await;
            let found = list["items"].as_array().unwrap().iter().any(|item| item["number"] == number);
            assert_eq!((status.as_u16(), found), (200, inside), "{range}");
            let path = format!("/api/v1/cases/export?purpose={}&{range}", EXPORT);
            let (status, file) = leader.fetch(&path).await;
            let text = String::from_utf8(file).unwrap();
            assert_eq!((status.as_u16(), text.contains(number)), (200, inside), "export {range}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_extension_says_by_how_much_and_until_when() {
    on_scene(async |scene| {
        let id = &scene.told('A').case.id;
        let (_, before) = scene.who("dispatcher").get(&format!("/api/v1/cases/{id}")).await;
        let after = scene.take("dispatcher", id, "extend", json!({ "note": "等材料", "data": { "value": 2 } })).await;
        let (_, timeline) = scene.who("dispatcher").get(&format!("/api/v1/cases/{id}/timeline")).await;
        let extension = &timeline["items"].as_array().unwrap().last().unwrap()["extension"];
        assert_eq!((&extension["more"], &extension["clock"]), (&json!(2), &json!("handle")), "{timeline}");
        let due = |case: &Value| {
            let clocks = case["clocks"].as_array().unwrap().clone();
            clocks.iter().find(|clock| clock["name"] == "handle").unwrap()["until"].clone()
        };
        assert_eq!((&extension["before"], &extension["after"]), (&due(&before), &due(&after)));
        assert_ne!(extension["before"], extension["after"]);
        assert_eq!(timeline["items"][0]["extension"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_moment_that_is_none_is_told_how_to_write_it() {
    on_scene(async |scene| {
        let (lon, lat) = point_in("350303001002001");
        for at in ["2026-11-26", "2026-02-30T10:00:00+08:00", "2026-11-19T23:59:60+08:00", "9999-01-01T00:00:00Z", "昨天"] {
            let body = json!({ "matter": "event-0194", "title": "油烟", "location": { "lon": lon, "lat": lat }, "occurredAt": at });
            let (status, problem) = scene.who("citizen-2").post("/api/v1/cases", body).await;
            assert_eq!((status.as_u16(), &problem["field"]), (422, &json!("occurredAt")), "{at}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains("2026-11-20T10:00:00+08:00"), "{at}: {problem}");
        }
    })
    .await;
}

#[tokio::test]
async fn duplicates_are_compared_by_when_they_happened() {
    on_scene(async |scene| {
        let (lon, lat) = point_in("350303001002001");
        let now = scene.h.app.now();
        let told = |hours: i64| {
            let at = (now - TimeDelta::hours(hours)).to_rfc3339();
            json!({ "matter": "event-0194", "title": "楼下油烟", "location": { "lon": lon, "lat": lat }, "occurredAt": at })
        };
        let citizen = scene.who("citizen-2");
        let (status, case) = citizen.post("/api/v1/cases", told(72)).await;
        assert_eq!(status, 201, "{case}");
        for (hours, found) in [(72, true), (50, true), (95, true), (0, false), (24, false), (120, false)] {
            let (status, near) = citizen.post("/api/v1/cases/duplicates", told(hours)).await;
            let there = near["items"].as_array().unwrap().iter().any(|one| one["case"]["id"] == case["id"]);
            assert_eq!((status.as_u16(), there), (200, found), "{hours} hours ago: {near}");
        }
        // The same from the other side: another case of three days ago, told now.
        let (_, other) = citizen.post("/api/v1/cases", told(71)).await;
        let path = format!("/api/v1/cases/{}/duplicates", other["id"].as_str().unwrap());
        let (_, near) = citizen.get(&path).await;
        assert_eq!(near["items"][0]["case"]["id"], case["id"], "{near}");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_back_hides_nothing() {
    on_scene(async |scene| {
        let before = scene.h.app.now();
        scene.h.clock.set(before - TimeDelta::days(3));
        assert!(scene.h.app.now() >= before, "time does not go back");
        for (account, letters) in SEES {
            let (_, list) = scene.who(account).get("/api/v1/cases").await;
            let ids: Vec<Value> = list["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
            assert_eq!(scene.letters(&ids), *letters, "{account}");
        }
        // What is granted now is seen now.
        let id = scene.told('D').case.id.clone();
        let seen = json!({ "note": "看过", "data": { "found": true } });
        scene.take("verifier", &id, "verify", seen).await;
        for (account, action) in [("operator", "register"), ("dispatcher", "dispatch")] {
            scene.take(account, &id, action, json!({})).await;
        }
        let (status, _) = scene.who("department_handler").get(&format!("/api/v1/cases/{id}")).await;
        assert_eq!(status, 200);
        // It is said to those who run it.
        let (_, ledger) = scene.who("operator").get("/api/v1/ledger").await;
        assert!(ledger["clockBehindSeconds"].as_i64().unwrap() > 250_000, "{ledger}");
        let (_, ready) = scene.h.stranger().fetch("/readyz").await;
        assert!(String::from_utf8(ready).unwrap().contains("clock behind"));
        // The next start goes on from what was recorded, whatever the clock says.
        let recorded = scene.h.app.db().last_moment().await.unwrap().unwrap();
        assert!(recorded >= before, "{recorded} {before}");
        scene.h.clock.set(before + TimeDelta::days(1));
        let (_, ledger) = scene.h.as_account("operator").await.get("/api/v1/ledger").await;
        assert_eq!(ledger["clockBehindSeconds"], 0, "it has caught up");
    })
    .await;
}
