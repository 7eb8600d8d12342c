//! A resident reports the village head confidentially: grid worker and head see nothing of it, wherever they look; the county's supervision sees that
//! one case exists, and nothing else of it.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::common::{Client, Harness, on_both};

const GRID: &str = "350302001001001";
const VILLAGE_POSTS: &[&str] = &["grid_worker", "grid_leader", "grid_supervisor"];
const TITLE: &str = "举报村干部挪用资金";

struct Story {
    h: Harness,
    id: String,
    number: String,
    photo: String,
}

impl Story {
    async fn lay(h: Harness, confidential: bool) -> Self {
        let citizen = h.as_role("citizen").await;
        let (kind, bytes) = crate::scene::form();
        let request = Request::post("/api/v1/attachments").header("content-type", kind);
        let photo = citizen.call(request.body(Body::from(bytes)).unwrap()).await.json;
        let body = json!({
            "matter": "event-0110", "title": TITLE, "description": "村主任家的事", "location": { "grid": GRID },
            "attachments": [photo["id"]], "confidential": confidential,
            "reporter": { "name": "陈大文", "phone": "13900004321" },
        });
        let (status, case) = citizen.post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { id: text(&case["id"]), number: text(&case["number"]), photo: text(&photo["id"]), h }
    }

    async fn act(&self, account: &str, action: &str, data: Value) -> (StatusCode, Value) {
        let client = self.h.as_account(account).await;
        let path = format!("/api/v1/cases/{}", self.id);
        let (_, seen) = client.get(&path).await;
        let body = json!({ "version": seen["version"].as_u64().unwrap_or(1), "note": "说明", "data": data });
        let answer = client.post(&format!("{path}/actions/{action}"), body).await;
        self.h.pass(chrono::TimeDelta::seconds(1));
        answer
    }

    async fn must(&self, account: &str, action: &str) -> Value {
        let data = if action == "verify" { json!({ "found": true }) } else { json!({}) };
        let (status, after) = self.act(account, action, data).await;
        assert_eq!(status, StatusCode::OK, "{account} {action}: {after}");
        after
    }

    /// Everything that a post of the village can ask, as text. No answer may have the case's id, number or words.
    async fn asked(&self, client: &Client) -> Vec<(String, StatusCode, String)> {
        let draft = json!({ "matter": "event-0110", "title": TITLE, "location": { "grid": GRID } });
        let asks = [
            ("GET", "/api/v1/cases".to_owned(), Value::Null),
            ("GET", "/api/v1/cases?total=true&mine=true".to_owned(), Value::Null),
            ("GET", "/api/v1/cases?q=村干部".replace("村干部", "%E6%9D%91%E5%B9%B2%E9%83%A8"), Value::Null),
            ("GET", format!("/api/v1/cases?q={}", self.number), Value::Null),
            ("GET", "/api/v1/cases?overdue=true".to_owned(), Value::Null),
            ("GET", "/api/v1/cases/export?purpose=handle_cases".to_owned(), Value::Null),
            ("GET", "/api/v1/cases/export?purpose=statistics".to_owned(), Value::Null),
            ("GET", "/api/v1/cases/confidential".to_owned(), Value::Null),
            ("GET", format!("/api/v1/cases/{}", self.id), Value::Null),
            ("GET", format!("/api/v1/cases/{}/timeline", self.number), Value::Null),
            ("GET", format!("/api/v1/cases/{}/duplicates", self.id), Value::Null),
            ("GET", format!("/api/v1/attachments/{}", self.photo), Value::Null),
            ("GET", format!("/api/v1/attachments/{}/thumbnail", self.photo), Value::Null),
            ("POST", "/api/v1/cases/duplicates".to_owned(), draft),
            ("POST", format!("/api/v1/cases/{}/actions/comment", self.id), json!({ "version": 1, "note": "x" })),
            ("GET", "/api/v1/map/cases?bbox=118,25,121,27".to_owned(), Value::Null),
            ("GET", "/api/v1/counters?by=region".to_owned(), Value::Null),
            ("GET", "/api/v1/counters?by=state".to_owned(), Value::Null),
            ("GET", "/api/v1/me/notices".to_owned(), Value::Null),
            ("GET", "/api/v1/me/notices/unread".to_owned(), Value::Null),
        ];
        let mut out = Vec::new();
        for (method, path, body) in asks {
            let answer = client.send(method, &path, &body).await;
            out.push((path, answer.status, String::from_utf8_lossy(&answer.bytes).into_owned()));
        }
        out
    }

    async fn village_sees_nothing(&self) {
        for account in VILLAGE_POSTS {
            let client = self.h.as_account(account).await;
            for (path, status, text) in self.asked(&client).await {
                for secret in [TITLE, self.id.as_str(), "村主任", "陈大文"] {
                    assert!(!text.contains(secret), "{account} {path}: {secret} in {text}");
                }
                let echoed = path.contains(&self.number);
                assert!(echoed || !text.contains(&self.number), "{account} {path}: {text}");
                if path.contains(&self.id) || path.contains("/timeline") || path.contains(&self.photo) {
                    assert_eq!(status, StatusCode::NOT_FOUND, "{account} {path}");
                }
                if path.contains("/counters") && status == StatusCode::OK {
                    let counted: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(counted["items"], json!([]), "{account} {path}");
                }
                if path.ends_with("confidential") {
                    assert_eq!(status, StatusCode::FORBIDDEN, "{account}");
                }
            }
        }
    }

    async fn lists(&self, account: &str) -> bool {
        let (_, page) = self.h.as_account(account).await.get("/api/v1/cases").await;
        page["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(self.id))
    }

    async fn counted(&self) -> u64 {
        let (_, counters) = self.h.as_account("grid_leader").await.get("/api/v1/counters?by=state").await;
        counters["items"].as_array().unwrap().iter().map(|item| item["total"].as_u64().unwrap()).sum()
    }
}

#[tokio::test]
async fn the_village_sees_nothing_and_the_county_sees_that_one_case_exists() {
    on_both(async |h| {
        let story = Story::lay(h, true).await;
        story.village_sees_nothing().await;
        for account in ["leader", "operator", "several", "leader-city"] {
            let client = story.h.as_account(account).await;
            let answer = client.send("GET", "/api/v1/cases/confidential", &Value::Null).await;
            assert_eq!(answer.status, StatusCode::OK, "{account}");
            assert_eq!((&answer.json["total"], &answer.json["overdue"]), (&json!(1), &json!(0)), "{account}");
            let item = answer.json["items"][0].as_object().unwrap();
            let known: Vec<&str> = item.keys().map(String::as_str).collect();
            assert_eq!(
                known,
                [
                    "ageDays",
                    "class",
                    "closedAt",
                    "county",
                    "dueAt",
                    "number",
                    "overallDueAt",
                    "overdue",
                    "recordedAt",
                    "stateName"
                ]
            );
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            for secret in [TITLE, "村主任", "陈大文", story.id.as_str(), "350302001", GRID] {
                assert!(!text.contains(secret), "{account}: {secret} in {text}");
            }
            assert_eq!(item["number"], json!(story.number));
        }
        for account in ["leader", "leader-city"] {
            for name in [&story.id, &story.number] {
                let (status, _) = story.h.as_account(account).await.get(&format!("/api/v1/cases/{name}")).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{account}: knowing that it exists opens nothing");
            }
        }
        for account in ["operator-2", "dispatcher", "verifier", "grid_supervisor", "citizen", "auditor"] {
            let answer =
                story.h.as_account(account).await.send("GET", "/api/v1/cases/confidential", &Value::Null).await;
            let sees = answer.status == StatusCode::OK && answer.json["total"] != json!(0);
            assert!(!sees, "{account}: {}", answer.json);
        }
        story.must("operator", "confirm_confidential").await;
        story.village_sees_nothing().await;
        story.must("verifier", "verify").await;
        story.must("operator", "register").await;
        story.must("dispatcher", "dispatch").await;
        story.must("department_handler", "accept").await;
        story.must("department_handler", "finish").await;
        story.village_sees_nothing().await;
        story.must("verifier", "check").await;
        story.must("operator", "close").await;
        story.village_sees_nothing().await;
        let leader = story.h.as_account("leader").await;
        let (_, open) = leader.get("/api/v1/cases/confidential").await;
        let (_, all) = leader.get("/api/v1/cases/confidential?closed=true").await;
        assert_eq!((&open["total"], &all["total"]), (&json!(0), &json!(1)));
    })
    .await;
}

#[tokio::test]
async fn lists_and_counters_follow_when_confidentiality_changes() {
    on_both(async |h| {
        let story = Story::lay(h, false).await;
        assert_eq!((story.lists("grid_worker").await, story.counted().await), (true, 1));
        for account in ["verifier", "grid_worker", "dispatcher", "leader", "citizen"] {
            let (status, _) = story.act(account, "make_confidential", json!({})).await;
            assert_ne!(status, StatusCode::OK, "{account}");
        }
        story.must("operator", "make_confidential").await;
        assert_eq!((story.lists("grid_worker").await, story.counted().await), (false, 0));
        story.village_sees_nothing().await;
        assert!(story.lists("operator").await && story.lists("verifier").await && story.lists("citizen").await);
        story.must("operator", "lift_confidential").await;
        assert_eq!((story.lists("grid_worker").await, story.counted().await), (true, 1));
        let after = story.must("grid_worker", "verify").await;
        assert_eq!(after["state"], json!("pending_register"), "the village goes on");
        story.must("operator", "make_confidential").await;
        assert_eq!(story.counted().await, 0);
        story.village_sees_nothing().await;
        let told = story.h.as_role("citizen").await.get("/api/v1/me/notices").await.1;
        let told: Vec<&str> =
            told["items"].as_array().unwrap().iter().map(|n| n["text"]["zh"].as_str().unwrap()).collect();
        assert!(told.iter().any(|text| text.contains("不再按保密案件办理")), "{told:?}");
    })
    .await;
}

/// Who saw the case before is told that it changed, so that it leaves their screens; what happens later they are not told.
#[tokio::test]
async fn those_who_saw_the_case_are_told_once_that_it_is_gone() {
    on_both(async |h| {
        let story = Story::lay(h, false).await;
        let flags = async |story: &Story| -> Vec<bool> {
            let changes = story.h.app.db().changes_after(0, 100).await.unwrap();
            changes.into_iter().filter(|c| c.id.to_string() == story.id).map(|c| c.confidential).collect()
        };
        story.must("operator", "make_confidential").await;
        story.must("operator", "verify").await;
        assert_eq!(flags(&story).await, [false, false, true]);
        story.must("operator", "lift_confidential").await;
        assert_eq!(flags(&story).await, [false, false, true, false]);
    })
    .await;
}

/// Who decides erasures has the region, and sees no cases: whether a confidential one is there can not be found out by asking for its erasures.
#[tokio::test]
async fn the_security_officer_cannot_ask_whether_a_confidential_case_is_there() {
    for (confidential, wanted) in [(true, StatusCode::NOT_FOUND), (false, StatusCode::OK)] {
        on_both(async |h| {
            let story = Story::lay(h, confidential).await;
            let officer = story.h.as_role("security_officer").await;
            for name in [&story.id, &story.number] {
                assert_eq!(officer.get(&format!("/api/v1/cases/{name}/erasures")).await.0, wanted, "{confidential}");
            }
        })
        .await;
    }
}
