//! Work that somebody started, and dead letters.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails by it")]

pub mod common;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use yizhi_domain::text::Text;

use common::{Call, Harness, on_both};

/// What the jobs of these tests are called; the program's own worker knows no such kind.
const KINDS: &[&str] = &["import.cases"];
const OTHERS: &[&str] =
    &["security_officer", "auditor", "operator", "dispatcher", "department_handler", "leader", "citizen"];

#[tokio::test]
async fn dead_letters_are_for_administrators() {
    on_both(async |h| {
        let path = "/api/v1/admin/jobs/01980000-0000-7000-8000-000000000000/resend";
        for (method, path) in [("GET", "/api/v1/admin/jobs?state=dead"), ("POST", path)] {
            h.refuses(&Call { method, path, body: Value::Null }, OTHERS).await;
        }
        let call = Call { method: "GET", path: "/api/v1/jobs/01980000-0000-7000-8000-000000000000", body: Value::Null };
        h.refuses(&call, &[]).await;
    })
    .await;
}

/// A job of an account that has failed for good.
async fn dead(h: &Harness, account: &str) -> String {
    let db = h.app.db();
    let id =
        db.job_add("import.cases", &json!({ "file": "secret.csv" }), h.person(account), h.app.now()).await.unwrap();
    loop {
        h.pass(TimeDelta::minutes(10));
        let Some(claimed) = db.job_claim(KINDS, h.app.now()).await.unwrap() else { break };
        assert_eq!(claimed.id, id);
        let why = Text::new("文件读不出来", "the file cannot be read");
        assert!(db.job_finish(&claimed, Err(why), h.app.now()).await.unwrap());
    }
    id.to_string()
}

#[tokio::test]
async fn whoever_started_a_job_sees_how_it_fares() {
    on_both(async |h| {
        let db = h.app.db();
        let id = db.job_add("import.cases", &json!({}), h.person("operator"), h.app.now()).await.unwrap();
        let path = format!("/api/v1/jobs/{id}");
        let operator = h.as_role("operator").await;
        let queued =
            json!({ "id": id, "kind": "import.cases", "state": "queued", "done": 0, "total": 0, "error": null });
        assert_eq!(operator.get(&path).await, (StatusCode::OK, queued));
        let claimed = db.job_claim(KINDS, h.app.now()).await.unwrap().unwrap();
        assert_eq!(operator.get(&path).await.1["state"], "running");
        db.job_finish(&claimed, Ok(()), h.app.now()).await.unwrap();
        assert_eq!(operator.get(&path).await.1["state"], "done");
        for other in ["dispatcher", "administrator"] {
            assert_eq!(h.as_role(other).await.get(&path).await.0, StatusCode::NOT_FOUND, "{other}");
        }
        for unknown in ["x", "01980000-0000-7000-8000-000000000000"] {
            assert_eq!(operator.get(&format!("/api/v1/jobs/{unknown}")).await.0, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_is_shown_without_what_it_carries_and_sent_again() {
    on_both(async |h| {
        let id = dead(&h, "operator").await;
        let (_, job) = h.as_role("operator").await.get(&format!("/api/v1/jobs/{id}")).await;
        assert_eq!((&job["state"], &job["error"]), (&json!("failed"), &json!("文件读不出来")));

        let administrator = h.as_role("administrator").await;
        let answer = administrator.send("GET", "/api/v1/admin/jobs", &Value::Null).await;
        let item = &answer.json["items"][0];
        assert_eq!((&item["id"], &item["state"], &item["attempts"]), (&json!(id), &json!("dead"), &json!(5)));
        assert_eq!((&item["kind"], &item["error"]), (&json!("import.cases"), &json!("文件读不出来")));
        assert!(!answer.json.to_string().contains("secret.csv"));

        let resend = format!("/api/v1/admin/jobs/{id}/resend");
        assert_eq!(administrator.post(&resend, Value::Null).await.0, StatusCode::NO_CONTENT);
        assert_eq!(administrator.get("/api/v1/admin/jobs?state=dead").await.1["items"], json!([]));
        assert_eq!(administrator.get("/api/v1/admin/jobs?state=queued").await.1["items"][0]["id"], json!(id));
        assert_eq!(administrator.post(&resend, Value::Null).await.0, StatusCode::NOT_FOUND, "it is no longer dead");
        assert_eq!(administrator.post("/api/v1/admin/jobs/x/resend", Value::Null).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_state_that_does_not_exist_is_named() {
    on_both(async |h| {
        let (status, problem) = h.as_role("administrator").await.get("/api/v1/admin/jobs?state=lost").await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("state")));
    })
    .await;
}
