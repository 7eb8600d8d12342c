//! Every way to read a case gives the same answer to the same person: it is there, or it is as if it did not exist.

use axum::http::StatusCode;
use serde_json::Value;

use crate::common::{Client, on_both};
use crate::scene::{ADMINISTRATORS, SEES, Scene, both, on_scene};

async fn items(client: &Client, path: &str) -> Vec<Value> {
    let (status, page) = client.get(path).await;
    assert_eq!(status, StatusCode::OK, "{path}: {page}");
    page["items"].as_array().unwrap().clone()
}

fn ids(items: &[Value]) -> impl Iterator<Item = &Value> {
    items.iter().map(|item| &item["id"])
}

#[tokio::test]
async fn lists_hold_what_one_sees() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            let client = scene.who(account);
            for (query, among) in [
                ("?total=true", "ABCDE"),
                ("?sort=due", "ABCDE"),
                ("?q=%E6%B2%B9%E7%83%9F", "ABCDE"),
                ("?region=350000000000", "ABCDE"),
                ("?region=350302000000", "ACDE"),
                ("?region=350303000000", "B"),
                ("?region=350302001001001", "ACE"),
                ("?department=city_management", "A"),
                ("?state=reported", "BCDE"),
                ("?matter=event-0194&limit=200", "ABCDE"),
            ] {
                let (status, page) = client.get(&format!("/api/v1/cases{query}")).await;
                assert_eq!(status, StatusCode::OK, "{account} {query}: {page}");
                let found = page["items"].as_array().unwrap();
                assert_eq!(scene.letters(ids(found)), both(sees, among), "{account}: {query}");
                if query.contains("total") {
                    assert_eq!(page["total"], sees.len(), "{account}");
                }
            }
            for told in &scene.cases {
                let found = items(client, &format!("/api/v1/cases?q={}", told.case.number)).await;
                let wanted = both(sees, &told.letter.to_string());
                assert_eq!(scene.letters(ids(&found)), wanted, "{account}: by number");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_inbox_holds_no_more_than_one_sees() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            let inbox = items(scene.who(account), "/api/v1/cases?mine=true").await;
            let inbox = scene.letters(ids(&inbox));
            assert_eq!(both(&inbox, sees), inbox, "{account}: work on cases that one does not see");
            let reported = items(scene.who(account), "/api/v1/cases?mine=reported").await;
            let own = match *account {
                "operator" => "E",
                "window_clerk" => "D",
                "citizen" => "AC",
                "citizen-2" => "B",
                _ => "",
            };
            assert_eq!(scene.letters(ids(&reported)), own, "{account}");
        }
    })
    .await;
}

/// Addresses that show a case or something of it.
fn addresses(scene: &Scene, letter: char) -> Vec<String> {
    let case = &scene.told(letter).case;
    let mut out =
        vec![format!("/api/v1/attachments/{}", case.photo), format!("/api/v1/attachments/{}/thumbnail", case.photo)];
    for name in [&case.id, &case.number, &case.id.to_uppercase()] {
        for part in ["", "/timeline", "/duplicates"] {
            out.push(format!("/api/v1/cases/{name}{part}"));
        }
    }
    out
}

#[tokio::test]
async fn a_case_is_there_or_does_not_exist() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            for letter in "ABCDE".chars() {
                let wanted = if sees.contains(letter) { StatusCode::OK } else { StatusCode::NOT_FOUND };
                for address in addresses(&scene, letter) {
                    let (status, _) = scene.who(account).get(&address).await;
                    assert_eq!(status, wanted, "{account} {letter}: {address}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_seen_cannot_be_told_from_what_is_not_there() {
    on_scene(async |scene| {
        let stranger_to = scene.who("citizen-2");
        let unseen = scene.told('A');
        for part in ["", "/timeline", "/duplicates"] {
            let nowhere = "01980000-0000-7000-8000-000000000000";
            let there = stranger_to.send("GET", &format!("/api/v1/cases/{}{part}", unseen.case.id), &Value::Null).await;
            let not = stranger_to.send("GET", &format!("/api/v1/cases/{nowhere}{part}"), &Value::Null).await;
            assert_eq!((there.status, &there.bytes), (not.status, &not.bytes), "{part}");
        }
    })
    .await;
}

#[tokio::test]
async fn duplicates_are_among_what_one_sees() {
    on_scene(async |scene| {
        for (account, sees) in SEES {
            for letter in both(sees, "ACE").chars() {
                let of = &scene.told(letter).case.id;
                let found = items(scene.who(account), &format!("/api/v1/cases/{of}/duplicates")).await;
                let others: String = both(sees, "ACE").chars().filter(|other| *other != letter).collect();
                let found = scene.letters(found.iter().map(|item| &item["case"]["id"]));
                assert_eq!(found, others, "{account}: duplicates of {letter}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn one_is_told_only_of_what_one_sees() {
    on_scene(async |scene| {
        let mut told = 0;
        for (account, sees) in SEES {
            let notices = items(scene.who(account), "/api/v1/me/notices").await;
            let about = scene.letters(notices.iter().map(|notice| &notice["case"]));
            assert_eq!(both(&about, sees), about, "{account}");
            told += about.len();
        }
        assert!(told >= 2, "the reporter and the department of A are told something");
        for account in ADMINISTRATORS {
            assert!(items(scene.who(account), "/api/v1/me/notices").await.is_empty(), "{account}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_upload_is_its_uploaders_until_a_case_has_it() {
    on_scene(async |scene| {
        let row = crate::scene::unused_photo(&scene, "citizen").await;
        for (account, _) in SEES {
            let wanted = if *account == "citizen" { StatusCode::OK } else { StatusCode::NOT_FOUND };
            for part in ["", "/thumbnail"] {
                let (status, _) = scene.who(account).get(&format!("/api/v1/attachments/{}{part}", row.id)).await;
                assert_eq!(status, wanted, "{account}");
            }
        }
    })
    .await;
}

/// Somebody's upload, named in another's report, does not become that report's.
#[tokio::test]
async fn anothers_upload_is_not_to_be_had_by_reporting() {
    on_scene(async |scene| {
        let row = crate::scene::unused_photo(&scene, "citizen").await;
        for taken in [row.id.to_string(), scene.told('C').case.photo.clone()] {
            let body = serde_json::json!({
                "matter": "event-0194", "title": "别人的照片", "location": { "grid": "350302001001001" }, "attachments": [taken],
            });
            let clerk = scene.who("window_clerk");
            let (_, case) = clerk.post("/api/v1/cases", body).await;
            assert!(case["attachments"].as_array().is_none_or(Vec::is_empty), "{case}");
            assert_eq!(clerk.get(&format!("/api/v1/attachments/{taken}")).await.0, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[tokio::test]
async fn a_report_of_another_is_not_to_be_had_by_its_id() {
    on_scene(async |scene| {
        let told = scene.told('A');
        for (account, repeat) in
            [("citizen-2", "event-0194"), ("window_clerk", "event-0194"), ("operator", "event-0110")]
        {
            let body = serde_json::json!({
                "id": told.case.id, "matter": repeat, "title": told.case.title, "location": { "grid": told.case.grid },
            });
            let (status, answer) = scene.who(account).post("/api/v1/cases", body).await;
            assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &Value::from("key_reused")), "{account}");
            assert!(answer.get("current").is_none_or(Value::is_null), "{answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_three_administrators_reach_no_case() {
    on_scene(async |scene| {
        for account in ADMINISTRATORS {
            let client = scene.who(account);
            for letter in "ABCDE".chars() {
                for address in addresses(&scene, letter) {
                    assert_eq!(client.get(&address).await.0, StatusCode::FORBIDDEN, "{account}: {address}");
                }
            }
            for address in
                ["/api/v1/cases", "/api/v1/counters", "/api/v1/map/cases?bbox=118,25,121,27", "/api/v1/live?since=0"]
            {
                assert_eq!(client.get(address).await.0, StatusCode::FORBIDDEN, "{account}: {address}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_without_a_post_is_nobody() {
    on_both(async |h| {
        let body = serde_json::json!({ "account": "without-post", "password": crate::common::staff::PASSWORD });
        let (status, answer) = h.stranger().post("/api/v1/session", body).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &Value::from("no_post")));
    })
    .await;
}
