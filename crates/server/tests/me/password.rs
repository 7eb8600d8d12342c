//! Changing one's password.

use axum::http::StatusCode;
use serde_json::json;

use crate::common::staff::PASSWORD;
use crate::common::{Answer, Client, Harness, on_both};

const NEW: &str = "Better-mule-8";

async fn change(client: &Client, current: &str, password: &str) -> Answer {
    client.send("POST", "/api/v1/me/password", &json!({ "current": current, "password": password })).await
}

async fn may_enter(h: &Harness, account: &str, password: &str) -> bool {
    let body = json!({ "account": account, "password": password });
    h.stranger().post("/api/v1/session", body).await.0 == StatusCode::CREATED
}

#[tokio::test]
async fn the_new_one_opens_and_the_old_one_no_longer() {
    on_both(async |h| {
        let (here, there) = (h.as_role("operator").await, h.as_role("operator").await);
        let other = h.as_role("dispatcher").await;
        assert_eq!(there.get("/api/v1/me").await.0, StatusCode::OK);
        assert_eq!(change(&here, PASSWORD, NEW).await.status, StatusCode::NO_CONTENT);
        assert_eq!(here.get("/api/v1/me").await.0, StatusCode::OK, "this session goes on");
        assert_eq!(there.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED, "the person's other sessions end");
        assert_eq!(other.get("/api/v1/me").await.0, StatusCode::OK, "nobody else's do");
        assert!(may_enter(&h, "operator", NEW).await);
        assert!(!may_enter(&h, "operator", PASSWORD).await);
        assert!(may_enter(&h, "dispatcher", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn a_weak_one_is_refused_and_nothing_changes() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for weak in ["Short-7", "onlysmallletters", "Operator-2026", "Password-2026", PASSWORD, &"Aa1".repeat(50)] {
            let answer = change(&operator, PASSWORD, weak).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{weak}");
            assert_eq!(answer.json["field"], "password", "{weak}");
        }
        assert!(may_enter(&h, "operator", PASSWORD).await);
    })
    .await;
}

#[tokio::test]
async fn the_present_one_must_be_right_and_guessing_it_locks_the_account() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for n in 0..5 {
            let answer = change(&operator, "Wrong-horse-7", NEW).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "wrong_password"), "{n}");
            assert_eq!(answer.json["field"], "current");
        }
        let answer = change(&operator, PASSWORD, NEW).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "locked_out"));
        assert_eq!(answer.header("retry-after"), "30");
        assert!(!may_enter(&h, "operator", NEW).await);
    })
    .await;
}
