//! Tokens of one's own programs: named, bounded, ended.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::staff::PASSWORD;
use crate::common::{Answer, Client, Harness, on_both};

fn asked(read_only: bool, permissions: &[&str]) -> Value {
    json!({ "name": "统计程序", "readOnly": read_only, "permissions": permissions, "days": 30, "current": PASSWORD })
}

async fn make(client: &Client, body: &Value) -> Answer {
    client.send("POST", "/api/v1/me/tokens", body).await
}

async fn program(h: &Harness, account: &str, body: &Value) -> (Client, Answer) {
    let made = make(&h.as_role(account).await, body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    let bearer = format!("Bearer {}", made.json["token"].as_str().unwrap());
    (h.stranger().with("authorization", &bearer), made)
}

fn report() -> Value {
    json!({ "matter": "event-0110", "title": "垃圾", "location": { "grid": "350302001001001" } })
}

#[tokio::test]
async fn a_token_goes_as_far_as_its_scope() {
    on_both(async |h| {
        let (reader, made) = program(&h, "operator", &asked(true, &["read_cases", "report_case"])).await;
        assert_eq!((&made.json["name"], &made.json["readOnly"]), (&json!("统计程序"), &json!(true)));
        assert_eq!(made.json["expiresAt"], "2026-12-20T10:00:00+08:00");
        assert_eq!(reader.get("/api/v1/cases").await.0, StatusCode::OK);
        assert_eq!(reader.get("/api/v1/counters").await.0, StatusCode::FORBIDDEN, "not asked for");
        let answer = reader.send("POST", "/api/v1/cases", &report()).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "token_scope"));

        let (writer, _) = program(&h, "operator", &asked(false, &["report_case"])).await;
        assert_eq!(writer.send("POST", "/api/v1/cases", &report()).await.status, StatusCode::CREATED);
        assert_eq!(writer.get("/api/v1/cases").await.0, StatusCode::FORBIDDEN);
        let (_, listed) = h.as_role("operator").await.get("/api/v1/me/tokens").await;
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
        assert_eq!(listed["items"][1].get("token"), None, "told once");
        let (_, people) = h.as_role("administrator").await.get("/api/v1/people?q=operator").await;
        assert_eq!(people["items"][0]["tokens"], 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_made() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for (pointer, value, field) in [
            ("/name", json!("\u{200b}"), "name"),
            ("/days", json!(0), "days"),
            ("/days", json!(366), "days"),
            ("/permissions", json!([]), "permissions"),
            ("/permissions", json!(["manage_people"]), "permissions"),
            ("/permissions", json!(["everything"]), "permissions"),
            ("/current", json!("Wrong-horse-7"), "current"),
        ] {
            let mut body = asked(true, &["read_cases"]);
            body[&pointer[1..]] = value;
            let answer = make(&operator, &body).await;
            assert_eq!(
                (answer.status, &answer.json["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
                "{body}"
            );
        }
        for role in ["administrator", "security_officer", "auditor"] {
            let answer = make(&h.as_role(role).await, &asked(true, &["read_trace"])).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "token_not_allowed"), "{role}");
            let older = h.as_program(role).await;
            assert_eq!(older.get("/api/v1/me").await.1["code"], "token_not_allowed", "{role}");
        }
        let (inside, _) = program(&h, "operator", &asked(false, &["read_cases"])).await;
        assert_eq!(make(&inside, &asked(false, &["read_cases"])).await.code(), "session_only", "none makes another");
    })
    .await;
}

#[tokio::test]
async fn it_ends_with_its_time_the_password_the_post_and_when_it_is_revoked() {
    on_both(async |h| {
        let alive = async |client: &Client| client.get("/api/v1/me").await.0 == StatusCode::OK;
        let scope = asked(true, &["read_cases"]);
        let (over, _) = program(&h, "operator", &scope).await;
        h.pass(TimeDelta::days(30));
        assert!(!alive(&over).await);

        let (revoked, made) = program(&h, "operator", &scope).await;
        assert!(alive(&revoked).await);
        let path = format!("/api/v1/me/tokens/{}", made.json["id"].as_str().unwrap());
        assert_eq!(h.as_role("dispatcher").await.delete(&path).await.0, StatusCode::NOT_FOUND, "not theirs");
        assert_eq!(h.as_role("operator").await.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert!(!alive(&revoked).await);

        let (by_admin, _) = program(&h, "operator", &scope).await;
        assert!(alive(&by_admin).await);
        let (status, _) = h.as_role("administrator").await.delete("/api/v1/people/operator/tokens").await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert!(!alive(&by_admin).await);

        let (changed, _) = program(&h, "operator", &scope).await;
        let body = json!({ "current": PASSWORD, "password": "Better-mule-8" });
        assert_eq!(h.as_role("operator").await.post("/api/v1/me/password", body).await.0, StatusCode::NO_CONTENT);
        assert!(!alive(&changed).await);

        let (posted, _) = program(&h, "dispatcher", &scope).await;
        assert!(alive(&posted).await);
        let post = h.first_post("dispatcher");
        let path = format!("/api/v1/people/dispatcher/posts/{post}");
        assert_eq!(h.as_role("administrator").await.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert!(!alive(&posted).await);

        let (gone, _) = program(&h, "verifier", &scope).await;
        h.sql("UPDATE person SET disabled_at = 1 WHERE account = 'verifier'");
        h.app.reload().await.unwrap();
        assert!(!alive(&gone).await);
    })
    .await;
}
