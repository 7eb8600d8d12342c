//! Numbers and points give nothing away either: counters, the map, and the search for duplicates of a report being written.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::staff::STAFF;
use crate::scene::{SEES, both, on_scene};
use crate::table::HAVE_MAP;

/// Without confidential cases, and without those somebody sees only by taking part.
const COUNTED: &[(&str, usize)] = &[
    ("operator", 2),
    ("dispatcher", 2),
    ("grid_leader", 1),
    ("grid_supervisor", 2),
    ("department_handler", 1),
    ("department_handler-ecology", 0),
    ("leader", 2),
    ("operator-2", 1),
    ("dispatcher-2", 1),
    ("department_handler-2", 0),
    ("leader-city", 3),
    ("several", 2),
];

fn sum(counters: &Value, what: &str) -> u64 {
    counters["items"].as_array().unwrap().iter().map(|item| item[what].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn counters_count_what_the_post_shows() {
    on_scene(async |scene| {
        for (account, n) in COUNTED {
            for by in ["state", "matter", "region", "department"] {
                for region in ["", "&region=350000000000"] {
                    let (status, counters) = scene.who(account).get(&format!("/api/v1/counters?by={by}{region}")).await;
                    assert_eq!(status, StatusCode::OK, "{account}");
                    assert_eq!(sum(&counters, "total"), *n as u64, "{account} by {by}{region}: {counters}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn counters_of_another_region_are_empty() {
    on_scene(async |scene| {
        for (account, elsewhere) in [
            ("operator", "350303000000"),
            ("grid_leader", "350302001002"),
            ("grid_supervisor", "350302003000"),
            ("department_handler", "350303000000"),
            ("operator-2", "350302000000"),
        ] {
            let (_, counters) = scene.who(account).get(&format!("/api/v1/counters?region={elsewhere}")).await;
            assert_eq!(counters["items"], json!([]), "{account}");
        }
    })
    .await;
}

/// Overdue cases are counted one by one, in another query than the rest.
#[tokio::test]
async fn overdue_counts_are_of_ones_slice() {
    on_scene(async |scene| {
        scene.h.pass(chrono::TimeDelta::days(40));
        for (account, sees) in SEES.iter().filter(|(account, _)| COUNTED.iter().any(|(counted, _)| counted == account))
        {
            let (status, counters) =
                scene.h.as_account(account).await.get("/api/v1/counters?region=350000000000").await;
            assert_eq!(status, StatusCode::OK, "{account}");
            assert_eq!(sum(&counters, "overdue"), sees.len() as u64, "{account}: {counters}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_map_shows_what_one_sees() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            let (status, map) = scene.who(account).get("/api/v1/map/cases?bbox=118,25,121,27").await;
            let role = STAFF.iter().find(|(name, ..)| name == account).unwrap().1;
            if !HAVE_MAP.contains(&role) {
                assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
                continue;
            }
            let points = map["features"].as_array().unwrap();
            assert_eq!(scene.letters(points.iter().map(|p| &p["properties"]["id"])), *sees, "{account}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_duplicates_of_a_draft_are_among_what_one_sees() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            for letter in ['A', 'B', 'D'] {
                let told = scene.told(letter);
                let draft = json!({
                    "matter": "event-0194", "title": told.case.title, "description": "后门", "location": { "grid": told.case.grid },
                });
                let (status, page) = scene.who(account).post("/api/v1/cases/duplicates", draft).await;
                if status == StatusCode::FORBIDDEN {
                    continue;
                }
                let here = if letter == 'A' { "ACE".to_owned() } else { letter.to_string() };
                let found = page["items"].as_array().unwrap();
                let found = scene.letters(found.iter().map(|item| &item["case"]["id"]));
                assert_eq!(found, both(sees, &here), "{account} at {letter}");
            }
        }
    })
    .await;
}
