//! A session is over after two hours without use, and after twelve whatever happens.

use axum::http::StatusCode;
use chrono::TimeDelta;
use yizhi_server::auth::{Via, peek};

use crate::common::on_both;

#[tokio::test]
async fn unused_for_two_hours_it_is_over() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        h.pass(TimeDelta::minutes(119));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        h.pass(TimeDelta::minutes(119));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK, "each use counts");
        h.pass(TimeDelta::hours(2));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED, "and it stays over");
    })
    .await;
}

#[tokio::test]
async fn used_at_the_last_moment_it_goes_on() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        h.pass(TimeDelta::hours(2) - TimeDelta::seconds(5));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        h.pass(TimeDelta::seconds(10));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn being_looked_at_keeps_no_session_alive() {
    on_both(async |h| {
        let (token, row) = h.open("operator").await;
        let operator = h.stranger().with_session(&token, &row.csrf);
        for _ in 0..4 {
            h.pass(TimeDelta::minutes(29));
            let found = peek(&h.app, &row.token, Via::Cookie, h.app.now()).await.ok().flatten();
            assert!(found.is_some(), "it lives at {}", h.app.now());
        }
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK, "used after 116 minutes");
        for _ in 0..8 {
            h.pass(TimeDelta::minutes(15));
            let _ = peek(&h.app, &row.token, Via::Cookie, h.app.now()).await;
        }
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_use_beside_looks_is_noted() {
    on_both(async |h| {
        let (token, row) = h.open("operator").await;
        let operator = h.stranger().with_session(&token, &row.csrf);
        h.pass(TimeDelta::minutes(119));
        let _ = peek(&h.app, &row.token, Via::Cookie, h.app.now()).await;
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        h.pass(TimeDelta::minutes(119));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn after_twelve_hours_it_is_over_however_busy() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for _ in 0..11 {
            h.pass(TimeDelta::hours(1));
            assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        }
        h.pass(TimeDelta::hours(1) - TimeDelta::seconds(1));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        h.pass(TimeDelta::seconds(1));
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_programs_token_outlives_idleness_but_not_its_year() {
    on_both(async |h| {
        let program = h.as_program("operator").await;
        h.pass(TimeDelta::days(30));
        assert_eq!(program.get("/api/v1/me").await.0, StatusCode::OK);
        h.pass(TimeDelta::days(340));
        assert_eq!(program.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_session_that_asks_too_fast_is_told_to_wait() {
    crate::common::on_both_with(
        |config| config.rate = 2,
        async |h| {
            let operator = h.as_role("operator").await;
            for n in 0..8 {
                assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK, "{n}");
            }
            let answer = operator.send("GET", "/api/v1/me", &serde_json::Value::Null).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "slow_down"));
            assert_eq!(answer.header("retry-after"), "1");
            assert_eq!(h.as_role("operator").await.get("/api/v1/me").await.0, StatusCode::OK, "others are not held up");
            h.pass(TimeDelta::seconds(1));
            assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::OK);
        },
    )
    .await;
}
